//! Whether an extraction of patient data may start: the register of safeguards, what it lacks, and the permit.
//!
//! No extraction starts without a business associate agreement for every party that touches it (45 CFR 164.308(b)), a
//! risk assessment, encryption that somebody measured, multi-factor authentication, an access log, a backup and a
//! retention schedule. The [`ReadinessRegister`] lists these with their evidence; [`ReadinessRegister::permit`] holds
//! them against one extraction and returns the [`ExtractionPermit`] that a production reader asks for, or every
//! [gap](Gap) by name. There is no clock and no file here: the day and the bytes of the evidence are passed in.
//!
//! ```
//! use ehr_model::readiness::{ExtractionRequest, ReadinessRegister, day};
//!
//! let register = ReadinessRegister::from_json(br#"{"version": 1, "organization": "Harbor Street Family Practice"}"#)?;
//! let request = ExtractionRequest::new("https://legacy.example/harbor", day("2026-03-01")?, day("2026-03-03")?)
//!     .party("Harbor Street Family Practice")
//!     .store("migration-host")
//!     .offline();
//! let gaps = register.permit(&request).unwrap_err();
//! assert!(gaps.iter().any(|gap| gap.code() == "risk-assessment-missing"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assess;
mod digest;
mod gap;
mod item;
mod permit;
mod register;
mod request;
#[cfg(test)]
mod tests;

pub use digest::{DigestError, Sha256Digest};
pub use gap::{Gap, Problem, ReadinessGaps, Safeguard};
pub use item::{
    Attestation, Backup, BusinessAssociateAgreement, EncryptedStore, EncryptionProbe, Evidence,
    RetentionSchedule, RiskAssessment, SystemControl, TlsEndpoint, TlsProbe,
};
pub use permit::{ExtractionPermit, PermitRefusal};
pub use register::{REGISTER_VERSION, ReadinessRegister, RegisterContent, RegisterError};
pub use request::{ExtractionRequest, Transfer};

use chrono::NaiveDate;

/// A probe shows what held when it ran; configurations drift, so its word counts for a month.
pub const PROBE_VALID_DAYS: u64 = 31;
/// Records of HIPAA compliance are kept for six years (45 CFR 164.316(b)(2)(i)).
pub const RETENTION_YEARS: u32 = 6;
/// What NIST SP 800-111 and SP 800-131A accept for data at rest.
pub const MIN_KEY_BITS: u32 = 128;

/// A calendar day, written `2026-03-01` and in no other way.
pub fn day(text: &str) -> Result<NaiveDate, DayError> {
    let shape = text.len() == 10 && text.bytes().filter(|byte| byte.is_ascii_digit()).count() == 8;
    NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .ok()
        .filter(|_| shape)
        .ok_or(DayError)
}

/// A text is no calendar day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a day is written YYYY-MM-DD and is in the calendar")]
#[non_exhaustive]
pub struct DayError;

/// Days as JSON text.
mod as_day {
    use chrono::NaiveDate;
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

    pub(super) fn serialize<S: Serializer>(day: &NaiveDate, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(day)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<NaiveDate, D::Error> {
        let text = std::borrow::Cow::<'_, str>::deserialize(from)?;
        super::day(&text).map_err(D::Error::custom)
    }

    /// Days that may be missing.
    pub(super) mod option {
        use chrono::NaiveDate;
        use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};

        pub(crate) fn serialize<S: Serializer>(
            day: &Option<NaiveDate>,
            to: S,
        ) -> Result<S::Ok, S::Error> {
            match day {
                Some(day) => to.collect_str(day),
                None => to.serialize_none(),
            }
        }

        pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
            from: D,
        ) -> Result<Option<NaiveDate>, D::Error> {
            let text = Option::<String>::deserialize(from)?;
            text.map(|text| crate::readiness::day(&text).map_err(D::Error::custom))
                .transpose()
        }
    }
}
