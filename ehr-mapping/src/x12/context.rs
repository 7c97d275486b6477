//! What stands above the records of an interchange.

use super::segment::SegmentId;

/// How many hierarchical levels there can be above a record.
pub(super) const LEVELS: usize = 3;

/// The segments that records below show, without what stands between them.
#[derive(Default)]
pub(super) struct Context {
    pub(super) interchange: Part,
    pub(super) group: Part,
    pub(super) heading: Part,
    pub(super) levels: [Level; LEVELS],
}

/// One level: a billing provider, a subscriber.
#[derive(Default)]
pub(super) struct Level {
    pub(super) part: Part,
    /// HL01 of the level, which those below it name.
    pub(super) number: Option<Vec<u8>>,
}

/// One kind of context.
#[derive(Default)]
pub(super) struct Part {
    bytes: Vec<u8>,
    too_long: bool,
}

/// Which parts a record shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shown {
    pub(super) interchange: bool,
    pub(super) group: bool,
    pub(super) heading: bool,
    pub(super) levels: usize,
}

impl Part {
    fn clear(&mut self) {
        self.bytes.clear();
        self.too_long = false;
    }

    /// Adds a segment with its terminator.
    pub(super) fn push(&mut self, segment: &[u8], limit: usize) {
        if self.too_long || self.bytes.len() + segment.len() > limit {
            self.too_long = true;
        } else {
            self.bytes.extend_from_slice(segment);
        }
    }
}

impl Context {
    /// Forgets what a segment of the envelope begins anew.
    ///
    /// A trailer of group or interchange ends no context: the header record, cut off later, still shows it.
    pub(super) fn forget(&mut self, id: SegmentId) {
        self.heading.clear();
        self.forget_levels(0);
        if matches!(id, SegmentId::GS | SegmentId::ISA) {
            self.group.clear();
        }
        if id == SegmentId::ISA {
            self.interchange.clear();
        }
    }

    /// Forgets a level and those below it.
    pub(super) fn forget_levels(&mut self, from: usize) {
        for level in &mut self.levels[from..] {
            level.part.clear();
            level.number = None;
        }
    }

    /// Writes what a record shows, and says whether that is all of it.
    pub(super) fn write(&self, shown: Shown, to: &mut Vec<u8>) -> bool {
        let mut whole = true;
        let mut write = |part: &Part| {
            to.extend_from_slice(&part.bytes);
            whole &= !part.too_long;
        };
        if shown.interchange {
            write(&self.interchange);
        }
        if shown.group {
            write(&self.group);
        }
        if shown.heading {
            write(&self.heading);
        }
        for level in &self.levels[..shown.levels] {
            write(&level.part);
        }
        whole
    }
}
