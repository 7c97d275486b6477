//! The engine on records that are trees: paths, contexts, keys, alternatives, rules, books.

mod support;

use ehr_mapping::mapper::{DUPLICATE_RECORD, SOURCES_DISAGREE};
use ehr_mapping::source::MemoryFolder;
use ehr_model::kind::{Allergy, Patient, Problem};

const DOCUMENT: &str = r#"
[document]
name = "tree"
version = "1"
format = "ccda"
system = "https://legacy.example"

[[source]]
name = "documents"
format = "ccda"
patient = [["ClinicalDocument/recordTarget/patientRole/id/@root", "ClinicalDocument/recordTarget/patientRole/id/@extension"]]

[[map]]
name = "patient"
from = "documents"
to = "Patient"
same-key = "merge"
[map.fields]
"identifier[0].value" = "ClinicalDocument/recordTarget/patientRole/id/@extension"
"identifier[0].system" = { from = "ClinicalDocument/recordTarget/patientRole/id/@root", via = ["prefix(urn:oid:)"] }
"name[0].given[*]" = "ClinicalDocument/recordTarget/patientRole/patient/name/given"
"name[0].family" = "ClinicalDocument/recordTarget/patientRole/patient/name/family"
"birthDate" = { from = "ClinicalDocument/recordTarget/patientRole/patient/birthTime/@value", via = ["date(YYYYMMDD)"] }

[[map]]
name = "problem"
from = "documents"
at = "//section[code/@code='11450-4']/entry/observation"
to = "Problem"
key = [["id/@root", "id/@extension"], ["~"]]
same-content = "merge"
[map.fields]
"identifier[0].value" = "id/@root"
"code.coding[0].code" = "value/@code"
"code.text" = [{ from = "value/@displayName" }, { from = "text" }]

[[map]]
name = "allergy"
from = "documents"
at = "//section[code/@code='48765-2']/entry/observation"
to = "Allergy"
key = ["id/@root"]
[map.fields]
"code.text" = "participant/name"
[[map.each]]
at = "entryRelationship/observation"
into = "reaction"
[map.each.fields]
"reaction[+].manifestation[0].text" = "value/@displayName"
"reaction[+].severity" = { from = "severity", via = ["lower"] }

[[rule]]
source = "documents"
paths = ["//section/text"]
fate = "archive"
reason = "Narrative"
"#;

fn document(given: &str, birth: &str) -> String {
    format!(
        r#"<ClinicalDocument xmlns="urn:hl7-org:v3"><recordTarget><patientRole><id root="1.2" extension="7"/>
<patient><name><given>{given}</given><given>B</given><family>Okafor</family></name><birthTime value="{birth}"/></patient></patientRole></recordTarget>
<component><structuredBody><component><section><code code="11450-4"/><text>Narrative</text>
<entry><observation><id root="p1"/><value code="38341003" displayName="Hypertension"/></observation></entry>
<entry><observation><text>free</text></observation></entry></section></component>
<component><section><code code="48765-2"/>
<entry><observation><id root="a1"/><participant><name>Penicillin</name></participant>
<entryRelationship><observation><value displayName="Hives"/><severity>MILD</severity></observation></entryRelationship>
<entryRelationship><observation><value displayName="Nausea"/><severity>SEVERE</severity></observation></entryRelationship>
</observation></entry></section></component></structuredBody></component></ClinicalDocument>"#
    )
}

#[test]
fn a_document_becomes_a_chart_and_the_books_balance() {
    let folder = MemoryFolder::default().with("a.xml", document("Ada", "19540323"));
    let run = support::run(&support::plan(DOCUMENT), &folder);
    let (chart, tally) = (&run.units[1].chart, &run.tally);
    assert_eq!(run.units.len(), 2);
    let (_, patient) = chart.of::<Patient>().next().unwrap();
    assert_eq!(patient.name[0].given.len(), 2);
    let texts: Vec<_> = chart
        .of::<Problem>()
        .map(|(_, problem)| problem.code.value().unwrap().text.value().unwrap().expose())
        .collect();
    assert_eq!(texts, ["Hypertension", "free"]);
    let (_, allergy) = chart.of::<Allergy>().next().unwrap();
    assert_eq!(allergy.reaction.len(), 2);
    let leaves = tally.total_leaves();
    // the codes of the sections were asked for by predicates, and that counts
    // and the id of the allergy stands in no line, so that it surfaces
    let open: Vec<_> = tally.sources["documents"]
        .paths
        .iter()
        .filter(|(_, counts)| counts.unaccounted > 0)
        .map(|(path, counts)| (path.rsplit('/').next().unwrap(), counts.unaccounted))
        .collect();
    assert_eq!(open, [("@root", 1)]);
    assert_eq!((leaves.archived, leaves.mapped), (1, 17));
}

#[test]
fn documents_of_one_patient_become_one_chart() {
    let folder = MemoryFolder::default()
        .with("a.xml", document("Ada", "19540323"))
        .with("b.xml", document("Adah", "19540324"));
    let run = support::run(&support::plan(DOCUMENT), &folder);
    assert_eq!(run.units.len(), 2);
    let chart = &run.units[1].chart;
    assert_eq!(chart.of::<Patient>().count(), 1);
    assert_eq!(chart.of::<Problem>().count(), 2);
    let (record, _) = chart.of::<Problem>().next().unwrap();
    assert_eq!(record.provenance.len(), 2);
    let codes: Vec<_> = chart.issues.iter().map(|issue| issue.code).collect();
    assert!(codes.contains(&DUPLICATE_RECORD));
    assert!(codes.contains(&SOURCES_DISAGREE), "{:?}", chart.issues);
    assert_eq!(run.tally.total_records().mapped, 2);
}

#[test]
fn entries_that_say_the_same_under_other_ids_are_one() {
    let second = document("Ada", "19540323").replace("root=\"p1\"", "root=\"p2\"");
    let folder = MemoryFolder::default()
        .with("a.xml", document("Ada", "19540323"))
        .with("b.xml", second);
    let run = support::run(&support::plan(DOCUMENT), &folder);
    let chart = &run.units[1].chart;
    let (record, problem) = chart.of::<Problem>().next().unwrap();
    let ids: Vec<_> = problem
        .identifier
        .iter()
        .map(|id| id.value.value().unwrap().expose())
        .collect();
    assert_eq!(ids, ["p1", "p2"]);
    let files: Vec<_> = record
        .provenance
        .iter()
        .map(|provenance| &*provenance.address.source)
        .collect();
    assert_eq!(files, ["a.xml", "b.xml"]);
    assert_eq!(chart.of::<Problem>().count(), 2);
    assert_eq!(run.tally.sources["documents"].leaves.unaccounted, 2);
}

/// Two problems with one id, each with its author, a goal that names what it is about by id, and an
/// entry that no map knows.
const LINKS: &str = r#"
[document]
name = "links"
version = "1"
format = "ccda"
system = "https://legacy.example"

[[source]]
name = "documents"
format = "ccda"
patient = ["ClinicalDocument/id/@root"]

[[map]]
name = "patient"
from = "documents"
to = "Patient"
[map.fields]
"identifier[0].value" = "ClinicalDocument/id/@root"

[[map]]
name = "problem"
from = "documents"
at = "//entry/act|observation[value]"
to = "Problem"
key = ["id/@root"]
[map.fields]
"identifier[0].value" = "id/@root"
"code.text" = "value/@displayName"

[[map]]
name = "report"
from = "documents"
at = "ClinicalDocument"
to = "DiagnosticReport"
key = ["~"]
[map.fields]
"code.text" = "title"
"result[*]" = { reference = "Problem", at = "entry/act|observation", key = ["id/@root"] }

[[map]]
name = "author"
from = "documents"
at = "//author"
to = "Authorship"
key = ["~..", "~"]
[map.fields]
"target[0]" = { reference = "*", at = ".." }
"agent[0].who.display" = "name"

[[map]]
name = "goal"
from = "documents"
at = "//goal"
to = "Goal"
key = ["~"]
[map.fields]
"description.text" = "title"
"addresses[*]" = { reference = "*", at = "about", key = ["id/@root"] }

[[rule]]
source = "documents"
paths = ["//entry/*"]
untouched = true
fate = "archive"
reason = "Entries that no map knows"
"#;

#[test]
fn references_by_node_and_by_any_kind() {
    let folder = MemoryFolder::default().with(
        "a.xml",
        r#"<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="9"/><title>Report</title>
<entry><act><id root="1"/><value displayName="A"/><author><name>Ann</name></author></act></entry>
<entry><observation><id root="1"/><value displayName="B"/><author><name>Bea</name></author></observation></entry>
<entry><act><note>unknown to all maps</note><author/></act></entry>
<entry><observation><value displayName="C"/><other>in no line</other></observation></entry>
<goal><title>Less</title><about><id root="1"/></about><about><id root="2"/></about></goal></ClinicalDocument>"#,
    );
    let run = support::run(&support::plan(LINKS), &folder);
    let id = |name: &str| {
        let problems = run.units[1].chart.of::<Problem>();
        let mut found = problems.filter(|(_, problem)| {
            problem.code.value().unwrap().text.value().unwrap().expose() == name
        });
        found.next().unwrap().0.id
    };
    let targets = |fhir: &str, list: &str| -> Vec<String> {
        let all = run.json(fhir);
        let lists = all.iter().filter_map(|one| one[list].as_array()).flatten();
        let targets = lists.filter_map(|one| one["reference"].as_str());
        targets.map(str::to_owned).collect()
    };
    let a = format!("Condition/{}", id("A"));
    let b = format!("Condition/{}", id("B"));
    assert_ne!(a, b, "one id with other content is two entries");
    assert_eq!(targets("DiagnosticReport", "result"), [&*a, &*b]);
    assert_eq!(targets("Provenance", "target"), [&*a, &*b]);
    assert_eq!(targets("Goal", "addresses"), [&*a]);
    assert!(run.codes().contains(&"reference-without-record"));
    let leaves = run.tally.total_leaves();
    assert_eq!(
        (leaves.archived, leaves.rejected, leaves.unaccounted),
        (1, 2, 1)
    );
}

#[test]
fn a_part_of_a_key_may_be_of_either_name() {
    let text = DOCUMENT.replace(
        r#"key = ["id/@root"]
[map.fields]
"code.text" = "participant/name""#,
        r#"key = ["id|other/@root | upper"]
[map.fields]
"identifier[0].value" = "id|other/@root"
"code.text" = "participant/name""#,
    );
    assert_ne!(text, DOCUMENT);
    let folder = MemoryFolder::default()
        .with("a.xml", document("Ada", "19540323"))
        .with(
            "b.xml",
            document("Ada", "19540323").replace(r#"<id root="a1"/>"#, r#"<other root="a1"/>"#),
        );
    let run = support::run(&support::plan(&text), &folder);
    assert_eq!(run.units[1].chart.of::<Allergy>().count(), 1);
}

/// A transfer of money may be for many patients, so that a payment may come from a shared source.
#[test]
fn a_payment_may_belong_to_nobody() {
    let payment = r#"
[[map]]
name = "payment"
from = "documents"
to = "Payment"
key = ["ClinicalDocument/id/@root"]
[map.fields]
"paymentAmount.value" = "ClinicalDocument/amount/@value"
"#;
    let head = &LINKS[..LINKS.find("[[map]]").expect("a map")];
    let shared = head.replace(
        r#"patient = ["ClinicalDocument/id/@root"]"#,
        "shared = true",
    );
    let folder = MemoryFolder::default().with(
        "a.xml",
        r#"<ClinicalDocument xmlns="urn:hl7-org:v3"><id root="9"/><amount value="1.50"/></ClinicalDocument>"#,
    );
    let run = support::run(&support::plan(&format!("{shared}{payment}")), &folder);
    assert_eq!(run.json("PaymentReconciliation").len(), 1);
    assert_eq!(run.units[0].chart.records.len(), 1);
}
