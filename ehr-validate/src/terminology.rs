//! Code systems from official releases: built once into immutable tables, opened and asked.
//!
//! [`release`] reads the files as their publishers ship them, [`TableBuilder`] writes a table,
//! [`Table`] opens one. A [`Terminology`] holds the tables that a run knows; a code of a system
//! whose table is not loaded is neither right nor wrong.
//!
//! ```
//! use ehr_model::value::{Date, PartialDate};
//! use ehr_validate::terminology::release::{File, Release, icd_10};
//! use ehr_validate::terminology::{Lookup, Terminology};
//!
//! // Two lines of an order file: number, code, flag of a billable code, short and long title.
//! let order = "\
//! 00001 A00     0 Cholera                                                      Cholera\n\
//! 00002 A000    1 Cholera due to Vibrio cholerae 01, biovar cholerae           Cholera due to Vibrio cholerae 01, biovar cholerae\n";
//! let release = Release::new("ICD-10-CM FY2025", Date::parse("2024-10-01")?);
//! let table = icd_10::read_cm(&release, File::new("order.txt", order.as_bytes()))?.build()?;
//!
//! let terminology = Terminology::default().with(table)?;
//! let Lookup::Known(cholera) = terminology.lookup("http://hl7.org/fhir/sid/icd-10-cm", "A00.0") else {
//!     panic!("not in the table");
//! };
//! assert_eq!(cholera.display(), Some("Cholera due to Vibrio cholerae 01, biovar cholerae"));
//! assert_eq!(cholera.is_billable_on(&PartialDate::parse("2025-02-11")?), Some(true));
//! assert_eq!(terminology.lookup("http://loinc.org", "8480-6"), Lookup::NoTable);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod builder;
mod concept;
#[cfg(feature = "icd-10-cm")]
mod embedded;
mod entry;
mod error;
mod proposal;
pub mod release;
mod table;

pub use builder::{Draft, TableBuilder};
pub use concept::{Association, Concept, MapTarget, Replacement, Schedule, Status, Validity};
pub use error::TerminologyError;
pub use proposal::{Candidate, Proposal};
pub use table::{FORMAT_VERSION, Table};

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::code_format::ndc;

/// The canonical URIs of the code systems that the readers know.
pub mod system {
    /// ICD-10-CM diagnoses.
    pub const ICD_10_CM: &str = "http://hl7.org/fhir/sid/icd-10-cm";
    /// ICD-10-PCS procedures.
    pub const ICD_10_PCS: &str = "http://www.cms.gov/Medicare/Coding/ICD10";
    /// ICD-9-CM diagnoses.
    pub const ICD_9_CM: &str = "http://hl7.org/fhir/sid/icd-9-cm";
    /// ICD-9-CM procedures, volume 3.
    pub const ICD_9_PCS: &str = "urn:oid:2.16.840.1.113883.6.104";
    /// RxNorm.
    pub const RXNORM: &str = "http://www.nlm.nih.gov/research/umls/rxnorm";
    /// LOINC.
    pub const LOINC: &str = "http://loinc.org";
    /// SNOMED CT.
    pub const SNOMED_CT: &str = "http://snomed.info/sct";
    /// Vaccines administered.
    pub const CVX: &str = "http://hl7.org/fhir/sid/cvx";
    /// Manufacturers of vaccines.
    pub const MVX: &str = "http://hl7.org/fhir/sid/mvx";
    /// National Drug Codes.
    pub const NDC: &str = "http://hl7.org/fhir/sid/ndc";
    /// HCPCS level II.
    pub const HCPCS: &str = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";
    /// National Provider Identifiers.
    pub const NPI: &str = "http://hl7.org/fhir/sid/us-npi";
    /// Units of measure, which are a grammar and need no table.
    pub const UCUM: &str = "http://unitsofmeasure.org";
}

/// The tables that a run knows, by code system; and maps, by the systems at both ends.
#[derive(Debug, Clone, Default)]
pub struct Terminology {
    systems: BTreeMap<String, Table>,
    maps: BTreeMap<(String, String), Table>,
}

/// What a terminology says of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Lookup<'t> {
    /// No table of the code system is loaded: nothing is known.
    NoTable,
    /// The table does not have the code.
    Unknown,
    /// The code.
    Known(Concept<'t>),
}

impl<'t> Lookup<'t> {
    /// The code, if it is known.
    pub fn known(self) -> Option<Concept<'t>> {
        match self {
            Self::Known(concept) => Some(concept),
            _ => None,
        }
    }
}

impl Terminology {
    /// With one more table.
    pub fn with(mut self, table: Table) -> Result<Self, TerminologyError> {
        let system = table.system().to_owned();
        let former = match table.target() {
            Some(target) => self.maps.insert((system.clone(), target.to_owned()), table),
            None => self.systems.insert(system.clone(), table),
        };
        match former {
            Some(_) => Err(TerminologyError::DuplicateTable { system }),
            None => Ok(self),
        }
    }

    /// The table of a code system.
    pub fn table(&self, system: &str) -> Option<&Table> {
        self.systems.get(system)
    }

    /// The map from one code system to another.
    pub fn map(&self, from: &str, to: &str) -> Option<&Table> {
        self.maps.get(&(from.to_owned(), to.to_owned()))
    }

    /// All tables and maps, for a report.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.systems.values().chain(self.maps.values())
    }

    /// Looks a code up. ICD codes are found with and without their dot, NDCs with and without hyphens.
    pub fn lookup(&self, system: &str, code: &str) -> Lookup<'_> {
        match self.table(system) {
            None => Lookup::NoTable,
            Some(table) => table.get(code).map_or(Lookup::Unknown, Lookup::Known),
        }
    }

    /// What the General Equivalence Mappings propose for an ICD-9-CM diagnosis; `None` without a map.
    pub fn propose_icd_10_cm(&self, icd_9_cm: &str) -> Option<Proposal> {
        let map = self.map(system::ICD_9_CM, system::ICD_10_CM)?;
        Some(Proposal::of(map.get(icd_9_cm)))
    }

    /// The RxNorm concepts of an NDC; `None` without a map. A code of ten digits without hyphens is
    /// looked up in all of its readings.
    pub fn rxcuis_of_ndc(&self, code: &str) -> Option<Vec<&str>> {
        let map = self.map(system::NDC, system::RXNORM)?;
        let mut found: Vec<_> = ndc::readings(code)
            .into_iter()
            .chain(ndc::parse(code))
            .filter_map(|reading| map.get(reading.digits()))
            .flat_map(|concept| concept.targets().map(|target| target.code))
            .collect();
        found.sort_unstable();
        found.dedup();
        Some(found)
    }

    /// The controlled-substance schedule of an NDC or RxNorm concept, as far as a table tells it.
    pub fn schedule(&self, system: &str, code: &str) -> Option<Schedule> {
        self.lookup(system, code).known()?.schedule()
    }
}

/// A code as the table of its system writes it.
fn key<'c>(system: &str, code: &'c str) -> Cow<'c, str> {
    let dotted = [
        system::ICD_10_CM,
        system::ICD_9_CM,
        system::ICD_9_PCS,
        system::ICD_10_PCS,
    ];
    if dotted.contains(&system) && code.contains('.') {
        return code.replace('.', "").into();
    }
    if system == system::NDC {
        // Eleven and twelve digits are one key, so that a code finds itself after 2033.
        return match ndc::parse(code) {
            Ok(ndc) => ndc.twelve().into(),
            Err(_) => code.into(),
        };
    }
    code.into()
}
