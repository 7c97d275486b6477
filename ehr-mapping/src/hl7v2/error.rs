//! What stops the reading of a file, with its address and never with a value.

use std::io;
use std::sync::Arc;

/// Why a file of messages cannot be read at all.
///
/// What is wrong with single messages is not an error: see [`BadRecord`](crate::raw::BadRecord).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system could not read the source.
    #[error("{source_name}: reading failed")]
    Io {
        /// The name of the source.
        source_name: Arc<str>,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },

    /// The file is UTF-16, in which no message is sent: an editor saved it so.
    #[error("{source_name}: the file is UTF-16; convert it to UTF-8")]
    Utf16 {
        /// The name of the source.
        source_name: Arc<str>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_the_file() {
        let source_name: Arc<str> = "adt.hl7".into();
        let io = Error::Io {
            source_name: source_name.clone(),
            source: io::ErrorKind::PermissionDenied.into(),
        };
        assert_eq!(io.to_string(), "adt.hl7: reading failed");
        assert!(std::error::Error::source(&io).is_some());
        assert_eq!(
            Error::Utf16 { source_name }.to_string(),
            "adt.hl7: the file is UTF-16; convert it to UTF-8"
        );
    }
}
