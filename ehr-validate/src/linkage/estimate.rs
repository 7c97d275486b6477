//! Rates from the data: u from random pairs, m and the rates of families by expectation-maximisation.

use super::comparison::{
    ALL, COMPARISONS, Comparison, NameCache, Pattern, compare, dob, first, last, ssn,
};
use super::model::{Model, Rates};
use super::register::Register;

/// So many random pairs tell u: a rate of one in 10,000 is met 50 times.
const RANDOM_PAIRS: u64 = 500_000;
/// What is believed before counts as so many pairs of one person.
const BELIEF_IN_M: f64 = 40.0;
/// The same of families; more, because families are told apart less surely.
const BELIEF_IN_FAMILIES: f64 = 200.0;
const ITERATIONS: usize = 60;
/// Rates that change by less have settled.
const SETTLED: f64 = 1e-4;

/// A pair that may be of one person, with what strangers are expected to make of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pair {
    pub(crate) a: u32,
    pub(crate) b: u32,
    pub(crate) pattern: Pattern,
    pub(crate) strangers: f32,
}

/// u from random pairs.
///
/// A pair that agrees on two of name, date, number and home is left out: it is not random but one
/// of those that are looked for, and small files would count it as chance.
pub(crate) fn random_pairs(register: &Register) -> Rates {
    let people = register.people.len() as u64;
    let mut rates = Rates::zero();
    if people < 2 {
        return rates;
    }
    let all = people * (people - 1) / 2;
    let mut cache = NameCache::new();
    let mut state = people;
    let mut add = |a: u64, b: u64| {
        let (a, b) = (&register.people[a as usize], &register.people[b as usize]);
        let pattern = compare(register, a, b, &mut cache);
        let agreements = [
            (Comparison::FirstName, first::EXACT),
            (Comparison::LastName, last::EXACT),
            (Comparison::LastNameOfWoman, last::EXACT),
            (Comparison::BirthDate, dob::EXACT),
            (Comparison::Ssn, ssn::EXACT),
        ];
        let agree = agreements
            .iter()
            .filter(|(comparison, level)| pattern.level(*comparison) == *level);
        if agree.count() + usize::from(pattern.shares_contact()) < 2 {
            rates.add(&pattern, 1.0, &super::model::even_cells());
        }
    };
    if all <= RANDOM_PAIRS {
        for a in 0..people {
            for b in a + 1..people {
                add(a, b);
            }
        }
    } else {
        for _ in 0..RANDOM_PAIRS {
            let a = below(&mut state, people);
            let b = below(&mut state, people - 1);
            add(a, if b < a { b } else { b + 1 });
        }
    }
    // A level that was never met is believed to be met half a time.
    let mut floor = Rates::zero();
    for comparison in ALL {
        let levels = comparison.levels().len();
        floor.levels[comparison as usize][..levels].fill(1.0 / levels.max(1) as f64);
    }
    floor.cells = [1.0 / super::comparison::CELLS as f64; super::comparison::CELLS];
    rates.normalise(&floor, 0.5 * COMPARISONS as f64);
    rates
}

/// SplitMix64: the same pairs in every run.
fn below(state: &mut u64, limit: u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^= z >> 31;
    ((u128::from(z) * u128::from(limit)) >> 64) as u64
}

/// Sizes and rates of the classes from all pairs that may be of one person or of one family.
pub(crate) fn maximise(model: &mut Model, pairs: &[Pair]) {
    let belief = model.clone();
    for _ in 0..ITERATIONS {
        let (mut m, mut family) = (Rates::zero(), Rates::zero());
        let (mut matches, mut families) = (0.0, 0.0);
        for pair in pairs {
            let one = model.of_one_person(&pair.pattern);
            let of_family = model.of_a_family(&pair.pattern);
            let all = one + of_family + f64::from(pair.strangers);
            if all <= 0.0 {
                continue;
            }
            let (one, of_family) = (one / all, of_family / all);
            if one > 1e-6 {
                m.add(&pair.pattern, one, &model.m);
                matches += one;
            }
            if of_family > 1e-6 {
                family.add(&pair.pattern, of_family, &model.family);
                families += of_family;
            }
        }
        m.normalise(&belief.m, BELIEF_IN_M);
        family.normalise(&belief.family, BELIEF_IN_FAMILIES);
        family.keep_some_families_apart();
        let change = m.distance(&model.m).max(family.distance(&model.family));
        model.m = m;
        model.family = family;
        model.matches = matches.max(0.5);
        model.families = families.max(0.5);
        if change < SETTLED {
            break;
        }
    }
}
