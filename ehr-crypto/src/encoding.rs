//! Hexadecimal and base64, as far as digests, slots and signed notes need them.

use crate::Error;

const HEX: &[u8; 16] = b"0123456789abcdef";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .map(|nibble| char::from(HEX[usize::from(nibble)]))
        .collect()
}

/// Lower-case hexadecimal only: one value has one spelling.
pub(crate) fn from_hex(text: &str) -> Result<Vec<u8>, Error> {
    let wrong = Error::Encoding {
        expected: "lower-case hexadecimal",
    };
    let nibble = |digit: u8| match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    };
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else {
        return Err(wrong);
    };
    pairs
        .iter()
        .map(|&[high, low]| Some(nibble(high)? << 4 | nibble(low)?))
        .collect::<Option<_>>()
        .ok_or(wrong)
}

pub(crate) fn to_base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let mut three = [0; 3];
        three[..group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for place in 0..4 {
            let digit = BASE64[(bits >> (18 - 6 * place) & 63) as usize];
            text.push(if place <= group.len() {
                char::from(digit)
            } else {
                '='
            });
        }
    }
    text
}

/// Standard alphabet with padding; no line breaks and no bits set beyond the last byte.
pub(crate) fn from_base64(text: &str) -> Result<Vec<u8>, Error> {
    let wrong = || Error::Encoding { expected: "base64" };
    let (groups, []) = text.as_bytes().as_chunks::<4>() else {
        return Err(wrong());
    };
    let mut bytes = Vec::with_capacity(groups.len() * 3);
    for (index, group) in groups.iter().enumerate() {
        let digits = group.iter().take_while(|&&digit| digit != b'=').count();
        let last = index + 1 == groups.len();
        if digits < 2 || (digits < 4 && !last) || group[digits..].iter().any(|&digit| digit != b'=')
        {
            return Err(wrong());
        }
        let mut bits = 0;
        for digit in &group[..digits] {
            let value = BASE64
                .iter()
                .position(|known| known == digit)
                .ok_or_else(wrong)?;
            bits = bits << 6 | value as u32;
        }
        let four = (bits << (6 * (4 - digits))).to_be_bytes();
        if four[digits..].iter().any(|&rest| rest != 0) {
            return Err(wrong());
        }
        bytes.extend_from_slice(&four[1..digits]);
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_rfc_4648() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(to_base64(bytes.as_bytes()), text);
            assert_eq!(from_base64(text).unwrap(), bytes.as_bytes());
        }
        for wrong in [
            "Zg=", "Zg", "Zh==", "Zm9=", "Z===", "Zg==Zg==", "Zm 9", "====", "Zm9v\n",
        ] {
            assert!(from_base64(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn hexadecimal() {
        assert_eq!(to_hex(&[0, 0x7f, 0xff]), "007fff");
        assert_eq!(from_hex("007fff").unwrap(), [0, 0x7f, 0xff]);
        for wrong in ["0", "0g", "AB", "0x", " 0"] {
            assert!(from_hex(wrong).is_err(), "{wrong:?}");
        }
    }
}
