//! `kill -9` at any instant of a write: what was acknowledged is there after a resume, once, and is sealed to the same bytes.
//!
//! Twenty kills each; a thousand with `EHR_CI_LONG`.
#![cfg(unix)]

mod custodian;

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use ehr_archive::*;

use crate::sample::{self, ACCESS, Sample};

/// Tell the process that is killed what to do.
const TASK: &str = "EHR_KILL_TASK";
const FOLDER: &str = "EHR_KILL_FOLDER";
const DURABLE: &str = "EHR_KILL_DURABLE";
/// Entries of the first accession and of both.
const FIRST: usize = 40;
const ALL: usize = 60;

fn kills() -> u32 {
    if env::var_os("EHR_CI_LONG").is_some() {
        1000
    } else {
        20
    }
}

/// Runs in a process of its own, which the tests below start.
#[test]
#[ignore = "the process that the other tests of this file kill"]
#[allow(clippy::print_stdout)]
fn victim() {
    let (Some(task), Some(folder)) = (env::var_os(TASK), env::var_os(FOLDER)) else {
        return;
    };
    let path = Path::new(&folder);
    println!("\nstarted");
    if task == "seal" {
        let (writer, _) = ArchiveWriter::resume(path, &sample::key()).unwrap();
        writer.finish(b"the books balance").unwrap();
    } else {
        let durable: usize = env::var(DURABLE).unwrap().parse().unwrap();
        write_all(path, durable);
    }
}

/// Writes both accessions, from wherever an earlier process was killed.
fn write_all(path: &Path, durable: usize) {
    let samples = sample::samples(ALL);
    let number = |resumed: &Resumed| {
        let cursor = resumed.cursor.as_deref().unwrap_or(b"0");
        std::str::from_utf8(cursor).unwrap().parse().unwrap()
    };
    if !path.join("state/CURRENT").exists() {
        let (writer, done) = match ArchiveWriter::resume(path, &sample::key()) {
            Ok((writer, resumed)) => {
                assert_eq!(resumed.entries, number(&resumed) as u64);
                (writer, number(&resumed))
            }
            Err(error) => {
                assert!(matches!(error.kind(), ErrorKind::NotAnArchive), "{error}");
                let options = sample::options("a");
                (
                    ArchiveWriter::create(path, options, &sample::key()).unwrap(),
                    0,
                )
            }
        };
        assert!(done >= durable, "{done} of {durable} entries are there");
        append_rest(writer, &samples[..FIRST], done);
    }
    match ArchiveWriter::resume_accession(path, &sample::key(), &ACCESS) {
        Ok((writer, resumed)) => {
            let done = number(&resumed).max(FIRST);
            assert_eq!(resumed.entries, (done - FIRST) as u64);
            assert!(done >= durable, "{done} of {durable} entries are there");
            append_rest(writer, &samples, done);
        }
        Err(error) => {
            assert!(matches!(error.kind(), ErrorKind::Refused { .. }), "{error}");
            let entries = sample::open(path).unwrap().list(0, MAX_FOUND, &ACCESS);
            if entries.unwrap().len() == ALL {
                return;
            }
            assert!(durable <= FIRST);
            let options = AccessionOptions {
                created: "2026-03-01T09:30:00Z".into(),
                software: "tests 1.0".into(),
            };
            let writer = ArchiveWriter::accession(path, options, &sample::key(), &ACCESS);
            append_rest(writer.unwrap(), &samples, FIRST);
        }
    }
}

#[allow(clippy::print_stdout)]
fn append_rest(mut writer: ArchiveWriter, samples: &[Sample], done: usize) {
    for (number, sample) in samples.iter().enumerate().skip(done) {
        let cursor = (number + 1).to_string();
        sample.append(&mut writer, cursor.as_bytes()).unwrap();
        if number % 3 == 0 {
            writer.commit().unwrap();
            println!("durable {cursor}");
        }
    }
    writer.finish(b"the books balance").unwrap();
    println!("durable {}", samples.len());
}

/// A process of this program that runs `victim` and has reached its first line.
fn start(task: &str, folder: &Path, durable: usize) -> Child {
    let mut command = Command::new(env::current_exe().unwrap());
    let victim = match task {
        "custodian" => "kill::custodian::victim",
        _ => "kill::victim",
    };
    command.args(["--exact", victim, "--ignored", "--nocapture"]);
    command.env(TASK, task).env(FOLDER, folder);
    command.env(DURABLE, durable.to_string());
    command.stdout(Stdio::piped()).spawn().unwrap()
}

/// Waits until a process is at work; gives back what it will say.
fn wait_for_start(child: &mut Child) -> impl BufRead + use<> {
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    while line != "started\n" {
        line.clear();
        assert!(output.read_line(&mut line).unwrap() > 0, "never started");
    }
    output
}

/// Kills a process some time after it began; gives back whether it was still at work, and what it said.
fn kill_after(mut child: Child, delay: impl FnOnce() -> Duration) -> (bool, String) {
    let mut output = wait_for_start(&mut child);
    sleep(delay());
    child.kill().unwrap();
    let mut said = String::new();
    output.read_to_string(&mut said).unwrap();
    let status = child.wait().unwrap();
    assert!(
        status.success() || status.code().is_none(),
        "failed instead of being killed: {said}"
    );
    (!status.success(), said)
}

/// How long the task takes when nobody interferes.
fn duration(task: &str, folder: &Path) -> Duration {
    let mut child = start(task, folder, 0);
    let mut output = wait_for_start(&mut child);
    let start_time = Instant::now();
    output.read_to_string(&mut String::new()).unwrap();
    assert!(child.wait().unwrap().success());
    start_time.elapsed()
}

/// Delays that differ from one to the next.
struct Delays {
    longest: Duration,
    state: u64,
}

impl Delays {
    fn next(&mut self) -> Duration {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        // A little longer than it takes, so that some come to their end.
        self.longest
            .mul_f64(1.3 * self.state as f64 / u64::MAX as f64)
    }
}

#[test]
fn a_killed_writer_goes_on_without_loss_or_doubles() {
    let folder = tempfile::tempdir().unwrap();
    let longest = duration("write", &folder.path().join("undisturbed"));
    let mut delays = Delays { longest, state: 41 };
    let (mut killed, mut archives) = (0, 0);
    while killed < kills() {
        let path = folder.path().join(format!("archive-{archives}"));
        let mut durable = 0;
        loop {
            let child = start("write", &path, durable);
            let (was_at_work, said) = kill_after(child, || delays.next());
            let acknowledged = said
                .lines()
                .filter_map(|line| line.strip_prefix("durable "));
            durable = acknowledged
                .map(|number| number.parse().unwrap())
                .fold(durable, usize::max);
            if !was_at_work {
                break;
            }
            killed += 1;
            // Whole or not an archive: nothing in between opens.
            let report = verify(&path, None);
            if !path.join("state/CURRENT").exists() {
                assert!(!report.is_sound());
                assert!(sample::open(&path).is_err());
            } else if durable >= FIRST {
                // A copy, because reading makes the log of this one longer, and every resume slower.
                let copy = tempfile::tempdir().unwrap();
                sample::copy(&path, copy.path());
                assert!(sample::read_all(copy.path()).unwrap().len() >= FIRST);
            }
        }
        assert_eq!(sample::read_all(&path).unwrap(), sample::samples(ALL));
        let report = verify(&path, Some(&sample::key()));
        assert!(report.is_sound(), "{report}");
        fs::remove_dir_all(path).unwrap();
        archives += 1;
    }
}

/// What is determined by the entries: packs, their trees and the signed roots.
fn sealed_bytes(path: &Path) -> Vec<Vec<u8>> {
    let data = path.join("bag-000001/data");
    let mut bytes: Vec<Vec<u8>> = ["packs", "tree"]
        .iter()
        .flat_map(|below| sample::files(&data.join(below)).into_values())
        .collect();
    bytes.push(fs::read(data.join("checkpoint")).unwrap());
    bytes
}

#[test]
fn a_killed_seal_gives_the_same_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let prepared = folder.path().join("prepared");
    let samples = sample::samples(FIRST);
    let mut writer =
        ArchiveWriter::create(&prepared, sample::options("a"), &sample::key()).unwrap();
    for sample in &samples {
        sample.append(&mut writer, b"").unwrap();
    }
    writer.commit().unwrap();
    drop(writer);
    let undisturbed = folder.path().join("undisturbed");
    sample::copy(&prepared, &undisturbed);
    let longest = duration("seal", &undisturbed);
    let expected = sealed_bytes(&undisturbed);
    let mut delays = Delays { longest, state: 43 };
    let mut killed = 0;
    while killed < kills() {
        let path = folder.path().join("archive");
        sample::copy(&prepared, &path);
        let (was_at_work, _) = kill_after(start("seal", &path, 0), || delays.next());
        killed += u32::from(was_at_work);
        if was_at_work && !path.join("state/CURRENT").exists() {
            let (writer, resumed) = ArchiveWriter::resume(&path, &sample::key()).unwrap();
            assert_eq!(resumed.entries, FIRST as u64);
            writer.finish(b"the books balance").unwrap();
        } else if path.join("unfinished").exists() {
            let error = ArchiveWriter::resume(&path, &sample::key()).unwrap_err();
            assert_eq!(error.to_string(), "cannot be used: the archive is finished");
        }
        assert!(sealed_bytes(&path) == expected, "other bytes");
        assert_eq!(sample::read_all(&path).unwrap(), samples);
        let report = verify(&path, Some(&sample::key()));
        assert!(report.is_sound(), "{report}");
        fs::remove_dir_all(path).unwrap();
    }
}
