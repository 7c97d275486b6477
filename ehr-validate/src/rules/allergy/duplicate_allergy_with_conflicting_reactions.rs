use ehr_model::kind::{Allergy, ReactionSeverity};

use super::status::is_positive;
use crate::Context;
use crate::concept::{Likeness, likeness};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use ehr_model::chart::Chart;

rule! {
    /// One substance twice among the active allergies, with reactions that differ.
    ///
    /// ## What it does
    ///
    /// Compares the active allergies of a chart that share a code of their substance, or its words.
    /// Where both name manifestations and none is shared, or both state a worst severity and it
    /// differs, the later one is named. A twin without reactions of its own contradicts nothing.
    ///
    /// ## Why it matters
    ///
    /// Whoever reads the first entry sees hives, whoever reads the second one anaphylaxis.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether two source lists were put together. Keep both entries; only the practice can say
    /// which reaction is right.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient, then make one entry of the two.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, AllergyIntolerance, one record a substance with all its reactions; an
    /// engineering default.
    DuplicateAllergyWithConflictingReactions {
        code: "duplicate-allergy-with-conflicting-reactions", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["ALG-014"],
    }
}

impl Rule for DuplicateAllergyWithConflictingReactions {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let active: Vec<_> = chart
            .of::<Allergy>()
            .filter(|(_, allergy)| is_positive(allergy))
            .collect();
        for (number, (record, allergy)) in active.iter().enumerate() {
            let Some(substance) = allergy.code.value() else {
                continue;
            };
            let is_same = |other: &Allergy| {
                other
                    .code
                    .value()
                    .is_some_and(|code| likeness(substance, code) == Likeness::Same)
            };
            let mut subject = findings.applies_to(record);
            let mut earlier = active[..number].iter().map(|(_, earlier)| *earlier);
            if earlier.any(|other| is_same(other) && contradict(allergy, other)) {
                subject.violated_at("reaction");
            }
        }
        Ok(())
    }
}

fn contradict(a: &Allergy, b: &Allergy) -> bool {
    let (one, other) = (manifestations(a), manifestations(b));
    let shared = one.iter().any(|a| {
        other.iter().any(|b| {
            likeness(a, b) != Likeness::Different
                && (likeness(a, b) == Likeness::Same || a.coding.is_empty() != b.coding.is_empty())
        })
    });
    let differ = !one.is_empty() && !other.is_empty() && !shared;
    let (worst, other_worst) = (worst(a), worst(b));
    differ || (worst.is_some() && other_worst.is_some() && worst != other_worst)
}

fn manifestations(allergy: &Allergy) -> Vec<&ehr_model::datatype::CodeableConcept> {
    allergy
        .reaction
        .iter()
        .flat_map(|reaction| &reaction.manifestation)
        .collect()
}

fn worst(allergy: &Allergy) -> Option<u8> {
    let rank = |severity: &ReactionSeverity| match severity {
        ReactionSeverity::Severe => 2,
        ReactionSeverity::Moderate => 1,
        _ => 0,
    };
    allergy
        .reaction
        .iter()
        .filter_map(|reaction| reaction.severity.value())
        .map(rank)
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn twins(one: &[(&str, &str)], other: &[(&str, &str)]) -> Vec<String> {
        let substance = [("code.text", "penicillin")];
        let chart = vec![
            record(Kind::Allergy, "a", &[&substance, one].concat()),
            record(Kind::Allergy, "b", &[&substance, other].concat()),
        ];
        found(&DuplicateAllergyWithConflictingReactions, chart)
    }

    const HIVES: (&str, &str) = ("reaction[0].manifestation[0].text", "hives");
    const NAUSEA: (&str, &str) = ("reaction[0].manifestation[0].text", "nausea");

    #[test]
    fn fires() {
        assert_eq!(twins(&[HIVES], &[NAUSEA]), ["Allergy b reaction"]);
        let severity = |severity| [HIVES, ("reaction[0].severity", severity)];
        assert_eq!(
            twins(&severity("mild"), &severity("severe")),
            ["Allergy b reaction"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(twins(&[HIVES], &[HIVES]), NONE);
        assert_eq!(twins(&[HIVES], &[]), NONE);
        assert_eq!(
            twins(&[HIVES], &[NAUSEA, ("clinicalStatus", "resolved")]),
            NONE
        );
        let coded = [
            (
                "reaction[0].manifestation[0].coding[0].system",
                "http://snomed.info/sct",
            ),
            ("reaction[0].manifestation[0].coding[0].code", "126485001"),
        ];
        assert_eq!(twins(&[HIVES], &coded), NONE, "the code may be hives");
        let others = vec![
            record(Kind::Allergy, "a", &[("code.text", "penicillin"), HIVES]),
            record(Kind::Allergy, "b", &[("code.text", "latex"), NAUSEA]),
        ];
        assert_eq!(
            found(&DuplicateAllergyWithConflictingReactions, others),
            NONE
        );
    }
}
