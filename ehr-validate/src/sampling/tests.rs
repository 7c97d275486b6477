//! The arithmetic against published tables, and against ten thousand simulated migrations.

mod simulation;
mod tables;

use std::collections::BTreeSet;

use ehr_model::provenance::{CodeMapRow, MappingRow};
use ehr_model::record::{Kind, Namespace, RecordId};

use super::*;

fn unit(number: u64) -> SampleUnit {
    let id = id(number);
    let mut strata = BTreeSet::from([Stratum::Charts]);
    if number.is_multiple_of(10) {
        strata.insert(Stratum::EdgeCase(EdgeCase::Child));
    }
    SampleUnit {
        id,
        patient: id,
        strata,
        rows: BTreeSet::new(),
    }
}

fn id(number: u64) -> RecordId {
    Namespace::of_system("urn:old").id(Kind::Patient, &number.to_string())
}

fn frame(charts: u64) -> SamplingFrame {
    SamplingFrame {
        units: (0..charts)
            .map(|number| (id(number), unit(number)))
            .collect(),
        ..SamplingFrame::default()
    }
}

#[test]
fn a_draw_is_the_same_again_and_another_seed_is_another_draw() {
    let frame = frame(2_000);
    let draw = SamplingPlan::new(7).draw(&frame);
    assert_eq!(draw, SamplingPlan::new(7).draw(&frame));
    assert_ne!(draw.packet, SamplingPlan::new(8).draw(&frame).packet);
    let children = draw.sample(Stratum::EdgeCase(EdgeCase::Child)).unwrap();
    assert_eq!(children.population, 200);
    assert!(children.provable);
}

#[test]
fn charts_with_known_faults_enter_no_sample() {
    let draw = SamplingPlan::new(7).draw(&frame(400));
    assert_eq!((draw.apart.len(), draw.seeded_faults), (10, 30));
    for sample in draw.samples.values() {
        assert!(sample.units.iter().all(|unit| !draw.apart.contains(unit)));
    }
    assert!(draw.apart.iter().all(|unit| draw.packet.contains(unit)));
}

#[test]
fn every_used_row_is_seen_by_a_reviewer_or_named() {
    let mut frame = frame(2_000);
    let row = |number| MappingRow::CodeMap(CodeMapRow::new("labs", number));
    let mut plan = SamplingPlan::new(7);
    plan.seeded_faults = 0;
    let unlucky: Vec<RecordId> = frame.units.keys().copied().take(40).collect();
    for (number, id) in (1..).zip(&unlucky) {
        let unit = frame.units.get_mut(id).unwrap();
        unit.rows.extend([row(number), MappingRow::Block(3)]);
    }
    let draw = plan.draw(&frame);
    assert_eq!(draw.rows.len(), 41);
    assert_eq!(draw.rows_unseen().count(), 0);
    assert!(unlucky.iter().all(|id| draw.packet.contains(id)));

    // a chart that was not reviewed has shown nobody its row
    let mut review = Review {
        wrong: draw.packet.iter().map(|unit| (*unit, false)).collect(),
        ..Review::default()
    };
    let digest = plan.digest();
    let results = SampleResults::new(&digest, &plan, &draw, &review);
    assert!(results.passed());
    review.wrong.remove(&unlucky[3]);
    let results = SampleResults::new(&digest, &plan, &draw, &review);
    assert_eq!(results.rows_unseen, 1);
    assert!(!results.passed());
}

#[test]
fn known_faults_take_no_chart_that_a_sample_wants_or_a_row_needs() {
    let mut frame = frame(2_000);
    let row = |number| MappingRow::CodeMap(CodeMapRow::new("labs", number));
    let every_third = frame.units.values_mut().step_by(3);
    for (number, unit) in (1..).zip(every_third) {
        unit.rows.extend([row(number), MappingRow::Block(3)]);
    }
    for seed in 0..50 {
        let draw = SamplingPlan::new(seed).draw(&frame);
        assert_eq!((draw.apart.len(), draw.seeded_faults), (10, 30));
        assert_eq!(draw.rows_unseen().count(), 0, "seed {seed}");
        // the samples are the beginning of the permutation, as if there were no faults
        let children = Stratum::EdgeCase(EdgeCase::Child);
        let mut without = SamplingPlan::new(seed);
        without.seeded_faults = 0;
        let without = without.draw(&frame);
        for stratum in [Stratum::Charts, children] {
            let first = &without.sample(stratum).unwrap().units;
            assert!(draw.sample(stratum).unwrap().units.starts_with(first));
        }
    }
}

#[test]
fn a_small_practice_gives_up_charts_and_says_so() {
    let frame = frame(20);
    let draw = SamplingPlan::new(7).draw(&frame);
    let charts = draw.sample(Stratum::Charts).unwrap();
    assert_eq!((draw.apart.len(), charts.units.len()), (5, 15));
    assert!(!charts.provable);
    let mut plan = SamplingPlan::new(7);
    plan.seeded_faults = 0;
    let draw = plan.draw(&frame);
    let charts = draw.sample(Stratum::Charts).unwrap();
    assert_eq!(charts.units.len(), 16); // two of twenty would be too many, and show with 95 %
    assert!(charts.provable);
}

#[test]
fn what_reviewers_miss_weakens_the_claim() {
    let frame = frame(5_000);
    let plan = SamplingPlan::new(7);
    let draw = plan.draw(&frame);
    let mut review = Review {
        wrong: draw.packet.iter().map(|unit| (*unit, false)).collect(),
        ..Review::default()
    };
    let claim = |review: &Review| {
        let results = SampleResults::new(&plan.digest(), &plan, &draw, review);
        results.claims[0].clone()
    };
    (review.seeded, review.caught) = (30, 30);
    let all = claim(&review);
    assert!(all.passed, "{all}");
    review.caught = 15;
    let half = claim(&review);
    assert!(!half.passed);
    assert!(half.wrong_at_most > all.wrong_at_most * 2, "{all} / {half}");
    review.caught = 0;
    assert_eq!(claim(&review).wrong_at_most, 5_000);
}

#[test]
fn a_unit_that_nobody_reviewed_counts_as_wrong() {
    let plan = SamplingPlan::new(7);
    let draw = plan.draw(&frame(300));
    let review = Review::default();
    let results = SampleResults::new(&plan.digest(), &plan, &draw, &review);
    assert!(results.claims.iter().all(|claim| !claim.passed));
    assert!(results.claims[0].wrong_at_most >= results.claims[0].drawn);
}

#[test]
fn a_stratum_that_is_too_small_to_prove_still_fails_where_a_unit_is_wrong_or_open() {
    let plan = SamplingPlan::new(7);
    let draw = plan.draw(&frame(20));
    let children = Stratum::EdgeCase(EdgeCase::Child);
    let sample = draw.sample(children).unwrap();
    assert!(!sample.provable && !sample.units.is_empty());
    let child = sample.units[0];
    let mut review = Review {
        wrong: draw.packet.iter().map(|unit| (*unit, false)).collect(),
        seeded: 30,
        caught: 30,
    };
    let claim = |review: &Review| {
        let results = SampleResults::new(&plan.digest(), &plan, &draw, review);
        let of_children = |claim: &&Claim| claim.stratum == children.to_string();
        results.claims.iter().find(of_children).unwrap().clone()
    };
    let whole = claim(&review);
    assert!(whole.passed && !whole.within_tolerance);
    review.wrong.insert(child, true);
    assert!(!claim(&review).passed);
    review.wrong.remove(&child);
    assert!(!claim(&review).passed);
}

#[test]
fn a_chart_that_was_chosen_for_its_rows_must_be_right_as_well() {
    let mut frame = frame(2_000);
    let rare = *frame.units.keys().next_back().unwrap();
    let rows = &mut frame.units.get_mut(&rare).unwrap().rows;
    rows.insert(MappingRow::CodeMap(CodeMapRow::new("labs", 1)));
    let mut plan = SamplingPlan::new(7);
    plan.seeded_faults = 0;
    let draw = plan.draw(&frame);
    assert_eq!(draw.coverage, [rare], "no sample has it");
    let mut review = Review {
        wrong: draw.packet.iter().map(|unit| (*unit, false)).collect(),
        ..Review::default()
    };
    assert!(SampleResults::new(&plan.digest(), &plan, &draw, &review).passed());
    review.wrong.insert(rare, true);
    let results = SampleResults::new(&plan.digest(), &plan, &draw, &review);
    assert!(results.claims.iter().all(|claim| claim.passed) && results.chosen_wrong == 1);
    assert!(!results.passed());
}

#[test]
fn two_bounds_share_what_may_fail() {
    let plan = SamplingPlan::new(7);
    let draw = plan.draw(&frame(5_000));
    let review = Review {
        wrong: draw.packet.iter().map(|unit| (*unit, false)).collect(),
        seeded: 30,
        caught: 30,
    };
    let results = SampleResults::new(&plan.digest(), &plan, &draw, &review);
    let rate = results.catch_rate.unwrap();
    assert_eq!(rate.confidence, PerMillion::new(975_000).unwrap());
    // (1 - 0.975)^(1/30), rounded down: Clopper and Pearson where all were caught
    assert_eq!(rate.at_least, PerMillion::new(884_296).unwrap());
}

#[test]
fn another_plan_than_the_registered_one_does_not_pass() {
    let mut plan = SamplingPlan::new(7);
    plan.seeded_faults = 0;
    let registered = plan.digest();
    plan.tolerance = PerMillion::percent(20);
    let draw = plan.draw(&frame(300));
    let review = Review {
        wrong: draw.packet.iter().map(|unit| (*unit, false)).collect(),
        ..Review::default()
    };
    assert!(SampleResults::new(&plan.digest(), &plan, &draw, &review).passed());
    assert!(!SampleResults::new(&registered, &plan, &draw, &review).passed());
}

#[test]
fn known_faults_take_no_more_than_a_quarter_of_the_charts() {
    let draw = SamplingPlan::new(7).draw(&frame(12));
    assert_eq!(draw.apart.len(), 3);
}

#[test]
fn twenty_billing_claims_are_drawn_whatever_proves_enough() {
    let mut frame = frame(40);
    let claims = (1_000..1_300).map(|number| {
        let mut claim = unit(number);
        claim.strata = BTreeSet::from([Stratum::BillingClaims]);
        claim.patient = id(number % 40);
        (claim.id, claim)
    });
    frame.units.extend(claims);
    let mut plan = SamplingPlan::new(7);
    (plan.seeded_faults, plan.stratum_tolerance) = (0, PerMillion::percent(50));
    let drawn = |plan: &SamplingPlan| {
        let draw = plan.draw(&frame);
        draw.sample(Stratum::BillingClaims).unwrap().units.len()
    };
    assert_eq!(drawn(&plan), 20, "5 prove that half are right");
    plan.billing_claims = 3;
    assert_eq!(drawn(&plan), 20, "a plan cannot ask for fewer");
    plan.billing_claims = 33;
    assert_eq!(drawn(&plan), 33);
}

#[test]
fn what_neither_hypothesis_explains_is_not_accepted() {
    let test = SequentialTest {
        population: 100,
        acceptable: PerMillion::percent(0),
        rejectable: PerMillion::percent(5),
        alpha: PerMillion::percent(5),
        beta: PerMillion::percent(5),
        catch_rate: PerMillion::ONE,
    };
    // everything was looked at, and three are wrong: neither none nor six
    assert_eq!(test.decide(100, 3), SequentialDecision::Reject);
}

#[test]
fn a_share_is_exceeded_by_more_and_not_by_as_much() {
    let tolerance = PerMillion::percent(5);
    assert!(!tolerance.is_exceeded_by(5, 100));
    assert!(tolerance.is_exceeded_by(6, 100));
    assert_eq!(
        (tolerance.first_above(100), tolerance.first_above(99)),
        (6, 5)
    );
}
