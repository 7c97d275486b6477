//! Households, twins, Jr and Sr: the figures that linkage promises, on seeds it was not tuned on.

use crate::linkage::households::{Population, Practice};
use crate::linkage::measure::{Quality, link_population};

/// People of a set; the whole set of 69,000 is measured by the bench.
const PEOPLE: usize = 12_000;

fn qualities(population: &Population) -> (Quality, Quality) {
    let linkage = link_population(population, 2);
    let truth = population.true_pairs();
    let quality = |merge: bool| {
        Quality::of(&linkage, &population.person, truth, |pair| {
            !merge || pair.is_merge_proposal()
        })
    };
    (quality(false), quality(true))
}

#[test]
fn households_are_linked_at_both_thresholds() {
    let mut wrong = 0;
    let mut proposals = 0;
    for seed in [8_001, 8_002, 8_003] {
        let population = Population::generate(Practice::of(PEOPLE, seed));
        let (review, merge) = qualities(&population);
        assert!(review.recall() >= 0.98, "{seed}: {}", review.line());
        assert!(review.f1() >= 0.98, "{seed}: {}", review.line());
        assert!(merge.recall() >= 0.90, "{seed}: {}", merge.line());
        wrong += merge.named - merge.right;
        proposals += merge.named;
    }
    // Together, because one wrong pair of one set is already one in two thousand.
    assert!(wrong * 1_000 <= proposals, "{wrong} of {proposals}");
}

#[test]
fn probabilities_are_calibrated() {
    let population = Population::generate(Practice::of(PEOPLE, 8_004));
    let linkage = link_population(&population, 2);
    let (mut believed, mut right, mut all) = (0.0, 0.0, 0.0);
    for pair in linkage.candidates() {
        believed += 1.0 - pair.probability;
        let same = population.person[pair.a as usize] == population.person[pair.b as usize];
        right += f64::from(u8::from(same));
        all += 1.0;
    }
    // As many wrong pairs as the probabilities say, within what so few can show.
    let wrong = all - right;
    let margin = 3.0 * f64::sqrt(believed) + 5.0;
    assert!(
        (wrong - believed).abs() <= margin,
        "{wrong} wrong, {believed:.1} expected"
    );
}

#[test]
fn a_practice_without_duplicates_gets_no_proposals() {
    // Every person once: the first record of each.
    let mut population = Population::generate(Practice::of(6_000, 8_005));
    let mut seen = std::collections::HashSet::new();
    let mut kept = Population::default();
    for (row, person) in population.rows.drain(..).zip(&population.person) {
        if seen.insert(*person) {
            kept.rows.push(row);
            kept.person.push(*person);
        }
    }
    let linkage = link_population(&kept, 2);
    let proposals = linkage
        .candidates()
        .iter()
        .filter(|pair| pair.is_merge_proposal())
        .count();
    assert!(proposals <= 1, "{proposals} merge proposals");
    assert!(
        linkage.candidates().len() <= 12,
        "{} to review",
        linkage.candidates().len()
    );
}

#[test]
fn columns_that_are_missing_cost_recall_and_not_precision() {
    let population = Population::generate(Practice::of(6_000, 8_006));
    let truth = population.true_pairs();
    for (missing, least) in [
        ("ssn", 0.95),
        ("phone", 0.93),
        ("middle", 0.95),
        ("sex", 0.97),
        ("email", 0.96),
        ("street", 0.93),
    ] {
        let at = crate::linkage::households::HEADER
            .iter()
            .position(|name| *name == missing)
            .unwrap();
        let lines = population.to_csv();
        let lines: Vec<String> = lines
            .lines()
            .map(|line| {
                let mut cells: Vec<&str> = line.split(',').collect();
                cells.remove(at);
                cells.join(",")
            })
            .collect();
        let (linkage, _) = crate::linkage::measure::link(lines.join("\n").as_bytes(), 2);
        let review = Quality::of(&linkage, &population.person, truth, |_| true);
        assert!(
            review.recall() >= least,
            "without {missing}: {}",
            review.line()
        );
        let merge = Quality::of(&linkage, &population.person, truth, |pair| {
            pair.is_merge_proposal()
        });
        assert!(
            merge.named - merge.right <= 3,
            "without {missing}: {}",
            merge.line()
        );
    }
}
