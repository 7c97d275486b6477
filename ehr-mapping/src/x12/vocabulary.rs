//! The names of all nodes, interned once and not once a record.

use std::cell::RefCell;
use std::sync::Arc;

use ehr_model::source::{NameId, Names};

use super::guide::LOOP_NAMES;
use super::segment::{COUNT, IDS, SegmentId};

/// How many elements a segment may have, and components an element: as many as a reference such
/// as `CLM05` can name.
pub const MAX_ELEMENTS: usize = 99;

/// As many elements as the segments of the guides have. A record with more of them costs a larger
/// vocabulary.
const USUAL: usize = 32;

/// The node of a segment whose id is not known; its first element, numbered 00, is that id.
const UNKNOWN_SEGMENT: &str = "SEGMENT";

/// The numbers of all names that trees of this format use, over the names of a plan.
pub(super) struct Vocabulary {
    base: Arc<Names>,
    names: Arc<Names>,
    width: usize,
    loops: Vec<NameId>,
    segments: Vec<NameId>,
    elements: Vec<NameId>,
    components: Vec<NameId>,
    unknown_id: NameId,
}

thread_local! {
    /// The one that was used last: the records of a run have one plan.
    static LAST: RefCell<Option<Arc<Vocabulary>>> = const { RefCell::new(None) };
}

impl Vocabulary {
    /// The vocabulary over these names.
    pub(super) fn over(base: &Arc<Names>) -> Arc<Self> {
        Self::of(base, USUAL)
    }

    /// One with names for as many elements as there may be.
    pub(super) fn widest(base: &Arc<Names>) -> Arc<Self> {
        Self::of(base, MAX_ELEMENTS)
    }

    fn of(base: &Arc<Names>, width: usize) -> Arc<Self> {
        LAST.with_borrow_mut(|last| match last {
            Some(last) if Arc::ptr_eq(&last.base, base) && last.width >= width => last.clone(),
            _ => last.insert(Arc::new(Self::new(base, width))).clone(),
        })
    }

    fn new(base: &Arc<Names>, width: usize) -> Self {
        let mut names = Names::over(base.clone());
        let loops = LOOP_NAMES.iter().map(|name| names.intern(name)).collect();
        let ids = || IDS.into_iter().chain([UNKNOWN_SEGMENT]);
        let segments = ids().map(|id| names.intern(id)).collect();
        let mut elements = Vec::with_capacity((COUNT + 1) * width);
        for id in ids() {
            for number in 1..=width {
                elements.push(names.intern(&format!("{id}{number:02}")));
            }
        }
        let components = (1..=width)
            .map(|number| names.intern(&number.to_string()))
            .collect();
        let unknown_id = names.intern(&format!("{UNKNOWN_SEGMENT}00"));
        Self {
            base: base.clone(),
            names: Arc::new(names),
            width,
            loops,
            segments,
            elements,
            components,
            unknown_id,
        }
    }

    pub(super) fn names(&self) -> &Arc<Names> {
        &self.names
    }

    pub(super) fn loop_name(&self, name: u8) -> NameId {
        self.loops[usize::from(name)]
    }

    pub(super) fn segment(&self, id: SegmentId) -> NameId {
        self.segments[id.index()]
    }

    /// The names of the elements of a segment; the first has number 1.
    #[inline]
    pub(super) fn elements(&self, id: SegmentId) -> &[NameId] {
        &self.elements[id.index() * self.width..][..self.width]
    }

    /// The names of components; the first has number 1.
    #[inline]
    pub(super) fn components(&self) -> &[NameId] {
        &self.components
    }

    /// The leaf that holds an id which is not known.
    pub(super) fn unknown_id(&self) -> NameId {
        self.unknown_id
    }
}
