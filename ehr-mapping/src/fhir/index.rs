//! Which names of the same resource of a Bundle mean one another.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use ehr_model::source::{NodeId, SourceRecord};

use crate::mapper::Links;

use super::reference::{Reference, normalise, own_key_of};

/// The resources of a Bundle that can be referred to by more than one key.
///
/// [`own_key`](super::own_key) gives a resource one key. A Bundle may refer to it by another: by
/// its URN, which does not say the type; an entry `urn:uuid:…` whose resource has another id is also
/// `Patient/123`; and one whose `fullUrl` is an address of some other form is found by that. The
/// index leads from each of them to the one key. It knows only keys that differ.
///
/// Ids are unique only within a server, and a `fullUrl` only within a Bundle: a key that two
/// entries share leads nowhere, unless they say the same of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Index {
    keys: BTreeMap<Box<str>, Option<Box<str>>>,
}

impl Index {
    /// The key of the resource that a reference means, in the form of [`own_key`](super::own_key).
    ///
    /// `None` if the reference names no resource by itself, or two of them.
    pub fn key<'r>(&'r self, reference: &'r str) -> Option<Cow<'r, str>> {
        let normal = normalise(reference);
        if let Some(known) = self.keys.get(reference) {
            return known.as_deref().map(Cow::Borrowed);
        }
        if let Reference::Resource { base: Some(_), .. } = normal {
            // the version does not matter for the identity of a resource
            let unversioned = reference.split("/_history/").next().unwrap_or(reference);
            if let Some(known) = self.keys.get(unversioned) {
                return known.as_deref().map(Cow::Borrowed);
            }
        }
        let key = normal.key()?;
        match self.keys.get(&*key) {
            Some(known) => known.as_deref().map(Cow::Borrowed),
            None => Some(key),
        }
    }

    /// Adds what another Bundle of the same source knows.
    pub fn extend(&mut self, other: &Index) {
        for (key, target) in &other.keys {
            self.insert(key, target.as_deref());
        }
    }

    /// Whether every resource has one key only.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many keys lead to another one.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Notes the keys of an entry.
    pub(super) fn note(&mut self, full_url: Option<&str>, resource_type: &str, id: Option<&str>) {
        let (Some(full_url), Some(own)) = (full_url, own_key_of(full_url, resource_type, id))
        else {
            return;
        };
        let by_id = id.and_then(|id| own_key_of(None, resource_type, Some(id)));
        let by_url = match normalise(full_url).key() {
            Some(key) => key.into_owned(),
            None => full_url.to_owned(),
        };
        if by_url != own {
            self.insert(&by_url, Some(&own));
        }
        if let Some(by_id) = by_id.filter(|by_id| *by_id != own) {
            self.insert(&by_id, Some(&own));
        }
    }

    fn insert(&mut self, key: &str, target: Option<&str>) {
        match self.keys.get_mut(key) {
            Some(known) if known.as_deref() == target => {}
            Some(known) => *known = None,
            None => {
                self.keys.insert(key.into(), target.map(Into::into));
            }
        }
    }
}

/// What the references of a record mean, as far as the index says more than they do.
pub(crate) fn links(index: &Index, record: &SourceRecord<'_>) -> Links {
    let Some(name) = record.names().find("reference") else {
        return Links::default();
    };
    let references = (1..record.len())
        .map(NodeId::at)
        .filter(|node| record.name(*node) == name)
        .filter_map(|node| record.expose(node));
    Links::of(references.filter_map(|reference| {
        let key = index.key(reference)?;
        (normalise(reference).key() != Some(Cow::Borrowed(&key)))
            .then(|| (reference, key.into_owned()))
    }))
}

/// Keys may hold names of patients; only their number is shown.
impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Index({} keys)", self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_an_entry_leads_to_one() {
        let mut index = Index::default();
        index.note(Some("urn:uuid:0A"), "Patient", Some("p1"));
        index.note(
            Some("http://x.example/base/Patient/p2"),
            "Patient",
            Some("p2"),
        );
        index.note(Some("http://x.example/people?nr=3"), "Patient", Some("p3"));
        assert_eq!(index.key("Patient/p1").unwrap(), "Patient/0a");
        assert_eq!(index.key("urn:uuid:0a").unwrap(), "Patient/0a");
        assert_eq!(index.key("URN:UUID:0A").unwrap(), "Patient/0a");
        assert_eq!(index.key("Patient/p2").unwrap(), "Patient/p2");
        assert_eq!(
            index.key("http://y.example/Patient/p2").unwrap(),
            "Patient/p2"
        );
        assert_eq!(
            index.key("http://x.example/people?nr=3").unwrap(),
            "Patient/p3"
        );
        assert_eq!(index.key("Patient/p9/_history/2").unwrap(), "Patient/p9");
        assert_eq!(index.key("Patient?identifier=1"), None);
        assert_eq!(index.key("#p1"), None);
        assert_eq!(index.len(), 3);
    }

    #[test]
    fn a_key_of_two_entries_leads_nowhere() {
        let mut index = Index::default();
        index.note(Some("urn:uuid:a"), "Patient", Some("1"));
        index.note(Some("urn:uuid:a"), "Patient", Some("1"));
        assert_eq!(index.key("Patient/1").unwrap(), "Patient/a");
        let mut other = Index::default();
        other.note(Some("urn:uuid:b"), "Patient", Some("1"));
        index.extend(&other);
        assert_eq!(index.key("Patient/1"), None);
        assert_eq!(format!("{index:?}"), "Index(3 keys)");
    }
}
