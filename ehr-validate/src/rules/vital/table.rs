//! The tables of this room: bounds, centiles by age, growth of small children.

use std::sync::LazyLock;

use rust_decimal::Decimal;

use super::measure::Sign;

/// From an amount to another; both are possible.
pub(super) struct Bounds {
    sign: Sign,
    /// The months of age that it is for.
    months: std::ops::Range<u32>,
    pub(super) low: Decimal,
    pub(super) high: Decimal,
}

/// How a measure is spread among children of one sex and age.
pub(super) struct Growth {
    sign: Sign,
    sex: &'static str,
    month: u32,
    l: f64,
    m: f64,
    s: f64,
}

/// What is possible at any age.
pub(super) fn bounds(sign: Sign) -> Option<&'static Bounds> {
    static BOUNDS: LazyLock<Vec<Bounds>> = LazyLock::new(|| {
        rows(include_str!("bounds.tsv"))
            .filter_map(|cells| bounds_of(&cells, 0..u32::MAX, 1))
            .collect()
    });
    BOUNDS.iter().find(|bounds| bounds.sign == sign)
}

/// What is usual at an age, in months.
pub(super) fn centiles(sign: Sign, month: u32) -> Option<&'static Bounds> {
    static CENTILES: LazyLock<Vec<Bounds>> = LazyLock::new(|| {
        rows(include_str!("centiles.tsv"))
            .filter_map(|cells| {
                let months = cells.get(1)?.parse().ok()?..cells.get(2)?.parse().ok()?;
                bounds_of(&cells, months, 3)
            })
            .collect()
    });
    CENTILES
        .iter()
        .find(|bounds| bounds.sign == sign && bounds.months.contains(&month))
}

/// The z-score of a measure at an age, in months; none outside the table.
pub(super) fn z_score(sign: Sign, sex: &str, month: u32, amount: f64) -> Option<f64> {
    static GROWTH: LazyLock<Vec<Growth>> = LazyLock::new(|| {
        rows(include_str!("growth.tsv"))
            .filter_map(|cells| growth_of(&cells))
            .collect()
    });
    let row = GROWTH
        .iter()
        .find(|row| row.sign == sign && row.sex == sex && row.month == month)?;
    Some(((amount / row.m).powf(row.l) - 1.0) / (row.l * row.s))
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split('\t').collect())
}

fn bounds_of(cells: &[&str], months: std::ops::Range<u32>, at: usize) -> Option<Bounds> {
    Some(Bounds {
        sign: Sign::of_name(cells.first()?)?,
        months,
        low: cells.get(at)?.parse().ok()?,
        high: cells.get(at + 1)?.parse().ok()?,
    })
}

fn growth_of(cells: &[&'static str]) -> Option<Growth> {
    let number = |at: usize| cells.get(at)?.parse().ok();
    Some(Growth {
        sign: Sign::of_name(cells.first()?)?,
        sex: cells.get(1)?,
        month: cells.get(2)?.parse().ok()?,
        l: number(3)?,
        m: number(4)?,
        s: number(5)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        for (table, count) in [
            (include_str!("bounds.tsv"), 9),
            (include_str!("centiles.tsv"), 26),
            (include_str!("growth.tsv"), 100),
        ] {
            assert_eq!(rows(table).count(), count);
            assert!(rows(table).all(|cells| Sign::of_name(cells[0]).is_some()));
        }
        assert!(rows(include_str!("growth.tsv")).all(|cells| growth_of(&cells).is_some()));
        for month in 0..216 {
            for sign in [Sign::HeartRate, Sign::RespiratoryRate] {
                assert!(
                    centiles(sign, month).is_some_and(|one| one.low < one.high),
                    "{month}"
                );
            }
        }
        assert!(centiles(Sign::HeartRate, 216).is_none());
    }

    #[test]
    fn z_scores_are_those_of_the_standard() {
        // a girl of 12 months and 9 kg, as software of the WHO computes her
        let z = z_score(Sign::Weight, "female", 12, 9.0).unwrap();
        assert!((z - 0.047).abs() < 0.005, "{z}");
        assert_eq!(z_score(Sign::Weight, "female", 25, 9.0), None);
    }
}
