//! `[[table]]`.

use std::collections::HashMap;

use ehr_model::issue::IssueCode;
use toml::de::DeValue;

use super::Compiler;
use crate::document::read::{Str, Table as TomlTable};
use crate::format::Format;
use crate::plan::{Alias, Column, ColumnSpec, KEY_SEPARATOR, KeyPart, PatientKey, Table};

impl Compiler<'_, '_> {
    pub(super) fn read_tables(&mut self, root: &TomlTable<'_, '_>) {
        let tables = root.tables("table", "a table");
        if root.get("table").is_none() && root.get("source").is_none() {
            self.mistakes.add(
                0..0,
                "the document needs at least one `[[table]]` or `[[source]]`",
            );
        }
        for table in &tables {
            let compiled = self.read_table(table);
            self.tables.push(compiled);
            self.table_uses.push(false);
            self.declared_shared
                .push(table.bool("shared", false) && table.get("patient").is_none());
        }
        // patients may be found through tables that stand later, so this is a second look
        for (number, table) in tables.iter().enumerate() {
            self.tables[number].patient = self.read_patient(number, table);
        }
        for (number, table) in tables.iter().enumerate() {
            self.check_chain(number, table);
        }
    }

    /// `[[source]]`: the records of a format that is a tree.
    pub(super) fn read_sources(&mut self, root: &TomlTable<'_, '_>) {
        for source in root.tables("source", "a source") {
            source.only(&[
                "name", "format", "when", "patient", "also", "through", "shared", "order",
                "reject", "books-by", "lookup", "delete",
            ]);
            let name = source.required_str("name");
            let format = source.required_str("format").and_then(|name| {
                let format = Format::from_name(name.text).filter(|format| format.is_tree());
                if format.is_none() {
                    let trees = Format::ALL.iter().filter(|format| format.is_tree());
                    let trees: Vec<&str> = trees.map(|format| format.name()).collect();
                    self.mistakes.add(
                        name.span,
                        format!("a source has one of the formats {}", trees.join(", ")),
                    );
                }
                format
            });
            let name = name.map_or("", |name| name.text);
            if self.tables.iter().any(|table| *table.name == *name) {
                self.mistakes
                    .add(source.span.clone(), format!("`{name}` stands twice"));
            }
            let number = self.tables.len();
            self.tables.push(Table {
                name: name.into(),
                format: format.unwrap_or(Format::Ccda),
                when: Vec::new(),
                reject: None,
                books_by: None,
                through: None,
                also: Vec::new(),
                lookup: false,
                order: None,
                delete: None,
                file: String::new(),
                columns: Vec::new(),
                aliases: HashMap::new(),
                patient: PatientKey::Shared,
                may_be_missing: true,
                joined_columns: Vec::new(),
            });
            self.table_uses.push(true);
            let shared = source.bool("shared", false);
            self.declared_shared.push(shared);
            let when = self.conditions(number, &source);
            let order = source
                .str("order")
                .and_then(|path| self.column(number, &path));
            let patient = self.key(number, &source, "patient");
            let through = self.key(number, &source, "through");
            let also = self.aliases(number, &source);
            let reject = self.reject_code(&source, format);
            let delete = source.str("delete").map(|word| word.text.into());
            if shared == patient.is_some() && source.get("reject").is_none() {
                self.mistakes.add(
                    source.span.clone(),
                    "a source says where its patient stands (`patient`), or is `shared = true`",
                );
            }
            if !also.is_empty() && patient.is_none() {
                self.mistakes.add(
                    source.span.clone(),
                    "`also` names further identifiers of the patient: a source needs `patient` too",
                );
            }
            if through.is_some() && patient.is_none() {
                self.mistakes.add(
                    source.span.clone(),
                    "`through` is asked where `patient` finds nothing: a source needs both",
                );
            }
            let books_by = source
                .str("books-by")
                .and_then(|path| self.column(number, &path));
            let lookup: Vec<Column> = source
                .strs("lookup")
                .iter()
                .filter_map(|path| self.column(number, path))
                .collect();
            let table = &mut self.tables[number];
            (table.when, table.order, table.delete) = (when, order, delete);
            (table.reject, table.books_by, table.through) = (reject, books_by, through);
            table.also = also;
            (table.lookup, table.joined_columns) = (!lookup.is_empty(), lookup);
            if let Some(patient) = patient {
                table.patient = PatientKey::Key(patient);
            }
        }
    }

    /// `also`: lists of literals, which name an authority, and the path of the numbers under it.
    fn aliases(&mut self, table: usize, source: &TomlTable<'_, '_>) -> Vec<Alias> {
        let Some(value) = source.get("also") else {
            return Vec::new();
        };
        let key = self.key(table, source, "also").unwrap_or_default();
        let mut aliases = Vec::new();
        for mut parts in key.alternatives {
            let last = parts.pop();
            let authority: Option<String> = parts
                .iter()
                .map(|part| match part {
                    KeyPart::Literal(literal) => Some(format!("{literal}{KEY_SEPARATOR}")),
                    _ => None,
                })
                .collect();
            match (authority, last) {
                (Some(authority), Some(KeyPart::Column(number, via))) if !parts.is_empty() => {
                    aliases.push(Alias {
                        authority,
                        number,
                        via,
                    });
                }
                _ => self.mistakes.add(
                    value.span.clone(),
                    "each key of `also` names an authority by a literal and then the number: `[\"=mrn\", \"path\"]`",
                ),
            }
        }
        aliases
    }

    /// The code under which the records of a source are set aside.
    fn reject_code(&self, source: &TomlTable<'_, '_>, format: Option<Format>) -> Option<IssueCode> {
        let name = source.str("reject")?;
        let codes = format.map_or(&[][..], Format::set_aside_codes);
        let found = codes.iter().find(|code| code.as_str() == name.text);
        if found.is_none() {
            let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
            self.mistakes.add(
                name.span,
                format!(
                    "records of this format are not set aside as `{}`; there is {}",
                    name.text,
                    if names.is_empty() {
                        "nothing".to_owned()
                    } else {
                        names.join(", ")
                    },
                ),
            );
        }
        found.copied()
    }

    fn read_table(&mut self, table: &TomlTable<'_, '_>) -> Table {
        table.only(&[
            "name",
            "file",
            "columns",
            "optional",
            "aliases",
            "patient",
            "shared",
            "may-be-missing",
        ]);
        let name = table.required_str("name");
        if let Some(name) = &name
            && self.tables.iter().any(|other| *other.name == *name.text)
        {
            self.mistakes.add(
                name.span.clone(),
                format!("there are two tables `{}`", name.text),
            );
        }
        let file = table.required_str("file");
        if let Some(file) = &file
            && self
                .tables
                .iter()
                .any(|other| other.file.eq_ignore_ascii_case(file.text))
        {
            self.mistakes
                .add(file.span.clone(), "two tables read this file");
        }
        if table.get("columns").is_none() {
            self.mistakes
                .add(table.span.clone(), "a table needs `columns`");
        }
        let mut columns: Vec<ColumnSpec> = Vec::new();
        for (key, required) in [("columns", true), ("optional", false)] {
            for column in table.strs(key) {
                if columns.iter().any(|other| *other.name == *column.text) {
                    self.mistakes.add(
                        column.span,
                        format!("column `{}` stands twice", column.text),
                    );
                } else {
                    columns.push(ColumnSpec {
                        name: column.text.into(),
                        required,
                        path: None,
                    });
                }
            }
        }
        let mut aliases = HashMap::new();
        if let Some(pairs) = table.table("aliases", "`aliases`") {
            for (header, name) in pairs.entries() {
                let Some(name) = name.str() else { continue };
                if !columns.iter().any(|column| *column.name == *name.text) {
                    self.mistakes.add(
                        name.span,
                        format!("`{}` is no column of this table", name.text),
                    );
                }
                aliases.insert(header.text.to_owned(), name.text.to_owned());
            }
        }
        Table {
            name: name.map_or("", |name| name.text).into(),
            format: self
                .format
                .filter(|format| !format.is_tree())
                .unwrap_or(Format::Csv),
            when: Vec::new(),
            reject: None,
            books_by: None,
            through: None,
            also: Vec::new(),
            lookup: false,
            order: None,
            delete: None,
            file: file.map_or(String::new(), |file| file.text.to_owned()),
            columns,
            aliases,
            patient: PatientKey::Shared,
            may_be_missing: table.bool("may-be-missing", false),
            joined_columns: Vec::new(),
        }
    }

    fn read_patient(&mut self, number: usize, table: &TomlTable<'_, '_>) -> PatientKey {
        let shared = table.bool("shared", false);
        let Some(patient) = table.get("patient") else {
            if !shared {
                self.mistakes.add(
                    table.span.clone(),
                    "a table says where its patient stands (`patient`), or is `shared = true`",
                );
            }
            return PatientKey::Shared;
        };
        if shared {
            self.mistakes.add(
                patient.span.clone(),
                "a table that is shared has no patient",
            );
            return PatientKey::Shared;
        }
        match patient.value {
            DeValue::String(column) => {
                let column = Str {
                    span: patient.span.clone(),
                    text: column,
                };
                self.column(number, &column)
                    .map_or(PatientKey::Shared, PatientKey::Column)
            }
            DeValue::Table(_) => {
                let Some(via) = patient.table("`patient`") else {
                    return PatientKey::Shared;
                };
                via.only(&["column", "table", "key"]);
                let column = via
                    .required_str("column")
                    .and_then(|name| self.column(number, &name));
                let table = via.required_str("table").and_then(|name| self.table(&name));
                let key = via.required_str("key");
                let key = table.and_then(|table| key.and_then(|name| self.column(table, &name)));
                match (column, table, key) {
                    (Some(column), Some(table), Some(key)) => {
                        PatientKey::Via { column, table, key }
                    }
                    _ => PatientKey::Shared,
                }
            }
            _ => {
                self.mistakes.add(
                    patient.span,
                    "`patient` is a column, or `{ column, table, key }`",
                );
                PatientKey::Shared
            }
        }
    }

    /// A patient that is found through tables must be found in the end.
    fn check_chain(&self, number: usize, table: &TomlTable<'_, '_>) {
        let mut at = number;
        for _ in 0..=self.tables.len() {
            match self.tables[at].patient {
                PatientKey::Column(_) | PatientKey::Key(_) => return,
                PatientKey::Via { table: next, .. } => at = next,
                PatientKey::Shared => {
                    if at != number {
                        self.mistakes.add(
                            table.span.clone(),
                            format!(
                                "the patient is looked for in table `{}`, which has none",
                                self.tables[at].name
                            ),
                        );
                    }
                    return;
                }
            }
        }
        self.mistakes.add(
            table.span.clone(),
            "the patient is looked for in a circle of tables",
        );
    }
}
