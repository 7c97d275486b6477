//! How fast resources become charts, beside `serde_json` on the same bytes. Run with
//! `cargo test --release -p ehr-mapping --test all fhir_map_speed -- --ignored --nocapture`.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::fs;
use std::hint::black_box;
use std::path::Path;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::source::MemoryFolder;

#[test]
#[ignore = "a measurement"]
fn charts_beside_serde_json() {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return;
    };
    let bulk = Path::new(&corpus).join("synthea-fhir/bulk-10pts");
    let mut folder = MemoryFolder::default();
    let mut all = Vec::new();
    for entry in fs::read_dir(bulk).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with(".000.ndjson") {
            let bytes = fs::read(path).unwrap();
            all.extend_from_slice(&bytes);
            folder = folder.with(&name, bytes);
        }
    }
    let plan = MappingDocument::shipped("fhir-r4")
        .unwrap()
        .compile()
        .unwrap();
    println!("{} MB, best of five", all.len() / 1_000_000);
    let value = measure("serde_json, Value", all.len(), || {
        let mut count = 0;
        for line in all
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
        {
            black_box(serde_json::from_slice::<serde_json::Value>(line).unwrap());
            count += 1;
        }
        count
    });
    measure("opened: sorted by patient", all.len(), || {
        open(&plan, &folder, |_| 0)
    });
    measure("opened and mapped", all.len(), || {
        open(&plan, &folder, |extraction| {
            let mut records = extraction.shared().chart.records.len();
            extraction
                .patients(
                    |unit, _| unit.chart.records.len(),
                    |count| {
                        records += count;
                        Ok(())
                    },
                )
                .unwrap();
            records
        })
    });
    let whole = measure("opened, mapped, books settled", all.len(), || {
        open(&plan, &folder, |extraction| {
            let mut records = extraction.shared().chart.records.len();
            extraction
                .patients(
                    |unit, books| {
                        black_box(books.settle(&unit, |_| true));
                        unit.chart.records.len()
                    },
                    |count| {
                        records += count;
                        Ok(())
                    },
                )
                .unwrap();
            records
        })
    });
    println!(
        "charts with books at {:.2} of serde_json's Value",
        whole / value
    );
}

fn open(
    plan: &ehr_mapping::plan::Plan,
    folder: &MemoryFolder,
    work: impl Fn(&Extraction<'_>) -> usize,
) -> usize {
    let spill = tempfile::tempdir().unwrap();
    let extraction =
        Extraction::open_rehearsal(plan, folder, ExtractionOptions::new(spill.path())).unwrap();
    work(&extraction)
}

fn measure(what: &str, bytes: usize, work: impl Fn() -> usize) -> f64 {
    let mut best = f64::MAX;
    let mut count = 0;
    for _ in 0..5 {
        let start = cpu_time();
        count = black_box(work());
        best = best.min(cpu_time() - start);
    }
    let speed = bytes as f64 / 1e6 / best;
    println!("  {what:32} {speed:7.0} MB/s, {count} records");
    speed
}

/// Seconds that this thread was on a processor, which other programs do not change; Linux only.
fn cpu_time() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text
        .split_whitespace()
        .next()
        .and_then(|first| first.parse::<u64>().ok());
    nanoseconds.expect("the scheduler's figures") as f64 / 1e9
}
