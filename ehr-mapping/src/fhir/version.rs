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

use std::collections::HashMap;
use std::sync::OnceLock;

use ehr_model::issue::IssueCode;
use ehr_model::source::{NodeId, SourceRecord};

use super::reason::{FHIR_VERSION_DSTU2, FHIR_VERSION_R5, FHIR_VERSION_STU3};
use tells::{Known, MEMBERS, PATHS, TYPES};

/// A set of releases, one bit each.
type Releases = u8;

const DSTU2: Releases = 1;
const STU3: Releases = 2;
const R5: Releases = 4;

/// The reason to refuse a resource of another release than R4 (and R4B).
pub(super) fn foreign_release(record: &SourceRecord<'_>) -> Option<IssueCode> {
    let mut evidence = Evidence(None);
    let names = record.names();
    let of_type = record
        .children(NodeId::ROOT)
        .find(|node| &**names.name(record.name(*node)) == "resourceType")
        .and_then(|node| record.expose(node))
        .unwrap_or_default();
    let traces = traces_of(of_type);
    for releases in traces.of_type {
        evidence.add(*releases);
    }
    let mut before = None;
    for node in record.children(NodeId::ROOT) {
        let id = record.name(node);
        let repeated = before.replace(id) == Some(id);
        let name = &**names.name(id);
        match name {
            "meta" => {
                for profile in children(record, node, "profile") {
                    let url = record.expose(profile).unwrap_or_default();
                    evidence.add_some(release_of_profile(url, of_type));
                }
            }
            "fhirVersion" => {
                let version = record.expose(node).unwrap_or_default();
                evidence.add_some(release_of_version(version));
            }
            _ => {}
        }
        if !traces.may_hold(name) {
            continue;
        }
        if !repeated {
            for (releases, members) in traces.members {
                if members.contains(&name) {
                    evidence.add(*releases);
                }
            }
        }
        for (releases, path) in traces.paths {
            let (path, value) = match path.strip_suffix('=') {
                Some(path) => (path, true),
                None => (*path, false),
            };
            let rest = path.strip_prefix(name).map(|rest| rest.strip_prefix('/'));
            match rest {
                Some(Some(rest)) if leads_somewhere(record, node, rest) => evidence.add(*releases),
                Some(None) if path == name && (!value || record.expose(node).is_some()) => {
                    evidence.add(*releases);
                }
                _ => {}
            }
        }
    }
    evidence.reason()
}

/// What may betray a resource of some type.
#[derive(Clone, Copy, Default)]
struct Traces {
    of_type: &'static [Releases],
    members: &'static [Known],
    paths: &'static [(Releases, &'static str)],
    /// One bit for each kind of name that is among them; most names are told apart by it.
    mask: u128,
}

impl Traces {
    fn may_hold(&self, name: &str) -> bool {
        self.mask & bit(name) != 0
    }
}

fn bit(name: &str) -> u128 {
    let bytes = name.as_bytes();
    let first = bytes.first().copied().unwrap_or_default();
    let last = bytes.last().copied().unwrap_or_default();
    let hash = bytes.len() * 5 + usize::from(first) * 7 + usize::from(last);
    1 << (hash % 128)
}

/// The tables by type, made once.
fn traces_of(of_type: &str) -> Traces {
    static TRACES: OnceLock<HashMap<&'static str, Traces>> = OnceLock::new();
    let all = TRACES.get_or_init(|| {
        let mut all: HashMap<&'static str, Traces> = HashMap::new();
        for (releases, types) in TYPES {
            for of_type in *types {
                all.entry(of_type).or_default().of_type = std::slice::from_ref(releases);
            }
        }
        for (of_type, members) in MEMBERS {
            let traces = all.entry(of_type).or_default();
            traces.members = members;
            for name in members.iter().flat_map(|(_, names)| *names) {
                traces.mask |= bit(name);
            }
        }
        for (of_type, paths) in PATHS {
            let traces = all.entry(of_type).or_default();
            traces.paths = paths;
            for (_, path) in *paths {
                let end = path.find(['/', '=']).unwrap_or(path.len());
                traces.mask |= bit(&path[..end]);
            }
        }
        all
    });
    all.get(of_type).copied().unwrap_or_default()
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
    name: &'r str,
) -> impl Iterator<Item = NodeId> + 'r {
    let children = record.children(parent);
    children.filter(move |child| &**record.names().name(record.name(*child)) == name)
}

fn leads_somewhere(record: &SourceRecord<'_>, from: NodeId, path: &str) -> bool {
    let (first, rest) = match path.split_once('/') {
        Some((first, rest)) => (first, Some(rest)),
        None => (path, None),
    };
    let mut found = children(record, from, first);
    found.any(|node| rest.is_none_or(|rest| leads_somewhere(record, node, rest)))
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
