//! The text of one record as a tree.

use std::sync::Arc;

use ehr_model::issue::IssueCode;
use ehr_model::reject::Reject;
use ehr_model::source::{Arena, NameId, Names, NodeId, SourceRecord, TreeBuilder};

use super::error::Unreadable;
use super::guide::Place;
use super::input::{MAX_CONTEXT, MAX_RECORD};
use super::reason::{
    BINARY_LENGTH_WRONG, NOT_A_RECORD, RECORD_TOO_LONG, SEGMENT_ID_UNKNOWN, SEGMENT_OUT_OF_PLACE,
    TOO_MANY_ELEMENTS,
};
use super::segment::SegmentId;
use super::separators::Separators;
use super::split::{Binary, Segment, filled, segments};
use super::vocabulary::{MAX_ELEMENTS, Vocabulary};
use crate::raw::Position;

/// How long the text of a record can be: what stands above it counts too.
const MAX_TEXT: usize = MAX_RECORD + 8 * MAX_CONTEXT;

/// Turns the text of one record into a tree; see the [module](super) for its shape.
///
/// `text` is that of a [`RawText`](crate::raw::RawText), or a piece of an interchange that begins
/// with its ISA segment. Leaves borrow from `text`. `arena` may come from
/// [`SourceRecord::into_arena`], which saves its allocations.
///
/// # Errors
///
/// If the text is not of that form, or if a segment cannot be split for certain.
pub fn parse<'t>(
    text: &'t str,
    source: &Arc<str>,
    position: Position,
    names: &Arc<Names>,
    arena: Arena,
) -> Result<SourceRecord<'t>, Unreadable> {
    parse_with_issues(text, source, position, names, arena).map(|(record, _)| record)
}

/// As [`parse`], with what the guide of the transaction does not foresee in the record's own
/// segments: [`SEGMENT_OUT_OF_PLACE`] and [`SEGMENT_ID_UNKNOWN`]. All of it is in the tree.
///
/// # Errors
///
/// As [`parse`].
pub fn parse_with_issues<'t>(
    text: &'t str,
    source: &Arc<str>,
    position: Position,
    names: &Arc<Names>,
    arena: Arena,
) -> Result<Checked<'t>, Unreadable> {
    let layout = Layout::of(text)?;
    let tree = |vocabulary: &Vocabulary, arena| {
        let Position { number, line, byte } = position;
        TreeBuilder::new(source.clone(), vocabulary.names().clone(), text, arena)
            .address(number, line, byte)
    };
    let vocabulary = Vocabulary::over(names);
    let built = match build(tree(&vocabulary, arena), text, &layout, &vocabulary) {
        Err(Stop::Wide) => {
            let vocabulary = Vocabulary::widest(names);
            build(
                tree(&vocabulary, Arena::default()),
                text,
                &layout,
                &vocabulary,
            )
        }
        built => built,
    };
    built.map_err(Stop::into_unreadable)
}

/// The segments of a record's own, as they stand in the file; without what it inherits. Every
/// call is a place to review.
pub fn own_text(text: &str) -> &str {
    match Layout::of(text) {
        Ok(layout) => &text[layout.own..],
        Err(_) => text,
    }
}

impl Unreadable {
    /// The record as a reject of this source, with the bytes of its own segments.
    pub fn reject(self, text: &str, source: &Arc<str>, position: Position) -> Reject {
        let own = own_text(text).as_bytes();
        let leaves = Layout::of(text).map_or(1, |layout| filled(own, layout.separators));
        Reject::new(position.address(source), self.reason, leaves, own.to_vec())
    }
}

/// What stands where in the text of a record.
///
/// A record that inherits begins with the length of what it inherits, in digits, and a line feed.
struct Layout {
    inherited: usize,
    own: usize,
    separators: Separators,
}

impl Layout {
    fn of(text: &str) -> Result<Self, Unreadable> {
        let not_a_record = |byte| Unreadable {
            reason: NOT_A_RECORD,
            byte,
        };
        if text.len() > MAX_TEXT {
            return Err(Unreadable {
                reason: RECORD_TOO_LONG,
                byte: MAX_TEXT,
            });
        }
        let (inherited, own) = match text.as_bytes() {
            [b'0'..=b'9', ..] => {
                let (length, _) = text.split_once('\n').ok_or(not_a_record(0))?;
                let inherited = length.len() + 1;
                let length: usize = length.parse().map_err(|_| not_a_record(0))?;
                (inherited, inherited.saturating_add(length))
            }
            _ => (0, 0),
        };
        if !text.is_char_boundary(own) {
            return Err(not_a_record(0));
        }
        let separators = Separators::of(&text.as_bytes()[inherited..]);
        Ok(Self {
            inherited,
            own,
            separators: separators.ok_or(not_a_record(inherited))?,
        })
    }
}

/// Why no tree was built.
enum Stop {
    /// There are more elements or components than the vocabulary has names for.
    Wide,
    Unreadable(Unreadable),
}

impl Stop {
    fn at(reason: IssueCode, byte: usize) -> Self {
        Self::Unreadable(Unreadable { reason, byte })
    }

    fn into_unreadable(self) -> Unreadable {
        match self {
            Self::Unreadable(unreadable) => unreadable,
            Self::Wide => Unreadable {
                reason: TOO_MANY_ELEMENTS,
                byte: 0,
            },
        }
    }
}

/// A record, and what its guide does not foresee in it.
pub type Checked<'t> = (SourceRecord<'t>, Vec<(IssueCode, NodeId)>);

fn build<'t>(
    mut tree: TreeBuilder<'t>,
    text: &'t str,
    layout: &Layout,
    vocabulary: &Vocabulary,
) -> Result<Checked<'t>, Stop> {
    let mut place = Place::new();
    let mut issues = Vec::new();
    for (inherited, start, end) in [
        (true, layout.inherited, layout.own),
        (false, layout.own, text.len()),
    ] {
        tree.inherit(inherited);
        let bytes = &text.as_bytes()[..end];
        for segment in segments(bytes, layout.separators).from(start) {
            let id = segment.known_id();
            let step = place.step(id, &|number| segment.element(number));
            for _ in 0..step.closes {
                tree.close();
            }
            if let Some(opens) = step.opens {
                tree.open(vocabulary.loop_name(opens.name));
            }
            let node = grow(&mut tree, &segment, id, vocabulary)?;
            if !step.fits && !inherited {
                let is_unknown = id == SegmentId::UNKNOWN;
                let code = [SEGMENT_OUT_OF_PLACE, SEGMENT_ID_UNKNOWN][usize::from(is_unknown)];
                issues.push((code, node));
            }
        }
    }
    Ok((tree.finish(), issues))
}

/// Adds a segment with its elements.
#[inline]
fn grow(
    tree: &mut TreeBuilder<'_>,
    segment: &Segment<'_>,
    id: SegmentId,
    vocabulary: &Vocabulary,
) -> Result<NodeId, Stop> {
    if matches!(segment.binary(), Some(binary) if !matches!(binary, Binary::From(_))) {
        return Err(Stop::at(BINARY_LENGTH_WRONG, segment.start()));
    }
    let name = |names: &[NameId], number: usize| {
        names.get(number - 1).copied().ok_or_else(|| {
            if number > MAX_ELEMENTS {
                Stop::at(TOO_MANY_ELEMENTS, segment.start())
            } else {
                Stop::Wide
            }
        })
    };
    let node = tree.open(vocabulary.segment(id));
    if id == SegmentId::UNKNOWN && !segment.id().is_empty() {
        let start = segment.start();
        tree.leaf(vocabulary.unknown_id(), start, start + segment.id().len());
    }
    let elements = vocabulary.elements(id);
    let mut composite = (0, 0);
    for value in segment.values() {
        if value.start == value.end {
            continue;
        }
        let repetition = (value.element, value.repetition);
        if composite.0 != 0 && composite != repetition {
            tree.close();
            composite = (0, 0);
        }
        if value.component == 0 {
            tree.leaf(name(elements, value.element)?, value.start, value.end);
            continue;
        }
        if composite.0 == 0 {
            tree.open(name(elements, value.element)?);
            composite = repetition;
        }
        let component = name(vocabulary.components(), value.component)?;
        tree.leaf(component, value.start, value.end);
    }
    if composite.0 != 0 {
        tree.close();
    }
    tree.close();
    Ok(node)
}
