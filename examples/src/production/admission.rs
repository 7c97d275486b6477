//! What must be met before a file of the export is opened: all of it is asked, and all that fails is named.

use chrono::NaiveDate;
use ehr_archive::evidence::EvidenceSource;
use ehr_crypto::{DataKey, SigningKey};
use ehr_mapping::document::MappingDocument;
use ehr_mapping::sign_off::Approval;
use ehr_model::readiness::{ExtractionPermit, ReadinessRegister};
use ehr_validate::rounds::{ConditionalClearance, Refusal, RoundInputs, SealedRound};
use serde::Serialize;

use super::gates::Gates;
use super::request::ProductionRequest;

/// A condition that is not met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unmet {
    /// Which gate it stands in: `readiness`, `sign-off`, `rounds` or `evidence`.
    pub gate: &'static str,
    /// The stable name of the condition.
    pub code: String,
    /// What is wrong; it begins with the code.
    pub message: String,
}

impl Unmet {
    /// The conditions that the rounds do not meet.
    pub fn of_rounds(refusal: &Refusal) -> Vec<Self> {
        let conditions = refusal.conditions.iter();
        conditions
            .map(|failed| Self {
                gate: "rounds",
                code: failed.condition.name().to_owned(),
                message: failed.to_string(),
            })
            .collect()
    }
}

/// The run that is asked for.
pub struct Asked<'a> {
    /// The request.
    pub request: &'a ProductionRequest,
    /// The mapping document.
    pub document: &'a MappingDocument,
    /// The system that it reads.
    pub system: &'a str,
    /// What goes in; the fingerprint of the export is not known yet.
    pub inputs: RoundInputs,
    /// The key under which rounds are sealed.
    pub round_key: &'a DataKey,
    /// The day, by the clock.
    pub today: NaiveDate,
    /// When the run begins (RFC 3339), by the clock.
    pub begins: &'a str,
}

/// A run that may begin.
pub struct Admitted {
    /// The permit, until it opens the extraction.
    pub permit: Option<ExtractionPermit>,
    /// The register that issued it.
    pub register: ReadinessRegister,
    /// The sign-offs of the mapping document.
    pub approval: Approval,
    /// What the rounds allow, if the export is what was said of it.
    pub clearance: ConditionalClearance,
    /// The last round.
    pub last_round: SealedRound,
    /// Who signs the evidence.
    pub signer: SigningKey,
    /// The evidence so far: the very bytes that were looked at.
    pub evidence: EvidenceSource,
}

/// Asks for everything.
///
/// # Errors
///
/// Every condition that is not met; a file that cannot be read is one.
pub fn admit(asked: Asked<'_>) -> Result<Admitted, Vec<Unmet>> {
    let mut gates = Gates {
        unmet: Vec::new(),
        evidence: EvidenceSource::new(
            asked.request.evidence.title.clone(),
            asked.today.to_string(),
        ),
    };
    let readiness = gates.readiness(&asked);
    let approval = gates.sign_offs(&asked);
    let rounds = gates.rounds(&asked, approval.as_ref());
    let signer = gates.evidence(&asked);
    let admitted = || {
        let ((permit, register), (clearance, last_round)) = (readiness?, rounds?);
        Some(Admitted {
            permit: Some(permit),
            register,
            approval: approval?,
            clearance,
            last_round,
            signer: signer?,
            evidence: gates.evidence,
        })
    };
    match gates.unmet.is_empty() {
        true => admitted().ok_or_else(Vec::new),
        false => Err(gates.unmet),
    }
}
