//! Facts of thirty-two messages of the corpus, read by plain field positions with code written for
//! this test alone, against the charts: lost, changed and invented apart.
//!
//! A fact is what somebody treats a patient by: of which kind, which code or number, when, which
//! value with its unit, and whether it is denied or an error.

use crate::support;

use std::collections::BTreeMap;
use std::fs;

use ehr_mapping::source::MemoryFolder;
use serde_json::Value;

const FILES: [&str; 32] = [
    "ADT-A01-01",
    "ADT-A03-01",
    "ADT-A04-01",
    "ADT-A08-01",
    "ADT-A11-01",
    "ADT-A13-01",
    "ADT-A28-01",
    "ADT-A31-01",
    "ADT-A40-01",
    "ADT-A60-01",
    "ADT04-251",
    "BAR-P01-01",
    "DFT-P03-01",
    "DFT-P11-01",
    "LAB-ORM-1",
    "LAB-ORU-2",
    "MDM-T02-01",
    "MDM-T02-03",
    "MDM-T10-01",
    "OMG-O19-01",
    "OML-O21-01",
    "ORM-O01-01",
    "ORU-R01-01",
    "OUL-R22-01",
    "PC1-Problem-Add-v2.3.1",
    "RDE-O11-01",
    "RDE-O25-01",
    "RDS-O13-01",
    "REF-I12-01",
    "SIU-S12-01",
    "SIU-S15-01",
    "VXU-V04-01",
];

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Fact {
    kind: &'static str,
    /// A code, a number of an order or a visit, a word.
    code: String,
    /// Digits, and an offset where there is one.
    date: String,
    value: String,
    /// How the unit is written, in any of the ways that are there.
    units: Vec<String>,
    /// `error` or `not done`, where it is.
    denied: &'static str,
}

impl Fact {
    fn new(kind: &'static str, code: &str) -> Self {
        Self {
            kind,
            code: code.trim().to_owned(),
            ..Self::default()
        }
    }

    fn at(mut self, date: &str) -> Self {
        self.date = date.trim().to_owned();
        self
    }

    fn says(mut self, value: &str) -> Self {
        self.value = value.trim().to_owned();
        self
    }

    fn denied(mut self, denied: &'static str) -> Self {
        self.denied = denied;
        self
    }

    /// The same but for the units, of which one is enough.
    fn is(&self, other: &Self) -> bool {
        let units = self.units.is_empty() == other.units.is_empty()
            && (self.units.is_empty() || self.units.iter().any(|unit| other.units.contains(unit)));
        let bare = |fact: &Self| Self {
            units: Vec::new(),
            ..fact.clone()
        };
        units && bare(self) == bare(other)
    }
}

#[test]
fn every_fact_of_thirty_messages_is_in_the_chart_and_no_other() {
    let Some(root) = support::corpus::folder("hl7v2/microsoft") else {
        return;
    };
    let plan = support::hl7v2::plan();
    let (mut total, mut kinds) = (0, BTreeMap::<&str, usize>::new());
    let (mut lost, mut changed, mut invented) = (Vec::new(), Vec::new(), Vec::new());
    for name in FILES {
        let bytes = fs::read(root.join(format!("{name}.hl7"))).expect("a file of the corpus");
        let text = String::from_utf8(bytes.clone()).expect("the corpus is UTF-8");
        let mut said = said(text.trim_start_matches('\u{FEFF}'));
        let mut charted = charted(&support::run(
            &plan,
            &MemoryFolder::default().with("a.hl7", bytes),
        ));
        assert!(said.len() >= 4, "{name} has facts");
        total += said.len();
        for fact in &said {
            *kinds.entry(fact.kind).or_default() += 1;
        }
        said.retain(|fact| match charted.iter().position(|one| one.is(fact)) {
            Some(found) => {
                charted.remove(found);
                false
            }
            None => true,
        });
        for fact in said {
            let other = charted
                .iter()
                .position(|one| (one.kind, &one.code) == (fact.kind, &fact.code));
            match other {
                Some(other) => {
                    changed.push(format!(
                        "{name}: {fact:?}\n    is {:?}",
                        charted.remove(other)
                    ));
                }
                None => lost.push(format!("{name}: {fact:?}")),
            }
        }
        invented.extend(charted.iter().map(|fact| format!("{name}: {fact:?}")));
    }
    support::say(&format!(
        "{total} facts ({kinds:?}); lost {}, changed {}, invented {}",
        lost.len(),
        changed.len(),
        invented.len()
    ));
    let mut wrong = String::new();
    for (title, list) in [
        ("LOST", &lost),
        ("CHANGED", &changed),
        ("INVENTED", &invented),
    ] {
        if !list.is_empty() {
            wrong += &format!("{title}\n{}\n", list.join("\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

// ---- what the message says -------------------------------------------------------------------

/// A segment as its fields by number.
struct Segment<'t> {
    id: &'t str,
    fields: Vec<&'t str>,
}

impl<'t> Segment<'t> {
    fn field(&self, number: usize) -> &'t str {
        let number = if self.id == "MSH" { number - 1 } else { number };
        self.fields.get(number).copied().unwrap_or_default()
    }

    /// A component of the first repetition; of one with sub-components the first.
    fn part(&self, field: usize, part: usize) -> String {
        component(
            self.field(field).split('~').next().unwrap_or_default(),
            part,
        )
    }
}

fn component(text: &str, part: usize) -> String {
    let part = text.split('^').nth(part - 1).unwrap_or_default();
    plain(part.split('&').next().unwrap_or_default())
}

/// Escape sequences of the corpus.
fn plain(text: &str) -> String {
    text.replace("\\T\\", "&")
        .replace("\\.br\\", "\n")
        .replace("\\F\\", "|")
        .trim()
        .to_owned()
}

/// The code of a coded field, or its words where it has none.
fn code(text: &str) -> String {
    let code = component(text, 1);
    if code.is_empty() {
        let words = component(text, 2);
        if words.is_empty() {
            component(text, 9)
        } else {
            words
        }
    } else {
        code
    }
}

fn said(text: &str) -> Vec<Fact> {
    let segments: Vec<Segment<'_>> = text
        .split(['\r', '\n'])
        .filter(|line| line.len() > 3)
        .map(|line| Segment {
            id: &line[..3],
            fields: line.split('|').collect(),
        })
        .collect();
    let family = segments[0].part(9, 1);
    let is_order = ["ORM", "OMG", "OML", "MDM", "PPR", "REF", "DFT", "SIU"].contains(&&*family);
    let mut facts = Vec::new();
    let (mut order, mut specimen): (Option<&Segment<'_>>, Option<&Segment<'_>>) = (None, None);
    let (mut control, mut under) = (None, "");
    for (place, one) in segments.iter().enumerate() {
        match one.id {
            "PID" if under.is_empty() => {
                under = "PID";
                patient(one, &mut facts);
            }
            "PV1" if one.part(19, 1).is_empty() && one.part(44, 1).is_empty() => {}
            "PV1" => {
                let mut visit = Fact::new("visit", &one.part(19, 1)).at(&one.part(44, 1));
                visit.value = one.part(45, 1);
                facts.push(visit);
            }
            "AL1" => {
                let mut fact = Fact::new("allergy", &code(one.field(3))).at(&one.part(6, 1));
                fact.value = words(one.field(5));
                facts.push(fact);
            }
            "IAM" => {
                let mut reactions = vec![words(one.field(5))];
                let behind = segments[place + 1..].iter();
                let behind = behind.take_while(|next| next.id != "IAM");
                let more = behind.filter(|next| next.id == "IAR");
                reactions.extend(more.map(|next| code(next.field(1))));
                reactions.retain(|reaction| !reaction.is_empty());
                let mut fact = Fact::new("allergy", &code(one.field(3))).at(&one.part(11, 1));
                fact.value = reactions.join("~");
                facts.push(fact);
            }
            "DG1" => {
                let denied = if one.field(21) == "D" { "error" } else { "" };
                facts.push(
                    Fact::new("problem", &code(one.field(3)))
                        .at(&one.part(5, 1))
                        .denied(denied),
                );
            }
            "PRB" => facts.push(Fact::new("problem", &code(one.field(3)))),
            "PR1" => facts.push(Fact::new("procedure", &code(one.field(3))).at(&one.part(5, 1))),
            "IN1" => facts.push(Fact::new("policy", &one.part(36, 1)).at(&one.part(12, 1))),
            "FT1" => {
                let service = if one.field(25).is_empty() {
                    one.field(7)
                } else {
                    one.field(25)
                };
                facts.push(
                    Fact::new("charge", &code(service))
                        .at(&one.part(4, 1))
                        .says(&one.part(11, 1)),
                );
                for diagnosis in one.field(19).split('~').filter(|text| !text.is_empty()) {
                    facts.push(Fact::new("charge diagnosis", &code(diagnosis)));
                }
            }
            "SCH" => facts.push(appointment(one, &segments[place..])),
            "RF1" => facts.push(Fact::new("order", &one.part(6, 1)).at(&one.part(9, 1))),
            "ORC" => {
                control = Some(one);
                order = None;
            }
            "OBR" => {
                order = Some(one);
                under = "OBR";
                facts.push(Fact::new("order", &code(one.field(4))).denied(state(control)));
                if !one.field(15).is_empty() {
                    facts.push(Fact::new("specimen", &one.part(15, 1)));
                }
                if !is_order {
                    facts.push(Fact::new("report", &code(one.field(4))).at(&one.part(7, 1)));
                }
            }
            "RXO" | "RXE" | "RXD" | "RXA" | "TXA" | "SPM" => {
                under = one.id;
                if one.id == "SPM" {
                    specimen = Some(one);
                }
                drug(one, control, &segments[place + 1..], &mut facts);
            }
            "OBX" => {
                // a result of a specimen was taken with it
                let specimen = specimen
                    .filter(|_| under == "SPM")
                    .map(|one| one.part(17, 1));
                let order = order.filter(|_| under == "OBR" || under == "SPM");
                let order = order.map(|order| order.part(7, 1)).unwrap_or_default();
                let taken = specimen.filter(|taken| !taken.is_empty()).unwrap_or(order);
                result(one, taken, under, &mut facts);
            }
            _ => {}
        }
    }
    facts.sort();
    // the same allergy beneath several orders, and one specimen of several, is one
    facts.dedup_by(|a, b| a == b && matches!(a.kind, "allergy" | "specimen"));
    facts
}

/// Whether an order is cancelled.
fn state(control: Option<&Segment<'_>>) -> &'static str {
    match control.map(|control| control.field(1)) {
        Some("CA" | "OC" | "DC" | "OD") => "not done",
        _ => "",
    }
}

fn patient(one: &Segment<'_>, facts: &mut Vec<Fact>) {
    let sex = match one.field(8) {
        "M" => "male",
        "F" => "female",
        _ => "unknown",
    };
    let born = one.part(7, 1);
    facts.push(Fact::new("person", sex).at(&born[..born.len().min(8)]));
    for name in [one.field(5), one.field(9)]
        .iter()
        .flat_map(|names| names.split('~'))
    {
        if !name.is_empty() {
            // the first of the given names, or a further one where there is none
            let given = [component(name, 2), component(name, 3)];
            let given = given.into_iter().find(|given| !given.is_empty());
            facts.push(Fact::new("name", &component(name, 1)).says(&given.unwrap_or_default()));
        }
    }
    for number in [2, 3, 4, 18] {
        for number in one
            .field(number)
            .split('~')
            .filter(|number| !number.is_empty())
        {
            facts.push(Fact::new("number", &component(number, 1)));
        }
    }
}

fn words(text: &str) -> String {
    let all: Vec<String> = text
        .split('~')
        .map(code)
        .filter(|word| !word.is_empty())
        .collect();
    all.join("~")
}

/// An appointment begins at its timing, which stands behind it, or in itself.
fn appointment(one: &Segment<'_>, rest: &[Segment<'_>]) -> Fact {
    let timing = rest.iter().find(|one| one.id == "TQ1");
    let start = timing.map_or(one.part(11, 4), |timing| timing.part(7, 1));
    let denied = match one.field(25) {
        "Cancelled" | "Dc" => "not done",
        "Deleted" => "error",
        _ => "",
    };
    Fact::new("appointment", &one.part(1, 1))
        .at(&start)
        .denied(denied)
}

fn drug(
    one: &Segment<'_>,
    control: Option<&Segment<'_>>,
    rest: &[Segment<'_>],
    facts: &mut Vec<Fact>,
) {
    let amount = |number: usize, unit: usize| (plain(one.field(number)), units(one.field(unit)));
    let routes = rest
        .iter()
        .take_while(|next| !matches!(next.id, "ORC" | "RXE" | "RXD" | "RXO"))
        .filter(|next| next.id == "RXR")
        .map(|next| Fact::new("route", &code(next.field(1))));
    match one.id {
        "RXO" | "RXE" => {
            let (drug, least, most, unit) = if one.id == "RXO" {
                (1, 2, 3, 4)
            } else {
                (2, 3, 4, 5)
            };
            let refills = if one.id == "RXO" { 13 } else { 12 };
            let (dose, units) = amount(least, unit);
            let most = plain(one.field(most));
            let dose = if most.is_empty() {
                dose
            } else {
                format!("{dose}-{most}")
            };
            let mut fact = Fact::new("prescription", &code(one.field(drug))).denied(state(control));
            fact.value = format!("{dose} refills {}", one.field(refills));
            fact.units = units;
            facts.push(fact);
            facts.extend(routes);
        }
        "RXD" => {
            let (value, units) = amount(4, 5);
            let mut fact = Fact::new("fill", &code(one.field(2))).at(&one.part(3, 1));
            (fact.value, fact.units) = (value, units);
            facts.push(fact);
            facts.extend(routes);
        }
        "RXA" => {
            let (value, units) = amount(6, 7);
            let denied = match one.part(20, 1).as_str() {
                "RE" | "NA" => "not done",
                _ => "",
            };
            let mut fact = Fact::new("vaccination", &code(one.field(5))).at(&one.part(3, 1));
            (fact.value, fact.units) = (value, units);
            facts.push(fact.denied(denied));
            facts.extend(routes);
        }
        "TXA" => facts.push(Fact::new("document", &one.part(12, 1)).at(&one.part(6, 1))),
        "SPM" => facts.push(Fact::new("specimen", &code(one.field(4)))),
        _ => {}
    }
}

fn units(text: &str) -> Vec<String> {
    let both = [component(text, 1), component(text, 2)];
    both.into_iter().filter(|unit| !unit.is_empty()).collect()
}

fn result(one: &Segment<'_>, else_taken: String, under: &str, facts: &mut Vec<Fact>) {
    let kind = one.field(2);
    let values: Vec<&str> = one.field(5).split('~').collect();
    if kind == "ED" || kind == "RP" {
        for value in values {
            let content = component(value, if kind == "ED" { 5 } else { 1 });
            // what is no base64 is set aside
            if !content.is_empty() && !content.contains('<') {
                facts.push(Fact::new("attachment", &content));
            }
        }
        return;
    }
    if under == "TXA" && ["TX", "FT", "ST"].contains(&kind) {
        for value in values {
            let lines = plain(value);
            let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
            facts.extend(lines.map(|line| Fact::new("line", line)));
        }
        return;
    }
    if one.field(3).is_empty() {
        return;
    }
    let taken = one.part(14, 1);
    let taken = if taken.is_empty() { else_taken } else { taken };
    let denied = match one.field(11) {
        "W" | "D" => "error",
        "X" | "N" => "not done",
        _ => "",
    };
    let mut fact = Fact::new("result", &code(one.field(3)))
        .at(&taken)
        .denied(denied);
    let said: Vec<String> = values
        .iter()
        .map(|value| match kind {
            "CE" | "CWE" | "CNE" | "IS" | "ID" => code(value),
            _ => plain(&value.replace(['^', '&'], " ")),
        })
        .filter(|value| !value.is_empty())
        .collect();
    let text = ["TX", "FT", "ST"].contains(&kind);
    fact.value = said.join(if text { "\n" } else { "~" });
    if kind == "NM" && !fact.value.is_empty() {
        fact.units = units(one.field(6));
    }
    facts.push(fact);
}

// ---- what the chart says ---------------------------------------------------------------------

fn charted(run: &support::Run) -> Vec<Fact> {
    let mut facts = Vec::new();
    for record in run.records().map(support::json) {
        let kind = record["resourceType"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        match kind.as_str() {
            "Patient" => person(&record, &mut facts),
            "Encounter" => {
                let (start, end) = (
                    date(&record["period"], "start"),
                    date(&record["period"], "end"),
                );
                let number = text(&record["identifier"][0]["value"]);
                if !(number.is_empty() && start.is_empty()) {
                    facts.push(Fact::new("visit", &number).at(&start).says(&end));
                }
            }
            "AllergyIntolerance" => {
                let reactions: Vec<String> = list(&record["reaction"])
                    .flat_map(|one| list(&one["manifestation"]))
                    .map(concept)
                    .collect();
                let mut fact = Fact::new("allergy", &concept(&record["code"]))
                    .at(&date(&record, "onsetDateTime"));
                fact.value = reactions.join("~");
                facts.push(fact);
            }
            "Condition" => {
                let extensions = list(&record["extension"]);
                let mut asserted =
                    extensions.filter(|one| text(&one["url"]).ends_with("condition-assertedDate"));
                let on = asserted
                    .next()
                    .map_or(String::new(), |one| date(one, "valueDateTime"));
                let problem =
                    text(&record["category"][0]["coding"][0]["code"]) == "problem-list-item";
                let fact = Fact::new("problem", &concept(&record["code"]));
                let verified = text(&record["verificationStatus"]["coding"][0]["code"]);
                let fact = fact.denied(if verified == "entered-in-error" {
                    "error"
                } else {
                    ""
                });
                facts.push(if problem { fact } else { fact.at(&on) });
            }
            "Procedure" => {
                facts.push(
                    Fact::new("procedure", &concept(&record["code"]))
                        .at(&date(&record, "performedDateTime")),
                );
            }
            "Coverage" => {
                let number = text(&record["identifier"][0]["value"]);
                facts.push(Fact::new("policy", &number).at(&date(&record["period"], "start")));
            }
            "Claim" => claim(&record, &mut facts),
            "Appointment" => {
                let denied = match text(&record["status"]).as_str() {
                    "cancelled" => "not done",
                    "entered-in-error" => "error",
                    _ => "",
                };
                let number = text(&record["identifier"][0]["value"]);
                facts.push(
                    Fact::new("appointment", &number)
                        .at(&date(&record, "start"))
                        .denied(denied),
                );
            }
            "ServiceRequest" => order(&record, &mut facts),
            "DiagnosticReport" => {
                let taken = [
                    date(&record, "effectiveDateTime"),
                    date(&record["effectivePeriod"], "start"),
                ];
                facts.push(Fact::new("report", &concept(&record["code"])).at(&taken.concat()));
            }
            "Observation" => observation(&record, &mut facts),
            "MedicationRequest" => prescription(&record, &mut facts),
            "MedicationDispense" => {
                let mut fact = Fact::new("fill", &concept(&record["medicationCodeableConcept"]))
                    .at(&date(&record, "whenHandedOver"));
                (fact.value, fact.units) = quantity(&record["quantity"]);
                facts.push(fact);
                routes(&record["dosageInstruction"], &mut facts);
            }
            "Immunization" => {
                let mut fact = Fact::new("vaccination", &concept(&record["vaccineCode"]))
                    .at(&date(&record, "occurrenceDateTime"));
                (fact.value, fact.units) = quantity(&record["doseQuantity"]);
                fact.denied = if record["status"] == "not-done" {
                    "not done"
                } else {
                    ""
                };
                facts.push(fact);
                if !record["route"].is_null() {
                    facts.push(Fact::new("route", &concept(&record["route"])));
                }
            }
            "DocumentReference" => document(&record, &mut facts),
            "Specimen" => facts.push(Fact::new("specimen", &concept(&record["type"]))),
            _ => {}
        }
    }
    facts.sort();
    facts
}

fn person(record: &Value, facts: &mut Vec<Fact>) {
    facts.push(Fact::new("person", &text(&record["gender"])).at(&date(record, "birthDate")));
    for name in list(&record["name"]) {
        // what somebody is called, and names of merged numbers, stand in other fields
        if !(name["family"].is_null() || name["use"] == "old") {
            facts.push(Fact::new("name", &text(&name["family"])).says(&text(&name["given"][0])));
        }
    }
    for number in list(&record["identifier"]) {
        let kind = text(&number["type"]["coding"][0]["code"]);
        // the numbers of PID-19 and PID-20, and those of merged accounts
        let elsewhere =
            kind == "DL" || kind == "SS" && number["assigner"].is_null() || number["use"] == "old";
        if !elsewhere {
            facts.push(Fact::new("number", &text(&number["value"])));
        }
    }
}

fn claim(record: &Value, facts: &mut Vec<Fact>) {
    for item in list(&record["item"]) {
        let on = date(&item["servicedPeriod"], "start");
        let amount = number(&item["net"]["value"]);
        facts.push(
            Fact::new("charge", &concept(&item["productOrService"]))
                .at(&on)
                .says(&amount),
        );
    }
    for diagnosis in list(&record["diagnosis"]) {
        facts.push(Fact::new(
            "charge diagnosis",
            &concept(&diagnosis["diagnosisCodeableConcept"]),
        ));
    }
}

fn order(record: &Value, facts: &mut Vec<Fact>) {
    let denied = if record["status"] == "revoked" {
        "not done"
    } else {
        ""
    };
    if list(&record["category"]).any(|one| one["text"] == "supply") {
        return; // supplies are no facts of treatment
    }
    let referral = text(&record["code"]["coding"][0]["system"]).contains("v2-0281")
        || record["occurrencePeriod"].is_object() && record["code"]["coding"][0]["code"] == "O";
    if referral || record["code"]["coding"][0]["code"] == "EXTERNAL" {
        let number = text(&record["identifier"][0]["value"]);
        facts.push(Fact::new("order", &number).at(&date(record, "authoredOn")));
    } else if record["code"]["coding"].is_array() || record["code"]["text"].is_string() {
        facts.push(Fact::new("order", &concept(&record["code"])).denied(denied));
    }
}

fn observation(record: &Value, facts: &mut Vec<Fact>) {
    let taken = [
        date(record, "effectiveDateTime"),
        date(&record["effectivePeriod"], "start"),
    ]
    .concat();
    let denied = match text(&record["status"]).as_str() {
        "entered-in-error" => "error",
        "cancelled" => "not done",
        _ => "",
    };
    let mut fact = Fact::new("result", &concept(&record["code"]))
        .at(&taken)
        .denied(denied);
    let mut values = vec![value(record)];
    values.extend(list(&record["component"]).map(value));
    values.retain(|(value, _)| !value.is_empty());
    if let Some((_, units)) = values.first() {
        fact.units.clone_from(units);
    }
    let said: Vec<&str> = values.iter().map(|(value, _)| value.as_str()).collect();
    fact.value = said.join("~");
    facts.push(fact);
}

fn value(record: &Value) -> (String, Vec<String>) {
    if record["valueQuantity"].is_object() {
        return quantity(&record["valueQuantity"]);
    }
    let said = if record["valueCodeableConcept"].is_object() {
        concept(&record["valueCodeableConcept"])
    } else if record["valueDateTime"].is_string() || record["_valueDateTime"].is_object() {
        date(record, "valueDateTime")
    } else {
        text(&record["valueString"])
    };
    (said, Vec::new())
}

fn prescription(record: &Value, facts: &mut Vec<Fact>) {
    let denied = match text(&record["status"]).as_str() {
        "cancelled" | "stopped" => "not done",
        _ => "",
    };
    let dose = &record["dosageInstruction"][0]["doseAndRate"][0];
    let mut fact = Fact::new(
        "prescription",
        &concept(&record["medicationCodeableConcept"]),
    )
    .denied(denied);
    let (dose, units) = if dose["doseRange"].is_object() {
        let (low, units) = quantity(&dose["doseRange"]["low"]);
        (
            format!("{low}-{}", quantity(&dose["doseRange"]["high"]).0),
            units,
        )
    } else {
        quantity(&dose["doseQuantity"])
    };
    let refills = number(&record["dispenseRequest"]["numberOfRepeatsAllowed"]);
    fact.value = format!("{dose} refills {refills}").trim().to_owned();
    fact.units = units;
    facts.push(fact);
    routes(&record["dosageInstruction"], facts);
}

/// The ways in which a drug is given; steps of one dosage say the same way.
fn routes(dosages: &Value, facts: &mut Vec<Fact>) {
    let mut all: Vec<String> = list(dosages)
        .filter(|one| one["route"].is_object())
        .map(|one| concept(&one["route"]))
        .collect();
    all.dedup();
    facts.extend(all.iter().map(|route| Fact::new("route", route)));
}

fn document(record: &Value, facts: &mut Vec<Fact>) {
    if record["type"]["text"] == "comment" {
        return; // comments are no facts of their own
    }
    let master = text(&record["masterIdentifier"]["value"]);
    if !master.is_empty() {
        facts.push(Fact::new("document", &master).at(&date(record, "date")));
    }
    for content in list(&record["content"]) {
        let attachment = &content["attachment"];
        let data = text(&attachment["data"]);
        if text(&attachment["contentType"]).starts_with("text/plain;") {
            use base64::Engine as _;
            let bytes = base64::engine::general_purpose::STANDARD
                .decode(data)
                .expect("base64");
            let lines = String::from_utf8(bytes).expect("UTF-8");
            let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
            facts.extend(lines.map(|line| Fact::new("line", line)));
        } else {
            let url = text(&attachment["url"]);
            if !(data.is_empty() && url.is_empty()) {
                facts.push(Fact::new("attachment", &[data, url].concat()));
            }
        }
    }
}

fn quantity(quantity: &Value) -> (String, Vec<String>) {
    let units = [&quantity["unit"], &quantity["code"]].map(text);
    let mut units: Vec<String> = units.into_iter().filter(|unit| !unit.is_empty()).collect();
    // words and a code that is no UCUM stand in one text: `words (code)`
    if let Some((words, code)) = units.first().and_then(|unit| unit.split_once(" (")) {
        let (words, code) = (words.to_owned(), code.trim_end_matches(')').to_owned());
        units.extend([words, code]);
    }
    (
        text(&quantity["comparator"]) + &number(&quantity["value"]),
        units,
    )
}

fn concept(concept: &Value) -> String {
    let code = text(&concept["coding"][0]["code"]);
    let words = [
        text(&concept["text"]),
        text(&concept["coding"][0]["display"]),
    ];
    if code.is_empty() {
        words
            .into_iter()
            .find(|words| !words.is_empty())
            .unwrap_or_default()
    } else {
        code
    }
}

/// A date as it was written: digits, and the offset.
fn date(record: &Value, field: &str) -> String {
    let sibling = &record[format!("_{field}")];
    let mut source =
        list(&sibling["extension"]).filter(|one| text(&one["url"]).ends_with("source-date-time"));
    let written = source
        .next()
        .map_or_else(|| text(&record[field]), |one| text(&one["valueString"]));
    match written.split_once('T') {
        Some((day, time)) => {
            let time = time
                .strip_suffix('Z')
                .map_or(time.to_owned(), |time| format!("{time}+0000"));
            day.replace('-', "") + &time.replace(':', "")
        }
        None => written.replace('-', ""),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().trim().to_owned()
}

fn number(value: &Value) -> String {
    if value.is_null() {
        String::new()
    } else {
        value.to_string()
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
