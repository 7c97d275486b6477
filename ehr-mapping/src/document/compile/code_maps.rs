//! `[code-map.*]`.

use super::Compiler;
use crate::code_map::{CodeMap, Relationship, Target};
use crate::document::MappingDocument;
use crate::document::read::{Str, Table as TomlTable, Value};

impl Compiler<'_, '_> {
    pub(super) fn read_code_maps(
        &mut self,
        root: &TomlTable<'_, '_>,
        documents: &[&MappingDocument],
    ) {
        let Some(maps) = root.table("code-map", "`code-map`") else {
            return;
        };
        for (name, _) in maps.entries() {
            let Some(map) = maps.table(name.text, "a code map") else {
                continue;
            };
            map.only(&["system", "rows", "file"]);
            let system = map.str("system").map_or("", |system| system.text);
            let mut compiled = CodeMap::new(name.text);
            let (mut rows, mut files) = (map.each("rows"), map.each("file"));
            if rows.is_empty() == files.is_empty() {
                self.mistakes
                    .add(map.span.clone(), "a code map has `rows` or a `file`");
            }
            // the document's own rows come first and stand before those that it extends
            let own = rows.pop();
            let mut rows_of = |rows: &Value<'_, '_>, own: bool| {
                for row in rows.items() {
                    let cells = row.strs();
                    match cells.as_slice() {
                        [code, target] => {
                            self.row(&mut compiled, code, target.text, "", system, own)
                        }
                        [code, target, display] => {
                            self.row(&mut compiled, code, target.text, display.text, system, own)
                        }
                        _ => self.mistakes.add(
                            row.span,
                            "a row is [code, target] or [code, target, display]",
                        ),
                    }
                }
            };
            own.iter().for_each(|own| rows_of(own, true));
            rows.iter().rev().for_each(|rows| rows_of(rows, false));
            let file = files.pop().filter(|_| own.is_none());
            if let Some(file) = file.and_then(|file| file.str()) {
                self.rows_of_file(&mut compiled, &file, system, documents);
            }
            self.code_maps.push(compiled);
            self.code_map_uses.push(false);
        }
    }

    fn row(
        &self,
        map: &mut CodeMap,
        code: &Str<'_>,
        target: &str,
        display: &str,
        system: &str,
        own: bool,
    ) {
        let target = Target {
            system: system.into(),
            code: target.into(),
            display: display.into(),
            relationship: Relationship::Equivalent,
            row: 0, // the map counts
        };
        if !map.insert(code.text, target) && own {
            self.mistakes.add(
                code.span.clone(),
                format!("two rows translate `{}`", code.text),
            );
        }
    }

    fn rows_of_file(
        &self,
        map: &mut CodeMap,
        file: &Str<'_>,
        system: &str,
        documents: &[&MappingDocument],
    ) {
        let mistake = |message: String| self.mistakes.add(file.span.clone(), message);
        let mut contents = documents
            .iter()
            .filter_map(|document| document.file(file.text));
        let Some(content) = contents.next() else {
            return mistake(format!("code map file `{}` was not given", file.text));
        };
        let dialect = crate::csv::Dialect::default();
        let mut lines = content.lines().filter(|line| !line.trim().is_empty());
        let split = |line: &str| -> Vec<String> {
            crate::csv::fields(line, &dialect)
                .map(|cell| cell.trim().to_owned())
                .collect()
        };
        let header = lines.next().map(split).unwrap_or_default();
        let column = |name: &str| header.iter().position(|column| column == name);
        let (Some(code), Some(target)) = (column("code"), column("target")) else {
            return mistake(format!(
                "code map file `{}` needs columns code and target",
                file.text
            ));
        };
        for (number, line) in lines.enumerate() {
            let cells = split(line);
            let cell =
                |at: Option<usize>| at.and_then(|at| cells.get(at)).map_or("", String::as_str);
            let relationship = match cell(column("relationship")) {
                "" => Some(Relationship::Equivalent),
                word => Relationship::from_code(word),
            };
            let Some(relationship) = relationship else {
                mistake(format!(
                    "row {} of `{}` has a relationship that FHIR does not know",
                    number + 1,
                    file.text
                ));
                continue;
            };
            let own_system = cell(column("system"));
            let row = Target {
                system: if own_system.is_empty() {
                    system
                } else {
                    own_system
                }
                .into(),
                code: cell(Some(target)).into(),
                display: cell(column("display")).into(),
                relationship,
                row: 0, // the map counts
            };
            if !map.insert(cell(Some(code)), row) {
                mistake(format!(
                    "row {} of `{}` translates a code for the second time",
                    number + 1,
                    file.text
                ));
            }
        }
    }
}
