//! A data key as text for people.

use zeroize::Zeroizing;

use super::letters::{self, Fault};
use crate::Error;
use crate::provider::KEY_LEN;

pub(super) fn write(key: &[u8; KEY_LEN]) -> Zeroizing<String> {
    letters::write(letters::RECOVERY_CODE, key)
}

pub(super) fn read(code: &str) -> Result<[u8; KEY_LEN], Error> {
    let bytes =
        letters::read(letters::RECOVERY_CODE, KEY_LEN, code).map_err(|fault| match fault {
            Fault::Length { found } => Error::RecoveryCodeLength { found },
            Fault::Letter { position } => Error::RecoveryCodeLetter { position },
            Fault::Checksum => Error::RecoveryCodeChecksum,
        })?;
    let mut key = [0; KEY_LEN];
    key.copy_from_slice(&bytes);
    Ok(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::letters::ALPHABET;
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
