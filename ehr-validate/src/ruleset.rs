//! Which rules are checked, and what each tolerates.

use std::fmt;

use crate::Error;
use crate::rule::{Rule, RuleMetadata, Threshold};
use crate::rules;

/// Which rules are checked, and what each tolerates. What was allowed stays on record.
///
/// ```
/// use ehr_validate::{Ruleset, rule::Threshold};
/// let rules = Ruleset::all()
///     .allow("unknown-code-system")?
///     .tolerate("quantity-without-unit", Threshold::per_million(500))?;
/// assert_eq!(rules.allowed().count(), 1);
/// assert!(Ruleset::all().allow("invalid-data").is_err());
/// # Ok::<(), ehr_validate::Error>(())
/// ```
pub struct Ruleset {
    entries: Vec<Entry>,
    allowed: Vec<&'static RuleMetadata>,
}

struct Entry {
    rule: Box<dyn Rule>,
    threshold: Threshold,
}

impl Ruleset {
    /// Every rule of this crate.
    pub fn all() -> Self {
        let mut all = Self::empty();
        for rule in rules::all() {
            all.push(rule);
        }
        all
    }

    /// No rule.
    pub fn empty() -> Self {
        Self {
            entries: Vec::new(),
            allowed: Vec::new(),
        }
    }

    /// With one more rule, such as one of your own.
    pub fn with(mut self, rule: Box<dyn Rule>) -> Result<Self, Error> {
        let code = rule.metadata().code.as_str();
        if self.find(code).is_some() {
            return Err(Error::DuplicateRule { code });
        }
        self.push(rule);
        Ok(self)
    }

    /// Only the rules with these codes; the others count as allowed.
    pub fn select(mut self, codes: &[&str]) -> Result<Self, Error> {
        for code in codes {
            self.position(code)?;
        }
        let (kept, allowed): (Vec<_>, Vec<_>) = self
            .entries
            .into_iter()
            .partition(|entry| codes.contains(&entry.rule.metadata().code.as_str()));
        self.entries = kept;
        self.allowed
            .extend(allowed.iter().map(|entry| entry.rule.metadata()));
        Ok(self)
    }

    /// Without a rule: what it finds is allowed, and the report says so.
    pub fn allow(mut self, code: &str) -> Result<Self, Error> {
        let position = self.position(code)?;
        self.allowed
            .push(self.entries.remove(position).rule.metadata());
        Ok(self)
    }

    /// With another threshold for a rule.
    pub fn tolerate(mut self, code: &str, threshold: Threshold) -> Result<Self, Error> {
        let position = self.position(code)?;
        self.entries[position].threshold = threshold;
        Ok(self)
    }

    /// The rules with what they tolerate.
    pub fn rules(&self) -> impl Iterator<Item = (&dyn Rule, Threshold)> {
        self.entries
            .iter()
            .map(|entry| (&*entry.rule, entry.threshold))
    }

    /// The rules that were allowed.
    pub fn allowed(&self) -> impl Iterator<Item = &'static RuleMetadata> {
        self.allowed.iter().copied()
    }

    fn push(&mut self, rule: Box<dyn Rule>) {
        let threshold = rule.metadata().threshold;
        self.entries.push(Entry { rule, threshold });
    }

    fn find(&self, code: &str) -> Option<usize> {
        self.entries
            .iter()
            .position(|entry| entry.rule.metadata().code.as_str() == code)
    }

    fn position(&self, code: &str) -> Result<usize, Error> {
        self.find(code).ok_or_else(|| Error::NoSuchRule {
            code: code.to_owned(),
        })
    }
}

impl fmt::Debug for Ruleset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes = self.rules().map(|(rule, _)| rule.metadata().code.as_str());
        f.debug_list().entries(codes).finish()
    }
}
