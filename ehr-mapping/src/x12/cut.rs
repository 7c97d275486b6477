//! Which segments begin a record.

use super::guide::Cut;
use super::segment::SegmentId;
use super::split::Segment;

/// What a segment of a transaction begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing: it belongs to what is open.
    Plain,
    /// A claim: what stood before it in the record is what records below show.
    Claim,
    /// A part of the header record, which records below show as this level.
    Header { level: Option<usize> },
    /// A record that shows so many levels, and is shown as this one by those below it.
    Record { shows: usize, level: Option<usize> },
}

impl Kind {
    /// The level of a subscriber, who is the patient or above the patients.
    pub(super) const SUBSCRIBER: Self = record(1, Some(1));
}

/// What this segment of a transaction begins.
#[inline]
pub(super) fn kind(cut: Cut, id: SegmentId, segment: &Segment<'_>) -> Kind {
    match (cut, id) {
        (Cut::Claims, SegmentId::CLM) => Kind::Claim,
        (Cut::Claims, SegmentId::HL) => match segment.element(3) {
            b"20" => record(0, Some(0)),
            b"22" => Kind::SUBSCRIBER,
            b"23" => record(2, None),
            // a level that no guide has is nobody's patient
            _ => record(0, None),
        },
        (Cut::Payments, SegmentId::LX) => header(Some(0)),
        (Cut::Payments, SegmentId::CLP) => record(1, None),
        (Cut::Payments, SegmentId::PLB) => header(None),
        (Cut::ClaimStatus, SegmentId::HL) => match segment.element(3) {
            b"20" => header(Some(0)),
            b"21" => header(Some(1)),
            b"19" => header(Some(2)),
            b"PT" => record(3, None),
            _ => record(0, None),
        },
        _ => Kind::Plain,
    }
}

const fn record(shows: usize, level: Option<usize>) -> Kind {
    Kind::Record { shows, level }
}

const fn header(level: Option<usize>) -> Kind {
    Kind::Header { level }
}
