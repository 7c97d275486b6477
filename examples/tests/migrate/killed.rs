//! A run that is killed leaves nothing that can be read, and the next run does not mind.

use std::fs;
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::migrate::export::{Export, leaks_in};
use crate::migrate::program::{migrate, printed};
use crate::migrate::result::{files, names};
use crate::migrate::twice::{assert_same, comparable};

/// How long after the first trace of a run it is killed: while it sorts, maps and seals.
const MOMENTS: &[u64] = &[0, 40, 150, 400, 900, 1500];
/// The folder in which a result is made.
const PARTIAL: &str = ".out.partial";

#[test]
fn what_a_killed_run_leaves_cannot_be_read_and_the_next_run_removes_it() {
    let export = Export::trouble();
    let small = fs::read(export.file("people.csv")).unwrap();
    let expected = export.parent().join("expected");
    assert_eq!(export.run(&expected, &["--lineage"]).status.code(), Some(1));
    let expected = comparable(&expected);

    let mut killed = 0;
    let mut spilled = 0;
    for moment in MOMENTS {
        fs::write(export.file("people.csv"), many_people()).unwrap();
        let mut run = start(&export);
        wait_for(&export.parent().join(PARTIAL), &mut run);
        sleep(Duration::from_millis(*moment));
        let was_running = run.try_wait().unwrap().is_none();
        run.kill().unwrap();
        run.wait().unwrap();
        if was_running {
            killed += 1;
            assert!(!export.out().exists(), "half a result is visible");
            spilled += nothing_can_be_read(&export.parent());
        } else {
            fs::remove_dir_all(export.out()).unwrap();
        }

        fs::write(export.file("people.csv"), &small).unwrap();
        let output = export.run(&export.out(), &["--lineage"]);
        assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
        assert_same(&comparable(&export.out()), &expected);
        fs::remove_dir_all(export.out()).unwrap();
        let left: Vec<String> = names(&export.parent()).into_iter().collect();
        assert_eq!(left, ["expected", "expected.key", "out.key"]);
    }
    assert!(killed > 1, "no run lived long enough to be killed");
    assert!(spilled > 0, "no spill file was looked at");
}

/// Searches all that was left but the FHIR folder; returns how many spill files had something in them.
fn nothing_can_be_read(parent: &Path) -> usize {
    let mut spilled = 0;
    for (name, bytes) in files(parent) {
        assert_eq!(leaks_in(name.as_bytes()), [""; 0], "a file name");
        if !name.starts_with(&format!("{PARTIAL}/fhir/")) && !name.starts_with("expected/fhir/") {
            assert_eq!(leaks_in(&bytes), [""; 0], "{name}");
        }
        spilled += usize::from(name.ends_with(".spill") && !bytes.is_empty());
    }
    spilled
}

fn many_people() -> String {
    let mut rows = "id|family|born|sex|ssn|language\n".to_owned();
    for number in 0..60_000 {
        rows += &format!("zqxjkv-{number}|Zqxjkv-{number}|1950-01-01|F|zqxjkv-{number}|E\n");
    }
    rows
}

fn start(export: &Export) -> Child {
    let mut command = migrate();
    command
        .arg("--source")
        .arg(export.source())
        .arg("--map")
        .arg(export.map());
    command.arg("--out").arg(export.out()).arg("--lineage");
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().unwrap()
}

fn wait_for(folder: &Path, run: &mut Child) {
    let start = Instant::now();
    while !folder.exists() {
        assert!(start.elapsed() < Duration::from_secs(20), "nothing begins");
        assert!(run.try_wait().unwrap().is_none(), "the run ended by itself");
        sleep(Duration::from_millis(1));
    }
}
