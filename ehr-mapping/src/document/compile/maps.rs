//! `[[map]]`: which rows make which records.

use ehr_model::catalogue::FieldPath;
use ehr_model::record::Kind;

use super::Compiler;
use crate::document::read::{Str, Table as TomlTable};
use crate::plan::{Block, KeyPart, PatientKey};

impl Compiler<'_, '_> {
    pub(super) fn block(&mut self, map: &TomlTable<'_, '_>) -> Option<Block> {
        map.only(&["from", "to", "key", "when", "append", "create", "fields"]);
        let table = map.required_str("from").and_then(|name| self.table(&name));
        let kind = map.required_str("to").and_then(|name| self.kind(&name));
        if map.get("key").is_none() {
            self.mistakes.add(map.span.clone(), "a map needs `key`");
        }
        let (table, kind) = (table?, kind?);
        self.check_owner(table, kind, map);
        let key = self.block_key(table, kind, map);
        let when = self.conditions(table, map);
        let append = map.str("append").and_then(|list| self.append(kind, &list));
        let create = map.bool("create", true);
        if !create && append.is_none() {
            self.mistakes
                .add(map.span.clone(), "`create = false` goes with `append`");
        }
        let mut block = Block {
            table,
            kind,
            key,
            when,
            append,
            create,
            fields: Vec::new(),
            constants: Vec::new(),
            patient: self.patient(table, kind),
            line: self.mistakes.line(&map.span),
        };
        match map.table("fields", "`map.fields`") {
            Some(fields) => {
                self.fields(&fields, &mut block);
                for constant in &mut block.constants {
                    let shared = block
                        .fields
                        .iter()
                        .map(|field| constant.path.shared_elements(&field.path));
                    constant.completes = shared.max().unwrap_or(0);
                }
            }
            None => self
                .mistakes
                .add(map.span.clone(), "a map needs `[map.fields]`"),
        }
        if map.get("fields").is_some() {
            self.check_required(map, &block);
        }
        Some(block)
    }

    /// The key of a map, without which no row of it could be placed.
    fn block_key(&self, table: usize, kind: Kind, map: &TomlTable<'_, '_>) -> Vec<KeyPart> {
        let parts = map.strs("key");
        let key = self.key(table, &parts);
        let Some(value) = map.get("key").filter(|_| key.len() == parts.len()) else {
            return key;
        };
        let columns = key.iter().filter(|part| matches!(part, KeyPart::Column(_)));
        let patient = match self.tables[table].patient {
            PatientKey::Column(column) => Some(column),
            _ => None,
        };
        let is_patient =
            matches!(key.as_slice(), [KeyPart::Column(column)] if Some(*column) == patient);
        if columns.count() == 0 {
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
        let message = if kind.is_shared() && of_patients {
            "is shared by patients: read it from a table with `shared = true`"
        } else if !kind.is_shared() && self.declared_shared[table] {
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
                .any(|path| path.first_field() == number);
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
