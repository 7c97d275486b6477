use std::collections::BTreeMap;

use ehr_model::element::Leaf;
use ehr_model::kind::Medication;
use ehr_model::record::{Record, ResourceType as _};

use super::entry::{is_named, is_void};
use crate::Context;
use crate::compare::ChartPair;
use crate::compare::{leaf_key, normalise};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::walk;

rule! {
    /// High-alert medication of which any field is another one than it was
    ///
    /// ## What it does
    ///
    /// Looks at medications whose name or ingredient is on the list of high-alert drugs beside this rule:
    /// anticoagulants, insulins, opioids, digoxin, methotrexate, lithium, antiepileptics. Every value
    /// that the source states, of whatever field, must stand in the target at the same place with the
    /// same amount, code, day or words. References and identifiers are left out, since every system gives
    /// its own.
    ///
    /// ## Why it matters
    ///
    /// With these drugs a small change harms. They are compared in every field and not in a sample.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at every field that is named. What the target writes in another way on purpose, a person
    /// accepts for each code.
    ///
    /// ### Who uses the data
    ///
    /// Do not prescribe, dispense or give the drug by the entry before the source has been looked at.
    ///
    /// ## Source
    ///
    /// Institute for Safe Medication Practices, list of high-alert medications; antiepileptics, digoxin
    /// and lithium for their narrow therapeutic range.
    HighAlertMedicationChanged {
        code: "high-alert-medication-changed", category: Conformance, severity: Fatal, since: "0.1.0", scope: Comparison,
        covers: ["MED-030"],
    }
}

impl Rule for HighAlertMedicationChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (before, after) in pair.matched() {
            let Some(source) = Medication::of(&before.resource) else {
                continue;
            };
            if is_void(source) || !is_named(source, HIGH_ALERT) {
                continue;
            }
            let mut subject = findings.applies_to(before);
            if before.resource == after.resource {
                continue;
            }
            let stated = leaves(after);
            for (path, value) in leaves(before) {
                if stated.get(&path) != Some(&value) {
                    subject.violated_at(path);
                }
            }
        }
        Ok(())
    }
}

/// High-alert drugs by the words of their names, in lower case.
const HIGH_ALERT: &[&str] = &[
    // anticoagulants
    "warfarin",
    "coumadin",
    "jantoven",
    "heparin",
    "enoxaparin",
    "lovenox",
    "dalteparin",
    "fondaparinux",
    "apixaban",
    "eliquis",
    "rivaroxaban",
    "xarelto",
    "dabigatran",
    "pradaxa",
    "edoxaban",
    // insulins
    "insulin",
    "humulin",
    "novolin",
    "humalog",
    "novolog",
    "lantus",
    "basaglar",
    "levemir",
    "tresiba",
    "toujeo",
    // opioids
    "morphine",
    "oxycodone",
    "oxycontin",
    "percocet",
    "hydrocodone",
    "hydromorphone",
    "dilaudid",
    "fentanyl",
    "methadone",
    "codeine",
    "tramadol",
    "tapentadol",
    "oxymorphone",
    "meperidine",
    "buprenorphine",
    // narrow therapeutic range
    "digoxin",
    "lanoxin",
    "methotrexate",
    "lithium",
    // antiepileptics
    "phenytoin",
    "dilantin",
    "carbamazepine",
    "tegretol",
    "valproate",
    "valproic acid",
    "divalproex",
    "depakote",
    "lamotrigine",
    "lamictal",
    "levetiracetam",
    "keppra",
    "phenobarbital",
    "topiramate",
    "oxcarbazepine",
    "lacosamide",
    "zonisamide",
    "ethosuximide",
    "primidone",
];

/// What an entry states, by path; words without regard to case and space.
fn leaves(record: &Record) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk::leaves(record.resource.element(), &mut |path, leaf| {
        if path.passes("identifier") || matches!(leaf, Leaf::Target(..)) {
            return;
        }
        let value = match leaf {
            Leaf::Text(text) => normalise(text),
            leaf => Some(leaf_key(leaf)),
        };
        if let Some(value) = value {
            found.insert(path.to_string(), value);
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    #[test]
    fn fires() {
        let of = |sig| [ACTIVE, (NAME, "Warfarin 5 mg"), (SIG, sig)];
        assert_eq!(
            between(
                &HighAlertMedicationChanged,
                &of("5 mg daily"),
                &of("5 mg daily, check INR")
            ),
            ["Medication a dosageInstruction[0].text"]
        );
        let noted = [
            ACTIVE,
            (NAME, "insulin glargine"),
            ("note[0].text", "split the dose"),
        ];
        assert_eq!(
            between(&HighAlertMedicationChanged, &noted, &noted[..2]),
            ["Medication a note[0].text"]
        );
    }

    #[test]
    fn stays_silent() {
        let of = |sig| [ACTIVE, (NAME, "Warfarin 5 mg"), (SIG, sig)];
        assert_eq!(
            between(
                &HighAlertMedicationChanged,
                &of("5 mg daily"),
                &of("5 mg  Daily ")
            ),
            NONE
        );
        let dose = |value| [(NAME, "digoxin"), (DOSE, value), (UNIT, "mg")];
        assert_eq!(
            between(&HighAlertMedicationChanged, &dose("0.250"), &dose("0.25")),
            NONE
        );
        let harmless = |sig| [(NAME, "vitamin C"), (SIG, sig)];
        assert_eq!(
            between(&HighAlertMedicationChanged, &harmless("a"), &harmless("b")),
            NONE
        );
        let more = [
            ACTIVE,
            (NAME, "Warfarin 5 mg"),
            (SIG, "5 mg daily"),
            ("priority", "routine"),
        ];
        assert_eq!(
            between(&HighAlertMedicationChanged, &of("5 mg daily"), &more),
            NONE
        );
    }
}
