//! How the text of a record is made up.

use std::sync::Arc;

use ehr_model::source::Names;

use super::charset::Charset;
use super::delimiters::Delimiters;
use super::group::{MessageKind, PRIOR_RESULT};
use super::names::{Finder, STRAY, with_field, with_number};
use super::reader::MAX_MESSAGE;
use super::reason::{BAD_DELIMITERS, MESSAGE_TOO_LONG, NO_MESSAGE_HEADER, TOO_MANY_VALUES};
use super::record::Unreadable;
use super::segment::SegmentId;
use super::split::{Splitter, segments};

/// The most names that a record may add to those of its base: 64 Ki.
///
/// A local segment adds a name a field. Names are kept apart from the text and take many times
/// its size, so that a message of numberless fields would fill the memory.
const MAX_NAMES: usize = 64 << 10;

/// The longest text: a character of one byte may take three in UTF-8.
const MAX_TEXT: usize = 4 * MAX_MESSAGE;

/// What a message is, by its header.
pub(super) fn message_kind(message: &[u8], splitter: &Splitter) -> MessageKind {
    const MESSAGE_TYPE: u32 = 9;
    let Some(header) = segments(message).next() else {
        return MessageKind::default();
    };
    let mut parts = [&b""[..]; 2];
    for value in splitter
        .values(message, header)
        .skip_while(|value| value.field < MESSAGE_TYPE)
        .take_while(|value| value.field == MESSAGE_TYPE && value.repetition == 1)
    {
        if let (Some(part), 1) = (
            parts.get_mut(value.component as usize - 1),
            value.subcomponent,
        ) {
            *part = &message[value.start..value.end];
        }
    }
    let mut kind = MessageKind::new(parts[0], parts[1]);
    if kind.is_charge() {
        kind.diagnoses_of_charges = diagnoses_between_charges(message);
    }
    kind
}

fn diagnoses_between_charges(message: &[u8]) -> bool {
    let (mut charge, mut diagnosis) = (false, false);
    for segment in segments(message) {
        match SegmentId::of(&message[segment]).map(|id| id.0).as_ref() {
            Some(b"FT1") if diagnosis => return true,
            Some(b"FT1") => charge = true,
            Some(b"DG1") => diagnosis = charge,
            _ => {}
        }
    }
    false
}

/// How a text is made up.
pub(super) struct Layout {
    pub(super) splitter: Splitter,
    pub(super) charset: Charset,
    pub(super) kind: MessageKind,
    /// Where the segments begin.
    pub(super) body: usize,
    /// What belongs to this record; what stands before and after it is inherited.
    pub(super) own: std::ops::Range<usize>,
}

impl Layout {
    pub(super) fn of(text: &str) -> Result<Self, Unreadable> {
        let unreadable = |reason, byte| Unreadable { reason, byte };
        if text.len() > MAX_TEXT {
            return Err(unreadable(MESSAGE_TOO_LONG, MAX_TEXT));
        }
        let (body, own) = match text.strip_prefix(INHERITS) {
            Some(rest) => shared(text, rest).ok_or(unreadable(NO_MESSAGE_HEADER, 0))?,
            None => (0, 0..text.len()),
        };
        let bytes = &text.as_bytes()[body..];
        let delimiters = match bytes.first_chunk::<3>() {
            Some(b"MSH" | b"FHS" | b"BHS") => {
                Delimiters::of(bytes).ok_or(unreadable(BAD_DELIMITERS, body + 3))?
            }
            Some(b"BTS" | b"FTS") => Delimiters::default(),
            _ => return Err(unreadable(NO_MESSAGE_HEADER, body)),
        };
        let splitter = Splitter::new(&delimiters);
        let charset = match bytes.first_chunk::<3>() {
            Some(b"MSH") => Charset::of(bytes, &splitter).0,
            _ => Charset::Utf8,
        };
        Ok(Self {
            kind: message_kind(bytes, &splitter),
            splitter,
            charset,
            body,
            own,
        })
    }

    /// Every name of the record, above those of a base.
    pub(super) fn names(
        &self,
        text: &[u8],
        base: &Arc<Names>,
        known: &mut Finder,
    ) -> Result<Names, Unreadable> {
        let mut names = Names::over(base.clone());
        names.intern(STRAY);
        names.intern(PRIOR_RESULT);
        let body = &text[self.body..];
        for segment in segments(body) {
            let line = &body[segment.clone()];
            let Some(id) = SegmentId::of_segment(line, self.splitter.delimiters().field) else {
                continue;
            };
            let place = known.segment(id).map(|(_, place)| place);
            if place.is_err() {
                names.intern(id.as_str());
            }
            for value in self.splitter.values(body, segment) {
                let field = place.and_then(|place| known.field(id, place, value.field));
                if field.is_err() {
                    with_field(id, value.field, |name| names.intern(name));
                }
                for part in [value.component, value.subcomponent] {
                    if known.part(part).is_err() {
                        with_number(part, |name| names.intern(name));
                    }
                }
                if names.len() > base.len() + MAX_NAMES {
                    return Err(Unreadable {
                        reason: TOO_MANY_VALUES,
                        byte: self.body + value.start,
                    });
                }
            }
        }
        Ok(names)
    }
}

/// Begins the line that a reader puts before a record that inherits from another.
pub(super) const INHERITS: char = '+';

/// The line that a reader puts before a record of which the first and last bytes are inherited.
pub(super) fn inherits(head: usize, tail: usize) -> String {
    format!("{INHERITS}{head} {tail}\r")
}

/// Where the segments of a record that inherits begin, and which of them are its own.
fn shared(text: &str, rest: &str) -> Option<(usize, std::ops::Range<usize>)> {
    let (lengths, _) = rest.split_once('\r')?;
    let (head, tail) = lengths.split_once(' ')?;
    let body = INHERITS.len_utf8() + lengths.len() + 1;
    let start = body.checked_add(head.parse().ok()?)?;
    let end = text.len().checked_sub(tail.parse().ok()?)?;
    text.get(start..end)?;
    Some((body, start..end))
}
