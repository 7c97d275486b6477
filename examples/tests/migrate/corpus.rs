//! The same laws on a real export, where there is one.
#![expect(clippy::print_stdout, reason = "a test says that it was skipped")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use crate::migrate::export::leaks_in;
use crate::migrate::program::{AS_OF, migrate, printed};
use crate::migrate::result::{names, report, resources, total};
use crate::migrate::twice::{assert_same, comparable};

#[test]
fn nothing_is_unaccounted() {
    let Some(source) = synthea() else { return };
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let output = run(&source, &out, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    let report = report(&out);
    for of in ["leaves", "records"] {
        assert_eq!(total(&report, of, "unaccounted"), 0);
        assert_eq!(total(&report, of, "rejected"), 0);
    }
    assert_eq!(resources(&out, "Patient").len(), 11);
}

#[test]
fn twice_is_the_same() {
    let Some(source) = synthea() else { return };
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("a"), folder.path().join("b"));
    run(
        &source,
        &first,
        &["--threads", "1", "--lineage", "--transactions"],
    );
    run(
        &source,
        &second,
        &["--threads", "2", "--lineage", "--transactions"],
    );
    assert_same(&comparable(&first), &comparable(&second));
}

#[test]
fn an_unknown_column_is_noticed() {
    let Some(source) = synthea() else { return };
    let folder = tempfile::tempdir().unwrap();
    let changed = folder.path().join("export");
    fs::create_dir(&changed).unwrap();
    for name in names(&source) {
        fs::write(changed.join(&name), fs::read(source.join(&name)).unwrap()).unwrap();
    }
    let path = changed.join("allergies.csv");
    let text = fs::read_to_string(&path).unwrap();
    let mut rows = text.lines().map(|row| format!("{row},Zqxjkv\n"));
    let header = rows.next().unwrap().replace(",Zqxjkv", ",MOOD");
    let rows: Vec<String> = rows.collect();
    fs::write(&path, header + &rows.concat()).unwrap();

    let out = folder.path().join("out");
    let output = run(&changed, &out, &[]);
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    let report = report(&out);
    assert_eq!(total(&report, "leaves", "unaccounted"), rows.len() as u64);
    let text = report.to_string() + &printed(&output);
    assert!(text.contains("MOOD") && leaks_in(text.as_bytes()).is_empty());
}

fn run(source: &Path, out: &Path, more: &[&str]) -> Output {
    let map =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../ehr-mapping/documents/synthea-csv.toml");
    let mut command = migrate();
    command.arg("--source").arg(source).arg("--map").arg(map);
    command.arg("--out").arg(out).args(["--as-of", AS_OF]);
    command.args(more).output().unwrap()
}

fn synthea() -> Option<PathBuf> {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return None;
    };
    Some(Path::new(&corpus).join("synthea-csv/ma-2024-11pts"))
}
