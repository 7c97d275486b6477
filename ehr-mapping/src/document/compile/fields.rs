//! `[map.fields]`: what fills a field, and constants.

use ehr_model::catalogue::{FieldPath, PathError};
use ehr_model::element::LeafType;
use ehr_model::value::{CodeSet as _, DataAbsentReason};
use toml::de::DeValue;

use super::Compiler;
use super::values::FieldOptions;
use crate::document::read::{Str, Table as TomlTable, Value};
use crate::plan::{Block, Constant, ConstantMap, FieldMap, FieldSource};

/// The keys of a field that is an inline table.
const FIELD_KEYS: &[&str] = &[
    "from",
    "as",
    "at",
    "via",
    "map",
    "join",
    "value",
    "code",
    "system",
    "system-from",
    "system-map",
    "display",
    "text",
    "translate",
    "reference",
    "key",
    "file",
    "inline",
    "withdraw",
    "when",
    "absent",
];

impl Compiler<'_, '_> {
    pub(super) fn fields(&mut self, fields: &TomlTable<'_, '_>, block: &mut Block) {
        let mut always: Vec<FieldPath> = Vec::new();
        for (name, value) in fields.entries() {
            if matches!(value.value, DeValue::Boolean(false)) {
                continue; // a document takes a line of one that it extends away
            }
            let (plain, every) = match name.text.strip_suffix("[*]") {
                Some(list) => (list, true),
                None => (name.text, false),
            };
            let path = match FieldPath::resolve(block.kind, plain) {
                Ok(path) => path,
                Err(error) => {
                    self.path_mistake(&name, &error);
                    continue;
                }
            };
            if path.adds() && block.append != Some(path.first_field()) {
                self.mistakes.add(
                    name.span.clone(),
                    "`[+]` stands for the list that the map appends to: name it in `append`",
                );
            }
            if always.iter().any(|other| other.leads_where(&path)) {
                self.mistakes
                    .add(name.span.clone(), "an earlier line always fills this field");
            }
            if every && (!path.spec().many || !self.tables[block.table].format.is_tree()) {
                self.mistakes.add(
                    name.span.clone(),
                    "`[*]` is a list that nodes of a source fill, one value a node",
                );
            }
            let conditional =
                matches!(value.value, DeValue::Table(table) if table.get("when").is_some());
            if !conditional {
                always.push(path.clone());
            }
            if let DeValue::Array(_) = value.value {
                let first = block.fields.len();
                for choice in &value.items() {
                    let fields = block.fields.len();
                    self.field(&name, path.clone(), every, choice, block);
                    // a constant before it is no alternative that was tried
                    if fields > first && block.fields.len() > fields {
                        block.fields[fields].otherwise = true;
                    }
                }
            } else {
                self.field(&name, path, every, &value, block);
            }
        }
    }

    fn path_mistake(&self, name: &Str<'_>, error: &PathError) {
        // the key is quoted in the text; the caret goes under the segment that is wrong
        let quote = usize::from(name.span.len() > name.text.len());
        let start = name.span.start + quote + error.at();
        let rest = &name.text[error.at()..];
        let width = rest.find('.').unwrap_or(rest.len());
        self.mistakes.add(start..start + width, error.to_string());
    }

    fn field(
        &mut self,
        name: &Str<'_>,
        path: FieldPath,
        every: bool,
        value: &Value<'_, '_>,
        block: &mut Block,
    ) {
        let line = self.mistakes.line(&name.span);
        let table = match value.value {
            DeValue::String(column) => {
                let column = Str {
                    span: value.span.clone(),
                    text: column,
                };
                let options = FieldOptions {
                    every,
                    ..FieldOptions::default()
                };
                let source = self.value_source(block, &path, name, &column, &options);
                if let Some(source) = source {
                    block.fields.push(FieldMap {
                        path,
                        source,
                        when: Vec::new(),
                        otherwise: false,
                        absent: None,
                        line,
                    });
                }
                return;
            }
            DeValue::Table(_) => match value.table("a field") {
                Some(table) => table,
                None => return,
            },
            _ => {
                self.mistakes
                    .add(value.span.clone(), "a field is a column or an inline table");
                return;
            }
        };
        table.only(FIELD_KEYS);
        let sources: Vec<&str> = [
            "from",
            "value",
            "code",
            "reference",
            "file",
            "inline",
            "withdraw",
        ]
        .into_iter()
        .filter(|key| table.get(key).is_some())
        .collect();
        let [source] = sources.as_slice() else {
            self.mistakes.add(
                table.span.clone(),
                "a field has one of `from`, `value`, `code`, `reference`, `file`, `inline`, `withdraw`",
            );
            return;
        };
        self.check_company(&table, source);
        let when = self.conditions(block.table, &table);
        if *source == "value" {
            if let Some(value) = self.constant(&path, name, &table) {
                block.constants.push(ConstantMap {
                    path,
                    value,
                    completes: 0,
                    when,
                    line,
                });
            }
            return;
        }
        let absent = table.str("absent").and_then(|reason| {
            let found = DataAbsentReason::from_code(reason.text);
            if found.is_none() {
                self.mistakes.add(
                    reason.span,
                    format!(
                        "there is no reason `{}`; there are {}",
                        reason.text,
                        DataAbsentReason::CODES.join(", ")
                    ),
                );
            } else if path.spec().many {
                self.mistakes.add(
                    reason.span,
                    "a list has no reason for absence; name a field inside it",
                );
            }
            found
        });
        let source = match *source {
            "from" => {
                let Some(column) = table.str("from") else {
                    return;
                };
                let options = FieldOptions {
                    every,
                    datatype: table.str("as"),
                    via: table.strs("via"),
                    map: table.str("map"),
                    join: table.table("join", "`join`"),
                };
                self.value_source(block, &path, name, &column, &options)
            }
            "code" => self.coded_source(block, &path, name, &table),
            "reference" => self.reference_source(block, &path, name, &table, every),
            "withdraw" => Some(FieldSource::Withdrawal),
            _ => self.file_source(block, &path, name, &table, *source == "inline"),
        };
        if let Some(source) = source {
            block.fields.push(FieldMap {
                path,
                source,
                when,
                otherwise: false,
                absent,
                line,
            });
        }
    }

    /// Keys that do nothing beside the source that the field has.
    fn check_company(&self, table: &TomlTable<'_, '_>, source: &str) {
        let company: &[&str] = match source {
            "from" => &["as", "via", "map", "join", "when", "absent"],
            "value" | "withdraw" => &["when"],
            "code" => &[
                "via",
                "system",
                "system-from",
                "system-map",
                "display",
                "text",
                "translate",
                "when",
                "absent",
            ],
            "reference" => &["at", "key", "display", "when", "absent"],
            _ => &["when", "absent"],
        };
        for (key, _) in table.entries() {
            if key.text != source && !company.contains(&key.text) && FIELD_KEYS.contains(&key.text)
            {
                self.mistakes.add(
                    key.span,
                    format!("`{}` does nothing beside `{source}`", key.text),
                );
            }
        }
    }

    fn constant(
        &self,
        path: &FieldPath,
        name: &Str<'_>,
        table: &TomlTable<'_, '_>,
    ) -> Option<Constant> {
        let value = table.get("value")?;
        let leaf = self.leaf(path, name)?;
        let constant = match value.value {
            DeValue::String(text) => Constant::Text(text.clone().into_owned()),
            DeValue::Boolean(value) => Constant::Boolean(*value),
            DeValue::Integer(number) => {
                let digits = number.as_str().replace('_', "");
                match digits.parse() {
                    Ok(number) => Constant::Integer(number),
                    Err(_) => {
                        self.mistakes.add(value.span, "the number is too large");
                        return None;
                    }
                }
            }
            _ => {
                self.mistakes.add(
                    value.span,
                    "a constant is a text, a whole number, true or false",
                );
                return None;
            }
        };
        // a trial write finds every mismatch of type and code set before a patient is read
        let mut trial = path.kind().empty_resource();
        if let Err(error) = path.set(trial.element_mut(), 0, constant.leaf()) {
            let codes = match leaf {
                LeafType::Code { codes, .. } => format!("; it has {}", codes.join(", ")),
                _ => String::new(),
            };
            self.mistakes.add(value.span, format!("{error}{codes}"));
            return None;
        }
        Some(constant)
    }
}
