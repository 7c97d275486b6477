//! What a vaccine is: its CVX code and its groups.

use std::sync::LazyLock;

use ehr_model::datatype::CodeableConcept;
use ehr_model::kind::{Immunization, ImmunizationOccurrence, ImmunizationStatus};
use ehr_model::value::PartialDate;

use crate::concept::codes_in;

const CVX: &str = "http://hl7.org/fhir/sid/cvx";

/// CVX codes with their groups, in order.
static GROUPS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    let lines = include_str!("vaccine_groups.tsv").lines();
    let mut groups: Vec<_> = lines
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once('\t'))
        .collect();
    groups.sort_unstable();
    groups
});

/// The first CVX code of a vaccine, without the zero that spreadsheets drop.
pub(super) fn cvx(vaccine: &CodeableConcept) -> Option<&str> {
    codes_in(vaccine, CVX).next()
}

/// The groups of a vaccine, if the table knows its CVX code.
pub(super) fn groups(vaccine: &CodeableConcept) -> impl Iterator<Item = &'static str> + use<> {
    let code = cvx(vaccine).map(|code| format!("{:0>2}", code.trim_start_matches('0')));
    let range = code.map_or(0..0, |code| {
        let start = GROUPS.partition_point(|(other, _)| *other < code.as_str());
        let end = GROUPS.partition_point(|(other, _)| *other <= code.as_str());
        start..end
    });
    GROUPS[range].iter().map(|(_, group)| *group)
}

/// Whether the vaccine was given: a state that nobody gave counts as given.
pub(super) fn was_given(immunization: &Immunization) -> bool {
    !matches!(
        immunization.status.value(),
        Some(ImmunizationStatus::NotDone | ImmunizationStatus::EnteredInError)
    )
}

/// When the vaccine was given, where it says a date.
pub(super) fn given_on(immunization: &Immunization) -> Option<&PartialDate> {
    match immunization.occurrence.value()? {
        ImmunizationOccurrence::DateTime(date) => date.value(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ehr_model::datatype::Coding;

    #[test]
    fn a_code_has_its_groups_with_and_without_its_zero() {
        let groups = |code: &str| {
            let mut vaccine = CodeableConcept::default();
            vaccine.coding.push(Coding::new(CVX, code));
            groups(&vaccine).collect::<Vec<_>>()
        };
        assert_eq!(groups("03"), ["mmr"]);
        assert_eq!(groups("3"), ["mmr"]);
        assert_eq!(groups("94"), ["mmr", "varicella"]);
        assert_eq!(groups("9999"), [] as [&str; 0]);
    }
}
