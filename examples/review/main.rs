//! Draws charts and billing claims for review, writes the packet, reads the answers, states the claim.
//!
//! ```text
//! cargo run --release --example review -- --source A --target B --seed N draw [--out DIR --phi] [--json]
//! cargo run --release --example review -- --source A --target B --seed N read --answers DIR --registered DIGEST [--json]
//! ```
//!
//! Source and target are exports of any readable format. Write down the digest of the plan that `draw`
//! prints before anybody looks at a chart. `read` ends with 1 where the sample did not pass.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDate};
use clap::{Parser, Subcommand};
use ehr_model::chart::Chart;
use ehr_model::value::Date;
use ehr_validate::Context;
use ehr_validate::review::{Answers, PacketBuilder, ReviewPacket};
use ehr_validate::sampling::{Draw, PerMillion, SamplingFrame, SamplingPlan};
use examples::charts;
use examples::export::Failure;
use serde_json::json;

/// Draws a sample for review, writes the packet, reads the answers, states the claim.
#[derive(Debug, Parser)]
#[command(name = "review")]
struct Options {
    /// Export of the old system
    #[arg(long)]
    source: PathBuf,
    /// Mapping document of the source; the shipped ones when left out
    #[arg(long)]
    map: Option<PathBuf>,
    /// Export of the new system; the source itself when left out, to try it
    #[arg(long)]
    target: Option<PathBuf>,
    /// Mapping document of the target; the shipped ones when left out
    #[arg(long)]
    target_map: Option<PathBuf>,
    /// URI of the source system, where a shipped document is used
    #[arg(long, value_name = "URI", default_value = "urn:ehr:legacy-system")]
    system: String,
    /// What the draw is made from
    #[arg(long)]
    seed: u64,
    /// Percent of wrong charts that the claim must exclude
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(0..=100))]
    tolerance: u32,
    /// How many known faults stand in the packet
    #[arg(long, default_value_t = 30)]
    faults: u64,
    /// The day that counts as today; the day of the run when left out
    #[arg(long, value_name = "YYYY-MM-DD")]
    as_of: Option<NaiveDate>,
    /// Print JSON instead of lines for people
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Draws, and writes the packet where one is wanted
    Draw {
        /// New folder for the packet
        #[arg(long, requires = "phi")]
        out: Option<PathBuf>,
        /// The packet shows data of patients, and that is wanted
        #[arg(long)]
        phi: bool,
    },
    /// Reads the answers, and states what they prove
    Read {
        /// Folder with the files that reviewers saved
        #[arg(long)]
        answers: PathBuf,
        /// Digest of the plan that was written down before the draw
        #[arg(long)]
        registered: String,
    },
}

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
    let source = charts::read(&options.source, options.map.as_deref(), &options.system)?;
    let target = match &options.target {
        Some(path) => Some(charts::read(
            path,
            options.target_map.as_deref(),
            &options.system,
        )?),
        None => None,
    };
    let today = options.as_of.unwrap_or_else(today);
    let context = Context::new(Date::parse(&today.to_string())?);
    let mut frame = SamplingFrame::default();
    source
        .values()
        .for_each(|(chart, _)| frame.add(chart, &context));
    let mut plan = SamplingPlan::new(options.seed);
    plan.tolerance = PerMillion::percent(options.tolerance);
    plan.seeded_faults = options.faults;
    let draw = plan.draw(&frame);
    let mut builder = PacketBuilder::new(&plan, &draw);
    let nobody = Chart::default();
    let pairs = match &target {
        Some(target) => charts::counterparts(&source, target),
        None => HashMap::new(),
    };
    for (id, (chart, written)) in &source {
        let other = match &target {
            Some(target) => {
                let found = pairs.get(id).and_then(|other| target.get(other));
                found.map_or(&nobody, |(other, _)| other)
            }
            None => chart,
        };
        builder.add(chart, other, written);
    }
    let packet = builder.finish()?;
    match &options.task {
        Task::Draw { out, .. } => {
            if let Some(out) = out {
                write_with_phi(&packet, out)?;
            }
            print_draw(&draw, &packet, options.json)?;
            Ok(true)
        }
        Task::Read {
            answers,
            registered,
        } => read(&packet, answers, registered, options.json),
    }
}

/// Writes the packet as a whole or not at all.
fn write_with_phi(packet: &ReviewPacket, out: &Path) -> Result<(), Failure> {
    let at = |path: &Path| {
        let path = path.display().to_string();
        move |error: std::io::Error| format!("{path}: {error}")
    };
    let partial = out.with_extension("partial");
    if out.exists() {
        return Err(format!("{}: is there already", out.display()).into());
    }
    fs::create_dir(&partial).map_err(at(&partial))?;
    for page in packet.expose_pages() {
        let (name, html) = page?;
        fs::write(partial.join(&name), html).map_err(at(&partial.join(name)))?;
    }
    Ok(fs::rename(&partial, out).map_err(at(out))?)
}

fn print_draw(draw: &Draw, packet: &ReviewPacket, json: bool) -> Result<(), Failure> {
    let samples = draw.samples.iter().map(|(stratum, sample)| {
        json!({ "stratum": stratum.to_string(), "population": sample.population,
                "drawn": sample.units.len(), "provable": sample.provable })
    });
    if json {
        let document = json!({
            "format": "ehr-draw/1", "plan": draw.digest, "packet": packet.digest(),
            "items": packet.items().len(), "known_faults": packet.seeded_faults(),
            "rows": draw.rows.len(), "rows_unseen": draw.rows_unseen().count(),
            "chosen_for_rows": draw.coverage.len(), "samples": samples.collect::<Vec<_>>(),
        });
        println!("{}", serde_json::to_string_pretty(&document)?);
        return Ok(());
    }
    println!("plan    {}\npacket  {}", draw.digest, packet.digest());
    println!(
        "{} items, {} known faults",
        packet.items().len(),
        packet.seeded_faults()
    );
    println!(
        "{} rows of the mapping document in use, {} in no item",
        draw.rows.len(),
        draw.rows_unseen().count()
    );
    for (stratum, sample) in &draw.samples {
        let proves = if sample.provable {
            ""
        } else {
            ", too few to prove the tolerance"
        };
        println!(
            "{:>6} of {:>6}  {stratum}{proves}",
            sample.units.len(),
            sample.population
        );
    }
    Ok(())
}

fn read(
    packet: &ReviewPacket,
    folder: &Path,
    registered: &str,
    json: bool,
) -> Result<bool, Failure> {
    let mut answers = Answers::new(packet);
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|file| Ok(file?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    paths.sort();
    for path in paths
        .iter()
        .filter(|path| path.extension().is_some_and(|kind| kind == "json"))
    {
        let place = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
        let bytes = fs::read(path).map_err(|error| place(&error))?;
        answers.read(&bytes).map_err(|error| place(&error))?;
    }
    let results = answers.results(registered);
    if json {
        println!("{}", serde_json::to_string_pretty(&results)?);
    } else {
        println!(
            "{} answers, {} items open",
            answers.len(),
            answers.open().count()
        );
        for finding in answers
            .findings()
            .iter()
            .filter(|finding| !finding.known_fault)
        {
            println!(
                "flagged: item {}, {} {}",
                finding.item,
                finding.kind.name(),
                finding.field
            );
        }
        results.claims.iter().for_each(|claim| println!("{claim}"));
        if let Some(rate) = results.catch_rate {
            println!(
                "known faults: {} of {} caught, at least {} of what is wrong",
                rate.caught, rate.seeded, rate.at_least
            );
        }
    }
    Ok(results.passed())
}

fn today() -> NaiveDate {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    let now = DateTime::from_timestamp(i64::try_from(seconds).unwrap_or(0), 0);
    now.unwrap_or_default().date_naive()
}
