//! How often a class of pairs is at each level.

use crate::linkage::comparison::{
    ALL, CELLS, COMPARISONS, Contact, NOT_COMPARED, Pattern, cell_shares, same_email, same_phone,
};

/// The most levels that a comparison has.
pub(crate) const LEVELS: usize = 9;

/// Families whose records no longer share any contact data: members move away.
///
/// It is not estimated, because the pairs that it would be estimated from look like strangers.
const FAMILY_APART: f64 = 0.15;

/// Rates of the levels of all comparisons, and of the cells of contact data.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rates {
    pub(crate) levels: [[f64; LEVELS]; COMPARISONS],
    pub(crate) cells: [f64; CELLS],
}

impl Rates {
    /// No pair yet.
    pub(crate) fn zero() -> Self {
        Self {
            levels: [[0.0; LEVELS]; COMPARISONS],
            cells: [0.0; CELLS],
        }
    }

    /// What is believed of two records of one person: a third has moved, two in five have a new
    /// phone, one in five a new e-mail address.
    pub(crate) fn of_one_person() -> Self {
        let mut rates = Self::believed(|level| level.m);
        for (at, rate) in rates.cells.iter_mut().enumerate() {
            let home = [0.55, 0.08, 0.17, 0.20][at / 4];
            let phone = if same_phone(at) { 0.6 } else { 0.4 };
            let email = if same_email(at) { 0.75 } else { 0.25 };
            *rate = home * phone * email;
        }
        rates
    }

    /// What is believed of two people of one family.
    pub(crate) fn of_a_family() -> Self {
        let mut rates = Self::believed(|level| level.family);
        for (at, rate) in rates.cells.iter_mut().enumerate() {
            let home = [0.75, 0.10, 0.10, 0.05][at / 4];
            let phone = if same_phone(at) { 0.7 } else { 0.3 };
            let email = if same_email(at) { 0.15 } else { 0.85 };
            *rate = home * phone * email;
        }
        rates.keep_some_families_apart();
        rates
    }

    fn believed(belief: fn(&crate::linkage::ComparisonLevel) -> f64) -> Self {
        let mut rates = Self::zero();
        for comparison in ALL {
            let levels = comparison.levels();
            let sum: f64 = if levels.len() > 1 {
                levels.iter().map(belief).sum()
            } else {
                1.0
            };
            for (rate, level) in rates.levels[comparison as usize].iter_mut().zip(levels) {
                *rate = belief(level) / sum;
            }
        }
        rates
    }

    /// The likelihood of a pattern.
    pub(crate) fn of(&self, pattern: &Pattern) -> f64 {
        let mut likelihood = self.of_contact(pattern.contact);
        for (levels, level) in self.levels.iter().zip(pattern.levels) {
            if level != NOT_COMPARED {
                likelihood *= levels[usize::from(level)];
            }
        }
        likelihood
    }

    /// The likelihood of what the contact data show.
    pub(crate) fn of_contact(&self, contact: Contact) -> f64 {
        let open = |at: &usize| contact.0 >> at & 1 == 1;
        (0..CELLS).filter(open).map(|at| self.cells[at]).sum()
    }

    /// Adds a pair with a weight. A pair that may lie in several cells is spread over them.
    pub(crate) fn add(&mut self, pattern: &Pattern, weight: f64, present: &Self) {
        for (levels, level) in self.levels.iter_mut().zip(pattern.levels) {
            if level != NOT_COMPARED {
                levels[usize::from(level)] += weight;
            }
        }
        let whole = present.of_contact(pattern.contact);
        if whole > 0.0 && pattern.contact != Contact::UNKNOWN {
            for at in (0..CELLS).filter(|at| pattern.contact.0 >> at & 1 == 1) {
                self.cells[at] += weight * present.cells[at] / whole;
            }
        }
    }

    /// Counts become rates; `belief` counts as so many pairs.
    pub(crate) fn normalise(&mut self, belief: &Self, strength: f64) {
        for comparison in ALL {
            let at = comparison as usize;
            // A number that is shared says something, one that differs nothing: no rate to estimate.
            if comparison.levels().len() < 2 {
                self.levels[at] = belief.levels[at];
                continue;
            }
            share(&mut self.levels[at], &belief.levels[at], strength);
        }
        share(&mut self.cells, &belief.cells, strength);
    }

    pub(crate) fn keep_some_families_apart(&mut self) {
        let together: f64 = (0..CELLS)
            .filter(|at| cell_shares(*at))
            .map(|at| self.cells[at])
            .sum();
        let apart: f64 = (0..CELLS)
            .filter(|at| !cell_shares(*at))
            .map(|at| self.cells[at])
            .sum();
        for (at, rate) in self.cells.iter_mut().enumerate() {
            *rate *= if cell_shares(at) {
                (1.0 - FAMILY_APART) / together
            } else {
                FAMILY_APART / apart
            };
        }
    }

    /// The greatest change of a rate.
    pub(crate) fn distance(&self, other: &Self) -> f64 {
        let levels = self
            .levels
            .iter()
            .flatten()
            .zip(other.levels.iter().flatten());
        let cells = self.cells.iter().zip(&other.cells);
        levels
            .chain(cells)
            .map(|(a, b)| (a - b).abs())
            .fold(0.0, f64::max)
    }
}

fn share(counts: &mut [f64], belief: &[f64], strength: f64) {
    for (count, belief) in counts.iter_mut().zip(belief) {
        *count += strength * belief;
    }
    let sum: f64 = counts.iter().sum();
    counts.iter_mut().for_each(|count| *count /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linkage::comparison::Comparison;

    #[test]
    fn rates_sum_to_one_whatever_was_counted() {
        for rates in [Rates::of_one_person(), Rates::of_a_family()] {
            let cells: f64 = rates.cells.iter().sum();
            assert!((cells - 1.0).abs() < 1e-9, "{cells}");
            for comparison in ALL.into_iter().filter(|one| one.levels().len() > 1) {
                let sum: f64 = rates.levels[comparison as usize].iter().sum();
                assert!((sum - 1.0).abs() < 1e-9, "{comparison:?}");
            }
        }
        let belief = Rates::of_one_person();
        let mut counted = Rates::zero();
        let pattern = Pattern {
            levels: [NOT_COMPARED; COMPARISONS],
            contact: Contact::UNKNOWN,
        };
        counted.add(&pattern, 5.0, &belief);
        counted.normalise(&belief, 10.0);
        assert!(
            counted.distance(&belief) < 1e-9,
            "what is unknown teaches nothing"
        );
        assert_eq!(counted.levels[Comparison::Contact as usize], [0.0; LEVELS]);
    }
}
