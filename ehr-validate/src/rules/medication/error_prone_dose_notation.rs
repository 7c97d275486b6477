use super::number::risky_numbers;
use super::pair::each;
use crate::Context;
use crate::compare::ChartPair;
use crate::dose::Structured;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Dose in the target that is written so that it will be misread
    ///
    /// ## What it does
    ///
    /// Looks at the sigs of the target: a dose with a naked decimal point (`.5 mg`), with a trailing zero
    /// (`5.0 mg`), or in `U` or `IU` for units, where ten units (`10U`) are read as a hundred. Where the
    /// source writes it this way and no structure beside the sig says the dose, the text has to stay and
    /// the entry is named for the people who use it; where the source wrote it well, the target made it
    /// worse.
    ///
    /// ## Why it matters
    ///
    /// A point that nobody sees makes a dose ten times too much.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Write the structure of the dose, and render numbers without trailing zeros and with a zero before
    /// the point. The words of the source are kept beside it.
    ///
    /// ### Who uses the data
    ///
    /// Read the dose twice, and write it anew when the drug is renewed.
    ///
    /// ## Source
    ///
    /// Institute for Safe Medication Practices, error-prone abbreviations, symbols and dose designations.
    /// The Joint Commission has the same on its list of abbreviations that must not be used.
    ErrorProneDoseNotation {
        code: "error-prone-dose-notation", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["MED-005", "MED-006", "MED-007"],
    }
}

impl Rule for ErrorProneDoseNotation {
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
            let known = Structured::of(&target.dosage_instruction).steps;
            for (number, dosage) in target.dosage_instruction.iter().enumerate() {
                let Some(text) = dosage.text.value() else {
                    continue;
                };
                subject.applies();
                let was_well = source
                    .dosage_instruction
                    .get(number)
                    .and_then(|dosage| dosage.text.value())
                    .is_some_and(|text| !is_error_prone(text.expose()));
                let is_structured = known.get(number).is_some_and(|step| step.dose.is_known());
                if is_error_prone(text.expose()) && (was_well || !is_structured) {
                    subject.violated_at(format!("dosageInstruction[{number}].text"));
                }
            }
        });
        Ok(())
    }
}

fn is_error_prone(text: &str) -> bool {
    risky_numbers(text).any(|number| number.is_error_prone) || has_bare_unit(text)
}

/// Whether a number is followed by `U` or `IU`.
fn has_bare_unit(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || c == ',' || c == ';')
        .scan(false, |after_number, word| {
            let digits = word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
            let unit = matches!(digits, "U" | "u" | "IU" | "iu");
            let found = unit && (digits.len() < word.len() || *after_number);
            *after_number = digits.is_empty() && !word.is_empty();
            Some(found)
        })
        .any(|found| found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    #[test]
    fn fires() {
        let wrong = ["Medication a dosageInstruction[0].text"];
        for (source, target) in [
            ("take 0.5 mg daily", "take .5 mg daily"),
            ("take 5 mg daily", "take 5.0 mg daily"),
            ("inject 10 units daily", "inject 10U daily"),
            ("inject 10 IU daily", "inject 10 IU daily"),
        ] {
            assert_eq!(
                between_sigs(&ErrorProneDoseNotation, source, target),
                wrong,
                "{target}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        for sig in [
            "take 0.5 mg daily",
            "take 5 mg daily.",
            "inject 10 units daily",
            "use with U-100 syringe",
            "apply to US site",
        ] {
            assert_eq!(
                between_sigs(&ErrorProneDoseNotation, sig, sig),
                NONE,
                "{sig}"
            );
        }
        let said = [
            (NAME, "x"),
            (SIG, "take .5 mg daily"),
            (DOSE, "0.5"),
            (UNIT, "mg"),
        ];
        assert_eq!(between(&ErrorProneDoseNotation, &said, &said), NONE);
    }
}
