//! All charts of an export in memory, for programs that look at a few of them.

use std::collections::BTreeMap;
use std::path::Path;

use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_model::chart::Chart;
use ehr_model::kind::Patient;
use ehr_model::record::RecordId;
use ehr_validate::review::Written;

use crate::export::Failure;
use crate::input::{Export, Ids};

/// A chart with what stood in its source records.
pub type WrittenChart = (Chart, Written);

/// The charts of an export, and the records that all patients share.
pub struct Charts {
    /// The charts by patient.
    pub charts: BTreeMap<RecordId, WrittenChart>,
    /// Practitioners, organizations, places.
    pub shared: Chart,
}

/// Reads all charts, with the lineage of their fields. UUIDs of a FHIR export stay what they are.
///
/// # Errors
///
/// If the export cannot be read.
pub fn read(path: &Path, map: Option<&Path>, system: &str) -> Result<Charts, Failure> {
    let Export { folder, plan, .. } = Export::open(path, map, system, Ids::Kept)?;
    let name = format!("ehr-charts-{}-{}", std::process::id(), plan.digest());
    let spill = std::env::temp_dir().join(name.replace(':', "-"));
    let mut settings = ExtractionOptions::new(&spill);
    settings.lineage = true;
    let extraction = Extraction::open_rehearsal(&plan, &*folder, settings)?;
    let shared = extraction.shared().chart;
    let mut charts = BTreeMap::new();
    extraction.patients(
        |unit, _| {
            let written = Written::of(unit.source_records());
            (unit.chart.clone(), written)
        },
        |(chart, written)| {
            if let Some(patient) = chart.patient().map(|record| record.id) {
                charts.insert(patient, (chart, written));
            }
            Ok(())
        },
    )?;
    drop(extraction);
    let _ = std::fs::remove_dir_all(&spill);
    Ok(Charts { charts, shared })
}

/// The chart of the same patient on the other side: by id, else by an identifier that one patient has.
/// `None` where there is none, or more than one.
pub fn counterpart<'c>(chart: &Chart, others: &'c Charts) -> Option<&'c Chart> {
    let id = chart.patient()?.id;
    if let Some((other, _)) = others.charts.get(&id) {
        return Some(other);
    }
    let own = identifiers(chart);
    let mut found = others
        .charts
        .values()
        .map(|(other, _)| other)
        .filter(|other| identifiers(other).iter().any(|one| own.contains(one)));
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

fn identifiers(chart: &Chart) -> Vec<(&str, &str)> {
    let patients = chart.of::<Patient>();
    let all = patients.flat_map(|(_, patient)| &patient.identifier);
    all.filter_map(|one| Some((one.system.value()?.expose(), one.value.value()?.expose())))
        .collect()
}
