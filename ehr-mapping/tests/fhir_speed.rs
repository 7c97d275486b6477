//! How fast the reader is beside `serde_json`, and how much memory it takes. Run with
//! `cargo test --release -p ehr-mapping --test all fhir_speed -- --ignored --nocapture`.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::fs;
use std::hint::black_box;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ehr_mapping::fhir::{Reader, parse};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::{Arena, Names, NodeId, SourceRecord};

#[test]
#[ignore = "a measurement"]
fn reading_and_parsing_beside_serde_json() {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return;
    };
    let corpus = Path::new(&corpus).join("synthea-fhir");
    let mut all = Vec::new();
    for name in [
        "Condition",
        "Encounter",
        "MedicationRequest",
        "Procedure",
        "DocumentReference",
    ] {
        let lines = fs::read(corpus.join(format!("bulk-10pts/{name}.000.ndjson"))).unwrap();
        all.extend_from_slice(&lines);
        ndjson(name, &lines.repeat(10));
    }
    ndjson("all of these", &all.repeat(3));
    for entry in fs::read_dir(corpus.join("ma-2024-11pts")).unwrap().take(1) {
        let bytes = fs::read(entry.unwrap().path()).unwrap();
        println!("a Bundle, {} kB", bytes.len() / 1000);
        let value = |bytes: &[u8]| {
            black_box(serde_json::from_slice::<serde_json::Value>(bytes).unwrap());
            1
        };
        compare(&bytes, &value);
    }
}

fn ndjson(name: &str, bytes: &[u8]) {
    println!("{name}, {} MB", bytes.len() / 1_000_000);
    compare(bytes, &by_serde_json);
}

fn compare(bytes: &[u8], by_serde_json: &dyn Fn(&[u8]) -> u64) {
    let nothing = Arc::default();
    let names = names_of(bytes);
    measure(
        bytes,
        &[
            ("serde_json, Value", by_serde_json),
            ("next_raw", &|bytes| by_reader(bytes, None)),
            ("next_raw, parse, no name known", &|bytes| {
                by_reader(bytes, Some(&nothing))
            }),
            ("next_raw, parse, names known", &|bytes| {
                by_reader(bytes, Some(&names))
            }),
        ],
    );
}

/// A way to read a file, which returns how many records it has.
type Way<'w> = (&'w str, &'w dyn Fn(&[u8]) -> u64);

/// Runs the ways in turn, so that a busy machine is as bad for each; the best round counts.
fn measure(bytes: &[u8], ways: &[Way<'_>]) {
    let mut best = vec![(f64::MAX, 0); ways.len()];
    for _ in 0..9 {
        for ((_, read), best) in ways.iter().zip(&mut best) {
            let start = Instant::now();
            let records = black_box(read(black_box(bytes)));
            best.0 = best.0.min(start.elapsed().as_secs_f64());
            best.1 = records;
        }
    }
    for ((what, _), (seconds, records)) in ways.iter().zip(&best) {
        let speed = bytes.len() as f64 / 1e6 / seconds;
        let factor = best[0].0 / seconds;
        println!("  {what:32} {speed:7.0} MB/s, {factor:5.2} times, {records} records");
    }
}

fn by_serde_json(bytes: &[u8]) -> u64 {
    let lines = bytes.split(|byte| *byte == b'\n');
    let mut count = 0;
    for line in lines.filter(|line| !line.is_empty()) {
        black_box(serde_json::from_slice::<serde_json::Value>(line).unwrap());
        count += 1;
    }
    count
}

/// Cuts a file, and parses it if names are given.
fn by_reader(bytes: &[u8], names: Option<&Arc<Names>>) -> u64 {
    each(bytes, names, |record| {
        black_box(record);
    })
}

/// Reads a file and returns how many records it has.
fn each(
    inner: impl Read,
    names: Option<&Arc<Names>>,
    mut with: impl FnMut(&SourceRecord<'_>),
) -> u64 {
    let mut records = 0;
    let mut reader = Reader::new(inner, "speed.ndjson").unwrap();
    let source = reader.source().clone();
    let mut arena = Arena::default();
    while let Some(RawRecord::Text(raw)) = reader.next_raw().unwrap() {
        records += 1;
        let Some(names) = names else {
            black_box(raw.expose_text());
            continue;
        };
        let text = raw.expose_text();
        let record = parse(text, &source, raw.position(), names, arena).unwrap();
        with(&record);
        arena = record.into_arena();
    }
    records
}

/// All names that occur, as a plan knows those that it maps.
fn names_of(bytes: &[u8]) -> Arc<Names> {
    let mut names = Names::default();
    each(bytes, Some(&Arc::default()), |record| {
        for node in 1..record.len() {
            names.intern(record.names().name(record.name(NodeId::at(node))));
        }
    });
    Arc::new(names)
}

/// A file of the given size out of the lines of another, which is nowhere as a whole.
struct Repeated<'l> {
    lines: &'l [u8],
    at: usize,
    left: usize,
}

impl Read for Repeated<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut rest = &self.lines[self.at..];
        let read = rest.read(buffer)?.min(self.left);
        self.left -= read;
        self.at = (self.at + read) % self.lines.len();
        Ok(read)
    }
}

#[test]
#[ignore = "a measurement"]
fn memory_for_half_a_gigabyte() {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return;
    };
    let file = "synthea-fhir/bulk-10pts/DocumentReference.000.ndjson";
    let lines = fs::read(Path::new(&corpus).join(file)).unwrap();
    let before = peak();
    let size = 500_000_000 / lines.len() * lines.len();
    let repeated = Repeated {
        lines: &lines,
        at: 0,
        left: size,
    };
    let records = each(repeated, Some(&Arc::default()), |_| ());
    println!(
        "NDJSON, {} MB, {records} records: {} kB more than before",
        size / 1_000_000,
        peak() - before
    );

    let entry =
        b"{\"resource\":{\"resourceType\":\"Basic\",\"id\":\"1\",\"code\":{\"text\":\"x\"}}},";
    let before = peak();
    let repeated = Repeated {
        lines: entry,
        at: 0,
        left: 100_000_000 / entry.len() * entry.len(),
    };
    let bundle = (&b"{\"resourceType\":\"Bundle\",\"entry\":["[..])
        .chain(repeated)
        .chain(&b"{}]}"[..]);
    let mut reader = Reader::new(bundle, "bundle.json").unwrap();
    let mut records = 0;
    while reader.next_raw().unwrap().is_some() {
        records += 1;
    }
    println!(
        "Bundle, 100 MB, {records} records: {} kB more than before",
        peak() - before
    );
}

/// The most memory that this process had at once, in kB; Linux only.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let digits = line.and_then(|line| line.split_whitespace().next());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}
