//! The stored-only ZIP form of a pack: header, sealed object, header, sealed object …, directory.
//!
//! Every field that can be constant is, so that a pack has only one valid form: its directory follows from its entries.

use std::io::{Read, Seek, SeekFrom};

use crate::{Error, ErrorKind, ObjectId};

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
/// Version 1.0 needs nothing but stored entries.
const VERSION: u16 = 10;
/// 1 January 1980, the zero of ZIP: when an object was appended is nobody's business.
const DATE: u16 = 0x21;
const SUFFIX: &str = ".c256";
const NAME_LEN: usize = ObjectId::TEXT_LEN + SUFFIX.len();

/// Bytes before a sealed object: a ZIP header of 30 bytes and the name.
pub(crate) const LOCAL_LEN: u64 = 30 + NAME_LEN as u64;

/// One sealed object in a pack.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PackEntry {
    pub(crate) id: ObjectId,
    pub(crate) crc32: u32,
    pub(crate) len: u32,
    /// Where its header begins.
    pub(crate) start: u64,
}

impl PackEntry {
    /// Where the sealed bytes begin.
    pub(crate) fn offset(&self) -> u64 {
        self.start + LOCAL_LEN
    }

    pub(crate) fn local_header(&self) -> Vec<u8> {
        let mut bytes = LOCAL.to_le_bytes().to_vec();
        self.push_common(&mut bytes);
        bytes.extend_from_slice(self.name().as_bytes());
        bytes
    }

    fn central_header(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&CENTRAL.to_le_bytes());
        out.extend_from_slice(&VERSION.to_le_bytes());
        self.push_common(out);
        // No comment, first disk, no attributes.
        out.extend_from_slice(&[0; 10]);
        out.extend_from_slice(&(self.start as u32).to_le_bytes());
        out.extend_from_slice(self.name().as_bytes());
    }

    /// From "version needed" to "extra length", the same in both headers.
    fn push_common(&self, out: &mut Vec<u8>) {
        // Flags, method "stored" and time are zero.
        for field in [VERSION, 0, 0, 0, DATE] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        for field in [self.crc32, self.len, self.len] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        for field in [NAME_LEN as u16, 0] {
            out.extend_from_slice(&field.to_le_bytes());
        }
    }

    fn name(&self) -> String {
        format!("{}{SUFFIX}", self.id)
    }

    /// Reads a header; `None` if no such header begins here.
    fn parse(header: &[u8; LOCAL_LEN as usize], start: u64) -> Option<Self> {
        let word = |at: usize| {
            u32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]])
        };
        let name = std::str::from_utf8(&header[30..]).ok()?;
        let entry = PackEntry {
            id: name.strip_suffix(SUFFIX)?.parse().ok()?,
            crc32: word(14),
            len: word(18),
            start,
        };
        (entry.local_header() == header).then_some(entry)
    }
}

/// The directory that belongs behind these entries.
pub(crate) fn directory(entries: &[PackEntry], start: u64) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(entries.len() * (46 + NAME_LEN) + 22);
    entries
        .iter()
        .for_each(|entry| entry.central_header(&mut bytes));
    let len = bytes.len() as u32;
    bytes.extend_from_slice(&END.to_le_bytes());
    for field in [0, 0, entries.len() as u16, entries.len() as u16] {
        bytes.extend_from_slice(&field.to_le_bytes());
    }
    bytes.extend_from_slice(&len.to_le_bytes());
    bytes.extend_from_slice(&(start as u32).to_le_bytes());
    bytes.extend_from_slice(&0u16.to_le_bytes());
    bytes
}

/// Walks over the entries from the start of a pack to its directory or to `end`, by their headers.
pub(crate) fn entries<R: Read + Seek>(pack: &mut R, end: u64) -> Result<Vec<PackEntry>, Error> {
    let mut entries = Vec::new();
    let mut start = 0;
    while start < end {
        pack.seek(SeekFrom::Start(start))?;
        let mut header = [0; LOCAL_LEN as usize];
        let mut signature = [0; 4];
        pack.read_exact(&mut signature)?;
        if u32::from_le_bytes(signature) != LOCAL {
            break;
        }
        header[..4].copy_from_slice(&signature);
        pack.read_exact(&mut header[4..])?;
        let entry = PackEntry::parse(&header, start).ok_or_else(|| {
            Error::from(ErrorKind::Malformed {
                what: "an entry of a pack",
            })
            .at_offset(start)
        })?;
        start = entry.offset() + u64::from(entry.len);
        entries.push(entry);
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn headers_go_round_and_every_change_of_one_is_noticed() {
        let entry = PackEntry {
            id: ObjectId::from_bytes([0xc3; 16]),
            crc32: 5,
            len: 4,
            start: 0,
        };
        let mut pack = entry.local_header();
        pack.extend_from_slice(b"seal");
        pack.extend_from_slice(&directory(std::slice::from_ref(&entry), pack.len() as u64));
        let end = pack.len() as u64;
        assert_eq!(
            entries(&mut Cursor::new(&pack), end).unwrap(),
            std::slice::from_ref(&entry)
        );
        for place in 0..LOCAL_LEN as usize {
            let mut wrong = pack.clone();
            wrong[place] ^= 1;
            assert_ne!(
                entries(&mut Cursor::new(&wrong), end).ok(),
                Some(vec![entry.clone()]),
                "{place}"
            );
        }
    }
}
