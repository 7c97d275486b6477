//! All that is judged over the charts of one side of a run.

use std::sync::Arc;

use ehr_crypto::DataKey;
use ehr_model::chart::Chart;

use super::{Calendar, DuplicatePatients};
use crate::ValidationReport;
use crate::collect::identifiers::PatientIdentifiers;
use crate::linkage::{Guard, PatientLinker};
use crate::rules::{
    DaysBeyondTwelveMissing, IdentifierSharedByPatients, JanuaryFirstSpike,
    PossibleDuplicatePatient,
};

/// Collects what only all charts together show: identifiers that patients share, how dates lie in
/// the year and, where it is asked for, patients that may be one person.
///
/// Make one for each partition by cloning an empty one, [collect](Self::collect) every chart,
/// [merge](Self::merge) them, and [add](Self::add_to) the verdicts to the report.
///
/// ```
/// use std::sync::Arc;
/// use ehr_crypto::DataKey;
/// use ehr_validate::collect::Population;
/// use ehr_validate::faults::textbook;
/// use ehr_validate::ValidationReport;
///
/// let empty = Population::new(Arc::new(DataKey::from_bytes([7; DataKey::LEN])));
/// let (mut all, mut part) = (empty.clone(), empty);
/// part.collect(&textbook());
/// all.merge(part);
/// let mut report = ValidationReport::default();
/// all.add_to(&mut report);
/// assert_eq!(report.issues.iter().count(), 0);
/// ```
#[derive(Debug, Clone)]
pub struct Population {
    identifiers: PatientIdentifiers,
    calendar: Calendar,
    linker: Option<PatientLinker>,
    patients: u64,
}

impl Population {
    /// An empty collection. The key lives as long as the run.
    pub fn new(key: Arc<DataKey>) -> Self {
        Self {
            identifiers: PatientIdentifiers::new(key),
            calendar: Calendar::default(),
            linker: None,
            patients: 0,
        }
    }

    /// With linkage of patients that may be one person, which holds half a kilobyte for each.
    #[must_use]
    pub fn with_linkage(self) -> Self {
        Self {
            linker: Some(PatientLinker::default()),
            ..self
        }
    }

    /// Collects a chart.
    pub fn collect(&mut self, chart: &Chart) {
        self.patients += 1;
        self.identifiers.collect(chart);
        self.calendar.collect(chart);
        if let Some(linker) = &mut self.linker {
            linker.collect(chart);
        }
    }

    /// Adds what was collected in another part of the run, with the same key.
    pub fn merge(&mut self, other: Self) {
        self.patients += other.patients;
        self.identifiers.merge(&other.identifiers);
        self.calendar.merge(&other.calendar);
        match (&mut self.linker, other.linker) {
            (Some(linker), Some(other)) => linker.merge(other),
            (None, other @ Some(_)) => self.linker = other,
            (_, None) => {}
        }
    }

    /// Judges, and adds the counts and issues of the rules to the report.
    pub fn add_to(self, report: &mut ValidationReport) {
        let spike = self.calendar.january_first_spike();
        let missing = self.calendar.days_beyond_twelve_missing();
        let mut verdicts = vec![
            (
                IdentifierSharedByPatients::METADATA.code,
                self.identifiers.finish(),
            ),
            (JanuaryFirstSpike::METADATA.code, spike),
            (DaysBeyondTwelveMissing::METADATA.code, missing),
        ];
        if let Some(linker) = self.linker {
            let mut duplicates = DuplicatePatients::default();
            duplicates.compared(self.patients);
            for (a, b, pair) in linker.finish().pairs() {
                let household = pair.guard == Some(Guard::FirstNameAndBirthDateDisagree);
                duplicates.propose(a, b, pair.probability, household);
            }
            let code = PossibleDuplicatePatient::METADATA.code;
            verdicts.push((code, duplicates.finish()));
        }
        for (code, (counts, issues)) in verdicts {
            report.add(code, counts, &issues);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::record;
    use crate::validation::Verdict;
    use crate::{Ruleset, Validator};
    use ehr_model::record::Kind;

    fn person(key: &str, first: &str, born: &str) -> Chart {
        let fields = [
            ("name[0].given[0]", first),
            ("name[0].family", "Quillfeather"),
            ("birthDate", born),
            ("gender", "female"),
            ("telecom[0].system", "phone"),
            ("telecom[0].value", "312-867-4209"),
            ("address[0].line[0]", "12 Old Mill Lane"),
            ("address[0].postalCode", "60610"),
        ];
        Chart::new(vec![record(Kind::Patient, key, &fields)], Vec::new())
    }

    fn verdict(charts: &[Chart]) -> Verdict {
        let key = Arc::new(DataKey::from_bytes([7; DataKey::LEN]));
        let mut all = Population::new(key).with_linkage();
        for chart in charts {
            let mut part = all.clone();
            part.linker = Some(PatientLinker::default());
            part.patients = 0;
            part.collect(chart);
            all.merge(part);
        }
        let mut report = ValidationReport::default();
        all.add_to(&mut report);
        let validator = Validator::new(Ruleset::all());
        let checks = report.checks(validator.ruleset());
        let code = PossibleDuplicatePatient::METADATA.code;
        let check = checks.iter().find(|check| check.code == code).unwrap();
        check.verdict
    }

    #[test]
    fn one_person_in_two_charts_is_named_and_a_household_is_not() {
        let ann = person("a", "Ann", "1980-01-17");
        assert_eq!(
            verdict(&[ann.clone(), person("b", "Ann", "1980-01-17")]),
            Verdict::Failed
        );
        assert_eq!(
            verdict(&[ann, person("c", "Beatrice", "2009-06-02")]),
            Verdict::Passed
        );
    }
}
