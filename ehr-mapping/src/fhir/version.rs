//! Which release of FHIR a resource is written in.
//!
//! A resource does not say so itself, and those of other releases look like R4 until an element
//! means something else: `Immunization.notGiven` of STU3 turns a refusal into a vaccination for
//! whoever passes over it. So each is held against what only another release can have written:
//! its type, its elements, their datatypes, and the release in its profiles. A resource without
//! such a trace (a plain STU3 Patient) reads the same in R4.

mod tells;

#[cfg(test)]
mod tests;

use ehr_model::issue::IssueCode;
use ehr_model::source::{NameId, NodeId, SourceRecord};

use super::reason::{FHIR_VERSION_DSTU2, FHIR_VERSION_R5, FHIR_VERSION_STU3};
use tells::{MEMBERS, PATHS, TYPES};

/// A set of releases, one bit each.
type Releases = u8;

const DSTU2: Releases = 1;
const STU3: Releases = 2;
const R5: Releases = 4;

/// The reason to refuse a resource of another release than R4 (and R4B).
pub(super) fn foreign_release(record: &SourceRecord<'_>) -> Option<IssueCode> {
    let mut evidence = Evidence(None);
    let names = record.names();
    let id = |name| names.find(name);
    let of_type = id("resourceType")
        .and_then(|name| children(record, NodeId::ROOT, name).next())
        .and_then(|node| record.expose(node))
        .unwrap_or_default();

    for (releases, types) in TYPES {
        if types.contains(&of_type) {
            evidence.add(*releases);
        }
    }
    if let Some((_, members)) = MEMBERS.iter().find(|(name, _)| *name == of_type) {
        let mut before = None;
        for node in record.children(NodeId::ROOT) {
            let name = record.name(node);
            if before.replace(name) == Some(name) {
                continue;
            }
            let name = &**names.name(name);
            for (releases, tells) in *members {
                if tells.contains(&name) {
                    evidence.add(*releases);
                }
            }
        }
    }
    if let Some((_, paths)) = PATHS.iter().find(|(name, _)| *name == of_type) {
        for (releases, path) in *paths {
            let (path, value) = match path.strip_suffix('=') {
                Some(path) => (path, true),
                None => (*path, false),
            };
            if leads_somewhere(record, NodeId::ROOT, path, value) {
                evidence.add(*releases);
            }
        }
    }
    if let (Some(meta), Some(profile)) = (id("meta"), id("profile")) {
        for meta in children(record, NodeId::ROOT, meta) {
            for profile in children(record, meta, profile) {
                let url = record.expose(profile).unwrap_or_default();
                evidence.add_some(release_of_profile(url, of_type));
            }
        }
    }
    if let Some(version) = id("fhirVersion") {
        for version in children(record, NodeId::ROOT, version) {
            let version = record.expose(version).unwrap_or_default();
            evidence.add_some(release_of_version(version));
        }
    }
    evidence.reason()
}

/// What the traces have in common, once there is one.
struct Evidence(Option<Releases>);

impl Evidence {
    fn add(&mut self, releases: Releases) {
        let common = self.0.map_or(releases, |known| known & releases);
        if common != 0 {
            self.0 = Some(common);
        }
    }

    fn add_some(&mut self, releases: Option<Releases>) {
        if let Some(releases) = releases {
            self.add(releases);
        }
    }

    /// Where DSTU2 and STU3 are both possible, STU3 is the likelier: fewer wrote DSTU2.
    fn reason(self) -> Option<IssueCode> {
        let releases = self.0?;
        Some(match releases {
            _ if releases & STU3 != 0 => FHIR_VERSION_STU3,
            _ if releases & DSTU2 != 0 => FHIR_VERSION_DSTU2,
            _ => FHIR_VERSION_R5,
        })
    }
}

fn children<'r>(
    record: &'r SourceRecord<'_>,
    parent: NodeId,
    name: NameId,
) -> impl Iterator<Item = NodeId> + 'r {
    let children = record.children(parent);
    children.filter(move |child| record.name(*child) == name)
}

fn leads_somewhere(record: &SourceRecord<'_>, from: NodeId, path: &str, value: bool) -> bool {
    let (first, rest) = match path.split_once('/') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let Some(first) = record.names().find(first) else {
        return false;
    };
    children(record, from, first).any(|node| match rest {
        Some(rest) => leads_somewhere(record, node, rest, value),
        None => !value || record.expose(node).is_some(),
    })
}

/// The release that the address of a profile names.
///
/// `http://hl7.org/fhir/5.0/StructureDefinition/Patient` is a Patient of R5, but
/// `…/5.0/StructureDefinition/profile-Patient` describes its elements for use in R4.
fn release_of_profile(url: &str, of_type: &str) -> Option<Releases> {
    let (url, version) = match url.split_once('|') {
        Some((url, version)) => (url, Some(version)),
        None => (url, None),
    };
    if url.starts_with("http://fhir.org/guides/argonaut/") {
        return Some(DSTU2);
    }
    let base = url.strip_prefix("http://hl7.org/fhir/")?;
    if let Some(of_base) = base.strip_prefix("StructureDefinition/") {
        // only the base types carry the version of FHIR itself
        return match of_base == of_type {
            true => release_of_version(version?),
            false => of_base.starts_with("daf-").then_some(DSTU2),
        };
    }
    let (release, of_base) = base.split_once("/StructureDefinition/")?;
    (of_base == of_type).then(|| release_of_version(release))?
}

fn release_of_version(version: &str) -> Option<Releases> {
    let mut parts = version.split('.');
    match (parts.next()?, parts.next()) {
        ("0" | "1", Some(_)) => Some(DSTU2),
        ("3", Some("0")) => Some(STU3),
        ("5", Some(_)) => Some(R5),
        _ => None,
    }
}
