//! Single values: columns, joins, transforms and code maps.

use std::ops::Range;

use ehr_model::catalogue::FieldPath;
use ehr_model::element::LeafType;

use super::Compiler;
use crate::datatype::{Datatype, Read};
use crate::document::read::{Str, Table as TomlTable};
use crate::plan::{Block, DatatypeSource, FieldSource, Join, PatientKey, ReadInto, ValueSource};
use crate::transform::{Transform, ValueKind};

#[derive(Default)]
pub(super) struct FieldOptions<'a, 'd> {
    /// Whether the left side ends in `[*]`.
    pub(super) every: bool,
    pub(super) datatype: Option<Str<'a>>,
    pub(super) via: Vec<Str<'a>>,
    pub(super) map: Option<Str<'a>>,
    pub(super) join: Option<TomlTable<'a, 'd>>,
}

impl Compiler<'_, '_> {
    pub(super) fn value_source(
        &mut self,
        block: &Block,
        path: &FieldPath,
        name: &Str<'_>,
        column: &Str<'_>,
        options: &FieldOptions<'_, '_>,
    ) -> Option<FieldSource> {
        let datatype = match &options.datatype {
            None => None,
            Some(datatype) => Some(self.datatype(block.table, datatype)?),
        };
        let mut first = ValueKind::Text;
        let mut read_leaf = None;
        match datatype.map(|datatype| datatype.read) {
            Some(Read::Element(types, read)) => {
                let read = ReadInto::Element(read);
                return self.element_source(block, path, name, column, types, read, options);
            }
            Some(Read::Field(types, read)) => {
                let read = ReadInto::Field(read);
                return self.element_source(block, path, name, column, types, read, options);
            }
            Some(Read::Leaf(kind, read)) => (first, read_leaf) = (kind, Some(read)),
            None => {}
        }
        let leaf = self.leaf(path, name);
        let join = match &options.join {
            None => None,
            Some(join) => Some(self.join(block.table, join)?),
        };
        let column = match join {
            None => self.column(block.table, column),
            Some(join) => {
                let table = self.joins[join].table;
                let found = self.column(table, column);
                if let Some(found) = found {
                    self.tables[table].joined_columns.push(found);
                }
                found
            }
        };
        let transforms = self.transforms(&options.via);
        let code_map = match &options.map {
            None => None,
            Some(name) => Some(self.code_map(name)?),
        };
        let (leaf, column) = (leaf?, column?);
        let kind = self.chain_kind_from(first, &options.via, &transforms);
        match (code_map, kind) {
            (Some(map), Some(ValueKind::Text)) => self.check_targets(
                map,
                leaf,
                options.map.as_ref().map_or(0..0, |name| name.span.clone()),
            ),
            (Some(_), Some(kind)) => self.mistakes.add(
                options.map.as_ref().map_or(0..0, |name| name.span.clone()),
                format!(
                    "a code map translates text, and {} arrives here",
                    kind.with_article()
                ),
            ),
            (None, Some(kind)) if !fits(kind, leaf, path.spec().many) => {
                self.mistakes.add(
                    name.span.clone(),
                    format!(
                        "the field takes a {}, and {} arrives here",
                        leaf.name(),
                        kind.with_article()
                    ),
                );
            }
            _ => {}
        }
        Some(FieldSource::Value(ValueSource {
            column,
            join,
            datatype: read_leaf,
            transforms,
            code_map,
            leaf,
            every: options.every,
        }))
    }

    fn datatype(&self, table: usize, name: &Str<'_>) -> Option<Datatype> {
        let format = self.tables[table].format;
        let all = Datatype::of(format);
        let found = all.iter().find(|datatype| datatype.name == name.text);
        if found.is_none() {
            let names: Vec<&str> = all.iter().map(|datatype| datatype.name).collect();
            self.mistakes.add(
                name.span.clone(),
                format!(
                    "format {} has no datatype `{}`; it has {}",
                    format.name(),
                    name.text,
                    names.join(", ")
                ),
            );
        }
        found.copied()
    }

    /// A subtree that a datatype reads as a whole.
    #[allow(
        clippy::too_many_arguments,
        reason = "the parts of one line of the document"
    )]
    fn element_source(
        &mut self,
        block: &Block,
        path: &FieldPath,
        name: &Str<'_>,
        column: &Str<'_>,
        types: &[&str],
        read: ReadInto,
        options: &FieldOptions<'_, '_>,
    ) -> Option<FieldSource> {
        let takes = match read {
            ReadInto::Element(_) => path.element_type(),
            ReadInto::Field(_) => path
                .element_type()
                .or_else(|| path.leaf_type().map(LeafType::name)),
        };
        if !takes.is_some_and(|takes| types.is_empty() || types.contains(&takes)) {
            self.mistakes.add(
                name.span.clone(),
                match takes {
                    Some(takes) => format!(
                        "the field takes a {takes}, and this datatype fills {}",
                        types.join(", ")
                    ),
                    None => "the field is a single value, and this datatype fills several".into(),
                },
            );
            return None;
        }
        for (given, word) in [
            (!options.via.is_empty(), "via"),
            (options.map.is_some(), "map"),
            (options.join.is_some(), "join"),
        ] {
            if given {
                self.mistakes.add(
                    name.span.clone(),
                    format!("`{word}` does nothing behind a datatype that fills a whole element"),
                );
            }
        }
        Some(FieldSource::Datatype(DatatypeSource {
            column: self.column(block.table, column)?,
            read,
            every: options.every,
        }))
    }

    pub(super) fn leaf(&self, path: &FieldPath, name: &Str<'_>) -> Option<LeafType> {
        match path.leaf_type() {
            Some(LeafType::Target) => {
                self.mistakes.add(
                    name.span.clone(),
                    "a reference is written `{ reference = \"Kind\", key = [...] }`",
                );
                None
            }
            Some(LeafType::Bytes) => {
                self.mistakes.add(
                    name.span.clone(),
                    "bytes come from a file: `{ file = \"COLUMN\" }` on the attachment",
                );
                None
            }
            Some(leaf) => Some(leaf),
            None => {
                if let Err(error) = FieldPath::resolve_leaf(path.kind(), path.text()) {
                    self.mistakes.add(name.span.clone(), error.to_string());
                }
                None
            }
        }
    }

    pub(super) fn transforms(&self, via: &[Str<'_>]) -> Vec<Transform> {
        via.iter()
            .filter_map(|one| match Transform::parse_one(one.text) {
                Ok(transform) => Some(transform),
                Err(message) => {
                    self.mistakes.add(one.span.clone(), message);
                    None
                }
            })
            .collect()
    }

    pub(super) fn chain_kind(
        &self,
        via: &[Str<'_>],
        transforms: &[Transform],
    ) -> Option<ValueKind> {
        self.chain_kind_from(ValueKind::Text, via, transforms)
    }

    fn chain_kind_from(
        &self,
        first: ValueKind,
        via: &[Str<'_>],
        transforms: &[Transform],
    ) -> Option<ValueKind> {
        if via.len() != transforms.len() {
            return None; // a mistake was reported already
        }
        let mut kind = first;
        let mut century = false;
        for (one, transform) in via.iter().zip(transforms) {
            century |= matches!(transform, Transform::TwoDigitYears(_));
            if transform.reads_short_years() && !century {
                self.mistakes.add(
                    one.span.clone(),
                    "`YY` says no century: put `two-digit-years(first year)` before it",
                );
            }
            match transform.output(kind) {
                Ok(next) => kind = next,
                Err(message) => {
                    self.mistakes.add(one.span.clone(), message);
                    return None;
                }
            }
        }
        Some(kind)
    }

    fn check_targets(&self, map: usize, leaf: LeafType, span: Range<usize>) {
        let LeafType::Code { codes, system } = leaf else {
            return;
        };
        let mut unknown: Vec<&str> = self.code_maps[map]
            .targets()
            .map(|(_, target)| target.code.as_str())
            .filter(|code| !codes.contains(code))
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        for code in unknown {
            self.mistakes.add(
                span.clone(),
                format!(
                    "code map `{}` gives `{code}`, which is not in {system}; it has {}",
                    self.code_maps[map].name(),
                    codes.join(", ")
                ),
            );
        }
    }

    fn join(&mut self, from: usize, join: &TomlTable<'_, '_>) -> Option<usize> {
        join.only(&["table", "on", "key"]);
        let table = join
            .required_str("table")
            .and_then(|name| self.table(&name));
        let on = join
            .required_str("on")
            .and_then(|name| self.column(from, &name));
        let key = join.required_str("key");
        let table = table?;
        let key = key.and_then(|name| self.column(table, &name));
        if matches!(self.tables[from].patient, PatientKey::Shared)
            && !matches!(self.tables[table].patient, PatientKey::Shared)
        {
            self.mistakes.add(
                join.span.clone(),
                "a shared table cannot join a table of patients",
            );
        }
        let (on, key) = (on?, key?);
        self.tables[table].joined_columns.push(key);
        let found = self
            .joins
            .iter()
            .position(|other| other.on == on && other.table == table && other.key == key);
        Some(found.unwrap_or_else(|| {
            self.joins.push(Join { on, table, key });
            self.joins.len() - 1
        }))
    }
}

/// Whether a value of this kind can be read into the leaf.
fn fits(kind: ValueKind, leaf: LeafType, many: bool) -> bool {
    match kind {
        ValueKind::Text => true,
        ValueKind::Date => matches!(leaf, LeafType::Date | LeafType::DateTime),
        ValueKind::Decimal => leaf == LeafType::Decimal,
        ValueKind::Integer => matches!(leaf, LeafType::Integer | LeafType::Decimal),
        ValueKind::Boolean => leaf == LeafType::Boolean,
        ValueKind::List => {
            many && !matches!(
                leaf,
                LeafType::Date | LeafType::DateTime | LeafType::Boolean
            )
        }
    }
}
