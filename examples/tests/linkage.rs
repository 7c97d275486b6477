//! The list for review as its users get it: columns, exit codes, messages.

use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

const LIST: &str = "\
id,first,middle,last,dob,sex,street,city,state,zip,phone,ssn,email
P-1,Elizabeth,Ann,Quillfeather,1980-01-17,F,12 Elm Street,Dover,IN,46001,(312) 867-4209,219-46-0871,
\"P,2\",BETH,A,QUILLFEATHER,01/17/1980,F,12 Elm St,Dover,IN,46001,,219460871,
P-3,Robert,,Quillfeather,1978-06-02,M,12 Elm St,Dover,IN,46001,3128674209,,
";

fn run(arguments: &[&str], folder: &Path) -> Output {
    crate::program::run("linkage", arguments, folder)
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn pairs_are_written_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("records.csv"), LIST).unwrap();
    let output = run(
        &["--source", "records.csv", "--out", "result/new"],
        folder.path(),
    );
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let pairs = fs::read_to_string(folder.path().join("result/new/pairs.csv")).unwrap();
    let lines: Vec<_> = pairs.lines().collect();
    assert_eq!(lines[0], "id_a,id_b,probability,grade");
    assert!(
        lines[1].starts_with("P-1,\"P,2\",0.9") && lines[1].ends_with(",certain"),
        "{pairs}"
    );
    assert_eq!(lines.len(), 2, "{pairs}");
    assert!(
        stdout(&output).contains("merge proposals          1 "),
        "{}",
        stdout(&output)
    );
    assert!(!stdout(&output).to_lowercase().contains("quillfeather"));
    let names: Vec<_> = fs::read_dir(folder.path().join("result/new"))
        .unwrap()
        .collect();
    assert_eq!(names.len(), 1, "nothing unfinished stays");
}

#[test]
fn json_says_the_same() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("records.csv"), LIST).unwrap();
    let output = run(
        &["--source", "records.csv", "--out", ".", "--json"],
        folder.path(),
    );
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["records"], 3);
    assert_eq!(summary["merge_proposals"], 1);
    assert_eq!(summary["pairs"], 1);
    assert_eq!(summary["grades"]["certain"], 1);
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    for (text, wanted) in [
        (
            "",
            "error: records.csv: the first line names no column that says who somebody is",
        ),
        (
            "id,last\n1,Quillfeather,Ada\n",
            "error: records.csv: line 2 has 3 fields, but the first line names 2 columns",
        ),
        (
            "id,last,LAST\n",
            "error: records.csv: column 3 of the first line has the name of a column before it",
        ),
    ] {
        fs::write(folder.path().join("records.csv"), text).unwrap();
        let output = run(&["--source", "records.csv", "--out", "out"], folder.path());
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{message}");
        assert!(message.contains(wanted), "{message}");
        assert!(!message.contains("Quillfeather"), "{message}");
        assert!(!folder.path().join("out/pairs.csv").exists());
    }
    let output = run(&["--source", "nowhere.csv", "--out", "out"], folder.path());
    assert_eq!(output.status.code(), Some(2));
}
