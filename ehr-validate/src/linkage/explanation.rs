//! Why a pair has its probability: a waterfall of weights.

use super::candidate::Candidate;
use super::comparison::{ALL, Comparison, NOT_COMPARED};
use super::model::{Model, chance_of_contact};
use super::register::Register;

/// What one comparison adds to the odds.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct MatchWeight {
    /// What was compared; `None` is where the odds start: how rare pairs of one person are.
    pub comparison: Option<Comparison>,
    /// The level, in words. No value of a person.
    pub level: &'static str,
    /// log2 of the factor by which the odds change.
    pub bits: f64,
}

/// The weights of a pair; their sum is log2 of the odds.
///
/// Each is m/u given the comparisons before it: once an address is shared, two people are rather a
/// family than strangers, and their common last name says little more.
pub(crate) fn explain(model: &Model, register: &Register, pair: &Candidate) -> Vec<MatchWeight> {
    let (a, b) = (
        &register.people[pair.a as usize],
        &register.people[pair.b as usize],
    );
    let (mut one, mut family) = (model.matches, model.families);
    let mut strangers = model.pairs;
    let odds = |one: f64, family: f64, strangers: f64| (one / (family + strangers)).log2();
    let mut before = odds(one, family, strangers);
    let mut weights = vec![MatchWeight {
        comparison: None,
        level: "before any comparison",
        bits: before,
    }];
    for comparison in ALL {
        let level = pair.pattern.level(comparison);
        let name = if comparison == Comparison::Contact {
            let contact = pair.pattern.contact;
            one *= model.m.of_contact(contact);
            family *= model.family.of_contact(contact);
            strangers *= chance_of_contact(register, a, b, contact, &model.u);
            contact.describe()
        } else if level == NOT_COMPARED {
            continue;
        } else {
            let at = (comparison as usize, usize::from(level));
            one *= model.m.levels[at.0][at.1];
            family *= model.within_family(&pair.pattern, comparison, level);
            strangers *= model.by_chance(register, a, b, comparison, level);
            comparison.levels()[at.1].name
        };
        let after = odds(one, family, strangers);
        weights.push(MatchWeight {
            comparison: Some(comparison),
            level: name,
            bits: after - before,
        });
        before = after;
    }
    weights
}
