//! What the scope leaves behind is archived leaf by leaf, and the books do not change otherwise.

use crate::support;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use ehr_mapping::plan::Plan;
use ehr_mapping::scope::{Decision, ScopeMode, ScopePolicy, ScopeRule};
use ehr_mapping::source::MemoryFolder;
use ehr_model::record::Kind;
use ehr_model::tally::LeafCounts;
use support::{How, Run, assert_books_add_up, run_as};

const DOCUMENT: &str = r#"
[document]
name = "scope"
version = "1"
format = "csv"
system = "https://legacy.example/scope"

[[table]]
name = "people"
file = "people.csv"
columns = ["ID", "NAME", "SPARE"]
patient = "ID"

[[table]]
name = "visits"
file = "visits.csv"
columns = ["NO", "PERSON", "DAY"]
patient = "PERSON"

[[table]]
name = "problems"
file = "problems.csv"
columns = ["NO", "PERSON", "WHAT", "STATUS", "SINCE", "VISIT"]
patient = "PERSON"

[[table]]
name = "lines"
file = "lines.csv"
columns = ["BILL", "PERSON", "DAY", "COST"]
patient = "PERSON"

[[table]]
name = "places"
file = "places.csv"
columns = ["CODE", "TOWN"]
shared = true

[[map]]
from = "people"
to = "Patient"
key = ["ID"]

[map.fields]
"identifier[0].value" = "ID"
"name[0].text" = "NAME"

[[map]]
from = "visits"
to = "Encounter"
key = ["NO"]

[map.fields]
"identifier[0].value" = "NO"
"period.start" = "DAY"

[[map]]
from = "problems"
to = "Problem"
key = ["NO"]

[map.fields]
"identifier[0].value" = "NO"
"code.text" = "WHAT"
"clinicalStatus" = "STATUS"
"onsetDateTime" = "SINCE"
"encounter" = { reference = "Encounter", key = ["VISIT"] }

[[map]]
from = "lines"
to = "Claim"
key = ["BILL"]
append = "item"

[map.fields]
"billablePeriod.start" = "DAY"
"item[+].net.value" = "COST"

[[map]]
from = "places"
to = "Location"
key = ["CODE"]

[map.fields]
"name" = "CODE"
"address.city" = "TOWN"

[[rule]]
table = "people"
columns = ["SPARE"]
fate = "ignore"
reason = "Spare"
"#;

/// One patient was seen last year, one long ago, one at no date that is known.
fn folder() -> MemoryFolder {
    MemoryFolder::default()
        .with("people.csv", "ID,NAME,SPARE\nnow,Ada,x\nthen,Bo,x\nnever,Cy,\n")
        .with(
            "visits.csv",
            "NO,PERSON,DAY\nv1,now,2025-06-01\nv2,now,2010-01-01\nv3,now,2009-01-01\nv4,then,2010-02-03\n",
        )
        .with(
            "problems.csv",
            "NO,PERSON,WHAT,STATUS,SINCE,VISIT
p1,now,asthma,active,2001,v3
p2,now,fracture,resolved,2002,
p3,now,cold,resolved,2025-06-01,v1
p4,then,gout,active,2003,v4
p5,never,rash,,,
p6,now,cough,unheard of,2004,
",
        )
        .with("lines.csv", "BILL,PERSON,DAY,COST\nb1,now,2009-05-05,1.00\nb1,now,2009-05-05,2.00\nb2,now,2025-06-02,3.00\n")
        .with("places.csv", "CODE,TOWN\nclinic,Salem\n")
}

fn policy(mode: ScopeMode) -> ScopePolicy {
    ScopePolicy::new(mode, NaiveDate::from_ymd_opt(2026, 1, 1).unwrap())
}

fn scoped(plan: &Plan, policy: ScopePolicy) -> Run {
    let how = How {
        scope: Some(policy),
        ..How::default()
    };
    let run = run_as(plan, &folder(), &how).unwrap();
    assert_books_add_up(&run.tally);
    run
}

/// The books of each path without telling mapped from archived.
fn kept(run: &Run) -> BTreeMap<String, [u64; 5]> {
    let mut books = BTreeMap::new();
    for (source, tally) in &run.tally.sources {
        for (
            path,
            LeafCounts {
                nonempty,
                mapped,
                archived,
                ignored,
                rejected,
                unaccounted,
                ..
            },
        ) in &tally.paths
        {
            let place = format!("{source}: {path}");
            let taken = mapped + archived;
            books.insert(place, [*nonempty, taken, *ignored, *rejected, *unaccounted]);
        }
    }
    books
}

/// The archived leaves of a source.
fn archived(run: &Run, source: &str) -> u64 {
    run.tally
        .sources
        .get(source)
        .map_or(0, |books| books.leaves.archived)
}

/// Filled cells of all rows whose every record stays behind, by source; without the reject of p6.
fn left_behind(run: &Run, policy: &ScopePolicy) -> BTreeMap<String, u64> {
    let mut cells = BTreeMap::new();
    for unit in run.units.iter().filter(|unit| unit.patient.is_some()) {
        let decisions = policy.decide(&unit.chart);
        let mut migrating = BTreeSet::new();
        let mut staying = BTreeSet::new();
        for (record, decision) in unit.chart.records.iter().zip(&decisions) {
            assert_eq!(record.id, decision.record);
            let addresses = record.provenance.iter().map(|one| one.address.to_string());
            match decision.decision {
                Decision::Migrate => migrating.extend(addresses),
                _ => staying.extend(addresses),
            }
        }
        for (address, row) in &unit.rows {
            if staying.contains(address) && !migrating.contains(address) {
                let source = address.split(':').next().unwrap().to_owned();
                let unread = u64::from(row.contains("unheard of")) + u64::from(row.ends_with(",x"));
                let filled = row.split(',').filter(|cell| !cell.is_empty()).count() as u64;
                *cells.entry(source).or_insert(0) += filled - unread;
            }
        }
    }
    cells
}

#[test]
fn what_does_not_migrate_is_archived_and_the_sum_stays() {
    let plan = support::plan(DOCUMENT);
    let full = scoped(&plan, policy(ScopeMode::Full));
    assert!(full.tally.balances());
    assert_eq!(full.tally.total_leaves().archived, 0);
    for mode in [ScopeMode::Partial, ScopeMode::Hybrid] {
        let run = scoped(&plan, policy(mode));
        assert_eq!(kept(&run), kept(&full), "{mode}");
        assert!(run.tally.balances());
        assert_eq!(run.tally.total_records(), full.tally.total_records());
        let expected = left_behind(&run, &policy(mode));
        assert!(!expected.is_empty());
        for source in [
            "people.csv",
            "visits.csv",
            "problems.csv",
            "lines.csv",
            "places.csv",
        ] {
            let cells = expected.get(source).copied().unwrap_or(0);
            assert_eq!(archived(&run, source), cells, "{mode}: {source}");
        }
    }
}

#[test]
fn the_modes_leave_behind_what_they_say() {
    let plan = support::plan(DOCUMENT);
    let sources = ["people.csv", "visits.csv", "problems.csv", "lines.csv"];
    let archived = |mode| {
        let run = scoped(&plan, policy(mode));
        sources.map(|source| archived(&run, source))
    };
    // hybrid: all problems of the active patients, and v3 because a problem points at it; of the
    // patient who was not seen nothing: 2 cells of people, v4, p4 with 6; b1 is old and paid
    assert_eq!(archived(ScopeMode::Hybrid), [2, 3 + 3, 6, 8]);
    // partial: p2 is over, and visits and bills stay behind whatever their date, but for v3 and v1,
    // at which a problem points; nobody can tell whether p6 is over, so it migrates
    assert_eq!(archived(ScopeMode::Partial), [2, 3 + 3, 6 + 5, 12]);
}

#[test]
fn a_rule_of_the_scope_archives_leaf_by_leaf_too() {
    let plan = support::plan(DOCUMENT);
    let full = scoped(&plan, policy(ScopeMode::Full));
    let mut with_rule = policy(ScopeMode::Full);
    let mut rule = ScopeRule::new("old bills stay behind", Decision::Archive);
    rule.kinds = vec![Kind::Claim];
    rule.before = NaiveDate::from_ymd_opt(2020, 1, 1);
    with_rule.rules.push(rule);
    let run = scoped(&plan, with_rule);
    assert_eq!(kept(&run), kept(&full));
    let lines = run.tally.sources["lines.csv"].leaves;
    assert_eq!((lines.archived, lines.mapped), (8, 4));
    assert_eq!(run.tally.total_leaves().archived, 8);
}
