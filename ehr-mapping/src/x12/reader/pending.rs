//! A record that is complete, as its text or as a reject.

use std::borrow::Cow;
use std::fmt::Write;
use std::io::Read;
use std::mem;

use ehr_model::issue::IssueCode;
use encoding_rs::{Encoding, UTF_8};
use memchr::memchr;

use super::{Owner, Reader};
use crate::raw::{BadRecord, Position, RawRecord, RawText};
use crate::x12::context::Shown;
use crate::x12::reason::{
    CONTEXT_TOO_LONG, CONTEXT_UNREADABLE, NUL_BYTE, RECORD_TOO_LONG, TEXT_OUTSIDE_INTERCHANGE,
    UNDECODABLE_BYTES,
};
use crate::x12::split::filled;

/// A record that is not complete.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) is_open: bool,
    pub(super) own: Vec<u8>,
    pub(super) shown: Shown,
    pub(super) position: Position,
    /// Part of it was cut off already, because it was too long.
    pub(super) too_long: bool,
    /// It is a subscriber without claims so far: the first patient below belongs to it.
    pub(super) awaits_patient: bool,
    pub(super) has_group: bool,
    pub(super) has_transaction: bool,
    /// What its control segments contradict; the number of the record is not known yet.
    pub(super) issues: Vec<(IssueCode, Position)>,
}

impl Pending {
    pub(super) fn open(&mut self, position: Position, shown: Shown) {
        *self = Self {
            is_open: true,
            own: mem::take(&mut self.own),
            issues: mem::take(&mut self.issues),
            shown,
            position,
            ..Self::default()
        };
    }

    pub(super) fn holds_bytes(&self) -> bool {
        self.is_open && !self.own.is_empty()
    }
}

impl<R: Read> Reader<R> {
    /// Text that is no part of any interchange.
    pub(super) fn text_outside(&mut self, length: usize) -> RawRecord<'_> {
        let position = self.position(0);
        self.number += 1;
        self.own.clear();
        self.own.extend_from_slice(&self.input.rest()[..length]);
        self.input.consume(length);
        RawRecord::Bad(BadRecord {
            bytes: &self.own,
            leaves: match self.last_separators {
                Some(separators) => filled(&self.own, separators),
                None => lines(&self.own),
            },
            reason: TEXT_OUTSIDE_INTERCHANGE,
            position: Position {
                number: self.number,
                ..position
            },
        })
    }

    /// The record that is complete.
    pub(super) fn cut_off(&mut self, owner: Owner) -> RawRecord<'_> {
        self.number += 1;
        let number = self.number;
        self.own.clear();
        self.shown.clear();
        let pending = match owner {
            Owner::Header => &mut self.header,
            Owner::Body => &mut self.body,
        };
        mem::swap(&mut self.own, &mut pending.own);
        let position = Position {
            number,
            ..pending.position
        };
        let whole = self.context.write(pending.shown, &mut self.shown);
        let too_long = pending.too_long;
        // the rest of a record that is too long goes on from here
        pending.position = Position {
            number: 0,
            line: self.input.line_of(0),
            byte: self.input.byte(),
        };
        pending.is_open = too_long;
        let issues = pending.issues.drain(..);
        let numbered = issues.map(|(code, position)| (code, Position { number, ..position }));
        self.issues.extend(numbered);
        let reason = match too_long {
            true => RECORD_TOO_LONG,
            false => match self.write_text() {
                None if whole => {
                    return RawRecord::Text(RawText {
                        text: &self.text,
                        position,
                    });
                }
                None => CONTEXT_TOO_LONG,
                Some(reason) => reason,
            },
        };
        RawRecord::Bad(BadRecord {
            bytes: &self.own,
            leaves: match self.last_separators {
                Some(separators) => filled(&self.own, separators),
                None => lines(&self.own),
            },
            reason,
            position,
        })
    }

    /// Writes the text of the record that was cut off, or says why there is none.
    fn write_text(&mut self) -> Option<IssueCode> {
        let own = match decode(&self.own, self.encoding) {
            Ok(own) => own,
            Err(reason) => return Some(reason),
        };
        let Ok(shown) = decode(&self.shown, self.encoding) else {
            return Some(CONTEXT_UNREADABLE);
        };
        self.text.clear();
        if !shown.is_empty() {
            // writing to a string cannot fail
            let _ = writeln!(self.text, "{}", shown.len());
        }
        self.text.push_str(&shown);
        self.text.push_str(&own);
        None
    }
}

/// The text that bytes stand for, or why they stand for none.
fn decode<'b>(bytes: &'b [u8], encoding: &'static Encoding) -> Result<Cow<'b, str>, IssueCode> {
    if memchr(0, bytes).is_some() {
        return Err(NUL_BYTE);
    }
    if encoding == UTF_8 {
        let text = std::str::from_utf8(bytes).map_err(|_| UNDECODABLE_BYTES)?;
        return Ok(text.into());
    }
    // the decoders turn a byte that has no character into a control character
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .filter(|text| !text.chars().any(|c| matches!(c, '\u{80}'..='\u{9F}')))
        .ok_or(UNDECODABLE_BYTES)
}

/// How many lines hold something, where no separators are known.
fn lines(bytes: &[u8]) -> u64 {
    let lines = bytes.split(|byte| matches!(byte, b'\r' | b'\n'));
    lines.filter(|line| !line.trim_ascii().is_empty()).count() as u64
}
