//! Names of nodes, stored once a source.

use std::collections::HashMap;
use std::sync::Arc;

/// The number of a name inside its [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(u32);

impl NameId {
    /// Stands for the nameless root of every record.
    pub(super) const ROOT_NAME: Self = Self(u32::MAX);
}

/// The names that occur in a source: columns, segments, XML elements, JSON members.
#[derive(Debug, Clone, Default)]
pub struct Names {
    ids: HashMap<Arc<str>, NameId>,
    names: Vec<Arc<str>>,
}

impl Names {
    /// The number of a name, which is stored if it is new.
    pub fn intern(&mut self, name: &str) -> NameId {
        if let Some(id) = self.ids.get(name) {
            return *id;
        }
        let id =
            NameId(u32::try_from(self.names.len()).expect("a source has fewer than 2^32 names"));
        let name: Arc<str> = name.into();
        self.names.push(name.clone());
        self.ids.insert(name, id);
        id
    }

    /// The number of a name, if it occurs.
    pub fn find(&self, name: &str) -> Option<NameId> {
        self.ids.get(name).copied()
    }

    /// The name with this number.
    pub fn name(&self, id: NameId) -> &Arc<str> {
        &self.names[id.0 as usize]
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
