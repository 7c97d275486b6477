//! Rules as data: who says so, since when, and what is kept how long after what.

use serde::{Deserialize, Serialize};

use super::day::PartialDay;
use crate::{Error, ErrorKind};

const FORMAT: &str = "ehr-archive-retention/1";

/// A set of rules, as `state/retention.json` keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionRules {
    format: String,
    /// The rules, in any order: all that apply are asked, and the longest counts.
    pub rules: Vec<RetentionRule>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionRule {
    /// Its name, which never changes.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Where it stands, such as `45 CFR 164.316(b)(2)(i)`.
    pub citation: String,
    /// What it is about.
    pub subject: Subject,
    /// Where it holds; everywhere if left out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub jurisdiction: Option<String>,
    /// For what kind of facility; for all if left out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub facility: Option<String>,
    /// First day on which it holds.
    pub effective_from: String,
    /// Last day on which it holds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub effective_to: Option<String>,
    /// Who reviewed it for this practice. A rule that nobody reviewed keeps, and never lets anything go.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reviewed_by: Option<String>,
    /// Day of the review.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reviewed_on: Option<String>,
    /// Whether it is an example and no law. An example never lets anything go, whoever reviewed it.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub example: bool,
    /// How long: until the last of these terms has run out.
    pub keep: Vec<Term>,
}

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Subject {
    /// Charts of patients.
    Chart,
    /// What HIPAA asks to be documented: policies, actions, disclosures. Not charts.
    HipaaDocumentation,
}

/// So many years after something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Term {
    /// After what.
    pub after: Anchor,
    /// How many years.
    pub years: u32,
}

/// What a term counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Anchor {
    /// The last encounter.
    LastEncounter,
    /// Birth; the age of majority is so many years more.
    Birth,
    /// Death, which is unknown of somebody who is not known to have died.
    Death,
    /// When a document was made.
    Created,
    /// When a document was last in effect.
    LastInEffect,
}

impl RetentionRules {
    /// A set of rules.
    pub fn new(rules: Vec<RetentionRule>) -> Result<Self, Error> {
        let rules = RetentionRules {
            format: FORMAT.to_owned(),
            rules,
        };
        rules.check()?;
        Ok(rules)
    }

    /// The rule that every archive has: HIPAA's own documentation is kept six years from when it was made or last in effect,
    /// whichever is later. It says nothing about charts.
    pub fn hipaa_documentation() -> RetentionRule {
        let six_years = |after| Term { after, years: 6 };
        RetentionRule {
            id: "hipaa-documentation".into(),
            version: "1".into(),
            citation: "45 CFR 164.316(b)(2)(i) and 164.530(j)(2)".into(),
            subject: Subject::HipaaDocumentation,
            jurisdiction: None,
            facility: None,
            effective_from: "2003-04-14".into(),
            effective_to: None,
            reviewed_by: None,
            reviewed_on: None,
            example: false,
            keep: vec![six_years(Anchor::Created), six_years(Anchor::LastInEffect)],
        }
    }

    /// **An example and no law of any state**: ten years after the last encounter, and until a minor is 28. It shows the form
    /// and lets nothing go.
    pub fn example() -> Self {
        let rule = RetentionRule {
            id: "example-charts".into(),
            version: "1".into(),
            citation: "none: invented to show the form of a rule".into(),
            subject: Subject::Chart,
            jurisdiction: Some("XX".into()),
            effective_from: "2000-01-01".into(),
            example: true,
            keep: vec![
                Term {
                    after: Anchor::LastEncounter,
                    years: 10,
                },
                Term {
                    after: Anchor::Birth,
                    years: 28,
                },
            ],
            ..Self::hipaa_documentation()
        };
        RetentionRules {
            format: FORMAT.to_owned(),
            rules: vec![Self::hipaa_documentation(), rule],
        }
    }

    /// Reads rules from JSON and checks them.
    pub fn from_json(json: &[u8]) -> Result<Self, Error> {
        let rules: RetentionRules = serde_json::from_slice(json).map_err(|_| {
            Error::from(ErrorKind::Malformed {
                what: "the retention rules",
            })
        })?;
        if rules.format != FORMAT {
            return Err(ErrorKind::LaterVersion.into());
        }
        rules.check()?;
        Ok(rules)
    }

    /// The rules as JSON.
    pub fn to_json(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec_pretty(self).map_err(|_| {
            ErrorKind::Malformed {
                what: "the retention rules",
            }
            .into()
        })
    }

    fn check(&self) -> Result<(), Error> {
        let refused = |reason| Err(Error::from(ErrorKind::Refused { reason }));
        let mut names = std::collections::BTreeSet::new();
        for rule in &self.rules {
            let texts = [&rule.id, &rule.version, &rule.citation];
            if texts.iter().any(|text| text.trim().is_empty()) {
                return refused("a retention rule has an id, a version and a citation");
            }
            if !names.insert((&rule.id, &rule.version)) {
                return refused("two retention rules have the same id and version");
            }
            let is_day = |date: &String| date.len() == 10 && PartialDay::parse(date).is_some();
            let dates = [
                Some(&rule.effective_from),
                rule.effective_to.as_ref(),
                rule.reviewed_on.as_ref(),
            ];
            if !dates.into_iter().flatten().all(is_day) {
                return refused("the dates of a retention rule are days as YYYY-MM-DD");
            }
            if rule.reviewed_by.is_some() != rule.reviewed_on.is_some() {
                return refused("a review has a reviewer and a day");
            }
            if rule.keep.is_empty() || rule.keep.iter().any(|term| term.years > 1000) {
                return refused("a retention rule has terms of at most 1000 years");
            }
        }
        Ok(())
    }
}

impl RetentionRule {
    /// Whether a named person reviewed it and it is no example: only then can it let something go.
    pub fn is_approved(&self) -> bool {
        !self.example
            && self
                .reviewed_by
                .as_deref()
                .is_some_and(|name| !name.trim().is_empty())
    }
}

impl Anchor {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Anchor::LastEncounter => "last encounter",
            Anchor::Birth => "birth",
            Anchor::Death => "death",
            Anchor::Created => "creation",
            Anchor::LastInEffect => "last day in effect",
        }
    }
}
