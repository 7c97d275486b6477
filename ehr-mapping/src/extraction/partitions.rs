//! The rows of patients in partitions, in the order of patient ids.

use std::path::Path;

use ehr_model::record::RecordId;

use super::spill::{SpilledRow, Spills};
use crate::Error;

/// Partitions that were written side by side, and those into which large ones were split later:
/// only so many files can be written at once, but a partition must stay small.
pub(super) struct Partitions {
    sets: Vec<Spills>,
    /// Of each partition, its set and its number in it.
    order: Vec<(usize, usize)>,
}

/// Splitting pays when a partition is this much larger than wanted.
const SPLIT_FROM: u64 = 2;
/// Smaller partitions are not worth a file of their own.
const LEAST_BYTES: u64 = 64 << 10;
/// A partition is split into at most so many.
const MOST_PARTS: u64 = 256;

impl Partitions {
    /// Takes finished spill files and splits those that are much larger than wanted.
    pub(super) fn new(spills: Spills, wanted: u64, folder: &Path) -> Result<Self, Error> {
        let wanted = wanted.max(LEAST_BYTES);
        let count = spills.len();
        let mut partitions = Self {
            sets: vec![spills],
            order: Vec::with_capacity(count),
        };
        for number in 0..count {
            let bytes = partitions.sets[0].bytes(number);
            if bytes <= wanted.saturating_mul(SPLIT_FROM) {
                partitions.order.push((0, number));
                continue;
            }
            let parts = (bytes / wanted + 1).min(MOST_PARTS) as usize;
            let folder = folder.join(format!("part-{number:05}"));
            let mut split = Spills::create(&folder, "partition", parts)?;
            partitions.sets[0].read(number, |bytes| {
                let (_, within) = place_of(&SpilledRow::patient(bytes), count);
                split.write(part_of(within, parts), &[bytes])
            })?;
            split.finish()?;
            partitions.sets[0].remove(number);
            let set = partitions.sets.len();
            partitions.order.extend((0..parts).map(|part| (set, part)));
            partitions.sets.push(split);
        }
        Ok(partitions)
    }

    pub(super) fn len(&self) -> usize {
        self.order.len()
    }

    /// Reads the rows of a partition in the order in which they were written.
    pub(super) fn read(
        &self,
        number: usize,
        entry: impl FnMut(&[u8]) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (set, number) = self.order[number];
        self.sets[set].read(number, entry)
    }
}

/// The partition of an id, and how far inside it the id lies. By its first bits, so that
/// partitions follow the order of ids.
pub(super) fn place_of(id: &RecordId, count: usize) -> (usize, u64) {
    let first = u64::from_be_bytes(id.as_bytes()[..8].try_into().expect("eight bytes"));
    let place = u128::from(first) * count as u128;
    ((place >> 64) as usize, place as u64)
}

fn part_of(within: u64, parts: usize) -> usize {
    ((u128::from(within) * parts as u128) >> 64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extraction::spill::Place;
    use crate::raw::Position;
    use uuid::Uuid;

    #[test]
    fn large_partitions_are_split_in_the_order_of_ids() {
        let folder = tempfile::tempdir().unwrap();
        let mut spills = Spills::create(&folder.path().join("patients"), "partition", 2).unwrap();
        let text = "x".repeat(1000);
        for number in 0..600u64 {
            // spread over all ids, and out of order
            let id = RecordId::from(Uuid::new_v5(&Uuid::NAMESPACE_OID, &number.to_be_bytes()));
            let position = Position {
                number,
                line: number,
                byte: 0,
            };
            let (partition, _) = place_of(&id, 2);
            let place = Place { table: 0, file: 0 };
            let head = SpilledRow::head(id, place, position);
            let mut length = [0; 4];
            let links = crate::mapper::Links::default();
            let parts = SpilledRow::parts(&head, &mut length, &links, &text);
            spills.write(partition, &parts).unwrap();
        }
        spills.finish().unwrap();
        let partitions = Partitions::new(spills, 1, folder.path()).unwrap();
        assert!(partitions.len() > 4, "{}", partitions.len());

        let mut seen = 0;
        let mut last = None;
        for number in 0..partitions.len() {
            let mut ids = Vec::new();
            partitions
                .read(number, |bytes| {
                    ids.push(SpilledRow::patient(bytes));
                    Ok(())
                })
                .unwrap();
            ids.sort_unstable();
            assert!(
                ids.first()
                    .is_none_or(|first| last.is_none_or(|last| last < *first))
            );
            last = ids.last().copied().or(last);
            seen += ids.len();
        }
        assert_eq!(seen, 600);
    }
}
