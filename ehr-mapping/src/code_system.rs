//! Code systems and identifier systems: object identifiers and the URIs that FHIR wants instead.
//!
//! ```
//! use ehr_mapping::code_system::{oid, system, uri};
//! assert_eq!(uri("2.16.840.1.113883.6.96"), Some("http://snomed.info/sct"));
//! assert_eq!(oid("http://loinc.org"), Some("2.16.840.1.113883.6.1"));
//! assert_eq!(system("1.2.3.4").as_deref(), Some("urn:oid:1.2.3.4"));
//! assert_eq!(system("LOCAL"), None);
//! ```

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// An OID and its canonical URI a line, after HL7 Terminology (THO).
const TABLE: &str = include_str!("code_system/oids.tsv");

static URIS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| rows().collect());
static OIDS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    // of several OIDs of one system the first is the common one
    let mut oids = HashMap::new();
    for (oid, uri) in rows() {
        oids.entry(uri).or_insert(oid);
    }
    oids
});

/// Where an OID of a retired edition or of a part of a system stands before the common one.
const COMMON: [(&str, &str); 2] = [
    (
        "http://hl7.org/fhir/sid/icd-9-cm",
        "2.16.840.1.113883.6.103",
    ),
    ("http://hl7.org/fhir/sid/cvx", "2.16.840.1.113883.12.292"),
];

/// The canonical URI of an OID, where there is one.
pub fn uri(oid: &str) -> Option<&'static str> {
    URIS.get(oid).copied()
}

/// The OID of a canonical URI, where there is one.
pub fn oid(uri: &str) -> Option<&'static str> {
    let common = COMMON.iter().find(|(known, _)| *known == uri);
    common
        .map(|(_, oid)| *oid)
        .or_else(|| OIDS.get(uri).copied())
}

/// The URI of whatever names a system: the canonical one of an OID, `urn:oid:` before an OID that
/// has none, `urn:uuid:` before a UUID, and a URI as it stands. `None` for any other text.
pub fn system(name: &str) -> Option<Cow<'_, str>> {
    let name = name.trim();
    let bare = name.strip_prefix("urn:oid:").unwrap_or(name);
    if is_oid(bare) {
        return Some(match uri(bare) {
            Some(uri) => Cow::Borrowed(uri),
            None => Cow::Owned(format!("urn:oid:{bare}")),
        });
    }
    let bare = name.strip_prefix("urn:uuid:").unwrap_or(name);
    if is_uuid(bare) {
        return Some(Cow::Owned(format!(
            "urn:uuid:{}",
            bare.to_ascii_lowercase()
        )));
    }
    is_uri(name).then_some(Cow::Borrowed(name))
}

/// Whether a text has the shape of an object identifier.
pub fn is_oid(text: &str) -> bool {
    text.contains('.')
        && text.starts_with(['0', '1', '2'])
        && text.split('.').all(|arc| {
            !arc.is_empty()
                && arc.bytes().all(|byte| byte.is_ascii_digit())
                && (arc.len() == 1 || !arc.starts_with('0'))
        })
}

/// Whether a text has the shape of a UUID.
pub fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn is_uri(text: &str) -> bool {
    let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
    matches!(
        scheme.to_ascii_lowercase().as_str(),
        "http" | "https" | "urn"
    ) && !text.contains(char::is_whitespace)
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sound() {
        let mut seen = std::collections::HashSet::new();
        for (oid, uri) in rows() {
            assert!(is_oid(oid), "{oid}");
            assert!(is_uri(uri), "{uri}");
            assert!(seen.insert(oid), "{oid} stands twice");
        }
        assert!(seen.len() > 900);
        for (uri, common) in COMMON {
            assert_eq!(super::uri(common), Some(uri));
        }
    }

    #[test]
    fn systems_of_us_practice() {
        for (oid, uri) in [
            ("2.16.840.1.113883.6.1", "http://loinc.org"),
            ("2.16.840.1.113883.6.96", "http://snomed.info/sct"),
            (
                "2.16.840.1.113883.6.88",
                "http://www.nlm.nih.gov/research/umls/rxnorm",
            ),
            (
                "2.16.840.1.113883.6.103",
                "http://hl7.org/fhir/sid/icd-9-cm",
            ),
            (
                "2.16.840.1.113883.6.90",
                "http://hl7.org/fhir/sid/icd-10-cm",
            ),
            (
                "2.16.840.1.113883.6.4",
                "http://www.cms.gov/Medicare/Coding/ICD10",
            ),
            ("2.16.840.1.113883.6.12", "http://www.ama-assn.org/go/cpt"),
            ("2.16.840.1.113883.12.292", "http://hl7.org/fhir/sid/cvx"),
            ("2.16.840.1.113883.6.69", "http://hl7.org/fhir/sid/ndc"),
            ("2.16.840.1.113883.4.6", "http://hl7.org/fhir/sid/us-npi"),
            ("2.16.840.1.113883.4.1", "http://hl7.org/fhir/sid/us-ssn"),
            (
                "2.16.840.1.113883.5.83",
                "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
            ),
        ] {
            assert_eq!(super::uri(oid), Some(uri));
            assert_eq!(super::oid(uri), Some(oid));
        }
    }

    #[test]
    fn what_names_a_system() {
        for (name, expected) in [
            (
                "2.16.840.1.113883.6.238",
                Some("urn:oid:2.16.840.1.113883.6.238"),
            ),
            ("urn:oid:2.16.840.1.113883.6.1", Some("http://loinc.org")),
            (
                "67265ED2-35BB-43F8-B9DE-91C5935625E0",
                Some("urn:uuid:67265ed2-35bb-43f8-b9de-91c5935625e0"),
            ),
            ("https://x.example/codes", Some("https://x.example/codes")),
            ("SNOMED CT", None),
            ("2", None),
            ("2.16.", None),
            ("2.016.1", None),
            ("", None),
        ] {
            assert_eq!(system(name).as_deref(), expected, "{name}");
        }
    }
}
