//! The rules' answers, each with its reason.

use super::*;

fn rule(id: &str, keep: &[(Anchor, u32)]) -> RetentionRule {
    RetentionRule {
        id: id.into(),
        version: "3".into(),
        citation: format!("Code {id}"),
        subject: Subject::Chart,
        reviewed_by: Some("A. Counsel".into()),
        reviewed_on: Some("2026-01-02".into()),
        keep: keep
            .iter()
            .map(|&(after, years)| Term { after, years })
            .collect(),
        ..RetentionRules::hipaa_documentation()
    }
}

fn facts(last_encounter: &str) -> RetentionFacts {
    RetentionFacts {
        last_encounter: Some(last_encounter.into()),
        jurisdiction: Some("US-ZZ".into()),
        ..RetentionFacts::default()
    }
}

#[test]
fn the_longest_rule_counts_and_explains_itself() {
    let rules = RetentionRules::new(vec![
        rule("adult", &[(Anchor::LastEncounter, 7)]),
        rule("minor", &[(Anchor::LastEncounter, 7), (Anchor::Birth, 25)]),
    ])
    .unwrap();
    let answer = rules.assess_chart(Some("2000-05-05"), &facts("2010-03-01"), "2025-05-05");
    assert_eq!(
        answer.decision,
        Decision::Running,
        "the last day still counts"
    );
    assert_eq!(answer.expose_until().unwrap(), "2025-05-05");
    let answer = rules.assess_chart(Some("2000-05-05"), &facts("2010-03-01"), "2025-05-06");
    assert_eq!(answer.decision, Decision::Expired);
    assert_eq!(
        answer.to_string(),
        "expired: all terms have run out\n  adult version 3 (Code adult): 7 years after last encounter\n  \
         minor version 3 (Code minor): 25 years after birth"
    );
    assert!(!format!("{answer:?}").contains("2025"));
}

#[test]
fn unknown_means_keep() {
    let mut rules = vec![rule(
        "r",
        &[(Anchor::LastEncounter, 7), (Anchor::Birth, 25)],
    )];
    let answer = |rules: &[RetentionRule], birth: Option<&str>, facts: &RetentionFacts| {
        RetentionRules::new(rules.to_vec())
            .unwrap()
            .assess_chart(birth, facts, "2100-01-01")
            .decision
    };
    let known = facts("2010");
    assert_eq!(answer(&rules, Some("1950"), &known), Decision::Expired);
    assert_eq!(answer(&rules, None, &known), Decision::Unknown);
    assert_eq!(
        answer(&rules, Some("1950-02-30"), &known),
        Decision::Unknown,
        "no such day"
    );
    assert_eq!(
        answer(&rules, Some("1950"), &RetentionFacts::default()),
        Decision::Unknown
    );
    assert_eq!(answer(&[], Some("1950"), &known), Decision::NoRule);
    // Whether a rule of some place applies is not known if the place is not.
    rules[0].jurisdiction = Some("US-ZZ".into());
    assert_eq!(answer(&rules, Some("1950"), &known), Decision::Expired);
    let nowhere = RetentionFacts {
        jurisdiction: None,
        ..known.clone()
    };
    assert_eq!(answer(&rules, Some("1950"), &nowhere), Decision::Unknown);
    rules[0].jurisdiction = Some("US-YY".into());
    assert_eq!(answer(&rules, Some("1950"), &known), Decision::NoRule);
    // Who is not known to have died keeps the chart.
    let after_death = [rule("d", &[(Anchor::Death, 10)])];
    assert_eq!(
        answer(&after_death, Some("1900"), &known),
        Decision::Unknown
    );
    let dead = RetentionFacts {
        death: Some("2011-01-01".into()),
        ..known
    };
    assert_eq!(answer(&after_death, Some("1900"), &dead), Decision::Expired);
}

#[test]
fn rules_that_nobody_reviewed_and_examples_let_nothing_go() {
    let mut rule = rule("r", &[(Anchor::LastEncounter, 1)]);
    let answer = |rule: &RetentionRule| {
        RetentionRules::new(vec![rule.clone()])
            .unwrap()
            .assess_chart(None, &facts("2010"), "2100-01-01")
            .decision
    };
    assert_eq!(answer(&rule), Decision::Expired);
    rule.example = true;
    assert_eq!(answer(&rule), Decision::NotReviewed);
    (rule.example, rule.reviewed_by, rule.reviewed_on) = (false, None, None);
    assert_eq!(answer(&rule), Decision::NotReviewed);
    let example = RetentionRules::example();
    let here = RetentionFacts {
        jurisdiction: Some("XX".into()),
        ..facts("1990")
    };
    assert_eq!(
        example
            .assess_chart(Some("1930"), &here, "2100-01-01")
            .decision,
        Decision::NotReviewed
    );
    // A rule without a review still keeps.
    let both = RetentionRules::new(vec![
        rule.clone(),
        RetentionRule {
            id: "s".into(),
            keep: vec![Term {
                after: Anchor::LastEncounter,
                years: 100,
            }],
            ..rule
        },
    ]);
    assert_eq!(
        both.unwrap()
            .assess_chart(None, &facts("2010"), "2050-01-01")
            .decision,
        Decision::Running
    );
}

#[test]
fn rules_hold_from_their_first_to_their_last_day() {
    let mut rule = rule("r", &[(Anchor::LastEncounter, 1)]);
    rule.effective_from = "2020-01-01".into();
    rule.effective_to = Some("2029-12-31".into());
    let rules = RetentionRules::new(vec![rule]).unwrap();
    for (today, decision) in [
        ("2019-12-31", Decision::NoRule),
        ("2020-01-01", Decision::Expired),
        ("2029-12-31", Decision::Expired),
        ("2030-01-01", Decision::NoRule),
        ("2020", Decision::Unknown),
    ] {
        assert_eq!(
            rules.assess_chart(None, &facts("2010"), today).decision,
            decision,
            "{today}"
        );
    }
}

#[test]
fn six_years_are_for_documentation_and_not_for_charts() {
    let rules = RetentionRules::new(vec![RetentionRules::hipaa_documentation()]).unwrap();
    assert_eq!(
        rules
            .assess_chart(Some("1900"), &facts("1950"), "2100-01-01")
            .decision,
        Decision::NoRule
    );
    let answer = rules.assess_documentation(Some("2020-03-01"), Some("2022-03-01"), "2026-03-02");
    assert_eq!(
        (answer.decision, answer.expose_until().unwrap().as_str()),
        (Decision::Running, "2028-03-01")
    );
    assert_eq!(
        rules
            .assess_documentation(Some("2020-03-01"), None, "2100-01-01")
            .decision,
        Decision::Unknown
    );
}

#[test]
fn rules_go_round_and_bad_ones_are_refused() {
    let rules = RetentionRules::example();
    let json = rules.to_json().unwrap();
    assert_eq!(RetentionRules::from_json(&json).unwrap(), rules);
    let text = String::from_utf8(json).unwrap();
    for (from, to, message) in [
        (
            "ehr-archive-retention/1",
            "ehr-archive-retention/2",
            "written by a later version of the format",
        ),
        (
            "\"years\": 10",
            "\"years\": -10",
            "not as the format says: the retention rules",
        ),
        (
            "\"2000-01-01\"",
            "\"2000-01\"",
            "cannot be used: the dates of a retention rule are days as YYYY-MM-DD",
        ),
        (
            "\"example-charts\"",
            "\"hipaa-documentation\"",
            "cannot be used: two retention rules have the same id and version",
        ),
        (
            "\"example-charts\"",
            "\" \"",
            "cannot be used: a retention rule has an id, a version and a citation",
        ),
        (
            "\"example\": true",
            "\"reviewed_by\": \"x\"",
            "cannot be used: a review has a reviewer and a day",
        ),
    ] {
        assert!(text.contains(from), "{from}");
        let error = RetentionRules::from_json(text.replace(from, to).as_bytes()).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}
