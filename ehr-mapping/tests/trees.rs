//! The engine on records that are trees: paths, contexts, keys, alternatives, rules, books.

use crate::support;

use ehr_mapping::mapper::{DUPLICATE_RECORD, SOURCES_DISAGREE, VALUES_DISAGREE};
use ehr_mapping::source::MemoryFolder;
use ehr_model::kind::{Allergy, Authorship, Patient, Problem};
use ehr_model::record::Kind;

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

/// Resources of FHIR, whose records refer to one another by keys of the format.
const RESOURCES: &str = r#"
[document]
name = "resources"
version = "1"
format = "fhir"
system = "https://legacy.example"

[[source]]
name = "modified"
format = "fhir"
when = [{ path = "//modifierExtension/url", filled = true }]
reject = "modifier-extension"

[[source]]
name = "drugs"
format = "fhir"
shared = true
lookup = ["code"]
when = [{ path = "resourceType", in = ["Medication"] }]

[[source]]
name = "resources"
format = "fhir"
books-by = "resourceType"
patient = [["@ | reference-key(Patient)"], ["subject/reference | reference-key(Patient)"]]
through = [["target/reference | reference-key"]]

[[map]]
name = "patient"
from = "resources"
to = "Patient"
when = [{ path = "resourceType", in = ["Patient"] }]
[map.fields]
"identifier[*]" = { from = "identifier", as = "Identifier" }
"name[*]" = { from = "name", as = "HumanName" }

[[map]]
name = "problem"
from = "resources"
to = "Problem"
key = [["@"], ["~"]]
when = [{ path = "resourceType", in = ["Condition"] }]
[map.fields]
"code" = { from = "code", as = "CodeableConcept" }
"onset[x]" = { from = "onset[x]", as = "value[x]" }

[[map]]
name = "contained"
from = "resources"
at = "contained[resourceType='Condition']"
to = "Problem"
key = [["~"]]
like = "problem"

[[map]]
name = "drug"
from = "resources"
to = "Medication"
key = [["@"]]
when = [{ path = "resourceType", in = ["MedicationRequest"] }]
[map.fields]
"medication[x]" = { from = "medication[x]", as = "Medication" }

[[map]]
name = "authorship"
from = "resources"
to = "Authorship"
key = [["@"], ["~"]]
when = [{ path = "resourceType", in = ["Provenance"] }]
[map.fields]
"target[*]" = { from = "target", as = "Reference" }

[[rule]]
source = ["resources", "drugs"]
paths = ["id", "entry", "contained/id"]
fate = "archive"
reason = "Names on the server"
"#;

const PERSON: &str = r#"{"resourceType":"Patient","id":"p1","name":[{"family":"Okafor"}]}"#;

fn resources(lines: &[&str]) -> support::Run {
    let folder = MemoryFolder::default().with("a.ndjson", lines.join("\n"));
    support::run(&support::plan(RESOURCES), &folder)
}

#[test]
fn a_record_finds_its_patient_through_another_one() {
    let run = resources(&[
        r#"{"resourceType":"Provenance","id":"v1","target":[{"reference":"Condition/c1"}]}"#,
        PERSON,
        r#"{"resourceType":"Condition","id":"c1","code":{"text":"x"},"subject":{"reference":"Patient/p1"}}"#,
        r#"{"resourceType":"Provenance","id":"v2","target":[{"reference":"Condition/c9"}]}"#,
    ]);
    let chart = &run.units[1].chart;
    let (_, authorship) = chart.of::<Authorship>().next().unwrap();
    let (problem, _) = chart.of::<Problem>().next().unwrap();
    assert_eq!(
        authorship.target[0].target(),
        Some((Kind::Problem, problem.id))
    );
    let rejected = run.rejected();
    assert_eq!(rejected.len(), 1);
    assert_eq!(rejected[0].1, "patient-not-found");
}

#[test]
fn a_source_may_set_its_records_aside() {
    let run = resources(&[
        PERSON,
        r#"{"resourceType":"Condition","id":"c1","modifierExtension":[{"url":"https://x.example","valueBoolean":true}],"code":{"text":"x"},"subject":{"reference":"Patient/p1"}}"#,
    ]);
    assert_eq!(run.units[1].chart.of::<Problem>().count(), 0);
    assert_eq!(run.rejected()[0].1, "modifier-extension");
    assert_eq!(run.counts("modified").rejected, 1);
    assert_eq!(run.counts("resources: Patient").mapped, 1);
}

#[test]
fn shared_records_are_looked_up_by_their_own_keys() {
    let run = resources(&[
        PERSON,
        r#"{"resourceType":"Medication","id":"m1","code":{"text":"Aspirin"}}"#,
        r#"{"resourceType":"MedicationRequest","id":"r1","medicationReference":{"reference":"Medication/m1"},"subject":{"reference":"Patient/p1"}}"#,
    ]);
    assert!(
        run.fhir()
            .contains(r#""medicationCodeableConcept":{"text":"Aspirin"}"#)
    );
    let leaves = run.leaves("drugs", "code/text");
    assert_eq!((leaves.mapped, leaves.nonempty), (1, 1));
    // the line that names what a record is belongs to a condition of its source
    assert_eq!(run.leaves("resources: Patient", "resourceType").mapped, 1);
}

#[test]
fn a_map_takes_the_lines_of_another_one() {
    let run = resources(&[
        PERSON,
        r##"{"resourceType":"Provenance","id":"v1","contained":[{"resourceType":"Condition","id":"c","code":{"text":"inside"}}],"target":[{"reference":"#c"},{"reference":"Patient/p1"}]}"##,
        r#"{"resourceType":"Condition","id":"c1","code":{"text":"outside"},"onsetDateTime":"2020","onsetString":"long ago","subject":{"reference":"Patient/p1"}}"#,
    ]);
    // a Provenance that names its patient only among other targets waits for the first of them
    let texts: Vec<_> = run.units[1]
        .chart
        .of::<Problem>()
        .map(|(_, problem)| problem.code.value().unwrap().text.value().unwrap().expose())
        .collect();
    assert_eq!(texts.len(), 2, "{texts:?}");
    // of two types of one choice the first stands
    assert!(
        run.codes().contains(&VALUES_DISAGREE.as_str()),
        "{:?}",
        run.codes()
    );
}

#[test]
fn uuids_are_kept_as_ids_where_the_document_says_so() {
    let id = "0a1b2c3d-1111-4222-8333-444455556666";
    let line = PERSON.replace("p1", id);
    let kept = RESOURCES.replace(
        "format = \"fhir\"\nsystem",
        "format = \"fhir\"\nkeep-uuids = true\nsystem",
    );
    for (document, same) in [(RESOURCES, false), (kept.as_str(), true)] {
        let folder = MemoryFolder::default().with("a.ndjson", line.as_str());
        let run = support::run(&support::plan(document), &folder);
        assert_eq!(run.units[1].patient.unwrap().to_string() == id, same);
    }
}

#[test]
fn a_bundle_says_what_its_urns_are() {
    let bundle = r#"{"resourceType":"Bundle","type":"collection","entry":[
{"fullUrl":"urn:uuid:0A1B2C3D-1111-4222-8333-444455556666","resource":{"resourceType":"Patient","id":"p1","name":[{"family":"Okafor"}]}},
{"fullUrl":"urn:uuid:1a1b2c3d-1111-4222-8333-444455556666","resource":{"resourceType":"Condition","code":{"text":"by id"},"subject":{"reference":"Patient/p1"}}},
{"fullUrl":"urn:uuid:2a1b2c3d-1111-4222-8333-444455556666","resource":{"resourceType":"Provenance","target":[{"reference":"urn:uuid:1a1b2c3d-1111-4222-8333-444455556666"}]}}]}"#;
    let run = resources(&[bundle]);
    let chart = &run.units[1].chart;
    let (problem, _) = chart.of::<Problem>().next().unwrap();
    let (_, authorship) = chart.of::<Authorship>().next().unwrap();
    assert_eq!(
        authorship.target[0].target(),
        Some((Kind::Problem, problem.id))
    );
}
