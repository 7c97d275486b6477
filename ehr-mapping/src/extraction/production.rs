//! What a production run must show before a file of the export is opened.

use chrono::NaiveDate;
use ehr_crypto::Digest;
use ehr_model::readiness::{ExtractionPermit, ReadinessRegister};
use serde::Serialize;

use crate::Error;
use crate::plan::Plan;
use crate::sign_off::Approval;

/// The permit, the register it came from, the approved document, who reads, and the day.
///
/// It takes the permit away, so that one permit opens one extraction; the register issues another for the next.
#[derive(Debug)]
pub struct ProductionGate<'g> {
    permit: ExtractionPermit,
    register: &'g ReadinessRegister,
    approval: &'g Approval,
    party: &'g str,
    today: NaiveDate,
}

/// Under what a production run was opened, for the records of the migration.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ProductionRecord {
    /// The permit.
    pub permit: ExtractionPermit,
    /// The sign-offs of the mapping document.
    pub approval: Approval,
    /// The party that read.
    pub party: String,
    /// The day.
    #[serde(serialize_with = "as_text")]
    pub opened_on: NaiveDate,
}

impl<'g> ProductionGate<'g> {
    /// A gate with everything that it asks for. `register` is read again by the caller, so that one that changed
    /// since the permit was issued is found; `party` is who runs the extraction.
    pub fn new(
        permit: ExtractionPermit,
        register: &'g ReadinessRegister,
        approval: &'g Approval,
        party: &'g str,
        today: NaiveDate,
    ) -> Self {
        Self {
            permit,
            register,
            approval,
            party,
            today,
        }
    }

    /// Lets a plan through, or says what is in the way.
    pub(super) fn pass(self, plan: &Plan) -> Result<ProductionRecord, Error> {
        self.permit
            .check(plan.system(), self.party, self.register, self.today)?;
        let (approved, plan): (Digest, Digest) = (self.approval.digest(), *plan.digest());
        if approved != plan {
            return Err(Error::DocumentNotApproved {
                approved: Box::new(approved),
                plan: Box::new(plan),
            });
        }
        Ok(ProductionRecord {
            permit: self.permit,
            approval: self.approval.clone(),
            party: self.party.to_owned(),
            opened_on: self.today,
        })
    }
}

fn as_text<S: serde::Serializer>(date: &NaiveDate, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(date)
}
