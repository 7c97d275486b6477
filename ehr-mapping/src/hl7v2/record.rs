//! From the text of a record to its tree.

use std::sync::Arc;

use ehr_model::issue::IssueCode;
use ehr_model::reject::Reject;
use ehr_model::source::{Arena, Names, SourceRecord, TreeBuilder};

use super::delimiters::Delimiters;
use super::escape::Escapes;
use super::group::{Groups, PRIOR_RESULT};
use super::layout::Layout;
use super::names::{Finder, STRAY, Unknown};
use super::reason::TOO_MANY_VALUES;
use super::segment::{SegmentId, leaves};
use super::split::{Value, segments};
use crate::raw::Position;

/// The most nodes of one tree: 4 Mi.
///
/// The largest real messages carry a document in one value, or some ten thousand results. A
/// message that is nothing but delimiters would take a hundred times its size in memory.
pub const MAX_NODES: usize = 4 << 20;

/// A text that is no message, with the place where that shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {byte} of the record")]
pub struct Unreadable {
    /// What is wrong; one of the constants of this module.
    pub reason: IssueCode,
    /// Where in the text, counted from 0.
    pub byte: usize,
}

impl Unreadable {
    /// The record as a reject of this source. Its bytes are those of its text.
    pub fn reject(self, text: &str, source: &Arc<str>, position: Position) -> Reject {
        let bytes = text.as_bytes();
        let leaves = match Layout::of(text) {
            Ok(Layout { splitter, own, .. }) => leaves(&bytes[own], splitter.delimiters()),
            Err(_) => leaves(bytes, &Delimiters::default()),
        };
        Reject::new(
            position.address(source),
            self.reason,
            leaves,
            bytes.to_vec(),
        )
    }
}

/// Turns the text of one record into its tree, as the documentation of [`hl7v2`](super) shows it.
///
/// Leaves borrow from `text`; only a value with an escape sequence is copied. `names` are the
/// names that the nodes keep their numbers of; see [`vocabulary`](super::vocabulary). `arena` may
/// come from [`SourceRecord::into_arena`], which saves its allocations.
///
/// # Errors
///
/// If the text is no record of a [`Reader`](super::Reader), or has more than [`MAX_NODES`].
pub fn parse<'t>(
    text: &'t str,
    source: &Arc<str>,
    position: Position,
    names: &Arc<Names>,
    arena: Arena,
) -> Result<SourceRecord<'t>, Unreadable> {
    let layout = Layout::of(text)?;
    let start = |names: Arc<Names>, arena| {
        TreeBuilder::new(source.clone(), names, text, arena).address(
            position.number,
            position.line,
            position.byte,
        )
    };
    let mut finder = Finder::of(names);
    let mut tree = start(names.clone(), arena);
    let mut grown = Growth::new(text, &layout, &mut tree, &mut finder).grow();
    if let Err(Stop::Unknown) = grown {
        // a name of no standard: a local segment, or more fields than any version has
        let names = Arc::new(layout.names(text.as_bytes(), names, &mut finder)?);
        tree = start(names.clone(), tree.finish().into_arena());
        let mut finder = finder.over(names);
        grown = Growth::new(text, &layout, &mut tree, &mut finder).grow();
    }
    finder.keep();
    match grown {
        Ok(()) => Ok(tree.finish()),
        Err(Stop::Unreadable(unreadable)) => Err(unreadable),
        Err(Stop::Unknown) => unreachable!("every name was just made"),
    }
}

enum Stop {
    Unknown,
    Unreadable(Unreadable),
}

impl From<Unknown> for Stop {
    fn from(_: Unknown) -> Self {
        Self::Unknown
    }
}

/// A tree while it is built.
struct Growth<'r, 't> {
    text: &'t str,
    layout: &'r Layout,
    tree: &'r mut TreeBuilder<'t>,
    names: &'r mut Finder,
    groups: Groups,
    escapes: Escapes,
    nodes: usize,
    /// The id of the next segment that is neither local nor a remark, and where it stands.
    ahead: Option<(usize, Option<SegmentId>)>,
    resolved: String,
}

impl<'r, 't> Growth<'r, 't> {
    fn new(
        text: &'t str,
        layout: &'r Layout,
        tree: &'r mut TreeBuilder<'t>,
        names: &'r mut Finder,
    ) -> Self {
        Self {
            text,
            layout,
            tree,
            names,
            groups: Groups::new(layout.kind),
            escapes: Escapes {
                delimiters: *layout.splitter.delimiters(),
                charset: layout.charset,
            },
            nodes: 0,
            ahead: None,
            resolved: String::new(),
        }
    }

    fn grow(&mut self) -> Result<(), Stop> {
        let layout = self.layout;
        let bytes = self.text.as_bytes();
        for segment in segments(&bytes[layout.body..]) {
            let segment = segment.start + layout.body..segment.end + layout.body;
            self.tree.inherit(!layout.own.contains(&segment.start));
            let line = &bytes[segment.clone()];
            let Some(id) = SegmentId::of_segment(line, layout.splitter.delimiters().field) else {
                let name = self.names.name(STRAY)?;
                self.count(segment.start)?;
                self.tree.leaf(name, segment.start, segment.end);
                continue;
            };
            let after_local = match id.is_local() {
                true => self.ahead(segment.end),
                false => None,
            };
            let seat = self.groups.seat(id, after_local);
            for _ in seat.depth..self.groups.depth() {
                self.tree.close();
            }
            if seat.opens_prior_result {
                self.count(segment.start)?;
                self.tree.open(self.names.name(PRIOR_RESULT)?);
            }
            self.groups.open(id, seat);
            self.count(segment.start)?;
            let (name, place) = self.names.segment(id)?;
            self.tree.open(name);
            self.fields(id, place, segment)?;
        }
        Ok(())
    }

    fn fields(
        &mut self,
        id: SegmentId,
        place: usize,
        segment: std::ops::Range<usize>,
    ) -> Result<(), Stop> {
        let layout = self.layout;
        let bytes = self.text.as_bytes();
        let escape = layout.splitter.delimiters().escape;
        let escaped =
            escape.is_some_and(|escape| memchr::memchr(escape, &bytes[segment.clone()]).is_some());
        let mut values = layout.splitter.values(bytes, segment);
        let mut next = values.next();
        let (mut field, mut repetition) = (0, 0);
        while let Some(value) = next {
            let name = self.names.field(id, place, value.field)?;
            if value.field != field {
                (field, repetition) = (value.field, 0);
            }
            // empty repetitions keep their places
            for _ in repetition + 1..value.repetition {
                self.count(value.start)?;
                self.tree.open(name);
                self.tree.close();
            }
            repetition = value.repetition;
            let escaped = escaped && !(id.declares() && field <= 2);
            self.count(value.start)?;
            next = values.next();
            let same = |next: &Option<Value>| {
                next.filter(|next| (next.field, next.repetition) == (field, repetition))
            };
            if (value.component, value.subcomponent) == (1, 1) && same(&next).is_none() {
                self.leaf(name, value, escaped);
                continue;
            }
            self.tree.open(name);
            let mut part = Some(value);
            while let Some(value) = part {
                let component = value.component;
                let name = self.names.part(component)?;
                self.count(value.start)?;
                let inside = same(&next).filter(|next| next.component == component);
                if value.subcomponent == 1 && inside.is_none() {
                    self.leaf(name, value, escaped);
                } else {
                    self.tree.open(name);
                    let mut part = Some(value);
                    while let Some(value) = part {
                        let name = self.names.part(value.subcomponent)?;
                        self.count(value.start)?;
                        self.leaf(name, value, escaped);
                        part = same(&next).filter(|next| next.component == component);
                        if part.is_some() {
                            next = values.next();
                        }
                    }
                    self.tree.close();
                }
                part = same(&next);
                if part.is_some() {
                    next = values.next();
                }
            }
            self.tree.close();
        }
        Ok(())
    }

    fn leaf(&mut self, name: ehr_model::source::NameId, value: Value, escaped: bool) {
        let Value { start, end, .. } = value;
        if escaped {
            let written = &self.text[start..end];
            self.resolved.clear();
            self.escapes.resolve(written, &mut self.resolved);
            if self.resolved != written {
                self.tree.decoded_leaf(name, &self.resolved);
                return;
            }
        }
        self.tree.leaf(name, start, end);
    }

    fn count(&mut self, byte: usize) -> Result<(), Stop> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(Stop::Unreadable(Unreadable {
                reason: TOO_MANY_VALUES,
                byte,
            }));
        }
        Ok(())
    }

    /// The next segment after a place that is neither local nor a remark. Looked for once for
    /// all local segments that stand together.
    fn ahead(&mut self, from: usize) -> Option<SegmentId> {
        if let Some((place, id)) = self.ahead
            && place >= from
        {
            return id;
        }
        let bytes = self.text.as_bytes();
        let field = self.layout.splitter.delimiters().field;
        let found = segments(&bytes[from..]).find_map(|segment| {
            let id = SegmentId::of_segment(&bytes[from..][segment.clone()], field)?;
            let remark = matches!(&id.0, b"NTE" | b"PRT" | b"ROL" | b"ARV" | b"ADD");
            (!id.is_local() && !remark).then_some((from + segment.start, Some(id)))
        });
        let (place, id) = found.unwrap_or((bytes.len(), None));
        self.ahead = Some((place, id));
        id
    }
}
