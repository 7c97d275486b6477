//! What the charts say, by the FHIR that is written of them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Facts, amount, support};

/// The same facts of the charts.
pub(crate) fn charted(run: &support::Run) -> Facts {
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

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn extension<'v>(element: &'v Value, name: &str) -> Option<&'v Value> {
    list(&element["extension"])
        .iter()
        .find(|one| text(&one["url"]).ends_with(name))
}

pub(crate) fn period(value: &Value) -> String {
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
pub(crate) fn quoted_numbers(line: &str) -> String {
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

pub(crate) fn sums_charted(run: &support::Run) -> [i128; 5] {
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
