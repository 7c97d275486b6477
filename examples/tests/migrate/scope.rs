//! A smaller scope moves entries from the target to the archive and loses none.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::migrate::export::Export;
use crate::migrate::program::{printed, run_sample};
use crate::migrate::result::{names, reference, report, resources, total};

#[test]
fn partial_and_hybrid_add_up_to_full() {
    let folder = tempfile::tempdir().unwrap();
    let full = folder.path().join("full");
    run_sample(&full, &[]);
    let everything = written(&full);
    let books = report(&full);
    for scope in ["partial", "hybrid"] {
        for since in ["2020-10-01", "2021-02-15", "1990-01-01"] {
            let out = folder.path().join(format!("{scope}-{since}"));
            run_sample(&out, &["--scope", scope, "--since", since]);
            let some = written(&out);
            assert!(some.is_subset(&everything), "{scope} since {since}");
            adds_up(&books, &report(&out), everything.len() - some.len());
            no_reference_dangles(&out, &some);
        }
    }
}

#[test]
fn a_later_window_never_migrates_more() {
    let folder = tempfile::tempdir().unwrap();
    let mut wider: Option<BTreeSet<String>> = None;
    for since in ["1990-01-01", "2020-10-01", "2021-02-15", "2021-04-01"] {
        let out = folder.path().join(since);
        run_sample(&out, &["--scope", "partial", "--since", since]);
        let some = written(&out);
        if let Some(wider) = wider {
            assert!(some.is_subset(&wider), "since {since}");
        }
        wider = Some(some);
    }
    let full = folder.path().join("full");
    run_sample(&full, &[]);
    assert!(
        wider.unwrap().len() < written(&full).len() / 2,
        "the scope has an effect"
    );
}

#[test]
fn hybrid_lies_between_partial_and_full() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str| {
        let out = folder.path().join(name);
        run_sample(&out, &["--scope", name, "--since", "2020-10-01"]);
        written(&out)
    };
    let (partial, hybrid, full) = (run("partial"), run("hybrid"), run("full"));
    assert!(partial.is_subset(&hybrid) && hybrid.is_subset(&full));
    assert!(partial.len() < hybrid.len() && hybrid.len() < full.len());
}

#[test]
fn the_scope_is_part_of_the_batch() {
    let export = Export::sample();
    let mut batches = BTreeSet::new();
    let runs: &[&[&str]] = &[
        &[],
        &["--scope", "partial"],
        &["--scope", "hybrid"],
        &["--scope", "hybrid", "--since", "2020-10-01"],
    ];
    for (number, more) in runs.iter().enumerate() {
        let out = export.parent().join(number.to_string());
        let output = export.run(&out, more);
        assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
        batches.insert(report(&out)["run"]["batch"].as_str().unwrap().to_owned());
    }
    assert_eq!(batches.len(), runs.len());
}

/// What migrates no longer is archived, value by value and entry by entry.
fn adds_up(full: &Value, some: &Value, fewer: usize) {
    assert_eq!(some["verdict"], "go");
    assert_eq!(some["reconciliation"]["balances"], true);
    for fate in ["nonempty", "ignored", "rejected", "unaccounted"] {
        assert_eq!(
            total(some, "leaves", fate),
            total(full, "leaves", fate),
            "{fate}"
        );
    }
    let kept =
        |report: &Value| total(report, "leaves", "mapped") + total(report, "leaves", "archived");
    assert_eq!(kept(some), kept(full));
    for of in ["read", "mapped", "ignored", "rejected"] {
        assert_eq!(
            total(some, "records", of),
            total(full, "records", of),
            "records {of}"
        );
    }
    let decisions = some["scope"]["decisions"].as_array().unwrap();
    let decided = |wanted: &str| -> u64 {
        let fitting = decisions
            .iter()
            .filter(|decision| decision["decision"] == wanted);
        fitting
            .map(|decision| decision["entries"].as_u64().unwrap())
            .sum()
    };
    assert_eq!(decided("archive"), fewer as u64);
    let all = full["scope"]["decisions"][0]["entries"].as_u64().unwrap();
    assert_eq!(decided("archive") + decided("migrate"), all);
}

/// Everything that is pointed at was written too.
fn no_reference_dangles(out: &Path, written: &BTreeSet<String>) {
    for name in names(&out.join("fhir")) {
        let text = fs::read_to_string(out.join("fhir").join(&name)).unwrap();
        for part in text.split("\"reference\":\"").skip(1) {
            let target = part.split('"').next().unwrap();
            assert!(written.contains(target), "{name} points at {target}");
        }
    }
}

fn written(out: &Path) -> BTreeSet<String> {
    let mut written = BTreeSet::new();
    for name in names(&out.join("fhir")) {
        let found = resources(out, name.strip_suffix(".ndjson").unwrap());
        written.extend(found.iter().map(reference));
    }
    written
}
