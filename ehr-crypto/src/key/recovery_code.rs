//! A key as text: Crockford's base32 of the 32 bytes and a 24-bit checksum, which is 56 letters without a remainder.

use zeroize::Zeroizing;

use crate::Error;
use crate::digest::Digest;
use crate::provider::KEY_LEN;

/// No I, L, O (read as 1, 1, 0) and no U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 24 bits: one slip in 16 million goes unnoticed here, and then it opens nothing.
const CHECKSUM_LEN: usize = 3;
const LETTERS: usize = (KEY_LEN + CHECKSUM_LEN) * 8 / 5;
/// Four at a time is what people read aloud without losing their place.
const GROUP: usize = 4;

pub(super) fn write(key: &[u8; KEY_LEN]) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0; KEY_LEN + CHECKSUM_LEN]);
    bytes[..KEY_LEN].copy_from_slice(key);
    bytes[KEY_LEN..].copy_from_slice(&checksum(key));

    let mut code = Zeroizing::new(String::with_capacity(LETTERS + LETTERS / GROUP));
    for index in 0..LETTERS {
        if index > 0 && index % GROUP == 0 {
            code.push('-');
        }
        let value = (0..5).fold(0, |value, bit| {
            value << 1 | bit_at(&bytes[..], index * 5 + bit)
        });
        code.push(char::from(ALPHABET[usize::from(value)]));
    }
    code
}

pub(super) fn read(code: &str) -> Result<[u8; KEY_LEN], Error> {
    let mut bytes = Zeroizing::new([0; KEY_LEN + CHECKSUM_LEN]);
    let mut letters = 0;
    for letter in code
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
    {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let value = ALPHABET
            .iter()
            .position(|&known| char::from(known) == letter)
            .ok_or(Error::RecoveryCodeLetter {
                position: letters + 1,
            })?;
        if letters < LETTERS {
            for bit in 0..5 {
                let place = letters * 5 + bit;
                bytes[place / 8] |= (value as u8 >> (4 - bit) & 1) << (7 - place % 8);
            }
        }
        letters += 1;
    }
    if letters != LETTERS {
        return Err(Error::RecoveryCodeLength { found: letters });
    }
    let mut key = [0; KEY_LEN];
    key.copy_from_slice(&bytes[..KEY_LEN]);
    if checksum(&key) != bytes[KEY_LEN..] {
        return Err(Error::RecoveryCodeChecksum);
    }
    Ok(key)
}

fn checksum(key: &[u8; KEY_LEN]) -> [u8; CHECKSUM_LEN] {
    let mut text = Zeroizing::new(*b"ehr-recovery-code/1\0                                ");
    let start = text.len() - KEY_LEN;
    text[start..].copy_from_slice(key);
    let digest = Digest::sha256(&text[..]);
    [
        digest.as_bytes()[0],
        digest.as_bytes()[1],
        digest.as_bytes()[2],
    ]
}

fn bit_at(bytes: &[u8], place: usize) -> u8 {
    bytes[place / 8] >> (7 - place % 8) & 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_what_people_write() {
        let code = write(&[0x5a; 32]);
        assert_eq!(code.len(), 56 + 13);
        let spoken = code
            .to_lowercase()
            .replace('-', " ")
            .replace('0', "o")
            .replace('1', "l");
        assert_eq!(read(&spoken).unwrap(), [0x5a; 32]);
        assert_eq!(read(&format!("  {}\n", code.as_str())).unwrap(), [0x5a; 32]);
    }

    #[test]
    fn every_single_slip_is_noticed() {
        let code = write(&std::array::from_fn(|index| index as u8 * 7));
        for (place, letter) in code.char_indices().filter(|(_, letter)| *letter != '-') {
            for other in ALPHABET
                .iter()
                .map(|&other| char::from(other))
                .filter(|&other| other != letter)
            {
                let mut wrong = code.to_string();
                wrong.replace_range(place..place + 1, &other.to_string());
                assert!(matches!(read(&wrong), Err(Error::RecoveryCodeChecksum)));
            }
        }
    }

    #[test]
    fn wrong_codes_are_told_apart_without_showing_them() {
        let code = write(&[1; 32]);
        assert!(matches!(
            read(&code[..60]),
            Err(Error::RecoveryCodeLength { found: 48 })
        ));
        assert!(matches!(
            read(&format!("{}-AB", code.as_str())),
            Err(Error::RecoveryCodeLength { found: 58 })
        ));
        assert!(matches!(
            read(&code.replacen(&code[5..6], "U", 1)),
            Err(Error::RecoveryCodeLetter { .. })
        ));
        assert!(matches!(
            read(""),
            Err(Error::RecoveryCodeLength { found: 0 })
        ));
    }

    proptest! {
        #[test]
        fn write_then_read_is_identity(key: [u8; 32]) {
            prop_assert_eq!(read(&write(&key)).unwrap(), key);
        }

        #[test]
        fn any_text_is_answered(text in ".{0,80}") {
            let _ = read(&text);
        }
    }
}
