//! Watches claims after go-live against the baseline before it, and the register of discrepancies.
//!
//! ```text
//! cargo run --release --example monitor -- --answers DIR --go-live 2031-05-05 \
//!     [--register FILE --at 2031-05-08T10:00:00-05:00 [--lineage FILE]] [--out DIR] [--json]
//! ```
//!
//! `--answers` holds 999, 997, 277CA and 835 from before and after go-live. With `--lineage`, the file
//! that `migrate --lineage` writes, open discrepancies are traced to the line of the mapping document.
//! The program ends with 0 if nothing is wrong, with 1 for an alarm, an overdue discrepancy, or if no
//! stream can be watched, and with 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod options;

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use ehr_mapping::x12::read_answers;
use ehr_validate::discrepancies::{Register, RegisterStatus, Trace};
use ehr_validate::moment::Moment;
use ehr_validate::monitoring::{Monitor, Watched};
use examples::export::{self, Failure};
use serde_json::json;

use crate::options::Options;

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<bool, Failure> {
    let found = read_answers(&*export::open(&options.answers)?)?;
    let mut monitor = Monitor::new(options.go_live);
    found
        .answers
        .iter()
        .for_each(|answer| monitor.answer(answer));
    let report = monitor.finish();
    let register = match (&options.register, options.at) {
        (Some(path), Some(at)) => Some(register(path, options.lineage.as_deref(), at)?),
        _ => None,
    };
    let json = json!({
        "monitoring": report,
        "register": register,
        "files": found.files,
        "other_files": found.other_files,
        "unreadable": found.unreadable,
    });
    if let Some(out) = &options.out {
        std::fs::create_dir_all(out)?;
        report.write_html(File::create(out.join("index.html"))?)?;
        std::fs::write(
            out.join("monitoring.json"),
            serde_json::to_vec_pretty(&json)?,
        )?;
    }
    let is_watched = |watched: &Watched| matches!(watched, Watched::Chart { .. });
    let watched = report
        .streams
        .iter()
        .filter(|one| is_watched(&one.watched))
        .count();
    let overdue = register.as_ref().map_or(0, |register| register.overdue);
    if options.json {
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else {
        println!(
            "{} answers in {} files, {} pieces unreadable",
            found.answers.len(),
            found.files,
            found.unreadable
        );
        println!("{watched} of {} streams watched", report.streams.len());
        for one in &report.streams {
            let Some(alarm) = one.alarm() else { continue };
            let codes: Vec<_> = alarm.codes.iter().take(3).map(|code| &*code.code).collect();
            println!(
                "ALARM {} {} since {}: {}",
                one.stream,
                one.payer,
                alarm.since,
                codes.join(", ")
            );
        }
        if let Some(register) = &register {
            println!(
                "{} discrepancies open, {} overdue",
                register.open, register.overdue
            );
            register
                .lines
                .iter()
                .for_each(|(line, open)| println!("  {line}: {open}"));
        }
    }
    Ok(watched > 0 && !report.has_alarm() && overdue == 0)
}

/// Reads the register; what has no trace yet gets one.
fn register(path: &Path, lineage: Option<&Path>, at: Moment) -> Result<RegisterStatus, Failure> {
    let at_path = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| at_path(&error))?;
    let mut register: Register = serde_json::from_str(&text).map_err(|error| at_path(&error))?;
    if let Some(lineage) = lineage {
        for entry in register
            .entries
            .iter_mut()
            .filter(|entry| entry.trace.is_none())
        {
            let file = BufReader::new(File::open(lineage)?);
            let found = Trace::find(file, &entry.resource, entry.field.as_deref())?;
            entry.trace = found.into_iter().next();
        }
    }
    Ok(register.status(at))
}
