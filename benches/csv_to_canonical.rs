//! From the bytes of a CSV export to canonical charts, on one thread, beside a bare loop of the
//! `csv` crate over the same bytes; and where the time of the whole line goes.
//!
//! `EHR_CORPUS=… cargo bench -p benches --bench csv_to_canonical`; with `EHR_EXPORT=…` on a folder
//! that holds the same tables sixty times, say.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::cell::RefCell;
use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use benches::{Times, export, plan, tables};
use ehr_archive::{
    ArchiveId, ArchiveOptions, ArchiveWriter, Cohort, ObjectClass, ObjectEntry, SealedEntry, Sealer,
};
use ehr_crypto::DataKey;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::mapper::PatientUnit;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::MemoryFolder;
use ehr_mapping::writer::{FhirFolder, FhirLines};
use ehr_model::fhir::BatchTag;
use ehr_model::fhir::bundle::{BundleType, write_bundle};
use ehr_model::value::Date;
use ehr_validate::{Context, Directory, Ruleset, ValidationReport, Validator};

/// Odd, so that the median is a round that was.
const ROUNDS: usize = 9;
/// Of an export above [`LARGE`] bytes.
const ROUNDS_OF_LARGE: usize = 3;
const LARGE: usize = 50_000_000;

/// The stages, in the order of the line.
#[derive(Debug, Clone, Copy)]
enum Stage {
    Bare,
    Sort,
    Map,
    Settle,
    Validate,
    Fhir,
    Seal,
    Append,
}

const STAGES: [(Stage, &str); 8] = [
    (Stage::Bare, "csv crate, ByteRecord loop"),
    (Stage::Sort, "read, sort by patient, spill"),
    (Stage::Map, "unspill, parse, map"),
    (Stage::Settle, "settle the books"),
    (Stage::Validate, "check rules"),
    (Stage::Fhir, "write FHIR"),
    (Stage::Seal, "bundle, compress, seal"),
    (Stage::Append, "append FHIR and archive files"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let Some(folder) = export() else {
        println!("skipped: EHR_CORPUS does not name a folder with the export");
        return Ok(());
    };
    let plan = plan()?;
    let (memory, tables) = tables(&folder)?;
    let bytes: usize = tables.iter().map(Vec::len).sum();

    let mut times: [Times; 8] = Default::default();
    let mut canonical = Times::default();
    let mut chart_bytes = 0;
    let rounds = if bytes > LARGE {
        ROUNDS_OF_LARGE
    } else {
        ROUNDS
    };
    for _ in 0..rounds {
        times[Stage::Bare as usize].push(timed(|| bare(&tables)).1);
        canonical.push(to_canonical(&plan, &memory)?);
        let (stages, written) = line(&plan, &memory)?;
        chart_bytes = written;
        for (stage, time) in stages {
            times[stage as usize].push(time);
        }
    }
    println!(
        "{:.1} MB of CSV, one thread, medians of {rounds} rounds\n",
        bytes as f64 / 1e6
    );
    print_speed(bytes, &times[Stage::Bare as usize], &canonical);
    print_stages(bytes, &times);
    let check = times[Stage::Validate as usize].median();
    let size = chart_bytes as f64 / 1e6;
    let mapping = times[Stage::Map as usize].median();
    println!(
        "\nall rules on {size:.1} MB of charts as FHIR: {:.1} MB/s, {:.2} times the mapping",
        size / check,
        check / mapping
    );
    Ok(())
}

fn print_speed(bytes: usize, bare: &Times, canonical: &Times) {
    let speed = |times: &Times| bytes as f64 / 1e6 / times.median();
    println!(
        "{:32} {:>8.1} MB/s",
        "csv crate, ByteRecord loop",
        speed(bare)
    );
    println!(
        "{:32} {:>8.1} MB/s",
        "CSV to canonical charts",
        speed(canonical)
    );
    let ratio = canonical.median() / bare.median();
    println!("{:32} {ratio:>8.1} times the bare loop", "");
    println!();
}

fn print_stages(bytes: usize, times: &[Times; 8]) {
    let whole: f64 = times[1..].iter().map(Times::median).sum();
    println!(
        "{:32} {:>8} {:>8} {:>8}",
        "the whole line, by stage", "ms", "MB/s", "share"
    );
    for (stage, name) in &STAGES[1..] {
        let time = times[*stage as usize].median();
        let (speed, share) = (bytes as f64 / 1e6 / time, 100.0 * time / whole);
        println!("{name:32} {:>8.1} {speed:>8.1} {share:>6.1} %", time * 1e3);
    }
    let speed = bytes as f64 / 1e6 / whole;
    println!(
        "{:32} {:>8.1} {speed:>8.1} {:>6.1} %",
        "all",
        whole * 1e3,
        100.0
    );
}

fn bare(tables: &[Vec<u8>]) -> u64 {
    let mut rows = 0;
    for table in tables {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(&table[..]);
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).is_ok_and(|more| more) {
            black_box(&record);
            rows += 1;
        }
    }
    rows
}

/// Opens an extraction and maps every patient; nothing is done with the charts.
fn to_canonical(plan: &Plan, memory: &MemoryFolder) -> Result<Duration, Box<dyn Error>> {
    let spill = tempfile::tempdir()?;
    let start = Instant::now();
    let extraction =
        Extraction::open_rehearsal(plan, memory, ExtractionOptions::new(spill.path()))?;
    let mut records = 0;
    black_box(extraction.shared());
    extraction.patients(
        |unit, _| black_box(unit).chart.records.len(),
        |made| {
            records += made;
            Ok(())
        },
    )?;
    black_box(records);
    Ok(start.elapsed())
}

/// The whole line, with a clock around every stage, and how many bytes of FHIR it wrote.
#[expect(clippy::type_complexity, reason = "stages and bytes")]
fn line(
    plan: &Plan,
    memory: &MemoryFolder,
) -> Result<(Vec<(Stage, Duration)>, u64), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let spill = folder.path().join("spill");
    let (extraction, sort) =
        timed(|| Extraction::open_rehearsal(plan, memory, ExtractionOptions::new(&spill)));
    let extraction = extraction?;
    let mut archive = new_archive(&folder.path().join("archive"))?;
    let fhir = RefCell::new(FhirFolder::create(folder.path().join("fhir"))?);

    let validator = Validator::new(Ruleset::all());
    let shared = extraction.shared();
    let directory: Directory = shared.chart.records.iter().collect();
    let systems = plan.local_systems();
    let context = Context::new(Date::parse("2025-01-01")?)
        .directory(&directory)
        .local_systems(&systems);
    let batch = BatchTag::new("urn:ehr:migration-batch", "bench");
    let sealer = archive.sealer();
    let spent = Mutex::new([Duration::ZERO; 8]);
    let add = |stage: Stage, time| {
        if let Ok(mut spent) = spent.lock() {
            spent[stage as usize] += time;
        }
    };
    let ((), whole) = {
        let start = Instant::now();
        extraction.patients(
            |unit, books| {
                add(Stage::Settle, timed(|| books.settle(&unit, |_| true)).1);
                let mut report = ValidationReport::default();
                add(
                    Stage::Validate,
                    timed(|| validator.check(&unit.chart, &context, &mut report)).1,
                );
                let (lines, time) = timed(|| lines(&unit, &batch));
                add(Stage::Fhir, time);
                let (sealed, time) = timed(|| seal(&unit, &batch, &sealer));
                add(Stage::Seal, time);
                (lines, sealed)
            },
            |(lines, sealed)| {
                let start = Instant::now();
                fhir.borrow_mut().append(lines)?;
                let sealed = sealed.map_err(ehr_mapping::Error::stage)?;
                archive
                    .append_sealed(sealed, b"")
                    .map_err(ehr_mapping::Error::stage)?;
                add(Stage::Append, start.elapsed());
                Ok(())
            },
        )?;
        ((), start.elapsed())
    };
    let spent = *spent.lock().map_err(|_| "a round panicked")?;
    let others: Duration = spent.iter().sum();
    let mut stages = vec![
        (Stage::Sort, sort),
        (Stage::Map, whole.saturating_sub(others)),
    ];
    for (stage, _) in STAGES {
        if stage as usize >= Stage::Settle as usize {
            stages.push((stage, spent[stage as usize]));
        }
    }
    drop(fhir);
    let mut written = 0;
    for file in std::fs::read_dir(folder.path().join("fhir"))? {
        written += file?.metadata()?.len();
    }
    Ok((stages, written))
}

fn new_archive(path: &Path) -> Result<ArchiveWriter, Box<dyn Error>> {
    let options = ArchiveOptions {
        archive_id: ArchiveId::random()?,
        created: "2025-01-01T00:00:00Z".to_owned(),
        software: "bench".to_owned(),
    };
    Ok(ArchiveWriter::create(path, options, &DataKey::generate()?)?)
}

fn lines(unit: &PatientUnit<'_>, batch: &BatchTag) -> FhirLines {
    let mut lines = FhirLines::default();
    for record in &unit.chart.records {
        lines.push(record, batch);
    }
    lines
}

/// The chart and the rows that it came from, as one entry.
fn seal(
    unit: &PatientUnit<'_>,
    batch: &BatchTag,
    sealer: &Sealer,
) -> Result<SealedEntry, ehr_archive::Error> {
    let mut chart = Vec::new();
    write_bundle(
        &unit.chart.records,
        BundleType::Collection,
        batch,
        &mut chart,
    );
    let mut rows = Vec::new();
    for record in unit.source_records() {
        rows.extend_from_slice(record.expose_text().as_bytes());
        rows.push(b'\n');
    }
    let object = |class, media_type, bytes| ObjectEntry {
        class,
        media_type,
        source_id: "bench",
        bytes,
    };
    let objects = [
        object(ObjectClass::Chart, "application/fhir+json", &chart[..]),
        object(ObjectClass::Source, "text/plain; charset=utf-8", &rows[..]),
    ];
    sealer.seal_unassigned(Cohort::KEEP, &objects)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = black_box(work());
    (result, start.elapsed())
}
