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

mod options;
mod print;

use std::collections::HashMap;
use std::process::ExitCode;

use clap::Parser;
use ehr_model::chart::Chart;
use ehr_model::value::Date;
use ehr_validate::Context;
use ehr_validate::review::{Answers, PacketBuilder};
use ehr_validate::sampling::{PerMillion, SamplingFrame, SamplingPlan};
use examples::export::Failure;
use examples::{charts, clock};

use crate::options::{Options, Task};

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
    let today = options.as_of.unwrap_or_else(clock::today);
    let context = Context::new(Date::parse(&today.to_string())?);
    let mut frame = SamplingFrame::default();
    source
        .values()
        .for_each(|(chart, _)| frame.add(chart, &context));
    let mut plan = SamplingPlan::new(options.seed);
    plan.tolerance = PerMillion::percent(options.tolerance);
    plan.seeded_faults = options.faults;
    plan.blind = options.blind;
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
                packet.write_with_phi(out)?;
            }
            print::draw(&draw, &packet, options.json)?;
            Ok(true)
        }
        Task::Read {
            answers,
            registered,
        } => {
            let mut read = Answers::new(&packet);
            read.read_folder(answers)?;
            let results = read.results(registered);
            print::results(&read, &results, options.json)?;
            Ok(results.passed())
        }
    }
}
