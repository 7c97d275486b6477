//! The patients of an export as raw records write them, for the search of duplicates.

use std::collections::HashSet;

use ehr_model::profile::TableFormat;
use ehr_model::value::Text;
use foldhash::fast::RandomState;

use super::words::squashed;
use crate::linkage::{Linker, MatchGrade, PersonRecord};

/// How many patients are compared: about 300 MB. Further ones are counted and said to be left out.
pub const MAX_PEOPLE: usize = 500_000;

/// What a column says of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Role {
    Id,
    First,
    Middle,
    Last,
    Whole,
    Dob,
    Sex,
    Street,
    City,
    State,
    Zip,
    Phone,
    Ssn,
    Email,
}

/// The columns of the trees in which a patient stands; of a path what comes behind the last `/`
/// of a part is left to any depth.
const TREES: [(&str, &[(&str, Role)]); 3] = [
    (
        "ccda",
        &[
            (
                "ClinicalDocument/recordTarget/patientRole/id/@extension",
                Role::Id,
            ),
            (
                "ClinicalDocument/recordTarget/patientRole/patient/name/given",
                Role::First,
            ),
            (
                "ClinicalDocument/recordTarget/patientRole/patient/name/family",
                Role::Last,
            ),
            (
                "ClinicalDocument/recordTarget/patientRole/patient/birthTime/@value",
                Role::Dob,
            ),
            (
                "ClinicalDocument/recordTarget/patientRole/patient/administrativeGenderCode/@code",
                Role::Sex,
            ),
            (
                "ClinicalDocument/recordTarget/patientRole/addr/streetAddressLine",
                Role::Street,
            ),
            (
                "ClinicalDocument/recordTarget/patientRole/addr/city",
                Role::City,
            ),
            (
                "ClinicalDocument/recordTarget/patientRole/addr/state",
                Role::State,
            ),
            (
                "ClinicalDocument/recordTarget/patientRole/addr/postalCode",
                Role::Zip,
            ),
            (
                "ClinicalDocument/recordTarget/patientRole/telecom/@value",
                Role::Phone,
            ),
        ],
    ),
    (
        "fhir",
        &[
            ("id", Role::Id),
            ("name/given", Role::First),
            ("name/family", Role::Last),
            ("birthDate", Role::Dob),
            ("gender", Role::Sex),
            ("address/line", Role::Street),
            ("address/city", Role::City),
            ("address/state", Role::State),
            ("address/postalCode", Role::Zip),
        ],
    ),
    (
        "hl7v2",
        &[
            ("PID/PID-3/1", Role::Id),
            ("PID/PID-5/2", Role::First),
            ("PID/PID-5/3", Role::Middle),
            ("PID/PID-5/1", Role::Last),
            ("PID/PID-5/1/1", Role::Last),
            ("PID/PID-7", Role::Dob),
            ("PID/PID-7/1", Role::Dob),
            ("PID/PID-8", Role::Sex),
            ("PID/PID-11/1", Role::Street),
            ("PID/PID-11/3", Role::City),
            ("PID/PID-11/4", Role::State),
            ("PID/PID-11/5", Role::Zip),
            ("PID/PID-13/1", Role::Phone),
            ("PID/PID-19", Role::Ssn),
        ],
    ),
];

impl Role {
    /// What a column of a table or a path of a tree says of a person, by its name.
    pub(super) fn of(table: &str, format: &TableFormat, column: &str) -> Option<Self> {
        if let TableFormat::Tree { format } = format {
            if *format == "fhir" && !table.ends_with("Patient") {
                return None;
            }
            let (_, paths) = TREES.iter().find(|(name, _)| name == format)?;
            let found = paths.iter().find(|(path, _)| *path == column);
            return found.map(|(_, role)| *role);
        }
        let name = squashed(column);
        let name = ["patient", "pat", "person", "pt"]
            .iter()
            .find_map(|prefix| name.strip_prefix(prefix).filter(|rest| !rest.is_empty()))
            .unwrap_or(&name);
        Some(match name {
            "id" | "patientid" | "mrn" | "no" | "number" | "chartno" | "chart" | "chartnumber"
            | "acct" | "accountno" => Self::Id,
            "first" | "firstname" | "fname" | "givenname" | "given" => Self::First,
            "middle" | "middlename" | "mi" | "middleinitial" => Self::Middle,
            "last" | "lastname" | "lname" | "surname" | "family" | "familyname" => Self::Last,
            "name" | "fullname" => Self::Whole,
            "dob" | "birthdate" | "dateofbirth" | "birthday" | "bdate" => Self::Dob,
            "sex" | "gender" => Self::Sex,
            "address" | "address1" | "street" | "addressline1" | "addr" | "addr1" | "street1" => {
                Self::Street
            }
            "city" | "town" => Self::City,
            "state" => Self::State,
            "zip" | "zipcode" | "postalcode" => Self::Zip,
            "phone" | "homephone" | "telephone" | "phonenumber" | "phone1" => Self::Phone,
            "ssn" | "socialsecuritynumber" => Self::Ssn,
            "email" | "emailaddress" => Self::Email,
            _ => return None,
        })
    }
}

/// A person while its record is read.
#[derive(Default)]
pub(super) struct Draft {
    person: PersonRecord,
    id: u64,
    digest: u64,
}

impl Draft {
    /// Takes a value; of several the first counts, and a second first name is a middle one.
    pub(super) fn take(&mut self, role: Role, value: &str, digest: u64) {
        // a change of any field is another record, its order does not matter
        self.digest = self
            .digest
            .wrapping_add(digest.rotate_left(role as u32 * 4 + 1));
        let person = &mut self.person;
        let slot = match role {
            Role::Id => {
                if self.id == 0 {
                    self.id = digest;
                }
                return;
            }
            Role::First if !person.first.is_empty() => &mut person.middle,
            Role::First => &mut person.first,
            Role::Middle => &mut person.middle,
            Role::Last => &mut person.last,
            Role::Whole => {
                if person.last.is_empty() {
                    let (last, first) = match value.split_once(',') {
                        Some((last, first)) => (last, first),
                        None => value.rsplit_once(' ').map_or((value, ""), |(f, l)| (l, f)),
                    };
                    person.last = last.trim().into();
                    person.first = first.trim().into();
                }
                return;
            }
            Role::Dob => &mut person.dob,
            Role::Sex => &mut person.sex,
            Role::Street => &mut person.street,
            Role::City => &mut person.city,
            Role::State => &mut person.state,
            Role::Zip => &mut person.zip,
            Role::Phone => {
                if value.contains('@') {
                    &mut person.email
                } else {
                    &mut person.phone
                }
            }
            Role::Ssn => &mut person.ssn,
            Role::Email => &mut person.email,
        };
        if slot.is_empty() {
            let value = value.strip_prefix("tel:").unwrap_or(value);
            *slot = Text::from(value.strip_prefix("mailto:").unwrap_or(value));
        }
    }

    fn is_person(&self) -> bool {
        !self.person.last.is_empty() && !self.person.dob.is_empty()
    }
}

/// The persons so far. Records that say the same of one person under one number are one.
#[derive(Clone)]
pub(super) struct People {
    seen: HashSet<(u64, u64), RandomState>,
    people: Vec<(u64, u64, PersonRecord)>,
    left_out: u64,
    records: u64,
    limit: usize,
}

/// Duplicate patients, as far as raw records show them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
#[non_exhaustive]
pub struct DuplicatePatients {
    /// Records that describe a person with name and birth date.
    pub records: u64,
    /// Different descriptions, which were compared.
    pub compared: u64,
    /// Descriptions beyond [`MAX_PEOPLE`], which were not.
    pub left_out: u64,
    /// Pairs under different numbers that are certainly one person.
    pub certain: u64,
    /// Pairs that probably are.
    pub probable: u64,
    /// Pairs that may be.
    pub possible: u64,
    /// Pairs of descriptions under one number that are certainly, probably or possibly one person
    /// and yet differ.
    pub same_number: u64,
}

impl People {
    pub(super) fn with_limit(limit: usize) -> Self {
        Self {
            seen: HashSet::default(),
            people: Vec::new(),
            left_out: 0,
            records: 0,
            limit,
        }
    }

    pub(super) fn add(&mut self, draft: Draft) {
        if draft.is_person() {
            self.records += 1;
            self.keep(draft.id, draft.digest, draft.person);
        }
    }

    fn keep(&mut self, id: u64, digest: u64, person: PersonRecord) {
        if self.seen.contains(&(id, digest)) {
            return;
        }
        if self.people.len() >= self.limit {
            self.left_out += 1;
            return;
        }
        self.seen.insert((id, digest));
        self.people.push((id, digest, person));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.records += other.records;
        self.left_out += other.left_out;
        for (id, digest, person) in other.people {
            self.keep(id, digest, person);
        }
    }

    /// Compares the persons with one another.
    pub(super) fn duplicates(&self) -> DuplicatePatients {
        let mut found = DuplicatePatients {
            records: self.records,
            compared: self.people.len() as u64,
            left_out: self.left_out,
            ..DuplicatePatients::default()
        };
        if self.people.len() < 2 {
            return found;
        }
        let mut linker = Linker::default();
        for (_, _, person) in &self.people {
            linker.add(person);
        }
        for pair in linker.link().candidates() {
            let id = |number: u32| self.people.get(number as usize).map_or(0, |(id, ..)| *id);
            if id(pair.a) != 0 && id(pair.a) == id(pair.b) {
                found.same_number += 1;
                continue;
            }
            match pair.grade {
                MatchGrade::Certain => found.certain += 1,
                MatchGrade::Probable => found.probable += 1,
                _ => found.possible += 1,
            }
        }
        found
    }
}

impl DuplicatePatients {
    /// Pairs of any grade.
    pub fn pairs(&self) -> u64 {
        self.certain + self.probable + self.possible
    }
}
