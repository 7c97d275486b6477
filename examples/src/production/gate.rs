//! What must be met before a file of the export is opened: all of it is asked, and all that fails is named.

use std::fs;
use std::path::Path;

use chrono::NaiveDate;
use ehr_archive::evidence::{EvidencePart, EvidenceSource};
use ehr_crypto::{DataKey, SigningKey, key};
use ehr_mapping::document::MappingDocument;
use ehr_mapping::sign_off::{Approval, SignOffPolicy};
use ehr_model::readiness::{ExtractionPermit, ExtractionRequest, ReadinessRegister, day};
use ehr_validate::rounds::{
    ConditionalClearance, ProductionGate, ProductionRun, Refusal, RoundInputs, RoundRecord,
    SealedRound, SignedDocument,
};
use serde::Serialize;

use super::proof;
use super::request::ProductionRequest;
use crate::export::Failure;
use crate::readiness;

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

struct Gates {
    unmet: Vec<Unmet>,
    evidence: EvidenceSource,
}

impl Gates {
    fn refuse(&mut self, gate: &'static str, code: &str, message: String) {
        let message = match message.starts_with(code) {
            true => message,
            false => format!("{code}: {message}"),
        };
        self.unmet.push(Unmet {
            gate,
            code: code.to_owned(),
            message,
        });
    }

    /// The value, or a condition that is not met.
    fn take<T>(
        &mut self,
        gate: &'static str,
        code: &str,
        found: Result<T, impl ToString>,
    ) -> Option<T> {
        found
            .map_err(|error| self.refuse(gate, code, error.to_string()))
            .ok()
    }

    fn readiness(&mut self, asked: &Asked<'_>) -> Option<(ExtractionPermit, ReadinessRegister)> {
        let gate = "readiness";
        let request = asked.request;
        let bytes = self.take(gate, "register-unreadable", read(&request.register));
        let register = bytes.and_then(|bytes| {
            let register = readiness::parse(&request.register, &bytes);
            let name = "register.json";
            self.evidence.add_bytes(EvidencePart::Register, name, bytes);
            self.take(gate, "register-unreadable", register)
        });
        let files = readiness::evidence(&request.register_evidence);
        let files = self.take(gate, "register-evidence-unreadable", files);
        let last_day = self.take(gate, "last-day-unreadable", day(&request.last_day));
        let (register, files, last_day) = (register?, files?, last_day?);
        for (name, content) in &files {
            let part = EvidencePart::Register;
            self.evidence.add_bytes(part, name, content.clone());
        }
        let mut extraction = ExtractionRequest::new(asked.system, asked.today, last_day);
        for party in &request.parties {
            extraction = extraction.party(party);
        }
        for store in &request.stores {
            extraction = extraction.store(store);
        }
        for endpoint in &request.endpoints {
            extraction = extraction.endpoint(endpoint);
        }
        if request.offline {
            extraction = extraction.offline();
        }
        match register.permit(&readiness::show(extraction, &files)) {
            Ok(permit) => {
                let check = permit.check(asked.system, &request.party, &register, asked.today);
                if let Err(refusal) = check {
                    let message = refusal.to_string();
                    let code = message.split(": ").next().unwrap_or_default().to_owned();
                    self.refuse(gate, &code, message);
                    return None;
                }
                Some((permit, register))
            }
            Err(gaps) => {
                for gap in gaps.iter() {
                    self.refuse(gate, &gap.code(), gap.to_string());
                }
                None
            }
        }
    }

    fn sign_offs(&mut self, asked: &Asked<'_>) -> Option<Approval> {
        let gate = "sign-off";
        let reviewers = read(&asked.request.reviewers).and_then(|bytes| {
            let policy = SignOffPolicy::from_json(&bytes);
            Ok((policy.map_err(|error| error.to_string())?, bytes))
        });
        let reviewers = self.take(gate, "reviewers-unreadable", reviewers);
        let mut notes = Vec::new();
        for (number, path) in (1..).zip(&asked.request.sign_offs) {
            let note = read(path).and_then(|bytes| Ok(String::from_utf8(bytes)?));
            if let Some(note) = self.take(gate, "sign-off-unreadable", note) {
                let name = format!("sign-off-{number}.txt");
                let part = EvidencePart::SignOff;
                self.evidence.add_bytes(part, name, note.as_bytes());
                notes.push(note);
            }
        }
        proof::add_document(&mut self.evidence, asked.document);
        let (policy, bytes) = reviewers?;
        let part = EvidencePart::SignOff;
        self.evidence.add_bytes(part, "reviewers.json", bytes);
        match policy.approve(asked.document, &notes, asked.today) {
            Ok(approval) => Some(approval),
            Err(refusals) => {
                for refusal in refusals.iter() {
                    self.refuse(gate, refusal.code(), refusal.to_string());
                }
                None
            }
        }
    }

    fn rounds(
        &mut self,
        asked: &Asked<'_>,
        approval: Option<&Approval>,
    ) -> Option<(ConditionalClearance, SealedRound)> {
        let gate = "rounds";
        let mut rounds = Vec::new();
        for path in &asked.request.rounds {
            let round = read(path).and_then(|bytes| {
                let round = RoundRecord::read(&bytes, asked.round_key);
                let round = round.map_err(|error| format!("{}: {error}", path.display()))?;
                Ok((round, bytes))
            });
            if let Some((round, bytes)) = self.take(gate, "round-unreadable", round) {
                proof::add_round(&mut self.evidence, round.record(), bytes);
                rounds.push(round);
            }
        }
        let digest = asked.document.digest().to_string();
        let roles = approval.iter().flat_map(|approval| approval.sign_offs());
        let roles = roles.map(|sign_off| sign_off.role.as_str());
        let signed = SignedDocument::new(&digest, roles);
        let mut run = ProductionRun::new(asked.begins, asked.inputs.clone(), signed);
        run.source_relation = Some(asked.request.export);
        match ProductionGate::default().check_before_reading(&rounds, &run) {
            Ok(clearance) => Some((clearance, rounds.pop()?)),
            Err(refusal) => {
                self.unmet.extend(Unmet::of_rounds(&refusal));
                None
            }
        }
    }

    fn evidence(&mut self, asked: &Asked<'_>) -> Option<SigningKey> {
        let (gate, request) = ("evidence", &asked.request.evidence);
        for (name, files) in &request.parts {
            let Some(part) = EvidencePart::parse(name) else {
                self.refuse(gate, "part-unknown", format!("no part `{name}`"));
                continue;
            };
            for path in files {
                let file = path.file_name().unwrap_or_default().to_string_lossy();
                if let Some(bytes) = self.take(gate, "evidence-file-unreadable", read(path)) {
                    self.evidence.add_bytes(part, file, bytes);
                }
            }
        }
        for (name, reason) in &request.absent {
            match EvidencePart::parse(name) {
                Some(part) => self.evidence.absent(part, reason.as_str()),
                None => self.refuse(gate, "part-unknown", format!("no part `{name}`")),
            }
        }
        let complete = proof::check(&mut self.evidence);
        self.take(gate, "evidence-incomplete", complete);
        let seed = key::file::read(&request.signer)
            .map_err(|error| format!("{}: {error}", request.signer.display()));
        let key = seed.and_then(|seed| {
            SigningKey::from_seed(&request.signer_name, seed).map_err(|error| error.to_string())
        });
        self.take(gate, "signer-unreadable", key)
    }
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()).into())
}
