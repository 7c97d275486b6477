//! `kill -9` at any instant of reading: what was released is in the log, and the log goes on.
//!
//! Twenty kills; a thousand with `EHR_CI_LONG`.
#![cfg(unix)]

use std::env;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use ehr_archive::*;

use crate::sample::{self, ACCESS};

/// Tells the process that is killed where the archive is.
const FOLDER: &str = "EHR_LOG_KILL_FOLDER";

/// Reads chart after chart, and says after each how many entries the log has; runs in a process of its own.
#[test]
#[ignore = "the process that the test below kills"]
#[allow(clippy::print_stdout)]
fn victim() {
    let Some(folder) = env::var_os(FOLDER) else {
        return;
    };
    loop {
        // Short and long sessions: the tail is folded when one ends, and on the way.
        let mut reader = sample::open(Path::new(&folder)).unwrap();
        for number in 0..400 {
            let mrn = format!("MRN {:04}", number % 4);
            let opened = reader.open_by_mrn(&mrn, &ACCESS).unwrap();
            assert!(opened[0].1.chart().unwrap().is_some());
            drop(opened);
            let size = reader.log_checkpoint().lines().nth(1).unwrap().to_owned();
            println!("\nreleased {size}");
            if number % 37 == 36 && size.ends_with('3') {
                break;
            }
        }
        reader.close().unwrap();
    }
}

#[test]
fn nothing_is_released_that_is_not_in_the_log() {
    let kills = if env::var_os("EHR_CI_LONG").is_some() {
        1000
    } else {
        20
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("archive");
    let key = sample::write(&path, "a", &sample::samples(5)).verifying_key;
    let mut state = 47_u64;
    let mut kept = AccessLogView::open(&path, &key)
        .unwrap()
        .checkpoint()
        .to_owned();
    let mut released = 0;
    for kill in 0..kills {
        let mut child = Command::new(env::current_exe().unwrap())
            .args(["--exact", "log_kill::victim", "--ignored", "--nocapture"])
            .env(FOLDER, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let (mut line, mut said) = (String::new(), String::new());
        while !line.starts_with("released") {
            line.clear();
            assert!(output.read_line(&mut line).unwrap() > 0, "never started");
        }
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        sleep(Duration::from_micros(state % 150_000));
        child.kill().unwrap();
        output.read_to_string(&mut said).unwrap();
        assert!(child.wait().unwrap().code().is_none(), "it failed: {said}");
        let numbers = format!("{line}{said}\n");
        // A line that was cut off says less, never more.
        let last = numbers
            .lines()
            .filter_map(|line| line.strip_prefix("released ")?.parse::<u64>().ok())
            .max();
        released = last.unwrap().max(released);

        let log = AccessLogView::open(&path, &key).unwrap();
        assert!(log.size() >= released, "{} of {released}", log.size());
        log.consistency_proof(&kept).unwrap();
        kept = log.checkpoint().to_owned();
        if kill % 10 == 9 || kill < 10 {
            let report = verify(&path, Some(&sample::key()));
            assert!(report.is_sound(), "{report}");
        }
    }
    assert!(
        released > 256,
        "only {released} entries: nothing was folded on the way"
    );
}
