//! From a mapping document to a plan, with every mistake at its place.

mod code_maps;
mod elements;
mod fields;
mod head;
mod maps;
mod named;
mod tables;
mod values;

use ehr_model::source::Names;

use super::read::{Mistakes, Str, Table as TomlTable};
use super::{DocumentErrors, MappingDocument, read};
use crate::code_map::CodeMap;
use crate::format::Format;
use crate::path::SourcePath;
use crate::plan::{
    Block, Column, ColumnSpec, Condition, FileRule, Join, Key, KeyPart, Plan, Rule, Table, Test,
};
use crate::tree;
use named::Named;

/// What the whole document is.
const ROOT_KEYS: &[&str] = &[
    "document", "csv", "path", "key", "table", "source", "map", "code-map", "rule", "file",
];

pub(super) fn compile(document: &MappingDocument) -> Result<Plan, DocumentErrors> {
    let extended = document.extended()?;
    let bases: Vec<&MappingDocument> = extended.iter().collect();
    let mistakes = Mistakes::new(document, &bases);
    let parsed = std::iter::once(document)
        .chain(bases)
        .map(read::toml)
        .collect::<Result<Vec<_>, _>>()?;
    let starts: Vec<usize> = mistakes.starts().collect();
    // the document itself has the last word
    let layers = starts.into_iter().zip(&parsed).skip(1);
    let own = parsed.first().map(|own| (0, own.get_ref()));
    let layers = layers
        .map(|(start, root)| (start, root.get_ref()))
        .chain(own);
    let root = TomlTable::root(layers, &mistakes);
    root.only(ROOT_KEYS);

    let head = head::head(&root, &mistakes);
    let dialect = head::dialect(&root, &mistakes);
    let mut compiler = Compiler {
        mistakes: &mistakes,
        tables: Vec::new(),
        code_maps: Vec::new(),
        joins: Vec::new(),
        code_map_uses: Vec::new(),
        table_uses: Vec::new(),
        declared_shared: Vec::new(),
        names: Names::default(),
        named: Named::read(&root),
        format: head.format,
    };
    compiler.read_tables(&root);
    compiler.read_sources(&root);
    let documents: Vec<&MappingDocument> = std::iter::once(document).chain(&extended).collect();
    compiler.read_code_maps(&root, &documents);
    let maps = root.tables("map", "a map");
    let blocks: Vec<Block> = maps
        .iter()
        .filter_map(|map| compiler.block(map, &maps))
        .collect();
    // of two rules that take one value the first has it, so the document's own come first
    let mut rules = root.tables("rule", "a rule");
    rules.sort_by_key(|rule| !rule.is_own());
    let rules: Vec<Rule> = rules.iter().flat_map(|rule| compiler.rule(rule)).collect();
    let files: Vec<FileRule> = root
        .tables("file", "a file rule")
        .iter()
        .filter_map(|file| compiler.file_rule(file))
        .collect();
    if mistakes.is_empty() {
        compiler.check_uses(&root, &blocks, &rules); // else the mistake is that a use is misspelt
    }
    compiler.check_creators(&root, &blocks);

    if compiler
        .tables
        .iter()
        .any(|table| table.format == Format::Fhir)
    {
        crate::fhir::vocabulary(&mut compiler.names);
    }
    let blocks_by_table = crate::plan::Dispatch::of_tables(&compiler.tables, &blocks);
    let Compiler {
        tables,
        code_maps,
        joins,
        names,
        ..
    } = compiler;
    let formats = tables.iter().map(|table| table.format).collect();
    let deletes = tables.iter().filter_map(|table| table.delete.as_deref());
    let mut missing = head.missing;
    missing.extend(deletes.map(str::to_owned));
    let plan = Plan {
        name: head.name,
        version: head.version,
        title: head.title,
        namespace: ehr_model::record::Namespace::of_system(&head.system),
        system: head.system,
        digest: document.digest_with(&extended),
        time_zone: head.time_zone,
        missing,
        keep_uuids: head.keep_uuids,
        dialect,
        tables,
        blocks,
        dispatch: blocks_by_table,
        code_maps,
        rules,
        files,
        joins,
        names: tree::names(&formats, names),
        extended: extended
            .iter()
            .map(|document| document.name().to_owned())
            .collect(),
    };
    mistakes.into_result(plan)
}

struct Compiler<'a, 'd> {
    mistakes: &'a Mistakes<'d>,
    tables: Vec<Table>,
    code_maps: Vec<CodeMap>,
    joins: Vec<Join>,
    code_map_uses: Vec<bool>,
    table_uses: Vec<bool>,
    /// Whether a table says that it is shared, and nothing else.
    declared_shared: Vec<bool>,
    /// The names that paths speak of.
    names: Names,
    /// Parts of paths, and keys, that the document gives a name.
    named: Named<'a>,
    /// The format of tables.
    format: Option<Format>,
}

impl Compiler<'_, '_> {
    fn table(&mut self, name: &Str<'_>) -> Option<usize> {
        let found = self
            .tables
            .iter()
            .position(|table| *table.name == *name.text);
        match found {
            Some(table) => self.table_uses[table] = true,
            None => self.mistakes.add(
                name.span.clone(),
                format!("there is no table `{}`", name.text),
            ),
        }
        found
    }

    /// The column of a table, or the path into the trees of a source.
    fn column(&mut self, table: usize, name: &Str<'_>) -> Option<Column> {
        if self.tables[table].format.is_tree() {
            return self.path(table, name);
        }
        let columns = &self.tables[table].columns;
        let found = columns.iter().position(|column| *column.name == *name.text);
        if found.is_none() && !columns.is_empty() {
            let names: Vec<&str> = columns.iter().map(|column| &*column.name).collect();
            self.mistakes.add(
                name.span.clone(),
                format!(
                    "table `{}` has no column `{}`; it has {}",
                    self.tables[table].name,
                    name.text,
                    names.join(", ")
                ),
            );
        }
        found
    }

    fn path(&mut self, table: usize, text: &Str<'_>) -> Option<Column> {
        let known = self.tables[table]
            .columns
            .iter()
            .position(|column| *column.name == *text.text);
        if known.is_some() {
            return known;
        }
        let spelled = match self.named.spell_out(text.text) {
            Ok(spelled) => spelled,
            Err(message) => {
                self.mistakes.add(text.span.clone(), message);
                return None;
            }
        };
        match SourcePath::parse(&spelled, &mut self.names) {
            Ok(path) => {
                let columns = &mut self.tables[table].columns;
                columns.push(ColumnSpec {
                    name: text.text.into(),
                    required: false,
                    path: Some(path),
                });
                Some(columns.len() - 1)
            }
            Err(mistake) => {
                let quote = usize::from(text.span.len() > text.text.len());
                let at =
                    (text.span.start + quote + mistake.at).min(text.span.end.saturating_sub(1));
                self.mistakes.add(at..at + 1, mistake.message);
                None
            }
        }
    }

    fn code_map(&mut self, name: &Str<'_>) -> Option<usize> {
        let found = self
            .code_maps
            .iter()
            .position(|map| map.name() == name.text);
        match found {
            Some(map) => self.code_map_uses[map] = true,
            None => self.mistakes.add(
                name.span.clone(),
                format!("there is no code map `{}`", name.text),
            ),
        }
        found
    }

    /// A key: a list of parts, or a list of alternatives that are lists of parts.
    fn key(&mut self, table: usize, owner: &TomlTable<'_, '_>, name: &str) -> Option<Key> {
        let value = owner.get(name)?;
        let lists = match self.named.key(&value) {
            None => value.lists(),
            Some(Ok(lists)) => lists,
            Some(Err(message)) => {
                self.mistakes.add(value.span.clone(), message);
                return None;
            }
        };
        let mut key = Key::default();
        for parts in &lists {
            let compiled: Option<Vec<KeyPart>> = parts
                .iter()
                .map(|part| self.key_part(table, part))
                .collect();
            key.alternatives.push(compiled?);
        }
        Some(key)
    }

    fn key_part(&mut self, table: usize, part: &Str<'_>) -> Option<KeyPart> {
        if let Some(literal) = part.text.strip_prefix('=') {
            return Some(KeyPart::Literal(literal.to_owned()));
        }
        match part.text {
            "#" => Some(KeyPart::Ordinal),
            own if (own == "@" || own.starts_with("@ |"))
                && self.tables[table].format.is_tree() =>
            {
                let via: Vec<Str<'_>> = own[1..]
                    .split('|')
                    .skip(1)
                    .map(|text| Str {
                        span: part.span.clone(),
                        text: text.trim(),
                    })
                    .collect();
                let transforms = self.transforms(&via);
                self.chain_kind(&via, &transforms)?;
                Some(KeyPart::Own(transforms))
            }
            "#record" if self.tables[table].format.is_tree() => Some(KeyPart::OrdinalInRecord),
            "~" if self.tables[table].format.is_tree() => Some(KeyPart::Content(None)),
            content if content.starts_with('~') && self.tables[table].format.is_tree() => {
                let path = Str {
                    span: part.span.start + 1..part.span.end,
                    text: &content[1..],
                };
                Some(KeyPart::Content(Some(self.column(table, &path)?)))
            }
            _ => {
                // `a|b` is either name; a transform stands behind a space
                let mut pieces = part.text.split(" | ").map(str::trim);
                let inner = |text| Str {
                    span: part.span.clone(),
                    text,
                };
                let column = if self.tables[table].format.is_tree() {
                    inner(pieces.next()?)
                } else {
                    pieces.by_ref().for_each(drop); // a column's name may hold anything
                    part.clone()
                };
                let via: Vec<Str<'_>> = pieces.map(inner).collect();
                let transforms = self.transforms(&via);
                self.chain_kind(&via, &transforms)?;
                let column = self.column(table, &column)?;
                Some(KeyPart::Column(column, transforms))
            }
        }
    }

    fn conditions(&mut self, table: usize, owner: &TomlTable<'_, '_>) -> Vec<Condition> {
        let mut conditions = Vec::new();
        for condition in owner.tables("when", "a condition") {
            let place = self.place_key(table);
            condition.only(&[place, "in", "not-in", "filled", "empty"]);
            let column = condition
                .required_str(place)
                .and_then(|name| self.column(table, &name));
            let texts = |key: &str| {
                condition
                    .strs(key)
                    .iter()
                    .map(|text| text.text.to_owned())
                    .collect::<Vec<_>>()
            };
            let mut tests = Vec::new();
            if condition.get("in").is_some() {
                tests.push(Test::In(texts("in")));
            }
            if condition.get("not-in").is_some() {
                tests.push(Test::NotIn(texts("not-in")));
            }
            if condition.bool("filled", false) {
                tests.push(Test::Filled);
            }
            if condition.bool("empty", false) {
                tests.push(Test::Empty);
            }
            if tests.len() != 1 {
                self.mistakes.add(
                    condition.span.clone(),
                    "a condition has one of `in`, `not-in`, `filled = true`, `empty = true`",
                );
            }
            if let (Some(column), Some(test)) = (column, tests.pop()) {
                conditions.push(Condition { column, test });
            }
        }
        conditions
    }

    /// What a place in a record is called: rows have columns, trees have paths.
    fn place_key(&self, table: usize) -> &'static str {
        if self.tables[table].format.is_tree() {
            "path"
        } else {
            "column"
        }
    }

    fn rule(&mut self, rule: &TomlTable<'_, '_>) -> Vec<Rule> {
        // a rule may speak of several sources
        match rule.get("source") {
            None => self.rule_of(rule, None).into_iter().collect(),
            Some(_) => rule
                .strs("source")
                .iter()
                .filter_map(|source| self.rule_of(rule, Some(source)))
                .collect(),
        }
    }

    fn rule_of(&mut self, rule: &TomlTable<'_, '_>, of: Option<&Str<'_>>) -> Option<Rule> {
        let source = of.is_some();
        rule.only(if source {
            &[
                "name",
                "source",
                "paths",
                "untouched",
                "when",
                "fate",
                "reason",
            ]
        } else {
            &["name", "table", "columns", "when", "fate", "reason"]
        });
        let table = match of {
            Some(source) => self.table(source),
            None => rule
                .required_str("table")
                .and_then(|name| self.table(&name)),
        };
        let archive = self.fate(rule);
        let reason = self.reason(rule);
        let table = table?;
        let places = if source { "paths" } else { "columns" };
        let columns = rule
            .strs(places)
            .iter()
            .filter_map(|name| self.column(table, name))
            .collect();
        let when = self.conditions(table, rule);
        if rule.get(places).is_none() && (when.is_empty() || source) {
            self.mistakes.add(
                rule.span.clone(),
                if source {
                    "a rule on a source names the `paths` of the subtrees that it takes"
                } else {
                    "a rule names `columns`, or whole rows by `when`"
                },
            );
        }
        Some(Rule {
            table,
            columns,
            when,
            untouched: source && rule.bool("untouched", false),
            archive: archive?,
            reason: reason?.into(),
        })
    }

    fn file_rule(&self, file: &TomlTable<'_, '_>) -> Option<FileRule> {
        file.only(&["name", "fate", "reason"]);
        let name = file.required_str("name");
        let archive = self.fate(file);
        let reason = self.reason(file);
        Some(FileRule {
            pattern: name?.text.to_owned(),
            archive: archive?,
            reason: reason?.into(),
        })
    }

    fn fate(&self, owner: &TomlTable<'_, '_>) -> Option<bool> {
        let fate = owner.required_str("fate")?;
        match fate.text {
            "archive" => Some(true),
            "ignore" => Some(false),
            _ => {
                self.mistakes
                    .add(fate.span, "`fate` is `archive` or `ignore`");
                None
            }
        }
    }

    fn reason(&self, owner: &TomlTable<'_, '_>) -> Option<String> {
        let reason = owner.required_str("reason")?;
        if reason.text.trim().is_empty() {
            self.mistakes.add(reason.span, "a rule says why");
            return None;
        }
        Some(reason.text.to_owned())
    }

    /// A line that nothing reaches is a mistake: somebody believes that it does something. What only
    /// the lines of a shipped document used, which this one replaced, is none.
    fn check_uses(&self, root: &TomlTable<'_, '_>, blocks: &[Block], rules: &[Rule]) {
        for (number, toml) in root.tables("table", "a table").iter().enumerate() {
            let used = self.table_uses.get(number).copied().unwrap_or(true)
                || blocks.iter().any(|block| block.table == number)
                || rules.iter().any(|rule| rule.table == number);
            if !used {
                self.mistakes
                    .add(toml.span.clone(), "no map, join or rule reads this table");
            }
        }
        let unused = self.named.unused();
        for unused in unused.into_iter().filter(|at| self.mistakes.is_own(at)) {
            self.mistakes.add(unused, "no line uses this name");
        }
        if let Some(maps) = root.table("code-map", "`code-map`") {
            for (name, _) in maps.entries() {
                let unused = self
                    .code_maps
                    .iter()
                    .position(|map| map.name() == name.text)
                    .is_some_and(|map| !self.code_map_uses[map]);
                if unused && self.mistakes.is_own(&name.span) {
                    self.mistakes
                        .add(name.span.clone(), "no map uses this code map");
                }
            }
        }
    }

    /// A block that only completes records needs another one that makes them.
    fn check_creators(&self, root: &TomlTable<'_, '_>, blocks: &[Block]) {
        for block in blocks
            .iter()
            .filter(|block| !block.create && block.append.is_some())
        {
            let made = blocks
                .iter()
                .any(|other| other.create && other.kind == block.kind);
            let maps = root.tables("map", "a map");
            let map = maps
                .iter()
                .find(|map| self.mistakes.line(&map.span) == block.line);
            if let Some(map) = map.filter(|_| !made) {
                self.mistakes.add(
                    map.span.clone(),
                    format!(
                        "`create = false`, but no other map makes a {}",
                        block.kind.name()
                    ),
                );
            }
        }
    }
}
