//! From the bytes of C-CDA, FHIR, HL7 v2 and X12 to trees and to canonical charts, on one thread,
//! each beside a plain scan of the same bytes in the same round.
//!
//! `EHR_CORPUS=… cargo bench -p benches --bench formats [-- FORMAT]`
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use benches::Times;
use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::map_file;
use ehr_mapping::format::{DETECT_BYTES, Format};
use ehr_mapping::plan::Plan;
use ehr_mapping::raw::{Position, RawRecord};
use ehr_mapping::source::{DirectoryFolder, SourceFolder as _};
use ehr_mapping::{ccda, fhir, hl7v2, x12};
use ehr_model::source::{Arena, Names, SourceRecord};

/// Odd, so that the median is a round that was.
const ROUNDS: usize = 7;
/// A round reads about so much, so that the clock is no part of the result.
const ROUND_BYTES: usize = 16 << 20;

type Failure = Box<dyn Error>;

/// A format, where its files lie in the corpus, and the plain scan that it is measured against.
struct Case {
    format: Format,
    folder: &'static str,
    scan: &'static str,
    run: fn(&[u8]) -> u64,
}

const CASES: [Case; 4] = [
    Case {
        format: Format::Ccda,
        folder: "ccda/vendors",
        scan: "quick-xml, events",
        run: xml_events,
    },
    Case {
        format: Format::Fhir,
        folder: "synthea-fhir/bulk-10pts",
        scan: "serde_json, Value",
        run: json_values,
    },
    Case {
        format: Format::Hl7v2,
        folder: "hl7v2",
        scan: "memchr, separators",
        run: hl7_separators,
    },
    Case {
        format: Format::X12,
        folder: "x12",
        scan: "memchr, segments and elements",
        run: x12_separators,
    },
];

fn main() -> Result<(), Failure> {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS does not name a folder");
        return Ok(());
    };
    let wanted = std::env::args().skip(1).find(|one| !one.starts_with("--"));
    println!("| format | MB | plain scan | MB/s | trees MB/s | of scan | charts MB/s | of scan |");
    println!("| --- | --- | --- | --- | --- | --- | --- | --- |");
    for case in CASES {
        let name = case.format.name();
        if wanted.as_deref().is_some_and(|wanted| wanted != name) {
            continue;
        }
        let folder = Path::new(&corpus).join(case.folder);
        if !folder.is_dir() {
            println!("skipped: {name}: the corpus has no {}", case.folder);
            continue;
        }
        measure(&case, &folder)?;
    }
    Ok(())
}

fn measure(case: &Case, folder: &Path) -> Result<(), Failure> {
    let files = files(folder, case.format)?;
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let repeats = (ROUND_BYTES / bytes.max(1)).max(1);
    let plan = MappingDocument::for_formats([case.format], "urn:bench")
        .ok_or("no shipped document reads the format")?
        .compile()?;
    let (mut scan, mut trees, mut charts) = (Times::default(), Times::default(), Times::default());
    for _ in 0..ROUNDS {
        scan.push(timed(&files, repeats, |_, bytes| {
            black_box((case.run)(bytes));
            Ok(())
        })?);
        trees.push(timed(&files, repeats, |name, bytes| {
            black_box(tree_nodes(case.format, name, bytes)?);
            Ok(())
        })?);
        charts.push(timed(&files, repeats, |name, bytes| {
            black_box(records(&plan, name, bytes)?);
            Ok(())
        })?);
    }
    let rate = |times: &Times| (bytes * repeats) as f64 / times.median() / 1e6;
    let (scan, trees, charts) = (rate(&scan), rate(&trees), rate(&charts));
    println!(
        "| {} | {:.1} | {} | {scan:.0} | {trees:.0} | {:.2} | {charts:.0} | {:.2} |",
        case.format.name(),
        bytes as f64 / 1e6,
        case.scan,
        trees / scan,
        charts / scan,
    );
    Ok(())
}

/// The files of a format below a folder.
fn files(folder: &Path, format: Format) -> Result<Vec<(String, Vec<u8>)>, Failure> {
    let folder = DirectoryFolder::new(folder);
    let mut files = Vec::new();
    for file in folder.list()? {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut folder.open(&file.name)?, &mut bytes)?;
        if Format::detect(&bytes[..bytes.len().min(DETECT_BYTES)]) == Some(format) {
            files.push((file.name, bytes));
        }
    }
    Ok(files)
}

fn timed(
    files: &[(String, Vec<u8>)],
    repeats: usize,
    mut work: impl FnMut(&str, &[u8]) -> Result<(), Failure>,
) -> Result<Duration, Failure> {
    let start = Instant::now();
    for _ in 0..repeats {
        for (name, bytes) in files {
            work(name, bytes)?;
        }
    }
    Ok(start.elapsed())
}

fn records(plan: &Plan, name: &str, bytes: &[u8]) -> Result<usize, Failure> {
    let mut records = 0;
    map_file(plan, name, bytes, |unit, _| {
        records += unit.chart.records.len();
    })?;
    Ok(records)
}

/// Cuts and parses a file, reusing one arena.
fn tree_nodes(format: Format, name: &str, bytes: &[u8]) -> Result<usize, Failure> {
    let source: Arc<str> = name.into();
    let plain = Arc::new(Names::default());
    macro_rules! nodes {
        ($format:ident, $names:expr) => {{
            let names: Arc<Names> = $names;
            let mut reader = $format::Reader::new(bytes, source.clone())?;
            let mut nodes = 0;
            let mut arena = Arena::default();
            while let Some(raw) = reader.next_raw()? {
                let RawRecord::Text(raw) = raw else { continue };
                let (text, position): (&str, Position) = (raw.expose_text(), raw.position());
                if let Ok(record) = $format::parse(text, &source, position, &names, arena) {
                    let record: SourceRecord<'_> = record;
                    nodes += record.len();
                    arena = record.into_arena();
                } else {
                    arena = Arena::default();
                }
            }
            nodes
        }};
    }
    Ok(match format {
        Format::Ccda => nodes!(ccda, plain),
        Format::Fhir => nodes!(fhir, plain),
        Format::Hl7v2 => nodes!(hl7v2, hl7v2::vocabulary(&plain)),
        Format::X12 => nodes!(x12, plain),
        _ => 0,
    })
}

fn xml_events(bytes: &[u8]) -> u64 {
    use quick_xml::events::Event;
    let mut reader = quick_xml::Reader::from_reader(bytes);
    let mut buffer = Vec::new();
    let mut events = 0;
    while let Ok(event) = reader.read_event_into(&mut buffer) {
        if matches!(event, Event::Eof) {
            break;
        }
        events += 1;
        buffer.clear();
    }
    events
}

fn json_values(bytes: &[u8]) -> u64 {
    let stream = serde_json::Deserializer::from_slice(bytes).into_iter::<serde_json::Value>();
    stream.map_while(Result::ok).map(black_box).count() as u64
}

fn hl7_separators(bytes: &[u8]) -> u64 {
    memchr::memchr3_iter(b'|', b'^', b'\r', bytes).count() as u64
}

fn x12_separators(bytes: &[u8]) -> u64 {
    memchr::memchr2_iter(b'~', b'*', bytes).count() as u64
}
