//! Which code systems the values of a column may be of.

use std::collections::HashMap;

use ehr_model::profile::{CodeEvidence, CodeShare};
use foldhash::fast::RandomState;

use super::words::squashed;
use crate::code_format::Format;
use crate::terminology::{Lookup, Terminology};

/// Longer values are no code of any system, but a device identifier may be.
const LONGEST: usize = 75;
/// How many values of a column are remembered with their formats.
const REMEMBERED: usize = 4096;
/// Formats that few other things have, by check digit or by a long shape, count from this share of
/// the values on, in thousandths; others from the second.
const STRONG_SHARE: u64 = 50;
const WEAK_SHARE: u64 = 800;

/// Codes with a check digit, or with a shape that nothing else has. One word in ten thousand
/// would pass by chance, or fewer; of ten digits one number in twenty is an NPI.
const STRONG: [Format; 7] = [
    Format::Npi,
    Format::Sctid,
    Format::Loinc,
    Format::Udi,
    Format::Dea,
    Format::Mbi,
    Format::Taxonomy,
];

/// Formats that are believed by their shape alone where nearly all values have it.
const SHAPED: [Format; 3] = [Format::Icd10Cm, Format::Ssn, Format::Phone];

/// Words in the names of columns (with their tables) that speak for a format.
fn hints(format: Format) -> (&'static str, &'static [&'static str]) {
    match format {
        Format::Npi => ("NPI", &["npi"]),
        Format::Sctid => ("SNOMED CT", &["snomed", "sct"]),
        Format::Loinc => ("LOINC", &["loinc"]),
        Format::Udi => ("UDI", &["udi"]),
        Format::Dea => ("DEA number", &["dea"]),
        Format::Mbi => ("Medicare beneficiary identifier", &["mbi", "medicare"]),
        Format::Clia => ("CLIA number", &["clia"]),
        Format::Taxonomy => ("Provider taxonomy", &["taxonomy"]),
        Format::Icd10Pcs => ("ICD-10-PCS", &["icd10pcs", "pcs"]),
        Format::Icd10Cm => ("ICD-10-CM", &["icd", "diag", "dx"]),
        Format::Icd9Cm => ("ICD-9-CM", &["icd", "diag", "dx"]),
        Format::Procedure => (
            "CPT or HCPCS",
            &["cpt", "hcpcs", "proccode", "procedurecode"],
        ),
        Format::Ndc => ("NDC", &["ndc"]),
        Format::Phone => ("Telephone number", &["phone", "fax", "mobile", "cell"]),
        Format::Ssn => ("Social security number", &["ssn", "socialsec"]),
        Format::Ein => ("Employer identification number", &["ein", "taxid", "tin"]),
        Format::Hicn => ("Health insurance claim number", &["hicn"]),
        Format::State => ("State", &["state"]),
        Format::Zip => ("ZIP code", &["zip", "postal"]),
        Format::Rxcui => (
            "RxNorm",
            &[
                "rxcui",
                "rxnorm",
                "medicationscode",
                "medcode",
                "allergiescode",
                "drugcode",
            ],
        ),
        Format::Cvx => (
            "CVX",
            &["cvx", "immunizationscode", "vaccinecode", "immcode"],
        ),
        Format::Mvx => ("MVX", &["mvx", "manufacturer"]),
        Format::Ucum => ("UCUM", &["unit", "uom"]),
        Format::Modifier => ("Procedure modifier", &["modifier"]),
        Format::RevenueCode => ("Revenue code", &["revenuecode", "revcode"]),
        Format::PlaceOfService => ("Place of service", &["placeofservicecode", "poscode"]),
        Format::TypeOfBill => ("Type of bill", &["typeofbill", "billtype"]),
    }
}

/// Formats that values have so far.
#[derive(Clone, Default)]
pub(super) struct Codes {
    counts: HashMap<Format, Counts, RandomState>,
    remembered: HashMap<u64, u32, RandomState>,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    all: u64,
    /// Of them those that no strong format has.
    alone: u64,
    known: u64,
    unknown: u64,
    retired: u64,
    looked_up: bool,
}

impl Codes {
    pub(super) fn add(&mut self, digest: u64, value: &str, terminology: Option<&Terminology>) {
        if value.len() > LONGEST {
            return;
        }
        let formats = match self.remembered.get(&digest) {
            Some(formats) => *formats,
            None => {
                let formats = formats_of(value);
                if self.remembered.len() < REMEMBERED {
                    self.remembered.insert(digest, formats);
                }
                formats
            }
        };
        if formats == 0 {
            return;
        }
        let strong = has_strong(formats);
        for (number, format) in Format::ALL.into_iter().enumerate() {
            if formats & (1 << number) == 0 {
                continue;
            }
            let counts = self.counts.entry(format).or_default();
            counts.all += 1;
            counts.alone += u64::from(!strong);
            if let Some(terminology) = terminology {
                counts.look_up(format, value, terminology);
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        for (format, counts) in &other.counts {
            let all = self.counts.entry(*format).or_default();
            all.all += counts.all;
            all.alone += counts.alone;
            all.known += counts.known;
            all.unknown += counts.unknown;
            all.retired += counts.retired;
            all.looked_up |= counts.looked_up;
        }
    }

    /// The code systems that `values` values of a column of this name may be of.
    pub(super) fn shares(&self, table: &str, column: &str, values: u64) -> Vec<CodeShare> {
        let name = squashed(column);
        let whole = squashed(table) + &name;
        let mut shares: Vec<CodeShare> = Format::ALL
            .into_iter()
            .filter_map(|format| {
                let counts = self.counts.get(&format)?;
                let (title, words) = hints(format);
                let named = words
                    .iter()
                    .any(|word| name.contains(word) || whole.ends_with(word));
                let strong = STRONG.contains(&format);
                let count = if strong { counts.all } else { counts.alone };
                let share = count * 1000 / values.max(1);
                let in_table = counts.looked_up && counts.known * 2 > counts.all;
                let evidence = if strong && (share >= STRONG_SHARE || named) {
                    CodeEvidence::CheckDigit
                } else if in_table && share >= STRONG_SHARE && !matches!(format, Format::Cvx) {
                    CodeEvidence::Table
                } else if named && share >= STRONG_SHARE {
                    CodeEvidence::NameAndShape
                } else if SHAPED.contains(&format) && share >= WEAK_SHARE {
                    CodeEvidence::Shape
                } else {
                    return None;
                };
                let system = format.systems().first().copied();
                let mut share = CodeShare::new(title, system, count, evidence);
                if counts.looked_up {
                    share.unknown = Some(counts.unknown);
                    share.retired = Some(counts.retired);
                }
                (count > 0).then_some(share)
            })
            .collect();
        // what most values are comes first; a check digit beats a name among equals
        shares.sort_by_key(|share| (std::cmp::Reverse(share.count), share.evidence));
        shares
    }
}

impl Counts {
    fn look_up(&mut self, format: Format, value: &str, terminology: &Terminology) {
        for system in format.systems() {
            match terminology.lookup(system, value) {
                Lookup::NoTable => continue,
                Lookup::Unknown => self.unknown += 1,
                Lookup::Known(concept) => {
                    self.known += 1;
                    self.retired += u64::from(is_retired(concept));
                }
            }
            self.looked_up = true;
        }
    }
}

fn is_retired(concept: crate::terminology::Concept<'_>) -> bool {
    use crate::terminology::Status;
    matches!(
        concept.status(),
        Some(Status::Deprecated | Status::Inactive | Status::Obsolete)
    )
}

/// A bit for each format that a value has.
fn formats_of(value: &str) -> u32 {
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let spaces = value.bytes().any(|byte| byte == b' ');
    let mut formats = 0;
    for (number, format) in Format::ALL.into_iter().enumerate() {
        let worth_trying = match format {
            Format::Phone => digits >= 7,
            Format::State => digits == 0 && value.len() == 2,
            Format::Ucum => value.len() <= 20 && !spaces && digits < value.len(),
            Format::Udi => value.len() >= 16,
            _ => !spaces,
        };
        if worth_trying && format.check(value).is_ok() {
            formats |= 1 << number;
        }
    }
    formats
}

fn has_strong(formats: u32) -> bool {
    Format::ALL
        .iter()
        .enumerate()
        .any(|(number, format)| formats & (1 << number) != 0 && STRONG.contains(format))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shares(
        table: &str,
        column: &str,
        values: &[&str],
    ) -> Vec<(&'static str, u64, CodeEvidence)> {
        let mut codes = Codes::default();
        for (number, value) in values.iter().enumerate() {
            codes.add(number as u64, value, None);
        }
        codes
            .shares(table, column, values.len() as u64)
            .into_iter()
            .map(|share| (share.name, share.count, share.evidence))
            .collect()
    }

    #[test]
    fn check_digits_tell_and_names_help() {
        assert_eq!(
            shares("problems", "CODE", &["73211009", "38341003", "44054006"]),
            [("SNOMED CT", 3, CodeEvidence::CheckDigit)]
        );
        assert_eq!(
            shares("allergies", "CODE", &["91936005", "1191", "2670"]),
            [
                ("RxNorm", 2, CodeEvidence::NameAndShape),
                ("SNOMED CT", 1, CodeEvidence::CheckDigit),
            ]
        );
        assert_eq!(
            shares("people", "ZIP", &["02081"]),
            [("ZIP code", 1, CodeEvidence::NameAndShape)]
        );
        assert_eq!(shares("visits", "NUMBER", &["1", "2", "3"]), []);
        let icd = shares("visits", "REASON", &["E11.9", "I10", "J45.909"]);
        assert_eq!(icd, [("ICD-10-CM", 3, CodeEvidence::Shape)]);
    }
}
