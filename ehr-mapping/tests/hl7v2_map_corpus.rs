//! Real messages to charts: nothing is lost, and clinical content is mapped, not put away.

use crate::support;

use std::collections::BTreeMap;

use ehr_model::tally::LeafCounts;
use support::hl7v2::{messages, plan, run_file};
use support::{assert_books_add_up, say};

/// Segments that say something of a patient's health.
const CLINICAL: &[&str] = &[
    "PID", "PV1", "PV2", "AL1", "IAM", "IAR", "DG1", "PR1", "ORC", "OBR", "OBX", "NTE", "SPM",
    "TQ1", "RXO", "RXE", "RXD", "RXR", "RXC", "RXA", "PRB", "GOL",
];

#[test]
fn every_message_of_the_corpus_is_accounted_for() {
    let Some(files) = messages() else { return };
    let plan = plan();
    let mut families: BTreeMap<String, LeafCounts> = BTreeMap::new();
    let mut open: BTreeMap<String, u64> = BTreeMap::new();
    let mut issues: BTreeMap<String, u64> = BTreeMap::new();
    let mut clinical: BTreeMap<String, LeafCounts> = BTreeMap::new();
    let mut not_mapped: BTreeMap<String, u64> = BTreeMap::new();
    let mut rules: BTreeMap<String, u64> = BTreeMap::new();
    let mut records = 0;
    for path in &files {
        let run = run_file(&plan, path);
        assert_books_add_up(&run.tally);
        if !run.rejects.is_empty() {
            say(&format!(
                "{path:?}: {:?}",
                run.rejected().iter().map(|r| r.1).collect::<Vec<_>>()
            ));
        }
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if let Some(folder) = std::env::var_os("EHR_FHIR_OUT") {
            let folder = std::path::PathBuf::from(folder).join(&name);
            write_fhir(&run, &folder);
        }
        let family = name[..3].to_owned();
        records += run.tally.total_records().mapped;
        for issue in &run.issues {
            let field = issue.field.as_deref().unwrap_or_default();
            let path = issue
                .address
                .as_ref()
                .and_then(|address| address.path.as_deref());
            let key = format!(
                "{} {field} {}",
                issue.code.as_str(),
                path.unwrap_or_default()
            );
            *issues.entry(key).or_default() += 1;
        }
        for (reason, taken) in &run.tally.rules {
            *rules.entry(reason.to_string()).or_default() += taken.leaves;
        }
        for books in run.tally.sources.values() {
            for (path, leaves) in &books.paths {
                *families.entry(family.clone()).or_default() += *leaves;
                if leaves.unaccounted > 0 && !path.split('/').any(|step| step.starts_with('Z')) {
                    let key = if std::env::var_os("HL7_FULL").is_some() {
                        format!("{path} {name}")
                    } else {
                        short(path)
                    };
                    *open.entry(key).or_default() += leaves.unaccounted;
                }
                let segment = path.split('/').rfind(|step| step.len() == 3).unwrap_or("");
                if is_of_clinical_family(&name)
                    && CLINICAL.contains(&segment)
                    && is_clinical(&short(path))
                {
                    *clinical.entry(segment.to_owned()).or_default() += *leaves;
                    if leaves.mapped < leaves.nonempty {
                        *not_mapped
                            .entry(if std::env::var_os("HL7_FULL").is_some() {
                                format!("{path} {name}")
                            } else {
                                short(path)
                            })
                            .or_default() += leaves.nonempty - leaves.mapped;
                    }
                }
            }
        }
    }
    say(&format!("{} files, {records} messages mapped", files.len()));
    let line = |name: &str, one: &LeafCounts| {
        say(&format!(
            "{name}: {} leaves, mapped {:.1} %, archived {}, ignored {}, rejected {}, unaccounted {}",
            one.nonempty,
            100.0 * one.mapped as f64 / one.nonempty as f64,
            one.archived,
            one.ignored,
            one.rejected,
            one.unaccounted
        ));
    };
    for (name, one) in &families {
        line(name, one);
    }
    let mut all = LeafCounts::default();
    for (name, one) in &clinical {
        line(name, one);
        all += *one;
    }
    line("clinical", &all);
    if std::env::var_os("HL7_SHOW").is_some() {
        for (title, map) in [
            ("OPEN", &open),
            ("ISSUES", &issues),
            ("NOT MAPPED", &not_mapped),
            ("RULES", &rules),
        ] {
            say(&format!("== {title}"));
            for (path, count) in map {
                say(&format!("{count:6} {path}"));
            }
        }
    }
    assert!(open.is_empty(), "{open:#?}");
}

/// Whether a file holds messages of admissions, results, vaccinations, prescriptions or orders.
fn is_of_clinical_family(name: &str) -> bool {
    ["ADT", "ORU", "VXU", "RDE", "ORM"]
        .iter()
        .any(|family| name.contains(family))
}

/// Fields that hold no code, value, dose, period, date or id of the patient's health: set ids and
/// action codes, people with their addresses and telephones, organizations and places, and what an
/// old system keeps for itself.
const NOT_CLINICAL: &[&str] = &[
    // set ids, sub-ids, action codes, types of the transmission
    "PID-1", "PV1-1", "AL1-1", "DG1-1", "PR1-1", "NTE-1", "OBR-1", "OBX-1", "SPM-1", "TQ1-1",
    "RXD-1", "RXA-1", "RXA-2", "IAM-1", "IAM-6", "DG1-21", "RXA-21", "PRB-1", "OBX-4", "OBX-29",
    "ORC-1", // names, addresses, telephones
    "PID-5", "PID-6", "PID-9", "PID-11", "PID-13", "PID-14", "PID-40", "PV1-7", "PV1-8", "PV1-9",
    "PV1-17", "PV1-52", "PV2-13", "DG1-16", "PR1-8", "PR1-11", "PR1-12", "ORC-10", "ORC-11",
    "ORC-12", "ORC-19", "ORC-22", "ORC-23", "ORC-24", "OBR-10", "OBR-16", "OBR-17", "OBR-28",
    "OBR-32", "OBR-33", "OBR-34", "OBR-35", "OBX-16", "OBX-24", "OBX-25", "NTE-5", "RXE-13",
    "RXO-14", "RXD-10", "RXA-10", "RXA-28", "IAM-14", "IAM-23",
    // organizations and places
    "ORC-21", "ORC-17", "OBX-23", "PV1-3", "PV1-6", "PV1-11", "PV1-42", "PV1-43", "PV2-1", "RXA-27",
    "PV1-37", "PV1-39",
    // no content of a chart: county, citizenship, veterans, species; accounts, protection; enterers
    // and the place in the birth of somebody who, by PID-24, was born alone
    "PID-12", "PID-25", "PID-26", "PID-27", "PID-28", "PID-33", "PID-35", "PID-36", "PV1-20",
    "PV1-41", "PV2-11", "PV2-22", "PV2-38", "ORC-18", "ORC-29", "OBX-32", "OBX-26", "PR1-25",
    "DG1-22",
];

/// Whether a leaf is a code, a value, a dose, a period, a date or an id. Check digits are none, and
/// neither are the words beside a code of a closed set.
fn is_clinical(path: &str) -> bool {
    let mut steps = path.split('/').skip(1);
    let field = steps.next().unwrap_or_default();
    let component = steps.next().unwrap_or("1");
    let check_digit = matches!(
        field,
        "PID-2"
            | "PID-3"
            | "PID-4"
            | "PID-18"
            | "PID-21"
            | "PV1-5"
            | "PV1-19"
            | "PV1-50"
            | "PV1-54"
            | "OBR-53"
            | "SPM-30"
            | "SPM-31"
    ) && matches!(component, "2" | "3");
    let closed = matches!(
        field,
        "AL1-2" | "AL1-4" | "PID-22" | "TQ1-9" | "IAM-2" | "IAM-9" | "IAM-17" | "IAR-2"
    ) && component != "1";
    !(NOT_CLINICAL.contains(&field) || check_digit || closed)
}

/// A path from its segment on.
fn short(path: &str) -> String {
    let steps: Vec<&str> = path.split('/').collect();
    let segment = steps
        .iter()
        .rposition(|step| step.len() == 3 && !step.starts_with(char::is_numeric));
    steps[segment.unwrap_or(0)..].join("/")
}

/// Writes what became of a message, one file a type, for a validator.
fn write_fhir(run: &support::Run, folder: &std::path::Path) {
    std::fs::create_dir_all(folder).unwrap();
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for record in run.records() {
        let lines = files.entry(record.kind().fhir()).or_default();
        lines.push_str(&support::line(record));
        lines.push('\n');
    }
    for (fhir, lines) in files {
        std::fs::write(folder.join(format!("{fhir}.ndjson")), lines).unwrap();
    }
}
