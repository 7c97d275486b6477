//! From the bytes of a message to the places of its values, without an allocation.
//!
//! ```
//! use ehr_mapping::hl7v2::{Delimiters, Splitter, segments};
//!
//! let message = b"MSH|^~\\&|LAB\rPID|1||7~8^^^MRN\r";
//! let splitter = Splitter::new(&Delimiters::of(message).unwrap());
//! let pid = segments(message).nth(1).unwrap();
//! let found: Vec<_> = splitter
//!     .values(message, pid)
//!     .map(|value| (value.field, value.repetition, value.component, &message[value.start..value.end]))
//!     .collect();
//! assert_eq!(found, [(1, 1, 1, &b"1"[..]), (3, 1, 1, b"7"), (3, 2, 1, b"8"), (3, 2, 4, b"MRN")]);
//! ```

use std::ops::Range;

use memchr::{memchr, memchr2, memchr3};

use super::delimiters::Delimiters;
use super::segment::SegmentId;

/// The lines of a message that are not empty, without their ends; LF, CRLF and CR each end one.
pub fn segments(message: &[u8]) -> Segments<'_> {
    Segments { message, at: 0 }
}

/// See [`segments`].
#[derive(Clone)]
pub struct Segments<'m> {
    message: &'m [u8],
    at: usize,
}

impl Iterator for Segments<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        while self.at < self.message.len() {
            let start = self.at;
            let end = memchr2(b'\r', b'\n', &self.message[start..])
                .map_or(self.message.len(), |length| start + length);
            self.at = end + 1;
            if end > start {
                return Some(start..end);
            }
        }
        None
    }
}

/// Where a value stands in the bytes, and in its segment. All places are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Value {
    /// The field, as the standard numbers it: MSH-1 is the field separator itself.
    pub field: u32,
    /// The repetition of the field.
    pub repetition: u32,
    /// The component of the repetition.
    pub component: u32,
    /// The sub-component of the component.
    pub subcomponent: u32,
    /// Where it begins.
    pub start: usize,
    /// One past its end.
    pub end: usize,
}

impl Value {
    /// Goes past a delimiter.
    #[inline]
    fn pass(&mut self, class: u8) {
        match class {
            FIELD => {
                (self.field, self.repetition) = (self.field + 1, 1);
                (self.component, self.subcomponent) = (1, 1);
            }
            COMPONENT => (self.component, self.subcomponent) = (self.component + 1, 1),
            REPETITION => {
                (self.repetition, self.component) = (self.repetition + 1, 1);
                self.subcomponent = 1;
            }
            _ => self.subcomponent += 1,
        }
    }
}

/// Splits segments into values.
#[derive(Clone)]
pub struct Splitter {
    delimiters: Delimiters,
    /// What each byte parts; see the constants below.
    class: [u8; 256],
}

const TEXT: u8 = 0;
const SUBCOMPONENT: u8 = 1;
const COMPONENT: u8 = 2;
const REPETITION: u8 = 3;
const FIELD: u8 = 4;

/// How far is looked byte by byte, which is quicker than a call for the short values of most
/// fields, before the rest of a long one is passed over by vector instructions.
const SHORT: usize = 24;

impl Splitter {
    /// A splitter for messages with these delimiters.
    pub fn new(delimiters: &Delimiters) -> Self {
        let mut class = [TEXT; 256];
        let mut set = |byte: Option<u8>, what| {
            if let Some(byte) = byte {
                class[usize::from(byte)] = what;
            }
        };
        set(delimiters.subcomponent, SUBCOMPONENT);
        set(Some(delimiters.component), COMPONENT);
        set(delimiters.repetition, REPETITION);
        set(Some(delimiters.field), FIELD);
        Self {
            delimiters: *delimiters,
            class,
        }
    }

    /// The delimiters.
    pub fn delimiters(&self) -> &Delimiters {
        &self.delimiters
    }

    /// The values of a segment that are not empty, in order. What stands before its first field
    /// separator is passed over.
    ///
    /// # Panics
    ///
    /// If the segment does not lie in the message.
    pub fn values<'m>(&'m self, message: &'m [u8], segment: Range<usize>) -> Values<'m> {
        let line = &message[segment.clone()];
        let at = match memchr(self.delimiters.field, line) {
            Some(id) => segment.start + id + 1,
            None => segment.end + 1,
        };
        let header = matches!(SegmentId::of(line), Some(id) if id.declares());
        Values {
            splitter: self,
            bytes: &message[..segment.end],
            at,
            header: if header { 1 } else { 0 },
            place: Value {
                field: 1,
                repetition: 1,
                component: 1,
                subcomponent: 1,
                start: at,
                end: at,
            },
        }
    }

    /// The next delimiter, or the end.
    fn stop(&self, bytes: &[u8], start: usize) -> usize {
        let short = bytes.len().min(start + SHORT);
        for (at, byte) in bytes[start..short].iter().enumerate() {
            if self.class[usize::from(*byte)] != TEXT {
                return start + at;
            }
        }
        let Delimiters {
            field,
            component,
            repetition,
            subcomponent,
            ..
        } = self.delimiters;
        let rest = &bytes[short..];
        let end =
            memchr3(field, component, repetition.unwrap_or(field), rest).unwrap_or(rest.len());
        let end = match subcomponent {
            Some(subcomponent) => memchr(subcomponent, &rest[..end]).unwrap_or(end),
            None => end,
        };
        short + end
    }
}

/// See [`Splitter::values`].
#[derive(Clone)]
pub struct Values<'m> {
    splitter: &'m Splitter,
    /// The message up to the end of the segment.
    bytes: &'m [u8],
    at: usize,
    /// Which of the two fields that declare the delimiters comes next, if any does.
    header: u8,
    place: Value,
}

impl Values<'_> {
    /// The fields of a header that hold delimiters and are not parted by them.
    fn declaration(&mut self) -> Value {
        let (field, start, end) = if self.header == 1 {
            self.header = 2;
            (1, self.at - 1, self.at)
        } else {
            self.header = 0;
            let rest = &self.bytes[self.at..];
            let end = memchr(self.splitter.delimiters.field, rest).unwrap_or(rest.len());
            let start = self.at;
            self.at += end + 1;
            self.place.field = 3;
            (2, start, start + end)
        };
        Value {
            field,
            start,
            end,
            ..self.place
        }
    }
}

impl Iterator for Values<'_> {
    type Item = Value;

    #[inline]
    fn next(&mut self) -> Option<Value> {
        while self.header != 0 {
            if self.at > self.bytes.len() {
                return None;
            }
            let value = self.declaration();
            if value.end > value.start {
                return Some(value);
            }
        }
        while self.at < self.bytes.len() {
            let start = self.at;
            let class = &self.splitter.class;
            // most values are empty
            let first = class[usize::from(self.bytes[start])];
            if first != TEXT {
                self.place.pass(first);
                self.at = start + 1;
                continue;
            }
            let end = self.splitter.stop(self.bytes, start);
            let found = Value {
                start,
                end,
                ..self.place
            };
            if let Some(byte) = self.bytes.get(end) {
                self.place.pass(class[usize::from(*byte)]);
            }
            self.at = end + 1;
            return Some(found);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(message: &str, segment: usize) -> Vec<(u32, u32, u32, u32, String)> {
        let bytes = message.as_bytes();
        let splitter = Splitter::new(&Delimiters::of(bytes).unwrap());
        let segment = segments(bytes).nth(segment).unwrap();
        splitter
            .values(bytes, segment)
            .map(|value| {
                (
                    value.field,
                    value.repetition,
                    value.component,
                    value.subcomponent,
                    message[value.start..value.end].to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn values_carry_their_place() {
        let message = "MSH|^~\\&|A&B^C|\n\nPID|||x~~^y&z|";
        assert_eq!(
            split(message, 0),
            [
                (1, 1, 1, 1, "|".to_owned()),
                (2, 1, 1, 1, "^~\\&".to_owned()),
                (3, 1, 1, 1, "A".to_owned()),
                (3, 1, 1, 2, "B".to_owned()),
                (3, 1, 2, 1, "C".to_owned()),
            ]
        );
        assert_eq!(
            split(message, 1),
            [
                (3, 1, 1, 1, "x".to_owned()),
                (3, 3, 2, 1, "y".to_owned()),
                (3, 3, 2, 2, "z".to_owned()),
            ]
        );
    }

    #[test]
    fn long_values_end_where_short_ones_do() {
        let long = "x".repeat(100);
        for delimiter in ['|', '^', '~', '&'] {
            for length in [1, SHORT - 1, SHORT, SHORT + 1, 99] {
                let value = &long[..length];
                let message = format!("MSH|^~\\&\rOBX|{value}{delimiter}{value}");
                let found = split(&message, 1);
                assert_eq!(found.len(), 2, "{delimiter} {length}");
                assert!(found.iter().all(|found| found.4 == value));
            }
        }
    }

    #[test]
    fn a_segment_without_fields_has_no_values() {
        assert!(split("MSH|^~\\&\rPV1\rPV2|", 1).is_empty());
        assert!(split("MSH|^~\\&\rPV1\rPV2|", 2).is_empty());
        assert_eq!(split("MSH|^", 0).len(), 2);
    }
}
