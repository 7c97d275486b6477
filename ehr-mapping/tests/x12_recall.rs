//! Facts of ten files of the corpus, read by field positions with code written for this test alone,
//! against the charts: lost, changed and invented apart. And the sums of all files, to the cent.

mod support;

use std::collections::BTreeMap;
use std::fs;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::format::Format;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::MemoryFolder;
use serde_json::Value;

/// Of a claim or a payment (its number and how often that number was seen), what it says, by what
/// it is and its place.
type Facts = BTreeMap<(String, String), String>;

const FILES: [&str; 10] = [
    "lfh/837_005010X222A2_demo.cob.example3.C.837",
    "lfh/837_005010X222A2_demo.drug.example10.3.837",
    "lfh/837_005010X222A2_demo.ambulance.example5.837",
    "lfh/837_005010X222A2_demo.example7.837",
    "lfh/837_004010X096A1_institutional-ppo-repriced.837",
    "lfh/837_004010X098A1_patient-is-dependent.837",
    "imsweb/837_5010_x223-test.txt",
    "pyx12/simple_837i.x12",
    "pyx12/835id.x12",
    "lfh/835_005010X221A1_secondary-payment.835",
];

#[test]
fn every_fact_of_ten_files_is_in_the_chart_and_no_other() {
    let Some(root) = support::corpus::folder("x12") else {
        return;
    };
    let plan = plan();
    let (mut total, mut wrong) = (0, Vec::new());
    for name in FILES {
        let bytes = fs::read(root.join(name)).expect("a file of the corpus");
        let said = said(&segments(&bytes));
        let run = support::run(&plan, &MemoryFolder::default().with("file.x12", bytes));
        let charted = charted(&run);
        assert!(said.len() > 8, "{name} has facts");
        total += said.len();
        for (key, value) in &said {
            match charted.get(key) {
                None => wrong.push(format!("lost in {name}: {key:?}")),
                Some(found) if found != value => {
                    wrong.push(format!("changed in {name}: {key:?} {value} {found}"));
                }
                Some(_) => {}
            }
        }
        let invented = charted.keys().filter(|key| !said.contains_key(*key));
        wrong.extend(invented.map(|key| format!("invented in {name}: {key:?}")));
    }
    support::say(&format!("{total} facts, {} of them wrong", wrong.len()));
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn charges_payments_and_adjustments_add_up_to_those_of_the_files() {
    let Some(root) = support::corpus::folder("x12") else {
        return;
    };
    let plan = plan();
    let mut all = [0i128; 5];
    for folder in ["lfh", "imsweb", "pyx12"] {
        for entry in fs::read_dir(root.join(folder)).expect("a folder of the corpus") {
            let path = entry.expect("an entry").path();
            let bytes = fs::read(&path).expect("a file of the corpus");
            if !ehr_mapping::x12::detect(&bytes) {
                continue;
            }
            let said = sums_said(&segments(&bytes));
            let run = support::run(&plan, &MemoryFolder::default().with("file.x12", bytes));
            assert_eq!(said, sums_charted(&run), "{path:?}");
            for (sum, one) in all.iter_mut().zip(said) {
                *sum += one;
            }
        }
    }
    let [claims, lines, paid, adjusted, provider] = all;
    assert!(claims > 0 && lines > 0 && paid != 0 && adjusted != 0 && provider != 0);
    support::say(&format!(
        "in ten-thousandths: claims {claims}, lines {lines}, paid {paid}, adjusted {adjusted}, of providers {provider}"
    ));
}

fn plan() -> Plan {
    MappingDocument::for_formats([Format::X12], "urn:test:x12")
        .expect("both are shipped")
        .compile()
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// Segments as elements as components, by the separators where ISA has them.
fn segments(file: &[u8]) -> Vec<Vec<Vec<String>>> {
    let text = String::from_utf8_lossy(file);
    let start = text.find("ISA").expect("an interchange");
    let bytes = text.as_bytes();
    let (element, component) = (bytes[start + 3] as char, bytes[start + 104] as char);
    let terminator = bytes[start + 105] as char;
    text[start..]
        .split(terminator)
        .map(|segment| segment.trim())
        .filter(|segment| !segment.is_empty())
        .map(|segment| {
            let elements = segment.split(element);
            elements
                .map(|one| one.split(component).map(str::to_owned).collect())
                .collect()
        })
        .collect()
}

fn at(segment: &[Vec<String>], element: usize, component: usize) -> &str {
    segment
        .get(element)
        .and_then(|parts| parts.get(component - 1))
        .map_or("", |text| text.trim())
}

/// The facts of a file, by position.
fn said(file: &[Vec<Vec<String>>]) -> Facts {
    let mut facts = Facts::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut member = String::new();
    let (mut born, mut id) = (String::new(), String::new());
    let (mut line, mut diagnoses, mut adjustments) = (0, 0, 0);
    let (mut above, mut set) = ("", "");
    let number = |seen: &mut BTreeMap<String, usize>, number: &str| {
        let count = seen.entry(number.to_owned()).or_default();
        *count += 1;
        format!("{number}#{count}")
    };
    let put = |facts: &mut Facts, id: &str, what: String, value: &str| {
        // a period of one day is that day
        let value = match value.split_once('-') {
            Some((start, end)) if start == end => start,
            _ => value,
        };
        if !value.is_empty() {
            facts.insert((id.to_owned(), what), value.to_owned());
        }
    };
    for segment in file {
        let name = at(segment, 0, 1);
        match name {
            "ST" => {
                set = at(segment, 1, 1);
                id.clear();
            }
            "HL" => {
                id.clear();
                born.clear();
                above = "HL";
            }
            "NM1" if set == "837" => {
                if at(segment, 1, 1) == "IL" && above == "HL" {
                    member = at(segment, 9, 1).to_owned();
                }
                if at(segment, 8, 1) == "XX" {
                    put(&mut facts, "", format!("npi {}", at(segment, 9, 1)), "here");
                }
            }
            "NM1" if at(segment, 1, 1) == "QC" => {
                put(&mut facts, &id, "member".into(), at(segment, 9, 1));
            }
            "DMG" if above == "HL" => born = at(segment, 2, 1).to_owned(),
            "CLM" => {
                above = "CLM";
                (line, diagnoses) = (0, 0);
                id = number(&mut seen, at(segment, 1, 1));
                put(&mut facts, &id, "charge".into(), at(segment, 2, 1));
                put(&mut facts, &id, "member".into(), &member);
                put(&mut facts, &id, "born".into(), &born);
            }
            "HI" => {
                for one in 1..segment.len() {
                    let of_diagnosis = [
                        "BK", "BF", "BJ", "BN", "PR", "ABK", "ABF", "ABJ", "ABN", "APR",
                    ]
                    .contains(&at(segment, one, 1));
                    if of_diagnosis {
                        let code = at(segment, one, 2).replace('.', "");
                        put(&mut facts, &id, format!("diagnosis {diagnoses}"), &code);
                        diagnoses += 1;
                    }
                }
            }
            "SBR" if above != "HL" => above = "SBR",
            "LX" if set == "837" => {
                line += 1;
                above = "LX";
            }
            "SV1" | "SV2" => {
                let shift = usize::from(name == "SV2");
                put(
                    &mut facts,
                    &id,
                    format!("line {line} charge"),
                    at(segment, 2 + shift, 1),
                );
                put(
                    &mut facts,
                    &id,
                    format!("line {line} units"),
                    at(segment, 4 + shift, 1),
                );
                put(
                    &mut facts,
                    &id,
                    format!("line {line} code"),
                    at(segment, 1 + shift, 2),
                );
                for modifier in 3..=6 {
                    let value = at(segment, 1 + shift, modifier);
                    let what = format!("line {line} modifier {}", modifier - 3);
                    put(&mut facts, &id, what, value);
                }
            }
            "LIN" => put(
                &mut facts,
                &id,
                format!("line {line} drug"),
                at(segment, 3, 1),
            ),
            "DTP" if at(segment, 1, 1) == "472" => {
                put(
                    &mut facts,
                    &id,
                    format!("line {line} date"),
                    at(segment, 3, 1),
                );
            }
            "DTP" if at(segment, 1, 1) == "434" => {
                put(&mut facts, &id, "date".into(), at(segment, 3, 1));
            }
            "CLP" => {
                (line, adjustments) = (0, 0);
                id = number(
                    &mut seen,
                    &format!("{}/{}", at(segment, 1, 1), at(segment, 2, 1)),
                );
                put(&mut facts, &id, "charge".into(), at(segment, 3, 1));
                put(&mut facts, &id, "paid".into(), at(segment, 4, 1));
                put(&mut facts, &id, "payer number".into(), at(segment, 7, 1));
            }
            "CAS" if set == "835" => {
                for reason in (2..=17).step_by(3) {
                    let value = format!(
                        "{} {} {}",
                        at(segment, 1, 1),
                        at(segment, reason, 1),
                        at(segment, reason + 1, 1)
                    );
                    if !at(segment, reason, 1).is_empty() {
                        put(&mut facts, &id, format!("adjustment {adjustments}"), &value);
                        adjustments += 1;
                    }
                }
            }
            "SVC" => {
                line += 1;
                put(
                    &mut facts,
                    &id,
                    format!("line {line} code"),
                    at(segment, 1, 2),
                );
                put(
                    &mut facts,
                    &id,
                    format!("line {line} charge"),
                    at(segment, 2, 1),
                );
                put(
                    &mut facts,
                    &id,
                    format!("line {line} paid"),
                    at(segment, 3, 1),
                );
            }
            "DTM" if ["472", "150"].contains(&at(segment, 1, 1)) => {
                put(
                    &mut facts,
                    &id,
                    format!("line {line} date"),
                    at(segment, 2, 1),
                );
            }
            "BPR" => put(&mut facts, "", "transfer".into(), at(segment, 2, 1)),
            "TRN" => put(&mut facts, "", "trace".into(), at(segment, 2, 1)),
            _ => {}
        }
    }
    facts
}

/// The same facts of the charts.
fn charted(run: &support::Run) -> Facts {
    let mut facts = Facts::new();
    let records: Vec<Value> = run
        .records()
        .map(|record| serde_json::from_str(&quoted_numbers(&support::line(record))).expect("JSON"))
        .collect();
    let by_reference = |reference: &Value| {
        let wanted = text(&reference["reference"]);
        records.iter().find(move |one| {
            format!("{}/{}", text(&one["resourceType"]), text(&one["id"])) == wanted
        })
    };
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut number = |number: String| {
        let count = seen.entry(number.clone()).or_default();
        *count += 1;
        format!("{number}#{count}")
    };
    let mut put = |id: &str, what: String, value: &str| {
        if !value.is_empty() {
            facts.insert((id.to_owned(), what), value.to_owned());
        }
    };
    for one in &records {
        for identifier in list(&one["identifier"]) {
            if text(&identifier["system"]).ends_with("us-npi") {
                put("", format!("npi {}", text(&identifier["value"])), "here");
            }
        }
        match text(&one["resourceType"]) {
            "Claim" => {
                let id = number(text(&one["identifier"][0]["value"]).to_owned());
                put(&id, "charge".into(), text(&one["total"]["value"]));
                let policies = list(&one["insurance"]);
                let policy = policies
                    .iter()
                    .find(|policy| policy["focal"] == Value::Bool(true));
                let policy = policy.and_then(|policy| by_reference(&policy["coverage"]));
                let member = policy.map_or("", |policy| text(&policy["subscriberId"]));
                put(&id, "member".into(), member);
                let patient = by_reference(&one["patient"]).expect("the patient");
                put(
                    &id,
                    "born".into(),
                    &text(&patient["birthDate"]).replace('-', ""),
                );
                put(&id, "date".into(), &period(&one["billablePeriod"]));
                for (place, diagnosis) in list(&one["diagnosis"]).iter().enumerate() {
                    let code = text(&diagnosis["diagnosisCodeableConcept"]["coding"][0]["code"]);
                    put(&id, format!("diagnosis {place}"), &code.replace('.', ""));
                }
                for (place, item) in list(&one["item"]).iter().enumerate() {
                    let line = place + 1;
                    put(
                        &id,
                        format!("line {line} charge"),
                        text(&item["net"]["value"]),
                    );
                    put(
                        &id,
                        format!("line {line} units"),
                        text(&item["quantity"]["value"]),
                    );
                    put(
                        &id,
                        format!("line {line} code"),
                        text(&item["productOrService"]["coding"][0]["code"]),
                    );
                    for (place, modifier) in list(&item["modifier"]).iter().enumerate() {
                        let code = text(&modifier["coding"][0]["code"]);
                        put(&id, format!("line {line} modifier {place}"), code);
                    }
                    let drug = &item["detail"][0]["productOrService"]["coding"][0]["code"];
                    put(&id, format!("line {line} drug"), text(drug));
                    let date = text(&item["servicedDate"]).replace('-', "");
                    put(&id, format!("line {line} date"), &date);
                    put(
                        &id,
                        format!("line {line} date"),
                        &period(&item["servicedPeriod"]),
                    );
                }
            }
            "PaymentReconciliation" => {
                let details = list(&one["detail"]);
                let claim = details
                    .iter()
                    .find(|detail| !detail["request"]["identifier"].is_null());
                let Some(claim) = claim else {
                    if !one["disposition"].is_null() {
                        put("", "transfer".into(), text(&one["paymentAmount"]["value"]));
                        put("", "trace".into(), text(&one["paymentIdentifier"]["value"]));
                    }
                    continue; // what another payer paid
                };
                let id = number(format!(
                    "{}/{}",
                    text(&claim["request"]["identifier"]["value"]),
                    text(&claim["type"]["coding"][0]["code"])
                ));
                put(&id, "paid".into(), text(&one["paymentAmount"]["value"]));
                put(
                    &id,
                    "payer number".into(),
                    text(&one["identifier"][0]["value"]),
                );
                let patient = extension(one, "payment-patient");
                let patient = patient.and_then(|patient| by_reference(&patient["valueReference"]));
                let patient = patient.expect("the patient");
                put(
                    &id,
                    "member".into(),
                    text(&patient["identifier"][0]["value"]),
                );
                let mut adjustments = 0;
                for detail in details {
                    let amount = text(&detail["amount"]["value"]);
                    let coding = &detail["type"]["coding"];
                    let line = extension(detail, "payment-line").map(|line| {
                        // these files number no line themselves
                        text(&line["valueIdentifier"]["value"]).to_owned()
                    });
                    let is = |code: &str| list(coding).iter().any(|one| text(&one["code"]) == code);
                    if text(&coding[0]["system"]).ends_with("adjustment-reason-codes") {
                        let (reason, group) = (text(&coding[0]["code"]), text(&coding[1]["code"]));
                        let value = format!("{group} {reason} {amount}");
                        put(&id, format!("adjustment {adjustments}"), &value);
                        adjustments += 1;
                    } else if is("submitted") {
                        let what =
                            line.map_or("charge".into(), |line| format!("line {line} charge"));
                        put(&id, what, amount);
                    } else if let (true, Some(line)) = (is("benefit"), line) {
                        put(&id, format!("line {line} paid"), amount);
                        if let Some(service) = extension(detail, "payment-service") {
                            let code = &service["valueCodeableConcept"]["coding"][0]["code"];
                            put(&id, format!("line {line} code"), text(code));
                        }
                        if let Some(date) = extension(detail, "payment-serviced") {
                            let date = text(&date["valuePeriod"]["start"]).replace('-', "");
                            put(&id, format!("line {line} date"), &date);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    facts
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn extension<'v>(element: &'v Value, name: &str) -> Option<&'v Value> {
    list(&element["extension"])
        .iter()
        .find(|one| text(&one["url"]).ends_with(name))
}

fn period(value: &Value) -> String {
    let (start, end) = (text(&value["start"]), text(&value["end"]));
    if start.is_empty() {
        return String::new();
    }
    let (start, end) = (start.replace('-', ""), end.replace('-', ""));
    if start == end {
        start
    } else {
        format!("{start}-{end}")
    }
}

/// JSON whose numbers are texts, so that no digit is lost on the way.
fn quoted_numbers(line: &str) -> String {
    let mut out = String::new();
    let (mut inside, mut escaped, mut number) = (false, false, false);
    for c in line.chars() {
        let digit = !inside && (c.is_ascii_digit() || number && "+-.eE".contains(c) || c == '-');
        if digit != number {
            out.push('"');
        }
        number = digit;
        inside ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}

/// Ten-thousandths of an amount.
fn amount(text: &str) -> i128 {
    let negative = text.starts_with('-');
    let (whole, fraction) = text
        .trim_start_matches('-')
        .split_once('.')
        .unwrap_or((text.trim_start_matches('-'), ""));
    assert!(fraction.len() <= 4, "the corpus has no finer amounts");
    let whole: i128 = whole.parse().unwrap_or(0);
    let fraction: i128 = format!("{fraction:0<4}").parse().unwrap_or(0);
    let value = whole * 10_000 + fraction;
    if negative { -value } else { value }
}

/// Charges of claims and of lines, what was paid, adjusted, and settled with providers.
fn sums_said(file: &[Vec<Vec<String>>]) -> [i128; 5] {
    let mut sums = [0; 5];
    let mut set = "";
    for segment in file {
        let value = |element: usize| amount(at(segment, element, 1));
        match (at(segment, 0, 1), set) {
            ("ST", _) => set = at(segment, 1, 1),
            ("CLM", "837") => sums[0] += value(2),
            ("CLP", "835") => {
                sums[0] += value(3);
                sums[2] += value(4);
            }
            ("SV1" | "SV3", "837") => sums[1] += value(2),
            ("SV2", "837") => sums[1] += value(3),
            ("SVC", "835") => sums[1] += value(2),
            ("CAS", "837" | "835") => sums[3] += (3..=18).step_by(3).map(value).sum::<i128>(),
            ("PLB", "835") => sums[4] += (4..=14).step_by(2).map(value).sum::<i128>(),
            _ => {}
        }
    }
    sums
}

fn sums_charted(run: &support::Run) -> [i128; 5] {
    let mut sums = [0; 5];
    for record in run.records() {
        let one: Value =
            serde_json::from_str(&quoted_numbers(&support::line(record))).expect("JSON");
        match record.kind().fhir() {
            "Claim" => {
                sums[0] += amount(text(&one["total"]["value"]));
                for item in list(&one["item"]) {
                    sums[1] += amount(text(&item["net"]["value"]));
                }
            }
            "PaymentReconciliation" => {
                for detail in list(&one["detail"]) {
                    let value = amount(text(&detail["amount"]["value"]));
                    let coding = list(&detail["type"]["coding"]);
                    let is = |code: &str| coding.iter().any(|one| text(&one["code"]) == code);
                    let system = coding.first().map_or("", |one| text(&one["system"]));
                    let of_line = extension(detail, "payment-line").is_some();
                    if system.ends_with("adjustment-reason-codes") {
                        sums[3] += value;
                    } else if system.ends_with("/426") {
                        sums[4] += value;
                    } else if is("submitted") {
                        sums[usize::from(of_line)] += value;
                    } else if is("benefit") && !of_line {
                        sums[2] += value;
                    }
                }
            }
            _ => {}
        }
    }
    sums
}
