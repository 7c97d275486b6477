//! The permit: what a complete register issues, and nothing else can make.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::{
    ExtractionRequest, ReadinessGaps, ReadinessRegister, Sha256Digest, as_day, assess::assess,
};

/// The right to extract one system, for the parties that were checked, until one day.
///
/// Only [`ReadinessRegister::permit`] makes one. It is written to records, and not read back from them; it is not
/// copied, so that one permit opens one reader.
///
/// ```compile_fail
/// let forged: ehr_model::readiness::ExtractionPermit = serde_json::from_str("{}").unwrap();
/// ```
/// ```compile_fail
/// fn twice(permit: ehr_model::readiness::ExtractionPermit) {
///     let copy = permit.clone();
///     drop((copy, permit));
/// }
/// ```
/// ```compile_fail
/// let forged = ehr_model::readiness::ExtractionPermit { system: String::new() };
/// ```
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct ExtractionPermit {
    system: String,
    parties: BTreeSet<String>,
    register: Sha256Digest,
    #[serde(with = "as_day")]
    issued_on: NaiveDate,
    #[serde(with = "as_day")]
    expires_on: NaiveDate,
}

/// Why a permit does not hold here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PermitRefusal {
    /// It was issued for another system.
    #[error("permit-of-another-system: the permit is for {permitted}")]
    OtherSystem {
        /// The system of the permit.
        permitted: String,
    },
    /// The register is not the one that issued it.
    #[error("register-changed: the permit was issued from register {issued_from}")]
    RegisterChanged {
        /// The digest of the register that issued it.
        issued_from: Sha256Digest,
    },
    /// The party was not checked.
    #[error("party-not-permitted: the permit does not name {party}")]
    PartyNotPermitted {
        /// The party.
        party: String,
    },
    /// The day lies before the one on which it was issued.
    #[error("permit-not-yet-valid: the permit was issued on {issued_on}")]
    NotYetValid {
        /// The day on which it was issued.
        issued_on: NaiveDate,
    },
    /// Its last day is past.
    #[error("permit-expired: the permit ended on {expires_on}")]
    Expired {
        /// Its last day.
        expires_on: NaiveDate,
    },
}

impl ReadinessRegister {
    /// Holds the register against one extraction.
    ///
    /// # Errors
    ///
    /// Every gap, not only the first.
    pub fn permit(&self, request: &ExtractionRequest) -> Result<ExtractionPermit, ReadinessGaps> {
        let gaps = assess(self.content(), request);
        if !gaps.is_empty() {
            return Err(ReadinessGaps::new(gaps));
        }
        Ok(ExtractionPermit {
            system: request.system.clone(),
            parties: request.parties.clone(),
            register: self.digest(),
            issued_on: request.today,
            // every item that was held against the request is valid to its last day
            expires_on: request.last_day,
        })
    }
}

impl ExtractionPermit {
    /// Whether it lets a party read a system on a day, with the register as it is now.
    pub fn check(
        &self,
        system: &str,
        party: &str,
        register: &ReadinessRegister,
        today: NaiveDate,
    ) -> Result<(), PermitRefusal> {
        if self.system != system {
            return Err(PermitRefusal::OtherSystem {
                permitted: self.system.clone(),
            });
        }
        if self.register != register.digest() {
            return Err(PermitRefusal::RegisterChanged {
                issued_from: self.register,
            });
        }
        if !self.parties.contains(party) {
            return Err(PermitRefusal::PartyNotPermitted {
                party: party.to_owned(),
            });
        }
        if today < self.issued_on {
            return Err(PermitRefusal::NotYetValid {
                issued_on: self.issued_on,
            });
        }
        if today > self.expires_on {
            return Err(PermitRefusal::Expired {
                expires_on: self.expires_on,
            });
        }
        Ok(())
    }

    /// The URI of the system.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// The parties that were checked.
    pub fn parties(&self) -> impl Iterator<Item = &str> {
        self.parties.iter().map(String::as_str)
    }

    /// The digest of the register that issued it.
    pub fn register(&self) -> Sha256Digest {
        self.register
    }

    /// The day on which it was issued.
    pub fn issued_on(&self) -> NaiveDate {
        self.issued_on
    }

    /// Its last day.
    pub fn expires_on(&self) -> NaiveDate {
        self.expires_on
    }
}
