//! Sealing: encryption that shows every change, in the public format C2SP chunked-encryption with AES-256-GCM.
//!
//! * A file is `salt (24) ‖ commitment (32) ‖ chunk ‖ chunk …`. A chunk is 16 KiB of plaintext with its 16-byte tag;
//!   the last chunk is always shorter and may be empty, so that a missing end is noticed.
//! * Key, base nonce and commitment of a message are HKDF-Expand-SHA512 of the data key, the random salt and the
//!   *context*. What was sealed for one context does not open in another.
//! * The commitment is compared before anything is decrypted, and plaintext is released only after the tag of its
//!   chunk was checked.

mod message;
mod open_reader;
mod seal_writer;
mod sealed_reader;

pub use open_reader::OpenReader;
pub use seal_writer::SealWriter;
pub use sealed_reader::SealedReader;

use crate::{DataKey, Error};
use message::{HEADER_LEN, Message, SEALED_CHUNK_LEN};

/// Plaintext bytes in a chunk.
pub const CHUNK_LEN: usize = message::CHUNK_LEN;

/// Seals bytes at hand.
pub fn seal(key: &DataKey, context: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, Error> {
    seal_with(Message::new(key, context)?, plaintext)
}

/// Opens bytes at hand.
pub fn open(key: &DataKey, context: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Error> {
    let Some((header, body)) = sealed.split_first_chunk::<HEADER_LEN>() else {
        return Err(Error::Truncated);
    };
    let message = Message::of_header(key, context, header)?;
    let mut plaintext = Vec::with_capacity(body.len());
    for (number, chunk) in body.chunks(SEALED_CHUNK_LEN).enumerate() {
        let start = plaintext.len();
        plaintext.extend_from_slice(chunk);
        let len = message
            .open_chunk(number as u64, &mut plaintext[start..])?
            .len();
        plaintext.truncate(start + len);
    }
    // A body that ends with a full chunk, and an empty one, lack their last chunk.
    if body.len() % SEALED_CHUNK_LEN == 0 {
        Err(Error::Truncated)
    } else {
        Ok(plaintext)
    }
}

/// Length of the sealed form of `plaintext_len` bytes.
pub const fn sealed_len(plaintext_len: u64) -> u64 {
    let chunks = plaintext_len / CHUNK_LEN as u64 + 1;
    HEADER_LEN as u64 + plaintext_len + chunks * (SEALED_CHUNK_LEN - CHUNK_LEN) as u64
}

/// The same bytes on every run: for test vectors and for nothing else, since a salt must never be used twice.
#[cfg(test)]
fn seal_with_repeatable_salt(
    key: &DataKey,
    context: &[u8],
    salt: [u8; message::SALT_LEN],
    plaintext: &[u8],
) -> Result<Vec<u8>, Error> {
    seal_with(Message::with_salt(key, context, salt)?, plaintext)
}

fn seal_with(message: Message, plaintext: &[u8]) -> Result<Vec<u8>, Error> {
    let mut sealed = Vec::with_capacity(sealed_len(plaintext.len() as u64) as usize);
    sealed.extend_from_slice(message.header());
    let (full, last) = plaintext.as_chunks::<CHUNK_LEN>();
    for (number, chunk) in full
        .iter()
        .map(|chunk| &chunk[..])
        .chain([last])
        .enumerate()
    {
        let start = sealed.len();
        sealed.extend_from_slice(chunk);
        let tag = message.seal_chunk(number as u64, &mut sealed[start..])?;
        sealed.extend_from_slice(&tag);
    }
    Ok(sealed)
}

#[cfg(test)]
mod tests;
