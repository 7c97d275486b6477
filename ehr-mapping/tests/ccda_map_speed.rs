//! How fast C-CDA becomes charts, beside a bare event scan of the same bytes. Run with
//! `cargo test --release -p ehr-mapping --test all ccda_map_speed -- --ignored --nocapture`.

use crate::support;

use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::source::MemoryFolder;
use quick_xml::events::Event;

fn collect(folder: &Path, found: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).expect("a folder of the corpus") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "xml") {
            found.push(fs::read(&path).expect("a file"));
        }
    }
}

fn scan(files: &[Vec<u8>]) -> usize {
    let mut events = 0;
    for bytes in files {
        let mut reader = quick_xml::Reader::from_reader(bytes.as_slice());
        let mut buffer = Vec::new();
        loop {
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Eof) | Err(_) => break,
                Ok(event) => {
                    black_box(&event);
                    events += 1;
                }
            }
            buffer.clear();
        }
    }
    events
}

fn best(mut work: impl FnMut()) -> f64 {
    let mut best = f64::MAX;
    for _ in 0..5 {
        let start = Instant::now();
        work();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

#[test]
#[ignore = "a measurement"]
fn charts_beside_a_bare_scan() {
    let Some(root) = support::corpus::folder("ccda/vendors") else {
        return;
    };
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.retain(|bytes| ehr_mapping::ccda::detect(bytes));
    let megabytes = files.iter().map(Vec::len).sum::<usize>() as f64 / 1e6;
    let plan = MappingDocument::shipped("ccda-r2.1")
        .expect("it is shipped")
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let mut folder = MemoryFolder::default();
    for (number, bytes) in files.iter().enumerate() {
        folder = folder.with(format!("{number}.xml"), bytes.clone());
    }
    let scanned = best(|| {
        black_box(scan(&files));
    });
    let spill = tempfile::tempdir().expect("a temporary folder");
    let mapped = best(|| {
        let mut options = ExtractionOptions::new(spill.path());
        options.threads = 1;
        let extraction =
            Extraction::open_rehearsal(&plan, &folder, options).expect("the corpus opens");
        let settle = |unit: ehr_mapping::mapper::PatientUnit<'_>,
                      books: &ehr_mapping::extraction::Books<'_>| {
            black_box(books.settle(&unit, |_| true));
            unit.chart.records.len()
        };
        let mut records = 0;
        extraction
            .patients(settle, |made| {
                records += made;
                Ok(())
            })
            .expect("the corpus maps");
        black_box(records);
    });
    support::say(&format!(
        "{megabytes:.1} MB: bare scan {:.0} MB/s, charts with their books {:.0} MB/s, ratio {:.3}",
        megabytes / scanned,
        megabytes / mapped,
        scanned / mapped
    ));
}
