//! Which pairs are compared: those that share a key of at least one rule.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::normalise::number::ssn_length;
use super::register::{MISSING, Person, Register, date_number};

/// A block with more records than this is not compared whole.
///
/// 1,000 records are half a million pairs. A larger block is a placeholder or a very common value;
/// true pairs in it share a key of another rule as well.
pub const LARGEST_BLOCK: usize = 1_000;

/// In a larger block each record is compared with so many neighbours in the order of name and date.
pub const NEIGHBOURS: usize = 50;

/// A rule that says which records are compared with one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum BlockingRule {
    /// The same Social Security number.
    Ssn,
    /// The same medical record number.
    MedicalRecordNumber,
    /// The same phone.
    Phone,
    /// The same e-mail address.
    Email,
    /// The same street line in the same area.
    Home,
    /// The same date of birth, day and month in either order.
    BirthDate,
    /// Last names that sound alike and the same year of birth.
    LastNameAndYear,
    /// Last names that sound alike and the same day and month of birth.
    LastNameAndDay,
    /// First names that sound alike, the same year of birth and area.
    FirstNameYearAndArea,
    /// First and last names that sound alike, in either order.
    Names,
}

const RULES: [BlockingRule; 10] = [
    BlockingRule::Ssn,
    BlockingRule::MedicalRecordNumber,
    BlockingRule::Phone,
    BlockingRule::Email,
    BlockingRule::Home,
    BlockingRule::BirthDate,
    BlockingRule::LastNameAndYear,
    BlockingRule::LastNameAndDay,
    BlockingRule::FirstNameYearAndArea,
    BlockingRule::Names,
];

/// What a rule did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct BlockingReport {
    /// The rule.
    pub rule: BlockingRule,
    /// Pairs that were compared because of it and of no rule before.
    pub compared: u64,
    /// Blocks of more than [`LARGEST_BLOCK`] records, of which only neighbours were compared.
    pub oversized_blocks: u64,
    /// Records in those blocks.
    pub oversized_records: u64,
    /// Pairs in those blocks that this rule did not compare; another rule may have.
    pub pairs_left_out: u64,
}

impl BlockingRule {
    /// The key of a record; 0 is none.
    fn key(self, register: &Register, person: &Person) -> u64 {
        let sound = |name: u32| u64::from(register.names.facts(name).phonetic);
        let dob = person.dob;
        let whole = dob.is_whole();
        let (low, high) = (
            u64::from(dob.month.min(dob.day)),
            u64::from(dob.month.max(dob.day)),
        );
        let day = low << 8 | high;
        let year = u64::from(dob.short_year()) + 1;
        match self {
            Self::Ssn if ssn_length(person.ssn) > 4 => person.ssn,
            Self::MedicalRecordNumber => u64::from(person.mrn),
            Self::Phone => u64::from(person.phone),
            Self::Email => u64::from(person.email),
            Self::Home if person.street != MISSING => {
                u64::from(person.street) << 32 | u64::from(person.area)
            }
            Self::BirthDate if whole => year << 16 | day,
            Self::LastNameAndYear if !dob.is_missing() && sound(person.last) != 0 => {
                sound(person.last) << 32 | year
            }
            Self::LastNameAndDay if whole && sound(person.last) != 0 => {
                sound(person.last) << 32 | day
            }
            Self::FirstNameYearAndArea
                if !dob.is_missing() && sound(person.first) != 0 && person.area != MISSING =>
            {
                (sound(person.first) << 8 | year) << 24 | u64::from(person.area)
            }
            Self::Names if sound(person.first) != 0 && sound(person.last) != 0 => {
                let (one, two) = (sound(person.first), sound(person.last));
                one.min(two) << 32 | one.max(two)
            }
            _ => 0,
        }
    }
}

/// The records that share a key, and whether they are too many.
struct Block<'b> {
    records: &'b [(u64, u32)],
}

/// Calls `compare` for every pair of every block, once a pair unless a block was too large.
///
/// `make` gives each thread what it works with; what the threads have made comes back in no order.
pub(crate) fn for_each_pair<W: Send>(
    register: &Register,
    threads: usize,
    make: impl Fn() -> W + Sync,
    compare: impl Fn(&mut W, u32, u32) + Sync,
) -> (Vec<W>, Vec<BlockingReport>) {
    let mut oversized: Vec<HashSet<u64>> = Vec::new();
    let mut reports = Vec::new();
    let workers = Mutex::new(Vec::new());
    for (at, rule) in RULES.into_iter().enumerate() {
        let mut keyed: Vec<(u64, u32)> = register
            .people
            .iter()
            .enumerate()
            .map(|(number, person)| (rule.key(register, person), number as u32))
            .filter(|(key, _)| *key != 0)
            .collect();
        keyed.sort_unstable();
        let blocks: Vec<Block<'_>> = keyed
            .chunk_by(|a, b| a.0 == b.0)
            .filter(|records| records.len() > 1)
            .map(|records| Block { records })
            .collect();
        let large = |block: &&Block<'_>| block.records.len() > LARGEST_BLOCK;
        oversized.push(
            blocks
                .iter()
                .filter(large)
                .map(|block| block.records[0].0)
                .collect(),
        );
        let mut report = BlockingReport {
            rule,
            compared: 0,
            oversized_blocks: 0,
            oversized_records: 0,
            pairs_left_out: 0,
        };
        for block in blocks.iter().filter(large) {
            let records = block.records.len() as u64;
            report.oversized_blocks += 1;
            report.oversized_records += records;
            let neighbours = NEIGHBOURS as u64;
            let compared = neighbours * (neighbours - 1) / 2 + neighbours * (records - neighbours);
            report.pairs_left_out += records * (records - 1) / 2 - compared;
        }
        let compared = run(
            register, &blocks, at, &oversized, threads, &workers, &make, &compare,
        );
        report.compared = compared;
        reports.push(report);
    }
    (workers.into_inner().unwrap_or_default(), reports)
}

/// So many blocks are taken by a thread at a time.
const CHUNK: usize = 64;

#[expect(
    clippy::too_many_arguments,
    reason = "the two closures and what they share"
)]
fn run<W: Send>(
    register: &Register,
    blocks: &[Block<'_>],
    rule: usize,
    oversized: &[HashSet<u64>],
    threads: usize,
    workers: &Mutex<Vec<W>>,
    make: &(impl Fn() -> W + Sync),
    compare: &(impl Fn(&mut W, u32, u32) + Sync),
) -> u64 {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut worker = workers
            .lock()
            .ok()
            .and_then(|mut idle| idle.pop())
            .unwrap_or_else(make);
        let mut compared = 0;
        let mut earlier: Vec<[u64; RULES.len()]> = Vec::new();
        loop {
            let from = next.fetch_add(CHUNK, Ordering::Relaxed);
            if from >= blocks.len() {
                break;
            }
            for block in &blocks[from..(from + CHUNK).min(blocks.len())] {
                let sorted = neighbourly(register, block);
                let records = sorted.as_deref().unwrap_or(block.records);
                let reach = if sorted.is_some() {
                    NEIGHBOURS
                } else {
                    usize::MAX
                };
                earlier.clear();
                earlier.extend(records.iter().map(|(_, number)| {
                    let person = &register.people[*number as usize];
                    let mut keys = [0; RULES.len()];
                    for (at, key) in keys.iter_mut().enumerate().take(rule) {
                        *key = RULES[at].key(register, person);
                        if oversized[at].contains(key) {
                            *key = 0;
                        }
                    }
                    keys
                }));
                for (one, (_, a)) in records.iter().enumerate() {
                    let keys = &earlier[one];
                    let last = one.saturating_add(reach).min(records.len() - 1);
                    for two in one + 1..=last {
                        let known =
                            (0..rule).any(|at| keys[at] != 0 && keys[at] == earlier[two][at]);
                        if !known {
                            let b = records[two].1;
                            compared += 1;
                            compare(&mut worker, *a.min(&b), b.max(*a));
                        }
                    }
                }
            }
        }
        if let Ok(mut idle) = workers.lock() {
            idle.push(worker);
        }
        compared
    };
    std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads.max(1)).map(|_| scope.spawn(work)).collect();
        let own = work();
        own + others
            .into_iter()
            .map(|thread| thread.join().unwrap_or(0))
            .sum::<u64>()
    })
}

/// A block that is too large, in an order in which records of one person are neighbours.
fn neighbourly(register: &Register, block: &Block<'_>) -> Option<Vec<(u64, u32)>> {
    if block.records.len() <= LARGEST_BLOCK {
        return None;
    }
    let mut records = block.records.to_vec();
    records.sort_by_key(|(_, number)| {
        let person = &register.people[*number as usize];
        let names = &register.names;
        (
            names.facts(person.last).phonetic,
            names.facts(person.first).phonetic,
            date_number(person.dob),
            *number,
        )
    });
    Some(records)
}
