//! `[[map]]`: which rows make which records.

use ehr_model::catalogue::FieldPath;
use ehr_model::record::Kind;

use super::Compiler;
use crate::document::read::{Str, Table as TomlTable};
use crate::plan::{
    Block, ConstantMap, Each, FieldMap, FieldSource, Key, KeyPart, PatientKey, SameKey,
};

impl Compiler<'_, '_> {
    pub(super) fn block(
        &mut self,
        map: &TomlTable<'_, '_>,
        maps: &[TomlTable<'_, '_>],
    ) -> Option<Block> {
        map.only(&[
            "name",
            "from",
            "at",
            "to",
            "key",
            "same-key",
            "same-content",
            "when",
            "append",
            "create",
            "fields",
            "each",
            "skip",
            "like",
        ]);
        if map.bool("skip", false) {
            return None; // a document takes a map of one that it extends away
        }
        let table = map.required_str("from").and_then(|name| self.table(&name));
        let kind = map.required_str("to").and_then(|name| self.kind(&name));
        let (table, kind) = (table?, kind?);
        // the patient of a source is who it says; every map of it speaks of the same one
        let of_source = kind == Kind::Patient && self.tables[table].format.is_tree();
        if map.get("key").is_none() && !of_source {
            self.mistakes.add(map.span.clone(), "a map needs `key`");
        }
        self.check_owner(table, kind, map);
        let at = match map.str("at") {
            Some(path) if self.tables[table].format.is_tree() => Some(self.column(table, &path)?),
            Some(path) => {
                self.mistakes.add(
                    path.span,
                    "a row has no nodes below it: `at` is for sources",
                );
                None
            }
            None => None,
        };
        let key = self.block_key(table, kind, map);
        let same_key = map.str("same-key").and_then(|policy| {
            let found = match policy.text {
                "keep-both" => Some(SameKey::KeepBoth),
                "merge" => Some(SameKey::Merge),
                "latest" => Some(SameKey::Latest),
                _ => None,
            };
            if found.is_none() {
                self.mistakes.add(
                    policy.span,
                    "`same-key` is `keep-both`, `merge` or `latest`",
                );
            }
            found
        });
        let when = self.conditions(table, map);
        let append = map.str("append").and_then(|list| self.append(kind, &list));
        let create = map.bool("create", true);
        if !create && append.is_none() {
            self.mistakes
                .add(map.span.clone(), "`create = false` goes with `append`");
        }
        let mut block = Block {
            table,
            at,
            kind,
            key,
            same_key: same_key.unwrap_or_default(),
            merge_same_content: self.same_content(map),
            when,
            append,
            create,
            fields: Vec::new(),
            constants: Vec::new(),
            each: Vec::new(),
            patient: self.patient(table, kind),
            late: false,
            pointers: Vec::new(),
            line: self.mistakes.line(&map.span),
        };
        let lines = match map.str("like") {
            None => Some(map),
            Some(other) => self.like(&other, map, maps),
        };
        let Some(lines) = lines else {
            return Some(block);
        };
        match lines.table("fields", "`map.fields`") {
            Some(fields) => {
                self.fields(&fields, &mut block);
                complete(&block.fields, &mut block.constants);
            }
            None => self
                .mistakes
                .add(map.span.clone(), "a map needs `[map.fields]`"),
        }
        for each in lines.tables("each", "`map.each`") {
            if let Some(each) = self.each(&mut block, &each) {
                block.each.push(each);
            }
        }
        if lines.get("fields").is_some() {
            self.check_required(map, &block);
        }
        block.late = block
            .each
            .iter()
            .flat_map(|each| &each.fields)
            .chain(&block.fields)
            .any(|field| matches!(&field.source, FieldSource::Reference(source) if source.kind.is_none()));
        let by_node = |field: &FieldMap| match &field.source {
            FieldSource::Reference(source) if source.kind.is_none() && source.key.is_none() => {
                Some(source.at)
            }
            _ => None,
        };
        block.pointers = block.fields.iter().filter_map(by_node).collect();
        Some(block)
    }

    fn same_content(&self, map: &TomlTable<'_, '_>) -> bool {
        match map.str("same-content") {
            None => false,
            Some(policy) if policy.text == "merge" => true,
            Some(policy) if policy.text == "keep-both" => false,
            Some(policy) => {
                self.mistakes
                    .add(policy.span, "`same-content` is `keep-both` or `merge`");
                false
            }
        }
    }

    /// The map of the same kind whose lines another one carries out.
    fn like<'m, 'a, 'd>(
        &self,
        name: &Str<'_>,
        map: &'m TomlTable<'a, 'd>,
        maps: &'m [TomlTable<'a, 'd>],
    ) -> Option<&'m TomlTable<'a, 'd>> {
        let text =
            |map: &TomlTable<'_, '_>, key: &str| map.str(key).map(|found| found.text.to_owned());
        let found = maps.iter().find(|other| {
            text(other, "name").as_deref() == Some(name.text)
                && text(other, "to") == text(map, "to")
                && other.get("like").is_none()
        });
        if found.is_none() || map.get("fields").is_some() {
            self.mistakes.add(
                name.span.clone(),
                format!(
                    "`like` takes all lines of another map of this kind, and `{}` is none, or there are lines here",
                    name.text
                ),
            );
        }
        found
    }

    /// `[[map.each]]`: a list of the record that nodes below fill, one value a node.
    fn each(&mut self, block: &mut Block, each: &TomlTable<'_, '_>) -> Option<Each> {
        each.only(&["name", "at", "into", "when", "fields"]);
        if !self.tables[block.table].format.is_tree() {
            self.mistakes
                .add(each.span.clone(), "a row has no nodes below it");
            return None;
        }
        let at = each
            .required_str("at")
            .and_then(|path| self.column(block.table, &path));
        let list = each
            .required_str("into")
            .and_then(|list| self.append(block.kind, &list));
        let when = self.conditions(block.table, each);
        let (at, list) = (at?, list?);
        let outer = (
            block.append.replace(list),
            std::mem::take(&mut block.fields),
            std::mem::take(&mut block.constants),
        );
        match each.table("fields", "`map.each.fields`") {
            Some(fields) => self.fields(&fields, block),
            None => self.mistakes.add(
                each.span.clone(),
                "`[[map.each]]` needs `[map.each.fields]`",
            ),
        }
        let fields = std::mem::replace(&mut block.fields, outer.1);
        let mut constants = std::mem::replace(&mut block.constants, outer.2);
        block.append = outer.0;
        complete(&fields, &mut constants);
        Some(Each {
            at,
            when,
            list,
            fields,
            constants,
        })
    }

    /// The key of a map, without which no row of it could be placed.
    fn block_key(&mut self, table: usize, kind: Kind, map: &TomlTable<'_, '_>) -> Key {
        let (Some(key), Some(value)) = (self.key(table, map, "key"), map.get("key")) else {
            return Key::default();
        };
        let patient = match self.tables[table].patient {
            PatientKey::Column(column) => Some(column),
            _ => None,
        };
        let is_patient = matches!(
            key.alternatives.as_slice(),
            [parts] if matches!(parts.as_slice(), [KeyPart::Column(column, via)] if Some(*column) == patient && via.is_empty())
        );
        let in_tree = self.tables[table].format.is_tree();
        if key.columns().count() == 0 && !in_tree {
            self.mistakes.add(value.span, "a key needs a column");
        } else if kind == Kind::Patient && patient.is_some() && !is_patient {
            self.mistakes.add(
                value.span,
                "the key of a Patient is the column `patient` of its table, by which all other rows find it",
            );
        }
        key
    }

    /// What belongs to a patient comes from a table of patients, what is shared from a shared one.
    fn check_owner(&self, table: usize, kind: Kind, map: &TomlTable<'_, '_>) {
        let of_patients = !matches!(self.tables[table].patient, PatientKey::Shared);
        let in_tree = self.tables[table].format.is_tree(); // people and places stand where they acted
        let of_many = kind == Kind::Payment && in_tree; // one transfer may pay for many patients
        let message = if kind.is_shared() && of_patients && !in_tree {
            "is shared by patients: read it from a table with `shared = true`"
        } else if !kind.is_shared() && !of_many && self.declared_shared[table] {
            "belongs to a patient, and this table is shared"
        } else {
            return;
        };
        if let Some(name) = map.str("to") {
            self.mistakes
                .add(name.span, format!("a {} {message}", kind.name()));
        }
    }

    pub(super) fn kind(&self, name: &Str<'_>) -> Option<Kind> {
        let kind = Kind::from_name(name.text);
        if kind.is_none() {
            let names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.name()).collect();
            self.mistakes.add(
                name.span.clone(),
                format!(
                    "there is no kind `{}`; there are {}",
                    name.text,
                    names.join(", ")
                ),
            );
        }
        kind
    }

    fn append(&self, kind: Kind, list: &Str<'_>) -> Option<usize> {
        match kind.spec().number(list.text) {
            Some(number) if kind.spec().fields[number].many => Some(number),
            _ => {
                self.mistakes.add(
                    list.span.clone(),
                    format!("`{}` is no list of {}", list.text, kind.name()),
                );
                None
            }
        }
    }

    fn patient(&self, table: usize, kind: Kind) -> Option<FieldPath> {
        if matches!(self.tables[table].patient, PatientKey::Shared) {
            return None;
        }
        let field = kind.patient_field()?;
        FieldPath::resolve_leaf(kind, &format!("{field}.reference")).ok()
    }

    /// What a kind cannot be without must have a line.
    fn check_required(&self, map: &TomlTable<'_, '_>, block: &Block) {
        if !block.create {
            return;
        }
        for (number, field) in block.kind.spec().fields.iter().enumerate() {
            let filled = block
                .fields
                .iter()
                .map(|field| &field.path)
                .chain(block.constants.iter().map(|constant| &constant.path))
                .any(|path| path.first_field() == number)
                || block.each.iter().any(|each| each.list == number);
            if field.required && !filled && block.append.is_none() {
                let stem = field.name.strip_suffix("[x]").unwrap_or(field.name);
                self.mistakes.add(
                    map.span.clone(),
                    format!(
                        "no line fills `{stem}`, which every {} needs",
                        block.kind.name()
                    ),
                );
            }
        }
    }
}

/// Tells constants which elements they complete: those that lines fill from the source.
fn complete(fields: &[FieldMap], constants: &mut [ConstantMap]) {
    for constant in constants {
        let shared = fields
            .iter()
            .map(|field| constant.path.shared_elements(&field.path));
        constant.completes = shared.max().unwrap_or(0);
    }
}
