//! The monitor as a whole: invented answers in, streams, payers and codes out.

use chrono::{Days, NaiveDate};
use ehr_model::claim_answer::{AnswerOutcome, AnswerSource, ClaimAnswer, ReasonList};
use ehr_model::provenance::SourceAddress;

use super::*;

fn go_live() -> NaiveDate {
    NaiveDate::from_ymd_opt(2031, 5, 5).unwrap()
}

fn answer(day: NaiveDate, payer: &str, source: AnswerSource, code: Option<&str>) -> ClaimAnswer {
    let outcome = match (source, code) {
        (AnswerSource::Remittance, Some(_)) => AnswerOutcome::Denied,
        (AnswerSource::Remittance, None) => AnswerOutcome::Paid,
        (_, Some(_)) => AnswerOutcome::Rejected,
        (_, None) => AnswerOutcome::Accepted,
    };
    let mut answer = ClaimAnswer::new(source, outcome, SourceAddress::new("era.835"));
    answer.day = Some(day);
    answer.payer = Some(payer.to_owned());
    answer.claim = Some("CANARY-4711".into());
    if let Some(code) = code {
        answer.push_reason(ReasonList::Carc, code, Some("CO"));
    }
    answer
}

/// 70 days before and 20 after; from the fifth day after, payer 77002 denies with a new code.
fn monitor(spike: bool) -> Monitor {
    let mut monitor = Monitor::new(go_live());
    for number in 0..90_u64 {
        let day = go_live() - Days::new(70) + Days::new(number);
        for payer in ["77001", "77002"] {
            for claim in 0..30_u64 {
                // 45 of a usual day's 60 claims are paid whatever day it is; the others vary
                let usual = (claim * 7 + number * 13) % 30 < 1 + number % 3;
                let denied = spike && payer == "77002" && number >= 74 && claim < 8;
                let code = match (denied, usual) {
                    (true, _) => Some("252"),
                    (_, true) => Some("16"),
                    _ => None,
                };
                monitor.answer(&answer(day, payer, AnswerSource::Remittance, code));
            }
        }
    }
    for payer in ["77001", "77002"] {
        monitor.answer(&answer(go_live(), payer, AnswerSource::Claim, None));
    }
    monitor
}

#[test]
fn an_alarm_names_payer_day_and_code() {
    let report = monitor(true).finish();
    let alarms: Vec<_> = report
        .streams
        .iter()
        .filter(|one| one.alarm().is_some())
        .collect();
    assert!(alarms.iter().any(|one| one.payer == "77002"));
    assert!(
        alarms
            .iter()
            .all(|one| one.payer != "77001" && one.stream == Stream::Denied)
    );
    let of_payer = alarms.iter().find(|one| one.payer == "77002").unwrap();
    let alarm = of_payer.alarm().unwrap();
    let first = go_live() + Days::new(4);
    assert!(
        alarm.day >= first && alarm.day <= first + Days::new(5),
        "{}",
        alarm.day
    );
    assert_eq!(
        (alarm.codes[0].code.as_str(), alarm.codes[0].new),
        ("CARC CO-252", true)
    );
    let mut html = Vec::new();
    report.write_html(&mut html).unwrap();
    let html = String::from_utf8(html).unwrap();
    assert!(html.contains("ALARM") && html.contains("CARC CO-252") && !html.contains("<script"));
    let json = serde_json::to_string(&report).unwrap();
    for text in [html, json, format!("{report:?}")] {
        assert!(!text.contains("CANARY"), "no number of a claim");
    }
}

#[test]
fn quiet_is_said_of_what_is_watched_and_of_nothing_else() {
    let report = monitor(false).finish();
    assert!(!report.has_alarm());
    let state = |stream, payer: &str| {
        let one = report
            .streams
            .iter()
            .find(|one| one.stream == stream && one.payer == payer);
        one.unwrap().watched.clone()
    };
    assert!(matches!(
        state(Stream::Denied, ALL_PAYERS),
        Watched::Chart { .. }
    ));
    let short = Watched::No(NotWatched::BaselineTooShort);
    assert_eq!(state(Stream::Rejected, "77001"), short);
    assert_eq!(report.undated, 0);
}

#[test]
fn what_cannot_be_placed_is_counted() {
    let mut monitor = Monitor::new(go_live());
    let mut undated = answer(go_live(), "77001", AnswerSource::Claim, None);
    undated.day = None;
    monitor.answer(&undated);
    let mut reversed = answer(go_live(), "77001", AnswerSource::Remittance, None);
    reversed.outcome = AnswerOutcome::Reversed;
    monitor.answer(&reversed);
    let report = monitor.finish();
    assert_eq!(
        (report.undated, report.undecided, report.streams.len()),
        (1, 1, 0)
    );
}

#[test]
fn parts_add_up_and_repeat_to_the_digit() {
    let whole = monitor(true);
    let mut twice = Monitor::new(go_live());
    twice.merge(&whole);
    assert_eq!(twice.finish(), whole.finish());
}

/// So many days before go-live with so many answers in all, and one answer on the day itself.
fn short(days: u64, answers: u64) -> StreamReport {
    let mut monitor = Monitor::new(go_live());
    for number in 0..answers {
        let day = go_live() - Days::new(1 + number % days);
        monitor.answer(&answer(day, "77001", AnswerSource::Claim, None));
    }
    monitor.answer(&answer(go_live(), "77001", AnswerSource::Claim, None));
    let report = monitor.finish();
    let one = report.streams.iter().find(|one| one.payer == "77001");
    one.unwrap().clone()
}

#[test]
fn a_baseline_is_enough_at_its_limits_and_ends_before_go_live() {
    let enough = short(FEWEST_DAYS as u64, FEWEST_ANSWERS);
    assert!(matches!(enough.watched, Watched::Chart { .. }));
    assert_eq!(
        (enough.before.answers, enough.after.answers),
        (FEWEST_ANSWERS, 1)
    );
    assert_eq!(enough.days_before, FEWEST_DAYS as u64);
    let too_short = Watched::No(NotWatched::BaselineTooShort);
    assert_eq!(
        short(FEWEST_DAYS as u64 - 1, FEWEST_ANSWERS).watched,
        too_short
    );
    assert_eq!(
        short(FEWEST_DAYS as u64, FEWEST_ANSWERS - 1).watched,
        too_short
    );
}

#[test]
fn the_chance_of_a_false_alarm_is_shared_by_the_charts() {
    let report = monitor(false).finish();
    let limits: Vec<f64> = report
        .streams
        .iter()
        .filter_map(|one| match &one.watched {
            Watched::Chart { design, .. } => Some(design.evidence_limit),
            Watched::No(_) => None,
        })
        .collect();
    assert_eq!(limits.len(), 3, "two payers, and both together");
    assert!(
        limits.iter().all(|limit| (limit - 75.0).abs() < 1e-9),
        "{limits:?}"
    );
}

#[test]
fn codes_that_came_as_often_as_before_are_not_named() {
    let report = monitor(true).finish();
    let alarms = report.streams.iter().filter_map(StreamReport::alarm);
    for code in alarms.flat_map(|alarm| &alarm.codes) {
        assert!(code.found as f64 > code.expected, "{code:?}");
    }
}

#[test]
fn what_cannot_be_placed_adds_up_too() {
    let mut monitor = Monitor::new(go_live());
    let mut undated = answer(go_live(), "77001", AnswerSource::Claim, None);
    undated.day = None;
    monitor.answer(&undated);
    let mut reversed = answer(go_live(), "77001", AnswerSource::Remittance, None);
    reversed.outcome = AnswerOutcome::Reversed;
    monitor.answer(&reversed);
    let part = monitor.clone();
    monitor.merge(&part);
    let report = monitor.finish();
    assert_eq!((report.undated, report.undecided), (2, 2));
}
