//! `[[map]]` and its fields.

use std::ops::Range;

use ehr_model::catalogue::{FieldPath, PathError};
use ehr_model::element::LeafType;
use ehr_model::record::Kind;
use ehr_model::value::{CodeSet as _, DataAbsentReason};
use toml::de::DeValue;

use super::Compiler;
use crate::document::read::{Str, Table as TomlTable, Value};
use crate::plan::{
    Block, CodeSystemSource, CodedSource, ConceptPaths, Constant, ConstantMap, FieldMap,
    FieldSource, FileSource, Join, KeyPart, PatientKey, ReferenceSource, ValueSource,
};
use crate::transform::{Transform, ValueKind};

/// The keys of a field that is an inline table.
const FIELD_KEYS: &[&str] = &[
    "from",
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
    "when",
    "absent",
];

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

    fn kind(&self, name: &Str<'_>) -> Option<Kind> {
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

    fn fields(&mut self, fields: &TomlTable<'_, '_>, block: &mut Block) {
        let mut always: Vec<FieldPath> = Vec::new();
        for (name, value) in fields.entries() {
            let path = match FieldPath::resolve(block.kind, name.text) {
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
            let conditional =
                matches!(value.value, DeValue::Table(table) if table.get("when").is_some());
            if !conditional {
                always.push(path.clone());
            }
            self.field(&name, path, &value, block);
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

    fn field(&mut self, name: &Str<'_>, path: FieldPath, value: &Value<'_, '_>, block: &mut Block) {
        let line = self.mistakes.line(&name.span);
        let table = match value.value {
            DeValue::String(column) => {
                let column = Str {
                    span: value.span.clone(),
                    text: column,
                };
                let source =
                    self.value_source(block, &path, name, &column, &FieldOptions::default());
                if let Some(source) = source {
                    block.fields.push(FieldMap {
                        path,
                        source,
                        when: Vec::new(),
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
        let sources: Vec<&str> = ["from", "value", "code", "reference", "file", "inline"]
            .into_iter()
            .filter(|key| table.get(key).is_some())
            .collect();
        let [source] = sources.as_slice() else {
            self.mistakes.add(
                table.span.clone(),
                "a field has one of `from`, `value`, `code`, `reference`, `file`, `inline`",
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
                    via: table.strs("via"),
                    map: table.str("map"),
                    join: table.table("join", "`join`"),
                };
                self.value_source(block, &path, name, &column, &options)
            }
            "code" => self.coded_source(block, &path, name, &table),
            "reference" => self.reference_source(block, &path, name, &table),
            _ => self.file_source(block, &path, name, &table, *source == "inline"),
        };
        if let Some(source) = source {
            block.fields.push(FieldMap {
                path,
                source,
                when,
                absent,
                line,
            });
        }
    }

    /// Keys that do nothing beside the source that the field has.
    fn check_company(&self, table: &TomlTable<'_, '_>, source: &str) {
        let company: &[&str] = match source {
            "from" => &["via", "map", "join", "when", "absent"],
            "value" => &["when"],
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
            "reference" => &["key", "display", "when", "absent"],
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

    fn value_source(
        &mut self,
        block: &Block,
        path: &FieldPath,
        name: &Str<'_>,
        column: &Str<'_>,
        options: &FieldOptions<'_, '_>,
    ) -> Option<FieldSource> {
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
        let kind = self.chain_kind(&options.via, &transforms);
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
            transforms,
            code_map,
            leaf,
        }))
    }

    fn leaf(&self, path: &FieldPath, name: &Str<'_>) -> Option<LeafType> {
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

    fn transforms(&self, via: &[Str<'_>]) -> Vec<Transform> {
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

    fn chain_kind(&self, via: &[Str<'_>], transforms: &[Transform]) -> Option<ValueKind> {
        if via.len() != transforms.len() {
            return None; // a mistake was reported already
        }
        let mut kind = ValueKind::Text;
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

    fn coded_source(
        &mut self,
        block: &Block,
        path: &FieldPath,
        name: &Str<'_>,
        table: &TomlTable<'_, '_>,
    ) -> Option<FieldSource> {
        let concept = match path.element_type() {
            Some("CodeableConcept") => true,
            Some("Coding") => false,
            _ => {
                self.mistakes.add(
                    name.span.clone(),
                    "`code` fills a CodeableConcept or a Coding",
                );
                return None;
            }
        };
        let code = table
            .str("code")
            .and_then(|code| self.column(block.table, &code));
        let via = table.strs("via");
        let transforms = self.transforms(&via);
        if let Some(kind) = self.chain_kind(&via, &transforms)
            && kind != ValueKind::Text
            && let Some(last) = via.last()
        {
            self.mistakes.add(
                last.span.clone(),
                format!("a code is text, and {} arrives here", kind.with_article()),
            );
        }
        let system_map = match table.str("system-map") {
            None => None,
            Some(name) => Some(self.code_map(&name)?),
        };
        let system = match (table.str("system"), table.str("system-from")) {
            (Some(system), None) => CodeSystemSource::Constant(system.text.to_owned()),
            (None, Some(column)) => CodeSystemSource::Column {
                column: self.column(block.table, &column)?,
                code_map: system_map,
            },
            (None, None) => CodeSystemSource::None,
            (Some(_), Some(column)) => {
                self.mistakes.add(
                    column.span,
                    "the system is a constant or a column, not both",
                );
                return None;
            }
        };
        let column = |compiler: &Self, key: &str| match table.str(key) {
            None => Some(None),
            Some(name) => compiler.column(block.table, &name).map(Some),
        };
        let display = column(self, "display")?;
        let text = column(self, "text")?;
        let translate = match table.str("translate") {
            None => None,
            Some(name) => Some(self.code_map(&name)?),
        };
        if !concept && (text.is_some() || translate.is_some()) {
            self.mistakes.add(
                name.span.clone(),
                "a Coding has neither a text nor translations; a CodeableConcept has",
            );
            return None;
        }
        let inner = |suffix: &str| {
            FieldPath::resolve_leaf(block.kind, &format!("{}.{suffix}", path.text())).ok()
        };
        let (first, second) = if concept {
            ("coding[0].", "coding[1].")
        } else {
            ("", "")
        };
        Some(FieldSource::Coded(Box::new(CodedSource {
            code: code?,
            transforms,
            system,
            display,
            text,
            translate,
            code_path: inner(&format!("{first}code"))?,
            system_path: inner(&format!("{first}system"))?,
            display_path: inner(&format!("{first}display"))?,
            concept: match concept {
                false => None,
                true => Some(ConceptPaths {
                    text: inner("text")?,
                    user_selected: inner(&format!("{first}userSelected"))?,
                    target_system: inner(&format!("{second}system"))?,
                    target_code: inner(&format!("{second}code"))?,
                    target_display: inner(&format!("{second}display"))?,
                }),
            },
        })))
    }

    fn reference_source(
        &mut self,
        block: &Block,
        path: &FieldPath,
        name: &Str<'_>,
        table: &TomlTable<'_, '_>,
    ) -> Option<FieldSource> {
        if path.element_type() != Some("Reference") {
            self.mistakes
                .add(name.span.clone(), "`reference` fills a Reference");
            return None;
        }
        let kind = table.str("reference").and_then(|kind| self.kind(&kind));
        if table.get("key").is_none() {
            self.mistakes
                .add(table.span.clone(), "a reference needs `key`");
        }
        let parts = table.strs("key");
        for ordinal in parts.iter().filter(|part| part.text == "#") {
            self.mistakes.add(
                ordinal.span.clone(),
                "a reference cannot name the place among equal keys",
            );
        }
        let key = self.key(block.table, &parts);
        let inner = |suffix: &str| {
            FieldPath::resolve_leaf(block.kind, &format!("{}.{suffix}", path.text())).ok()
        };
        let display = match table.str("display") {
            None => None,
            Some(name) => Some((self.column(block.table, &name)?, inner("display")?)),
        };
        Some(FieldSource::Reference(Box::new(ReferenceSource {
            kind: kind?,
            key,
            display,
            target: inner("reference")?,
        })))
    }

    fn file_source(
        &self,
        block: &Block,
        path: &FieldPath,
        name: &Str<'_>,
        table: &TomlTable<'_, '_>,
        inline: bool,
    ) -> Option<FieldSource> {
        if path.element_type() != Some("Attachment") {
            self.mistakes
                .add(name.span.clone(), "`file` and `inline` fill an Attachment");
            return None;
        }
        let column = table
            .str(if inline { "inline" } else { "file" })
            .and_then(|column| self.column(block.table, &column));
        let inner = |suffix: &str| {
            FieldPath::resolve_leaf(block.kind, &format!("{}.{suffix}", path.text())).ok()
        };
        Some(FieldSource::File(Box::new(FileSource {
            column: column?,
            data: inner("data")?,
            size: inner("size")?,
            content_type: inner("contentType")?,
            inline,
        })))
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

#[derive(Default)]
struct FieldOptions<'a, 'd> {
    via: Vec<Str<'a>>,
    map: Option<Str<'a>>,
    join: Option<TomlTable<'a, 'd>>,
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

impl Constant {
    /// The constant on its way into a field.
    pub(crate) fn leaf(&self) -> ehr_model::element::Leaf<'_> {
        use ehr_model::element::Leaf;
        match self {
            Self::Text(text) => Leaf::Text(text.as_str().into()),
            Self::Boolean(value) => Leaf::Boolean(*value),
            Self::Integer(value) => Leaf::Integer(*value),
        }
    }
}
