//! Walks `tests/x12/`: odd files that say themselves what must become of them.
//!
//! A vector begins with lines that start with `# `, up to the first blank line; the bytes of the
//! file follow. `why:` is the reason of the vector. The `expect:` lines say, in order, what a
//! reader must report: of each record its line, the nodes that it inherits, and its own leaves
//! (those of the ISA segment left out), with the path given where it changes; what its guide does
//! not foresee; each piece that is rejected with its bytes; and in the end what the control
//! segments contradict.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use ehr_mapping::raw::RawRecord;
use ehr_mapping::x12::{Error, Reader, parse_with_issues};
use ehr_model::source::{Arena, Names, NodeId, SourceRecord};

#[test]
fn every_vector_reads_as_it_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/x12");
    let paths = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let paths: BTreeSet<_> = paths
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "vector")
        })
        .collect();
    assert!(paths.len() > 30, "the vectors are not there");
    let mut wrong = String::new();
    for path in &paths {
        let file = fs::read(path).unwrap();
        let head = file.windows(2).position(|pair| pair == b"\n\n").unwrap();
        let mut why = "";
        let mut expected = Vec::new();
        for line in std::str::from_utf8(&file[..head]).unwrap().lines() {
            match line.strip_prefix("# ").unwrap().split_once(": ").unwrap() {
                ("why", reason) => why = reason,
                ("expect", line) => expected.push(line.to_owned()),
                (key, _) => panic!("unknown key {key}"),
            }
        }
        assert!(!why.is_empty(), "{path:?} does not say why");
        let mut found = Vec::new();
        if let Err(error) = report(&file[head + 2..], &mut found) {
            found.push(format!("error {error}"));
        }
        if found != expected {
            writeln!(wrong, "{} ({why})", path.display()).unwrap();
            for line in &expected {
                writeln!(wrong, "expected {line}").unwrap();
            }
            for line in &found {
                writeln!(wrong, "found    {line}").unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

fn report(file: &[u8], report: &mut Vec<String>) -> Result<(), Error> {
    let names = Arc::new(Names::default());
    let mut reader = Reader::new(file, "t.x12")?;
    let source = reader.source().clone();
    while let Some(record) = reader.next_raw()? {
        match record {
            RawRecord::Text(raw) => {
                let (text, position) = (raw.expose_text(), raw.position());
                match parse_with_issues(text, &source, position, &names, Arena::default()) {
                    Ok((record, issues)) => {
                        report.push(format!("line {}: {}", position.line, tree(&record)));
                        for (code, node) in issues {
                            report.push(format!("  {code}: {}", record.path(node)));
                        }
                    }
                    Err(unreadable) => {
                        report.push(format!("line {} {}", position.line, unreadable.reason));
                    }
                }
            }
            RawRecord::Bad(bad) => report.push(format!(
                "line {} {} {}",
                bad.position().line,
                bad.reason(),
                bad.expose_bytes().escape_ascii()
            )),
        }
    }
    for (code, position) in reader.issues() {
        report.push(format!(
            "record {} line {} {code}",
            position.number, position.line
        ));
    }
    Ok(())
}

fn tree(record: &SourceRecord<'_>) -> String {
    let name = |node| &**record.names().name(record.name(node));
    let mut text = String::new();
    let inherited = record
        .children(NodeId::ROOT)
        .filter(|node| record.is_inherited(*node));
    let inherited: Vec<_> = inherited.map(name).collect();
    if !inherited.is_empty() {
        write!(text, "({})", inherited.join(" ")).unwrap();
    }
    let mut before = String::new();
    for leaf in record.filled_leaves() {
        let path = record.path(leaf);
        let (above, leaf_name) = path.rsplit_once('/').unwrap_or(("", &path));
        if above == "ISA" {
            continue;
        }
        if above != before {
            write!(text, " {above}").unwrap();
            above.clone_into(&mut before);
        }
        write!(text, " {leaf_name}={:?}", record.expose(leaf).unwrap()).unwrap();
    }
    text.trim_start().to_owned()
}
