//! Argon2id (RFC 9106), version 1.3.

use argon2::{Algorithm, Argon2, Params, Version};

use crate::Error;

/// `memory` in KiB.
pub(crate) fn stretch(
    passphrase: &[u8],
    salt: &[u8],
    (memory, passes, lanes): (u32, u32, u32),
    out: &mut [u8],
) -> Result<(), Error> {
    let unusable = |_| Error::Slot {
        reason: "its parameters of Argon2id are out of bounds",
    };
    let params = Params::new(memory, passes, lanes, Some(out.len())).map_err(unusable)?;
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase, salt, out)
        .map_err(unusable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encoding::to_hex;

    /// Two known answers of the reference implementation's own test (version 19, type `id`).
    #[test]
    fn known_answers_of_the_reference_implementation() {
        for (memory, passes, lanes, expected) in [
            (
                65536,
                2,
                1,
                "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7",
            ),
            (
                256,
                2,
                2,
                "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037",
            ),
        ] {
            let mut out = [0; 32];
            stretch(b"password", b"somesalt", (memory, passes, lanes), &mut out).unwrap();
            assert_eq!(to_hex(&out), expected);
        }
        assert!(stretch(b"password", b"somesalt", (1, 1, 1), &mut [0; 32]).is_err());
    }
}
