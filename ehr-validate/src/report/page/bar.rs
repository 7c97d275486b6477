//! A bar of what became of the leaves of a source.

use ehr_model::tally::LeafCounts;

/// The width of a whole bar.
const WIDTH: u64 = 1000;

/// What is there at all is seen, however small its share.
const LEAST: u64 = 12;

/// The segments of a bar, in the order of the legend.
pub(super) struct Bar {
    pub(super) segments: Vec<Segment>,
}

pub(super) struct Segment {
    pub(super) class: &'static str,
    pub(super) x: u64,
    pub(super) width: u64,
}

impl Bar {
    pub(super) fn of(leaves: &LeafCounts) -> Self {
        let parts = [
            ("mapped", leaves.mapped),
            ("archived", leaves.archived),
            ("ignored", leaves.ignored),
            ("rejected", leaves.rejected),
            ("unaccounted", leaves.unaccounted),
        ];
        let all: u128 = parts.iter().map(|(_, count)| u128::from(*count)).sum();
        if all == 0 {
            return Self {
                segments: Vec::new(),
            };
        }
        let mut widths = parts.map(|(_, count)| match count {
            0 => 0,
            count => {
                let share = u128::from(count) * u128::from(WIDTH) / all;
                u64::try_from(share).unwrap_or(WIDTH).max(LEAST)
            }
        });
        // What the least widths took or rounding left, the widest gives or gets.
        let sum: u64 = widths.iter().sum();
        if let Some(widest) = widths.iter_mut().max() {
            *widest = (*widest + WIDTH).saturating_sub(sum);
        }
        let mut x = 0;
        let segments = parts
            .iter()
            .zip(widths)
            .filter(|(_, width)| *width > 0)
            .map(|((class, _), width)| {
                let segment = Segment { class, x, width };
                x += width;
                segment
            })
            .collect();
        Self { segments }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_fill_the_bar_and_small_ones_are_seen() {
        let mut leaves = LeafCounts::default();
        leaves.mapped = 9_999_999;
        leaves.ignored = 333;
        leaves.unaccounted = 1;
        let bar = Bar::of(&leaves);
        let widths: Vec<_> = bar.segments.iter().map(|s| (s.class, s.width)).collect();
        assert_eq!(
            widths,
            [("mapped", 976), ("ignored", 12), ("unaccounted", 12)]
        );
        assert_eq!(bar.segments[2].x + bar.segments[2].width, WIDTH);
    }

    #[test]
    fn nothing_is_no_bar() {
        assert!(Bar::of(&LeafCounts::default()).segments.is_empty());
    }
}
