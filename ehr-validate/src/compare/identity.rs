//! Which fields say what an entry is about, and when.

use ehr_model::element::{Element, Leaf};
use ehr_model::record::{Kind, Record};

use super::content::{leaf_key, normalise};
use crate::walk;

/// Which fields say what an entry of a kind is about, and when.
pub(super) struct Identity {
    /// The fields that say what it is about.
    pub(super) meaning: &'static [&'static str],
    /// The fields that say when, the first filled one counts.
    pub(super) date: &'static [&'static str],
    /// Whether it stands in a list in which a meaning is expected once, whatever its date.
    pub(super) is_listed: bool,
}

/// The identity of a kind.
pub(super) fn identity(kind: Kind) -> Identity {
    let (meaning, date, is_listed): (&[_], &[_], bool) = match kind {
        Kind::Patient => (&[], &[], false),
        Kind::RelatedPerson => (&["name"], &[], true),
        Kind::Problem => (
            &["code"],
            &["onset[x]", "assertedDate", "recordedDate"],
            true,
        ),
        Kind::Allergy => (&["code"], &["onset[x]", "recordedDate"], true),
        Kind::Medication => (&["medication[x]"], &["authoredOn", "effectivePeriod"], true),
        Kind::MedicationDispense => (
            &["medication[x]"],
            &["whenHandedOver", "whenPrepared"],
            false,
        ),
        Kind::Immunization => (&["vaccineCode"], &["occurrence[x]"], false),
        Kind::Procedure => (&["code"], &["performed[x]"], false),
        Kind::Observation | Kind::DiagnosticReport => {
            (&["code"], &["effective[x]", "issued"], false)
        }
        Kind::ImagingStudy => (
            &["modality", "description", "procedureCode"],
            &["started"],
            false,
        ),
        Kind::Specimen => (&["type"], &["collection", "receivedTime"], false),
        Kind::Device => (&["type", "distinctIdentifier", "serialNumber"], &[], true),
        Kind::Supply => (&["suppliedItem", "type"], &["occurrence[x]"], false),
        Kind::FamilyHistory => (&["relationship", "name"], &["date"], true),
        Kind::CarePlan => (
            &["category", "title", "description"],
            &["period", "created"],
            true,
        ),
        Kind::CareTeam => (&["name", "category"], &["period"], true),
        Kind::Goal => (&["description"], &["start[x]", "statusDate"], true),
        Kind::Referral => (&["code"], &["authoredOn", "occurrence[x]"], false),
        Kind::Document => (&["type", "description"], &["date"], false),
        Kind::Encounter => (&["type", "class"], &["period"], false),
        Kind::Appointment => (
            &["appointmentType", "serviceType", "description"],
            &["start"],
            false,
        ),
        Kind::Coverage => (&["subscriberId", "class", "type"], &["period"], true),
        Kind::Claim => (&["total"], &["billablePeriod", "created"], false),
        Kind::Payment => (&["paymentAmount"], &["paymentDate", "created"], false),
        _ => (&[], &[], false),
    };
    Identity {
        meaning,
        date,
        is_listed,
    }
}

/// What the entry is about, as codes with their systems.
pub(super) fn coded_meaning(record: &Record, out: &mut Vec<String>) {
    meaning(
        record,
        &mut |element| {
            let system = walk::text(element, "system").unwrap_or_default();
            if let Some(code) = walk::text(element, "code").filter(|code| !code.trim().is_empty()) {
                out.push(format!("{}|{}", system.trim(), code.trim()));
            }
        },
        &mut |_, _| {},
    );
}

/// What the entry is about, in words, numbers and names.
pub(super) fn worded_meaning(record: &Record, out: &mut Vec<String>) {
    let mut words = Vec::new();
    meaning(
        record,
        &mut |element| {
            words.extend(
                walk::text(element, "display")
                    .as_deref()
                    .and_then(normalise),
            )
        },
        &mut |path, leaf| {
            // Texts mean the same in any field, as a display and a text do.
            let key = match leaf {
                Leaf::Text(text) => normalise(text),
                leaf => Some(format!("{path}={}", leaf_key(leaf))),
            };
            out.extend(key);
        },
    );
    out.append(&mut words);
}

/// When it was: the point in time, and its day.
pub(super) fn time(record: &Record) -> Option<(String, String)> {
    let element = record.resource.element();
    let fields = identity(record.kind()).date;
    fields.iter().find_map(|field| {
        let mut first = None;
        let mut on_leaf = |_: &walk::Path<'_>, leaf: &Leaf<'_>| {
            if let (None, Leaf::Date(date)) = (&first, leaf) {
                first = Some((leaf_key(leaf), date.date_part().to_iso()));
            }
        };
        walk::field(element, field, &mut on_leaf, &mut |_, _| {});
        first
    })
}

fn meaning(
    record: &Record,
    on_coding: &mut dyn FnMut(&dyn Element),
    on_leaf: &mut dyn FnMut(&walk::Path<'_>, &Leaf<'_>),
) {
    let element = record.resource.element();
    for field in identity(record.kind()).meaning {
        walk::field(
            element,
            field,
            &mut |path, leaf| {
                let in_coding = path.parent() == Some("coding")
                    || path.top() == "class" && record.kind() == Kind::Encounter;
                // References lead to ids of one side; units and currencies mean nothing alone.
                let skipped = matches!(leaf, Leaf::Target(..))
                    || ["unit", "currency", "system", "code"].contains(&path.last());
                if !in_coding && !skipped {
                    on_leaf(path, leaf);
                }
            },
            &mut |_, element| {
                if element.spec().name == "Coding" {
                    on_coding(element);
                }
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_an_identity_is_a_field() {
        for kind in Kind::ALL {
            let Identity { meaning, date, .. } = identity(*kind);
            for field in meaning.iter().chain(date) {
                assert!(kind.spec().number(field).is_some(), "{kind:?} {field}");
            }
        }
    }
}
