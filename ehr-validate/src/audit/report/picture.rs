//! Inline pictures: lengths that the template draws as rectangles.

use std::collections::BTreeMap;

/// The width of every picture, in its own units.
const WIDTH: u64 = 1000;
/// The height of a histogram.
const HEIGHT: u64 = 100;
/// What is there is seen, however little it is.
const LEAST: u64 = 8;
/// More years than this are drawn in groups.
const MOST_BARS: u64 = 60;

/// A rectangle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) class: &'static str,
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) height: u64,
    /// What it stands for, for those who point at it or hear the page.
    pub(super) title: String,
}

/// A bar that is filled as far as `part` is of `all`.
pub(super) fn fill(part: u64, all: u64) -> u64 {
    let width = (u128::from(part) * u128::from(WIDTH))
        .checked_div(u128::from(all))
        .unwrap_or(0);
    let width = u64::try_from(width).unwrap_or(WIDTH).min(WIDTH);
    match part {
        0 => 0,
        _ => width.max(LEAST),
    }
}

/// A bar of parts one after the other.
pub(super) fn parts(parts: &[(&'static str, String, u64)]) -> Vec<Rect> {
    let all: u64 = parts.iter().map(|(_, _, count)| count).sum();
    let mut widths: Vec<u64> = parts
        .iter()
        .map(|(_, _, count)| fill(*count, all))
        .collect();
    let sum: u64 = widths.iter().sum();
    if all > 0
        && let Some(widest) = widths.iter_mut().max()
    {
        *widest = (*widest + WIDTH).saturating_sub(sum);
    }
    let mut x = 0;
    let mut rects = Vec::new();
    for ((class, title, count), width) in parts.iter().zip(widths) {
        if *count > 0 {
            rects.push(Rect {
                class,
                x,
                y: 0,
                width,
                height: HEIGHT,
                title: title.clone(),
            });
            x += width;
        }
    }
    rects
}

/// Years as bars, from the first to the last; many years in groups.
pub(super) fn years(years: &BTreeMap<u16, u64>) -> Vec<Rect> {
    let (Some((first, _)), Some((last, _))) = (years.first_key_value(), years.last_key_value())
    else {
        return Vec::new();
    };
    let span = u64::from(last - first) + 1;
    let group = span.div_ceil(MOST_BARS);
    let bars = span.div_ceil(group);
    let mut counts = vec![0; usize::try_from(bars).unwrap_or(0)];
    for (year, count) in years {
        let place = usize::try_from(u64::from(year - first) / group).unwrap_or(0);
        if let Some(bar) = counts.get_mut(place) {
            *bar += count;
        }
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let width = WIDTH / bars;
    counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .map(|(place, count)| {
            let place = place as u64;
            let height = (fill(*count, most) * HEIGHT / WIDTH).max(2);
            let from = u64::from(*first) + place * group;
            let title = match group {
                1 => format!("{from}: {count}"),
                _ => format!("{from} to {}: {count}", from + group - 1),
            };
            Rect {
                class: "year",
                x: place * width,
                y: HEIGHT - height,
                width: width.saturating_sub(2).max(1),
                height,
                title,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_fill_the_bar_and_small_ones_are_seen() {
        let rects = parts(&[
            ("a", String::new(), 9_999),
            ("b", String::new(), 0),
            ("c", String::new(), 1),
        ]);
        let widths: Vec<_> = rects.iter().map(|rect| (rect.class, rect.width)).collect();
        assert_eq!(widths, [("a", 992), ("c", 8)]);
        assert_eq!(rects[1].x + rects[1].width, WIDTH);
        assert!(parts(&[("a", String::new(), 0)]).is_empty());
    }

    #[test]
    fn years_stand_in_their_order_without_running_over() {
        let rects = years(&BTreeMap::from([(1990, 5), (2020, 10), (2021, 1)]));
        assert_eq!(rects.len(), 3);
        assert_eq!((rects[1].height, rects[1].y), (HEIGHT, 0));
        assert!(rects.iter().all(|rect| rect.x + rect.width <= WIDTH));
        let long = years(&(1800..=2025).map(|year| (year, 1)).collect());
        assert!(long.len() as u64 <= MOST_BARS && long[0].title.contains(" to "));
    }
}
