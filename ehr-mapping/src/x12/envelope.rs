//! What the control segments say about each other: numbers and counts.

use std::collections::HashSet;

use ehr_model::issue::IssueCode;

use super::reason::{
    DUPLICATE_CONTROL_NUMBER, GROUP_COUNT_DIFFERS, GROUP_NOT_CLOSED, GROUP_NUMBER_DIFFERS,
    INTERCHANGE_NOT_CLOSED, INTERCHANGE_NUMBER_DIFFERS, SEGMENT_COUNT_DIFFERS,
    TRAILER_WITHOUT_HEADER, TRANSACTION_COUNT_DIFFERS, TRANSACTION_NOT_CLOSED,
    TRANSACTION_NUMBER_DIFFERS,
};
use super::segment::SegmentId;
use super::split::Segment;

/// The interchange, the group and the transaction that are open.
#[derive(Default)]
pub(super) struct Envelope {
    interchange: Option<Open>,
    group: Option<Open>,
    transaction: Option<Open>,
    /// Sender, receiver and control number of the interchanges of the file.
    interchanges: HashSet<Vec<u8>>,
    groups: HashSet<Vec<u8>>,
    transactions: HashSet<Vec<u8>>,
}

struct Open {
    number: Vec<u8>,
    /// The groups of an interchange, the transactions of a group, the segments of a transaction.
    count: u64,
}

impl Envelope {
    /// Whether a transaction is open.
    pub(super) fn in_transaction(&self) -> bool {
        self.transaction.is_some()
    }

    /// Whether a group is open.
    pub(super) fn in_group(&self) -> bool {
        self.group.is_some()
    }

    /// Counts a segment of the transaction.
    pub(super) fn count_segment(&mut self) {
        count(&mut self.transaction);
    }

    /// What was not closed before this segment. The second call finds nothing.
    pub(super) fn before(&mut self, id: SegmentId) -> impl Iterator<Item = IssueCode> + use<> {
        let (transaction, group, interchange) = match id {
            SegmentId::ISA => (true, true, true),
            SegmentId::IEA => (true, true, false),
            SegmentId::GS => (true, true, false),
            SegmentId::GE | SegmentId::ST => (true, false, false),
            _ => (false, false, false),
        };
        self.close(transaction, group, interchange)
    }

    /// What the end of the file leaves open.
    pub(super) fn end(&mut self) -> impl Iterator<Item = IssueCode> + use<> {
        self.close(true, true, true)
    }

    fn close(
        &mut self,
        transaction: bool,
        group: bool,
        interchange: bool,
    ) -> impl Iterator<Item = IssueCode> + use<> {
        [
            (transaction && self.transaction.take().is_some()).then_some(TRANSACTION_NOT_CLOSED),
            (group && self.group.take().is_some()).then_some(GROUP_NOT_CLOSED),
            (interchange && self.interchange.take().is_some()).then_some(INTERCHANGE_NOT_CLOSED),
        ]
        .into_iter()
        .flatten()
    }

    /// Takes a segment and says what it contradicts.
    pub(super) fn take(
        &mut self,
        id: SegmentId,
        segment: &Segment<'_>,
    ) -> impl Iterator<Item = IssueCode> + use<> {
        self.count_segment();
        let found = match id {
            SegmentId::ISA => {
                let key = [5, 6, 7, 8, 13]
                    .map(|number| segment.element(number))
                    .join(&0);
                self.groups.clear();
                let number = segment.element(13);
                [
                    opened(
                        &mut self.interchange,
                        number,
                        0,
                        &mut self.interchanges,
                        key,
                    ),
                    None,
                ]
            }
            SegmentId::GS => {
                count(&mut self.interchange);
                self.transactions.clear();
                let number = segment.element(6);
                let key = significant(number).to_vec();
                [
                    opened(&mut self.group, number, 0, &mut self.groups, key),
                    None,
                ]
            }
            SegmentId::ST => {
                count(&mut self.group);
                let number = segment.element(2);
                let key = number.to_vec();
                [
                    opened(
                        &mut self.transaction,
                        number,
                        1,
                        &mut self.transactions,
                        key,
                    ),
                    None,
                ]
            }
            SegmentId::SE => closed(
                &mut self.transaction,
                segment,
                [SEGMENT_COUNT_DIFFERS, TRANSACTION_NUMBER_DIFFERS],
            ),
            SegmentId::GE => closed(
                &mut self.group,
                segment,
                [TRANSACTION_COUNT_DIFFERS, GROUP_NUMBER_DIFFERS],
            ),
            SegmentId::IEA => closed(
                &mut self.interchange,
                segment,
                [GROUP_COUNT_DIFFERS, INTERCHANGE_NUMBER_DIFFERS],
            ),
            _ => [None, None],
        };
        found.into_iter().flatten()
    }
}

fn count(open: &mut Option<Open>) {
    if let Some(open) = open {
        open.count += 1;
    }
}

fn opened(
    open: &mut Option<Open>,
    number: &[u8],
    count: u64,
    seen: &mut HashSet<Vec<u8>>,
    key: Vec<u8>,
) -> Option<IssueCode> {
    *open = Some(Open {
        number: number.to_vec(),
        count,
    });
    (!seen.insert(key)).then_some(DUPLICATE_CONTROL_NUMBER)
}

fn closed(
    open: &mut Option<Open>,
    segment: &Segment<'_>,
    [count_differs, number_differs]: [IssueCode; 2],
) -> [Option<IssueCode>; 2] {
    let Some(open) = open.take() else {
        return [Some(TRAILER_WITHOUT_HEADER), None];
    };
    let written = std::str::from_utf8(segment.element(1)).ok();
    let count = written.and_then(|digits| digits.trim().parse::<u64>().ok());
    let same = significant(segment.element(2)) == significant(&open.number);
    [
        (count != Some(open.count)).then_some(count_differs),
        (!same).then_some(number_differs),
    ]
}

/// A control number without the zeros and spaces that fill its field.
fn significant(number: &[u8]) -> &[u8] {
    let number = number.trim_ascii();
    let zeros = number.iter().take_while(|byte| **byte == b'0').count();
    &number[zeros..]
}
