//! The unique device identifier as people read it: device identifier (DI) and production
//! identifiers (PI), in the forms of GS1, HIBCC and ICCBBA (21 CFR 830).

mod gs1;
mod hibcc;
mod iccbba;

use super::{Fault, Malformed};

/// Who issued a device identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IssuingAgency {
    /// GS1.
    Gs1,
    /// Health Industry Business Communications Council.
    Hibcc,
    /// ICCBBA, for tissue, cells and devices (ISBT 128).
    Iccbba,
    /// ICCBBA, for bags of blood.
    IccbbaBlood,
}

impl IssuingAgency {
    /// The URI of its identifiers in FHIR.
    pub fn system(self) -> &'static str {
        match self {
            Self::Gs1 => "http://hl7.org/fhir/NamingSystem/gs1-di",
            Self::Hibcc => "http://hl7.org/fhir/NamingSystem/hibcc-diI",
            Self::Iccbba => "http://hl7.org/fhir/NamingSystem/iccbba-other-di",
            Self::IccbbaBlood => "http://hl7.org/fhir/NamingSystem/iccbba-blood-di",
        }
    }
}

/// The parts of a unique device identifier, as written. Dates keep the form of the agency:
/// `YYMMDD` in GS1, `YYYJJJ` in ISBT 128.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Udi {
    /// Who issued the device identifier.
    pub agency: IssuingAgency,
    /// The device identifier: the model.
    pub device: String,
    /// The lot or batch.
    pub lot: Option<String>,
    /// The serial number.
    pub serial: Option<String>,
    /// The day of expiry.
    pub expires: Option<String>,
    /// The day of manufacture.
    pub manufactured: Option<String>,
    /// The distinct identification of a donation (human cells and tissues).
    pub donation: Option<String>,
}

impl Udi {
    fn of(agency: IssuingAgency, device: impl Into<String>) -> Self {
        Self {
            agency,
            device: device.into(),
            lot: None,
            serial: None,
            expires: None,
            manufactured: None,
            donation: None,
        }
    }

    /// Whether a production identifier stands beside the device identifier.
    pub fn has_production_identifier(&self) -> bool {
        [
            &self.lot,
            &self.serial,
            &self.expires,
            &self.manufactured,
            &self.donation,
        ]
        .iter()
        .any(|part| part.is_some())
    }
}

impl std::fmt::Debug for Udi {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Udi({:?})", self.agency)
    }
}

/// Reads the human-readable form, or the characters of the bar code.
pub fn parse(carrier: &str) -> Result<Udi, Malformed> {
    let text = carrier.trim();
    match text.as_bytes() {
        [] => Err(Fault::Empty.into()),
        [b'+', ..] => hibcc::parse(text),
        [b'=' | b'&', ..] => iccbba::parse(text),
        _ => gs1::parse(text),
    }
}
