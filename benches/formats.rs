//! From the bytes of C-CDA, FHIR, HL7 v2 and X12 to trees, to canonical charts (`map_file`: read,
//! parse and map in memory) and through a whole `Extraction` (read, sort into sealed spill files,
//! parse again, map), on one thread, each beside plain scans of the same bytes in the same round.
//!
//! C-CDA documents are files of their own. Files of the other formats are put together into one:
//! a file of one message would measure how a reader is set up.
//!
//! Processor time of the thread, best of the rounds, on one core of a shared cloud machine:
//!
//! | format | plain scan | MB/s | trees MB/s | charts MB/s | of scan | extraction MB/s | of scan |
//! | --- | --- | --- | --- | --- | --- | --- | --- |
//! | C-CDA | quick-xml, events | 724 | 299 | 92 | 0.13 | 64 | 0.09 |
//! | FHIR | serde_json, Value | 416 | 426 | 135 | 0.32 | 102 | 0.24 |
//! | HL7 v2 | hl7-parser, messages | 36 | 148 | 13 | 0.37 | 12 | 0.33 |
//! | HL7 v2 | rust-hl7, messages | 30 | 148 | 13 | 0.45 | 12 | 0.40 |
//! | X12 | memchr, segments and elements | 932 | 68 | 14 | 0.02 | 11 | 0.01 |
//!
//! No chart is made as fast as its plain scan would allow. A record of a chart takes some eight
//! microseconds in every format: a quarter of it the allocator, a tenth the digests behind ids and
//! keys, the rest paths and datatypes.
//!
//! `EHR_CORPUS=… cargo bench -p benches --bench formats [-- FORMAT]`
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use benches::{Times, busy};
use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions, map_file};
use ehr_mapping::format::{DETECT_BYTES, Format};
use ehr_mapping::plan::Plan;
use ehr_mapping::raw::{Position, RawRecord};
use ehr_mapping::source::{DirectoryFolder, MemoryFolder, SourceFolder as _};
use ehr_mapping::{ccda, fhir, hl7v2, x12};
use ehr_model::source::{Arena, Names, SourceRecord};

/// The best round counts, because others may use the machine as well.
const ROUNDS: usize = 15;
/// A round reads about so much: enough for the clock to be no part of the result, and short enough
/// for some rounds to have the processor for themselves.
const ROUND_BYTES: usize = 4 << 20;

type Failure = Box<dyn Error>;

/// A format, where its files lie in the corpus, and the plain scans that it is measured against.
struct Case {
    format: Format,
    folder: &'static str,
    scans: &'static [Scan],
    /// Whether the files are put together into one.
    together: bool,
}

struct Scan {
    name: &'static str,
    run: fn(&[u8]) -> u64,
}

const CASES: [Case; 4] = [
    Case {
        format: Format::Ccda,
        folder: "ccda/vendors",
        scans: &[Scan {
            name: "quick-xml, events",
            run: xml_events,
        }],
        together: false,
    },
    Case {
        format: Format::Fhir,
        folder: "synthea-fhir/bulk-10pts",
        scans: &[Scan {
            name: "serde_json, Value",
            run: json_values,
        }],
        together: true,
    },
    Case {
        format: Format::Hl7v2,
        folder: "hl7v2",
        scans: &[
            Scan {
                name: "memchr, separators",
                run: hl7_separators,
            },
            Scan {
                name: "hl7-parser, messages",
                run: hl7_parser,
            },
            Scan {
                name: "rust-hl7, messages",
                run: rust_hl7,
            },
        ],
        together: true,
    },
    Case {
        format: Format::X12,
        folder: "x12",
        scans: &[Scan {
            name: "memchr, segments and elements",
            run: x12_separators,
        }],
        together: true,
    },
];

fn main() -> Result<(), Failure> {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS does not name a folder");
        return Ok(());
    };
    let wanted = std::env::args().skip(1).find(|one| !one.starts_with("--"));
    println!(
        "| format | MB | plain scan | MB/s | trees MB/s | of scan | charts MB/s | of scan \
         | extraction MB/s | of scan |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
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
    let mut files = files(folder, case.format)?;
    if case.together {
        files = vec![("together".to_owned(), together(&files))];
    }
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    let repeats = (ROUND_BYTES / bytes.max(1)).max(1);
    let plan = MappingDocument::for_formats([case.format], "urn:bench")
        .ok_or("no shipped document reads the format")?
        .compile()?;
    let memory = files
        .iter()
        .fold(MemoryFolder::default(), |memory, (name, bytes)| {
            memory.with(name.clone(), bytes.clone())
        });
    let spill = tempfile::tempdir()?;
    let mut scans = vec![Times::default(); case.scans.len()];
    let [mut trees, mut charts, mut extractions] = [const { Times::new() }; 3];
    for _ in 0..ROUNDS {
        for (scan, times) in case.scans.iter().zip(&mut scans) {
            times.push(timed(&files, repeats, |_, bytes| {
                black_box((scan.run)(bytes));
                Ok(())
            })?);
        }
        trees.push(timed(&files, repeats, |name, bytes| {
            black_box(tree_nodes(case.format, name, bytes)?);
            Ok(())
        })?);
        charts.push(timed(&files, repeats, |name, bytes| {
            black_box(records(&plan, name, bytes)?);
            Ok(())
        })?);
        let start = busy();
        for _ in 0..repeats {
            black_box(extracted(&plan, &memory, spill.path())?);
        }
        extractions.push(busy() - start);
    }
    let rate = |times: &Times| (bytes * repeats) as f64 / times.best() / 1e6;
    let (trees, charts, extractions) = (rate(&trees), rate(&charts), rate(&extractions));
    for (yardstick, times) in case.scans.iter().zip(&scans) {
        let scan = rate(times);
        println!(
            "| {} | {:.1} | {} | {scan:.0} | {trees:.0} | {:.2} | {charts:.0} | {:.2} \
             | {extractions:.0} | {:.2} |",
            case.format.name(),
            bytes as f64 / 1e6,
            yardstick.name,
            trees / scan,
            charts / scan,
            extractions / scan,
        );
    }
    Ok(())
}

/// Files as one, each beginning on a line of its own.
fn together(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut all = Vec::new();
    for (_, bytes) in files {
        all.extend_from_slice(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes));
        if !matches!(all.last(), Some(b'\n' | b'\r')) {
            all.push(b'\n');
        }
    }
    all
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
    let start = busy();
    for _ in 0..repeats {
        for (name, bytes) in files {
            work(name, bytes)?;
        }
    }
    Ok(busy() - start)
}

fn records(plan: &Plan, name: &str, bytes: &[u8]) -> Result<usize, Failure> {
    let mut records = 0;
    map_file(plan, name, bytes, |unit, _| {
        records += unit.chart.records.len();
    })?;
    Ok(records)
}

fn extracted(plan: &Plan, folder: &MemoryFolder, spill: &Path) -> Result<usize, Failure> {
    let extraction = Extraction::open_rehearsal(plan, folder, ExtractionOptions::new(spill))?;
    let mut records = extraction.shared().chart.records.len();
    extraction.patients(
        |unit, _| unit.chart.records.len(),
        |patient| {
            records += patient;
            Ok(())
        },
    )?;
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

/// The messages of a file: what begins with a line that begins with MSH. Cutting them is a hundredth of
/// what parsing them takes.
fn messages(bytes: &[u8]) -> impl Iterator<Item = String> {
    let text = String::from_utf8_lossy(bytes).replace("\r\n", "\r");
    let text = text.replace('\n', "\r");
    let mut starts: Vec<usize> = text.match_indices("\rMSH").map(|(at, _)| at + 1).collect();
    starts.insert(0, 0);
    starts.push(text.len());
    let messages: Vec<String> = starts
        .windows(2)
        .map(|ends| text[ends[0]..ends[1]].trim_end_matches('\r').to_owned())
        .collect();
    messages.into_iter()
}

fn hl7_parser(bytes: &[u8]) -> u64 {
    let parsed = messages(bytes).filter(|message| {
        let parsed = hl7_parser::Message::parse(message);
        parsed.is_ok_and(|message| black_box(message).segments().count() > 0)
    });
    parsed.count() as u64
}

fn rust_hl7(bytes: &[u8]) -> u64 {
    let parsed = messages(bytes).filter(|message| {
        let parsed = rusthl7::message::Message::try_from(message.as_str());
        parsed.is_ok_and(|message| !black_box(message).segments.is_empty())
    });
    parsed.count() as u64
}

fn x12_separators(bytes: &[u8]) -> u64 {
    memchr::memchr2_iter(b'~', b'*', bytes).count() as u64
}
