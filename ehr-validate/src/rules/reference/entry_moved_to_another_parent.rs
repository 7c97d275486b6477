use crate::Context;
use ehr_model::record::RecordId;

use crate::compare::{ChartPair, content_of};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::walk;

rule! {
    /// Entry that hangs on another visit, order or patient in the target.
    ///
    /// ## What it does
    ///
    /// Follows every reference of every entry to another entry of the source's chart, and from there
    /// to its entry in the target. The entry of the target must refer to that one, or to one that
    /// says the same, in the same field. References to entries that could not be matched, and fields
    /// that are empty in the target, are left to other rules.
    ///
    /// ## Why it matters
    ///
    /// A result under the wrong visit is read with the wrong question. Counts, sums and hashes of
    /// single records all stay the same, so nothing else shows it.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the keys by which the target joins: keys that were used twice, keys that count
    /// within a patient, and joins by date.
    ///
    /// ### Who uses the data
    ///
    /// Do not trust the context of an entry before it is mended.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, References; comparison of references through matched entries is an engineering
    /// default.
    EntryMovedToAnotherParent {
        code: "entry-moved-to-another-parent", category: Conformance, severity: Fatal, since: "0.1.0",
        scope: Comparison, covers: ["REF-003"],
    }
}

impl Rule for EntryMovedToAnotherParent {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        // Of two entries that say the same nobody can tell which one it was.
        let is_twin = |one: RecordId, other: RecordId| {
            let of = |id| pair.target().record(id).map(content_of);
            of(one).is_some_and(|one| Some(one) == of(other))
        };
        for (source, target) in pair.matched() {
            let mut subject = findings.about(source);
            walk::references(source.resource.element(), &mut |path, _, id| {
                let Some(expected) = pair.counterpart(id) else {
                    return;
                };
                let mut others = Vec::new();
                walk::references(target.resource.element(), &mut |other, _, id| {
                    if other.top() == path.top() {
                        others.push(id);
                    }
                });
                let is_kept = others.contains(&expected)
                    || others.iter().any(|other| is_twin(*other, expected));
                if !others.is_empty() {
                    subject.applies();
                    if !is_kept {
                        subject.violated_at(path);
                    }
                }
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found_between, record};
    use ehr_model::record::Kind;
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn chart(visit: &str) -> Vec<Record> {
        let visit = format!("Encounter/{visit}");
        vec![
            record(Kind::Encounter, "e", &[("period.start", "2020-01-01")]),
            record(Kind::Encounter, "f", &[("period.start", "2021-01-01")]),
            record(
                Kind::Observation,
                "a",
                &[("code.text", "x"), ("encounter.reference", &visit)],
            ),
        ]
    }

    #[test]
    fn fires() {
        assert_eq!(
            found_between(&EntryMovedToAnotherParent, chart("e"), chart("f")),
            ["Observation a encounter.reference"]
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            found_between(&EntryMovedToAnotherParent, chart("e"), chart("e")),
            NONE
        );
        // The target has ids of its own.
        let own = vec![
            record(Kind::Encounter, "x", &[("period.start", "2020-01-01")]),
            record(Kind::Encounter, "y", &[("period.start", "2021-01-01")]),
            record(
                Kind::Observation,
                "z",
                &[("code.text", "x"), ("encounter.reference", "Encounter/x")],
            ),
        ];
        assert_eq!(
            found_between(&EntryMovedToAnotherParent, chart("e"), own),
            NONE
        );
        let without = vec![record(Kind::Observation, "a", &[("code.text", "x")])];
        assert_eq!(
            found_between(&EntryMovedToAnotherParent, chart("e"), without),
            NONE
        );
    }
}
