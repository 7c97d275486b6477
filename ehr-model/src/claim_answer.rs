//! What payers and clearinghouses answer to claims: 999 and 997, 277CA, 835.
//!
//! Readers of interchanges make these values; monitoring and the list of claims in flight take
//! them. The number of a claim is a patient's data and hides itself; payers, codes and days do not.

use std::fmt;

use chrono::NaiveDate;

use crate::provenance::SourceAddress;
use crate::value::Text;

/// Who answers, and to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AnswerSource {
    /// 999 or 997: to a file of claims, about its form.
    File,
    /// 277CA: to a claim, before it is adjudicated.
    Claim,
    /// 835: to a claim, with what is paid.
    Remittance,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AnswerOutcome {
    /// Taken in.
    Accepted,
    /// Not taken in: it has to be sent again.
    Rejected,
    /// Adjudicated and paid, or applied to what the patient owes.
    Paid,
    /// Adjudicated and denied.
    Denied,
    /// Adjudicated and passed on to another payer, who has still to answer.
    Forwarded,
    /// An earlier payment was taken back; another answer follows.
    Reversed,
    /// A state that is none of these: only what was estimated, still in work, or a code that is not
    /// known. It is never counted as one of the others.
    Undecided,
}

/// The list that a reason code belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ReasonList {
    /// Claim adjustment reason code, of a CAS segment.
    Carc,
    /// Remittance advice remark code, of MOA, MIA and LQ segments.
    Rarc,
    /// Claim status category, the first part of an STC.
    StatusCategory,
    /// Claim status, the second part of an STC.
    Status,
    /// Syntax or implementation error of a 999 or 997: the segment and the code.
    Syntax,
}

/// A reason that came with an answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct AnswerReason {
    /// The list.
    pub list: ReasonList,
    /// The code.
    pub code: String,
    /// The group of an adjustment: CO, PR, OA, PI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// One answer to one claim, or to one file of claims.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimAnswer {
    /// Who answers, and to what.
    pub source: AnswerSource,
    /// What became of it.
    pub outcome: AnswerOutcome,
    /// The day on which the answer was made; `None` where it is not said.
    pub day: Option<NaiveDate>,
    /// The number by which the payer or clearinghouse is known, else its name.
    pub payer: Option<String>,
    /// The practice's own number of the claim.
    pub claim: Option<Text>,
    /// Why, in the order of the answer, each once.
    pub reasons: Vec<AnswerReason>,
    /// Where it stands.
    pub address: SourceAddress,
}

impl ClaimAnswer {
    /// An answer of which nothing more is known so far.
    pub fn new(source: AnswerSource, outcome: AnswerOutcome, address: SourceAddress) -> Self {
        Self {
            source,
            outcome,
            day: None,
            payer: None,
            claim: None,
            reasons: Vec::new(),
            address,
        }
    }

    /// Adds a reason that is not there yet.
    pub fn push_reason(&mut self, list: ReasonList, code: &str, group: Option<&str>) {
        let reason = AnswerReason {
            list,
            code: code.to_owned(),
            group: group.map(str::to_owned),
        };
        if !code.is_empty() && !self.reasons.contains(&reason) {
            self.reasons.push(reason);
        }
    }
}

/// As people write it: `CARC CO-16`, `RARC N290`, `STC A7`.
impl fmt::Display for AnswerReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.list {
            ReasonList::Carc => "CARC ",
            ReasonList::Rarc => "RARC ",
            ReasonList::StatusCategory => "STC category ",
            ReasonList::Status => "STC status ",
            ReasonList::Syntax => "syntax ",
        })?;
        if let Some(group) = &self.group {
            write!(f, "{group}-")?;
        }
        f.write_str(&self.code)
    }
}
