//! Names of nodes, stored once a source.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use foldhash::fast::RandomState;

/// The number of a name inside its [`Names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NameId(u32);

impl NameId {
    /// Stands for the nameless root of every record.
    pub(super) const ROOT_NAME: Self = Self(u32::MAX);

    /// The number.
    #[inline]
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    /// The bit that stands for the name among so many words.
    #[inline]
    pub(super) fn seen(self, words: usize) -> (usize, u64) {
        let bit = self.0 as usize % (words * 64);
        (bit / 64, 1 << (bit % 64))
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
    /// Where names stand by a cheap hash, made when they are asked for as a base.
    hints: OnceLock<Vec<Option<NameId>>>,
}

/// How many places [`Names::hint`] has.
const HINTS: usize = 4096;

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

    /// The number of a name of the base, if it is found at the first look. For tokenizers, which
    /// meet the same few names again and again.
    #[inline]
    pub fn hint(&self, name: &str) -> Option<NameId> {
        let base = self.base.as_deref()?;
        let hints = base.hints.get_or_init(|| {
            let mut hints = vec![None; HINTS];
            for number in 0..base.len() as u32 {
                let id = NameId(number);
                hints[place(base.name(id))].get_or_insert(id);
            }
            hints
        });
        hints[place(name)].filter(|id| **base.name(*id) == *name)
    }

    /// The number of a name, if it occurs.
    pub fn find(&self, name: &str) -> Option<NameId> {
        let base = self.base.as_ref().and_then(|base| base.find(name));
        base.or_else(|| self.ids.get(name).copied())
    }

    /// The name with this number.
    #[inline]
    pub fn name(&self, id: NameId) -> &Arc<str> {
        let known = self.base.as_ref().map_or(0, |base| base.len());
        match &self.base {
            Some(base) if (id.0 as usize) < known => base.name(id),
            _ => &self.names[id.0 as usize - known],
        }
    }

    /// Whether there is a name with this number.
    pub fn has(&self, id: NameId) -> bool {
        (id.0 as usize) < self.len()
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

/// A cheap hash: the first bytes, the last ones and the length tell names apart well enough.
fn place(name: &str) -> usize {
    let bytes = name.as_bytes();
    let word = |part: &[u8]| {
        part.iter()
            .fold(0u64, |word, byte| word << 8 | u64::from(*byte))
    };
    let half = bytes.len().min(6);
    let mixed = word(&bytes[..half]) ^ word(&bytes[bytes.len() - half..]).rotate_left(20);
    let mixed = (mixed ^ (bytes.len() as u64) << 57).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 52) as usize % HINTS
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
        assert_eq!(
            (names.hint("code"), names.hint("value")),
            (Some(code), None)
        );
        assert_eq!((names.hint(""), base.hint("code")), (None, None));
    }
}
