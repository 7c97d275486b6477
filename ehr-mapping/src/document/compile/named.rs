//! `[path]` and `[key]`: what a document says often, said once.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use toml::de::DeValue;

use crate::document::read::{Str, Table as TomlTable, Value};

/// How deep names may stand inside names.
const MAX_DEPTH: usize = 8;

/// Parts of paths, and keys, with their names.
pub(super) struct Named<'a> {
    paths: Vec<(Str<'a>, &'a str, Cell<bool>)>,
    keys: Vec<(Str<'a>, Vec<Vec<Str<'a>>>, Cell<bool>)>,
}

impl<'a> Named<'a> {
    pub(super) fn read(root: &TomlTable<'a, '_>) -> Self {
        let mut named = Self {
            paths: Vec::new(),
            keys: Vec::new(),
        };
        if let Some(paths) = root.table("path", "`path`") {
            for (name, value) in paths.entries() {
                if let Some(text) = value.str() {
                    named.paths.push((name, text.text, Cell::new(false)));
                }
            }
        }
        if let Some(keys) = root.table("key", "`key`") {
            for (name, value) in keys.entries() {
                named.keys.push((name, value.lists(), Cell::new(false)));
            }
        }
        named
    }

    /// A path with the parts in the place of their names.
    pub(super) fn spell_out<'t>(&self, text: &'t str) -> Result<Cow<'t, str>, String> {
        self.spell(text, 0)
    }

    fn spell<'t>(&self, text: &'t str, depth: usize) -> Result<Cow<'t, str>, String> {
        if !text.contains('$') {
            return Ok(Cow::Borrowed(text));
        }
        if depth == MAX_DEPTH {
            return Err("names stand too deep inside names".into());
        }
        let mut pieces = text.split('$');
        let mut out = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let end = piece
                .find(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
                .unwrap_or(piece.len());
            let (name, rest) = piece.split_at(end);
            let found = self.paths.iter().find(|(known, ..)| known.text == name);
            let Some((_, part, used)) = found else {
                return Err(format!("there is no `{name}` in `[path]`"));
            };
            used.set(true);
            out.push_str(&self.spell(part, depth + 1)?);
            out.push_str(rest);
        }
        Ok(Cow::Owned(out))
    }

    /// The key that a value names, if it names one.
    pub(super) fn key(&self, value: &Value<'_, '_>) -> Option<Result<Vec<Vec<Str<'a>>>, String>> {
        let DeValue::String(text) = value.value else {
            return None;
        };
        let name = text.strip_prefix('$')?;
        let found = self.keys.iter().find(|(known, ..)| known.text == name);
        Some(match found {
            Some((_, lists, used)) => {
                used.set(true);
                Ok(lists.clone())
            }
            None => Err(format!("there is no `{name}` in `[key]`")),
        })
    }

    /// The names that nothing uses, where they stand.
    pub(super) fn unused(&self) -> Vec<Range<usize>> {
        let paths = self.paths.iter().map(|(name, _, used)| (name, used));
        let keys = self.keys.iter().map(|(name, _, used)| (name, used));
        paths
            .chain(keys)
            .filter(|(_, used)| !used.get())
            .map(|(name, _)| name.span.clone())
            .collect()
    }
}
