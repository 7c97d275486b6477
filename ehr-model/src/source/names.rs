//! Names of nodes, stored once a source.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

/// The number of a name inside its [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(u32);

impl NameId {
    /// Stands for the nameless root of every record.
    pub(super) const ROOT_NAME: Self = Self(u32::MAX);

    /// The number.
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// The names that occur in a source: columns, segments, XML elements, JSON members.
///
/// Names may stand over a base that many records share: what the base knows keeps its number,
/// and only what a record adds is stored anew.
#[derive(Debug, Clone, Default)]
pub struct Names {
    base: Option<Arc<Names>>,
    ids: HashMap<Arc<str>, NameId, RandomState>,
    names: Vec<Arc<str>>,
}

impl Names {
    /// Names that begin with those of a base, under the same numbers.
    pub fn over(base: Arc<Names>) -> Self {
        Self {
            base: Some(base),
            ..Self::default()
        }
    }

    /// The number of a name, which is stored if it is new.
    pub fn intern(&mut self, name: &str) -> NameId {
        if let Some(id) = self.find(name) {
            return id;
        }
        let id = NameId(u32::try_from(self.len()).expect("a source has fewer than 2^32 names"));
        let name: Arc<str> = name.into();
        self.names.push(name.clone());
        self.ids.insert(name, id);
        id
    }

    /// The number of a name, if it occurs.
    pub fn find(&self, name: &str) -> Option<NameId> {
        let base = self.base.as_ref().and_then(|base| base.find(name));
        base.or_else(|| self.ids.get(name).copied())
    }

    /// The name with this number.
    pub fn name(&self, id: NameId) -> &Arc<str> {
        let known = self.base.as_ref().map_or(0, |base| base.len());
        match &self.base {
            Some(base) if (id.0 as usize) < known => base.name(id),
            _ => &self.names[id.0 as usize - known],
        }
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.base.as_ref().map_or(0, |base| base.len()) + self.names.len()
    }

    /// Whether there is no name.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_over_a_base_keep_its_numbers() {
        let mut base = Names::default();
        let code = base.intern("code");
        let base = Arc::new(base);
        let mut names = Names::over(base.clone());
        assert_eq!(names.intern("code"), code);
        let own = names.intern("value");
        assert_ne!(own, code);
        assert_eq!((&**names.name(code), &**names.name(own)), ("code", "value"));
        assert_eq!((names.find("value"), base.find("value")), (Some(own), None));
        assert_eq!((base.len(), names.len()), (1, 2));
    }
}
