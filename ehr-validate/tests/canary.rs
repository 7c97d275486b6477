//! No value of a patient leaves through an issue, a report or a `Debug`.

use std::collections::BTreeSet;
use std::sync::Arc;

use ehr_crypto::DataKey;
use ehr_model::catalogue::{self, FieldPath};
use ehr_model::chart::Chart;
use ehr_model::element::{Leaf, LeafType};
use ehr_model::provenance::{Provenance, SourceAddress};
use ehr_model::record::{Kind, Namespace, Record, RecordId};
use ehr_model::tally::Tally;
use ehr_model::value::Date;
use ehr_validate::collect::identifiers::PatientIdentifiers;
use ehr_validate::compare::ChartPair;
use ehr_validate::reconciliation::{MadeCounts, WrittenCounts, reconcile};
use ehr_validate::report::{RejectCounts, Report, ReportParts, RunFacts, ScopeSummary};
use ehr_validate::validation::IssueCounts;
use ehr_validate::{Context, Ruleset, ValidationReport, Validator};

/// Planted in every leaf that takes text, and what stands for it in the other leaves.
const TEXT: &str = "Zqxjkvb";
const NUMBER: &str = "918273645546";
const INTEGER: i64 = 918_273_645_546;
const DATE: &str = "2847-03-04";
const TIME: &str = "2847-03-04T05:06:07+08:00";
/// In lower case. The year alone may stand in an id by chance.
const SEARCHED: &[&str] = &["zqxjkvb", "918273645546", "2847-03"];

/// Rules that read many fields, and that the canaries must make speak.
const SPEAKING: &[&str] = &[
    "active-allergy-without-substance",
    "birth-date-in-future",
    "duplicate-identifier",
    "event-after-death",
    "event-before-birth",
    "identifier-shared-by-patients",
    "medication-without-dose-or-code",
    "orphan-reference",
    "quantity-without-unit",
    "unknown-code-system",
];

fn id(kind: Kind, key: &str) -> RecordId {
    Namespace::of_system("urn:test").id(kind, key)
}

fn canary(leaf: LeafType) -> Option<Leaf<'static>> {
    Some(match leaf {
        LeafType::Text | LeafType::Time => Leaf::Text(TEXT.into()),
        LeafType::Decimal => Leaf::Text(NUMBER.into()),
        LeafType::Integer => Leaf::Integer(INTEGER),
        LeafType::Date => Leaf::Text(DATE.into()),
        LeafType::DateTime => Leaf::Text(TIME.into()),
        LeafType::Bytes => Leaf::Bytes(TEXT.as_bytes().into()),
        LeafType::Target => Leaf::Target(Kind::Encounter, id(Kind::Encounter, TEXT)),
        _ => return None,
    })
}

fn record(kind: Kind, key: String) -> Record {
    let address = SourceAddress::new("export.csv").record(1).path("COLUMN");
    Record {
        id: id(kind, &key),
        provenance: vec![Provenance::new(address, 1)],
        resource: kind.empty_resource(),
    }
}

/// For every kind two records with every field at once, as far as choices allow, and one record a
/// field; for a patient who died before the canary date, and for one who was born after it.
fn charts() -> Vec<Chart> {
    let dead = [
        ("birthDate", "2031-01-01"),
        ("deceasedDateTime", "2031-02-01"),
    ];
    let unborn = [("birthDate", "2901-01-01"), ("active", "true")];
    let mut charts = Vec::new();
    for kind in Kind::ALL {
        for (patient, dates) in [("dead", dead), ("unborn", unborn)] {
            let mut person = record(Kind::Patient, patient.into());
            for (path, value) in dates {
                set(&mut person, path, Leaf::Text(value.into()));
            }
            let mut records = vec![person];
            for copy in ["one", "two"] {
                let mut whole = record(*kind, format!("{TEXT} {patient} {copy}"));
                for (path, leaf) in planted(*kind) {
                    set(&mut whole, &path, leaf);
                }
                records.push(whole);
            }
            for (number, (path, leaf)) in planted(*kind).enumerate() {
                let mut single = record(*kind, format!("{TEXT} {patient} {number}"));
                set(&mut single, &path, leaf);
                records.push(single);
            }
            charts.push(Chart::new(records, Vec::new()));
        }
    }
    charts
}

fn planted(kind: Kind) -> impl Iterator<Item = (String, Leaf<'static>)> {
    let fields = catalogue::fields(kind).into_iter();
    fields.filter_map(|field| Some((field.path.replace("[]", "[0]"), canary(field.leaf)?)))
}

fn set(record: &mut Record, path: &str, leaf: Leaf<'_>) {
    let path = FieldPath::resolve(record.kind(), path).unwrap();
    path.set(record.resource.element_mut(), 0, leaf).unwrap();
}

fn search(what: &str, text: &str) {
    let text = text.to_lowercase();
    for canary in SEARCHED {
        assert!(!text.contains(canary), "{what} shows {canary}");
    }
}

#[test]
fn no_value_leaves_through_issues_and_reports() {
    let validator = Validator::new(Ruleset::all());
    let context = Context::new(Date::parse("2030-01-01").unwrap());
    let mut identifiers = PatientIdentifiers::new(Arc::new(DataKey::from_bytes([3; 32])));
    let mut validation = ValidationReport::default();
    let mut found = BTreeSet::new();

    for chart in charts() {
        identifiers.collect(&chart);
        let mut issues = validator.check(&chart, &context, &mut validation);
        let empty = Chart::default();
        for pair in [
            ChartPair::new(&chart, &empty),
            ChartPair::new(&empty, &chart),
        ] {
            search("Debug of a pair", &format!("{pair:?}"));
            issues.extend(validator.compare(&pair, &context, &mut validation));
        }
        for issue in issues {
            found.insert(issue.code.as_str());
            search("Debug of an issue", &format!("{issue:?}"));
            search("Display of an issue", &issue.to_string());
            search("an issue", &serde_json::to_string(&issue).unwrap());
        }
    }
    search("Debug of identifiers", &format!("{identifiers:?}"));
    let (counts, issues) = identifiers.finish();
    found.extend(issues.iter().map(|issue| issue.code.as_str()));
    for issue in &issues {
        search("an issue of identifiers", &format!("{issue:?} {issue}"));
        validation.add(issue.code, counts, std::slice::from_ref(issue));
    }
    // The search means something only where the rules had something to say.
    let silent: Vec<_> = SPEAKING
        .iter()
        .filter(|code| !found.contains(**code))
        .collect();
    assert!(silent.is_empty(), "{silent:?}");

    search("Debug of a validation", &format!("{validation:?}"));
    let (tally, scope) = (Tally::default(), ScopeSummary::new("full"));
    let reconciliation = reconcile(&tally, &MadeCounts::default(), &WrittenCounts::default());
    let report = Report::new(ReportParts {
        run: &RunFacts::default(),
        tally: &tally,
        rejects: &RejectCounts::default(),
        reconciliation: &reconciliation,
        ruleset: validator.ruleset(),
        validation: &validation,
        other_issues: &IssueCounts::default(),
        scope: &scope,
    });
    let (mut json, mut html) = (Vec::new(), Vec::new());
    report.write_json(&mut json).unwrap();
    report.write_html(&mut html).unwrap();
    search("report.json", &String::from_utf8(json).unwrap());
    search("the page", &String::from_utf8(html).unwrap());
    search("Debug of the report", &format!("{report:?}"));
}
