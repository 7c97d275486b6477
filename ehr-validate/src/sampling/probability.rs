//! Exact probabilities of what a sample shows.

/// How many of a sample are found wrong: `wrong` of `population` are, each drawn one is noticed
/// with a probability.
#[derive(Debug, Clone, Copy)]
pub(super) struct Detection {
    pub(super) population: u64,
    pub(super) wrong: u64,
    pub(super) checked: u64,
    pub(super) catch_rate: f64,
}

impl Detection {
    /// The probability that at most so many are found.
    pub(super) fn at_most(&self, found: u64) -> f64 {
        let (low, high) = self.support();
        let terms = (low..=high).map(|drawn| {
            if self.catch_rate >= 1.0 && drawn > found {
                return 0.0; // all that is drawn is noticed
            }
            self.ln_drawn(drawn).exp() * binomial_at_most(found, drawn, self.catch_rate)
        });
        terms.sum::<f64>().min(1.0)
    }

    /// The probability that exactly so many are found.
    pub(super) fn exactly(&self, found: u64) -> f64 {
        let (low, high) = self.support();
        let terms = (low.max(found)..=high)
            .map(|drawn| self.ln_drawn(drawn).exp() * binomial(found, drawn, self.catch_rate));
        terms.sum()
    }

    /// The fewest and the most wrong units that can be drawn.
    fn support(&self) -> (u64, u64) {
        let right = self.population - self.wrong;
        (
            self.checked.saturating_sub(right),
            self.checked.min(self.wrong),
        )
    }

    /// The logarithm of the probability that so many wrong units are drawn (hypergeometric).
    fn ln_drawn(&self, drawn: u64) -> f64 {
        let right = self.population - self.wrong;
        ln_choose(self.wrong, drawn) + ln_choose(right, self.checked - drawn)
            - ln_choose(self.population, self.checked)
    }
}

/// The probability of exactly `k` of `n` at a rate.
pub(super) fn binomial(k: u64, n: u64, rate: f64) -> f64 {
    if k > n {
        return 0.0;
    }
    // powers of zero are one, and their logarithms no number
    let power = |base: f64, exponent: u64| match exponent {
        0 => 0.0,
        exponent => exponent as f64 * base.ln(),
    };
    (ln_choose(n, k) + power(rate, k) + power(1.0 - rate, n - k)).exp()
}

/// The probability of at most `k` of `n` at a rate.
pub(super) fn binomial_at_most(k: u64, n: u64, rate: f64) -> f64 {
    if k >= n {
        return 1.0;
    }
    (0..=k).map(|k| binomial(k, n, rate)).sum::<f64>().min(1.0)
}

fn ln_choose(n: u64, k: u64) -> f64 {
    match k.min(n - k) {
        0 => 0.0,
        1 => (n as f64).ln(),
        _ => ln_factorial(n) - ln_factorial(k) - ln_factorial(n - k),
    }
}

/// Stirling's series above 20, where its error is below 1e-15; the product below, where it is exact.
fn ln_factorial(n: u64) -> f64 {
    let x = n as f64;
    if n <= 20 {
        return (2..=n).map(|factor| factor as f64).product::<f64>().ln();
    }
    let inverse = 1.0 / x;
    let square = inverse * inverse;
    let series =
        inverse * (1.0 / 12.0 - square * (1.0 / 360.0 - square * (1.0 / 1260.0 - square / 1680.0)));
    x * x.ln() - x + 0.5 * (std::f64::consts::TAU * x).ln() + series
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choose(n: u64, k: u64) -> f64 {
        (0..k).fold(1.0, |product, at| {
            product * (n - at) as f64 / (at + 1) as f64
        })
    }

    #[test]
    fn small_populations_agree_with_counting() {
        for population in 1..=12_u64 {
            for wrong in 0..=population {
                for checked in 0..=population {
                    let detection = Detection {
                        population,
                        wrong,
                        checked,
                        catch_rate: 1.0,
                    };
                    let mut sum = 0.0;
                    for found in 0..=checked.min(wrong) {
                        let ways = match checked - found > population - wrong {
                            true => 0.0,
                            false => {
                                choose(wrong, found) * choose(population - wrong, checked - found)
                            }
                        };
                        let counted = ways / choose(population, checked);
                        let exactly = match ways == 0.0 {
                            true => 0.0,
                            false => detection.exactly(found),
                        };
                        assert!((exactly - counted).abs() < 1e-12);
                        sum += counted;
                        assert!((detection.at_most(found) - sum).abs() < 1e-12);
                    }
                }
            }
        }
    }

    #[test]
    fn factorials_are_continuous_where_the_series_begins() {
        for n in [21_u64, 22, 30, 170] {
            let product: f64 = (2..=n).map(|factor| (factor as f64).ln()).sum();
            assert!((ln_factorial(n) - product).abs() < 1e-12 * product, "{n}");
        }
    }

    #[test]
    fn what_is_noticed_by_half_is_found_by_half() {
        // 1 wrong of 2, both looked at, noticed with 50 %: found in half of the cases
        let detection = Detection {
            population: 2,
            wrong: 1,
            checked: 2,
            catch_rate: 0.5,
        };
        assert!((detection.at_most(0) - 0.5).abs() < 1e-12);
        assert!((detection.exactly(1) - 0.5).abs() < 1e-12);
    }
}
