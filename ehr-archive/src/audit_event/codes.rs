//! The codes of FHIR, DICOM and HL7 by which an event says what it is.

use serde_json::{Value, json};

use super::{ChangeKind, Event, Purpose};

pub(super) const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
pub(super) const REST: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
pub(super) const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
pub(super) const LIFECYCLE: &str = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
pub(super) const REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
pub(super) const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
pub(super) const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
pub(super) const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
pub(super) const SNOMED: &str = "http://snomed.info/sct";
pub(super) const PROFILE: &str =
    "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit";

/// Where data comes from and where it goes, as DICOM codes the two sides of an exchange.
pub(super) const SOURCE: &str = "110153";
pub(super) const DESTINATION: &str = "110152";

impl Purpose {
    pub(super) fn code(self) -> &'static str {
        match self {
            Purpose::Treatment => "TREAT",
            Purpose::Payment => "HPAYMT",
            Purpose::Operations => "HOPERAT",
            Purpose::PatientRequest => "PATRQT",
            Purpose::Legal => "HLEGAL",
            Purpose::BreakGlass => "BTG",
        }
    }
}

impl ChangeKind {
    /// Type, subtype and action.
    fn codes(self) -> (Value, Value, &'static str) {
        match self {
            ChangeKind::Hold => (coding(DICOM, "110135"), coding(LIFECYCLE, "hold"), "U"),
            ChangeKind::Lift => (coding(DICOM, "110135"), coding(LIFECYCLE, "unhold"), "U"),
            ChangeKind::Shred | ChangeKind::Purge => {
                (coding(DICOM, "110110"), coding(LIFECYCLE, "destroy"), "D")
            }
            ChangeKind::Accession => (coding(DICOM, "110107"), coding(LIFECYCLE, "archive"), "C"),
            ChangeKind::Appoint | ChangeKind::ReKey => {
                (coding(DICOM, "110136"), coding(DICOM, "110137"), "U")
            }
            ChangeKind::Rules | ChangeKind::Confirmation => {
                (coding(DICOM, "110129"), coding(DICOM, "110129"), "U")
            }
        }
    }
}

impl Event<'_> {
    /// The profile of IHE that the event follows, where there is one.
    pub(super) fn profile(&self) -> Option<&'static str> {
        match self {
            Event::Search { .. } => Some("Query"),
            Event::Read {
                patient: Some(_), ..
            } => Some("PatientRead"),
            Event::Read { patient: None, .. } => Some("Read"),
            Event::Disclosure(_) => Some("PrivacyDisclosure.Source"),
            _ => None,
        }
    }

    pub(super) fn codes(&self) -> (Value, Value, &'static str) {
        match self {
            Event::Open | Event::FailedUnlock { .. } => {
                (coding(DICOM, "110114"), coding(DICOM, "110122"), "E")
            }
            Event::BreakGlass { .. } => (coding(DICOM, "110113"), coding(DICOM, "110127"), "E"),
            Event::Search { .. } => (coding(REST, "rest"), coding(INTERACTION, "search"), "E"),
            Event::Read { .. } => (coding(REST, "rest"), coding(INTERACTION, "read"), "R"),
            Event::ReadLog => (coding(DICOM, "110101"), coding(LIFECYCLE, "access"), "R"),
            Event::Export => (coding(DICOM, "110106"), coding(LIFECYCLE, "extract"), "R"),
            Event::Verify => (coding(DICOM, "110100"), coding(LIFECYCLE, "verify"), "E"),
            Event::Disclosure(_) => (coding(DICOM, "110106"), coding(LIFECYCLE, "disclose"), "R"),
            Event::Change(change) => change.kind.codes(),
        }
    }
}

pub(super) fn coding(system: &str, code: &str) -> Value {
    json!({"system": system, "code": code})
}
