use ehr_model::kind::Medication;

use super::entry::{is_named, names};
use super::pair::each;
use crate::Context;
use crate::compare::ChartPair;
use crate::dose::{Amount, Dimension, DoseUnit, Strength};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Medication whose salt or concentration is another one than it was
    ///
    /// ## What it does
    ///
    /// Reads the salts that matter for the dose (metoprolol tartrate and succinate, diclofenac sodium and
    /// potassium, and others) and the concentration per millilitre from the names of the product. Where
    /// both sides state them they must be the same, and a concentration that the source states must not
    /// be lost.
    ///
    /// ## Why it matters
    ///
    /// U-500 insulin is five times as strong as U-100, and morphine comes in 2 and in 20 mg a millilitre:
    /// the same number on the syringe is another dose.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the row of the code map; concentration is part of the drug, not of its dose.
    ///
    /// ### Who uses the data
    ///
    /// Check product and concentration in the source before it is drawn up.
    ///
    /// ## Source
    ///
    /// Institute for Safe Medication Practices, list of high-alert medications: insulin U-500,
    /// concentrated morphine.
    SaltOrConcentrationChanged {
        code: "salt-or-concentration-changed", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["MED-023"],
    }
}

impl Rule for SaltOrConcentrationChanged {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        each(pair, findings, |source, target, subject| {
            if source.medication == target.medication {
                if !source.medication.is_empty() {
                    subject.applies();
                }
                return;
            }
            let (before, after) = (concentration(source), concentration(target));
            let (salt, other_salt) = (salt(source), salt(target));
            if before.is_none() && salt.is_none() {
                return;
            }
            subject.applies();
            let is_other = match (before, after) {
                (Some(before), Some(after)) => !before.is(&after),
                (Some(_), None) => names(target).next().is_some(),
                (None, _) => false,
            };
            if is_other || salt.is_some() && other_salt.is_some() && salt != other_salt {
                subject.violated_at("medication");
            }
        });
        Ok(())
    }
}

/// Salts that make another drug or another dose of it.
const SALTS: &[&str] = &[
    "tartrate",
    "succinate",
    "besylate",
    "maleate",
    "sodium",
    "potassium",
    "calcium",
    "magnesium",
    "carbonate",
    "citrate",
    "acetate",
    "decanoate",
    "pamoate",
    "enanthate",
    "cypionate",
    "gluconate",
    "fumarate",
    "lactate",
];

struct Concentration(Amount, DoseUnit);

impl Concentration {
    /// Whether both are the same, in whatever unit.
    fn is(&self, other: &Self) -> bool {
        let converted = other
            .1
            .in_terms_of(self.1)
            .and_then(|factor| other.0.times(factor));
        converted == Some(self.0)
    }
}

/// How much is in a millilitre, by the strength or by `U-100`.
fn concentration(medication: &Medication) -> Option<Concentration> {
    let by_strength = names(medication).find_map(|name| {
        let strength = Strength::parse(name).ok()?.single()?;
        (strength.per.dimension() == Dimension::Volume).then_some(())?;
        let per = strength.per.in_terms_of(DoseUnit::Milliliter)?;
        Some(Concentration(
            strength.amount.divided_by(per)?,
            strength.unit,
        ))
    });
    let units = |number: u32| Concentration(Amount::from(number), DoseUnit::Unit);
    let by_word = || {
        [
            ("u-100", 100),
            ("u-200", 200),
            ("u-300", 300),
            ("u-500", 500),
        ]
        .into_iter()
        .find(|(word, _)| is_named(medication, &[word]))
        .map(|(_, number)| units(number))
    };
    by_strength.or_else(by_word)
}

fn salt(medication: &Medication) -> Option<usize> {
    SALTS.iter().position(|salt| is_named(medication, &[salt]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    fn of(source: &str, target: &str) -> Vec<String> {
        between(
            &SaltOrConcentrationChanged,
            &[ACTIVE, (NAME, source)],
            &[ACTIVE, (NAME, target)],
        )
    }

    #[test]
    fn fires() {
        let wrong = ["Medication a medication"];
        assert_eq!(
            of(
                "insulin regular, human 500 UNT/ML Injection",
                "insulin regular, human 100 UNT/ML Injection"
            ),
            wrong
        );
        assert_eq!(of("Humulin R U-500", "Humulin R U-100"), wrong);
        assert_eq!(
            of(
                "morphine sulfate 20 MG/ML Oral Solution",
                "morphine oral solution"
            ),
            wrong
        );
        assert_eq!(
            of("metoprolol succinate 50 MG", "metoprolol tartrate 50 MG"),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        assert_eq!(
            of(
                "Humulin R U-500",
                "insulin regular, human 500 UNT/ML Injectable Solution"
            ),
            NONE
        );
        assert_eq!(of("metoprolol succinate 50 MG", "metoprolol 50 MG"), NONE);
        assert_eq!(
            of(
                "metformin 500 MG Oral Tablet",
                "metformin 850 MG Oral Tablet"
            ),
            NONE
        );
        assert_eq!(
            of("morphine", "morphine sulfate 20 MG/ML Oral Solution"),
            NONE
        );
    }
}
