//! Which faults of a copy the comparison reported, and what it reported beyond them.

use ehr_model::element::SafetyClass;

use super::copy::{Expected, FaultyCopy};
use crate::compare::Difference;

/// What the comparison made of the faults of a copy.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Verdict {
    /// Each fault.
    pub faults: Vec<(Expected, Judged)>,
    /// Differences of records that have no fault.
    pub false_alarms: usize,
}

/// What the comparison made of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Judged {
    /// Reported with class, record, patient and field.
    Caught(SafetyClass),
    /// Something was reported of the record, in another class or at another field.
    Misplaced,
    /// Nothing was reported.
    Escaped,
}

impl FaultyCopy {
    /// Sets the differences that the comparison reported against the faults.
    pub fn judge(&self, differences: &[Difference]) -> Verdict {
        let faults = self
            .expected
            .iter()
            .map(|one| (one.clone(), judge(one, differences)));
        let faults = faults.collect();
        let of_faulty = |one: &Difference| {
            let sides = [&one.source, &one.target];
            sides
                .into_iter()
                .flatten()
                .any(|side| self.is_touched(side.id))
        };
        Verdict {
            faults,
            false_alarms: differences.iter().filter(|one| !of_faulty(one)).count(),
        }
    }
}

impl Verdict {
    /// How many faults were caught.
    pub fn caught(&self) -> usize {
        let caught = |judged: &Judged| matches!(judged, Judged::Caught(_));
        self.faults
            .iter()
            .filter(|(_, judged)| caught(judged))
            .count()
    }
}

fn judge(expected: &Expected, differences: &[Difference]) -> Judged {
    let of_record = differences.iter().filter(|one| {
        let sides = [&one.source, &one.target];
        sides
            .into_iter()
            .flatten()
            .any(|side| side.id == expected.record)
    });
    let mut judged = Judged::Escaped;
    for one in of_record {
        let field = one.field.as_deref().unwrap_or_default();
        if one.class == expected.class
            && one.kind == expected.kind
            && one.patient == expected.patient
            && field == &*expected.field
        {
            return Judged::Caught(one.safety);
        }
        judged = Judged::Misplaced;
    }
    judged
}
