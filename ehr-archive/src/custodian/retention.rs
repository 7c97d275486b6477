//! Which entries have to be kept, by rules and holds.

use super::Custodian;
use crate::audit_event::{Access, ChangeKind};
use crate::error::Located;
use crate::holds::Holds;
use crate::reader::CatalogueEntry;
use crate::retention::{Assessment, RetentionRules};
use crate::state::State;
use crate::{Error, ErrorKind};

const STEM: &str = "retention";
const SUFFIX: &str = "json";

/// What rules and holds say of one entry.
#[derive(Debug)]
#[non_exhaustive]
pub struct Review {
    /// The entry.
    pub entry: CatalogueEntry,
    /// The answer of the rules, with reasons.
    pub assessment: Assessment,
    /// Holds that forbid erasing it, by number.
    pub holds: Vec<u64>,
}

impl Review {
    /// Whether it may be erased.
    pub fn is_due(&self) -> bool {
        self.entry.erased().is_none() && self.assessment.is_expired() && self.holds.is_empty()
    }
}

impl Custodian {
    /// The rules of the archive; one that was never given any has the rule for HIPAA's own documentation.
    pub fn rules(&self) -> Result<RetentionRules, Error> {
        rules(&self.reader.state)
    }

    /// Gives the archive other rules.
    pub fn set_rules(&mut self, rules: &RetentionRules, access: &Access<'_>) -> Result<(), Error> {
        // What cannot be read back is not written.
        let json = rules.to_json()?;
        RetentionRules::from_json(&json)?;
        self.change(ChangeKind::Rules, &[], access, |_, change| {
            change.write(STEM, SUFFIX, &json)
        })
    }

    /// Reviews up to `limit` entries from an ordinal on, as of the day of `access`. It needs no key that reads charts.
    pub fn review(
        &mut self,
        from: u64,
        limit: usize,
        access: &Access<'_>,
    ) -> Result<Vec<Review>, Error> {
        let page = self.reader.list(from, limit, access)?;
        let (rules, holds) = (self.rules()?, Holds::read(&self.reader.state)?);
        page.into_iter()
            .map(|entry| review(&self.reader.state, &rules, &holds, entry, access))
            .collect()
    }

    /// Whether each of these entries may be erased, or why not.
    pub(super) fn check_may_be_erased(
        &self,
        ordinals: &[u64],
        asks_rules: bool,
        access: &Access<'_>,
    ) -> Result<(), Error> {
        let (rules, holds) = (self.rules()?, Holds::read(&self.reader.state)?);
        for &ordinal in ordinals {
            let entry = self.reader.entry_of(ordinal)?;
            if let Some(change) = entry.erased() {
                return Err(ErrorKind::Erased { change }.into());
            }
            if entry.is_report() {
                return Err(ErrorKind::Refused {
                    reason: "the evidence of an accession is not erased",
                }
                .into());
            }
            let review = review(&self.reader.state, &rules, &holds, entry, access)?;
            if !review.holds.is_empty() {
                let holds = review.holds.len();
                return Err(ErrorKind::Held { holds }.into());
            }
            if asks_rules && !review.assessment.is_expired() {
                let reason = format!("entry {ordinal}: {}", review.assessment.decision);
                return Err(ErrorKind::Retained { reason }.into());
            }
        }
        Ok(())
    }
}

fn review(
    state: &State,
    rules: &RetentionRules,
    holds: &Holds,
    entry: CatalogueEntry,
    access: &Access<'_>,
) -> Result<Review, Error> {
    let today = access.recorded.get(..10).unwrap_or_default();
    let assessment = rules.assess_chart(entry.birth_date(), entry.facts(), today);
    let holds = holds
        .on(entry.patient_id(), &state.keys)?
        .iter()
        .map(|hold| hold.id)
        .collect();
    Ok(Review {
        entry,
        assessment,
        holds,
    })
}

fn rules(state: &State) -> Result<RetentionRules, Error> {
    let path = state
        .current
        .small_file(STEM)
        .map(|(_, path)| path.clone())
        .unwrap_or_default();
    match state.small_file(STEM)? {
        Some(json) => RetentionRules::from_json(&json).in_file(path),
        None => RetentionRules::new(vec![RetentionRules::hipaa_documentation()]),
    }
}
