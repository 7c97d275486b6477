//! Which names of the same resource of a Bundle mean one another.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use super::reference::{Reference, normalise};

/// The resources of a Bundle that can be referred to by more than one key.
///
/// [`own_key`](super::own_key) gives a resource one key. A Bundle may refer to it by another: an
/// entry `urn:uuid:…` whose resource has an id is also `Patient/123`, and one whose `fullUrl` is
/// an address of some other form is found by that. The index leads from each of them to the one
/// key. It knows only keys that differ, so that most resources cost nothing.
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
        let Some(full_url) = full_url else { return };
        let by_id = id.map(|id| format!("{resource_type}/{id}"));
        match (normalise(full_url), by_id) {
            (Reference::Urn(_), Some(by_id)) => {
                let key = normalise(full_url).key();
                self.insert(&by_id, key.as_deref());
            }
            (Reference::Urn(_), None) => {}
            (normal, Some(by_id)) if normal.key().as_deref() != Some(&by_id) => {
                self.insert(full_url, Some(&by_id));
            }
            _ => {}
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
        assert_eq!(index.key("Patient/p1").unwrap(), "urn:uuid:0a");
        assert_eq!(index.key("urn:uuid:0a").unwrap(), "urn:uuid:0a");
        assert_eq!(index.key("URN:UUID:0A").unwrap(), "urn:uuid:0a");
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
        assert_eq!(index.len(), 2);
    }

    #[test]
    fn a_key_of_two_entries_leads_nowhere() {
        let mut index = Index::default();
        index.note(Some("urn:uuid:a"), "Patient", Some("1"));
        index.note(Some("urn:uuid:a"), "Patient", Some("1"));
        assert_eq!(index.key("Patient/1").unwrap(), "urn:uuid:a");
        let mut other = Index::default();
        other.note(Some("urn:uuid:b"), "Patient", Some("1"));
        index.extend(&other);
        assert_eq!(index.key("Patient/1"), None);
        assert_eq!(format!("{index:?}"), "Index(1 keys)");
    }
}
