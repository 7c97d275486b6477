//! How fast messages are split, read and turned into trees. Run with
//! `cargo test --release -p ehr-mapping --test all hl7v2_speed -- --ignored --nocapture`.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use ehr_mapping::hl7v2::{Delimiters, Reader, Splitter, parse, segments, vocabulary};
use ehr_mapping::raw::{Position, RawRecord};
use ehr_model::source::{Arena, Names};

/// How often the corpus is repeated: enough for the cache of a processor to be too small.
const TIMES: usize = 20;

/// How often each is tried; the best time counts, because others may use the machine as well.
const TRIES: usize = 20;

#[test]
#[ignore = "a measurement"]
fn splitting_reading_and_parsing() {
    let Some(root) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return;
    };
    let mut once = Vec::new();
    walk(&Path::new(&root).join("hl7v2/microsoft"), &mut once);
    let messages: Vec<Vec<u8>> = std::iter::repeat_n(once, TIMES).flatten().collect();
    let file = messages.concat();
    println!("{} messages, {} MB", messages.len(), file.len() / 1_000_000);
    let length = file.len();

    measure("every delimiter, memchr3 twice", length, || {
        let message = black_box(&file[..]);
        let first = memchr::memchr3_iter(b'|', b'^', b'~', message).count();
        first + memchr::memchr3_iter(b'&', b'\r', b'\n', message).count()
    });
    measure("segments", length, || segments(black_box(&file)).count());
    measure("values", length, || {
        let messages = messages.iter().map(|message| {
            let message = black_box(&message[..]);
            let splitter = Splitter::new(&Delimiters::of(message).unwrap());
            let mut sum = 0;
            for segment in segments(message) {
                for value in splitter.values(message, segment) {
                    sum += value.end - value.start;
                }
            }
            sum
        });
        messages.sum()
    });
    measure("Reader", length, || {
        let mut reader = Reader::new(black_box(&file[..]), "speed.hl7").unwrap();
        let mut records = 0;
        while let Some(record) = reader.next_raw().unwrap() {
            black_box(&record);
            records += 1;
        }
        records
    });
    let plan = Arc::new(Names::default());
    let full = vocabulary(&plan);
    for (what, names) in [("parse", &full), ("parse, no names in advance", &plan)] {
        measure(what, length, || {
            let source: Arc<str> = "speed.hl7".into();
            let mut arena = Arena::default();
            let mut nodes = 0;
            for message in &messages {
                let text = std::str::from_utf8(message).unwrap();
                let record = parse(text, &source, Position::default(), names, arena).unwrap();
                nodes += record.len();
                arena = black_box(record).into_arena();
            }
            nodes
        });
    }
    measure("Reader and parse", length, || {
        let mut reader = Reader::new(black_box(&file[..]), "speed.hl7").unwrap();
        let source = reader.source().clone();
        let mut arena = Arena::default();
        let mut nodes = 0;
        while let Some(RawRecord::Text(text)) = reader.next_raw().unwrap() {
            let (text, position) = (text.expose_text(), text.position());
            let record = parse(text, &source, position, &full, arena).unwrap();
            nodes += record.len();
            arena = black_box(record).into_arena();
        }
        nodes
    });
}

fn measure(what: &str, length: usize, run: impl Fn() -> usize) {
    let mut best = f64::MAX;
    let mut result = 0;
    for _ in 0..TRIES {
        let start = Instant::now();
        result = black_box(run());
        best = best.min(start.elapsed().as_secs_f64());
    }
    let speed = length as f64 / 1e6 / best;
    println!("  {what:32} {speed:6.0} MB/s ({result})");
}

fn walk(folder: &Path, messages: &mut Vec<Vec<u8>>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "hl7"))
        .collect();
    paths.sort();
    for path in paths {
        let bytes = std::fs::read(path).unwrap();
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
        messages.push([bytes, b"\n"].concat());
    }
}
