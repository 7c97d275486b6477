//! One practice with documents, a feed, claims and payments: whose chart everything goes into, what
//! arrives twice, who contradicts whom, and what an override of one line changes.

use crate::support;

use std::collections::BTreeSet;

use ehr_mapping::extraction::map_file;
use ehr_mapping::source::MemoryFolder;
use ehr_model::issue::{Issue, Severity};
use ehr_model::kind::{Allergy, Patient, Problem};
use support::{Run, Unit};

const PRACTICE: &str = include_str!("assembly/practice.toml");
const ADA: &str = include_str!("assembly/ada.xml");
const BEN: &str = include_str!("assembly/ben.xml");
const FEED: &str = include_str!("assembly/feed.hl7");
const CLAIMS: &str = include_str!("assembly/claims.x12");
const REMITTANCE: &str = include_str!("assembly/remittance.x12");

fn folder() -> MemoryFolder {
    MemoryFolder::default()
        .with("ada.xml", ADA)
        .with("ben.xml", BEN)
        .with("claims.x12", CLAIMS)
        .with("feed.hl7", FEED)
        .with("remittance.x12", REMITTANCE)
}

fn practice(folder: &MemoryFolder) -> Run {
    support::run(&support::plan(PRACTICE), folder)
}

/// The rules of the practice without the further identifiers.
fn without_also() -> String {
    let mut text = String::new();
    let mut inside = false;
    for line in PRACTICE.lines() {
        inside = line.starts_with("also") || inside && line.starts_with(' ');
        if !inside {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}

/// The files of which the entries of each chart were made, the chart of the first file first.
fn charts(run: &Run) -> Vec<BTreeSet<String>> {
    let files = |unit: &Unit| {
        let records = unit.chart.records.iter();
        let from = records.flat_map(|record| &record.provenance);
        from.map(|one| one.address.source.to_string()).collect()
    };
    let mut charts: Vec<BTreeSet<String>> = run.units[1..].iter().map(files).collect();
    charts.sort();
    charts
}

fn names(files: &[&str]) -> BTreeSet<String> {
    files.iter().map(|file| (*file).to_owned()).collect()
}

/// The addresses of all issues with a code, and how bad they are.
fn found(run: &Run, code: &str) -> BTreeSet<(Severity, String)> {
    let issues = run
        .issues
        .iter()
        .filter(|issue| issue.code.as_str() == code);
    issues
        .map(|issue| (issue.severity, address(issue)))
        .collect()
}

fn address(issue: &Issue) -> String {
    issue.address.as_ref().expect("it has one").to_string()
}

/// The codes of the allergies of each chart.
fn allergies(run: &Run) -> BTreeSet<Vec<String>> {
    let codes = |unit: &Unit| {
        let mut codes: Vec<String> = unit
            .chart
            .of::<Allergy>()
            .map(|(_, allergy)| {
                let coding = &allergy.code.value().unwrap().coding[0];
                coding.code.value().unwrap().expose().to_owned()
            })
            .collect();
        codes.sort();
        codes
    };
    run.units[1..].iter().map(codes).collect()
}

#[test]
fn one_number_written_in_four_ways_is_one_chart() {
    let run = practice(&folder());
    assert_eq!(
        charts(&run),
        [
            names(&["ada.xml", "claims.x12", "feed.hl7", "remittance.x12"]),
            names(&["ben.xml", "claims.x12", "feed.hl7", "remittance.x12"]),
        ]
    );
    for unit in &run.units[1..] {
        let people: Vec<_> = unit.chart.of::<Patient>().collect();
        let [(record, patient)] = people[..] else {
            panic!("{} people in one chart", people.len())
        };
        assert_eq!(Some(record.id), unit.patient);
        assert_eq!(record.provenance.len(), 4);
        assert!(
            patient.identifier.len() >= 2,
            "numbers of the practice and of the payer"
        );
    }
    assert_eq!(
        allergies(&run),
        BTreeSet::from([
            vec!["2670".to_owned()],
            vec!["2670".to_owned(), "7980".to_owned()]
        ])
    );
    assert_eq!(
        found(&run, "patient-identifiers-joined"),
        [
            "ada.xml: record 1, line 1, byte 0",
            "ben.xml: record 1, line 1, byte 0"
        ]
        .map(|at| (Severity::Information, at.to_owned()))
        .into()
    );
    assert_eq!(run.unaccounted(), []);
    assert!(run.tally.balances());
    assert!(
        run.issues
            .iter()
            .all(|issue| issue.severity > Severity::Error)
    );
}

#[test]
fn without_the_rule_they_stay_apart() {
    let run = support::run(&support::plan(&without_also()), &folder());
    assert_eq!(
        charts(&run),
        [
            names(&["ada.xml", "feed.hl7"]),
            names(&["ben.xml", "feed.hl7"]),
            names(&["claims.x12", "remittance.x12"]),
            names(&["claims.x12", "remittance.x12"]),
        ]
    );
    let shipped = PRACTICE.split("[[source]]").next().unwrap();
    let run = support::run(&support::plan(shipped), &folder());
    let charts = charts(&run);
    assert_eq!(charts.len(), 6);
    assert!(charts.contains(&names(&["ada.xml"])), "{charts:?}");
    assert_eq!(
        run.codes()
            .iter()
            .filter(|code| code.starts_with("patient-"))
            .count(),
        0
    );
}

#[test]
fn the_order_of_files_and_the_size_of_partitions_do_not_matter() {
    let expected = practice(&folder()).fhir();
    let plan = support::plan(PRACTICE);
    for threads in [1, 2] {
        let how = support::How {
            partition_bytes: 1,
            threads,
            ..support::How::default()
        };
        let run = support::run_as(&plan, &folder(), &how).unwrap();
        assert_eq!(run.fhir(), expected);
    }
    // the same claims before and behind the documents that tell whose they are
    let ids = |run: &Run| -> Vec<_> { run.units.iter().map(|unit| unit.patient).collect() };
    let renamed = MemoryFolder::default()
        .with("a.x12", CLAIMS)
        .with("b.xml", BEN)
        .with("c.xml", ADA);
    let run = support::run(&plan, &renamed);
    assert_eq!(ids(&run), ids(&practice(&folder())));
}

#[test]
fn a_number_that_two_people_share_merges_nobody() {
    // the member number of Ada stands in the document of Ben: a family, or a mistake
    let folder = folder().with("ben.xml", BEN.replace("M200", "M100"));
    let run = practice(&folder);
    assert_eq!(
        charts(&run),
        [
            names(&["ada.xml", "feed.hl7"]),
            names(&["ben.xml", "feed.hl7"]),
            names(&["claims.x12", "remittance.x12"]),
            names(&["claims.x12", "remittance.x12"]),
        ]
    );
    assert_eq!(
        found(&run, "patient-identifiers-conflict"),
        [
            "ada.xml: record 1, line 1, byte 0",
            "ben.xml: record 1, line 1, byte 0"
        ]
        .map(|at| (Severity::Fatal, at.to_owned()))
        .into()
    );
    assert_eq!(found(&run, "patient-identifiers-joined"), BTreeSet::new());
}

#[test]
fn a_message_that_names_two_people_lands_in_no_chart() {
    let with_both = FEED.replacen(
        "4711^^^HARBOR&2.999.1.1&ISO^MR",
        "4711^^^HARBOR&2.999.1.1&ISO^MR~4712^^^HARBOR&2.999.1.1&ISO^MR",
        1,
    );
    let run = practice(&folder().with("feed.hl7", with_both));
    let rejected = run.rejected();
    assert_eq!(rejected.len(), 1);
    assert_eq!(
        (rejected[0].0.as_str(), rejected[0].1),
        ("feed.hl7: record 1, line 1, byte 0", "patient-ambiguous")
    );
    // the allergy of the message stands nowhere, and the two people are still two
    assert_eq!(
        allergies(&run),
        BTreeSet::from([vec!["2670".to_owned()], vec!["7980".to_owned()]])
    );
    assert_eq!(run.units.len(), 3);
    assert_eq!(found(&run, "patient-identifiers-conflict"), BTreeSet::new());
}

/// The fatal issues of a feed in which the person under Ada's number is described otherwise: field
/// and file.
fn contradictions(pid: &str) -> BTreeSet<(String, String)> {
    let feed = FEED.replacen("Okafor^Ada||19540323|F", pid, 1);
    assert_ne!(feed, FEED);
    let run = practice(&folder().with("feed.hl7", feed));
    let fatal = run
        .issues
        .iter()
        .filter(|issue| issue.severity == Severity::Fatal);
    fatal
        .map(|issue| {
            assert_eq!(issue.code.as_str(), "patient-identity-conflict");
            assert!(issue.record.is_some());
            let file = issue.address.as_ref().unwrap().source.to_string();
            (issue.field.as_ref().unwrap().to_string(), file)
        })
        .collect()
}

#[test]
fn somebody_else_under_the_same_number_blocks_the_run() {
    let both = |fields: &[&str]| -> BTreeSet<(String, String)> {
        let files = ["ada.xml", "feed.hl7"];
        let pairs = fields
            .iter()
            .flat_map(|field| files.map(|file| (*field, file)));
        pairs
            .map(|(field, file)| (field.to_owned(), file.to_owned()))
            .collect()
    };
    let all = contradictions("Smith^Bo||19700101|M");
    // what later feeds say is compared with both
    assert!(
        all.is_superset(&both(&["birthDate", "gender", "name"])),
        "{all:?}"
    );
    let of = |pid: &str| -> BTreeSet<String> {
        contradictions(pid)
            .into_iter()
            .map(|(field, _)| field)
            .collect()
    };
    let one = |field: &str| BTreeSet::from([field.to_owned()]);
    assert_eq!(of("Okafor^Ada||19540324|F"), one("birthDate"));
    assert_eq!(of("Okafor^Ada||19540323|M"), one("gender"));
    assert_eq!(of("Smith^Bo||19540323|F"), one("name"));
}

#[test]
fn marriage_precision_and_silence_are_no_contradiction() {
    for pid in [
        "Okafor-Roe^Ada||19540323|F",
        "Roe^Ada||19540323|F",
        "Okafor^A||195403|F",
        "Okafor^Ada||1954|",
        "Okafor^Ada|||U",
        "OKAFOR^ADA^B||19540323|F",
    ] {
        assert_eq!(contradictions(pid), BTreeSet::new(), "{pid}");
    }
}

#[test]
fn an_entry_that_arrives_twice_is_one_with_both_addresses() {
    let again = ADA.replace("extension=\"1\"", "extension=\"9\"");
    let same_key = folder().with("ada-again.xml", again.as_str());
    let renumbered = again
        .replace("extension=\"a1\"", "extension=\"x1\"")
        .replace("extension=\"p1\"", "extension=\"y1\"");
    let other_key = folder().with("ada-again.xml", renumbered);
    let merging = format!(
        "{PRACTICE}\n[[map]]\nname = \"ccda.allergy\"\nsame-content = \"merge\"\n\
         [[map]]\nname = \"ccda.problem\"\nsame-content = \"merge\"\n"
    );
    // document, export, how many allergies and problems Ada has of her two documents
    for (document, export, each) in [
        (PRACTICE, &same_key, 1),
        (PRACTICE, &other_key, 2),
        (merging.as_str(), &other_key, 1),
    ] {
        let run = support::run(&support::plan(document), export);
        let ada = run
            .units
            .iter()
            .find(|unit| unit.rows.iter().any(|(at, _)| at.starts_with("ada.xml")));
        let chart = &ada.unwrap().chart;
        let of_documents: Vec<_> = chart
            .of::<Allergy>()
            .map(|(record, _)| record)
            .chain(chart.of::<Problem>().map(|(record, _)| record))
            .filter(|record| !record.provenance[0].address.source.starts_with("feed"))
            .collect();
        assert_eq!(of_documents.len(), 2 * each);
        let noted = found(&run, "duplicate-record");
        for record in of_documents {
            assert_eq!(record.provenance.len(), 3 - each);
            let files: BTreeSet<_> = record
                .provenance
                .iter()
                .map(|one| &one.address.source)
                .collect();
            assert_eq!(files.len(), 3 - each);
            let about = record.provenance.last().unwrap().address.to_string();
            assert_eq!(
                noted.iter().any(|(_, at)| *at == about),
                each == 1,
                "{about}"
            );
        }
        assert_eq!(run.unaccounted(), []);
    }
}

/// Two formats whose maps say the same of one allergy.
const TWO_FORMATS: &str = r#"
[document]
name = "two"
version = "1"
format = "mixed"
system = "https://legacy.example"

[[source]]
name = "ccda"
format = "ccda"
patient = [["=harbor", "ClinicalDocument/recordTarget/patientRole/id[@root='2.999.1.1']/@extension"]]

[[source]]
name = "hl7v2"
format = "hl7v2"
patient = [["=harbor", "PID/PID-3[4/1='HARBOR']/1"]]

[[map]]
name = "ccda.patient"
from = "ccda"
to = "Patient"
same-key = "merge"
[map.fields]
"identifier[0]" = { from = "ClinicalDocument/recordTarget/patientRole/id", as = "II" }

[[map]]
name = "hl7v2.patient"
from = "hl7v2"
to = "Patient"
same-key = "merge"
[map.fields]
"identifier[*]" = { from = "PID/PID-3", as = "CX" }

[[map]]
name = "ccda.allergy"
from = "ccda"
at = "//observation[templateId/@root='2.16.840.1.113883.10.20.22.4.7']"
to = "Allergy"
key = [["id/@root", "id/@extension"]]
same-content = "merge"
[map.fields]
"identifier[*]" = { from = "id", as = "II" }
"code" = { from = "participant/participantRole/playingEntity/code", as = "CD" }

[[map]]
name = "hl7v2.allergy"
from = "hl7v2"
at = "AL1"
to = "Allergy"
key = [["AL1-1"]]
same-content = "merge"
[map.fields]
"code" = { from = "AL1-3", as = "CWE" }
"#;

#[test]
fn two_formats_may_say_the_same() {
    let feed = FEED.replace("2670^Codeine^RXNORM", "7980^^RXNORM");
    let folder = MemoryFolder::default()
        .with("ada.xml", ADA)
        .with("feed.hl7", feed);
    let entries = |document: &str| -> Vec<Vec<String>> {
        let run = support::run(&support::plan(document), &folder);
        let records = run.records().filter(|one| one.kind().name() == "Allergy");
        let mut all: Vec<Vec<String>> = records
            .map(|one| {
                one.provenance
                    .iter()
                    .map(|one| one.address.source.to_string())
                    .collect()
            })
            .collect();
        all.sort();
        let notes = found(&run, "duplicate-record");
        assert_eq!(
            notes.iter().any(|(_, at)| at.ends_with("AL1")),
            all.len() == 1
        );
        all
    };
    assert_eq!(entries(TWO_FORMATS), [["ada.xml", "feed.hl7"]]);
    let apart = TWO_FORMATS.replace("same-content = \"merge\"\n", "");
    assert_eq!(entries(&apart), [["ada.xml"], ["feed.hl7"]]);
}

/// A document that extends the shipped one of C-CDA and says one thing otherwise.
fn vendor(lines: &str) -> String {
    format!(
        "[document]\nname = \"vendor\"\nversion = \"1\"\nextends = [\"ccda-r2.1\"]\n\
         [[map]]\nname = \"ccda.problem\"\n[map.fields]\n{lines}\n"
    )
}

#[test]
fn an_override_of_one_line_changes_that_field_alone() {
    let folder = MemoryFolder::default().with("ada.xml", ADA);
    let shipped = support::run(&support::plan(&vendor("")), &folder);
    let onset =
        r#""onsetDateTime" = { from = "effectiveTime/low", as = "TS", via = ["date-part"] }"#;
    let same = support::run(&support::plan(&vendor(onset)), &folder);
    assert_eq!(
        same.fhir(),
        shipped.fhir(),
        "the line says the same in other words"
    );

    let from_author =
        r#""onsetDateTime" = { from = "/ClinicalDocument/effectiveTime", as = "TS" }"#;
    let other = support::run(&support::plan(&vendor(from_author)), &folder);
    let changed = r#""onsetDateTime":"2024-01-05""#;
    let expected = shipped
        .fhir()
        .replace(r#""onsetDateTime":"2018-03""#, changed);
    assert_eq!(other.fhir().matches(changed).count(), 1);
    assert_eq!(other.fhir(), expected);
}

#[test]
fn a_line_taken_away_moves_its_values_to_unaccounted() {
    let folder = MemoryFolder::default().with("ada.xml", ADA);
    let shipped = support::run(&support::plan(&vendor("")), &folder);
    assert_eq!(shipped.unaccounted(), []);
    let without = support::run(
        &support::plan(&vendor("\"onsetDateTime\" = false")),
        &folder,
    );
    let expected = shipped
        .fhir()
        .replacen(r#","onsetDateTime":"2018-03""#, "", 1);
    assert_ne!(expected, shipped.fhir());
    assert_eq!(without.fhir(), expected);
    let open = without.unaccounted();
    let [(source, path, count)] = open.as_slice() else {
        panic!("{open:?}")
    };
    assert_eq!((source.as_str(), *count), ("ccda", 1));
    assert!(
        path.ends_with("entryRelationship/observation/effectiveTime/low/@value"),
        "{path}"
    );
}

#[test]
fn one_file_knows_its_identifiers_too() {
    let plan = support::plan(PRACTICE);
    let with_member = |feed: &str| feed.replacen("&ISO^MR|", "&ISO^MR~M100^^^GREAT^MB|", 1);
    let run = |bytes: &str| {
        let mut units = Vec::new();
        let rejects = map_file(&plan, "feed.hl7", bytes.as_bytes(), |unit, _| {
            let issues: Vec<_> = unit
                .chart
                .issues
                .iter()
                .map(|one| one.code.as_str())
                .collect();
            units.push(
                issues.contains(&"patient-identifiers-joined") as usize
                    + 10 * usize::from(issues.contains(&"patient-identifiers-conflict")),
            );
        })
        .unwrap();
        units.sort_unstable();
        (units, rejects.len())
    };
    assert_eq!(run(FEED), (vec![0, 0], 0));
    assert_eq!(run(&with_member(FEED)), (vec![0, 1], 0));
    let both = with_member(FEED).replacen(
        "4712^^^HARBOR&2.999.1.1&ISO^MR|",
        "4712^^^HARBOR^MR~M100^^^GREAT^MB|",
        1,
    );
    assert_eq!(run(&both), (vec![10, 10], 0));
}
