//! Names of code systems (table 0396) and the tables that fields are bound to, as URIs.

use std::collections::HashMap;
use std::sync::LazyLock;

const INTERPRETATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
const INTERPRETATION_V2: &str = "http://terminology.hl7.org/CodeSystem/v2-0078";

/// CDC's codes of race and ethnicity, as US Core knows them.
pub(super) const CDC_RACE: &str = "urn:oid:2.16.840.1.113883.6.238";

/// Codes that table 0078 and its successor in FHIR have in common.
const INTERPRETATIONS: &[&str] = &[
    "A", "AA", "B", "D", "DET", "EX", "H", "HH", "HU", "HX", "I", "IE", "IND", "L", "LL", "LU",
    "LX", "MS", "N", "ND", "NEG", "NR", "NS", "POS", "R", "RR", "S", "SDD", "SYN-R", "SYN-S", "U",
    "VS", "W", "WR", "<", ">",
];

/// Names of table 0396, and spellings that are as common, with their URIs.
const NAMES: &[(&str, &str)] = &[
    ("LN", "http://loinc.org"),
    ("LOINC", "http://loinc.org"),
    ("SCT", "http://snomed.info/sct"),
    ("SNOMED", "http://snomed.info/sct"),
    ("SNOMED-CT", "http://snomed.info/sct"),
    ("SNOMEDCT", "http://snomed.info/sct"),
    ("SCTUSX", "http://snomed.info/sct"),
    ("RXNORM", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    ("RXN", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    ("NDC", "http://hl7.org/fhir/sid/ndc"),
    ("NDFRT", "http://hl7.org/fhir/ndfrt"),
    ("MEDRT", "http://www.nlm.nih.gov/research/umls/medrt"),
    ("UNII", "http://fdasis.nlm.nih.gov"),
    ("CVX", "http://hl7.org/fhir/sid/cvx"),
    ("MVX", "http://terminology.hl7.org/CodeSystem/MVX"),
    ("I9", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("I9C", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("I9CDX", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("I9CM", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("ICD9CM", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("ICD-9-CM", "http://hl7.org/fhir/sid/icd-9-cm"),
    ("I9CP", "http://terminology.hl7.org/CodeSystem/icd9cm"),
    ("I10", "http://hl7.org/fhir/sid/icd-10"),
    ("I10C", "http://hl7.org/fhir/sid/icd-10-cm"),
    ("I10CM", "http://hl7.org/fhir/sid/icd-10-cm"),
    ("ICD10CM", "http://hl7.org/fhir/sid/icd-10-cm"),
    ("ICD-10-CM", "http://hl7.org/fhir/sid/icd-10-cm"),
    ("I10P", "http://www.cms.gov/Medicare/Coding/ICD10"),
    ("ICD10PCS", "http://www.cms.gov/Medicare/Coding/ICD10"),
    ("C4", "http://www.ama-assn.org/go/cpt"),
    ("CPT", "http://www.ama-assn.org/go/cpt"),
    ("CPT4", "http://www.ama-assn.org/go/cpt"),
    ("PCV4", "http://www.ama-assn.org/go/cpt"),
    (
        "HCPCS",
        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    ),
    (
        "HCS",
        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
    ),
    ("CDCREC", CDC_RACE),
    ("NUCC", "http://nucc.org/provider-taxonomy"),
    ("UCUM", "http://unitsofmeasure.org"),
    ("NCIT", "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"),
    ("NCI", "http://ncicb.nci.nih.gov/xml/owl/EVS/Thesaurus.owl"),
    ("MDR", "https://www.meddra.org"),
    ("DCM", "http://dicom.nema.org/resources/ontology/DCM"),
    ("ISO3166_1", "urn:iso:std:iso:3166"),
    ("ISO639", "urn:ietf:bcp:47"),
    (
        "POS",
        "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set",
    ),
    ("NIP001", "http://terminology.hl7.org/CodeSystem/v2-NIP001"),
    ("NIP002", "http://terminology.hl7.org/CodeSystem/v2-NIP002"),
    ("CDCPHINVS", "http://phinvads.cdc.gov"),
];

/// Fields whose codes are those of a table of HL7, and the number of the table. Tables that each
/// site fills itself are not here: their codes stay without a system.
const FIELDS: &[(&str, &str)] = &[
    ("PID-16", "0002"),
    ("PID-17", "0006"),
    ("NK1-14", "0002"),
    ("NK1-7", "0131"),
    ("NK1-3", "0063"),
    ("GT1-11", "0063"),
    ("IN1-17", "0063"),
    ("IN2-72", "0063"),
    ("PV1-2", "0004"),
    ("PV1-4", "0007"),
    ("PV2-25", "0217"),
    ("DG1-6", "0052"),
    ("AL1-2", "0127"),
    ("AL1-4", "0128"),
    ("IAM-2", "0127"),
    ("IAM-4", "0128"),
    ("IAM-9", "0436"),
    ("IAM-17", "0438"),
    ("PR1-6", "0230"),
    ("OBR-11", "0065"),
    ("OBR-24", "0074"),
    ("OBX-8", "0078"),
    ("OBR-49", "0507"),
    ("RXR-1", "0162"),
    ("RXR-2", "0163"),
    ("RXR-4", "0165"),
    ("RXE-9", "0167"),
    ("RXE-21", "0477"),
    ("RXO-9", "0161"),
    ("RXD-11", "0167"),
    ("RXA-20", "0322"),
    ("SPM-4", "0487"),
    ("SPM-5", "0541"),
    ("SPM-6", "0371"),
    ("SPM-7", "0488"),
    ("SPM-11", "0369"),
    ("SPM-15", "0376"),
    ("SPM-24", "0493"),
    ("TXA-2", "0270"),
    ("TXA-18", "0272"),
    ("RF1-3", "0281"),
    ("RF1-4", "0282"),
    ("RF1-5", "0284"),
    ("RF1-10", "0336"),
    ("PRD-1", "0286"),
    ("CTD-1", "0131"),
    ("ROL-3", "0443"),
    ("FT1-6", "0017"),
    ("ORC-29", "0482"),
    ("TQ1-9", "0485"),
    ("OBR-5", "0485"),
    ("PD1-11", "0215"),
    ("PD1-16", "0441"),
    ("ARV-3", "0717"),
    ("ARV-4", "0719"),
];

static BY_NAME: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| NAMES.iter().copied().collect());
static BY_FIELD: LazyLock<HashMap<&str, String>> = LazyLock::new(|| {
    let fields = FIELDS.iter();
    fields
        .map(|(field, table)| (*field, table_uri(table)))
        .collect()
});

/// The URI of a code system by its name: that of table 0396, of an HL7 table (`HL70001`), of an OID.
/// Every other name, `L` and `99xyz` among them, is one of the source's own.
pub(super) fn uri(name: &str, own: &str) -> String {
    let name = name.trim();
    let upper = name.to_ascii_uppercase();
    if let Some(uri) = BY_NAME.get(upper.as_str()) {
        return (*uri).to_owned();
    }
    let table = upper.strip_prefix("HL7");
    if let Some(table) = table.filter(|table| is_table(table)) {
        return table_uri(table);
    }
    if let Some(uri) = crate::code_system::system(name) {
        return uri.into_owned();
    }
    local(own, "code-system", name)
}

/// The URI of the table that the standard binds to a field.
pub(super) fn of_field(field: &str, code: &str) -> Option<&'static str> {
    if field == "OBX-8" && INTERPRETATIONS.contains(&code) {
        return Some(INTERPRETATION);
    }
    BY_FIELD.get(field).map(String::as_str)
}

/// The system that FHIR knows the code by, where that is another one.
pub(super) fn canonical<'u>(uri: &'u str, code: &str) -> &'u str {
    if uri == INTERPRETATION_V2 && INTERPRETATIONS.contains(&code) {
        return INTERPRETATION;
    }
    // race and ethnicity have two tables of user-defined codes, which HL7 fills from CDC's
    let race = "http://terminology.hl7.org/CodeSystem/v2-0005";
    if uri == race && is_cdc_race(code) {
        return CDC_RACE;
    }
    uri
}

/// Whether a code has the shape of CDC's codes of race and ethnicity: `2106-3`.
pub(super) fn is_cdc_race(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 6
        && bytes[4] == b'-'
        && bytes
            .iter()
            .enumerate()
            .all(|(at, byte)| at == 4 || byte.is_ascii_digit())
}

/// A system of the source's own.
pub(super) fn local(own: &str, what: &str, name: &str) -> String {
    let mut out = self::own(own, what);
    out.push(separator(&out));
    for byte in name.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' => out.push(byte as char),
            _ => {
                use std::fmt::Write as _;
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

/// All that the source has of a sort.
pub(super) fn own(own: &str, what: &str) -> String {
    let part = separator(own);
    format!("{}{part}{what}", own.trim_end_matches(part))
}

/// What stands behind a URN is parted by colons.
fn separator(uri: &str) -> char {
    if uri.starts_with("urn:") { ':' } else { '/' }
}

fn is_table(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn table_uri(table: &str) -> String {
    // the table of races points at CDC's codes; see `canonical`
    format!("http://terminology.hl7.org/CodeSystem/v2-{table}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tables_and_own_systems() {
        let own = "https://legacy.example/harbor";
        for (name, expected) in [
            ("LN", "http://loinc.org"),
            ("sct", "http://snomed.info/sct"),
            ("HL70070", "http://terminology.hl7.org/CodeSystem/v2-0070"),
            (
                "HL7nnnn",
                "https://legacy.example/harbor/code-system/HL7nnnn",
            ),
            (
                "2.16.840.1.113883.6.90",
                "http://hl7.org/fhir/sid/icd-10-cm",
            ),
            ("99LAB", "https://legacy.example/harbor/code-system/99LAB"),
            ("L", "https://legacy.example/harbor/code-system/L"),
            (
                "Our codes",
                "https://legacy.example/harbor/code-system/Our%20codes",
            ),
        ] {
            assert_eq!(uri(name, own), expected, "{name}");
        }
        assert_eq!(
            local("urn:hl7-org:v2", "id", "MRN"),
            "urn:hl7-org:v2:id:MRN"
        );
        assert_eq!(of_field("OBX-8", "HH"), Some(INTERPRETATION));
        assert_eq!(of_field("OBX-8", "odd"), Some(INTERPRETATION_V2));
        assert_eq!(of_field("ZZZ-1", "x"), None);
    }
}
