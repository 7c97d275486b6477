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

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(input: &[u8]) -> Vec<String> {
        let mut output = Vec::new();
        run(input, &mut output).unwrap();
        let text = String::from_utf8(output).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn the_object_of_a_sig() {
        assert_eq!(
            lines(b"take 1-2 tabs po q4-6h prn"),
            [concat!(
                r#"{"parsed":true,"steps":[{"dose_low":1,"dose_high":2,"unit":"tablet","#,
                r#""times_per_day_low":4,"times_per_day_high":6,"route":"oral","prn":true}],"#,
                r#""daily_low":4,"daily_high":12,"unparsed":null}"#
            )]
        );
    }

    #[test]
    fn every_line_gives_an_object() {
        let found = lines(b"70 mg weekly\r\n\n  \ntake \xff \"1\" tab\nuse as directed\n");
        assert_eq!(found.len(), 5);
        for line in &found {
            assert!(
                serde_json::from_str::<serde_json::Value>(line).is_ok(),
                "{line}"
            );
        }
        assert!(found[0].contains(r#""times_per_day_low":0.142857142857142857,"#));
        assert!(found[0].contains(r#""daily_low":10,"daily_high":10,"#));
        let refused = |text: &str| {
            format!(
                r#"{{"parsed":false,"steps":[],"daily_low":null,"daily_high":null,"unparsed":"{text}"}}"#
            )
        };
        assert_eq!(found[1], refused(""));
        assert_eq!(found[2], refused(""));
        assert_eq!(found[3], refused("\u{fffd} \\\"1\\\" tab"));
        assert_eq!(found[4], refused("as directed"));
    }

    #[test]
    fn no_number_of_what_is_not_certain() {
        let found =
            lines(b"take 1,5 mg daily\ntake 5/325 mg bid\n1 tab bid, 1 in am and 1 in pm\n");
        for line in found {
            assert!(
                line.starts_with(
                    r#"{"parsed":false,"steps":[],"daily_low":null,"daily_high":null,"#
                )
            );
        }
    }
}
