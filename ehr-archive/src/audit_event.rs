//! What the access log says of one access: a FHIR R4 AuditEvent in the shape of IHE's Basic Audit Log Patterns (who, when,
//! why, whose data, which data).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ehr_crypto::Digest;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Error, ErrorKind, names};

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const REST: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const INTERACTION: &str = "http://hl7.org/fhir/restful-interaction";
const LIFECYCLE: &str = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
const REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const OBJECT_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const SNOMED: &str = "http://snomed.info/sct";
const PROFILE: &str = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit";
const SOFTWARE: &str = concat!("ehr-archive ", env!("CARGO_PKG_VERSION"));

/// Where data comes from and where it goes, as DICOM codes the two sides of an exchange.
const SOURCE: &str = "110153";
const DESTINATION: &str = "110152";

/// The detail of an event that says which change of the archive's state is done.
const CHANGE_DONE: &str = "change-done";

/// An entry of the log holds at most 64 KiB; who and what is asked must leave room for the rest.
const MAX_TEXT_LEN: usize = 2000;
/// Longer lists of entries are named by their number and digest; the certificate has them whole.
const MAX_ORDINALS_LEN: usize = 8000;

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
    /// Somebody opened the archive in an emergency, for this reason.
    BreakGlass { reason: &'a str },
    /// Somebody tried to open the archive with a wrong key, so often.
    FailedUnlock { attempts: u64 },
    /// Somebody searched: with what words.
    Search { query: &'a str },
    /// The key of an entry was released.
    Read { patient: Option<Uuid>, ordinal: u64 },
    /// The access log itself was read.
    ReadLog,
    /// Everything was written out in clear.
    Export,
    /// The archive was verified with its key.
    Verify,
    /// A patient's data goes to somebody.
    Disclosure(Disclosure<'a>),
    /// The archive's state is about to be changed, or was.
    Change(Change<'a>),
}

/// A release of information.
pub(crate) struct Disclosure<'a> {
    pub(crate) patient: Uuid,
    pub(crate) ordinals: &'a [u64],
    pub(crate) recipient: &'a str,
    pub(crate) authorized_by: Option<&'a str>,
    /// Digest of the manifest of what is released.
    pub(crate) manifest: Digest,
}

/// A change of the archive's state.
pub(crate) struct Change<'a> {
    pub(crate) kind: ChangeKind,
    /// The number that the state has after it.
    pub(crate) number: u64,
    /// Whether it is done; before, it is announced.
    pub(crate) done: bool,
    pub(crate) ordinals: &'a [u64],
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum ChangeKind {
    Hold,
    Lift,
    Appoint,
    Rules,
    Shred,
    Purge,
    ReKey,
    Accession,
    /// A change that was in force and not confirmed: a crash came between.
    Confirmation,
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

impl ChangeKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            ChangeKind::Hold => "hold",
            ChangeKind::Lift => "lift",
            ChangeKind::Appoint => "appoint",
            ChangeKind::Rules => "rules",
            ChangeKind::Shred => "shred",
            ChangeKind::Purge => "purge",
            ChangeKind::ReKey => "re-key",
            ChangeKind::Accession => "accession",
            ChangeKind::Confirmation => "confirmation",
        }
    }

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
    /// The event as FHIR JSON.
    pub(crate) fn to_json(&self, access: &Access<'_>, archive: &str) -> Result<Vec<u8>, Error> {
        names::check_instant(access.recorded)?;
        let is_text = |text: &str| (1..=MAX_TEXT_LEN).contains(&text.len());
        let texts = match self {
            Event::Search { query } => vec![*query],
            Event::BreakGlass { reason } => vec![*reason],
            Event::Disclosure(disclosure) => [Some(disclosure.recipient), disclosure.authorized_by]
                .into_iter()
                .flatten()
                .collect(),
            _ => vec![],
        };
        if !texts.into_iter().chain([access.agent]).all(is_text) {
            return Err(ErrorKind::Refused {
                reason: "agent, query, reason and recipient have 1 to 2000 bytes",
            }
            .into());
        }
        let (kind, subtype, action) = self.codes();
        let mut event = json!({
            "resourceType": "AuditEvent",
            "type": kind,
            "subtype": [subtype],
            "action": action,
            "recorded": access.recorded,
            "outcome": if matches!(self, Event::FailedUnlock { .. }) { "4" } else { "0" },
            "purposeOfEvent": [{"coding": [coding(REASON, access.purpose.code())]}],
            "agent": self.agents(access, archive),
            "source": {"observer": {"display": SOFTWARE}, "site": archive},
        });
        if let Some(profile) = self.profile() {
            event["meta"] = json!({"profile": [format!("{PROFILE}.{profile}")]});
        }
        let entities = self.entities();
        if !entities.is_empty() {
            event["entity"] = entities.into();
        }
        serde_json::to_vec(&event).map_err(|_| {
            ErrorKind::Malformed {
                what: "an audit event",
            }
            .into()
        })
    }

    /// The profile of IHE that the event follows, where there is one.
    fn profile(&self) -> Option<&'static str> {
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

    fn codes(&self) -> (Value, Value, &'static str) {
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

    /// The two sides of the exchange, and the person. The library knows no address of the network.
    fn agents(&self, access: &Access<'_>, archive: &str) -> Vec<Value> {
        let side = |role: &str, who: Value| {
            json!({
                "type": {"coding": [coding(DICOM, role)]},
                "who": who,
                "requestor": false,
                "network": {"extension": [{
                    "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
                    "valueCode": "unknown",
                }]},
            })
        };
        let (software, server) = (
            json!({"display": SOFTWARE}),
            json!({"display": format!("archive {archive}")}),
        );
        let mut agents = match self {
            Event::Search { .. } => vec![side(SOURCE, software), side(DESTINATION, server)],
            Event::Read { .. } => vec![side(DESTINATION, software), side(SOURCE, server)],
            Event::Disclosure(disclosure) => {
                let recipient = side(DESTINATION, json!({"display": disclosure.recipient}));
                let authorizer = disclosure.authorized_by.map(|name| {
                    json!({
                        "type": {"coding": [coding(SNOMED, "429577009")]},
                        "who": {"display": name},
                        "requestor": false,
                    })
                });
                [side(SOURCE, software), recipient]
                    .into_iter()
                    .chain(authorizer)
                    .collect()
            }
            _ => vec![],
        };
        agents.push(json!({
            "type": {"coding": [coding(PARTICIPATION, "IRCP")]},
            "who": {"identifier": {"value": access.agent}},
            "requestor": true,
        }));
        agents
    }

    fn entities(&self) -> Vec<Value> {
        let object = |ordinal: u64| {
            json!({
                "what": {"identifier": {"value": ordinal.to_string()}},
                "type": coding(ENTITY_TYPE, "2"),
                "role": coding(OBJECT_ROLE, "4"),
            })
        };
        let person = |id: Uuid| {
            json!({
                "what": {"reference": format!("Patient/{id}")},
                "type": coding(ENTITY_TYPE, "1"),
                "role": coding(OBJECT_ROLE, "1"),
            })
        };
        let details = |details: Vec<(&str, String)>| {
            let details: Vec<Value> = details
                .into_iter()
                .map(|(name, value)| json!({"type": name, "valueString": value}))
                .collect();
            json!({"type": coding(ENTITY_TYPE, "2"), "role": coding(OBJECT_ROLE, "4"), "detail": details})
        };
        match self {
            Event::Open | Event::ReadLog | Event::Export | Event::Verify => vec![],
            Event::BreakGlass { reason } => vec![details(vec![("reason", (*reason).to_owned())])],
            Event::FailedUnlock { attempts } => {
                vec![details(vec![("attempts", attempts.to_string())])]
            }
            Event::Search { query } => vec![json!({
                "type": coding(ENTITY_TYPE, "2"),
                "role": coding(OBJECT_ROLE, "24"),
                "query": STANDARD.encode(query),
            })],
            Event::Read { patient, ordinal } => patient
                .map(person)
                .into_iter()
                .chain([object(*ordinal)])
                .collect(),
            Event::Disclosure(disclosure) => {
                let manifest = details(vec![
                    ("manifest-sha256", disclosure.manifest.to_string()),
                    ("entries", ordinals_text(disclosure.ordinals)),
                ]);
                vec![person(disclosure.patient), manifest]
            }
            Event::Change(change) => {
                let number = if change.done {
                    CHANGE_DONE
                } else {
                    "change-begun"
                };
                let mut list = vec![
                    ("kind", change.kind.as_str().to_owned()),
                    (number, change.number.to_string()),
                ];
                if !change.ordinals.is_empty() {
                    list.push(("entries", ordinals_text(change.ordinals)));
                }
                vec![details(list)]
            }
        }
    }
}

/// The change of the archive's state that an event says is done.
pub(crate) fn change_done(event: &[u8]) -> Option<u64> {
    let event: Value = serde_json::from_slice(event).ok()?;
    let details = event["entity"]
        .as_array()?
        .iter()
        .filter_map(|entity| entity["detail"].as_array())
        .flatten();
    let mut numbers = details.filter(|detail| detail["type"] == CHANGE_DONE);
    numbers.next()?["valueString"].as_str()?.parse().ok()
}

/// Numbers as ranges: `1-3 7`. A very long list is named by count and digest.
pub(crate) fn ordinals_text(ordinals: &[u64]) -> String {
    let text = crate::ranges::to_text(ordinals);
    if text.len() > MAX_ORDINALS_LEN {
        format!(
            "{} entries, sha256 {}",
            ordinals.len(),
            Digest::sha256(text.as_bytes())
        )
    } else {
        text
    }
}

fn coding(system: &str, code: &str) -> Value {
    json!({"system": system, "code": code})
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCESS: Access<'static> = Access {
        agent: "jdoe",
        recorded: "2026-01-31T09:30:00Z",
        purpose: Purpose::Legal,
    };

    fn json_of(event: &Event<'_>) -> Value {
        serde_json::from_slice(&event.to_json(&ACCESS, "a").unwrap()).unwrap()
    }

    fn user(event: &Value) -> &Value {
        event["agent"]
            .as_array()
            .unwrap()
            .iter()
            .find(|agent| agent["requestor"] == true)
            .unwrap()
    }

    #[test]
    fn an_event_says_who_when_why_and_whose() {
        let json = json_of(&Event::Read {
            patient: Some(Uuid::nil()),
            ordinal: 7,
        });
        assert_eq!(json["recorded"], "2026-01-31T09:30:00Z");
        assert_eq!(user(&json)["who"]["identifier"]["value"], "jdoe");
        assert_eq!(json["purposeOfEvent"][0]["coding"][0]["code"], "HLEGAL");
        assert_eq!(
            json["entity"][0]["what"]["reference"],
            "Patient/00000000-0000-0000-0000-000000000000"
        );
        assert_eq!(json["entity"][1]["what"]["identifier"]["value"], "7");
    }

    /// The cardinalities and fixed codes of the profiles that the events claim.
    #[test]
    fn events_have_the_shape_of_their_profiles() {
        let manifest = Digest::sha256(b"x");
        let disclosure = Disclosure {
            patient: Uuid::nil(),
            ordinals: &[1],
            recipient: "Court",
            authorized_by: Some("patient"),
            manifest,
        };
        for (event, name, action, sides) in [
            (
                Event::Read {
                    patient: Some(Uuid::nil()),
                    ordinal: 1,
                },
                "PatientRead",
                "R",
                [DESTINATION, SOURCE],
            ),
            (
                Event::Read {
                    patient: None,
                    ordinal: 1,
                },
                "Read",
                "R",
                [DESTINATION, SOURCE],
            ),
            (
                Event::Search { query: "name=x" },
                "Query",
                "E",
                [SOURCE, DESTINATION],
            ),
            (
                Event::Disclosure(disclosure),
                "PrivacyDisclosure.Source",
                "R",
                [SOURCE, DESTINATION],
            ),
        ] {
            let json = json_of(&event);
            assert_eq!(json["meta"]["profile"][0], format!("{PROFILE}.{name}"));
            assert_eq!(
                (&json["action"], &json["outcome"]),
                (&json!(action), &json!("0")),
                "{name}"
            );
            for (number, side) in sides.into_iter().enumerate() {
                let agent = &json["agent"][number];
                assert_eq!(agent["type"]["coding"][0], coding(DICOM, side), "{name}");
                assert!(
                    agent["who"].is_object() && agent["network"].is_object(),
                    "{name}"
                );
            }
            let entities = json["entity"].as_array().unwrap();
            let persons = entities
                .iter()
                .filter(|entity| entity["type"]["code"] == "1")
                .count();
            assert_eq!(persons, usize::from(name.starts_with('P')), "{name}");
            assert_eq!(
                entities
                    .iter()
                    .filter(|entity| entity["type"]["code"] == "2")
                    .count(),
                1,
                "{name}"
            );
        }
        let search = json_of(&Event::Search { query: "name=x" });
        assert_eq!(search["entity"][0]["query"], "bmFtZT14");
        assert!(search["entity"][0].get("detail").is_none());
        // Who observes a disclosure is its source.
        let json = json_of(&Event::Disclosure(Disclosure {
            patient: Uuid::nil(),
            ordinals: &[],
            recipient: "x",
            authorized_by: None,
            manifest,
        }));
        assert_eq!(json["agent"][0]["who"], json["source"]["observer"]);
    }

    #[test]
    fn a_change_is_recognized_when_it_is_done() {
        let mut change = Change {
            kind: ChangeKind::Shred,
            number: 7,
            done: false,
            ordinals: &[3, 4, 5, 9],
        };
        let done =
            |change: Change<'_>| change_done(&Event::Change(change).to_json(&ACCESS, "a").unwrap());
        let json = json_of(&Event::Change(Change { ..change }));
        assert_eq!(json["entity"][0]["detail"][2]["valueString"], "3-5 9");
        assert_eq!(done(Change { ..change }), None);
        change.done = true;
        assert_eq!(done(change), Some(7));
        assert_eq!(
            change_done(&Event::Open.to_json(&ACCESS, "a").unwrap()),
            None
        );
    }

    #[test]
    fn an_access_without_agent_or_time_is_none() {
        for access in [
            Access {
                agent: "",
                ..ACCESS
            },
            Access {
                recorded: "today",
                ..ACCESS
            },
        ] {
            assert!(Event::Open.to_json(&access, "a").is_err());
        }
        assert!(
            Event::BreakGlass { reason: "" }
                .to_json(&ACCESS, "a")
                .is_err()
        );
    }

    #[test]
    fn the_longest_event_fits_into_an_entry() {
        let (long, ordinals): (String, Vec<u64>) = (
            "\u{1}".repeat(MAX_TEXT_LEN),
            (0..1 << 20).step_by(2).collect(),
        );
        let access = Access {
            agent: &long,
            ..ACCESS
        };
        let events = [
            Event::Search { query: &long },
            Event::Disclosure(Disclosure {
                patient: Uuid::nil(),
                ordinals: &ordinals,
                recipient: &long,
                authorized_by: Some(&long),
                manifest: Digest::sha256(b""),
            }),
        ];
        for event in events {
            assert!(event.to_json(&access, &"a".repeat(64)).unwrap().len() < 60_000);
        }
    }
}
