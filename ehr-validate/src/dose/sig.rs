//! Free-text instructions of prescribers in US English.
//!
//! A sig is read by clauses of a closed grammar, in any order, and all of it must be understood: a
//! word that is not, two clauses that contradict, or an instruction with two readings make the whole
//! sig [`Unparsed`], and no number of it is given out.

mod advice;
mod as_needed;
mod body;
mod ceiling;
mod clauses;
mod cursor;
mod day_part;
mod draft;
mod duration;
mod number;
mod quantity;
mod rate;
mod resolve;
mod token;
mod weekday;

use std::ops::Range;

use super::{Course, DailyAmount, Step};
use cursor::Cursor;

/// Longer texts are notes, not sigs.
const MAX_TOKENS: usize = 200;

/// An instruction that was understood to its last word.
///
/// ```
/// use ehr_validate::dose::{Amount, Sig};
///
/// let sig = Sig::parse("take 1-2 tabs po q4-6h prn pain")?;
/// let step = &sig.steps[0];
/// assert_eq!(step.dose.high, Some(Amount::from(2)));
/// assert_eq!(step.times_per_day.low, Some(Amount::from(4)));
/// assert!(step.as_needed);
///
/// let unparsed = Sig::parse("take 1 tablet daily as directed").unwrap_err();
/// assert_eq!(unparsed.span, 20..31);
/// # Ok::<(), ehr_validate::dose::Unparsed>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sig {
    /// The steps, in the order of the text.
    pub steps: Vec<Step>,
    /// How they stand to each other.
    pub course: Course,
}

/// What kept a sig from being understood. The text itself is not repeated: `span` points into it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the sig is not certain: {reason} at bytes {} to {}", span.start, span.end)]
#[non_exhaustive]
pub struct Unparsed {
    /// Why.
    pub reason: UnparsedReason,
    /// From where on, in bytes of the text; all of it where no one place is to blame.
    pub span: Range<usize>,
}

/// Why a sig is not certain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum UnparsedReason {
    /// There is no text.
    #[error("no text")]
    Empty,
    /// More words than a sig has.
    #[error("too long for a sig")]
    TooLong,
    /// Words that the grammar does not know.
    #[error("words that are not understood")]
    NotUnderstood,
    /// One clause says something else than another.
    #[error("clauses that contradict")]
    Contradiction,
    /// It can be read in two ways.
    #[error("more than one reading")]
    Ambiguous,
    /// It is understood, and says neither how much nor how often.
    #[error("neither dose nor frequency")]
    NoAmount,
}

impl Sig {
    /// Reads a sig. Case does not matter.
    pub fn parse(text: &str) -> Result<Self, Unparsed> {
        let tokens = token::tokens(text);
        let unparsed = |reason, from: usize| {
            let (start, end) = (text.len() - text.trim_start().len(), text.trim_end().len());
            let span = start.max(from).min(end)..end;
            Unparsed { reason, span }
        };
        if tokens.is_empty() {
            return Err(unparsed(UnparsedReason::Empty, 0));
        }
        if tokens.len() > MAX_TOKENS {
            return Err(unparsed(UnparsedReason::TooLong, 0));
        }
        let drafts = clauses::drafts(Cursor::new(&tokens)).map_err(|stop| {
            let from = tokens.get(stop.at).map_or(0, |token| token.start);
            unparsed(stop.reason, from)
        })?;
        let (steps, course) = resolve::steps(drafts).map_err(|reason| unparsed(reason, 0))?;
        Ok(Self { steps, course })
    }

    /// How much a day; see [`DailyAmount`].
    pub fn daily(&self) -> DailyAmount {
        DailyAmount::of(&self.steps, self.course)
    }
}
