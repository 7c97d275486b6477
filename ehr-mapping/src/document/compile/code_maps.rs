//! `[code-map.*]`.

use super::Compiler;
use crate::code_map::{CodeMap, Relationship, Target};
use crate::document::MappingDocument;
use crate::document::read::{Str, Table as TomlTable};

impl Compiler<'_, '_> {
    pub(super) fn read_code_maps(&mut self, root: &TomlTable<'_, '_>, document: &MappingDocument) {
        let Some(maps) = root.table("code-map", "`code-map`") else {
            return;
        };
        for (name, value) in maps.entries() {
            let Some(map) = value.table("a code map") else {
                continue;
            };
            map.only(&["system", "rows", "file"]);
            let system = map.str("system").map_or("", |system| system.text);
            let mut compiled = CodeMap::new(name.text);
            match (map.get("rows"), map.str("file")) {
                (Some(rows), None) => {
                    for row in rows.items() {
                        let cells = row.strs();
                        match cells.as_slice() {
                            [code, target] => {
                                self.row(&mut compiled, code, target.text, "", system)
                            }
                            [code, target, display] => {
                                self.row(&mut compiled, code, target.text, display.text, system)
                            }
                            _ => self.mistakes.add(
                                row.span,
                                "a row is [code, target] or [code, target, display]",
                            ),
                        }
                    }
                }
                (None, Some(file)) => self.rows_of_file(&mut compiled, &file, system, document),
                _ => self
                    .mistakes
                    .add(map.span.clone(), "a code map has `rows` or a `file`"),
            }
            self.code_maps.push(compiled);
            self.code_map_uses.push(false);
        }
    }

    fn row(&self, map: &mut CodeMap, code: &Str<'_>, target: &str, display: &str, system: &str) {
        let target = Target {
            system: system.into(),
            code: target.into(),
            display: display.into(),
            relationship: Relationship::Equivalent,
        };
        if !map.insert(code.text, target) {
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
        document: &MappingDocument,
    ) {
        let mistake = |message: String| self.mistakes.add(file.span.clone(), message);
        let Some(content) = document.file(file.text) else {
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
