//! What is known about a rule, and its page.

use ehr_model::issue::{IssueCode, Severity};
use serde::Serialize;

/// What a rule is about (Kahn's framework, as OHDSI uses it).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Category {
    /// Values have the form that was agreed on.
    Conformance,
    /// Values are there.
    Completeness,
    /// Values can be true.
    Plausibility,
}

/// How settled a rule is. A code is never used again for another rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum RuleStatus {
    /// May still change what it finds.
    Preview,
    /// Changes what it finds only with a new version of the crate.
    Stable,
    /// Will go.
    Deprecated,
    /// Is gone; the code stays taken.
    Removed,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Scope {
    /// One chart.
    Chart,
    /// The chart of a patient in the source beside the one in the target.
    Comparison,
    /// What only the whole run shows, such as counts; collected elsewhere and added to the report.
    Run,
}

/// The share of violating records that a rule tolerates, in records a million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct Threshold(u32);

/// What is known about a rule.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct RuleMetadata {
    /// The permanent code. It says what is wrong and reads well after "allow".
    pub code: IssueCode,
    /// What the rule is about.
    pub category: Category,
    /// How bad a violation is.
    pub severity: Severity,
    /// The version that brought the rule.
    pub since: &'static str,
    /// How settled it is.
    pub status: RuleStatus,
    /// The share of violations that it tolerates where the ruleset says nothing else.
    pub threshold: Threshold,
    /// What the rule looks at.
    pub scope: Scope,
    /// The lines of the list of requirements that the rule covers.
    pub covers: &'static [&'static str],
    /// The page, as Markdown under fixed [headings](RuleMetadata::HEADINGS).
    pub page: &'static str,
}

impl Threshold {
    /// Nothing is tolerated. The default: a share that may be wrong is a decision of the practice.
    pub const ZERO: Self = Self(0);

    /// This many violating records a million.
    pub const fn per_million(records: u32) -> Self {
        Self(records)
    }

    /// Whether `numerator` of `denominator` records are more than is tolerated.
    pub fn is_exceeded_by(self, numerator: u64, denominator: u64) -> bool {
        u128::from(numerator) * 1_000_000 > u128::from(self.0) * u128::from(denominator)
    }
}

impl RuleMetadata {
    /// The headings that every page has, in this order, below its one-sentence title.
    pub const HEADINGS: [&'static str; 6] = [
        "## What it does",
        "## Why it matters",
        "## What to do",
        "### Who loads the data",
        "### Who uses the data",
        "## Source",
    ];

    /// A stable rule that tolerates nothing.
    pub const fn new(
        code: &'static str,
        category: Category,
        severity: Severity,
        since: &'static str,
        page: &'static str,
    ) -> Self {
        Self {
            code: IssueCode::new(code),
            category,
            severity,
            since,
            status: RuleStatus::Stable,
            threshold: Threshold::ZERO,
            scope: Scope::Chart,
            covers: &[],
            page,
        }
    }

    /// With another status.
    pub const fn status(self, status: RuleStatus) -> Self {
        Self { status, ..self }
    }

    /// With another threshold.
    pub const fn threshold(self, threshold: Threshold) -> Self {
        Self { threshold, ..self }
    }

    /// Looking at something else than one chart.
    pub const fn scope(self, scope: Scope) -> Self {
        Self { scope, ..self }
    }

    /// Covering lines of the list of requirements.
    pub const fn covers(self, covers: &'static [&'static str]) -> Self {
        Self { covers, ..self }
    }

    /// The first sentence of the page.
    pub fn title(&self) -> &'static str {
        let line = self.page.trim_start().lines().next().unwrap_or_default();
        line.trim().trim_end_matches('.')
    }

    /// What to do for who loads the data.
    pub fn advice_for_loading(&self) -> String {
        self.section("### Who loads the data")
    }

    /// What to do for who uses the data.
    pub fn advice_for_using(&self) -> String {
        self.section("### Who uses the data")
    }

    /// What the rule rests on.
    pub fn source(&self) -> String {
        self.section("## Source")
    }

    /// The text under a heading, on one line; empty if the page lacks it.
    pub fn section(&self, heading: &str) -> String {
        let mut lines = self.page.lines().map(str::trim);
        if !lines.by_ref().any(|line| line == heading) {
            return String::new();
        }
        let words: Vec<_> = lines
            .take_while(|line| !line.starts_with('#'))
            .flat_map(str::split_whitespace)
            .collect();
        words.join(" ")
    }
}

/// Declares a rule whose doc comment is its page, for docs.rs and for the report alike.
///
/// `threshold` (violating records a million), `scope` and `covers` may be left out, in this order.
macro_rules! rule {
    ($(#[doc = $line:literal])* $name:ident {
        code: $code:literal, category: $category:ident, severity: $severity:ident, since: $since:literal
        $(, threshold: $threshold:literal)? $(, scope: $scope:ident)? $(, covers: [$($line_covered:literal),* $(,)?])? $(,)?
    }) => {
        $(#[doc = $line])*
        #[derive(Debug, Clone, Copy, Default)]
        pub struct $name;

        impl $name {
            /// What is known about the rule.
            pub const METADATA: $crate::rule::RuleMetadata = $crate::rule::RuleMetadata::new(
                $code,
                $crate::rule::Category::$category,
                ehr_model::issue::Severity::$severity,
                $since,
                concat!($($line, "\n"),*),
            )
            $(.threshold($crate::rule::Threshold::per_million($threshold)))?
            $(.scope($crate::rule::Scope::$scope))?
            $(.covers(&[$($line_covered),*]))?;
        }
    };
}

pub(crate) use rule;
