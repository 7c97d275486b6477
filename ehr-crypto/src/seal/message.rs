//! The keys of one sealed message, and the sealing and opening of its chunks.

use zeroize::Zeroizing;

use crate::provider::{self, Aead, KEY_LEN, NONCE_LEN, TAG_LEN};
use crate::{DataKey, Error};

pub(super) const CHUNK_LEN: usize = 16 * 1024;
pub(super) const SEALED_CHUNK_LEN: usize = CHUNK_LEN + TAG_LEN;
pub(super) const SALT_LEN: usize = 24;
pub(super) const COMMITMENT_LEN: usize = 32;
pub(super) const HEADER_LEN: usize = SALT_LEN + COMMITMENT_LEN;

const LABEL: &[u8] = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0";
/// The format's limit, which keeps its security proof valid.
const MAX_CHUNKS: u64 = 1 << 38;

pub(super) struct Message {
    aead: Aead,
    base_nonce: [u8; NONCE_LEN],
    header: [u8; HEADER_LEN],
}

impl Message {
    /// A message to be sealed, under a salt of its own.
    pub(super) fn new(key: &DataKey, context: &[u8]) -> Result<Self, Error> {
        let mut salt = [0; SALT_LEN];
        provider::fill_random(&mut salt)?;
        Self::with_salt(key, context, salt)
    }

    /// A message to be opened; its commitment is checked here, before any chunk.
    pub(super) fn of_header(
        key: &DataKey,
        context: &[u8],
        header: &[u8; HEADER_LEN],
    ) -> Result<Self, Error> {
        let mut salt = [0; SALT_LEN];
        salt.copy_from_slice(&header[..SALT_LEN]);
        let message = Self::with_salt(key, context, salt)?;
        if provider::equal_in_constant_time(&message.header[SALT_LEN..], &header[SALT_LEN..]) {
            Ok(message)
        } else {
            Err(Error::WrongKey)
        }
    }

    pub(super) fn with_salt(
        key: &DataKey,
        context: &[u8],
        salt: [u8; SALT_LEN],
    ) -> Result<Self, Error> {
        let mut derived = Zeroizing::new([0; KEY_LEN + NONCE_LEN + COMMITMENT_LEN]);
        provider::hkdf_expand_sha512(
            key.expose_bytes(),
            &[LABEL, &salt, context],
            &mut derived[..],
        )?;

        let mut aead_key = Zeroizing::new([0; KEY_LEN]);
        aead_key.copy_from_slice(&derived[..KEY_LEN]);
        let mut base_nonce = [0; NONCE_LEN];
        base_nonce.copy_from_slice(&derived[KEY_LEN..KEY_LEN + NONCE_LEN]);
        let mut header = [0; HEADER_LEN];
        header[..SALT_LEN].copy_from_slice(&salt);
        header[SALT_LEN..].copy_from_slice(&derived[KEY_LEN + NONCE_LEN..]);
        Ok(Message {
            aead: Aead::new(&aead_key),
            base_nonce,
            header,
        })
    }

    pub(super) fn header(&self) -> &[u8; HEADER_LEN] {
        &self.header
    }

    /// Seals one chunk in place and returns its tag.
    pub(super) fn seal_chunk(&self, number: u64, text: &mut [u8]) -> Result<[u8; TAG_LEN], Error> {
        self.aead.seal(self.nonce(number)?, text)
    }

    /// Opens one chunk, tag included, in place.
    pub(super) fn open_chunk<'a>(
        &self,
        number: u64,
        sealed: &'a mut [u8],
    ) -> Result<&'a mut [u8], Error> {
        if sealed.len() < TAG_LEN {
            return Err(Error::Truncated);
        }
        self.aead
            .open(self.nonce(number)?, sealed)
            .ok_or(Error::Damaged { chunk: number })
    }

    /// The base nonce XOR the chunk's number as a big-endian integer.
    fn nonce(&self, number: u64) -> Result<[u8; NONCE_LEN], Error> {
        if number >= MAX_CHUNKS {
            return Err(Error::TooLong);
        }
        let mut nonce = self.base_nonce;
        for (byte, counter) in nonce[NONCE_LEN - 8..].iter_mut().zip(number.to_be_bytes()) {
            *byte ^= counter;
        }
        Ok(nonce)
    }
}
