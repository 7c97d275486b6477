//! Every rule finds its faults in charts, and is silent before.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ehr_model::value::Date;
use ehr_validate::compare::ChartPair;
use ehr_validate::faults::{AS_OF, Outcome, all, self_test, textbook, textbook_terminology};
use ehr_validate::rule::Scope;
use ehr_validate::terminology::Terminology;
use ehr_validate::{Context, Ruleset, ValidationReport, Validator};

/// Rules of charts and pairs that have no fault yet. Empty when the harness is whole.
const WITHOUT_FAULT: &[&str] = &["unknown-code-system"];

fn context() -> Context<'static> {
    static DRUGS: LazyLock<Terminology> = LazyLock::new(textbook_terminology);
    Context::new(Date::parse(AS_OF).unwrap()).with_terminology(&DRUGS)
}

#[test]
fn nothing_is_wrong_with_the_textbook() {
    let chart = textbook();
    let validator = Validator::new(Ruleset::all());
    let mut report = ValidationReport::default();
    let mut issues = validator.check(&chart, &context(), &mut report);
    let pair = ChartPair::new(&chart, &chart);
    issues.extend(validator.compare(&pair, &context(), &mut report));
    let lines: Vec<_> = issues.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{lines:#?}");
}

#[test]
fn every_fault_is_found_whatever_the_seed() {
    let chart = textbook();
    for seed in 0..8 {
        let test = self_test(&Ruleset::all(), &all(), &[&chart], &context(), seed);
        for (fault, outcome) in &test.outcomes {
            assert_eq!(*outcome, Outcome::Caught, "{fault} with seed {seed}");
        }
        assert_eq!(
            test.outcomes.len(),
            all().len(),
            "two faults have one name, or a rule is none"
        );
    }
}

#[test]
fn every_rule_of_charts_and_pairs_has_a_fault() {
    let faults: BTreeSet<_> = all().iter().map(|fault| fault.rule).collect();
    let rules = Ruleset::all();
    let without: Vec<_> = rules
        .rules()
        .map(|(rule, _)| rule.metadata())
        .filter(|rule| rule.scope != Scope::Run && !faults.contains(rule.code.as_str()))
        .map(|rule| rule.code.as_str())
        .collect();
    assert_eq!(without, WITHOUT_FAULT);
}

#[test]
fn a_fault_is_the_same_for_the_same_seed() {
    let chart = textbook();
    for fault in all() {
        let (one, two) = (
            fault.inject(&chart, 5).unwrap(),
            fault.inject(&chart, 5).unwrap(),
        );
        assert_eq!(one.chart, two.chart, "{}", fault.name);
        assert_ne!(one.chart, chart, "{} changes nothing", fault.name);
    }
}
