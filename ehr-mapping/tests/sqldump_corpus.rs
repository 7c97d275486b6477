//! Real tables: the corpus has no dump, so its tables are written as each database would write
//! them, and every cell must come back. The cells themselves are read by the `csv` crate.

use std::fs;
use std::path::Path;

use ehr_mapping::csv::Columns;
use ehr_mapping::raw::RawRecord;
use ehr_mapping::sqldump::{Reader, Variant, detect, parse, tables};
use ehr_model::source::{Arena, NodeId};

#[test]
fn every_cell_of_the_corpus_comes_back_from_a_dump() {
    let Some(root) = std::env::var_os("EHR_CORPUS") else {
        say("skipped: EHR_CORPUS is not set");
        return;
    };
    let folder = Path::new(&root).join("synthea-csv/ma-2024-11pts");
    let mut files = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "csv") {
            files += 1;
            let name = path.file_stem().unwrap().to_str().unwrap();
            let table = read(&path);
            for variant in [Variant::MySql, Variant::PostgreSql, Variant::SqlServer] {
                for listed in [false, true] {
                    let script = write(variant, name, &table, listed);
                    compare(&script, variant, name, &table);
                }
            }
        }
    }
    assert!(files > 10, "the tables are not there");
}

/// The header and the rows.
fn read(path: &Path) -> Vec<Vec<String>> {
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .from_path(path)
        .unwrap();
    reader
        .records()
        .map(|record| record.unwrap().iter().map(str::to_owned).collect())
        .collect()
}

/// A script with the columns in the order of the table, or listed from the last to the first.
fn write(variant: Variant, name: &str, table: &[Vec<String>], listed: bool) -> Vec<u8> {
    let quote = |name: &String| match variant {
        Variant::MySql => format!("`{name}`"),
        Variant::PostgreSql => format!("\"{name}\""),
        Variant::SqlServer => format!("[{name}]"),
    };
    let names: Vec<_> = table[0].iter().map(quote).collect();
    let types: Vec<_> = names
        .iter()
        .map(|name| format!("{name} varchar(255)"))
        .collect();
    let full = match variant {
        Variant::MySql => format!("`{name}`"),
        Variant::PostgreSql => format!("public.{name}"),
        Variant::SqlServer => format!("[dbo].[{name}]"),
    };
    let turned = |cells: Vec<String>| -> Vec<String> {
        if listed {
            cells.into_iter().rev().collect()
        } else {
            cells
        }
    };
    let list = turned(names).join(", ");
    let mut script = match variant {
        Variant::MySql => "/*!40101 SET NAMES utf8mb4 */;\n".to_owned(),
        Variant::PostgreSql => "SET standard_conforming_strings = on;\n".to_owned(),
        Variant::SqlServer => "USE [clinic]\nGO\n".to_owned(),
    };
    script += &format!("CREATE TABLE {full} (\n  {}\n);\n", types.join(",\n  "));
    let literal = |cell: &String| match variant {
        _ if cell.is_empty() => "NULL".to_owned(),
        Variant::MySql => format!("'{}'", cell.replace('\\', r"\\").replace('\'', r"\'")),
        Variant::PostgreSql => format!("'{}'", cell.replace('\'', "''")),
        Variant::SqlServer => format!("N'{}'", cell.replace('\'', "''")),
    };
    let rows = || {
        table[1..]
            .iter()
            .map(|row| turned(row.iter().map(literal).collect()))
    };
    match variant {
        Variant::MySql => {
            let rows: Vec<_> = rows().map(|row| format!("({})", row.join(","))).collect();
            for rows in rows.chunks(1000) {
                let list = if listed {
                    format!(" ({list})")
                } else {
                    String::new()
                };
                script += &format!("INSERT INTO {full}{list} VALUES {};\n", rows.join(","));
            }
        }
        Variant::PostgreSql if listed => {
            script += &format!("COPY {full} ({list}) FROM stdin;\n");
            for row in &table[1..] {
                let cells = row.iter().map(|cell| match &**cell {
                    "" => r"\N".to_owned(),
                    cell => cell
                        .replace('\\', r"\\")
                        .replace('\n', r"\n")
                        .replace('\t', r"\t"),
                });
                script += &(turned(cells.collect()).join("\t") + "\n");
            }
            script += "\\.\n";
        }
        Variant::PostgreSql => {
            for row in rows() {
                script += &format!("INSERT INTO {full} VALUES ({});\n", row.join(", "));
            }
        }
        Variant::SqlServer => {
            for row in rows() {
                script += &format!("INSERT {full} ({list}) VALUES ({})\n", row.join(", "));
            }
            script += "GO\n";
            let units = script.encode_utf16().flat_map(u16::to_le_bytes);
            return [0xFF, 0xFE].into_iter().chain(units).collect();
        }
    }
    script.into_bytes()
}

fn compare(script: &[u8], variant: Variant, name: &str, table: &[Vec<String>]) {
    assert!(detect(&script[..script.len().min(64 << 10)]));
    let schemas = tables(script).unwrap();
    assert_eq!(schemas.len(), 1, "{name}");
    assert_eq!(schemas[0].name, name);
    assert_eq!(schemas[0].column_names(), table[0]);
    let columns = Columns::new("t.sql", &schemas[0].column_names()).unwrap();
    let mut reader = Reader::new(script, "t.sql").unwrap();
    assert_eq!(reader.variant(), variant);
    let mut expected = table[1..].iter();
    let mut arena = Arena::default();
    while let Some(row) = reader.next_raw().unwrap() {
        let RawRecord::Text(text) = row.record else {
            panic!("{:?} of {name} in {variant:?}", row.record)
        };
        let record = parse(
            text.expose_text(),
            variant,
            &columns,
            text.position(),
            arena,
        )
        .unwrap_or_else(|ragged| panic!("{text:?} of {name}: {ragged}"));
        let leaves = (1..record.len()).map(|node| record.expose(NodeId::at(node)));
        let row = expected.next().expect("more rows than the table has");
        assert!(
            leaves.eq(row.iter().map(|cell| Some(&**cell))),
            "{text:?} of {name}"
        );
        arena = record.into_arena();
    }
    assert!(
        expected.next().is_none(),
        "{name}: fewer rows than the table has"
    );
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn say(message: &str) {
    println!("{message}");
}
