//! What the tests of this room have in common.

use ehr_model::record::{Kind, Record};

use crate::rules::testing::record;

pub(super) const NONE: [&str; 0] = [];
const SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/adjudication";

/// A claim of these charges.
pub(super) fn claim(key: &str, total: &str, charges: &[&str], more: &[(&str, &str)]) -> Record {
    let mut fields = vec![("total.value".to_owned(), total.to_owned())];
    for (number, charge) in charges.iter().enumerate() {
        fields.push((format!("item[{number}].sequence"), (number + 1).to_string()));
        fields.push((format!("item[{number}].net.value"), (*charge).to_owned()));
    }
    fields.extend(
        more.iter()
            .map(|(path, value)| ((*path).to_owned(), (*value).to_owned())),
    );
    of(Kind::Claim, key, &fields)
}

/// A payment of these amounts: what it is (`submitted`, `benefit`, or a reason of an adjustment),
/// the line or nothing, and how much.
pub(super) fn payment(key: &str, details: &[(&str, &str, &str)], more: &[(&str, &str)]) -> Record {
    let mut fields = Vec::new();
    for (number, (what, line, amount)) in details.iter().enumerate() {
        let at = format!("detail[{number}]");
        let is_adjustment = !["submitted", "benefit"].contains(what);
        let system = if is_adjustment {
            super::money::REASON
        } else {
            SYSTEM
        };
        fields.push((format!("{at}.type.coding[0].system"), system.to_owned()));
        fields.push((format!("{at}.type.coding[0].code"), (*what).to_owned()));
        fields.push((format!("{at}.amount.value"), (*amount).to_owned()));
        if !line.is_empty() {
            fields.push((format!("{at}.line.value"), (*line).to_owned()));
        }
    }
    fields.extend(
        more.iter()
            .map(|(path, value)| ((*path).to_owned(), (*value).to_owned())),
    );
    of(Kind::Payment, key, &fields)
}

fn of(kind: Kind, key: &str, fields: &[(String, String)]) -> Record {
    let fields: Vec<_> = fields
        .iter()
        .map(|(path, value)| (path.as_str(), value.as_str()))
        .collect();
    record(kind, key, &fields)
}
