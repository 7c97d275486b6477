use super::pair::{each, same_dosage};
use crate::Context;
use crate::compare::ChartPair;
use crate::dose::Regimen;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Dose that is taken more or less often than it was
    ///
    /// ## What it does
    ///
    /// Compares how often a day each step is taken, from structure or sig: qd, qid and qod, every four
    /// hours, weekly as a seventh a day, and the days of the week. Where both sides state it, it must be
    /// the same, even if the amount of a day is.
    ///
    /// ## Why it matters
    ///
    /// A weekly methotrexate that became daily kills within days. QD, QOD and QID look alike in writing
    /// and in code maps.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the code map of frequencies, and at how a period of a week or of several hours is written.
    ///
    /// ### Who uses the data
    ///
    /// Do not give the drug by the entry before the source has been looked at.
    ///
    /// ## Source
    ///
    /// Institute for Safe Medication Practices, error-prone abbreviations, symbols and dose designations;
    /// tenfold dosing errors are among the errors that it collects. Daily instead of weekly oral
    /// methotrexate is on its list of never events.
    DosingFrequencyChanged {
        code: "dosing-frequency-changed", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["MED-012"],
    }
}

impl Rule for DosingFrequencyChanged {
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
            if same_dosage(source, target) {
                if !source.dosage_instruction.is_empty() {
                    subject.applies();
                }
                return;
            }
            let (before, after) = (Regimen::of(source), Regimen::of(target));
            if before.steps.len() != after.steps.len() {
                return;
            }
            for (number, (one, other)) in before.steps.iter().zip(&after.steps).enumerate() {
                if !one.times_per_day.is_known() || !other.times_per_day.is_known() {
                    continue;
                }
                subject.applies();
                let other_days = one.weekdays.is_some() && one.weekdays != other.weekdays;
                if one.times_per_day != other.times_per_day || other_days {
                    // one sig may say several steps
                    let number = number.min(source.dosage_instruction.len().saturating_sub(1));
                    subject.violated_at(format!("dosageInstruction[{number}].timing"));
                }
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;

    #[test]
    fn fires() {
        let wrong = ["Medication a dosageInstruction[0].timing"];
        for (source, target) in [
            ("take 10 mg weekly", "take 10 mg daily"),
            ("take 5 mg qid", "take 5 mg qd"),
            ("take 5 mg q4h", "take 5 mg qid"),
            ("take 10 mg bid", "take 20 mg daily"),
            ("take 10 mg every monday", "take 10 mg every thursday"),
        ] {
            assert_eq!(
                between_sigs(&DosingFrequencyChanged, source, target),
                wrong,
                "{source}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        for (source, target) in [
            ("take 10 mg bid", "take 10 mg twice a day"),
            ("take 10 mg q12h", "take 10 mg bid"),
            ("take 10 mg daily", "take 20 mg daily"),
            ("take 10 mg daily", "use as directed"),
            ("use as directed", "take 10 mg daily"),
        ] {
            assert_eq!(
                between_sigs(&DosingFrequencyChanged, source, target),
                NONE,
                "{source}"
            );
        }
    }
}
