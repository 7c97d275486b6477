//! Whether a file looks like C-CDA, or like a part of it.

use std::collections::BTreeMap;

use ehr_model::source::{NodeId, SourceRecord};
use quick_xml::Reader;
use quick_xml::events::Event;

use super::input::encoding;

/// The element that every document is.
const DOCUMENT: &str = "ClinicalDocument";

const NAMESPACE: &str = "urn:hl7-org:v3";

/// Elements of CDA R2 that are found as files of their own, in the order of the alphabet.
const PARTS: [&str; 46] = [
    "act",
    "addr",
    "assignedAuthor",
    "assignedEntity",
    "associatedEntity",
    "authenticator",
    "author",
    "authorization",
    "component",
    "componentOf",
    "consumable",
    "criterion",
    "custodian",
    "dataEnterer",
    "documentationOf",
    "encompassingEncounter",
    "encounter",
    "encounterParticipant",
    "entry",
    "entryRelationship",
    "externalDocument",
    "inFulfillmentOf",
    "informant",
    "informationRecipient",
    "legalAuthenticator",
    "manufacturedProduct",
    "observation",
    "observationMedia",
    "organizer",
    "participant",
    "participantRole",
    "patient",
    "patientRole",
    "performer",
    "precondition",
    "procedure",
    "recordTarget",
    "relatedDocument",
    "relatedSubject",
    "section",
    "serviceEvent",
    "signatureText",
    "structuredBody",
    "subject",
    "substanceAdministration",
    "supply",
];

/// What only CDA and its relatives write, near the beginning of a part.
const MARKS: [&str; 6] = [
    "templateId",
    "classCode=",
    "moodCode=",
    "typeCode=",
    "codeSystem=",
    "nullFlavor=",
];

/// Whether the first bytes of a file are those of a C-CDA document: XML whose document element is
/// `ClinicalDocument` in `urn:hl7-org:v3`, in any encoding.
pub fn detect(start: &[u8]) -> bool {
    let Some(text) = decoded(start) else {
        return false;
    };
    Root::of(&text).is_some_and(|root| root.name == DOCUMENT && root.is_in_namespace())
}

/// Whether the first bytes of a file are those of a part of a C-CDA document, such as a section or
/// an entry alone, or of one that forgot its namespace.
///
/// Without the document nobody knows whose a part is, so that it can only be set aside by name
/// ([`PART_OF_DOCUMENT`](super::PART_OF_DOCUMENT)).
pub fn detect_part(start: &[u8]) -> bool {
    let Some(text) = decoded(start) else {
        return false;
    };
    let Some(root) = Root::of(&text) else {
        return false;
    };
    if root.name == DOCUMENT {
        return !root.is_in_namespace() && !root.is_in_another();
    }
    let is_part = PARTS.binary_search(&&*root.name).is_ok();
    // the names are those of many things, so that a file without the namespace must show more
    let shows_more = || MARKS.iter().any(|mark| text.contains(mark));
    is_part && (root.is_in_namespace() || !root.is_in_another() && shows_more())
}

/// Whether a record is a part of a document, and not one.
pub(crate) fn is_part(record: &SourceRecord<'_>) -> bool {
    let mut elements = record.children(NodeId::ROOT);
    elements.all(|element| &**record.names().name(record.name(element)) != DOCUMENT)
}

/// The text of a beginning, whose last character may be cut.
fn decoded(start: &[u8]) -> Option<String> {
    let (encoding, mark, _) = encoding(start).ok()?;
    let (text, _) = encoding.decode_without_bom_handling(&start[mark..]);
    Some(text.into_owned())
}

/// The document element.
struct Root {
    name: String,
    prefix: Option<String>,
    /// The namespaces that it declares, by prefix.
    declared: BTreeMap<Option<String>, String>,
}

impl Root {
    fn of(text: &str) -> Option<Self> {
        let mut reader = Reader::from_str(text);
        loop {
            let tag = match reader.read_event() {
                Ok(Event::Start(tag) | Event::Empty(tag)) => tag,
                Ok(Event::Text(text)) if text.trim_ascii().is_empty() => continue,
                // a document type is refused later, which says more than an unknown format
                Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_)) => {
                    continue;
                }
                _ => return None,
            };
            let (local, prefix) = tag.name().decompose();
            let attributes = tag.attributes().flatten();
            let declared = attributes.filter_map(|attribute| {
                let name = attribute.key.as_ref();
                let prefix = match name.strip_prefix("xmlns:") {
                    Some(prefix) => Some(prefix.to_owned()),
                    None if name == "xmlns" => None,
                    None => return None,
                };
                Some((prefix, attribute.value.into_owned()))
            });
            return Some(Self {
                declared: declared.collect(),
                name: local.into_inner().to_owned(),
                prefix: prefix.map(|prefix| prefix.into_inner().to_owned()),
            });
        }
    }

    fn is_in_namespace(&self) -> bool {
        self.declared
            .get(&self.prefix)
            .is_some_and(|uri| uri == NAMESPACE)
    }

    /// Whether it stands in a namespace of somebody else.
    fn is_in_another(&self) -> bool {
        let usual = matches!(self.prefix.as_deref(), None | Some("cda" | "hl7" | "sdtc"));
        match self.declared.get(&self.prefix) {
            Some(uri) => uri != NAMESPACE && uri != "urn:hl7-org:sdtc",
            None => !usual,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_told_from_documents_and_from_other_xml() {
        assert!(PARTS.is_sorted());
        for part in [
            "<section xmlns='urn:hl7-org:v3'/>",
            "<?xml version='1.0'?><!-- c --><section><templateId root='1.2'/></section>",
            "<cda:entry><cda:act classCode='ACT'/></cda:entry>",
            "<ClinicalDocument><typeId root='1.2'/></ClinicalDocument>",
        ] {
            assert!(detect_part(part.as_bytes()), "{part}");
            assert!(!detect(part.as_bytes()), "{part}");
        }
        for other in [
            "<ClinicalDocument xmlns='urn:hl7-org:v3'/>",
            "<component><name>engine</name></component>",
            "<section xmlns='http://docbook.org/ns/docbook' classCode='a'/>",
            "<x:entry classCode='a'/>",
            "<document xmlns='urn:hl7-org:v3'/>",
            "<html></html>",
            "section classCode=",
        ] {
            assert!(!detect_part(other.as_bytes()), "{other}");
        }
    }
}
