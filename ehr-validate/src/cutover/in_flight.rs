//! Claims without a final remittance at the cut: somebody has to follow each of them.

use std::collections::BTreeMap;

use ehr_model::chart::Chart;
use ehr_model::claim_answer::{AnswerOutcome, AnswerSource, ClaimAnswer};
use ehr_model::kind::Claim;
use ehr_model::provenance::SourceAddress;
use ehr_model::record::RecordId;
use serde::Serialize;

use crate::reconciliation::is_open;

/// How far a claim is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ClaimStage {
    /// No answer is on record.
    NoAnswer,
    /// Answered by a state that says neither yes nor no.
    Undecided,
    /// Taken in, and not adjudicated.
    Accepted,
    /// Not taken in: it has to be sent again, and timely filing runs.
    Rejected,
    /// One payer adjudicated it and passed it on.
    Forwarded,
    /// A payment was taken back, and nothing followed.
    Reversed,
    /// Adjudicated, and the source still expects money: a balance, or an appeal.
    OpenAfterRemittance,
}

/// A claim in flight. Ids and addresses, no number and no amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct InFlightClaim {
    /// The record; `None` for an answer to a claim that is in no chart.
    pub record: Option<RecordId>,
    /// How far it is.
    pub stage: ClaimStage,
    /// Where it stands: the claim, else its last answer.
    pub address: Option<SourceAddress>,
}

/// Collects claims and the answers to them, in any order.
#[derive(Default)]
pub struct InFlightClaims {
    claims: Vec<(Vec<String>, RecordId, Option<SourceAddress>, bool)>,
    /// Answers by the number of the claim, in the order in which they came.
    answers: BTreeMap<String, Vec<Answer>>,
    /// Answers to claims without the number of one.
    without_number: u64,
}

struct Answer {
    source: AnswerSource,
    outcome: AnswerOutcome,
    day: Option<chrono::NaiveDate>,
    address: SourceAddress,
}

impl InFlightClaims {
    /// Takes the claims of a chart.
    pub fn chart(&mut self, chart: &Chart) {
        for (record, claim) in chart.of::<Claim>() {
            let numbers = claim.identifier.iter();
            let numbers = numbers.filter_map(|one| one.value.value());
            let numbers = numbers.map(|number| number.expose().trim().to_owned());
            let address = record.provenance.first().map(|one| one.address.clone());
            self.claims
                .push((numbers.collect(), record.id, address, is_open(claim)));
        }
    }

    /// Takes an answer. Those to whole files say nothing of a claim and are left out.
    pub fn answer(&mut self, answer: &ClaimAnswer) {
        if answer.source == AnswerSource::File {
            return;
        }
        let Some(number) = &answer.claim else {
            self.without_number += 1;
            return;
        };
        let answers = self.answers.entry(number.expose().trim().to_owned());
        answers.or_default().push(Answer {
            source: answer.source,
            outcome: answer.outcome,
            day: answer.day,
            address: answer.address.clone(),
        });
    }

    /// Answers that name no claim; they can close none.
    pub fn without_number(&self) -> u64 {
        self.without_number
    }

    /// The claims in flight. A claim that the source calls settled and nobody answered is not one; an
    /// answer that is not final, to a claim that is in no chart, is.
    pub fn finish(&self) -> Vec<InFlightClaim> {
        let mut list = Vec::new();
        let mut known = std::collections::BTreeSet::new();
        for (numbers, record, address, open) in &self.claims {
            known.extend(numbers.iter().map(String::as_str));
            let mut answers: Vec<&Answer> = numbers
                .iter()
                .filter_map(|number| self.answers.get(number))
                .flatten()
                .collect();
            // the days decide; within one, and where there is none, the order of the files
            answers.sort_by_key(|answer| answer.day);
            let stage = match stage(&answers) {
                None if answers.is_empty() => open.then_some(ClaimStage::NoAnswer),
                None => open.then_some(ClaimStage::OpenAfterRemittance),
                stage => stage,
            };
            list.extend(stage.map(|stage| InFlightClaim {
                record: Some(*record),
                stage,
                address: address.clone(),
            }));
        }
        for (number, answers) in &self.answers {
            if known.contains(number.as_str()) {
                continue;
            }
            let mut answers: Vec<&Answer> = answers.iter().collect();
            answers.sort_by_key(|answer| answer.day);
            list.extend(stage(&answers).map(|stage| InFlightClaim {
                record: None,
                stage,
                address: answers.last().map(|last| last.address.clone()),
            }));
        }
        list
    }
}

/// Where the answers leave a claim; `None` if it is adjudicated, or nobody answered.
fn stage(answers: &[&Answer]) -> Option<ClaimStage> {
    // a remittance outlives whatever a 277CA says, whichever came first
    let remitted = answers
        .iter()
        .rev()
        .find(|answer| answer.source == AnswerSource::Remittance);
    let last = remitted.or(answers.last())?;
    match (last.source, last.outcome) {
        (AnswerSource::Remittance, AnswerOutcome::Paid | AnswerOutcome::Denied) => None,
        (_, AnswerOutcome::Accepted) => Some(ClaimStage::Accepted),
        (_, AnswerOutcome::Rejected) => Some(ClaimStage::Rejected),
        (_, AnswerOutcome::Forwarded) => Some(ClaimStage::Forwarded),
        (_, AnswerOutcome::Reversed) => Some(ClaimStage::Reversed),
        _ => Some(ClaimStage::Undecided),
    }
}

/// Shows counts; numbers of claims are data of patients.
impl std::fmt::Debug for InFlightClaims {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (claims, answered) = (self.claims.len(), self.answers.len());
        write!(f, "InFlightClaims({claims} claims, {answered} answered)")
    }
}

#[cfg(test)]
mod tests {
    use ehr_model::datatype::Identifier;
    use ehr_model::record::{Kind, Namespace, Record};
    use ehr_model::value::Field;

    use super::*;

    fn claim(number: &str, state: &str) -> Record {
        let mut claim = Claim::default();
        let mut identifier = Identifier::default();
        identifier.value = Field::Value(number.into());
        claim.identifier.push(identifier);
        let mut billing = ehr_model::kind::Billing::default();
        billing.status = Field::Value(state.into());
        claim.billing.push(billing);
        Record {
            id: Namespace::of_system("https://legacy.example").id(Kind::Claim, number),
            provenance: Vec::new(),
            resource: claim.into(),
        }
    }

    fn answer(number: &str, source: AnswerSource, outcome: AnswerOutcome, day: u32) -> ClaimAnswer {
        let mut answer = ClaimAnswer::new(source, outcome, SourceAddress::new("era.835"));
        answer.claim = Some(number.into());
        answer.day = chrono::NaiveDate::from_ymd_opt(2031, 5, day);
        answer
    }

    fn stages(answers: &[ClaimAnswer]) -> Vec<(bool, ClaimStage)> {
        let mut claims = InFlightClaims::default();
        claims.chart(&Chart::new(
            vec![claim("A-1", "BILLED"), claim("A-2", "CLOSED")],
            Vec::new(),
        ));
        answers.iter().for_each(|answer| claims.answer(answer));
        assert!(!format!("{claims:?}").contains("A-1"));
        let list = claims.finish().into_iter();
        list.map(|one| (one.record.is_some(), one.stage)).collect()
    }

    #[test]
    fn only_a_final_remittance_ends_the_way() {
        use AnswerOutcome::{Accepted, Denied, Forwarded, Paid, Rejected, Reversed, Undecided};
        use AnswerSource::{Claim, Remittance};
        let one = |answers: &[ClaimAnswer]| stages(answers)[0].1;
        assert_eq!(stages(&[]), [(true, ClaimStage::NoAnswer)]);
        let accepted = answer("A-1", Claim, Accepted, 2);
        assert_eq!(one(std::slice::from_ref(&accepted)), ClaimStage::Accepted);
        assert_eq!(
            one(&[answer("A-1", Claim, Rejected, 3), accepted.clone()]),
            ClaimStage::Rejected
        );
        let forwarded = answer("A-1", Remittance, Forwarded, 8);
        assert_eq!(
            one(&[forwarded.clone(), accepted.clone()]),
            ClaimStage::Forwarded
        );
        // paid, and the source still shows a balance
        let paid = answer("A-1", Remittance, Paid, 9);
        assert_eq!(
            one(&[forwarded, paid.clone()]),
            ClaimStage::OpenAfterRemittance
        );
        let reversed = answer("A-1", Remittance, Reversed, 10);
        assert_eq!(one(&[reversed, paid]), ClaimStage::Reversed);
        assert_eq!(
            one(&[answer("A-1", Remittance, Undecided, 1)]),
            ClaimStage::Undecided
        );
        // what the source calls closed is closed, unless a payer says otherwise
        let again = stages(&[answer("A-2", Remittance, Reversed, 4)]);
        assert_eq!(again[1], (true, ClaimStage::Reversed));
        assert_eq!(stages(&[answer("A-2", Remittance, Denied, 4)]).len(), 1);
        // an answer to a claim that is in no chart
        let unknown = stages(&[answer("Z", Claim, Accepted, 1)]);
        assert_eq!(unknown[1], (false, ClaimStage::Accepted));
    }
}
