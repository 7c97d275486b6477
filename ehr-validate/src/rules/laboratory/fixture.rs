//! What the tests of this room have in common.

use ehr_model::record::{Kind, Record};

use crate::rule::Rule;
use crate::rules::testing::{found, found_between, record};

pub(super) const NONE: [&str; 0] = [];
pub(super) const VALUE: &str = "valueQuantity.value";
pub(super) const UNIT: &str = "valueQuantity.unit";
const CODE: [(&str, &str); 2] = [
    ("code.coding[0].system", "http://loinc.org"),
    ("code.coding[0].code", "2345-7"),
];

/// A result with these leaves, a glucose if they name no test.
pub(super) fn result(key: &str, fields: &[(&str, &str)]) -> Record {
    let named = fields.iter().any(|(path, _)| path.starts_with("code."));
    let code: &[_] = if named { &[] } else { &CODE };
    record(Kind::Observation, key, &[code, fields].concat())
}

/// A result of a test.
pub(super) fn of_test(key: &str, loinc: &str, value: &str, unit: &str) -> Record {
    let fields = [
        CODE[0],
        ("code.coding[0].code", loinc),
        (VALUE, value),
        (UNIT, unit),
    ];
    record(Kind::Observation, key, &fields)
}

/// Where a rule fires between two results.
pub(super) fn between<R: Rule + Copy + 'static>(
    rule: &R,
    source: &[(&str, &str)],
    target: &[(&str, &str)],
) -> Vec<String> {
    found_between(rule, vec![result("a", source)], vec![result("a", target)])
}

/// Where a rule fires in one result.
pub(super) fn in_one<R: Rule + Copy + 'static>(rule: &R, fields: &[(&str, &str)]) -> Vec<String> {
    found(rule, vec![result("a", fields)])
}
