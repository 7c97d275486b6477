//! The lines of a document, in its order.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Range;

use ehr_model::catalogue::FieldPath;
use ehr_model::record::Kind;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::words::{conditions, right_side, strings};
use super::{CodeRow, Draft, LineKind, ReviewSheet, SheetLine};
use crate::code_map::Target;
use crate::document::{DocumentErrors, MappingDocument, split_line};
use crate::plan::Plan;

/// The mark of a line that was guessed.
const DRAFT_MARK: &str = "REVIEW";

/// The sheet of a document.
pub(super) fn sheet(document: &MappingDocument) -> Result<ReviewSheet, DocumentErrors> {
    let plan = document.compile()?;
    let extended = document.extended()?;
    let effective = effective_lines(&plan);
    let mut lines = Vec::new();
    let mut codes = Codes::new(&plan);
    let mut named = HashMap::new();
    for one in std::iter::once(document).chain(&extended) {
        name_maps(one.toml()?.get_ref(), &mut named);
    }
    for (number, one) in std::iter::once(document).chain(&extended).enumerate() {
        let root = one.toml()?;
        let walk = Walk {
            document: one,
            number,
            effective: &effective,
            plan: &plan,
            named: &named,
        };
        walk.maps(root.get_ref(), &mut lines);
        walk.rules(root.get_ref(), &mut lines);
        codes.of_document(one, number > 0, root.get_ref());
    }
    Ok(ReviewSheet {
        name: plan.name().to_owned(),
        version: plan.version().to_owned(),
        title: plan.title().to_owned(),
        digest: *plan.digest(),
        lines,
        codes: codes.rows,
        without_row: None,
        has_samples: false,
    })
}

/// The document and line of everything that fills a field: what an extending document replaced is not among it.
fn effective_lines(plan: &Plan) -> HashSet<(usize, u32)> {
    let mut lines = HashSet::new();
    for block in &plan.blocks {
        let each = block.each.iter();
        let fields = each.clone().flat_map(|each| &each.fields);
        let constants = each.flat_map(|each| &each.constants);
        lines.extend(block.fields.iter().chain(fields).map(|field| field.line));
        lines.extend(block.constants.iter().chain(constants).map(|one| one.line));
    }
    lines.into_iter().map(split_line).collect()
}

/// Remembers source and kind of every map that has a name; what an extending document says comes first.
fn name_maps(root: &DeTable<'_>, named: &mut HashMap<String, FromTo>) {
    for map in tables(root.get("map")) {
        let text = |key: &str| {
            let value = map.get(key)?.get_ref().as_str()?;
            Some(value.to_owned())
        };
        if let Some(name) = text("name") {
            let (from, to) = named.entry(name).or_default();
            *from = from.take().or_else(|| text("from"));
            *to = to.take().or_else(|| text("to"));
        }
    }
}

/// A document on its way into lines.
struct Walk<'w> {
    document: &'w MappingDocument,
    /// 0 for the document itself.
    number: usize,
    effective: &'w HashSet<(usize, u32)>,
    plan: &'w Plan,
    named: &'w HashMap<String, FromTo>,
}

/// Of a map that has a name: the source and the kind, in whichever document they are written.
type FromTo = (Option<String>, Option<String>);

/// What the lines of one map have in common.
struct Map<'w> {
    group: String,
    source: &'w str,
    kind: Kind,
}

impl Walk<'_> {
    fn maps(&self, root: &DeTable<'_>, out: &mut Vec<SheetLine>) {
        for map in tables(root.get("map")) {
            let text = |key: &str| map.get(key).and_then(|value| value.get_ref().as_str());
            // a layer over a map of an extended document may leave both to it
            let below = text("name").and_then(|name| self.named.get(name));
            let source = text("from").or_else(|| below?.0.as_deref());
            let kind = text("to").or_else(|| below?.1.as_deref());
            let (Some(source), Some(kind)) = (source, kind.and_then(Kind::from_name)) else {
                continue;
            };
            let mut group = format!("{source} → {}", kind.name());
            if let Some(at) = text("at") {
                group += &format!(", at {at}");
            }
            let when = conditions(map.get("when"));
            if !when.is_empty() {
                group += &format!(", only where {when}");
            }
            let of = Map {
                group,
                source,
                kind,
            };
            self.fields(map.get("fields"), &of, out);
            for each in tables(map.get("each")) {
                self.fields(each.get("fields"), &of, out);
            }
        }
    }

    fn fields(
        &self,
        fields: Option<&Spanned<DeValue<'_>>>,
        map: &Map<'_>,
        out: &mut Vec<SheetLine>,
    ) {
        let Some(DeValue::Table(fields)) = fields.map(Spanned::get_ref) else {
            return;
        };
        for (key, value) in fields.iter() {
            let line = self.line(&key.span());
            let taken_away = matches!(value.get_ref(), DeValue::Boolean(false));
            if !taken_away && !self.effective.contains(&(self.number, line)) {
                continue;
            }
            let written: &str = key.get_ref();
            let path = FieldPath::resolve(map.kind, written.trim_end_matches("[*]")).ok();
            let words = right_side(value.get_ref());
            let label = path
                .as_ref()
                .map_or_else(|| written.to_owned(), FieldPath::label);
            out.push(SheetLine {
                id: self.id(line, out),
                kind: LineKind::Field,
                group: map.group.clone(),
                target: format!("{}: {label}", map.kind.name()),
                path: format!("{}.{written}", map.kind.name()),
                source: match words.reads.is_empty() {
                    true => String::new(),
                    false => format!("{}: {}", map.source, words.reads.join(", ")),
                },
                transform: words.transform,
                code_map: words.code_map,
                safety: path.as_ref().map(FieldPath::safety),
                draft: self.draft(line),
                reads: self.reads(map.source, words.reads),
                samples: Vec::new(),
            });
        }
    }

    fn rules(&self, root: &DeTable<'_>, out: &mut Vec<SheetLine>) {
        for (key, place) in [("rule", "rule"), ("file", "file of the export")] {
            let Some(DeValue::Array(items)) = root.get(key).map(Spanned::get_ref) else {
                continue;
            };
            for item in items.iter() {
                let DeValue::Table(rule) = item.get_ref() else {
                    continue;
                };
                let text = |key: &str| rule.get(key).and_then(|value| value.get_ref().as_str());
                let line = self.line(&item.span());
                let sources = ["table", "source", "name"].map(|key| strings(rule.get(key)));
                let sources = sources.concat().join(", ");
                let parts = ["columns", "paths"].map(|key| strings(rule.get(key)));
                let parts = parts.concat().join(", ");
                let fate = match text("fate") {
                    Some("archive") => "Kept in the archive only",
                    Some("ignore") => "Left out",
                    _ => "",
                };
                let when = conditions(rule.get("when"));
                let when = match when.is_empty() {
                    true => String::new(),
                    false => format!("; only where {when}"),
                };
                out.push(SheetLine {
                    id: self.id(line, out),
                    kind: LineKind::Rule,
                    group: format!("{place}: {sources}"),
                    target: fate.to_owned(),
                    path: String::new(),
                    source: match (parts.is_empty(), key) {
                        (true, "file") => format!("file {sources}"),
                        (true, _) => format!("{sources}: whole records"),
                        (false, _) => format!("{sources}: {parts}"),
                    },
                    transform: format!("{}{when}", text("reason").unwrap_or_default()),
                    code_map: None,
                    safety: None,
                    draft: self.draft(line),
                    reads: Vec::new(),
                    samples: Vec::new(),
                });
            }
        }
    }

    fn line(&self, span: &Range<usize>) -> u32 {
        let before = &self.document.text().as_bytes()[..span.start];
        memchr::memchr_iter(b'\n', before).count() as u32 + 1
    }

    /// The line, with the document that it stands in; a number behind it where a line holds several.
    fn id(&self, line: u32, known: &[SheetLine]) -> String {
        let id = match self.number {
            0 => line.to_string(),
            _ => format!("{}:{line}", self.document.name()),
        };
        let again = known.iter().rev().take_while(|one| {
            let start = one.id.strip_prefix(&id);
            start.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        match again.count() {
            0 => id,
            count => format!("{id}/{}", count + 1),
        }
    }

    /// What a line that was guessed says of itself: on the line, or in the comment above it.
    fn draft(&self, line: u32) -> Option<Draft> {
        let text = |line: u32| self.document.text().lines().nth(line as usize - 1);
        let above = line.checked_sub(1).filter(|line| *line > 0).and_then(text);
        let above = above.filter(|line| line.trim_start().starts_with('#'));
        let on = text(line).and_then(|line| line.split_once(" # ").map(|(_, comment)| comment));
        let comment = [on, above]
            .into_iter()
            .flatten()
            .find(|comment| comment.contains(DRAFT_MARK))?;
        let (before, reason) = comment.split_once(DRAFT_MARK)?;
        let confidence = before.split("0.").nth(1).map(str::trim);
        Some(Draft {
            confidence: confidence.and_then(|digits| digits.parse().ok()),
            reason: reason.trim_start_matches(':').trim().to_owned(),
        })
    }

    /// Files and columns, of tables: by them samples are found.
    fn reads(&self, source: &str, columns: Vec<String>) -> Vec<(String, String)> {
        let table = self.plan.tables.iter().find(|table| &*table.name == source);
        match table {
            Some(table) if !table.format.is_tree() => columns
                .into_iter()
                .map(|column| (table.file.clone(), column))
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// The tables of a list of tables.
fn tables<'a, 'd>(
    value: Option<&'a Spanned<DeValue<'d>>>,
) -> impl Iterator<Item = &'a DeTable<'d>> {
    let items = match value.map(Spanned::get_ref) {
        Some(DeValue::Array(items)) => Some(items),
        _ => None,
    };
    let items = items.into_iter().flat_map(|items| items.iter());
    items.filter_map(|item| match item.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    })
}

/// The rows of code maps that the plan uses, as they are written.
struct Codes<'p> {
    plan: BTreeMap<&'p str, BTreeMap<&'p str, &'p Target>>,
    seen: HashSet<String>,
    rows: Vec<CodeRow>,
}

impl<'p> Codes<'p> {
    fn new(plan: &'p Plan) -> Self {
        let maps = plan.code_maps.iter();
        Self {
            plan: maps
                .map(|map| (map.name(), map.targets().collect()))
                .collect(),
            seen: HashSet::new(),
            rows: Vec::new(),
        }
    }

    fn of_document(&mut self, document: &MappingDocument, shipped: bool, root: &DeTable<'_>) {
        let Some(DeValue::Table(maps)) = root.get("code-map").map(Spanned::get_ref) else {
            return;
        };
        let own = match shipped {
            true => document.name(),
            false => "",
        };
        for (name, map) in maps.iter() {
            let DeValue::Table(map) = map.get_ref() else {
                continue;
            };
            if let Some(DeValue::Array(rows)) = map.get("rows").map(Spanned::get_ref) {
                for row in rows.iter() {
                    if let Some(code) = strings(Some(row)).first() {
                        self.row(name.get_ref(), code, own);
                    }
                }
            }
            if let Some(file) = map.get("file").and_then(|file| file.get_ref().as_str())
                && let Some(content) = document.file(file)
            {
                let place = match shipped {
                    true => format!("{own}: {file}"),
                    false => file.to_owned(),
                };
                for code in super::proposal::codes_of_file(content) {
                    self.row(name.get_ref(), &code, &place);
                }
            }
        }
    }

    /// A row, if it is not one that a row before it stands in place of.
    fn row(&mut self, map: &str, code: &str, place: &str) {
        let target = self.plan.get(map).and_then(|rows| rows.get(code));
        let id = format!("{map}/{code}");
        if let Some(target) = target
            && self.seen.insert(id.clone())
        {
            self.rows.push(CodeRow {
                id,
                map: map.to_owned(),
                code: code.to_owned(),
                target: target.code.to_string(),
                display: target.display.to_string(),
                relationship: target.relationship.code().to_owned(),
                system: target.system.to_string(),
                uses: None,
                place: place.to_owned(),
            });
        }
    }
}
