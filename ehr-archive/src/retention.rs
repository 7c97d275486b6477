//! How long something must be kept: rules are data, and the answer says by which of them.
//!
//! An entry may be erased when every rule that applies to it has run out, at least one of them was reviewed by a named
//! person, and nothing that a rule asks for is unknown. **Unknown means keep.** The crate ships one rule as fact, the six
//! years that HIPAA asks for its own documentation, and an invented set as an example. How long charts are kept is the law of
//! the state, by facility, age and last encounter: whoever runs the archive writes those rules and has them reviewed.

mod assess;
mod day;
mod rule;

use serde::{Deserialize, Serialize};

use crate::{Error, ErrorKind};

pub use assess::{Assessment, Decision, Finding};
pub(crate) use day::has_date_form;
pub use rule::{Anchor, RetentionRule, RetentionRules, Subject, Term};

/// What is known of an entry beside the date of birth. A fact that is not known keeps the entry.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionFacts {
    /// Day of the last encounter, as `YYYY`, `YYYY-MM` or `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub last_encounter: Option<String>,
    /// Day of death. `None` is not known to have died.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub death: Option<String>,
    /// Kind of facility, in the words that the rules use.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub facility: Option<String>,
    /// Jurisdiction, in the words that the rules use, such as `US-CA`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub jurisdiction: Option<String>,
}

impl RetentionFacts {
    pub(crate) fn is_empty(&self) -> bool {
        *self == RetentionFacts::default()
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let dates = [&self.last_encounter, &self.death];
        let words = [&self.facility, &self.jurisdiction];
        let dates_fit = dates.into_iter().flatten().all(|date| has_date_form(date));
        let words_fit = words.into_iter().flatten().all(|word| word.len() <= 200);
        if dates_fit && words_fit {
            Ok(())
        } else {
            Err(ErrorKind::Refused {
                reason: "retention facts are dates as YYYY-MM-DD or shorter, and words of at most 200 bytes",
            }
            .into())
        }
    }
}

impl std::fmt::Debug for RetentionFacts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RetentionFacts").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
