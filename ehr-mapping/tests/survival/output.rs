//! What a FHIR resource says: its values, and the spellings under which those of a source are
//! looked for.

use std::collections::HashSet;

use base64::Engine as _;
use ehr_model::record::{Record, RecordId};
use serde_json::value::RawValue;

use super::{fhir, support};

/// The values of one record of the output.
#[derive(Default)]
pub(crate) struct Said {
    values: HashSet<String>,
    /// What is written in several words or parts.
    long: Vec<String>,
    /// What an organization or a place is called.
    pub(crate) name: Option<String>,
    /// The ids of the records that it refers to.
    pub(crate) references: HashSet<RecordId>,
}

impl Said {
    pub(crate) fn by(record: &Record) -> Self {
        let mut said = Self::default();
        let line = support::line(record);
        let raw: &RawValue = serde_json::from_str(&line).expect("JSON");
        fhir::leaves(raw, "", &mut |path, text| {
            if path.ends_with("/reference")
                && let Some((_, id)) = text.rsplit_once('/')
                && let Ok(id) = id.parse::<uuid::Uuid>()
            {
                said.references.insert(RecordId::from(id));
            }
            if path == "/name" {
                said.name = Some(text.clone());
            }
            if path.ends_with("/data")
                && let Ok(bytes) = base64::engine::general_purpose::STANDARD.decode(&text)
            {
                said.long
                    .push(single_spaced(&String::from_utf8_lossy(&bytes)));
            }
            if text.contains(|c: char| !c.is_alphanumeric()) {
                let mut long = single_spaced(&text).replace("%20", " ").replace("%2B", "+");
                if long.starts_with("urn:") {
                    long.make_ascii_lowercase();
                }
                said.long.push(long);
            }
            if path.ends_with("/code") && text.contains('.') {
                said.values.insert(text.replace('.', "")); // X12 writes no point in codes
            }
            said.values.insert(spelled(&text));
        });
        said
    }

    /// Whether a value of a source is there in one of its spellings.
    pub(crate) fn has(&self, text: &str) -> bool {
        let has = |text: &str| spellings(text).iter().any(|one| self.values.contains(one));
        // X12 writes a period as one value
        let period = text.split_once('-').filter(|(from, to)| {
            let day = |text: &str| text.len() == 8 && text.bytes().all(|one| one.is_ascii_digit());
            day(from) && day(to)
        });
        has(text) || period.is_some_and(|(from, to)| has(from) && has(to))
    }

    /// Whether a value of a source is a part of a longer one.
    pub(crate) fn has_within(&self, text: &str) -> bool {
        let text = single_spaced(text);
        let ends = |before: Option<char>, inside: Option<char>| {
            let word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
            !(word(before) && word(inside))
        };
        let lower = text.to_ascii_lowercase();
        self.long.iter().any(|long| {
            // the registries of URNs are kept in lower case
            let text = if long.starts_with("urn:") {
                &lower
            } else {
                &text
            };
            long.match_indices(text.as_str()).any(|(at, _)| {
                ends(long[..at].chars().next_back(), text.chars().next())
                    && ends(
                        long[at + text.len()..].chars().next(),
                        text.chars().next_back(),
                    )
            })
        })
    }

    /// Whether a word of the output is there; of a URN its beginning is enough.
    pub(crate) fn has_word(&self, word: &str) -> bool {
        self.values.contains(&spelled(word)) || word.starts_with("urn:") && self.has_within(word)
    }

    /// Whether the day of a point in time is there.
    pub(crate) fn has_day(&self, text: &str) -> bool {
        text.len() > 8 && text.get(..8).is_some_and(|day| self.has(day))
    }

    /// Whether a value has these digits, whatever stands between them.
    pub(crate) fn has_digits(&self, digits: &str) -> bool {
        if digits.len() < 3 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return false;
        }
        let only = |text: &str| {
            text.chars()
                .filter(char::is_ascii_digit)
                .collect::<String>()
        };
        self.long.iter().any(|long| only(long).contains(digits))
    }
}

/// How a value of the output is kept: white space single, dates by their digits.
fn spelled(text: &str) -> String {
    if let Some(date) = date_of_fhir(text) {
        return date;
    }
    single_spaced(text)
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `2012-08-06T11:00:00-05:00` as `20120806110000-0500`.
fn date_of_fhir(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let year = bytes.len() >= 4 && bytes[..4].iter().all(u8::is_ascii_digit);
    let shape = bytes.get(4).is_none_or(|byte| *byte == b'-')
        && bytes.get(7).is_none_or(|byte| *byte == b'-')
        && bytes.get(10).is_none_or(|byte| *byte == b'T');
    if !year
        || !shape
        || bytes
            .iter()
            .any(|byte| byte.is_ascii_alphabetic() && !b"TZ".contains(byte))
    {
        return None;
    }
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let mut digits: String = date.replace('-', "");
    if digits.bytes().any(|byte| !byte.is_ascii_digit()) {
        return None;
    }
    let (time, offset) = match time.find(['+', '-', 'Z']) {
        Some(at) => time.split_at(at),
        None => (time, ""),
    };
    digits += &time.replace(':', "");
    digits += &match offset {
        "Z" | "-00:00" => "+0000".to_owned(),
        offset => offset.replace(':', ""),
    };
    Some(digits)
}

/// A value of a source in the spellings that the output may have for it.
fn spellings(text: &str) -> Vec<String> {
    let text = single_spaced(text);
    let mut all = vec![text.clone(), spelled(&text)];
    // a base64 document without its line ends
    all.push(text.replace(' ', ""));
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits == 6 && text.len() == 6 {
        all.push(format!("{}:{}:{}", &text[..2], &text[2..4], &text[4..])); // a time of day
    }
    let rest = &text[digits..];
    let offset = rest.trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    if digits >= 4 && (offset.is_empty() || offset.starts_with(['+', '-'])) {
        let (date, fraction) = (&text[..digits], &rest[..rest.len() - offset.len()]);
        // a time of FHIR has seconds and an offset, or is none
        let nothing = fraction
            .trim_start_matches('.')
            .bytes()
            .all(|byte| byte == b'0');
        let offset = if offset == "-0000" { "+0000" } else { offset };
        let mut dates = vec![format!("{date}{fraction}{offset}")];
        if nothing {
            dates.push(format!("{date}{offset}"));
        }
        if digits == 12 {
            dates.push(format!("{date}00{offset}"));
        }
        all.extend(dates);
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.') {
        all.push(format!("urn:oid:{text}"));
        all.extend(
            SYSTEMS
                .iter()
                .filter(|(oid, _)| *oid == text)
                .map(|(_, uri)| (*uri).to_owned()),
        );
    }
    all.extend(
        NAMED
            .iter()
            .filter(|(name, _)| *name == text)
            .map(|(_, uri)| (*uri).to_owned()),
    );
    if let Some(table) = text.strip_prefix("HL7").filter(|table| table.len() == 4) {
        all.push(format!("http://terminology.hl7.org/CodeSystem/v2-{table}"));
    }
    if text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4 {
        all.push(format!("urn:uuid:{}", text.to_ascii_lowercase()));
    }
    if let Some(number) = ["tel:", "TEL:", "mailto:", "fax:"]
        .iter()
        .find_map(|way| text.strip_prefix(way))
    {
        all.push(number.trim().to_owned()); // the way stands in ContactPoint.system
    }
    // numbers without a needless sign or with the zero that JSON wants
    let number = text.strip_prefix('+').unwrap_or(&text);
    all.push(number.to_owned());
    all.push(format!("0{number}"));
    all
}

/// Code systems by the names that HL7 v2 has for them.
const NAMED: &[(&str, &str)] = &[
    ("LN", "http://loinc.org"),
    ("SCT", "http://snomed.info/sct"),
    ("NDC", "http://hl7.org/fhir/sid/ndc"),
    ("UCUM", "http://unitsofmeasure.org"),
    ("I9", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("I9C", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("I10", "http://hl7.org/fhir/sid/icd-10"),
    ("I10C", "http://hl7.org/fhir/sid/icd-10-cm"),
    ("CVX", "http://hl7.org/fhir/sid/cvx"),
    ("MVX", "http://hl7.org/fhir/sid/mvx"),
    ("C4", "http://www.ama-assn.org/go/cpt"),
    ("RXNORM", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    ("DCM", "http://dicom.nema.org/resources/ontology/DCM"),
    ("PCV4", "http://www.ama-assn.org/go/cpt"),
    ("ISO3166_1", "urn:iso:std:iso:3166"),
    ("CDCPHINVS", "http://phinvads.cdc.gov"),
    ("SNOMED", "http://snomed.info/sct"),
    ("CDCREC", "urn:oid:2.16.840.1.113883.6.238"),
    ("NCIT", "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"),
];

/// Code systems that FHIR knows by another name than their OID.
const SYSTEMS: &[(&str, &str)] = &[
    ("2.16.840.1.113883.6.96", "http://snomed.info/sct"),
    ("2.16.840.1.113883.6.1", "http://loinc.org"),
    (
        "2.16.840.1.113883.6.88",
        "http://www.nlm.nih.gov/research/umls/rxnorm",
    ),
    (
        "2.16.840.1.113883.6.90",
        "http://hl7.org/fhir/sid/icd-10-cm",
    ),
    (
        "2.16.840.1.113883.6.103",
        "http://hl7.org/fhir/sid/icd-9-cm",
    ),
    (
        "2.16.840.1.113883.6.4",
        "http://www.cms.gov/Medicare/Coding/ICD10",
    ),
    ("2.16.840.1.113883.6.12", "http://www.ama-assn.org/go/cpt"),
    ("2.16.840.1.113883.12.292", "http://hl7.org/fhir/sid/cvx"),
    ("2.16.840.1.113883.6.59", "http://hl7.org/fhir/sid/cvx"),
    ("2.16.840.1.113883.6.69", "http://hl7.org/fhir/sid/ndc"),
    ("2.16.840.1.113883.4.6", "http://hl7.org/fhir/sid/us-npi"),
    ("2.16.840.1.113883.4.1", "http://hl7.org/fhir/sid/us-ssn"),
    (
        "2.16.840.1.113883.6.101",
        "http://nucc.org/provider-taxonomy",
    ),
    ("2.16.840.1.113883.4.9", "http://fdasis.nlm.nih.gov"),
    (
        "2.16.840.1.113883.3.26.1.1",
        "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl",
    ),
    ("2.16.840.1.113883.6.8", "http://unitsofmeasure.org"),
    ("2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10"),
    (
        "2.16.840.1.113883.6.104",
        "http://hl7.org/fhir/sid/icd-9-cm",
    ),
    (
        "2.16.840.1.113883.12.443",
        "http://terminology.hl7.org/CodeSystem/v2-0443",
    ),
    (
        "1.2.840.10008.2.16.4",
        "http://dicom.nema.org/resources/ontology/DCM",
    ),
    (
        "2.16.840.1.113883.5.1",
        "http://terminology.hl7.org/CodeSystem/v3-AdministrativeGender",
    ),
    (
        "2.16.840.1.113883.5.2",
        "http://terminology.hl7.org/CodeSystem/v3-MaritalStatus",
    ),
    (
        "2.16.840.1.113883.5.4",
        "http://terminology.hl7.org/CodeSystem/v3-ActCode",
    ),
    (
        "2.16.840.1.113883.5.6",
        "http://terminology.hl7.org/CodeSystem/v3-ActClass",
    ),
    (
        "2.16.840.1.113883.5.25",
        "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
    ),
    (
        "2.16.840.1.113883.5.60",
        "http://terminology.hl7.org/CodeSystem/v3-LanguageAbilityMode",
    ),
    (
        "2.16.840.1.113883.5.61",
        "http://terminology.hl7.org/CodeSystem/v3-LanguageAbilityProficiency",
    ),
    (
        "2.16.840.1.113883.5.83",
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
    ),
    (
        "2.16.840.1.113883.5.85",
        "http://terminology.hl7.org/CodeSystem/v3-orderableDrugForm",
    ),
    (
        "2.16.840.1.113883.5.88",
        "http://terminology.hl7.org/CodeSystem/v3-ParticipationFunction",
    ),
    (
        "2.16.840.1.113883.5.110",
        "http://terminology.hl7.org/CodeSystem/v3-RoleClass",
    ),
    (
        "2.16.840.1.113883.5.111",
        "http://terminology.hl7.org/CodeSystem/v3-RoleCode",
    ),
    (
        "2.16.840.1.113883.5.112",
        "http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration",
    ),
    (
        "2.16.840.1.113883.6.259",
        "https://www.cdc.gov/nhsn/cdaportal/terminology/codesystem/hsloc.html",
    ),
    ("2.16.840.1.113883.6.42", "http://hl7.org/fhir/sid/icd-9"),
    ("2.16.840.1.113883.6.2", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("2.16.840.1.113883.6.13", "http://www.ada.org/cdt"),
    ("2.16.840.1.113883.3.221.5", "https://nahdo.org/sopt"),
    (
        "2.16.840.1.113883.5.8",
        "http://terminology.hl7.org/CodeSystem/v3-ActReason",
    ),
    (
        "2.16.840.1.113883.5.140",
        "http://terminology.hl7.org/CodeSystem/v3-TribalEntityUS",
    ),
    (
        "2.16.840.1.113883.5.1008",
        "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
    ),
    (
        "2.16.840.1.113883.5.1063",
        "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
    ),
    (
        "2.16.840.1.114222.4.5.327",
        "http://terminology.hl7.org/CodeSystem/PHOccupationalDataForHealthODH",
    ),
    (
        "2.16.840.1.113883.5.1076",
        "http://terminology.hl7.org/CodeSystem/v3-ReligiousAffiliation",
    ),
];
