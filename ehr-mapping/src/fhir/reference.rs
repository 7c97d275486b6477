//! What a reference means, and the key under which a resource is meant.

use std::borrow::Cow;
use std::fmt;

use ehr_model::source::{NodeId, SourceRecord};

/// The value of `Reference.reference`, by its form. `Debug` shows the form only.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reference<'r> {
    /// A resource by its type and id: `Patient/123`, alone or at the end of an address.
    Resource {
        /// The type.
        resource_type: &'r str,
        /// The id.
        id: &'r str,
        /// The address of the server before the type, without the slash.
        base: Option<&'r str>,
        /// The version after `/_history/`.
        version: Option<&'r str>,
    },
    /// The `fullUrl` of an entry: `urn:uuid:…` or `urn:oid:…`.
    Urn(&'r str),
    /// The id of a resource that is contained in the same one; empty for the resource itself.
    Contained(&'r str),
    /// A search (`Practitioner?identifier=…`) or anything else that names no resource by itself.
    Unresolvable,
}

impl<'r> Reference<'r> {
    /// The key under which the resource is meant: `Type/id` or the URN.
    ///
    /// Two servers in one source would share keys; FHIR exports come from one. UUIDs are written
    /// in lower case, as they are compared without regard to it.
    pub fn key(&self) -> Option<Cow<'r, str>> {
        match self {
            Self::Resource {
                resource_type, id, ..
            } => Some(Cow::Owned(typed_key(resource_type, id))),
            Self::Urn(urn) if urn.bytes().any(|byte| byte.is_ascii_uppercase()) => {
                Some(Cow::Owned(urn.to_ascii_lowercase()))
            }
            Self::Urn(urn) => Some(Cow::Borrowed(urn)),
            Self::Contained(_) | Self::Unresolvable => None,
        }
    }
}

/// Tells what a reference means by its form.
///
/// ```
/// use ehr_mapping::fhir::{Reference, normalise};
/// let Reference::Resource { resource_type, id, base, .. } =
///     normalise("https://ehr.example/r4/Patient/p1/_history/3") else { panic!() };
/// assert_eq!((resource_type, id, base), ("Patient", "p1", Some("https://ehr.example/r4")));
/// assert_eq!(normalise("#med1"), Reference::Contained("med1"));
/// ```
pub fn normalise(reference: &str) -> Reference<'_> {
    if let Some(id) = reference.strip_prefix('#') {
        return Reference::Contained(id);
    }
    let is = |scheme: &str| {
        let start = reference.as_bytes().get(..scheme.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes()))
    };
    if is("urn:") {
        let known = ["urn:uuid:", "urn:oid:"]
            .into_iter()
            .any(|scheme| is(scheme) && reference.len() > scheme.len());
        return match known && is_plain(reference) {
            true => Reference::Urn(reference),
            false => Reference::Unresolvable,
        };
    }
    if !is_plain(reference) {
        return Reference::Unresolvable;
    }
    // hardly any reference has a version, and a byte is found faster than a word
    let marked = memchr::memchr(b'_', reference.as_bytes()).is_some();
    let history = marked
        .then(|| reference.rsplit_once("/_history/"))
        .flatten();
    let (path, version) = match history {
        Some((path, version)) if !version.is_empty() && !version.contains('/') => {
            (path, Some(version))
        }
        Some(_) => return Reference::Unresolvable,
        None => (reference, None),
    };
    let Some((before, id)) = path.rsplit_once('/') else {
        return Reference::Unresolvable;
    };
    let (base, resource_type) = match before.rsplit_once('/') {
        Some((base, resource_type)) => (Some(base), resource_type),
        None => (None, before),
    };
    let absolute = base.is_none_or(|base| {
        ["http://", "https://"]
            .into_iter()
            .any(|scheme| is(scheme) && base.len() > scheme.len())
    });
    if !absolute || id.is_empty() || !is_type(resource_type) {
        return Reference::Unresolvable;
    }
    Reference::Resource {
        resource_type,
        id,
        base,
        version,
    }
}

/// The key under which other resources of its source refer to this one: `Type/id`.
///
/// The `fullUrl` of an entry comes before its id if it is a URN, and `urn:uuid:0a1b` of a Patient is
/// `Patient/0a1b`: UUIDs mean the same everywhere, and servers take them as ids. Where a Bundle
/// refers to a resource by another of its keys, its [`Index`](super::Index) leads here.
pub fn own_key(record: &SourceRecord<'_>) -> Option<String> {
    let child = |parent: NodeId, name: &str| {
        let names = record.names();
        let name = names.hint(name).or_else(|| names.find(name))?;
        record
            .children(parent)
            .find(|child| record.name(*child) == name)
    };
    let leaf = |parent, name| {
        let value = record.expose(child(parent, name)?)?;
        (!value.is_empty()).then_some(value)
    };
    let full_url = child(NodeId::ROOT, super::ENTRY).and_then(|e| leaf(e, "fullUrl"));
    let resource_type = leaf(NodeId::ROOT, "resourceType")?;
    own_key_of(full_url, resource_type, leaf(NodeId::ROOT, "id"))
}

/// The same from the parts.
pub(super) fn own_key_of(
    full_url: Option<&str>,
    resource_type: &str,
    id: Option<&str>,
) -> Option<String> {
    if let Some(Reference::Urn(urn)) = full_url.map(normalise) {
        return Some(urn_key(resource_type, urn));
    }
    Some(typed_key(resource_type, id?))
}

/// The key that a reference means if it is one to this type. A URN says no type, so that the one
/// that is asked for is taken at its word.
pub(crate) fn reference_key(reference: &str, wanted: Option<&str>) -> Option<String> {
    match normalise(reference) {
        Reference::Resource {
            resource_type, id, ..
        } => wanted
            .is_none_or(|wanted| wanted == resource_type)
            .then(|| typed_key(resource_type, id)),
        Reference::Urn(urn) => Some(urn_key(wanted?, urn)),
        Reference::Contained(_) | Reference::Unresolvable => None,
    }
}

fn urn_key(resource_type: &str, urn: &str) -> String {
    let urn = urn.to_ascii_lowercase();
    let id = urn.strip_prefix("urn:uuid:").unwrap_or(&urn);
    format!("{resource_type}/{id}")
}

/// The key of a resource by its type and id.
pub(super) fn typed_key(resource_type: &str, id: &str) -> String {
    let mut key = String::with_capacity(resource_type.len() + 1 + id.len());
    key.push_str(resource_type);
    key.push('/');
    key.push_str(id);
    // UUIDs are compared without regard to case
    if id.bytes().any(|byte| byte.is_ascii_uppercase()) && uuid::Uuid::try_parse(id).is_ok() {
        key[resource_type.len() + 1..].make_ascii_lowercase();
    }
    key
}

/// Whether nothing in it makes it a search, a fragment, a versioned canonical or no address.
fn is_plain(reference: &str) -> bool {
    const PLAIN: [bool; 256] = {
        let mut plain = [true; 256];
        let mut byte = 0;
        while byte < 128 {
            let mark = matches!(byte, b'?' | b'#' | b'|' | b'"' | b'<' | b'>' | b'\\');
            plain[byte as usize] = !(mark || byte.is_ascii_whitespace() || byte.is_ascii_control());
            byte += 1;
        }
        plain
    };
    reference.bytes().all(|byte| PLAIN[usize::from(byte)])
}

fn is_type(name: &str) -> bool {
    name.bytes().next().is_some_and(|c| c.is_ascii_uppercase())
        && name.bytes().all(|c| c.is_ascii_alphanumeric())
}

impl fmt::Debug for Reference<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Resource { .. } => "Resource(..)",
            Self::Urn(_) => "Urn(..)",
            Self::Contained(_) => "Contained(..)",
            Self::Unresolvable => "Unresolvable",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_by_their_form() {
        for (reference, key) in [
            ("Patient/1", Some("Patient/1")),
            ("http://x.example/Patient/1", Some("Patient/1")),
            (
                "https://x.example/a/b/Patient/1/_history/4",
                Some("Patient/1"),
            ),
            ("HTTP://x.example/Patient/a-b.C_1", Some("Patient/a-b.C_1")),
            (
                "urn:uuid:c757873d-ec9a-4326",
                Some("urn:uuid:c757873d-ec9a-4326"),
            ),
            ("urn:uuid:C757", Some("urn:uuid:c757")),
            ("urn:oid:1.2.3", Some("urn:oid:1.2.3")),
            ("urn:uuid:", None),
            ("urn:iso:1", None),
            ("#", None),
            ("#p1", None),
            ("", None),
            ("1", None),
            ("/Patient/1", None),
            ("Patient/", None),
            ("patient/1", None),
            ("base/Patient/1", None),
            ("ftp://x.example/Patient/1", None),
            ("http:///Patient/1", None),
            ("http://Patient/1", None),
            ("Patient/1/_history/", None),
            ("Patient/1/_history/2/3", None),
            ("Patient?identifier=http://x.example|1", None),
            ("http://x.example/Patient?identifier=Patient/1", None),
            ("http://x.example/Questionnaire/1|2.0", None),
            ("Patient/1 ", None),
        ] {
            assert_eq!(normalise(reference).key().as_deref(), key, "{reference}");
        }
        assert_eq!(normalise("#"), Reference::Contained(""));
        assert_eq!(format!("{:?}", normalise("Patient/Okafor")), "Resource(..)");
    }
}
