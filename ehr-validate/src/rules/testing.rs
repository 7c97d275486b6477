//! Fixtures for the tests of rules: records from paths and texts.

use ehr_model::catalogue::FieldPath;
use ehr_model::chart::Chart;
use ehr_model::element::{Leaf, LeafType};
use ehr_model::issue::Issue;
use ehr_model::record::{Kind, Namespace, Record, RecordId};
use ehr_model::value::Date;

use crate::compare::ChartPair;
use crate::faults::terminology;
use crate::rule::Rule;
use crate::{Context, Ruleset, ValidationReport, Validator, Verdict};

/// The day that counts as today.
pub(crate) const AS_OF: &str = "2031-05-01";

pub(crate) fn id(kind: Kind, key: &str) -> RecordId {
    Namespace::of_system("urn:test").id(kind, key)
}

/// A record with these leaves. A reference is written as `Kind/key`.
pub(crate) fn record(kind: Kind, key: &str, fields: &[(&str, &str)]) -> Record {
    let mut resource = kind.empty_resource();
    for (path, value) in fields {
        let path = FieldPath::resolve(kind, path).unwrap();
        let leaf = match path.leaf_type().unwrap() {
            LeafType::Target => {
                let (kind, key) = value.split_once('/').unwrap();
                let kind = Kind::from_name(kind).unwrap();
                Leaf::Target(kind, id(kind, key))
            }
            LeafType::Bytes => Leaf::Bytes(value.as_bytes().into()),
            _ => Leaf::Text((*value).into()),
        };
        path.set(resource.element_mut(), 0, leaf).unwrap();
    }
    Record {
        id: id(kind, key),
        provenance: Vec::new(),
        resource,
    }
}

/// Where a rule fires in a chart, as `Kind key field`. Keys of the records must be single letters.
pub(crate) fn found<R: Rule + Copy + 'static>(rule: &R, records: Vec<Record>) -> Vec<String> {
    found_in(rule, records, Context::new(Date::parse(AS_OF).unwrap()))
}

/// The same in a context.
pub(crate) fn found_in<R: Rule + Copy + 'static>(
    rule: &R,
    records: Vec<Record>,
    context: Context<'_>,
) -> Vec<String> {
    let validator = Validator::new(Ruleset::empty().with(Box::new(*rule)).unwrap());
    let mut report = ValidationReport::default();
    let issues = validator.check(&Chart::new(records, Vec::new()), &context, &mut report);
    let counts = report.rules[&rule.metadata().code];
    assert!(counts.numerator <= counts.denominator);
    places(&issues)
}

/// Where a rule fires in a chart, with the tables of the fixtures.
pub(crate) fn found_with_tables<R: Rule + Copy + 'static>(
    rule: &R,
    records: Vec<Record>,
) -> Vec<String> {
    let tables = terminology();
    let context = Context::new(Date::parse(AS_OF).unwrap());
    found_in(rule, records, context.with_terminology(&tables))
}

/// What a rule says of a record where nobody loaded its table: it may not pass.
pub(crate) fn verdict_without_table<R: Rule + Copy + 'static>(rule: &R, record: Record) -> Verdict {
    let validator = Validator::new(Ruleset::empty().with(Box::new(*rule)).unwrap());
    let mut report = ValidationReport::default();
    let context = Context::new(Date::parse(AS_OF).unwrap());
    validator.check(&Chart::new(vec![record], Vec::new()), &context, &mut report);
    report.checks(validator.ruleset())[0].verdict
}

/// Where a rule fires between two charts, as `Kind key field`.
pub(crate) fn found_between<R: Rule + Copy + 'static>(
    rule: &R,
    source: Vec<Record>,
    target: Vec<Record>,
) -> Vec<String> {
    let context = Context::new(Date::parse(AS_OF).unwrap());
    found_between_in(rule, source, target, context)
}

/// The same in a context.
pub(crate) fn found_between_in<R: Rule + Copy + 'static>(
    rule: &R,
    source: Vec<Record>,
    target: Vec<Record>,
    context: Context<'_>,
) -> Vec<String> {
    let validator = Validator::new(Ruleset::empty().with(Box::new(*rule)).unwrap());
    let mut report = ValidationReport::default();
    let (source, target) = (
        Chart::new(source, Vec::new()),
        Chart::new(target, Vec::new()),
    );
    let pair = ChartPair::new(&source, &target);
    let issues = validator.compare(&pair, &context, &mut report);
    let counts = report.rules[&rule.metadata().code];
    assert!(counts.numerator <= counts.denominator);
    places(&issues)
}

fn places(issues: &[Issue]) -> Vec<String> {
    issues
        .iter()
        .map(|issue| {
            let (kind, record) = (issue.kind.unwrap(), issue.record.unwrap());
            let key = ('a'..='z').find(|key| id(kind, &key.to_string()) == record);
            let field = issue.field.as_deref().unwrap();
            format!("{} {} {field}", kind.name(), key.unwrap())
        })
        .collect()
}
