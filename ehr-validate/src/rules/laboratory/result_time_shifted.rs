use ehr_model::element::Leaf;
use ehr_model::kind::{Effective, Observation};
use ehr_model::value::PartialDate;

use crate::Context;
use crate::compare::ChartPair;
use crate::compare::leaf_key;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Times of a result that were shifted by hours or taken for each other
    ///
    /// ## What it does
    ///
    /// Compares when a specimen was taken, when the result was released and when it was analysed. With
    /// offsets a point in time must be the same one; without, it must be written the same. A time of the
    /// target that is one of the other times of the source is named where it stands, and a shift shows as
    /// the same finding in many results. Dates that differ by a day and more are for the rules on dates.
    ///
    /// ## Why it matters
    ///
    /// A sugar before breakfast that became one after it is read otherwise, and doses by level are
    /// computed by the wrong hour.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the time zone of the source, which the mapping document declares, and at which column is
    /// collection, receipt and release. If all differ by the same whole hours, the zone is wrong.
    ///
    /// ### Who uses the data
    ///
    /// Do not rely on the hour of results that are named.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Observation.effective and issued; HL7 v2 OBR-7, OBR-14, OBR-22.
    ResultTimeShifted {
        code: "result-time-shifted", category: Conformance, severity: Error, since: "0.1.0", scope: Comparison,
        covers: ["LAB-010"],
    }
}

impl Rule for ResultTimeShifted {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for ((record, source), (_, target)) in pair.matched_of::<Observation>() {
            let (before, after) = (times(source), times(target));
            let mut subject = findings.about(record);
            for ((field, one), (_, other)) in before.iter().zip(&after) {
                let (Some(one), Some(other)) = (one, other) else {
                    continue;
                };
                if !one.has_time() || !other.has_time() {
                    continue;
                }
                subject.applies();
                let is_another = before.iter().any(|(name, time)| {
                    name != field && time.as_ref().is_some_and(|time| same_instant(time, other))
                });
                let near = (one.earliest() - other.earliest()).num_days().abs() <= 1;
                if !same_instant(one, other) && (is_another || near) {
                    subject.violated_at(*field);
                }
            }
        }
        Ok(())
    }
}

fn times(observation: &Observation) -> [(&'static str, Option<PartialDate>); 3] {
    let taken = match observation.effective.value() {
        Some(Effective::DateTime(date)) => date.value().copied(),
        Some(Effective::Period(period)) => period
            .value()
            .and_then(|period| period.start.value().copied()),
        _ => None,
    };
    [
        ("effective", taken),
        (
            "issued",
            observation.issued.value().map(|instant| instant.0),
        ),
        (
            "analysisDateTime",
            observation.analysis_date_time.value().copied(),
        ),
    ]
}

/// Whether both are one point in time, whatever their offsets, to the minute.
fn same_instant(one: &PartialDate, other: &PartialDate) -> bool {
    let precise = one.precision().min(other.precision());
    let key = |date: &PartialDate| leaf_key(&Leaf::Date(*date));
    key(one) == key(other)
        || precise < one.precision().max(other.precision()) && {
            let (one, other) = (key(one), key(other));
            one.starts_with(&other) || other.starts_with(&one)
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::laboratory::fixture::*;

    const TAKEN: &str = "effectiveDateTime";

    #[test]
    fn fires() {
        let of = |time| [(VALUE, "5"), (TAKEN, time)];
        let wrong = ["Observation a effective"];
        assert_eq!(
            between(
                &ResultTimeShifted,
                &of("2030-01-01T08:00:00-05:00"),
                &of("2030-01-01T08:00:00Z")
            ),
            wrong
        );
        assert_eq!(
            between(
                &ResultTimeShifted,
                &of("2030-01-01T08:00:00"),
                &of("2030-01-01T13:00:00")
            ),
            wrong
        );
        let both = [
            (VALUE, "5"),
            (TAKEN, "2030-01-01T08:00:00Z"),
            ("issued", "2030-01-05T12:00:00Z"),
        ];
        assert_eq!(
            between(&ResultTimeShifted, &both, &of("2030-01-05T12:00:00Z")),
            wrong
        );
    }

    #[test]
    fn stays_silent() {
        let of = |time| [(VALUE, "5"), (TAKEN, time)];
        assert_eq!(
            between(
                &ResultTimeShifted,
                &of("2030-01-01T08:00:00-05:00"),
                &of("2030-01-01T13:00:00Z")
            ),
            NONE
        );
        assert_eq!(
            between(&ResultTimeShifted, &of("2030-01-01"), &of("2030-01-01")),
            NONE
        );
        assert_eq!(
            between(
                &ResultTimeShifted,
                &of("2030-01-01T08:00:00"),
                &of("2030-01-01")
            ),
            NONE
        );
        assert_eq!(
            between(
                &ResultTimeShifted,
                &of("2030-01-01T08:00:00Z"),
                &[(VALUE, "5")]
            ),
            NONE
        );
    }
}
