//! Synthea's CSV export is mapped whole, in every layout that the simulator wrote over the years.

use crate::support;

use std::collections::BTreeMap;

use ehr_mapping::Error;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::source::{MemoryFolder, SourceFile, SourceFolder};
use support::corpus::{document, filled, synthea};
use support::export::Export;
use support::{Run, assert_books_add_up, run};

#[test]
fn every_value_of_the_export_is_accounted_for() {
    let Some(export) = synthea() else { return };
    let run = map(&export);
    assert_whole(&run, &export);
    assert_eq!(run.rejects.len(), 0);
    assert_eq!(run.units.len(), 1 + 11);
}

#[test]
fn the_addresses_of_all_records_lead_to_their_rows() {
    let Some(export) = synthea() else { return };
    let folder = export.folder();
    let run = map(&export);
    let mut texts = BTreeMap::new();
    for file in folder.list().unwrap() {
        let mut text = String::new();
        std::io::Read::read_to_string(&mut folder.open(&file.name).unwrap(), &mut text).unwrap();
        texts.insert(file.name, text);
    }
    let mut addresses = 0;
    for unit in &run.units {
        let rows: BTreeMap<&str, &str> = unit
            .rows
            .iter()
            .map(|(address, text)| (address.as_str(), text.as_str()))
            .collect();
        for provenance in unit.chart.records.iter().flat_map(|one| &one.provenance) {
            let address = &provenance.address;
            let text = &texts[&*address.source];
            let row = rows[address.to_string().as_str()];
            let byte = usize::try_from(address.byte.unwrap()).unwrap();
            assert!(text[byte..].starts_with(row), "{address}");
            let line = text[..byte].matches('\n').count() as u64 + 1;
            assert_eq!(address.line, Some(line), "{address}");
            assert_eq!(address.record, Some(line - 1), "{address}");
            addresses += 1;
        }
        for record in &unit.chart.records {
            assert!(!record.provenance.is_empty(), "{} has a source", record.id);
        }
    }
    assert!(addresses > 10_000);
}

#[test]
fn the_layout_of_2021_is_mapped_whole() {
    let Some(mut export) = synthea() else { return };
    for column in ["FIPS", "INCOME"] {
        export.table("patients.csv").drop_column(column);
    }
    let providers = export.table("providers.csv");
    providers.drop_column("PROCEDURES");
    providers.rename("ENCOUNTERS", "UTILIZATION");
    export.table("payers.csv").drop_column("OWNERSHIP");
    let transitions = export.table("payer_transitions.csv");
    transitions.rename("START_DATE", "START_YEAR");
    transitions.rename("END_DATE", "END_YEAR");
    transitions.rename("PLAN_OWNERSHIP", "OWNERSHIP");
    for column in ["MEMBERID", "SECONDARY_PAYER", "OWNER_NAME"] {
        transitions.drop_column(column);
    }
    for column in ["START_YEAR", "END_YEAR"] {
        let at = transitions.position(column);
        for row in &mut transitions.rows {
            row[at].truncate(4);
        }
    }
    for name in ["claims.csv", "claims_transactions.csv", "supplies.csv"] {
        export.tables.remove(name);
    }
    let run = map(&export);
    assert_whole(&run, &export);
    assert_eq!(
        run.leaves("payer_transitions.csv", "START_YEAR").rejected,
        0
    );
    assert!(run.json("Coverage").iter().all(|coverage| {
        coverage["period"]["start"]
            .as_str()
            .is_some_and(|year| year.len() == 4)
    }));
}

#[test]
fn the_layout_of_2025_is_mapped_whole() {
    let Some(mut export) = synthea() else { return };
    export
        .table("patients.csv")
        .insert("LAST", "MIDDLE", |row| format!("Middle{row}"));
    for name in ["conditions.csv", "procedures.csv"] {
        export
            .table(name)
            .insert("CODE", "SYSTEM", |_| "SNOMED-CT".to_owned());
    }
    for name in ["organizations.csv", "providers.csv"] {
        export
            .table(name)
            .insert("NAME", "NPI", |row| format!("{:010}", 1_000_000_000 + row));
    }
    let run = map(&export);
    assert_whole(&run, &export);
    assert!(run.fhir().contains(r#""Middle3""#));
    assert!(run.fhir().contains(r#""1000000003""#));
    let systems = run.leaves("conditions.csv", "SYSTEM");
    assert_eq!(systems.ignored, systems.nonempty);
}

#[test]
fn another_code_system_in_the_new_column_stays_unaccounted() {
    let Some(mut export) = synthea() else { return };
    export
        .table("conditions.csv")
        .insert("CODE", "SYSTEM", |row| {
            if row == 7 { "ICD-10" } else { "SNOMED-CT" }.to_owned()
        });
    let open = [("conditions.csv".to_owned(), "SYSTEM".to_owned(), 1)];
    assert_eq!(map(&export).unaccounted(), open);
}

#[test]
fn key_columns_may_be_written_in_capitals() {
    let Some(mut export) = synthea() else { return };
    let before = map(&export).fhir();
    for table in export.tables.values_mut() {
        if table.header.iter().any(|column| column == "Id") {
            table.rename("Id", "ID");
        }
    }
    let run = map(&export);
    assert_whole(&run, &export);
    assert!(
        run.fhir() == before,
        "the header's spelling changes nothing"
    );
}

#[test]
fn an_unknown_column_is_unaccounted_cell_by_cell() {
    let Some(mut export) = synthea() else { return };
    let mut expected = Vec::new();
    for (name, table) in &mut export.tables {
        let first = table.header[0].clone();
        let every = 2 + name.len() % 3;
        table.insert(&first, "COLUMN_OF_NEXT_YEAR", |row| {
            if row % every == 0 { "x" } else { "" }.to_owned()
        });
        let cells = table.filled("COLUMN_OF_NEXT_YEAR");
        expected.push((name.clone(), "COLUMN_OF_NEXT_YEAR".to_owned(), cells));
    }
    let run = map(&export);
    assert_eq!(run.unaccounted(), expected);
    assert!(!run.tally.balances());
    assert_books_add_up(&run.tally);
}

#[test]
fn a_missing_column_or_table_stops_the_run_before_a_row_is_read() {
    let Some(export) = synthea() else { return };
    let plan = document(|text| text).compile().unwrap();

    let mut renamed = export.clone();
    // a late table of the document, so that others could have been read by then
    renamed.table("observations.csv").rename("VALUE", "RESULT");
    let message = stopped(&plan, renamed.folder());
    let expected =
        "observations.csv: line 1: the header lacks VALUE; table `observations` needs them";
    assert_eq!(message, expected);

    let mut missing = export.clone();
    missing.tables.remove("devices.csv");
    let message = stopped(&plan, missing.folder());
    let expected = "devices.csv: the export has no such file; table `devices` needs it";
    assert_eq!(message, expected);
}

/// The message with which a run stops; nothing beyond headers was read, and nothing is left behind.
fn stopped(plan: &ehr_mapping::plan::Plan, folder: MemoryFolder) -> String {
    let spill = tempfile::tempdir().unwrap();
    let folder = OpenedOnce {
        inner: folder,
        opened: std::sync::Mutex::default(),
    };
    let opened = Extraction::open_rehearsal(plan, &folder, ExtractionOptions::new(spill.path()));
    let error: Error = opened.err().expect("the run stops");
    let opened = folder.opened.into_inner().unwrap();
    assert!(opened.values().all(|times| *times == 1), "only headers");
    assert_eq!(std::fs::read_dir(spill.path()).unwrap().count(), 0);
    error.to_string()
}

/// Counts how often each file is opened: once for its header, a second time for its rows.
struct OpenedOnce {
    inner: MemoryFolder,
    opened: std::sync::Mutex<BTreeMap<String, u32>>,
}

impl SourceFolder for OpenedOnce {
    fn list(&self) -> std::io::Result<Vec<SourceFile>> {
        self.inner.list()
    }

    fn open(&self, name: &str) -> std::io::Result<Box<dyn std::io::Read + '_>> {
        *self
            .opened
            .lock()
            .unwrap()
            .entry(name.to_owned())
            .or_default() += 1;
        self.inner.open(name)
    }
}

fn map(export: &Export) -> Run {
    let plan = document(|text| text).compile().unwrap();
    run(&plan, &export.folder())
}

/// Zero unaccounted, and the books say of every table and column what a plain scan says.
fn assert_whole(run: &Run, export: &Export) {
    assert_eq!(run.unaccounted(), []);
    assert!(run.tally.balances());
    assert_books_add_up(&run.tally);
    for (name, table) in &export.tables {
        assert_eq!(run.counts(name).read, table.rows.len() as u64, "{name}");
    }
    for ((name, column), cells) in filled(export) {
        assert_eq!(
            run.leaves(&name, &column).nonempty,
            cells,
            "{name}: {column}"
        );
    }
    let tables = run.tally.sources.keys();
    let tables = tables.filter(|name| name.ends_with(".csv")).count();
    assert_eq!(tables, export.tables.len());
}
