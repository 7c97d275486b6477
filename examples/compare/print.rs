//! The result for people and for programs: ids and addresses, no value.

use std::collections::HashMap;

use ehr_model::record::{Kind, RecordId};
use ehr_validate::compare::{Difference, DifferenceCounts, PatientMatch, Side};
use ehr_validate::rounds::CompareCounts;
use examples::export::Failure;
use serde_json::{Value, json};

/// Lines shown to people; the JSON has all.
const MOST_LINES: usize = 200;

pub(crate) fn json(
    differences: &[Difference],
    counts: &DifferenceCounts,
    patients: &[PatientMatch],
    keys: &HashMap<RecordId, String>,
    source_fingerprint: &str,
) -> Result<(), Failure> {
    let id = |id: RecordId| keys.get(&id).cloned().unwrap_or_else(|| id.to_string());
    let side = |kind: Kind, side: &Option<Side>| {
        let Some(side) = side else { return Value::Null };
        json!({
            "id": id(side.id),
            "resource": format!("{}/{}", kind.fhir(), id(side.id)),
            "patient": side.patient.map(id),
            "address": side.address,
            "mapping_line": side.mapping_line,
        })
    };
    let rows: Vec<Value> = differences
        .iter()
        .map(|one| {
            json!({
                "class": one.class,
                "pattern": one.pattern,
                "safety": one.safety,
                "kind": one.kind.name(),
                "field": one.field,
                "patient": one.patient.map(id),
                "source": side(one.kind, &one.source),
                "target": side(one.kind, &one.target),
            })
        })
        .collect();
    let json = json!({
        "format": "ehr-compare/1",
        "passed": counts.safety_critical() == 0,
        "patients": matched(patients),
        "counts": counts,
        "source_fingerprint": source_fingerprint,
        "round": CompareCounts::from(counts), // for `rounds attach`
        "differences": rows,
    });
    println!("{}", serde_json::to_string_pretty(&json)?);
    Ok(())
}

pub(crate) fn lines(
    differences: &[Difference],
    counts: &DifferenceCounts,
    patients: &[PatientMatch],
) {
    for one in differences.iter().take(MOST_LINES) {
        println!("{one}");
    }
    if differences.len() > MOST_LINES {
        println!(
            "... and {} more: --json has all",
            differences.len() - MOST_LINES
        );
    }
    println!("patients: {}", matched(patients));
    println!(
        "{} charts, {} differences",
        counts.charts, counts.differences
    );
    for (class, times) in &counts.classes {
        println!("{times:>8} {}", class.name());
    }
    println!("{} can harm a patient", counts.safety_critical());
}

/// How many patients were matched by what.
fn matched(patients: &[PatientMatch]) -> Value {
    let mut counts = serde_json::Map::new();
    for one in patients {
        let name = match (one.basis, one.source) {
            (Some(basis), _) => basis.name(),
            (None, Some(_)) => "source-only",
            (None, None) => "target-only",
        };
        let count = counts.entry(name).or_insert(json!(0));
        *count = json!(count.as_u64().unwrap_or(0) + 1);
    }
    Value::Object(counts)
}
