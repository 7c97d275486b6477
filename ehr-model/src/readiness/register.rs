//! The register: one JSON file, read as a whole or not at all.

use serde::{Deserialize, Serialize};

use super::{
    Attestation, Backup, BusinessAssociateAgreement, EncryptedStore, RetentionSchedule,
    RiskAssessment, Safeguard, Sha256Digest, SystemControl, TlsEndpoint,
};

/// The version of the register's JSON that this crate reads and writes.
pub const REGISTER_VERSION: u32 = 1;

/// What a register lists. What it leaves out is missing, never assumed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterContent {
    /// The version of the format.
    pub version: u32,
    /// The practice whose patients these are: the covered entity, which needs no agreement with itself.
    pub organization: String,
    /// Business associate agreements.
    #[serde(default)]
    pub agreements: Vec<BusinessAssociateAgreement>,
    /// Security risk assessments.
    #[serde(default)]
    pub risk_assessments: Vec<RiskAssessment>,
    /// Places where data rests.
    #[serde(default)]
    pub encrypted_stores: Vec<EncryptedStore>,
    /// Connections over which data goes.
    #[serde(default)]
    pub tls_endpoints: Vec<TlsEndpoint>,
    /// Multi-factor authentication.
    #[serde(default)]
    pub multi_factor_authentication: Vec<SystemControl>,
    /// Access logs.
    #[serde(default)]
    pub access_logs: Vec<SystemControl>,
    /// Backups.
    #[serde(default)]
    pub backups: Vec<Backup>,
    /// How long records are kept.
    #[serde(default)]
    pub retention: Vec<RetentionSchedule>,
}

/// A register that was read, with the digest of its bytes. It does not change: another content is another register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadinessRegister {
    content: RegisterContent,
    digest: Sha256Digest,
}

/// Why a register cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// Not JSON, or not of the register's shape.
    #[error("the register cannot be read (line {}, column {})", .source.line(), .source.column())]
    Json {
        /// What the reader said.
        #[from]
        source: serde_json::Error,
    },
    /// A version that this crate does not know.
    #[error("the register is of version {found}; this program reads version {REGISTER_VERSION}")]
    Version {
        /// The version that it says.
        found: u32,
    },
}

impl RegisterContent {
    /// A register of a practice that lists nothing yet.
    pub fn new(organization: &str) -> Self {
        Self {
            version: REGISTER_VERSION,
            organization: organization.to_owned(),
            agreements: Vec::new(),
            risk_assessments: Vec::new(),
            encrypted_stores: Vec::new(),
            tls_endpoints: Vec::new(),
            multi_factor_authentication: Vec::new(),
            access_logs: Vec::new(),
            backups: Vec::new(),
            retention: Vec::new(),
        }
    }

    /// Every item with its safeguard and what it is about, for lists.
    pub fn items(&self) -> Vec<(Safeguard, String, &Attestation)> {
        let mut items = Vec::new();
        for one in &self.agreements {
            let subject = format!("{} with {}", one.party, one.with);
            items.push((Safeguard::Agreement, subject, &one.attestation));
        }
        for one in &self.risk_assessments {
            let safeguard = Safeguard::RiskAssessment;
            items.push((safeguard, one.systems.join(", "), &one.attestation));
        }
        for one in &self.encrypted_stores {
            items.push((Safeguard::Encryption, one.store.clone(), &one.attestation));
        }
        for one in &self.tls_endpoints {
            items.push((Safeguard::Tls, one.endpoint.clone(), &one.attestation));
        }
        for (safeguard, controls) in [
            (
                Safeguard::MultiFactorAuthentication,
                &self.multi_factor_authentication,
            ),
            (Safeguard::AccessLog, &self.access_logs),
        ] {
            for one in controls {
                items.push((safeguard, one.systems.join(", "), &one.attestation));
            }
        }
        for one in &self.backups {
            items.push((Safeguard::Backup, one.system.clone(), &one.attestation));
        }
        for one in &self.retention {
            let subject = format!("{} years", one.years);
            items.push((Safeguard::Retention, subject, &one.attestation));
        }
        items
    }

    /// The content as JSON, to be kept and to be read by [`ReadinessRegister::from_json`].
    pub fn to_json(&self) -> Result<Vec<u8>, RegisterError> {
        Ok(serde_json::to_vec_pretty(self)?)
    }
}

impl ReadinessRegister {
    /// Reads a register. A field that the format does not know is a mistake, because somebody meant something by it.
    pub fn from_json(bytes: &[u8]) -> Result<Self, RegisterError> {
        let content: RegisterContent = serde_json::from_slice(bytes)?;
        if content.version != REGISTER_VERSION {
            return Err(RegisterError::Version {
                found: content.version,
            });
        }
        Ok(Self {
            content,
            digest: Sha256Digest::of(bytes),
        })
    }

    /// What it lists.
    pub fn content(&self) -> &RegisterContent {
        &self.content
    }

    /// The digest of the bytes that were read.
    pub fn digest(&self) -> Sha256Digest {
        self.digest
    }
}
