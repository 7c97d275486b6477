//! Says how a cutover stands: what is due, go or no-go, claims in flight, whether the legacy system
//! may be shut down.
//!
//! ```text
//! cargo run --release --example cutover -- --write-plan cutover.toml
//! cargo run --release --example cutover -- --progress FILE --at 2031-05-05T06:00:00-05:00 \
//!     [--plan FILE] [--source DIR [--map FILE]] [--answers DIR] [--waves FILE|default] [--out DIR] [--json]
//! ```
//!
//! `--source` is an export whose claims are followed and whose patients are counted by wave; `--answers`
//! holds the 277CA and 835 that came for them. The program ends with 0 for go, with 1 for no-go, and
//! with 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod export;
mod options;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use ehr_mapping::x12::read_answers;
use ehr_validate::cutover::{CutoverPlan, InFlightClaims, Progress, WavePolicy};
use examples::export::Failure;
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
    if let Some(path) = &options.write_plan {
        std::fs::write(path, CutoverPlan::shipped_text())?;
        return Ok(true);
    }
    let text = |path: &Path| {
        std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
    };
    let plan = match &options.plan {
        Some(path) => CutoverPlan::parse(&text(path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?,
        None => CutoverPlan::shipped(),
    };
    let progress: Progress = match &options.progress {
        Some(path) => serde_json::from_str(&text(path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?,
        None => Progress::default(),
    };
    let now = options.at.ok_or("--at is needed")?;
    let status = plan.status(&progress, now)?;
    let mut claims = InFlightClaims::default();
    let mut waves = None;
    if let Some(source) = &options.source {
        let policy = match &options.waves {
            Some(path) if path.as_os_str() == "default" => {
                Some(WavePolicy::archived_first(now.day()))
            }
            Some(path) => Some(WavePolicy::parse(&text(path)?)?),
            None => None,
        };
        waves = export::collect(source, options, policy.as_ref(), &mut claims)?;
    }
    if let Some(path) = &options.answers {
        let found = read_answers(&*examples::export::open(path)?)?;
        found
            .answers
            .iter()
            .for_each(|answer| claims.answer(answer));
    }
    let known = options.source.is_some() || options.answers.is_some();
    let in_flight = known.then(|| claims.finish());
    let json = json!({ "status": status, "claims_in_flight": in_flight, "waves": waves });
    if let Some(out) = &options.out {
        std::fs::create_dir_all(out)?;
        let page = std::fs::File::create(out.join("index.html"))?;
        status.write_html(in_flight.as_deref(), page)?;
        std::fs::write(out.join("cutover.json"), serde_json::to_vec_pretty(&json)?)?;
    }
    if options.json {
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else {
        println!("{}", if status.go { "GO" } else { "NO-GO" });
        status
            .reasons
            .iter()
            .for_each(|reason| println!("  {reason}"));
        println!(
            "shutdown {}",
            if status.shutdown_allowed {
                "allowed"
            } else {
                "not allowed"
            }
        );
        match &in_flight {
            Some(claims) => println!("claims in flight {}", claims.len()),
            None => println!("claims in flight unknown"),
        }
        for (wave, patients) in waves.iter().flat_map(|waves| &waves.patients) {
            println!("wave {wave:<24} {patients:>8} patients");
        }
    }
    Ok(status.go)
}
