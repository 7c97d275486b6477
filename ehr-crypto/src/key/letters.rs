//! Secret bytes as text for people: Crockford's base32 of the bytes and a 24-bit checksum, without a remainder.

use zeroize::Zeroizing;

use crate::digest::Digest;

/// No I, L, O (read as 1, 1, 0) and no U.
pub(super) const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 24 bits: one slip in 16 million goes unnoticed here, and then it opens nothing.
const CHECKSUM_LEN: usize = 3;
/// Four at a time is what people read aloud without losing their place.
const GROUP: usize = 4;

/// What goes into the checksum of a recovery code, so that no other code is taken for one.
pub(crate) const RECOVERY_CODE: &[u8] = b"ehr-recovery-code/1\0";
/// What goes into the checksum of a share.
pub(crate) const SHARE: &[u8] = b"ehr-share-code/1\0";

/// Why text is not such a code.
#[derive(Debug, PartialEq)]
pub(crate) enum Fault {
    /// Letters and digits found.
    Length {
        found: usize,
    },
    /// A letter that is in no code, by its place from one.
    Letter {
        position: usize,
    },
    Checksum,
}

pub(crate) fn write(kind: &[u8], secret: &[u8]) -> Zeroizing<String> {
    let checksum = checksum(kind, secret);
    let bytes = Zeroizing::new([secret, &checksum].concat());
    let letters = count(secret.len());
    let mut code = Zeroizing::new(String::with_capacity(letters + letters / GROUP));
    for index in 0..letters {
        if index > 0 && index % GROUP == 0 {
            code.push('-');
        }
        let value = (0..5).fold(0, |value, bit| value << 1 | bit_at(&bytes, index * 5 + bit));
        code.push(char::from(ALPHABET[usize::from(value)]));
    }
    code
}

/// Reads `len` secret bytes.
pub(crate) fn read(kind: &[u8], len: usize, code: &str) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let mut bytes = Zeroizing::new(vec![0; len + CHECKSUM_LEN]);
    let mut found = 0;
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
            .ok_or(Fault::Letter {
                position: found + 1,
            })?;
        if found < count(len) {
            for bit in 0..5 {
                let place = found * 5 + bit;
                bytes[place / 8] |= (value as u8 >> (4 - bit) & 1) << (7 - place % 8);
            }
        }
        found += 1;
    }
    if found != count(len) {
        return Err(Fault::Length { found });
    }
    if checksum(kind, &bytes[..len]) != bytes[len..] {
        return Err(Fault::Checksum);
    }
    bytes.truncate(len);
    Ok(bytes)
}

/// Letters of a code for `len` secret bytes; the lengths in use leave no remainder.
fn count(len: usize) -> usize {
    debug_assert_eq!((len + CHECKSUM_LEN) % 5, 0);
    (len + CHECKSUM_LEN) * 8 / 5
}

fn checksum(kind: &[u8], secret: &[u8]) -> [u8; CHECKSUM_LEN] {
    let text = Zeroizing::new([kind, secret].concat());
    let mut checksum = [0; CHECKSUM_LEN];
    checksum.copy_from_slice(&Digest::sha256(&text).as_bytes()[..CHECKSUM_LEN]);
    checksum
}

fn bit_at(bytes: &[u8], place: usize) -> u8 {
    bytes[place / 8] >> (7 - place % 8) & 1
}
