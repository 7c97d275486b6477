//! What a register lists. Every item names its owner, its day, how long it holds, and its evidence.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Sha256Digest, as_day};

/// A file that shows that something is so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// Its name, for people.
    pub file: String,
    /// Its digest, by which it is found.
    pub sha256: Sha256Digest,
}

/// Who says so, since when, until when, and with which evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// The person who answers for it.
    pub owner: String,
    /// The day on which it was done, signed or measured.
    #[serde(with = "as_day")]
    pub dated: NaiveDate,
    /// The last day on which it holds.
    #[serde(with = "as_day")]
    pub valid_to: NaiveDate,
    /// What shows it.
    pub evidence: Evidence,
}

/// A business associate agreement (45 CFR 164.504(e)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BusinessAssociateAgreement {
    /// The business associate or subcontractor.
    pub party: String,
    /// With whom: the practice, or the business associate whose subcontractor the party is.
    pub with: String,
    /// What the party does, in words.
    pub role: String,
    /// URIs of the source systems that the agreement covers.
    pub systems: Vec<String>,
    /// The day on which the last of both signed; without it, it is a draft.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "as_day::option"
    )]
    pub signed_on: Option<NaiveDate>,
    /// Owner, first day, last day, and the signed paper.
    pub attestation: Attestation,
}

/// A security risk assessment (45 CFR 164.308(a)(1)(ii)(A)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RiskAssessment {
    /// URIs of the source systems that were looked at.
    pub systems: Vec<String>,
    /// High risks that nobody has treated or accepted in writing.
    pub open_high_risks: u32,
    /// Owner, days, and the report.
    pub attestation: Attestation,
}

/// A place where patient data rests while it is moved (45 CFR 164.312(a)(2)(iv)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncryptedStore {
    /// The name of the store, which an extraction names too.
    pub store: String,
    /// What a probe found; without it, encryption is only claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<EncryptionProbe>,
    /// Owner, days, and the record that the probe wrote.
    pub attestation: Attestation,
}

/// What a probe found out about a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncryptionProbe {
    /// The program that looked, with its version.
    pub tool: String,
    /// The day on which it ran.
    #[serde(with = "as_day")]
    pub measured_on: NaiveDate,
    /// Whether it found the store encrypted.
    pub encrypted: bool,
    /// The cipher, as the system names it: `aes-xts-plain64`.
    pub cipher: String,
    /// Bits of the key of the block cipher: 256 for AES-256, also in XTS.
    pub key_bits: u32,
}

/// A connection over which patient data goes (45 CFR 164.312(e)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsEndpoint {
    /// Host and port, which an extraction names too.
    pub endpoint: String,
    /// What a probe found; without it, TLS is only claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub probe: Option<TlsProbe>,
    /// Owner, days, and the record that the probe wrote.
    pub attestation: Attestation,
}

/// What a probe found out about a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsProbe {
    /// The program that looked, with its version.
    pub tool: String,
    /// The day on which it ran.
    #[serde(with = "as_day")]
    pub measured_on: NaiveDate,
    /// The lowest version that the endpoint accepts: `TLSv1.2` or `TLSv1.3` will do (NIST SP 800-52r2).
    pub lowest_protocol: String,
    /// Whether the chain of certificates leads to a root that the client trusts, for this name.
    pub certificate_verified: bool,
    /// The last day of the certificate.
    #[serde(with = "as_day")]
    pub certificate_valid_to: NaiveDate,
}

/// A safeguard that is on for some systems: multi-factor authentication, an access log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemControl {
    /// URIs of the source systems for which it is on.
    pub systems: Vec<String>,
    /// Owner, days, and what shows it.
    pub attestation: Attestation,
}

/// A backup of a source system (45 CFR 164.308(a)(7)(ii)(A)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backup {
    /// The URI of the source system.
    pub system: String,
    /// The digest of the backup itself.
    pub sha256: Sha256Digest,
    /// The day on which it was restored somewhere as a test; without it, it is a hope.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        with = "as_day::option"
    )]
    pub restored_on: Option<NaiveDate>,
    /// Owner, the day on which it was taken, how long it is kept, and its log.
    pub attestation: Attestation,
}

/// How long records of the migration are kept (45 CFR 164.316(b)(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetentionSchedule {
    /// Years from the day on which a record was last in force.
    pub years: u32,
    /// Owner, days, and the schedule.
    pub attestation: Attestation,
}
