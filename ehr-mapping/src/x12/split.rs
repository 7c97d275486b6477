//! Segments, elements, repetitions and components as ranges of the input, without an allocation.
//!
//! ```
//! use ehr_mapping::x12::{Separators, segments};
//!
//! let separators = Separators { element: b'*', component: b':', repetition: Some(b'^'), segment: b'~' };
//! let bytes = b"HI*ABK:J45*ABF:E11~\nK3*A^B~";
//! let mut found = Vec::new();
//! for segment in segments(bytes, separators) {
//!     for value in segment.values() {
//!         let text = std::str::from_utf8(&bytes[value.start..value.end])?;
//!         found.push((value.element, value.repetition, value.component, text));
//!     }
//! }
//! assert_eq!(found[..3], [(1, 1, 1, "ABK"), (1, 1, 2, "J45"), (2, 1, 1, "ABF")]);
//! assert_eq!(found[4..], [(1, 1, 0, "A"), (1, 2, 0, "B")]);
//! # Ok::<(), std::str::Utf8Error>(())
//! ```

use memchr::memchr;

use super::segment::SegmentId;
use super::separators::{Separators, is_filler};

/// The segments of an interchange, or of a part of it.
///
/// Line ends and spaces between segments are passed over, as are empty segments. The last segment
/// may lack its terminator.
pub fn segments(bytes: &[u8], separators: Separators) -> Segments<'_> {
    Segments {
        bytes,
        separators,
        at: 0,
    }
}

/// See [`segments`].
#[derive(Clone)]
pub struct Segments<'t> {
    bytes: &'t [u8],
    separators: Separators,
    at: usize,
}

impl Segments<'_> {
    /// Goes on at a place in the bytes.
    pub(super) fn from(self, at: usize) -> Self {
        Self { at, ..self }
    }
}

/// One segment. `Debug` is not there, because a segment is a patient's data.
#[derive(Clone, Copy)]
pub struct Segment<'t> {
    bytes: &'t [u8],
    separators: Separators,
    start: usize,
    id_end: usize,
    end: usize,
    terminated: bool,
    binary: Option<Binary>,
}

/// What is known of the segments whose last element holds anything, separators included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binary {
    /// The length before the data is right: the data begins here.
    From(usize),
    /// It leads beyond the bytes at hand, to this place counted from the start of the segment.
    Beyond(usize),
    /// It does not lead to a terminator, or is no number.
    WrongLength,
}

/// A value of a segment, or its empty place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value {
    /// The number of the element, counted from 1.
    pub element: usize,
    /// The number of the repetition, counted from 1.
    pub repetition: usize,
    /// The number of the component, counted from 1; 0 if the repetition has no component separator.
    pub component: usize,
    /// Where it begins in the bytes that were split.
    pub start: usize,
    /// One past its end.
    pub end: usize,
}

impl<'t> Iterator for Segments<'t> {
    type Item = Segment<'t>;

    #[inline]
    fn next(&mut self) -> Option<Segment<'t>> {
        let start = self.at + filler(&self.bytes[self.at..], self.separators);
        if start == self.bytes.len() {
            self.at = start;
            return None;
        }
        let segment = Segment::at(self.bytes, start, self.separators);
        self.at = segment.end + usize::from(segment.terminated);
        Some(segment)
    }
}

impl<'t> Segment<'t> {
    /// The segment that begins at a place.
    #[inline]
    pub(super) fn at(bytes: &'t [u8], start: usize, separators: Separators) -> Self {
        let rest = &bytes[start..];
        let ends = memchr(separators.segment, rest);
        let length = ends.unwrap_or(rest.len());
        let is_id_end = |byte: &u8| *byte == separators.element;
        // an id has two or three characters, so that the loop is short
        let id = rest[..length].iter().position(is_id_end).unwrap_or(length);
        let mut segment = Self {
            bytes,
            separators,
            start,
            id_end: start + id,
            end: start + length,
            terminated: ends.is_some(),
            binary: None,
        };
        if matches!(&rest[..id], b"BIN" | b"BDS") {
            segment.measure();
        }
        segment
    }

    /// Where it begins in the bytes that were split.
    pub fn start(&self) -> usize {
        self.start
    }

    /// One past its last byte, where the terminator stands.
    pub fn end(&self) -> usize {
        self.end
    }

    /// Whether there is a terminator.
    pub fn is_terminated(&self) -> bool {
        self.terminated
    }

    /// The segment id, such as `NM1`.
    pub fn id(&self) -> &'t [u8] {
        &self.bytes[self.start..self.id_end]
    }

    /// The id as one of those that the format knows.
    pub(super) fn known_id(&self) -> SegmentId {
        SegmentId::of(self.id())
    }

    pub(super) fn binary(&self) -> Option<Binary> {
        self.binary
    }

    /// An element by its number, counted from 1, in one piece; empty if there is none.
    pub fn element(&self, number: usize) -> &'t [u8] {
        let mut at = self.id_end;
        let mut found: &[u8] = &[];
        for _ in 0..number {
            if at >= self.end {
                return &[];
            }
            let rest = &self.bytes[at + 1..self.end];
            let length = memchr(self.separators.element, rest).unwrap_or(rest.len());
            found = &rest[..length];
            at += 1 + length;
        }
        found
    }

    /// All places of values in order, the empty ones too.
    ///
    /// An ISA segment is not split below its elements: two of them *are* separators.
    #[inline]
    pub fn values(&self) -> Values<'t> {
        let Separators {
            element,
            component,
            repetition,
            ..
        } = self.separators;
        let (component, repetition) = match self.id() {
            b"ISA" => (element, element),
            _ => (component, repetition.unwrap_or(element)),
        };
        let body = (self.id_end + 1).min(self.end);
        let (end, binary) = match self.binary {
            Some(Binary::From(data)) => (data - 1, Some(data)),
            _ => (self.end, None),
        };
        Values {
            bytes: &self.bytes[..end],
            element,
            component,
            repetition,
            binary: binary.map(|data| (data, self.end)),
            done: self.id_end == self.end,
            next: Value {
                element: 1,
                repetition: 1,
                component: 0,
                start: body,
                end: body,
            },
        }
    }

    /// Finds the end by the length that stands before the data: `BIN*length*data`,
    /// `BDS*filter*length*data`.
    fn measure(&mut self) {
        let Some((data, end)) = self.data() else {
            self.binary = Some(Binary::WrongLength);
            return;
        };
        self.binary = Some(match self.bytes.get(end) {
            Some(byte) if *byte != self.separators.segment => Binary::WrongLength,
            None if end > self.bytes.len() => Binary::Beyond(end - self.start),
            ends => {
                self.end = end;
                self.terminated = ends.is_some();
                Binary::From(data)
            }
        });
    }

    /// Where binary data begin and end, as their length says.
    fn data(&self) -> Option<(usize, usize)> {
        let mut start = self.id_end + 1;
        let element =
            |start: usize| memchr(self.separators.element, self.bytes.get(start..self.end)?);
        if self.id() == b"BDS" {
            start += element(start)? + 1;
        }
        let digits = element(start)?;
        let length = std::str::from_utf8(&self.bytes[start..start + digits]).ok()?;
        let data = start + digits + 1;
        Some((data, data.checked_add(length.parse().ok()?)?))
    }
}

/// See [`Segment::values`].
pub struct Values<'t> {
    /// Up to the end of what is split.
    bytes: &'t [u8],
    element: u8,
    component: u8,
    repetition: u8,
    binary: Option<(usize, usize)>,
    done: bool,
    next: Value,
}

impl Iterator for Values<'_> {
    type Item = Value;

    #[inline]
    fn next(&mut self) -> Option<Value> {
        if self.done {
            let (start, end) = self.binary.take()?;
            return Some(Value {
                start,
                end,
                ..self.next
            });
        }
        let next = &mut self.next;
        let rest = &self.bytes[next.start..];
        // values are a few bytes long, which a loop passes faster than a call
        let found = rest.iter().position(|byte| {
            *byte == self.element || *byte == self.component || *byte == self.repetition
        });
        let (end, separator) = match found {
            Some(length) => (next.start + length, rest[length]),
            None => {
                self.done = true;
                (self.bytes.len(), self.element)
            }
        };
        let is_component = separator == self.component && separator != self.element;
        if is_component && next.component == 0 {
            next.component = 1;
        }
        let value = Value { end, ..*next };
        next.start = end + 1;
        if separator == self.element {
            next.element += 1;
            next.repetition = 1;
            next.component = 0;
        } else if is_component {
            next.component += 1;
        } else {
            next.repetition += 1;
            next.component = 0;
        }
        Some(value)
    }
}

/// How many bytes at the start of the rest stand between segments.
#[inline]
pub(super) fn filler(rest: &[u8], separators: Separators) -> usize {
    rest.iter()
        .position(|byte| !is_filler(*byte) && *byte != separators.segment)
        .unwrap_or(rest.len())
}

/// How many non-empty values stand in a piece of an interchange.
pub(super) fn filled(bytes: &[u8], separators: Separators) -> u64 {
    let mut filled = 0;
    for segment in segments(bytes, separators) {
        let unknown = segment.known_id() == SegmentId::UNKNOWN && !segment.id().is_empty();
        filled += u64::from(unknown);
        filled += segment
            .values()
            .filter(|value| value.start < value.end)
            .count() as u64;
    }
    filled
}
