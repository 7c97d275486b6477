//! How fast the reader is beside the `csv` crate. Run with
//! `cargo test --release -p ehr-mapping --test all csv_speed -- --ignored --nocapture`.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

use ehr_mapping::csv::{Columns, Dialect, Reader, field, parse};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::Arena;

#[test]
#[ignore = "a measurement"]
fn reading_and_parsing_beside_the_csv_crate() {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return;
    };
    for name in ["observations.csv", "claims_transactions.csv"] {
        let path = Path::new(&corpus)
            .join("synthea-csv/ma-2024-11pts")
            .join(name);
        let once = std::fs::read_to_string(path).unwrap();
        let (header, rows) = once.split_at(once.find('\n').unwrap() + 1);
        let plain = format!("{header}{}", rows.repeat(50));
        let quoted: String = plain
            .lines()
            .map(|line| format!("\"{}\"\n", line.replace('"', "").replace(',', "\",\"")))
            .collect();
        for (kind, bytes) in [
            ("as it is", plain.as_bytes()),
            ("all quoted", quoted.as_bytes()),
        ] {
            println!("{name}, {kind}, {} MB", bytes.len() / 1_000_000);
            measure("csv crate, ByteRecord", bytes, by_csv_crate);
            measure("next_raw", bytes, |bytes| by_reader(bytes, |_, _| ()));
            measure("next_raw, field 1", bytes, |bytes| {
                by_reader(bytes, |text, dialect| {
                    black_box(field(text, dialect, 1));
                })
            });
            measure("next_raw, parse", bytes, by_reader_and_parser);
            measure_parse(bytes);
        }
    }
}

fn measure(what: &str, bytes: &[u8], read: impl Fn(&[u8]) -> u64) {
    let mut best = f64::MAX;
    let mut rows = 0;
    for _ in 0..5 {
        let start = Instant::now();
        rows = black_box(read(black_box(bytes)));
        best = best.min(start.elapsed().as_secs_f64());
    }
    report(what, bytes.len(), rows, best);
}

fn report(what: &str, length: usize, rows: u64, seconds: f64) {
    let speed = length as f64 / 1e9 / seconds;
    let row = seconds * 1e9 / rows as f64;
    println!("  {what:24} {speed:6.2} GB/s {row:6.0} ns a row");
}

fn by_csv_crate(bytes: &[u8]) -> u64 {
    let mut reader = ::csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(bytes);
    let mut record = ::csv::ByteRecord::new();
    let mut rows = 0;
    while reader.read_byte_record(&mut record).unwrap() {
        black_box(&record);
        rows += 1;
    }
    rows
}

fn by_reader(bytes: &[u8], with: impl Fn(&str, &Dialect)) -> u64 {
    let dialect = Dialect::default();
    let mut reader = Reader::new(bytes, "speed.csv", dialect).unwrap();
    let mut rows = 0;
    while let Some(RawRecord::Text(row)) = reader.next_raw().unwrap() {
        with(black_box(row.expose_text()), &dialect);
        rows += 1;
    }
    rows
}

fn by_reader_and_parser(bytes: &[u8]) -> u64 {
    let dialect = Dialect::default();
    let mut reader = Reader::new(bytes, "speed.csv", dialect).unwrap();
    let columns = Columns::new("speed.csv", &reader.read_header().unwrap()).unwrap();
    let mut arena = Arena::default();
    let mut rows = 0;
    while let Some(RawRecord::Text(row)) = reader.next_raw().unwrap() {
        let record = parse(row.expose_text(), &dialect, &columns, row.position(), arena).unwrap();
        arena = black_box(record).into_arena();
        rows += 1;
    }
    rows
}

/// Parsing alone, as when rows are read back that were cut before.
fn measure_parse(bytes: &[u8]) {
    let dialect = Dialect::default();
    let mut reader = Reader::new(bytes, "speed.csv", dialect).unwrap();
    let columns = Columns::new("speed.csv", &reader.read_header().unwrap()).unwrap();
    let mut rows = Vec::new();
    while let Some(RawRecord::Text(row)) = reader.next_raw().unwrap() {
        let start = row.position().byte as usize;
        let text = &bytes[start..start + row.expose_text().len()];
        rows.push((std::str::from_utf8(text).unwrap(), row.position()));
    }
    measure("parse alone", bytes, |_| {
        let mut arena = Arena::default();
        for (text, position) in &rows {
            let record = parse(text, &dialect, &columns, *position, arena).unwrap();
            arena = black_box(record).into_arena();
        }
        rows.len() as u64
    });
}
