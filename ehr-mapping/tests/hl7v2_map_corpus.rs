//! Real messages to charts: nothing is lost, and clinical content is mapped, not put away.

mod support;

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
                if CLINICAL.contains(&segment) && !path.ends_with("-1") {
                    *clinical.entry(segment.to_owned()).or_default() += *leaves;
                    if leaves.mapped < leaves.nonempty {
                        *not_mapped.entry(short(path)).or_default() +=
                            leaves.nonempty - leaves.mapped;
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

/// A path from its segment on.
fn short(path: &str) -> String {
    let steps: Vec<&str> = path.split('/').collect();
    let segment = steps
        .iter()
        .rposition(|step| step.len() == 3 && !step.starts_with(char::is_numeric));
    steps[segment.unwrap_or(0)..].join("/")
}
