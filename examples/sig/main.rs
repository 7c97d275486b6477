//! Reads one sig per line and writes one JSON object per line.
//!
//! ```text
//! echo "take 1-2 tabs po q4-6h prn" | cargo run --release --example sig
//! {"parsed":true,"steps":[{"dose_low":1,"dose_high":2,"unit":"tablet","times_per_day_low":4,"times_per_day_high":6,"route":"oral","prn":true}],"daily_low":4,"daily_high":12,"unparsed":null}
//! ```
//!
//! Every line gives an object, a blank one as well, with these members in this order:
//!
//! * `parsed`: whether the sig was understood to its last word. If not, `steps` is empty and both
//!   `daily_…` are null: what is not certain gives no number.
//! * `steps`: in the order of the text. `dose_low` and `dose_high` in `unit`; `times_per_day_low` and
//!   `…_high` (every 4 to 6 hours is 4 and 6); `route` in one word such as `oral`, `subcutaneous`,
//!   `ophthalmic`; `prn`. What the sig does not say is null: so is the lower end of "up to 3 times a
//!   day", and how often a dose is taken that is taken once. A dose for eyes, ears or nostrils is that of each side.
//! * `daily_low`, `daily_high`: the amount of a day in the unit of the steps, under the ceiling of the
//!   sig if it has one ("max 8 in 24 hours"); with `prn` the amount if all is taken that may be. Null
//!   where dose or frequency is, where units differ, where steps change over time (tapers, first
//!   doses, doses in turn) and where the ceiling stands in another unit.
//! * `unparsed`: null, or the text from where it was not understood on.
//!
//! Units are `mg`, `mcg`, `g`, `mL`, `tsp`, `unit`, `mEq`, `tablet`, `capsule`, `puff`, `drop` and so on,
//! in the singular. Numbers are JSON numbers. They are exact where their decimals end; others are
//! rounded to 18 significant digits, which is closer than a double: once a week is a seventh,
//! `0.142857142857142857`. A month counts 30 days.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

#[cfg(test)]
mod tests;

use std::io::{self, BufRead, Write};
use std::process::ExitCode;

use ehr_validate::dose::{Amount, Sig, Step};

fn main() -> ExitCode {
    match run(io::stdin().lock(), io::stdout().lock()) {
        // a reader that has seen enough is no error
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
        _ => ExitCode::SUCCESS,
    }
}

fn run(mut input: impl BufRead, output: impl Write) -> io::Result<()> {
    let mut output = io::BufWriter::new(output);
    let mut line = Vec::new();
    while input.read_until(b'\n', &mut line)? > 0 {
        let text = String::from_utf8_lossy(&line);
        writeln!(output, "{}", object(text.trim_end_matches(['\r', '\n'])))?;
        line.clear();
    }
    output.flush()
}

fn object(text: &str) -> String {
    let (steps, daily, unparsed) = match Sig::parse(text) {
        Ok(sig) => {
            let steps: Vec<String> = sig.steps.iter().map(step).collect();
            (steps.join(","), sig.daily().amount, None)
        }
        Err(unparsed) => (String::new(), Default::default(), text.get(unparsed.span)),
    };
    format!(
        r#"{{"parsed":{},"steps":[{steps}],"daily_low":{},"daily_high":{},"unparsed":{}}}"#,
        unparsed.is_none(),
        number(daily.low),
        number(daily.high),
        string(unparsed)
    )
}

fn step(step: &Step) -> String {
    format!(
        r#"{{"dose_low":{},"dose_high":{},"unit":{},"times_per_day_low":{},"times_per_day_high":{},"route":{},"prn":{}}}"#,
        number(step.dose.low),
        number(step.dose.high),
        string(step.unit.map(|unit| unit.name())),
        number(step.times_per_day.low),
        number(step.times_per_day.high),
        string(step.route.map(|route| route.name())),
        step.as_needed
    )
}

fn number(amount: Option<Amount>) -> String {
    amount.map_or_else(|| "null".to_owned(), Amount::to_json)
}

fn string(text: Option<&str>) -> String {
    text.map_or_else(
        || "null".to_owned(),
        |text| serde_json::Value::from(text).to_string(),
    )
}
