//! Ways round the gate, each refused by name; and the waves.

use ehr_crypto::Digest;
use ehr_model::chart::Chart;
use ehr_model::datatype::Reference;
use ehr_model::kind::{Appointment, AppointmentStatus, Encounter, Patient};
use ehr_model::record::{Kind, Namespace, Record, RecordId, Resource};
use ehr_model::value::{Date, Field, PartialDate};

use super::*;
use crate::moment::Moment;

const LIVE: &str = "2031-05-05T07:00:00-05:00";

fn at(hours: i64) -> Moment {
    LIVE.parse::<Moment>().unwrap().plus_hours(hours).unwrap()
}

fn done(hours: i64) -> Done {
    Done {
        at: at(hours),
        by: "migration lead".into(),
        evidence: Some(Digest::sha256(b"shown")),
    }
}

/// Everything that is due before go-live is done in time, and every condition holds.
fn ready() -> Progress {
    let plan = CutoverPlan::shipped();
    let mut progress = Progress {
        go_live: Some(at(0)),
        ..Progress::default()
    };
    for task in plan.tasks.iter().filter(|task| task.due.hours() < -1) {
        progress
            .tasks
            .insert(task.id.clone(), done(task.due.hours()));
    }
    for condition in plan.conditions {
        let value = ConditionValue {
            state: ConditionState::Met,
            at: at(-12),
            evidence: Some(Digest::sha256(b"shown")),
        };
        progress.conditions.insert(condition.id, value);
    }
    progress
}

fn reasons(progress: &Progress) -> Vec<String> {
    let status = CutoverPlan::shipped().status(progress, at(-1)).unwrap();
    assert_eq!(status.go, status.reasons.is_empty());
    status.reasons.iter().map(ToString::to_string).collect()
}

#[test]
fn go_needs_every_condition_and_every_task() {
    assert!(reasons(&ready()).is_empty());
    let plan = CutoverPlan::shipped();
    for condition in &plan.conditions {
        let mut progress = ready();
        progress.conditions.remove(&condition.id);
        assert_eq!(
            reasons(&progress),
            [format!("condition `{}`: unknown", condition.id)]
        );
    }
    for task in plan.tasks.iter().filter(|task| task.due.hours() < -1) {
        let mut progress = ready();
        progress.tasks.remove(&task.id);
        let found = reasons(&progress);
        assert!(
            found.contains(&format!("task `{}`: overdue", task.id)),
            "{found:?}"
        );
    }
}

#[test]
fn ways_round_the_gate_are_refused_by_name() {
    let change = |id: &str, change: fn(&mut ConditionValue)| {
        let mut progress = ready();
        change(progress.conditions.get_mut(id).unwrap());
        reasons(&progress)
    };
    assert_eq!(
        change("rounds-passed", |one| one.state = ConditionState::NotMet),
        ["condition `rounds-passed`: not met"]
    );
    assert_eq!(
        change("rounds-passed", |one| one.state = ConditionState::Unknown),
        ["condition `rounds-passed`: unknown"]
    );
    assert_eq!(
        change("rounds-passed", |one| one.evidence = None),
        ["condition `rounds-passed`: without evidence"]
    );
    // the backup of the day before yesterday
    assert_eq!(
        change("backup-verified", |one| one.at = at(-25)),
        ["condition `backup-verified`: evidence older than 24 hours at go-live"]
    );
    assert_eq!(
        change("backup-verified", |one| one.at = at(3)),
        ["condition `backup-verified`: found in the future"]
    );

    let mut unplanned = ready();
    unplanned.go_live = None;
    assert!(reasons(&unplanned).contains(&"go-live has no time".to_owned()));
    let mut unshown = ready();
    unshown.tasks.get_mut("spot-check").unwrap().evidence = None;
    assert_eq!(reasons(&unshown), ["task `spot-check`: without evidence"]);
    let mut early = ready();
    early.tasks.get_mut("spot-check").unwrap().at = at(-20);
    assert_eq!(reasons(&early), ["task `spot-check`: out of order"]);
    let mut ahead = ready();
    ahead.tasks.get_mut("spot-check").unwrap().at = at(1);
    assert_eq!(reasons(&ahead), ["task `spot-check`: out of order"]);

    let mut slip = ready();
    let value = slip.conditions.remove("rounds-passed").unwrap();
    slip.conditions.insert("round-passed".into(), value);
    let refused = CutoverPlan::shipped().status(&slip, at(-1)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "`round-passed` is no condition of the plan"
    );
}

#[test]
fn the_legacy_system_is_shut_down_when_all_is_met_and_not_before() {
    let plan = CutoverPlan::shipped();
    let mut progress = ready();
    for task in plan.tasks.iter().filter(|task| !task.shuts_down) {
        progress
            .tasks
            .insert(task.id.clone(), done(task.due.hours()));
    }
    for one in &plan.obligations {
        let hours = one.at_least.map_or(24, Offset::hours);
        progress.obligations.insert(one.id.clone(), done(hours));
    }
    let now = at(60 * 24);
    let why = |progress: &Progress, now| {
        let status = plan.status(progress, now).unwrap();
        assert_eq!(status.shutdown_allowed, status.shutdown_reasons.is_empty());
        let reasons = status.shutdown_reasons.iter().map(ToString::to_string);
        reasons.collect::<Vec<_>>()
    };
    assert!(why(&progress, now).is_empty());

    let mut without = progress.clone();
    without.obligations.remove("legacy-read-only-period");
    assert_eq!(
        why(&without, now),
        ["obligation `legacy-read-only-period`: running"]
    );
    assert_eq!(
        why(&without, at(61 * 24)),
        ["obligation `legacy-read-only-period`: overdue"]
    );
    // discharged on the 29th day
    let mut early = progress.clone();
    early
        .obligations
        .insert("legacy-read-only-period".into(), done(29 * 24));
    assert_eq!(
        why(&early, now),
        ["obligation `legacy-read-only-period`: said to be met too early"]
    );
    let mut unshown = progress.clone();
    unshown
        .obligations
        .get_mut("in-flight-settled")
        .unwrap()
        .evidence = None;
    assert_eq!(
        why(&unshown, now),
        ["obligation `in-flight-settled`: without evidence"]
    );
    let mut unlived = progress;
    unlived.tasks.remove("go-live");
    let found = why(&unlived, now);
    assert!(
        found.contains(&"go-live is not done".to_owned()),
        "{found:?}"
    );
    assert!(found.contains(&"obligation `archive-verified`: not begun".to_owned()));
}

#[test]
fn the_page_shows_reasons_and_escapes_names() {
    let mut plan = CutoverPlan::shipped();
    plan.tasks[0].owner = "<b>owner</b>".into();
    let status = plan.status(&Progress::default(), at(-1)).unwrap();
    let mut html = Vec::new();
    status.write_html(None, &mut html).unwrap();
    let html = String::from_utf8(html).unwrap();
    assert!(html.contains("NO-GO") && html.contains("condition `backup-verified`: unknown"));
    assert!(html.contains("no claims were given, so nothing is known"));
    assert!(!html.contains("<b>owner"), "names are text");
    assert!(!html.contains("<script"));
}

fn id(kind: Kind, source: &str) -> RecordId {
    Namespace::of_system("https://legacy.example").id(kind, source)
}

fn record(kind: Kind, source: &str, resource: impl Into<Resource>) -> Record {
    Record {
        id: id(kind, source),
        provenance: Vec::new(),
        resource: resource.into(),
    }
}

fn patient(born: &str, dead: Option<&str>) -> Record {
    let mut patient = Patient::default();
    patient.birth_date.set(Date::parse(born).unwrap());
    if let Some(day) = dead {
        let day = PartialDate::parse(day).unwrap();
        patient.deceased = ehr_model::kind::Deceased::DateTime(day.into()).into();
    }
    record(Kind::Patient, "1", patient)
}

fn visit(day: &str, doctor: &str) -> Record {
    let mut visit = Encounter::default();
    visit.period.set(Default::default()).start = Field::Value(PartialDate::parse(day).unwrap());
    let mut participant = ehr_model::kind::EncounterParticipant::default();
    let doctor = id(Kind::Practitioner, doctor);
    participant
        .individual
        .set(Reference::to(Kind::Practitioner, doctor));
    visit.participant.push(participant);
    record(Kind::Encounter, day, visit)
}

fn appointment(day: &str, status: AppointmentStatus) -> Record {
    let mut one = Appointment::default();
    one.status.set(status);
    one.start = Field::Value(ehr_model::value::Instant(PartialDate::parse(day).unwrap()));
    record(Kind::Appointment, day, one)
}

#[test]
fn the_archived_go_first_and_the_active_tail_last() {
    let policy = WavePolicy::archived_first("2031-05-05".parse().unwrap());
    let names: Vec<&str> = policy.names().collect();
    let wave = |records: Vec<Record>| names[policy.place(&Chart::new(records, Vec::new()))];
    let alive = || patient("1980-01-02", None);
    assert_eq!(
        wave(vec![
            patient("1980", Some("2031-04-01")),
            visit("2031-03-01", "7")
        ]),
        "0-deceased"
    );
    assert_eq!(wave(vec![alive(), visit("2027-03-01", "7")]), "1-archived");
    assert_eq!(wave(vec![alive(), visit("2029-03-01", "7")]), "2-inactive");
    assert_eq!(
        wave(vec![alive(), visit("2031-03-01", "7")]),
        "3-active-not-booked"
    );
    let booked = appointment("2031-06-01T10:00:00-05:00", AppointmentStatus::Booked);
    assert_eq!(
        wave(vec![alive(), visit("2027-03-01", "7"), booked]),
        "4-active-tail"
    );
    let cancelled = appointment("2031-06-01T10:00:00-05:00", AppointmentStatus::Cancelled);
    assert_eq!(
        wave(vec![alive(), visit("2027-03-01", "7"), cancelled]),
        "1-archived"
    );
    // no date at all: unknown is no reason to go early
    assert_eq!(wave(vec![alive()]), "4-active-tail");
}

#[test]
fn waves_by_provider_and_population_are_asked_in_order() {
    let doctor = id(Kind::Practitioner, "7");
    let policy = WavePolicy::parse(&format!(
        "as-of = \"2031-05-05\"\nrest = \"others\"\n\
         [[wave]]\nname = \"children\"\npopulation = {{ below-age = 18 }}\n\
         [[wave]]\nname = \"dr-seven\"\nproviders = [\"{doctor}\"]\n"
    ))
    .unwrap();
    let mut counts = WaveCounts::default();
    let mut place =
        |records: Vec<Record>| policy.count(&Chart::new(records, Vec::new()), &mut counts);
    assert_eq!(
        place(vec![patient("2013-05-06", None), visit("2031-01-01", "7")]),
        0
    );
    assert_eq!(
        place(vec![patient("2013-05-05", None), visit("2031-01-01", "7")]),
        1
    );
    // eighteen or not, by a year of birth alone: not for certain a child
    assert_eq!(
        place(vec![patient("2013", None), visit("2031-01-01", "8")]),
        2
    );
    // the last visit decides who sees the patient
    assert_eq!(
        place(vec![
            patient("1980", None),
            visit("2030-01-01", "7"),
            visit("2031-01-01", "8")
        ]),
        2
    );
    assert_eq!(counts.patients.values().sum::<u64>(), 4);
    assert_eq!(counts.also_fitted["children / dr-seven"], 1);
    let twice = WavePolicy::parse("as-of = \"2031-05-05\"\nrest = \"a\"\n[[wave]]\nname = \"a\"\n");
    assert_eq!(twice, Err(WavePolicyError::Name("a".into())));
    assert!(WavePolicy::parse("rest = \"a\"").is_err());
}
