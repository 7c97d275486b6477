//! Duplicate patients among charts, and contradictions between two records of one patient.

use std::collections::BTreeMap;
use std::fmt;

use ehr_model::chart::Chart;
use ehr_model::kind::{LinkType, Patient};
use ehr_model::record::RecordId;

use super::comparison::{Comparison, NameCache, compare, dob, first, last, sex, ssn, suffix};
use super::register::Register;
use super::{Candidate, Linkage, Linker, PersonRecord};

/// Collects the patients of all charts of a run and links them at the end.
///
/// Make one for each partition and [merge](PatientLinker::merge) them: the result does not depend
/// on the order. It holds about half a kilobyte a patient until [`PatientLinker::finish`].
#[derive(Clone, Default)]
pub struct PatientLinker {
    patients: BTreeMap<RecordId, PersonRecord>,
}

/// The patients of a run that may be duplicates.
pub struct PatientLinkage {
    linkage: Linkage,
    ids: Vec<RecordId>,
}

impl PatientLinker {
    /// Collects the patient of a chart. A record that another one replaced is left out.
    pub fn collect(&mut self, chart: &Chart) {
        for (record, patient) in chart.of::<Patient>() {
            let replaced = |link: &ehr_model::kind::PatientLink| {
                link.type_.value() == Some(&LinkType::ReplacedBy)
            };
            if !patient.link.iter().any(replaced) {
                self.patients
                    .insert(record.id, PersonRecord::from_patient(patient));
            }
        }
    }

    /// Adds what was collected in another part of the run.
    pub fn merge(&mut self, other: Self) {
        self.patients.extend(other.patients);
    }

    /// Links the patients.
    pub fn finish(self) -> PatientLinkage {
        let mut linker = Linker::default();
        let mut ids = Vec::with_capacity(self.patients.len());
        for (id, patient) in self.patients {
            linker.add(&patient);
            ids.push(id);
        }
        PatientLinkage {
            linkage: linker.link(),
            ids,
        }
    }
}

impl PatientLinkage {
    /// Pairs of patients for review.
    pub fn pairs(&self) -> impl Iterator<Item = (RecordId, RecordId, &Candidate)> {
        let id = |number: u32| self.ids[number as usize];
        self.linkage
            .candidates()
            .iter()
            .map(move |pair| (id(pair.a), id(pair.b), pair))
    }

    /// The linkage, whose records are numbered in the order of the patients' ids.
    pub fn linkage(&self) -> &Linkage {
        &self.linkage
    }
}

/// What two records that went into one chart contradict each other in. First name and date of
/// birth together say that the chart is an overlay: one chart of two people.
///
/// A typo, a nickname or a missing value is no contradiction. Contact data never are.
pub fn contradictions(a: &PersonRecord, b: &PersonRecord) -> Vec<Comparison> {
    let mut register = Register::default();
    register.add(a);
    register.add(b);
    register.settle();
    let (a, b) = (&register.people[0], &register.people[1]);
    let pattern = compare(&register, a, b, &mut NameCache::new());
    let mut found: Vec<_> = [
        (Comparison::LastName, last::DIFFERS),
        (Comparison::LastNameOfWoman, last::DIFFERS),
        (Comparison::FirstName, first::DIFFERS),
        (Comparison::BirthDate, dob::DIFFERS),
        (Comparison::Ssn, ssn::DIFFERS),
        (Comparison::Sex, sex::DIFFERS),
        (Comparison::Suffix, suffix::DIFFERS),
    ]
    .into_iter()
    .filter(|(comparison, level)| pattern.level(*comparison) == *level)
    .map(|(comparison, _)| comparison)
    .collect();
    // A first name that agrees leaves sex out of the weights, but not out of this.
    if a.sex > 0 && b.sex > 0 && a.sex != b.sex && !found.contains(&Comparison::Sex) {
        found.push(Comparison::Sex);
    }
    found
}

impl fmt::Debug for PatientLinker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientLinker")
            .field("patients", &self.patients.len())
            .finish()
    }
}

impl fmt::Debug for PatientLinkage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientLinkage")
            .field("linkage", &self.linkage)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use ehr_model::datatype::HumanName;
    use ehr_model::kind::PatientLink;
    use ehr_model::record::{Kind, Namespace, Record};
    use ehr_model::value::Date;

    use super::*;

    fn chart(key: &str, first: &str, dob: &str, replaced: bool) -> Chart {
        let mut patient = Patient::default();
        let mut name = HumanName::default();
        name.family.set("Quillfeather".into());
        name.given = vec![first.into()];
        patient.name.push(name);
        patient.birth_date.set(Date::parse(dob).unwrap());
        if replaced {
            let mut link = PatientLink::default();
            link.type_.set(LinkType::ReplacedBy);
            patient.link.push(link);
        }
        let id = Namespace::of_system("urn:test").id(Kind::Patient, key);
        let record = Record {
            id,
            provenance: Vec::new(),
            resource: patient.into(),
        };
        Chart::new(vec![record], Vec::new())
    }

    #[test]
    fn parts_of_a_run_are_linked_in_any_order() {
        let charts = [
            chart("1", "Elizabeth", "1980-01-17", false),
            chart("2", "Beth", "1980-01-17", false),
            chart("3", "Elizabeth", "1980-01-17", true),
            chart("4", "Robert", "1951-06-02", false),
        ];
        let linked = |order: [usize; 4]| {
            let (mut all, mut other) = (PatientLinker::default(), PatientLinker::default());
            all.collect(&charts[order[0]]);
            all.collect(&charts[order[1]]);
            other.collect(&charts[order[2]]);
            other.collect(&charts[order[3]]);
            other.collect(&charts[order[0]]);
            all.merge(other);
            let linkage = all.finish();
            let pairs: Vec<_> = linkage
                .pairs()
                .map(|(a, b, pair)| (a, b, pair.probability))
                .collect();
            pairs
        };
        let pairs = linked([0, 1, 2, 3]);
        assert_eq!(pairs.len(), 1);
        assert_eq!(pairs, linked([3, 2, 1, 0]));
    }

    #[test]
    fn an_overlay_contradicts_itself_and_a_typo_does_not() {
        let person = |first: &str, dob: &str, sex: &str, ssn: &str| PersonRecord {
            first: first.into(),
            last: "Quill".into(),
            dob: dob.into(),
            sex: sex.into(),
            ssn: ssn.into(),
            ..PersonRecord::default()
        };
        let one = person("Elizabeth", "1980-01-17", "F", "219-46-0871");
        assert_eq!(
            contradictions(&one, &person("Beth", "1980-01-71", "", "")),
            []
        );
        assert_eq!(
            contradictions(&one, &person("Elizabeth", "", "M", "")),
            [Comparison::Sex]
        );
        let other = person("Robert", "1951-06-02", "M", "457-11-2093");
        assert_eq!(
            contradictions(&one, &other),
            [
                Comparison::FirstName,
                Comparison::BirthDate,
                Comparison::Ssn,
                Comparison::Sex
            ]
        );
    }
}
