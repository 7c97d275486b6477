//! Asks the rules, and says what each of them answers.

use std::fmt;

use chrono::NaiveDate;

use super::RetentionFacts;
use super::day::PartialDay;
use super::rule::{Anchor, RetentionRule, RetentionRules, Subject, Term};

/// What the rules say of one entry, with their reasons.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Assessment {
    /// The answer.
    pub decision: Decision,
    /// What each rule that applies, or may apply, had to say.
    pub findings: Vec<Finding>,
}

/// The answer of the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// No rule applies: keep.
    NoRule,
    /// Something that a rule asks for is not known: keep.
    Unknown,
    /// The terms have run out, but no rule that applies was reviewed: keep.
    NotReviewed,
    /// A term still runs: keep.
    Running,
    /// All terms have run out by rules that were reviewed: it may be erased, if no hold forbids it.
    Expired,
}

/// What one rule says. `Debug` and `Display` show no date of the patient.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Id and version of the rule.
    pub rule: String,
    /// Its citation.
    pub citation: String,
    /// Whether it was reviewed and is no example.
    pub is_approved: bool,
    /// What it asks for and is not known, in words.
    pub unknown: Vec<&'static str>,
    until: Option<(Term, NaiveDate)>,
}

/// What is known of one entry, beside the facts that were given for it.
pub(crate) struct Known<'a> {
    pub(crate) subject: Subject,
    pub(crate) facts: &'a RetentionFacts,
    pub(crate) birth_date: Option<&'a str>,
    pub(crate) created: Option<&'a str>,
    pub(crate) last_in_effect: Option<&'a str>,
}

impl RetentionRules {
    /// How long a chart is kept, as of a day `YYYY-MM-DD`.
    pub fn assess_chart(
        &self,
        birth_date: Option<&str>,
        facts: &RetentionFacts,
        today: &str,
    ) -> Assessment {
        self.assess(
            &Known {
                subject: Subject::Chart,
                facts,
                birth_date,
                created: None,
                last_in_effect: None,
            },
            today,
        )
    }

    /// How long a document that HIPAA asks for is kept: a policy, a log, a disclosure.
    pub fn assess_documentation(
        &self,
        created: Option<&str>,
        last_in_effect: Option<&str>,
        today: &str,
    ) -> Assessment {
        self.assess(
            &Known {
                subject: Subject::HipaaDocumentation,
                facts: &RetentionFacts::default(),
                birth_date: None,
                created,
                last_in_effect,
            },
            today,
        )
    }

    pub(crate) fn assess(&self, known: &Known<'_>, today: &str) -> Assessment {
        let Some(today) = PartialDay::parse(today).filter(|_| today.len() == 10) else {
            return Assessment {
                decision: Decision::Unknown,
                findings: Vec::new(),
            };
        };
        let about = self
            .rules
            .iter()
            .filter(|rule| rule.subject == known.subject);
        let findings: Vec<Finding> = about.filter_map(|rule| rule.ask(known, today)).collect();
        Assessment {
            decision: decide(&findings, today),
            findings,
        }
    }
}

fn decide(findings: &[Finding], today: PartialDay) -> Decision {
    if findings.is_empty() {
        return Decision::NoRule;
    }
    if findings.iter().any(|finding| !finding.unknown.is_empty()) {
        return Decision::Unknown;
    }
    let runs = |finding: &Finding| finding.until.is_none_or(|(_, until)| until >= today.last());
    if findings.iter().any(runs) {
        Decision::Running
    } else if findings.iter().any(|finding| finding.is_approved) {
        Decision::Expired
    } else {
        Decision::NotReviewed
    }
}

impl RetentionRule {
    /// What the rule says; `None` if it does not apply.
    fn ask(&self, known: &Known<'_>, today: PartialDay) -> Option<Finding> {
        let begins = PartialDay::parse(&self.effective_from)?;
        let ended = self
            .effective_to
            .as_deref()
            .and_then(PartialDay::parse)
            .is_some_and(|last| last < today);
        if begins > today || ended {
            return None;
        }
        let mut unknown = Vec::new();
        let scopes = [
            (
                &self.jurisdiction,
                &known.facts.jurisdiction,
                "jurisdiction",
            ),
            (&self.facility, &known.facts.facility, "kind of facility"),
        ];
        for (asked, fact, name) in scopes {
            match (asked, fact) {
                (Some(asked), Some(fact)) if asked != fact => return None,
                (Some(_), None) => unknown.push(name),
                _ => {}
            }
        }
        let mut until: Option<(Term, NaiveDate)> = None;
        for term in &self.keep {
            let day = known.day(term.after).and_then(PartialDay::parse);
            match day.and_then(|day| day.plus_years(term.years)) {
                None => unknown.push(term.after.as_str()),
                Some(day) if until.is_none_or(|(_, last)| last < day.last()) => {
                    until = Some((*term, day.last()))
                }
                Some(_) => {}
            }
        }
        Some(Finding {
            rule: format!("{} version {}", self.id, self.version),
            citation: self.citation.clone(),
            is_approved: self.is_approved(),
            unknown,
            until,
        })
    }
}

impl Known<'_> {
    fn day(&self, anchor: Anchor) -> Option<&str> {
        match anchor {
            Anchor::LastEncounter => self.facts.last_encounter.as_deref(),
            Anchor::Death => self.facts.death.as_deref(),
            Anchor::Birth => self.birth_date,
            Anchor::Created => self.created,
            Anchor::LastInEffect => self.last_in_effect,
        }
    }
}

impl Assessment {
    /// Whether the rules let it go.
    pub fn is_expired(&self) -> bool {
        self.decision == Decision::Expired
    }

    /// The day until which it is kept, where every rule knows one. It follows from dates of the patient.
    pub fn expose_until(&self) -> Option<String> {
        let days: Option<Vec<NaiveDate>> = self
            .findings
            .iter()
            .map(|finding| finding.until.map(|(_, day)| day))
            .collect();
        days?.into_iter().max().map(|day| day.to_string())
    }
}

impl Finding {
    /// The day until which this rule keeps. It follows from dates of the patient.
    pub fn expose_until(&self) -> Option<String> {
        self.until.map(|(_, day)| day.to_string())
    }
}

impl fmt::Display for Decision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Decision::NoRule => "keep: no rule applies",
            Decision::Unknown => "keep: something that a rule asks for is not known",
            Decision::NotReviewed => "keep: no rule that applies was reviewed",
            Decision::Running => "keep: a term still runs",
            Decision::Expired => "expired: all terms have run out",
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.rule, self.citation)?;
        match &self.until {
            Some((term, _)) => write!(f, ": {} years after {}", term.years, term.after.as_str())?,
            None => f.write_str(": no term known")?,
        }
        if !self.unknown.is_empty() {
            write!(f, "; not known: {}", self.unknown.join(", "))?;
        }
        if !self.is_approved {
            f.write_str("; not reviewed")?;
        }
        Ok(())
    }
}

impl fmt::Display for Assessment {
    /// The answer, then one line for each rule.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.decision.fmt(f)?;
        self.findings
            .iter()
            .try_for_each(|finding| write!(f, "\n  {finding}"))
    }
}

impl fmt::Debug for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Finding({self})")
    }
}

impl fmt::Debug for Assessment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Assessment({self})")
    }
}
