//! Who took part in an event.

use serde_json::{Value, json};

use super::codes::{DESTINATION, DICOM, PARTICIPATION, SNOMED, SOURCE, coding};
use super::{Access, Event, SOFTWARE};

impl Event<'_> {
    /// The two sides of the exchange, and the person. The library knows no address of the network.
    pub(super) fn agents(&self, access: &Access<'_>, archive: &str) -> Vec<Value> {
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
}
