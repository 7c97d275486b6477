//! One object: a header line that says what it is, then its content, compressed if it is text, and all of it sealed.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use ehr_crypto::{DataKey, Digest};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::digest_thread::DigestThread;
use crate::error::Located;
use crate::{ArchiveId, Error, ErrorKind, ObjectClass, ObjectEntry, ObjectId};

/// The largest object: it must fit into a pack, and into memory when it is read.
pub(crate) const MAX_OBJECT_LEN: u64 = 1 << 29;
/// Room for a media type and a source's own name of the object; also keeps a damaged header from being searched for long.
const MAX_HEADER_LEN: usize = 64 * 1024;
/// Level 3 is where compression of charts stops being cheap: twice the time beyond it saves a few per cent.
const COMPRESSION_LEVEL: i32 = 3;
/// A reader never needs more than 8 MiB of window.
const WINDOW_LOG: u32 = 23;

/// An object that was read from an archive and is what was written to it.
pub struct Object {
    header: Header,
    bytes: Vec<u8>,
}

/// The encrypted header line.
#[derive(Serialize, Deserialize)]
struct Header {
    class: String,
    media_type: String,
    source_id: String,
    encoding: Encoding,
    /// Length of the original.
    length: u64,
    /// Digest of the original.
    sha256: Digest,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    /// As it was.
    Identity,
    /// One Zstandard frame.
    Zstd,
}

/// Zstandard contexts, one for each thread that is at work: making a new one for each object costs more than using it.
#[derive(Default)]
pub(crate) struct Compressors(Mutex<Vec<zstd::bulk::Compressor<'static>>>);

impl Object {
    /// What it is to the archive; `None` if a later version knows more kinds.
    pub fn class(&self) -> Option<ObjectClass> {
        ObjectClass::parse(&self.header.class)
    }

    /// Media type of the content.
    pub fn media_type(&self) -> &str {
        &self.header.media_type
    }

    /// What the source called it. Never use it as a path.
    pub fn source_id(&self) -> &str {
        &self.header.source_id
    }

    /// Digest of the content, checked when the object was opened.
    pub fn digest(&self) -> Digest {
        self.header.sha256
    }

    /// The content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The content, owned.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object")
            .field("class", &self.class())
            .field("len", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl Compressors {
    fn compress(&self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        let pool = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = pool().pop();
        let mut compressor = match idle {
            Some(compressor) => compressor,
            None => {
                let mut compressor = zstd::bulk::Compressor::new(COMPRESSION_LEVEL)?;
                compressor.set_parameter(zstd::zstd_safe::CParameter::WindowLog(WINDOW_LOG))?;
                compressor
            }
        };
        let compressed = compressor.compress(bytes)?;
        pool().push(compressor);
        Ok(compressed)
    }
}

/// Compresses and seals one object. With a second thread it is hashed meanwhile.
pub(crate) fn seal_object(
    archive: &ArchiveId,
    key: &DataKey,
    id: ObjectId,
    entry: &ObjectEntry<'_>,
    compressors: &Compressors,
    digests: Option<&mut DigestThread>,
) -> Result<Vec<u8>, Error> {
    if entry.bytes.len() as u64 > MAX_OBJECT_LEN {
        return Err(Error::new(ErrorKind::TooLarge {
            limit: MAX_OBJECT_LEN,
        }));
    }
    let compress = || {
        let is_compressible = is_compressible(entry.media_type);
        is_compressible.then(|| compressors.compress(entry.bytes))
    };
    let (sha256, compressed) = match digests {
        Some(digests) => digests.beside(entry.bytes, compress),
        None => (Digest::sha256(entry.bytes), compress()),
    };
    let compressed = compressed.transpose()?;
    let (encoding, payload) = match &compressed {
        Some(compressed) if compressed.len() < entry.bytes.len() => {
            (Encoding::Zstd, &compressed[..])
        }
        _ => (Encoding::Identity, entry.bytes),
    };
    let header = Header {
        class: entry.class.as_str().to_owned(),
        media_type: entry.media_type.to_owned(),
        source_id: entry.source_id.to_owned(),
        encoding,
        length: entry.bytes.len() as u64,
        sha256,
    };
    let mut plaintext =
        Zeroizing::new(serde_json::to_vec(&header).map_err(|_| malformed_header())?);
    if plaintext.len() > MAX_HEADER_LEN {
        return Err(Error::new(ErrorKind::Refused {
            reason: "media type and source id are longer than 64 KiB",
        }));
    }
    plaintext.push(b'\n');
    plaintext.extend_from_slice(payload);
    Ok(ehr_crypto::seal(
        key,
        &archive.object_context(id),
        &plaintext,
    )?)
}

/// Opens one object and checks it against the digest of the original.
pub(crate) fn open_object(
    archive: &ArchiveId,
    key: &DataKey,
    id: ObjectId,
    sealed: &[u8],
) -> Result<Object, Error> {
    open_unlocated(archive, key, id, sealed).of_object(id)
}

fn open_unlocated(
    archive: &ArchiveId,
    key: &DataKey,
    id: ObjectId,
    sealed: &[u8],
) -> Result<Object, Error> {
    let plaintext = Zeroizing::new(ehr_crypto::open(key, &archive.object_context(id), sealed)?);
    let end = plaintext
        .iter()
        .take(MAX_HEADER_LEN + 1)
        .position(|&byte| byte == b'\n')
        .ok_or_else(malformed_header)?;
    let (header, payload) = (&plaintext[..end], &plaintext[end + 1..]);
    let header: Header = serde_json::from_slice(header).map_err(|_| malformed_header())?;
    if header.length > MAX_OBJECT_LEN {
        return Err(ErrorKind::TooLarge {
            limit: MAX_OBJECT_LEN,
        }
        .into());
    }
    let bytes = match header.encoding {
        Encoding::Identity => payload.to_vec(),
        Encoding::Zstd => {
            let malformed = ErrorKind::Malformed {
                what: "the compressed content",
            };
            // This decoder needs no window, but others do: what they cannot read is no archive.
            if window_len(payload).is_none_or(|len| len > 1 << WINDOW_LOG) {
                return Err(malformed.into());
            }
            zstd::bulk::decompress(payload, header.length as usize).map_err(|_| malformed)?
        }
    };
    if bytes.len() as u64 != header.length || Digest::sha256(&bytes) != header.sha256 {
        return Err(ErrorKind::Changed {
            what: "the content is not what its digest says",
        }
        .into());
    }
    Ok(Object { header, bytes })
}

/// The window that a Zstandard frame asks for (RFC 8878, 3.1.1.1); a frame that is one segment has its content as window.
fn window_len(frame: &[u8]) -> Option<u64> {
    let rest = frame.strip_prefix(&zstd::zstd_safe::MAGICNUMBER.to_le_bytes())?;
    let (&descriptor, rest) = rest.split_first()?;
    if descriptor & 0x20 != 0 {
        return zstd::zstd_safe::get_frame_content_size(frame).ok()?;
    }
    let window = rest.first()?;
    let base = 1 << (10 + (window >> 3));
    Some(base + (base >> 3) * u64::from(window & 7))
}

/// Whether compression is worth trying: not for what is compressed already.
fn is_compressible(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    let packed = [
        "application/pdf",
        "application/zip",
        "application/gzip",
        "application/dicom",
    ];
    let packed_kinds = [
        "image/",
        "audio/",
        "video/",
        "application/vnd.openxmlformats-",
    ];
    let plain_images = ["image/svg+xml", "image/bmp"];
    plain_images.contains(&media_type)
        || !(packed.contains(&media_type)
            || packed_kinds.iter().any(|kind| media_type.starts_with(kind)))
}

fn malformed_header() -> Error {
    ErrorKind::Malformed {
        what: "the header line of an object",
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(media_type: &str, bytes: &[u8]) -> (usize, Object) {
        let (archive, key, id) = (
            ArchiveId::new("a").unwrap(),
            DataKey::from_bytes([1; 32]),
            ObjectId::from_bytes([2; 16]),
        );
        let entry = ObjectEntry {
            class: ObjectClass::Document,
            media_type,
            source_id: "a\nb\t.txt",
            bytes,
        };
        let sealed =
            seal_object(&archive, &key, id, &entry, &Compressors::default(), None).unwrap();
        let other = ObjectId::from_bytes([3; 16]);
        assert!(
            open_object(&archive, &key, other, &sealed)
                .unwrap_err()
                .is_wrong_key()
        );
        (
            sealed.len(),
            open_object(&archive, &key, id, &sealed).unwrap(),
        )
    }

    #[test]
    fn text_is_compressed_and_documents_are_not() {
        let bytes = b"the same words again and again ".repeat(1000);
        let (text, object) = round_trip("text/plain; charset=utf-8", &bytes);
        assert!(text < 1000);
        assert_eq!(object.bytes(), bytes);
        assert_eq!(
            (object.class(), object.source_id()),
            (Some(ObjectClass::Document), "a\nb\t.txt")
        );
        let (pdf, object) = round_trip("application/pdf", &bytes);
        assert!(pdf > bytes.len());
        assert_eq!(object.into_bytes(), bytes);
        let (_, empty) = round_trip("text/plain", b"");
        assert_eq!(empty.bytes(), b"");
    }

    /// What `open_object` says of a header and payload that only a holder of the key can have made.
    fn verdict(encoding: &str, length: u64, original: &[u8], payload: &[u8]) -> String {
        let (archive, key) = (ArchiveId::new("a").unwrap(), DataKey::from_bytes([1; 32]));
        let id = ObjectId::from_bytes([2; 16]);
        let sha256 = Digest::sha256(original);
        let header = format!(
            r#"{{"class":"chart","media_type":"","source_id":"","encoding":"{encoding}","length":{length},"sha256":"{sha256}"}}"#
        );
        let plaintext = [header.as_bytes(), b"\n", payload].concat();
        let sealed = ehr_crypto::seal(&key, &archive.object_context(id), &plaintext).unwrap();
        let message = open_object(&archive, &key, id, &sealed)
            .map_or_else(|error| error.to_string(), |_| "sound".into());
        message.replace(&format!("[object {id}] "), "")
    }

    #[test]
    fn content_must_be_what_its_header_says() {
        let zstd = zstd::bulk::compress(b"text", 3).unwrap();
        let changed = "changed since it was written: the content is not what its digest says";
        let malformed = "not as the format says: the compressed content";
        for (encoding, length, original, payload, expected) in [
            ("identity", 4, &b"text"[..], &b"text"[..], "sound"),
            ("zstd", 4, b"text", &zstd, "sound"),
            ("identity", 4, b"text", b"next", changed),
            ("identity", 3, b"text", b"text", changed),
            ("zstd", 5, b"text", &zstd, changed),
            ("zstd", 3, b"text", &zstd, malformed),
            ("zstd", 4, b"text", b"text", malformed),
            (
                "brotli",
                4,
                b"text",
                b"text",
                "not as the format says: the header line of an object",
            ),
        ] {
            assert_eq!(
                verdict(encoding, length, original, payload),
                expected,
                "{encoding} {length}"
            );
        }
    }

    #[test]
    fn windows_are_capped() {
        let frame = |log, content_size| {
            let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
            encoder.window_log(log).unwrap();
            encoder.include_contentsize(content_size).unwrap();
            encoder
                .set_pledged_src_size(content_size.then_some(4))
                .unwrap();
            std::io::Write::write_all(&mut encoder, b"text").unwrap();
            encoder.finish().unwrap()
        };
        for log in [10, 17, 23, 24, 27] {
            assert_eq!(window_len(&frame(log, false)), Some(1 << log));
            let expected = match log {
                ..=23 => "sound",
                _ => "not as the format says: the compressed content",
            };
            assert_eq!(verdict("zstd", 4, b"text", &frame(log, false)), expected);
        }
        assert_eq!(window_len(&frame(27, true)), Some(4), "one segment");
        assert_eq!(window_len(b"text"), None);
        assert_eq!(window_len(&frame(20, false)[..5]), None);
    }

    #[test]
    fn a_bomb_is_not_inflated() {
        let bomb = zstd::bulk::compress(&vec![0; 1 << 24], 3).unwrap();
        assert_eq!(
            verdict("zstd", 100, b"", &bomb),
            "not as the format says: the compressed content"
        );
        let expected = format!("larger than the {MAX_OBJECT_LEN} bytes that the format allows");
        assert_eq!(verdict("zstd", MAX_OBJECT_LEN + 1, b"", &bomb), expected);
    }
}
