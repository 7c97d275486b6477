//! A message about several patients as one record for each.

use std::borrow::Cow;
use std::ops::Range;

use ehr_model::issue::IssueCode;

use super::group::MessageKind;
use super::input::line_ends;
use super::layout::inherits;
use super::segment::SegmentId;
use super::split::segments;
use crate::raw::Position;

/// How the lines of a message are shared out.
#[derive(Default)]
pub(super) struct Shares {
    /// Where the segments of each patient begin.
    pub(super) patients: Vec<usize>,
    /// Where the segments begin that all patients share at the end.
    pub(super) tail: usize,
    /// Where the first line stands that is no segment.
    pub(super) stray: Option<usize>,
}

impl Shares {
    /// Looks at every line once. `field` is the field separator.
    pub(super) fn of(&mut self, message: &[u8], field: u8, kind: MessageKind) {
        self.patients.clear();
        self.stray = None;
        self.tail = message.len();
        // the event right before the next segment, and the one right before the first patient
        let (mut event, mut first_event) = (None, None);
        for segment in segments(message) {
            let Some(id) = SegmentId::of_segment(&message[segment.clone()], field) else {
                self.stray.get_or_insert(segment.start);
                continue;
            };
            match &id.0 {
                b"PID" => {
                    if self.patients.is_empty() {
                        // the event of the message, unless each patient has one
                        first_event = event.take();
                    } else if let (Some(_), Some(first)) = (event, first_event.take()) {
                        self.patients[0] = first;
                    }
                    self.patients.push(event.unwrap_or(segment.start));
                    self.tail = message.len();
                }
                b"ORC" | b"OBR" if kind.has_prior_results() => {
                    // what follows are patients of earlier orders
                    self.stray = self
                        .stray
                        .or_else(|| first_stray(message, segment.end, field));
                    return;
                }
                b"RGS" if kind.has_shared_resources() && self.tail == message.len() => {
                    self.tail = segment.start;
                }
                _ => {}
            }
            event = (&id.0 == b"EVN").then_some(segment.start);
        }
    }
}

fn first_stray(message: &[u8], from: usize, field: u8) -> Option<usize> {
    segments(&message[from..])
        .find(|segment| SegmentId::of_segment(&message[from..][segment.clone()], field).is_none())
        .map(|segment| from + segment.start)
}

/// The records of one message that were not handed out yet.
#[derive(Default)]
pub(super) struct Pending {
    /// The text of the whole message.
    text: String,
    /// Where each patient begins in the text, and the tail after the last.
    starts: Vec<usize>,
    /// Where each patient begins in the file.
    places: Vec<(u64, u64)>,
    next: usize,
    record: String,
}

impl Pending {
    /// The records of a message that begins at this position.
    pub(super) fn fill<'m>(
        &mut self,
        message: &'m [u8],
        shares: &Shares,
        position: Position,
        decode: impl Fn(&'m [u8]) -> Result<Cow<'m, str>, IssueCode>,
    ) -> Result<(), IssueCode> {
        self.text.clear();
        self.starts.clear();
        self.places.clear();
        self.next = 0;
        let mut from = 0;
        for start in shares.patients.iter().chain([&shares.tail, &message.len()]) {
            self.text.push_str(&decode(&message[from..*start])?);
            self.starts.push(self.text.len());
            from = *start;
        }
        let (mut line, mut from) = (position.line, 0);
        for start in &shares.patients {
            let after_cr = from > 0 && message[from - 1] == b'\r';
            line += line_ends(&message[from..*start], after_cr);
            self.places.push((line, position.byte + *start as u64));
            from = *start;
        }
        // where the message begins is where its first record does
        self.places[0] = (position.line, position.byte);
        Ok(())
    }

    /// Whether a record is left.
    pub(super) fn is_left(&self) -> bool {
        self.next < self.places.len()
    }

    /// The text of the next record, and its line and byte in the file.
    pub(super) fn take(&mut self) -> (&str, (u64, u64)) {
        let place = self.places[self.next];
        let own: Range<usize> = self.starts[self.next]..self.starts[self.next + 1];
        let head = &self.text[..self.starts[0]];
        let tail = &self.text[self.starts[self.places.len()]..];
        self.record.clear();
        if self.next > 0 {
            self.record.push_str(&inherits(head.len(), tail.len()));
        }
        self.record.push_str(head);
        self.record.push_str(&self.text[own]);
        self.record.push_str(tail);
        self.next += 1;
        (self.record.trim_end_matches(['\r', '\n']), place)
    }
}
