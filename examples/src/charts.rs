//! All charts of an export in memory, for programs that look at a few of them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_model::chart::Chart;
use ehr_model::record::RecordId;
use ehr_validate::compare::PatientMatching;
use ehr_validate::review::Written;

use crate::export::{self, Failure};

/// A chart with what stood in its source records.
pub type WrittenChart = (Chart, Written);

/// Reads all charts, with the lineage of their fields.
///
/// # Errors
///
/// If the export cannot be read, or two of its charts have one id.
pub fn read(
    path: &Path,
    map: Option<&Path>,
    system: &str,
) -> Result<BTreeMap<RecordId, WrittenChart>, Failure> {
    let folder = export::open(path)?;
    let document = export::document(map, &*folder, system)?;
    let plan = document.compile()?;
    let name = format!("ehr-charts-{}-{}", std::process::id(), plan.digest());
    let spill = std::env::temp_dir().join(name.replace(':', "-"));
    let mut settings = ExtractionOptions::new(&spill);
    settings.lineage = true;
    let extraction = Extraction::open_rehearsal(&plan, &*folder, settings)?;
    let mut charts = BTreeMap::new();
    let mut twice = false;
    extraction.patients(
        |unit, _| {
            let written = Written::of(unit.source_records());
            (unit.chart.clone(), written)
        },
        |(chart, written)| {
            if let Some(patient) = chart.patient().map(|record| record.id) {
                twice |= charts.insert(patient, (chart, written)).is_some();
            }
            Ok(())
        },
    )?;
    drop(extraction);
    let _ = std::fs::remove_dir_all(&spill);
    if twice {
        return Err(format!("{}: two charts have one patient id", path.display()).into());
    }
    Ok(charts)
}

/// Which patient of the target is which of the source: by id where ids were kept, by an identifier, else by
/// demographics that are certain. Two systems may have given one number to two people, who are not matched.
pub fn counterparts(
    source: &BTreeMap<RecordId, WrittenChart>,
    target: &BTreeMap<RecordId, WrittenChart>,
) -> HashMap<RecordId, RecordId> {
    let mut matching = PatientMatching::default();
    source
        .values()
        .for_each(|(chart, _)| matching.source(chart));
    target
        .values()
        .for_each(|(chart, _)| matching.target(chart));
    let pairs = matching.finish().into_iter();
    pairs
        .filter_map(|one| Some((one.source?, one.target?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use ehr_model::kind::Patient;

    use super::*;

    /// Two charts in a file of their own.
    fn charts(
        folder: &Path,
        name: &str,
        people: [(&str, &str, &str); 2],
    ) -> BTreeMap<RecordId, WrittenChart> {
        let lines = people.map(|(id, family, born)| {
            format!(
                r#"{{"resourceType":"Patient","id":"{id}","name":[{{"family":"{family}","given":["Ilse"]}}],"birthDate":"{born}","gender":"female","identifier":[{{"system":"urn:test:mrn","value":"{family}"}}]}}"#
            )
        });
        let file = folder.join(name);
        std::fs::write(&file, lines.join("\n")).unwrap();
        read(&file, None, "urn:test").unwrap()
    }

    fn family(charts: &BTreeMap<RecordId, WrittenChart>, id: RecordId) -> String {
        let (_, patient) = charts[&id].0.of::<Patient>().next().unwrap();
        patient.name[0].family.value().unwrap().expose().to_owned()
    }

    #[test]
    fn one_number_of_two_systems_is_not_one_patient() {
        let folder = tempfile::tempdir().unwrap();
        let zweig = ("1", "Zweig", "1961-04-05");
        let adler = ("2", "Adler", "1974-11-30");
        let source = charts(folder.path(), "source.ndjson", [zweig, adler]);
        // counted anew: each number is the other one's
        let (first, second) = (("2", zweig.1, zweig.2), ("1", adler.1, adler.2));
        let target = charts(folder.path(), "target.ndjson", [first, second]);
        assert!(source.keys().all(|id| target.contains_key(id)));
        let pairs = counterparts(&source, &target);
        assert_eq!(pairs.len(), 2);
        for (one, other) in pairs {
            assert_ne!(one, other);
            assert_eq!(family(&source, one), family(&target, other));
        }
        let kept = counterparts(&source, &source);
        assert!(kept.len() == 2 && kept.iter().all(|(one, other)| one == other));
    }
}
