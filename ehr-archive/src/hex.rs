//! Bytes as lower-case hexadecimal digits.

use crate::{Error, ErrorKind};

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, Error> {
    let digit = |byte: u8| {
        (byte as char)
            .to_digit(16)
            .filter(|_| !byte.is_ascii_uppercase())
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    let bytes: Option<Vec<u8>> = pairs
        .iter()
        .map(|[high, low]| Some((digit(*high)? << 4 | digit(*low)?) as u8))
        .collect();
    bytes.filter(|_| rest.is_empty()).ok_or_else(|| {
        ErrorKind::Malformed {
            what: "hexadecimal digits",
        }
        .into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_go_round_and_have_one_spelling() {
        assert_eq!(to_hex(&[0, 0x7f, 0xff]), "007fff");
        assert_eq!(from_hex("007fff").unwrap(), [0, 0x7f, 0xff]);
        for wrong in ["0", "0g", "FF", "é0", " 0"] {
            let error = from_hex(wrong).unwrap_err().to_string();
            assert_eq!(error, "not as the format says: hexadecimal digits");
        }
    }
}
