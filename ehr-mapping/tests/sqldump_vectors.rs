//! Walks `tests/sqldump/`: odd scripts that say themselves what must become of them.
//!
//! A vector begins with lines that start with `# `, up to the first blank line; the bytes of the
//! script follow. `why:` is the reason of the vector. The other lines say what a reader must
//! report: the tables with their columns, then in order each row with its line, its table and its
//! leaves, each piece that is rejected with its bytes, or the error; then how many statements were
//! passed over, and whether the script is complete.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use ehr_mapping::csv::Columns;
use ehr_mapping::raw::RawRecord;
use ehr_mapping::sqldump::{Error, Reader, parse};
use ehr_model::source::{Arena, NodeId};

#[test]
fn every_vector_reads_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sqldump");
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "vector")
        })
        .collect();
    paths.sort();
    assert!(paths.len() > 25, "the vectors are not there");
    let mut wrong = String::new();
    for path in &paths {
        let file = fs::read(path).unwrap();
        let head = file.windows(2).position(|pair| pair == b"\n\n").unwrap();
        let lines: Vec<_> = std::str::from_utf8(&file[..head])
            .unwrap()
            .lines()
            .map(|line| line.strip_prefix("# ").unwrap().split_once(": ").unwrap())
            .collect();
        assert!(
            matches!(lines[0], ("why", why) if !why.is_empty()),
            "{path:?} does not say why"
        );
        assert!(lines[1..].iter().all(|(key, _)| *key == "expect"));
        let expected: Vec<_> = lines[1..].iter().map(|(_, value)| *value).collect();
        let found = report(&file[head + 2..]);
        if found != expected {
            writeln!(wrong, "{path:?}\nexpected {expected:#?}\nfound {found:#?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn report(script: &[u8]) -> Vec<String> {
    let mut report = Vec::new();
    if let Err(error) = read_into(script, &mut report) {
        report.push(format!("error {error}"));
    }
    report
}

fn read_into(script: &[u8], report: &mut Vec<String>) -> Result<(), Error> {
    let mut reader = Reader::new(script, "t.sql")?;
    let variant = reader.variant();
    report.push(format!("variant {variant:?}"));
    let tables = ehr_mapping::sqldump::tables(script)?;
    reader = reader.with_tables(tables.clone());
    for table in &tables {
        let columns = table.columns.iter().map(|column| match &*column.sql_type {
            "" => column.name.clone(),
            sql_type => format!("{} {sql_type}", column.name),
        });
        let columns: Vec<_> = columns.collect();
        report.push(format!("table {}: {}", table.name, columns.join(" | ")));
    }
    while let Some(row) = reader.next_raw()? {
        let name = row.table.map_or("-", |name| name);
        report.push(match row.record {
            RawRecord::Bad(bad) => {
                let (line, reason) = (bad.position().line, bad.reason());
                format!(
                    "line {line} {name} {reason} {}",
                    bad.expose_bytes().escape_ascii()
                )
            }
            RawRecord::Text(text) => {
                let table = tables.iter().find(|table| table.name == name).unwrap();
                let columns = Columns::new("t.sql", &table.column_names()).unwrap();
                let (raw, position) = (text.expose_text(), text.position());
                let leaves = match parse(raw, variant, &columns, position, Arena::default()) {
                    Ok(record) => (1..record.len())
                        .map(|node| format!(" {:?}", record.expose(NodeId::at(node)).unwrap()))
                        .collect(),
                    Err(ragged) => format!(" ragged-row {ragged}"),
                };
                format!("line {} {name}{leaves}", position.line)
            }
        });
    }
    report.extend(
        reader
            .skipped()
            .iter()
            .map(|(kind, count)| format!("skipped {kind} {count}")),
    );
    report.extend(
        reader
            .is_complete()
            .map(|complete| format!("complete {complete}")),
    );
    Ok(())
}
