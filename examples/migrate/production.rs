//! The production run: admitted before a file of the export is opened, proved after its end.

use std::io::Write;

use chrono::{DateTime, Utc};
use ehr_archive::Summary;
use ehr_archive::evidence::EvidencePart;
use ehr_crypto::{DataKey, key};
use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::ProductionGate;
use ehr_validate::Ruleset;
use ehr_validate::rounds::{Clearance, RoundRecord, SealedRound};
use examples::production::{
    Admitted, Asked, Outcome, ProductionRequest, Unmet, admit, archive_and_seal,
};
use serde_json::json;

use crate::Failure;
use crate::options::Options;
use crate::report::Written;
use crate::staging::Staging;

/// The folder of the evidence, in that of the result.
pub(crate) const EVIDENCE: &str = "evidence";

/// A production run that may begin.
pub(crate) struct Production {
    party: String,
    admitted: Admitted,
    now: DateTime<Utc>,
}

/// What the gates say: admitted, if it is a production run, or refused.
pub(crate) type Gated<T> = Result<T, Vec<Unmet>>;

impl Production {
    /// Asks for everything that a production run needs; none where a rehearsal was asked for. The
    /// clock of the system counts, and not the day that the options name.
    pub(crate) fn admit(
        options: &Options,
        document: &MappingDocument,
        now: DateTime<Utc>,
    ) -> Result<Gated<Self>, Failure> {
        let (path, archive_key) = match (&options.production, &options.key) {
            (Some(path), Some(key)) => (path, key),
            _ => return Err("--production needs --key".into()),
        };
        let request = ProductionRequest::read(path)?;
        let archive_key = key::file::read(archive_key)
            .map_err(|error| format!("{}: {error}", archive_key.display()))?;
        let plan = document.compile()?;
        let digest = plan.digest().to_string();
        let admitted = admit(Asked {
            request: &request,
            document,
            system: plan.system(),
            inputs: examples::round::inputs("", &digest, &Ruleset::all()),
            round_key: &examples::round::key(&archive_key)?,
            today: now.date_naive(),
            begins: &examples::clock::stamp(now),
        });
        Ok(admitted.map(|admitted| Self {
            party: request.party,
            admitted,
            now,
        }))
    }

    /// The gate of the extraction, which takes the permit; and what the rest of the run needs.
    pub(crate) fn gate(&mut self) -> Option<ProductionGate<'_>> {
        let permit = self.admitted.permit.take()?;
        Some(ProductionGate::new(
            permit,
            &self.admitted.register,
            &self.admitted.approval,
            &self.party,
            self.now.date_naive(),
        ))
    }

    /// What verifies the signature of its evidence.
    pub(crate) fn signer(&self) -> String {
        self.admitted.signer.verifying_key().to_string()
    }

    /// The last round before.
    pub(crate) fn last_round(&self) -> &SealedRound {
        &self.admitted.last_round
    }

    /// Whether the export that was read is what was said of it.
    pub(crate) fn confirm(&self, fingerprint: &str) -> Gated<Clearance> {
        let confirmed = self.admitted.clearance.clone().confirm(fingerprint);
        confirmed.map_err(|refusal| Unmet::of_rounds(&refusal))
    }

    /// Makes the evidence in the folder of the result, and seals it into the archive.
    pub(crate) fn prove(
        self,
        staging: &Staging,
        key: &DataKey,
        summary: &Summary,
        proof: Proof<'_>,
    ) -> Result<(), Failure> {
        let report = proof.report;
        let files = vec![
            (
                EvidencePart::Reconciliation,
                "report.json".to_owned(),
                report.json.clone(),
            ),
            (
                EvidencePart::Reconciliation,
                "report.html".to_owned(),
                report.html.clone(),
            ),
            (
                EvidencePart::Round,
                format!("round-{}.json", proof.round.number),
                proof.sealed_round.to_vec(),
            ),
            (
                EvidencePart::Register,
                "opened.json".to_owned(),
                proof.opened,
            ),
        ];
        let outcome = Outcome {
            archive: &staging.path("archive"),
            summary,
            key,
            files,
            folder: &staging.path(EVIDENCE),
            party: &self.party,
            now: &examples::clock::stamp(examples::clock::now()),
            software: concat!("ehr migrate ", env!("CARGO_PKG_VERSION")),
        };
        archive_and_seal(self.admitted.evidence, &self.admitted.signer, outcome)
    }
}

/// What the run gives to the evidence.
pub(crate) struct Proof<'p> {
    pub(crate) report: &'p Written,
    pub(crate) round: &'p RoundRecord,
    pub(crate) sealed_round: &'p [u8],
    /// Under which permit, sign-offs and rounds the export was opened.
    pub(crate) opened: Vec<u8>,
}

/// Says why a production run was refused.
pub(crate) fn print(unmet: &[Unmet], json: bool) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    if json {
        let refusal = json!({ "format": "ehr-production-refusal/1", "unmet": unmet });
        writeln!(out, "{}", serde_json::to_string_pretty(&refusal)?)?;
        return Ok(());
    }
    writeln!(
        out,
        "no production run: {} conditions are not met",
        unmet.len()
    )?;
    for one in unmet {
        writeln!(out, "  {:<10} {}", one.gate, one.message)?;
    }
    Ok(())
}
