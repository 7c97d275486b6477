//! Cuts a stream of interchanges into records and keeps the text of each.
//!
//! Longer than other files, because one pass with one state decides where a segment belongs, what
//! it ends, what records below show of it and what it contradicts.

mod pending;

use std::fmt;
use std::io::Read;
use std::sync::Arc;

use ehr_model::issue::IssueCode;
use encoding_rs::{Encoding, UTF_8};

use self::pending::Pending;
use super::context::{Context, Shown};
use super::cut::{Kind, kind};
use super::envelope::Envelope;
use super::error::Error;
use super::find::{Found, Outside, find, outside};
use super::guide::{Cut, Guide};
use super::input::{Input, Limits};
use super::reason::{
    GUIDE_UNKNOWN, HIERARCHY_BROKEN, SEGMENT_NOT_TERMINATED, SEGMENT_OUTSIDE_TRANSACTION,
};
use super::segment::SegmentId;
use super::separators::Separators;
use super::split::Segment;
use crate::raw::{Position, RawRecord};

/// Reads a file of interchanges record by record, in bounded memory.
///
/// What becomes a record, and what a record shows of those above it, is told in the
/// [module](super).
pub struct Reader<R> {
    input: Input<R>,
    limits: Limits,
    source: Arc<str>,
    encoding: &'static Encoding,
    /// Those of the interchange that is open.
    separators: Option<Separators>,
    /// Those of the last one, by which the values of a reject are counted.
    last_separators: Option<Separators>,
    in_long_segment: bool,
    envelope: Envelope,
    /// GS08, the version where a transaction names none.
    group_version: Vec<u8>,
    context: Context,
    cut: Cut,
    in_heading: bool,
    /// The level of the context that grows.
    filling: Option<usize>,
    header: Pending,
    body: Pending,
    number: u64,
    issues: Vec<(IssueCode, Position)>,
    /// The own bytes of the record that was cut last, and what it shows before them.
    own: Vec<u8>,
    shown: Vec<u8>,
    text: String,
}

/// Which of the two records that may be open at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// That of the envelope, the heading and what is about no patient.
    Header,
    /// That of a level or a claim.
    Body,
}

/// The segment that stands next.
#[derive(Clone, Copy)]
struct Next {
    separators: Separators,
    start: usize,
    end: usize,
    id: SegmentId,
    kind: Kind,
}

impl<R: Read> Reader<R> {
    /// Opens a source in UTF-8 under its name in the export, and reads its first block.
    ///
    /// # Errors
    ///
    /// [`Error::Io`], [`Error::EmptyFile`] and [`Error::NoInterchange`].
    pub fn new(inner: R, source: impl Into<Arc<str>>) -> Result<Self, Error> {
        Self::with_encoding(inner, source, UTF_8)
    }

    /// Opens a source in another encoding: Windows-1252, where names have accents and the sender
    /// is older than UTF-8.
    ///
    /// # Errors
    ///
    /// As [`Reader::new`], and [`Error::Encoding`] if the encoding is neither UTF-8 nor one of
    /// single bytes.
    pub fn with_encoding(
        inner: R,
        source: impl Into<Arc<str>>,
        encoding: &'static Encoding,
    ) -> Result<Self, Error> {
        Self::with_limits(inner, source.into(), encoding, Limits::default())
    }

    pub(super) fn with_limits(
        inner: R,
        source: Arc<str>,
        encoding: &'static Encoding,
        limits: Limits,
    ) -> Result<Self, Error> {
        if encoding != UTF_8 && !(encoding.is_single_byte() && encoding.is_ascii_compatible()) {
            return Err(Error::Encoding {
                source_name: source,
                encoding: encoding.name(),
            });
        }
        let mut input = Input::new(inner, source.clone(), limits);
        match outside(&mut input)? {
            Outside::End => {
                return Err(Error::EmptyFile {
                    source_name: source,
                });
            }
            Outside::Text {
                before_interchange: false,
                ..
            } => {
                return Err(Error::NoInterchange {
                    source_name: source,
                });
            }
            Outside::Text { .. } | Outside::Interchange => {}
        }
        Ok(Self {
            input,
            limits,
            source,
            encoding,
            separators: None,
            last_separators: None,
            in_long_segment: false,
            envelope: Envelope::default(),
            group_version: Vec::new(),
            context: Context::default(),
            cut: Cut::Whole,
            in_heading: false,
            filling: None,
            header: Pending::default(),
            body: Pending::default(),
            number: 0,
            issues: Vec::new(),
            own: Vec::new(),
            shown: Vec::new(),
            text: String::new(),
        })
    }

    /// The name of the source.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// What the control segments contradict, in the records that were read so far. A position is
    /// that of the segment that shows it, with the number of its record.
    pub fn issues(&self) -> &[(IssueCode, Position)] {
        &self.issues
    }

    /// The next record, or `None` at the end of the file.
    ///
    /// The header record of a transaction comes after the others, when its last segment was seen.
    ///
    /// # Errors
    ///
    /// [`Error::Io`]. What is wrong with one record is a [`BadRecord`](crate::raw::BadRecord).
    pub fn next_raw(&mut self) -> Result<Option<RawRecord<'_>>, Error> {
        let owner = loop {
            if self.separators.is_none() {
                match outside(&mut self.input)? {
                    Outside::End if self.body.holds_bytes() => break Owner::Body,
                    Outside::End if self.header.holds_bytes() => break Owner::Header,
                    Outside::End => return Ok(None),
                    Outside::Text { length, .. } => return Ok(Some(self.text_outside(length))),
                    Outside::Interchange => {}
                }
            }
            match find(&mut self.input, self.separators, self.in_long_segment)? {
                Found::End => self.end(),
                Found::Part { length, is_last } => break self.take_part(length, is_last),
                Found::Segment {
                    separators,
                    start,
                    end,
                    id,
                    is_terminated,
                } => {
                    if is_terminated && self.goes_on(id, end) {
                        self.take_plain(start, end);
                        continue;
                    }
                    let next = self.look(separators, start, end);
                    if let Some(owner) = self.ends_before(next) {
                        break owner;
                    }
                    self.take(next);
                    if next.id == SegmentId::IEA {
                        break Owner::Header;
                    }
                }
            }
        };
        Ok(Some(self.cut_off(owner)))
    }

    /// Whether a segment merely goes on with the record that is open, as most do.
    fn goes_on(&self, id: SegmentId, end: usize) -> bool {
        let pending = if self.body.is_open {
            &self.body
        } else {
            &self.header
        };
        self.envelope.in_transaction()
            && !SegmentId::ENVELOPE.contains(id)
            && !self.cut.boundaries().contains(id)
            && pending.holds_bytes()
            && pending.own.len() + end <= self.limits.record
    }

    /// Takes such a segment.
    fn take_plain(&mut self, start: usize, end: usize) {
        self.envelope.count_segment();
        let rest = self.input.rest();
        let part = match self.filling {
            Some(level) => Some(&mut self.context.levels[level].part),
            None if self.in_heading => Some(&mut self.context.heading),
            None => None,
        };
        if let Some(part) = part {
            part.push(&rest[start..end], self.limits.context);
        }
        // what stands between two segments of a record belongs to it
        let pending = if self.body.is_open {
            &mut self.body
        } else {
            &mut self.header
        };
        pending.own.extend_from_slice(&rest[..end]);
        self.input.consume(end);
    }

    /// The file ends inside of an interchange.
    fn end(&mut self) {
        let position = self.position(0);
        for code in self.envelope.end() {
            self.header.issues.push((code, position));
        }
        self.separators = None;
    }

    /// What the next segment is.
    fn look(&self, separators: Separators, start: usize, end: usize) -> Next {
        let segment = Segment::at(&self.input.rest()[..end], start, separators);
        let id = match segment.known_id() {
            // an ISA of other widths opens nothing
            SegmentId::ISA if Separators::of(&self.input.rest()[start..]).is_none() => {
                SegmentId::UNKNOWN
            }
            id => id,
        };
        let kind = match self.envelope.in_transaction() {
            true => kind(self.cut, id, &segment),
            false => Kind::Plain,
        };
        Next {
            separators,
            start,
            end,
            id,
            kind,
        }
    }

    /// The record that ends where this segment begins.
    fn ends_before(&mut self, next: Next) -> Option<Owner> {
        let Next {
            id, kind, start, ..
        } = next;
        let is_control = SegmentId::ENVELOPE.contains(id);
        if is_control {
            let position = self.position(start);
            for code in self.envelope.before(id) {
                self.header.issues.push((code, position));
            }
        }
        // what a subscriber who is no patient says stands with the first patient below
        let joins = matches!(kind, Kind::Record { shows: 2, .. }) && self.joins_subscriber(next);
        let begins = matches!(kind, Kind::Header { .. } | Kind::Record { .. }) && !joins;
        if self.body.is_open && (begins || is_control && id != SegmentId::TA1) {
            if self.body.holds_bytes() {
                return Some(Owner::Body);
            }
            self.body.is_open = false;
        }
        let begins_header = match id {
            SegmentId::ISA => true,
            SegmentId::GS => self.header.has_group || self.header.has_transaction,
            SegmentId::ST => self.header.has_transaction,
            _ => false,
        };
        if self.header.is_open && begins_header {
            if self.header.holds_bytes() {
                return Some(Owner::Header);
            }
            self.header.is_open = false;
        }
        let (owner, limit) = (self.owner(kind), self.limits.record);
        let pending = self.pending(owner);
        let too_long = pending.holds_bytes() && pending.own.len() + next.end > limit;
        pending.too_long |= too_long;
        too_long.then_some(owner)
    }

    /// Whether the level of a patient goes on with the record of the subscriber above it.
    fn joins_subscriber(&self, next: Next) -> bool {
        let segment = Segment::at(&self.input.rest()[..next.end], next.start, next.separators);
        self.body.awaits_patient
            && !self.body.too_long
            && self.body.own.len() + next.end <= self.limits.record
            && self.context.levels[1].number.as_deref() == Some(segment.element(2))
    }

    /// Takes a segment into its record and into what records below show.
    fn take(&mut self, next: Next) {
        let Next {
            separators,
            start,
            end,
            id,
            kind,
        } = next;
        let owner = self.owner(kind);
        if !self.pending(owner).is_open {
            let position = self.position(start);
            let shown = self.shown_by(id, kind);
            self.pending(owner).open(position, shown);
        }
        self.check(next, owner);
        let rest = self.input.rest();
        let segment = Segment::at(&rest[..end], start, separators);
        match id {
            SegmentId::ISA => {
                self.separators = Some(separators);
                self.last_separators = Some(separators);
                self.context.forget(id);
                let limit = self.limits.context;
                self.context.interchange.push(&rest[start..end], limit);
            }
            SegmentId::GS => {
                self.context.forget(id);
                let limit = self.limits.context;
                self.context.group.push(&rest[start..end], limit);
                self.group_version.clear();
                self.group_version.extend_from_slice(segment.element(8));
                self.header.has_group = true;
            }
            SegmentId::ST => {
                self.context.forget(id);
                let version = match segment.element(3) {
                    [] => &self.group_version[..],
                    version => version,
                };
                self.cut = Guide::of(segment.element(1), version).0.cut;
                self.in_heading = self.cut != Cut::Whole;
                self.filling = None;
                self.header.has_transaction = true;
            }
            SegmentId::SE => self.context.forget(id),
            SegmentId::IEA => self.separators = None,
            _ => {}
        }
        match kind {
            Kind::Plain => {}
            Kind::Claim => {
                self.filling = None;
                self.body.awaits_patient = false;
            }
            Kind::Header { level } | Kind::Record { level, .. } => {
                self.in_heading = false;
                self.filling = level;
                self.body.awaits_patient = kind == Kind::SUBSCRIBER;
                if let Some(level) = level {
                    self.context.forget_levels(level);
                    self.context.levels[level].number = Some(segment.element(1).to_vec());
                }
            }
        }
        if self.envelope.in_transaction() {
            let part = match self.filling {
                Some(level) => Some(&mut self.context.levels[level].part),
                None if self.in_heading => Some(&mut self.context.heading),
                None => None,
            };
            if let Some(part) = part {
                part.push(&rest[start..end], self.limits.context);
            }
        }
        // what stands between two segments of a record belongs to it, and nothing else does
        let pending = match owner {
            Owner::Header => &mut self.header,
            Owner::Body => &mut self.body,
        };
        let from = if pending.own.is_empty() { start } else { 0 };
        pending.own.extend_from_slice(&rest[from..end]);
        self.input.consume(end);
    }

    /// Notes what a segment contradicts.
    fn check(&mut self, next: Next, owner: Owner) {
        let Next {
            separators,
            start,
            end,
            id,
            kind,
        } = next;
        let was_inside = self.envelope.in_transaction();
        let segment = Segment::at(&self.input.rest()[..end], start, separators);
        let is_control = SegmentId::ENVELOPE.contains(id);
        let mut found = [None; 4];
        for (found, code) in found.iter_mut().zip(self.envelope.take(id, &segment)) {
            *found = Some(code);
        }
        if !is_control && !was_inside {
            found[0] = Some(SEGMENT_OUTSIDE_TRANSACTION);
        }
        if id == SegmentId::ST {
            let version = match segment.element(3) {
                [] => &self.group_version[..],
                version => version,
            };
            let (_, is_known) = Guide::of(segment.element(1), version);
            found[2] = (!is_known).then_some(GUIDE_UNKNOWN);
        }
        if id == SegmentId::HL && kind != Kind::Plain {
            let above = match kind {
                Kind::Header { level: Some(level) } => level,
                Kind::Record { shows, .. } => shows,
                _ => 0,
            };
            let is_right = match above.checked_sub(1) {
                Some(above) => {
                    self.context.levels[above].number.as_deref() == Some(segment.element(2))
                }
                None => segment.element(2).is_empty(),
            };
            found[2] = (!is_right).then_some(HIERARCHY_BROKEN);
        }
        if !segment.is_terminated() {
            found[3] = Some(SEGMENT_NOT_TERMINATED);
        }
        if found != [None; 4] {
            let position = self.position(start);
            let found = found.into_iter().flatten();
            let issues = &mut self.pending(owner).issues;
            issues.extend(found.map(|code| (code, position)));
        }
    }

    /// Takes a piece of a segment that is too long; the record that it stands in is, then.
    fn take_part(&mut self, length: usize, is_last: bool) -> Owner {
        let owner = self.owner(Kind::Plain);
        if !self.pending(owner).is_open {
            let position = self.position(0);
            let shown = self.shown_by(SegmentId::UNKNOWN, Kind::Plain);
            self.pending(owner).open(position, shown);
        }
        let pending = match owner {
            Owner::Header => &mut self.header,
            Owner::Body => &mut self.body,
        };
        pending.own.extend_from_slice(&self.input.rest()[..length]);
        pending.too_long = true;
        self.in_long_segment = !is_last;
        if is_last {
            self.envelope.count_segment();
        }
        self.input.consume(length);
        owner
    }

    /// The record that a segment belongs to.
    fn owner(&self, kind: Kind) -> Owner {
        match kind {
            Kind::Record { .. } => Owner::Body,
            Kind::Header { .. } => Owner::Header,
            Kind::Plain | Kind::Claim if self.body.is_open => Owner::Body,
            Kind::Plain | Kind::Claim => Owner::Header,
        }
    }

    fn pending(&mut self, owner: Owner) -> &mut Pending {
        match owner {
            Owner::Header => &mut self.header,
            Owner::Body => &mut self.body,
        }
    }

    /// What a record shows that begins with this segment.
    fn shown_by(&self, id: SegmentId, kind: Kind) -> Shown {
        Shown {
            interchange: id != SegmentId::ISA,
            group: id != SegmentId::ISA && self.envelope.in_group(),
            heading: matches!(kind, Kind::Record { .. }),
            levels: match kind {
                Kind::Record { shows, .. } => shows,
                _ => 0,
            },
        }
    }

    /// Where a byte of the rest stands; the number is known when the record is cut off.
    fn position(&mut self, offset: usize) -> Position {
        Position {
            number: 0,
            line: self.input.line_of(offset),
            byte: self.input.byte() + offset as u64,
        }
    }
}

impl<R> fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("source", &self.source)
            .field("number", &self.number)
            .finish_non_exhaustive()
    }
}
