//! `round.json` and the production gate. Each test tries to get round one condition.

use std::collections::BTreeMap;

use ehr_crypto::DataKey;
use ehr_model::chart::Chart;
use ehr_model::record::Kind;
use ehr_model::tally::{RecordCounts, Tally};
use ehr_model::value::Date;
use ehr_validate::compare::{ChartDifferences, Comparison, SharedRecords};
use ehr_validate::faults::{AS_OF, textbook};
use ehr_validate::reconciliation::{MadeCounts, WrittenCounts, reconcile};
use ehr_validate::report::{RejectCounts, Report, ReportParts, RunFacts, ScopeSummary};
use ehr_validate::rounds::{
    CompareCounts, GateCondition, ProductionGate, ProductionRun, ReadRoundError, Refusal, Round,
    RoundInputs, RoundKind, RoundRecord, SealedRound, SignedDocument, SourceRelation,
};
use ehr_validate::sampling::{PerMillion, Review, SampleResults, SamplingFrame, SamplingPlan};
use ehr_validate::validation::IssueCounts;
use ehr_validate::{Context, Ruleset, ValidationReport, Validator};

const DOCUMENT: &str = "sha256:document";

fn key() -> DataKey {
    DataKey::from_bytes([7; DataKey::LEN])
}

fn inputs() -> RoundInputs {
    RoundInputs::new("sha256:source", DOCUMENT, &Ruleset::all())
}

/// A sample of the textbook that passed.
fn samples() -> SampleResults {
    let mut plan = SamplingPlan::new(1);
    plan.tolerance = PerMillion::percent(99);
    let mut frame = SamplingFrame::default();
    frame.add(&textbook(), &Context::new(Date::parse(AS_OF).unwrap()));
    let draw = plan.draw(&frame);
    let mut review = Review::default();
    review.wrong = draw.packet.iter().map(|unit| (*unit, false)).collect();
    SampleResults::new(&plan.digest(), &plan, &draw, &review)
}

/// A complete round in which nothing is wrong, on a day of June 2031.
fn round(day: u32) -> RoundRecord {
    let key = key();
    let validator = Validator::new(Ruleset::all());
    let context = Context::new(Date::parse(AS_OF).unwrap());
    let chart = textbook();
    let mut validation = ValidationReport::default();
    let issues = validator.check(&chart, &context, &mut validation);
    let mut findings = Round::new(validator.ruleset(), &validation);
    issues
        .iter()
        .for_each(|issue| findings.find(issue, &chart, &key));

    let mut tally = Tally::default();
    let mut records = RecordCounts::default();
    (records.read, records.mapped) = (3, 3);
    tally.source(&"a.csv".into()).records = records;
    let (mut made, mut written) = (MadeCounts::default(), WrittenCounts::default());
    made.made.add(Kind::Patient, 1);
    written.kinds.add(Kind::Patient, 1);
    written.add_resources("Patient", 1);
    let reconciliation = reconcile(&tally, &made, &written);
    let nothing = IssueCounts::default();
    // without the rules that need tables, which the textbook does not bring
    let no_rules = Ruleset::all().select(&["birth-date-in-future"]).unwrap();
    let report = Report::new(ReportParts {
        run: &RunFacts::default(),
        tally: &tally,
        rejects: &RejectCounts::default(),
        reconciliation: &reconciliation,
        ruleset: &no_rules,
        validation: &ValidationReport::default(),
        other_issues: &nothing,
        scope: &ScopeSummary::new("full"),
    });
    let mut round = RoundRecord::new(
        inputs(),
        &format!("2031-06-{day:02}T20:00:00Z"),
        &format!("2031-06-{day:02}T23:30:00Z"),
    )
    .complete(&report, &tally, &reconciliation, &nothing, findings);
    round.compare = Some(CompareCounts::new(40, 40));
    round.samples = Some(samples());
    round
}

fn sealed(round: &RoundRecord) -> SealedRound {
    let mut bytes = Vec::new();
    round.write(&key(), &mut bytes).unwrap();
    RoundRecord::read(&bytes, &key()).unwrap()
}

/// Two good rounds, the second changed as a test likes.
fn history(change: impl FnOnce(&mut RoundRecord, &mut RoundRecord)) -> Vec<SealedRound> {
    let (mut first, mut second) = (round(3), round(10));
    change(&mut first, &mut second);
    let first = sealed(&first);
    let second = sealed(&second.after(&first));
    vec![first, second]
}

fn run() -> ProductionRun {
    let document = SignedDocument::new(DOCUMENT, ["clinician", "migration-lead"]);
    let mut run = ProductionRun::new("2031-06-20T06:00:00Z", inputs(), document);
    run.source_relation = Some(SourceRelation::Same);
    run
}

fn refusal(history: &[SealedRound], run: &ProductionRun) -> Refusal {
    ProductionGate::default().check(history, run).unwrap_err()
}

/// Refused, and by this condition alone.
#[track_caller]
fn refuses(history: &[SealedRound], run: &ProductionRun, condition: GateCondition) {
    let refusal = refusal(history, run);
    assert!(
        refusal.conditions.len() == 1 && refusal.names(condition),
        "{refusal}"
    );
}

#[test]
fn two_good_rounds_open_the_gate() {
    let history = history(|_, _| {});
    assert!(history[0].record().blocking.is_empty());
    let clearance = ProductionGate::default().check(&history, &run()).unwrap();
    assert_eq!(clearance.document_digest(), DOCUMENT);
    assert_eq!(clearance.rounds()[1], history[1].seal());
}

#[test]
fn one_round_is_not_two_not_even_copied() {
    let both = history(|_, _| {});
    refuses(&both[..1], &run(), GateCondition::TwoCompleteRounds);
    assert!(refusal(&[], &run()).names(GateCondition::TwoCompleteRounds));

    let copied = [both[0].clone(), both[0].clone()];
    let refusal_of_copy = refusal(&copied, &run());
    assert!(refusal_of_copy.names(GateCondition::RoundsDistinct));
    assert!(refusal_of_copy.names(GateCondition::TwoCompleteRounds));
    // and a copy that is sealed anew as the next round has happened at the same time
    let again = sealed(&round(3).after(&both[0]));
    refuses(
        &[both[0].clone(), again],
        &run(),
        GateCondition::RoundsInOrder,
    );
}

#[test]
fn an_aborted_round_counts_for_nothing() {
    let first = sealed(&round(3));
    let aborted = RoundRecord::new(inputs(), "2031-06-10T20:00:00Z", "2031-06-10T20:01:00Z");
    let aborted = sealed(&aborted.after(&first));
    let names = refusal(&[first.clone(), aborted.clone()], &run());
    assert!(names.names(GateCondition::TwoCompleteRounds));
    assert!(names.names(GateCondition::LastRoundComplete));
    // between two complete ones it stands in no one's way
    let last = sealed(&round(12).after(&aborted));
    let history = [first, aborted, last];
    assert!(ProductionGate::default().check(&history, &run()).is_ok());
    // leaving it out is seen
    let left_out = [history[0].clone(), history[2].clone()];
    refuses(&left_out, &run(), GateCondition::HistoryUnbroken);
}

#[test]
fn rounds_in_the_wrong_order_are_seen() {
    let history = history(|_, _| {});
    let turned = [history[1].clone(), history[0].clone()];
    let refusal_of_order = refusal(&turned, &run());
    assert!(refusal_of_order.names(GateCondition::RoundsInOrder));
    assert!(refusal_of_order.names(GateCondition::HistoryUnbroken));
}

#[test]
fn a_changed_byte_in_the_mapping_document_closes_the_gate() {
    let changed = "sha256:documenu";
    let first_of_other = history(|first, _| first.inputs.document_digest = changed.to_owned());
    refuses(&first_of_other, &run(), GateCondition::SameDocument);
    let mut other = run();
    other.inputs.document_digest = changed.to_owned();
    refuses(&history(|_, _| {}), &other, GateCondition::SameDocument);
    other.document.digest = changed.to_owned(); // signed anew, but rehearsed with another
    refuses(&history(|_, _| {}), &other, GateCondition::SameDocument);
}

#[test]
fn a_document_without_every_signature_closes_the_gate() {
    let mut unsigned = run();
    unsigned.document.signed_by.remove("clinician");
    let refused = refusal(&history(|_, _| {}), &unsigned);
    assert_eq!(
        refused.conditions[0].what,
        BTreeMap::from([("clinician".to_owned(), 1)])
    );
    refuses(
        &history(|_, _| {}),
        &unsigned,
        GateCondition::DocumentSigned,
    );
    let nobody = ProductionGate::new(Vec::<String>::new());
    let refused = nobody.check(&history(|_, _| {}), &run()).unwrap_err();
    assert!(refused.names(GateCondition::DocumentSigned));
}

#[test]
fn a_blocking_issue_closes_the_gate() {
    let blocked = history(|_, last| {
        last.blocking.insert("books-open".to_owned(), 1);
    });
    refuses(&blocked, &run(), GateCondition::NoBlockingIssues);
    // in the first round it may still have stood
    let mended = history(|first, _| {
        first.blocking.insert("books-open".to_owned(), 1);
    });
    assert!(ProductionGate::default().check(&mended, &run()).is_ok());
}

#[test]
fn safety_critical_data_is_compared_whole_in_both_rounds() {
    for (compared, of) in [(39, 40), (0, 0)] {
        let first = history(|first, _| first.compare = Some(CompareCounts::new(of, compared)));
        refuses(&first, &run(), GateCondition::CriticalDataCompared);
        let last = history(|_, last| last.compare = Some(CompareCounts::new(of, compared)));
        refuses(&last, &run(), GateCondition::CriticalDataCompared);
    }
    let never = history(|first, _| first.compare = None);
    refuses(&never, &run(), GateCondition::CriticalDataCompared);
    let differs = history(|_, last| {
        let compare = last.compare.as_mut().unwrap();
        compare
            .critical_differences
            .insert("dose-factor".to_owned(), 1);
    });
    refuses(&differs, &run(), GateCondition::NoCriticalDifferences);
}

#[test]
fn a_sample_that_did_not_pass_closes_the_gate() {
    let none = history(|_, last| last.samples = None);
    refuses(&none, &run(), GateCondition::SamplePassed);
    let changed = history(|_, last| {
        // the plan after the fact
        last.samples.as_mut().unwrap().plan.accepted = 5;
    });
    refuses(&changed, &run(), GateCondition::SamplePassed);
}

#[test]
fn old_rounds_and_rounds_of_the_future_close_the_gate() {
    for begins in ["2031-07-20T06:00:00Z", "2031-06-10T21:00:00Z", "soon"] {
        let mut other = run();
        other.begins = begins.to_owned();
        refuses(&history(|_, _| {}), &other, GateCondition::RoundsRecent);
    }
}

#[test]
fn the_source_relation_is_stated_and_true() {
    let mut other = run();
    other.source_relation = None;
    refuses(
        &history(|_, _| {}),
        &other,
        GateCondition::SourceRelationStated,
    );
    other.source_relation = Some(SourceRelation::LaterExtract);
    refuses(
        &history(|_, _| {}),
        &other,
        GateCondition::SourceRelationStated,
    );
    other.inputs.source_fingerprint = "sha256:later".to_owned();
    assert!(
        ProductionGate::default()
            .check(&history(|_, _| {}), &other)
            .is_ok()
    );
    other.source_relation = Some(SourceRelation::Same);
    refuses(
        &history(|_, _| {}),
        &other,
        GateCondition::SourceRelationStated,
    );
}

#[test]
fn before_the_export_is_read_all_but_its_bytes_is_known() {
    let gate = ProductionGate::default();
    let rounds = history(|_, _| {});
    let mut run = run();
    run.inputs.source_fingerprint = String::new();
    let same = gate.check_before_reading(&rounds, &run).unwrap();
    let clearance = same.clone().confirm("sha256:source").unwrap();
    assert_eq!(clearance.source_fingerprint(), "sha256:source");
    assert_eq!(clearance.rounds()[0], rounds[0].seal());
    let refused = same.confirm("sha256:other").unwrap_err();
    assert_eq!(
        refused.conditions[0].to_string(),
        "source-relation-stated, round 2"
    );
    run.source_relation = Some(SourceRelation::LaterExtract);
    let later = gate.check_before_reading(&rounds, &run).unwrap();
    assert!(later.clone().confirm("sha256:source").is_err());
    assert!(later.confirm("sha256:other").is_ok());
    run.source_relation = None;
    let refused = gate.check_before_reading(&rounds, &run).unwrap_err();
    assert!(refused.names(GateCondition::SourceRelationStated));
    // no round at all is refused before anything else is asked
    let refused = gate.check_before_reading(&[], &run).unwrap_err();
    assert!(refused.names(GateCondition::TwoCompleteRounds));
    let blocked = history(|_, last| {
        last.blocking.insert("blocking-issues".to_owned(), 2);
    });
    let refused = gate.check(&blocked, &self::run()).unwrap_err();
    assert_eq!(
        refused.conditions[0].to_string(),
        "no-blocking-issues, round 2: blocking-issues (2)"
    );
}

#[test]
fn a_comparison_says_how_much_safety_critical_data_it_looked_at() {
    let chart = textbook();
    let of = |target: &Chart| {
        let mut comparison = Comparison::default();
        let nothing = SharedRecords::default();
        comparison.add(ChartDifferences::between(&chart, target, &nothing));
        CompareCounts::from(&comparison.finish().1)
    };
    let same = of(&chart);
    // more than the entries of the kinds that are critical: their values, and those of other kinds
    let is_critical = |record: &&ehr_model::record::Record| record.kind().is_safety_critical();
    let entries = chart.records.iter().filter(is_critical).count() as u64;
    assert!(same.critical > 2 * entries && entries > 4, "{same:?}");
    assert_eq!(same.critical_compared, same.critical);
    assert!(same.critical_differences.is_empty());
    // what the target lacks was looked for, and is a difference that somebody must see
    let mut lacking = chart.clone();
    lacking
        .records
        .retain(|record| record.kind() != Kind::Allergy);
    let lost = of(&lacking);
    assert_eq!(
        (lost.critical, lost.critical_compared),
        (same.critical, same.critical)
    );
    assert!(lost.critical_differences["missing"] > 0, "{lost:?}");
    // without a chart there is nothing that was looked at
    let empty = CompareCounts::from(&Comparison::default().finish().1);
    assert_eq!((empty.critical, empty.critical_compared), (0, 0));
}

#[test]
fn a_production_run_is_no_rehearsal() {
    let first = sealed(&round(3));
    let second = sealed(&round(10).after(&first));
    let mut production = round(12).after(&second);
    production.kind = RoundKind::Production;
    let production = sealed(&production);
    let with = [first.clone(), production.clone()];
    assert!(refusal(&with, &run()).names(GateCondition::TwoCompleteRounds));
    // two rehearsals before it are two
    let clearance = ProductionGate::default()
        .check(&[first.clone(), second.clone(), production], &run())
        .unwrap();
    assert_eq!(clearance.rounds(), &[first.seal(), second.seal()]);
    // a record from before kinds were written is of a rehearsal, and its seal still fits
    let mut bytes = Vec::new();
    round(3).write(&key(), &mut bytes).unwrap();
    assert!(!String::from_utf8(bytes).unwrap().contains("\"kind\""));
}

#[test]
fn other_programs_or_rules_than_rehearsed_close_the_gate() {
    let mut other = run();
    other
        .inputs
        .software
        .insert("ehr-mapping".to_owned(), "9.9.9".to_owned());
    refuses(&history(|_, _| {}), &other, GateCondition::SameSoftware);
    let mut other = run();
    let fewer = Ruleset::all().select(&["birth-date-in-future"]).unwrap();
    other.inputs.ruleset_digest = RoundInputs::new("", "", &fewer).ruleset_digest;
    refuses(&history(|_, _| {}), &other, GateCondition::SameRules);
}

#[test]
fn an_edited_round_is_refused() {
    let mut bytes = Vec::new();
    let mut blocked = round(3);
    blocked.blocking.insert("books-open".to_owned(), 1);
    blocked.write(&key(), &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    assert!(RoundRecord::read(text.as_bytes(), &key()).is_ok());

    let edited = text.replace("\"books-open\": 1", "\"books-open\": 0");
    assert_ne!(edited, text);
    let altered = RoundRecord::read(edited.as_bytes(), &key()).unwrap_err();
    assert_eq!(altered, ReadRoundError::Altered { number: 1 });
    let other_key = DataKey::from_bytes([8; DataKey::LEN]);
    assert_eq!(
        RoundRecord::read(text.as_bytes(), &other_key).unwrap_err(),
        altered
    );
    // a different spelling of the same is the same
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(RoundRecord::read(value.to_string().as_bytes(), &key()).is_ok());
}

#[test]
fn another_version_or_a_damaged_round_is_refused_with_its_place() {
    let mut bytes = Vec::new();
    round(3).write(&key(), &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let message = |text: &str| {
        RoundRecord::read(text.as_bytes(), &key())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        message(&text.replace("ehr-round/1", "ehr-round/2")),
        "the round is not of the version ehr-round/1, at line 2, column 3"
    );
    let half = &text[..text.len() / 2];
    let lines = half.matches('\n').count() + 1;
    assert!(message(half).starts_with(&format!("the round is damaged at line {lines}, column ")));
    let more = text.replace("\"number\": 1", "\"number\": 1, \"note\": \"x\"");
    assert!(message(&more).starts_with("the round is damaged at line 4, column "));
    assert_eq!(
        message(&text.replace("2031-06-03T20:00:00Z", "yesterday")),
        "`started` of the round is no time as in RFC 3339"
    );
    assert!(round_with_bad_time().write(&key(), Vec::new()).is_err());
    // no byte can be changed unnoticed
    for at in (0..text.len()).step_by(97) {
        let mut bytes = text.clone().into_bytes();
        bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
        let same = bytes == text.as_bytes() || text.as_bytes()[at].is_ascii_whitespace();
        let read = RoundRecord::read(&bytes, &key());
        assert!(same || read.is_err(), "byte {at}");
    }
}

fn round_with_bad_time() -> RoundRecord {
    let mut round = round(3);
    round.finished = "2031-06-31".to_owned();
    round
}

#[test]
fn a_round_holds_no_value() {
    let mut bytes = Vec::new();
    round(3).write(&key(), &mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let chart = textbook();
    let patient = chart.of::<ehr_model::kind::Patient>().next().unwrap().1;
    let family = patient.name[0].family.value().unwrap().expose().to_owned();
    assert!(!family.is_empty() && !text.contains(&family));
}

#[test]
fn limits_of_time_are_met_to_the_second() {
    let check = |history: &[SealedRound], begins: &str| {
        let mut run = run();
        run.begins = begins.to_owned();
        ProductionGate::default().check(history, &run)
    };
    // one round begins the moment the other ends, and takes no time
    let close = history(|first, last| {
        last.started = first.finished.clone();
        last.finished = first.finished.clone();
    });
    // 30 days after the end of both
    assert!(check(&close, "2031-07-03T23:30:00Z").is_ok());
    let late = check(&close, "2031-07-03T23:30:01Z").unwrap_err();
    assert!(late.names(GateCondition::RoundsRecent));
    // at their end, and a second before
    assert!(check(&close, "2031-06-03T23:30:00Z").is_ok());
    let early = check(&close, "2031-06-03T23:29:59Z").unwrap_err();
    assert!(early.names(GateCondition::RoundsRecent));
    let overlap = history(|first, last| {
        first.finished = "2031-06-10T20:00:01Z".to_owned();
        last.started = "2031-06-10T20:00:00Z".to_owned();
    });
    refuses(&overlap, &run(), GateCondition::RoundsInOrder);
}

#[test]
fn a_fatal_issue_closes_the_gate_and_counts_from_the_first_round_on() {
    let blocked = history(|_, last| {
        let line = serde_json::json!({"code": "books-open", "severity": "fatal", "count": 1});
        last.issues = vec![serde_json::from_value(line).unwrap()];
    });
    refuses(&blocked, &run(), GateCondition::NoBlockingIssues);
    // a history that begins with its second round
    let mut second = round(3);
    second.number = 2;
    let second = sealed(&second);
    let third = sealed(&round(10).after(&second));
    refuses(&[second, third], &run(), GateCondition::HistoryUnbroken);
}
