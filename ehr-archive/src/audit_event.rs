//! What the access log says of one access: a FHIR R4 AuditEvent, built of the parts that IHE's Basic Audit Log Patterns
//! name (who, when, why, whose data, which data).

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Error, ErrorKind, names};

const ACTIVITY: &str = "http://dicom.nema.org/resources/ontology/DCM";
const REST: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
const REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";

/// An entry of the log holds at most 64 KiB; who and what is asked must leave room for the rest.
const MAX_TEXT_LEN: usize = 2000;

/// Who accesses the archive, when and why. The access log keeps it; nothing is read without it.
#[derive(Clone, Debug)]
pub struct Access<'a> {
    /// The user's id in the organization, such as a login name.
    pub agent: &'a str,
    /// Point in time, as `2026-01-31T09:30:00-05:00`.
    pub recorded: &'a str,
    /// Why.
    pub purpose: Purpose,
}

/// Why somebody accesses a chart, as HL7's ActReason codes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Purpose {
    /// Treatment of the patient (`TREAT`).
    Treatment,
    /// Payment (`HPAYMT`).
    Payment,
    /// Operation of the practice, such as verifying a migration (`HOPERAT`).
    Operations,
    /// The patient asked for the record (`PATRQT`).
    PatientRequest,
    /// A legal proceeding (`HLEGAL`).
    Legal,
    /// An emergency that breaks the glass (`BTG`).
    BreakGlass,
}

/// What happened.
pub(crate) enum Event<'a> {
    /// The archive was opened.
    Open,
    /// Somebody searched: by what, for what.
    Search { by: &'static str, query: &'a str },
    /// The key of an entry was released.
    Read { patient: Option<Uuid>, ordinal: u64 },
}

impl Purpose {
    fn code(self) -> &'static str {
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

impl Event<'_> {
    /// The event as FHIR JSON.
    pub(crate) fn to_json(&self, access: &Access<'_>, archive: &str) -> Result<Vec<u8>, Error> {
        names::check_instant(access.recorded)?;
        let query_len = if let Event::Search { query, .. } = self {
            query.len()
        } else {
            0
        };
        if access.agent.is_empty() || access.agent.len() > MAX_TEXT_LEN || query_len > MAX_TEXT_LEN
        {
            return Err(ErrorKind::Refused {
                reason: "agent and query have 1 to 2000 bytes",
            }
            .into());
        }
        let (kind, subtype, action) = match self {
            Event::Open => (coding(ACTIVITY, "110114"), coding(ACTIVITY, "110122"), "E"),
            Event::Search { .. } => (coding(REST, "rest"), coding(INTERACTION, "search"), "E"),
            Event::Read { .. } => (coding(REST, "rest"), coding(INTERACTION, "read"), "R"),
        };
        let event = json!({
            "resourceType": "AuditEvent",
            "type": kind,
            "subtype": [subtype],
            "action": action,
            "recorded": access.recorded,
            "outcome": "0",
            "purposeOfEvent": [{"coding": [coding(REASON, access.purpose.code())]}],
            "agent": [{
                "type": {"coding": [coding(PARTICIPATION, "IRCP")]},
                "who": {"identifier": {"value": access.agent}},
                "requestor": true,
            }],
            "source": {"observer": {"display": concat!("ehr-archive ", env!("CARGO_PKG_VERSION"))}, "site": archive},
            "entity": self.entities(),
        });
        serde_json::to_vec(&event).map_err(|_| {
            ErrorKind::Malformed {
                what: "an audit event",
            }
            .into()
        })
    }

    fn entities(&self) -> Vec<Value> {
        match self {
            Event::Open => vec![],
            Event::Search { by, query } => vec![json!({
                "type": coding(ENTITY_TYPE, "2"),
                "role": coding(OBJECT_ROLE, "24"),
                "detail": [{"type": by, "valueString": query}],
            })],
            Event::Read { patient, ordinal } => {
                let entry = json!({
                    "what": {"identifier": {"value": ordinal.to_string()}},
                    "type": coding(ENTITY_TYPE, "2"),
                    "role": coding(OBJECT_ROLE, "4"),
                });
                let patient = patient.map(|id| {
                    json!({
                        "what": {"reference": format!("Patient/{id}")},
                        "type": coding(ENTITY_TYPE, "1"),
                        "role": coding(OBJECT_ROLE, "1"),
                    })
                });
                patient.into_iter().chain([entry]).collect()
            }
        }
    }
}

fn coding(system: &str, code: &str) -> Value {
    json!({"system": system, "code": code})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_says_who_when_why_and_whose() {
        let access = Access {
            agent: "jdoe",
            recorded: "2026-01-31T09:30:00Z",
            purpose: Purpose::Legal,
        };
        let event = Event::Read {
            patient: Some(Uuid::nil()),
            ordinal: 7,
        };
        let json: Value = serde_json::from_slice(&event.to_json(&access, "a").unwrap()).unwrap();
        assert_eq!(json["recorded"], "2026-01-31T09:30:00Z");
        assert_eq!(json["agent"][0]["who"]["identifier"]["value"], "jdoe");
        assert_eq!(json["purposeOfEvent"][0]["coding"][0]["code"], "HLEGAL");
        assert_eq!(
            json["entity"][0]["what"]["reference"],
            "Patient/00000000-0000-0000-0000-000000000000"
        );
        assert_eq!(json["entity"][1]["what"]["identifier"]["value"], "7");
    }

    #[test]
    fn an_access_without_agent_or_time_is_none() {
        let access = Access {
            agent: "",
            recorded: "2026-01-31T09:30:00Z",
            purpose: Purpose::Treatment,
        };
        assert!(Event::Open.to_json(&access, "a").is_err());
        let access = Access {
            agent: "jdoe",
            recorded: "today",
            purpose: Purpose::Treatment,
        };
        assert!(Event::Open.to_json(&access, "a").is_err());
    }
}
