//! The program `review-sheet` on the sample practice.

use std::process::{Command, Output};

use serde_json::Value;

fn run(arguments: &[&str]) -> Output {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["run", "--quiet", "--example", "review-sheet", "--"])
        .args(["--map", "sample/harbor-street.toml", "--json"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    command.output().unwrap()
}

#[test]
fn the_sample_has_a_sheet_that_comes_back_unchanged() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let written = run(&["--out", out, "--source", "sample"]);
    assert_eq!(written.status.code(), Some(0), "{written:?}");
    let facts: Value = serde_json::from_slice(&written.stdout).unwrap();
    assert!(facts["lines"].as_u64().unwrap() > 300, "{facts}");
    let page = std::fs::read_to_string(folder.path().join("review.html")).unwrap();
    assert!(page.contains("Harbor Street Family Practice") && page.contains("Times used"));
    // a surname of the sample, which nobody asked for
    assert!(!page.contains("protected health information"));

    let sheet = folder.path().join("review.xlsx");
    let read = run(&["--read", sheet.to_str().unwrap()]);
    assert_eq!(read.status.code(), Some(0), "{read:?}");
    let review: Value = serde_json::from_slice(&read.stdout).unwrap();
    assert_eq!(review["digest"], facts["digest"]);
    let all = facts["lines"].as_u64().unwrap() + facts["code_rows"].as_u64().unwrap();
    assert_eq!(review["open"].as_u64(), Some(all));
    assert_eq!(review["edits"].as_array().map(Vec::len), Some(0));
}
