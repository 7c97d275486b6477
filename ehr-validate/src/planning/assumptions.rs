//! What the estimate assumes, each with where it is from.

use serde::Serialize;

/// A number that the estimate rests on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Assumption {
    /// Its name.
    pub name: &'static str,
    /// Its value.
    pub value: f64,
    /// What it is of.
    pub unit: &'static str,
    /// Where it is from: a source, or "assumption".
    pub source: &'static str,
}

const ASSUMED: &str = "assumption";

const fn assumed(name: &'static str, value: f64, unit: &'static str) -> Assumption {
    from(name, value, unit, ASSUMED)
}

const fn from(
    name: &'static str,
    value: f64,
    unit: &'static str,
    source: &'static str,
) -> Assumption {
    Assumption {
        name,
        value,
        unit,
        source,
    }
}

/// All assumptions, as they are shipped.
pub const ASSUMPTIONS: &[Assumption] = &[
    assumed("hours-map-column", 0.25, "hours a column with values"),
    assumed("hours-review-column", 0.05, "hours a clinical column"),
    assumed("hours-map-code", 0.05, "hours a distinct local code"),
    assumed("hours-review-code", 0.02, "hours a distinct local code"),
    assumed("hours-clean-error", 4.0, "hours a finding"),
    assumed("hours-clean-warning", 1.0, "hours a finding"),
    assumed("hours-review-pair", 0.05, "hours a pair"),
    assumed("hours-index-document", 0.002, "hours a document"),
    from(
        "rounds",
        3.0,
        "rounds",
        "two complete rounds are required for production; one more is assumed",
    ),
    assumed("hours-round", 16.0, "hours a round"),
    from(
        "sample-charts",
        299.0,
        "charts",
        "exact binomial: 299 without a fault show less than 1 % at 95 % confidence",
    ),
    assumed("hours-check-chart", 0.2, "hours a chart"),
    from(
        "sample-claims",
        20.0,
        "claims",
        "the fewest that say anything of replayed claims; see `replay`",
    ),
    assumed("hours-check-claim", 0.35, "hours a claim"),
    assumed("hours-cutover", 40.0, "hours"),
    from(
        "watch-days",
        30.0,
        "days",
        "the shortest legacy read-only period of the shipped cutover plan",
    ),
    assumed("hours-watch-day", 1.0, "hours a day"),
    assumed("rate-analyst", 110.0, "dollars an hour"),
    assumed("rate-clinician", 150.0, "dollars an hour"),
    assumed("rate-billing", 60.0, "dollars an hour"),
    assumed("range-low", 0.7, "times the likely hours"),
    assumed("range-high", 1.8, "times the likely hours"),
];
