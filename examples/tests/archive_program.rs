//! The program `archive`: who may open an archive, and Parquet for analysts.

use std::path::Path;
use std::process::Output;

use crate::migrate::program::run_sample;
use crate::program::run;

fn archive(home: &Path, key: &str, arguments: &[&str]) -> Output {
    let always = ["--archive", "out/archive", "--key", key, "--agent", "clerk"];
    run("archive", &[&always, arguments].concat(), home)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn roles_are_given_and_taken() {
    let home = tempfile::tempdir().unwrap();
    run_sample(&home.path().join("out"), &[]);
    let clerk = [
        "grant",
        "clerk",
        "--roles",
        "catalogue,log",
        "--new-key",
        "clerk.key",
    ];
    let granted = archive(home.path(), "out.key", &clerk);
    assert_eq!(granted.status.code(), Some(0), "{}", said(&granted));
    assert_eq!(
        archive(home.path(), "clerk.key", &["find", "--mrn", "10003"])
            .status
            .code(),
        Some(0)
    );
    let refused = archive(home.path(), "clerk.key", &["show", "0"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        said(&refused).contains("does not have the role 'epoch'"),
        "{}",
        said(&refused)
    );

    let board = [
        "grant",
        "board",
        "--roles",
        "catalogue,epoch,log",
        "--shares",
        "2/3",
    ];
    let dealt = archive(home.path(), "out.key", &board);
    assert_eq!(
        said(&dealt)
            .lines()
            .filter(|line| line.starts_with("share "))
            .count(),
        3,
        "{}",
        said(&dealt)
    );
    let holders = said(&archive(home.path(), "out.key", &["holders"]));
    for line in [
        "board  shares, 2 of 3",
        "clerk  catalogue, log",
        "owner  catalogue, epoch, log, signing",
    ] {
        assert!(
            holders.lines().any(|found| found == line),
            "{line}: {holders}"
        );
    }
    for wrong in [
        &["grant", "x", "--roles", "all", "--new-key", "x.key"][..],
        &["grant", "x", "--roles", "log"],
        &[
            "grant",
            "x",
            "--roles",
            "log",
            "--new-key",
            "x.key",
            "--shares",
            "2/3",
        ],
        &["grant", "clerk", "--roles", "log", "--shares", "2/3"],
    ] {
        assert_eq!(
            archive(home.path(), "out.key", wrong).status.code(),
            Some(2),
            "{wrong:?}"
        );
    }
    assert_eq!(
        archive(home.path(), "out.key", &["revoke", "clerk"])
            .status
            .code(),
        Some(0)
    );
    let closed = archive(home.path(), "clerk.key", &["list"]);
    assert_eq!(closed.status.code(), Some(2), "{}", said(&closed));
}

#[test]
fn a_hit_shows_four_digits_of_a_social_security_number() {
    let home = tempfile::tempdir().unwrap();
    run_sample(&home.path().join("out"), &[]);
    for number in ["999-01-0001", "999010001"] {
        let found = said(&archive(home.path(), "out.key", &["find", "--mrn", number]));
        assert!(
            found.contains("•••-••-0001") && !found.contains("999-01"),
            "{found}"
        );
    }
}

#[test]
fn parquet_is_written_or_its_absence_explained() {
    let home = tempfile::tempdir().unwrap();
    run_sample(&home.path().join("out"), &[]);
    let output = archive(home.path(), "out.key", &["export", "--parquet", "tables"]);
    if cfg!(feature = "parquet") {
        assert_eq!(output.status.code(), Some(0), "{}", said(&output));
        assert!(home.path().join("tables/Patient.parquet").is_file());
    } else {
        assert_eq!(output.status.code(), Some(2));
        assert!(
            said(&output).contains("--features examples/parquet"),
            "{}",
            said(&output)
        );
        assert!(!home.path().join("tables").exists());
    }
}
