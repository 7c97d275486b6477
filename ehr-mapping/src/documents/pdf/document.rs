//! Where the objects of a PDF stand.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use memchr::memmem;

use super::filter::decode;
use super::object::{Object, Parser};
use crate::documents::pages::PagesUnknown;

/// How often a document may have been added to; more is a circle.
const MAX_SECTIONS: usize = 1024;

/// More objects than any document has.
const MAX_OBJECTS: u64 = 8 << 20;

/// How many references may lead to another reference.
const MAX_STEPS: usize = 8;

#[derive(Clone, Copy)]
enum Place {
    /// The byte at which the object stands.
    Byte(u64),
    /// The stream that it is packed in.
    Packed(u32),
    Free,
}

pub(super) struct Document<'b> {
    /// From the header on, which offsets count from.
    bytes: &'b [u8],
    places: HashMap<u32, Place>,
    trailer: Object,
    packed: RefCell<HashMap<u32, Rc<HashMap<u32, Object>>>>,
}

impl<'b> Document<'b> {
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, PagesUnknown> {
        let header = memmem::find(bytes, b"%PDF-").ok_or(PagesUnknown::Damaged)?;
        let bytes = &bytes[header..];
        let mark = memmem::rfind(bytes, b"startxref").ok_or(PagesUnknown::Damaged)?;
        let start = Parser {
            bytes,
            at: mark + 9,
        }
        .digits()
        .ok_or(PagesUnknown::Damaged)?;
        let mut document = Self {
            bytes,
            places: HashMap::new(),
            trailer: Object::Null,
            packed: RefCell::default(),
        };
        let mut next = vec![start];
        let mut seen = HashSet::new();
        while let Some(at) = next.pop() {
            if !seen.insert(at) || seen.len() > MAX_SECTIONS {
                return Err(PagesUnknown::Damaged);
            }
            let trailer = document.section(at)?;
            // what a hybrid file has for newer readers comes before what is older
            for key in ["Prev", "XRefStm"] {
                if let Some(offset) = trailer.get(key).and_then(Object::number) {
                    next.push(u64::try_from(offset).map_err(|_| PagesUnknown::Damaged)?);
                }
            }
            if document.trailer == Object::Null {
                document.trailer = trailer;
            }
        }
        match document.trailer.get("Encrypt") {
            None | Some(Object::Null) => Ok(document),
            Some(_) => Err(PagesUnknown::Encrypted),
        }
    }

    pub(super) fn trailer(&self) -> &Object {
        &self.trailer
    }

    /// The object itself, or the one that a reference leads to.
    pub(super) fn resolve(&self, object: Option<&Object>) -> Result<Object, PagesUnknown> {
        let mut object = object.ok_or(PagesUnknown::Damaged)?.clone();
        for _ in 0..MAX_STEPS {
            let Object::Reference(id) = object else {
                return Ok(object);
            };
            object = match self.places.get(&id) {
                Some(Place::Byte(at)) => self.at(*at, Some(id))?.0,
                Some(Place::Packed(stream)) => {
                    let objects = self.unpack(*stream)?;
                    objects.get(&id).cloned().ok_or(PagesUnknown::Damaged)?
                }
                Some(Place::Free) | None => return Err(PagesUnknown::Damaged),
            };
        }
        Err(PagesUnknown::Damaged)
    }

    /// The object that begins at a byte (`7 0 obj …`), and the place behind it.
    fn at(&self, at: u64, expected: Option<u32>) -> Result<(Object, usize), PagesUnknown> {
        let at = usize::try_from(at).ok().filter(|at| *at < self.bytes.len());
        let mut parser = Parser {
            bytes: self.bytes,
            at: at.ok_or(PagesUnknown::Damaged)?,
        };
        let id = parser.digits();
        let known = id.is_some() && expected.is_none_or(|expected| id == Some(u64::from(expected)));
        if !known || parser.digits().is_none() || parser.word() != b"obj" {
            return Err(PagesUnknown::Damaged);
        }
        let object = parser.object().ok_or(PagesUnknown::Damaged)?;
        Ok((object, parser.at))
    }

    /// The bytes of the stream whose dictionary ends at this place.
    fn stream(&self, dictionary: &Object, at: usize) -> Result<&'b [u8], PagesUnknown> {
        let mut parser = Parser {
            bytes: self.bytes,
            at,
        };
        if parser.word() != b"stream" {
            return Err(PagesUnknown::Damaged);
        }
        let start = match self.bytes.get(parser.at..) {
            Some([b'\r', b'\n', ..]) => parser.at + 2,
            Some([b'\n' | b'\r', ..]) => parser.at + 1,
            _ => return Err(PagesUnknown::Damaged),
        };
        let length = match dictionary.get("Length") {
            Some(Object::Number(length)) => Some(*length),
            Some(reference) => self
                .resolve(Some(reference))
                .ok()
                .and_then(|length| length.number()),
            None => None,
        };
        let length = length.and_then(|length| usize::try_from(length).ok());
        let end = length.and_then(|length| start.checked_add(length));
        let content = end.and_then(|end| self.bytes.get(start..end));
        content.ok_or(PagesUnknown::Damaged)
    }

    /// Reads one section of cross-references; the first that names an object is the newest.
    fn section(&mut self, at: u64) -> Result<Object, PagesUnknown> {
        let place = usize::try_from(at).ok().filter(|at| *at < self.bytes.len());
        let mut parser = Parser {
            bytes: self.bytes,
            at: place.ok_or(PagesUnknown::Damaged)?,
        };
        parser.space();
        if self.bytes[parser.at..].starts_with(b"xref") {
            parser.at += 4;
            self.table(&mut parser)
        } else {
            self.references(at)
        }
    }

    fn table(&mut self, parser: &mut Parser<'_>) -> Result<Object, PagesUnknown> {
        loop {
            parser.space();
            if self.bytes[parser.at..].starts_with(b"trailer") {
                parser.at += 7;
                return parser.object().ok_or(PagesUnknown::Damaged);
            }
            let damaged = PagesUnknown::Damaged;
            let first = parser.digits().ok_or(damaged)?;
            let count = parser.digits().ok_or(damaged)?;
            if first.saturating_add(count) > MAX_OBJECTS {
                return Err(damaged);
            }
            for id in first..first + count {
                let offset = parser.digits().ok_or(damaged)?;
                parser.digits().ok_or(damaged)?;
                let place = match parser.word() {
                    b"n" => Place::Byte(offset),
                    b"f" => Place::Free,
                    _ => return Err(damaged),
                };
                self.places.entry(id as u32).or_insert(place);
            }
        }
    }

    /// A section that is a stream.
    fn references(&mut self, at: u64) -> Result<Object, PagesUnknown> {
        let damaged = PagesUnknown::Damaged;
        let (dictionary, behind) = self.at(at, None)?;
        if dictionary.get("Type").and_then(Object::name) != Some("XRef") {
            return Err(damaged);
        }
        let content = decode(None, &dictionary, self.stream(&dictionary, behind)?)?;
        let numbers = |key| match dictionary.get(key) {
            Some(Object::Array(items)) => {
                let numbers = items
                    .iter()
                    .map(|item| item.number().and_then(|n| u64::try_from(n).ok()));
                numbers.collect::<Option<Vec<_>>>().ok_or(damaged)
            }
            _ => Ok(Vec::new()),
        };
        let widths = numbers("W")?;
        let &[kind, second, third] = &widths[..] else {
            return Err(damaged);
        };
        let row = widths.iter().sum::<u64>();
        if widths.iter().any(|width| *width > 8) || row == 0 {
            return Err(damaged);
        }
        let mut ranges = numbers("Index")?;
        if ranges.is_empty() {
            let size = dictionary
                .get("Size")
                .and_then(Object::number)
                .ok_or(damaged)?;
            ranges = vec![0, u64::try_from(size).map_err(|_| damaged)?];
        }
        let mut rows = content.chunks_exact(row as usize);
        for range in ranges.chunks_exact(2) {
            if range[0].saturating_add(range[1]) > MAX_OBJECTS {
                return Err(damaged);
            }
            for id in range[0]..range[0] + range[1] {
                let Some(row) = rows.next() else { break };
                let (a, rest) = row.split_at(kind as usize);
                let (b, c) = rest.split_at(second as usize);
                debug_assert_eq!(c.len(), third as usize);
                let number = |bytes: &[u8]| {
                    bytes
                        .iter()
                        .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte))
                };
                let place = match if kind == 0 { 1 } else { number(a) } {
                    0 => Place::Free,
                    1 => Place::Byte(number(b)),
                    2 => Place::Packed(u32::try_from(number(b)).map_err(|_| damaged)?),
                    _ => continue,
                };
                self.places.entry(id as u32).or_insert(place);
            }
        }
        Ok(dictionary)
    }

    /// The objects that are packed in a stream.
    fn unpack(&self, stream: u32) -> Result<Rc<HashMap<u32, Object>>, PagesUnknown> {
        if let Some(objects) = self.packed.borrow().get(&stream) {
            return Ok(objects.clone());
        }
        // a stream that needs what is in it to be read finds nothing
        self.packed.borrow_mut().insert(stream, Rc::default());
        let damaged = PagesUnknown::Damaged;
        // a stream is never packed itself
        let Some(Place::Byte(at)) = self.places.get(&stream) else {
            return Err(damaged);
        };
        let (dictionary, behind) = self.at(*at, Some(stream))?;
        let content = decode(Some(self), &dictionary, self.stream(&dictionary, behind)?)?;
        let number = |key| {
            let number = self.resolve(dictionary.get(key))?.number();
            number
                .and_then(|number| usize::try_from(number).ok())
                .ok_or(damaged)
        };
        let (count, first) = (number("N")?, number("First")?);
        let mut heads = Parser {
            bytes: &content,
            at: 0,
        };
        let mut objects = HashMap::new();
        for _ in 0..count {
            let (Some(id), Some(offset)) = (heads.digits(), heads.digits()) else {
                return Err(damaged);
            };
            let at = usize::try_from(offset)
                .ok()
                .and_then(|offset| first.checked_add(offset));
            let at = at.filter(|at| *at < content.len()).ok_or(damaged)?;
            // what is odd in an object that is not asked for does no harm
            if let Some(object) = (Parser {
                bytes: &content,
                at,
            })
            .object()
            {
                objects.insert(u32::try_from(id).map_err(|_| damaged)?, object);
            }
        }
        let objects = Rc::new(objects);
        self.packed.borrow_mut().insert(stream, objects.clone());
        Ok(objects)
    }
}
