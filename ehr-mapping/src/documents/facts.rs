//! What is known about one document.

use std::fmt;
use std::sync::Arc;

use ehr_crypto::Digest;
use ehr_model::issue::{Issue, IssueCode, Severity};
use ehr_model::provenance::SourceAddress;
use memchr::memmem;

use super::media::{media_type, promised, text};
use super::pages::{Pages, count};
use super::reason::{DOCUMENT_EMPTY, DOCUMENT_TRUNCATED, MEDIA_TYPE_MISMATCH, PAGES_UNKNOWN};

/// Facts about one document, by its bytes and its name.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub struct Facts {
    /// The media type by content.
    pub media_type: &'static str,
    /// The media type that the ending of the name promises, if it promises one.
    pub promised: Option<&'static str>,
    /// The encoding of a text: `us-ascii`, `utf-8`, `utf-16` or `windows-1252`.
    pub charset: Option<&'static str>,
    /// The size in bytes.
    pub bytes: u64,
    /// The SHA-256 of the bytes.
    pub digest: Digest,
    /// How many pages there are.
    pub pages: Pages,
    /// What is odd about it.
    pub issues: Vec<Issue>,
}

impl Facts {
    /// Looks at a document. `file_name` is its name in the export.
    pub fn of(bytes: &[u8], file_name: &str) -> Self {
        let address = SourceAddress::new(Arc::<str>::from(file_name));
        let mut issues = Vec::new();
        let mut issue =
            |code: IssueCode, severity| issues.push(Issue::new(code, severity).at(address.clone()));
        let found = media_type(bytes);
        let allowed = promised(file_name);
        if bytes.is_empty() {
            issue(DOCUMENT_EMPTY, Severity::Error);
        } else if allowed.is_some_and(|allowed| !allowed.contains(&found)) {
            issue(MEDIA_TYPE_MISMATCH, Severity::Warning);
        }
        if is_truncated(bytes, found) {
            issue(DOCUMENT_TRUNCATED, Severity::Error);
        }
        let pages = count(bytes, found);
        if matches!(pages, Pages::Unknown(_)) {
            issue(PAGES_UNKNOWN, Severity::Warning);
        }
        Self {
            media_type: found,
            promised: allowed.map(|allowed| allowed[0]),
            charset: text(bytes)
                .filter(|_| !bytes.is_empty())
                .map(|text| text.charset),
            bytes: bytes.len() as u64,
            digest: Digest::sha256(bytes),
            pages,
            issues,
        }
    }

    /// Whether the content is what the name promises, which a name without a known ending does
    /// not.
    pub fn agrees(&self) -> bool {
        !self
            .issues
            .iter()
            .any(|issue| issue.code == MEDIA_TYPE_MISMATCH)
    }
}

/// Whether a format that says where it ends does not.
fn is_truncated(bytes: &[u8], media_type: &str) -> bool {
    // readers look for the end of a PDF in the last 1024 bytes; a mail gateway may add a few
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    let ends = |mark: &[u8]| memmem::rfind(tail, mark).is_some();
    match media_type {
        "application/pdf" => !ends(b"%%EOF"),
        "image/png" => !ends(b"IEND"),
        // cameras add a preview behind the end
        "image/jpeg" => memmem::rfind(bytes, b"\xFF\xD9").is_none(),
        "image/gif" => {
            !bytes.contains(&0x3B)
                || !tail.trim_ascii_end().ends_with(b";") && !tail.contains(&0x3B)
        }
        _ if bytes.starts_with(b"PK\x03\x04") => {
            let tail = &bytes[bytes.len().saturating_sub(22 + (64 << 10))..];
            memmem::rfind(tail, b"PK\x05\x06").is_none()
        }
        "audio/wav" | "image/webp" => match bytes.get(4..8) {
            Some(size) => {
                let size = u32::from_le_bytes([size[0], size[1], size[2], size[3]]);
                // recorders that were switched off leave a size of nothing or of all
                size != u32::MAX && u64::from(size) + 8 > bytes.len() as u64 + 1
            }
            None => true,
        },
        _ => false,
    }
}

/// Without the digest: who guesses a document could confirm the guess.
impl fmt::Debug for Facts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Facts")
            .field("media_type", &self.media_type)
            .field("promised", &self.promised)
            .field("charset", &self.charset)
            .field("bytes", &self.bytes)
            .field("pages", &self.pages)
            .field("issues", &self.issues)
            .finish_non_exhaustive()
    }
}
