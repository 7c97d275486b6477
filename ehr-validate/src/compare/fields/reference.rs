//! References: they must lead to the counterpart of the record that the source means.

use ehr_model::element::{Element, Leaf, SafetyClass};
use ehr_model::record::{Kind, RecordId};

use super::FieldWalk;
use crate::compare::allowance::Allowance;
use crate::compare::difference::{DifferenceClass, Pattern};

impl FieldWalk<'_> {
    pub(super) fn references(&mut self, a: &dyn Element, b: &dyn Element, safety: SafetyClass) {
        use DifferenceClass::{Changed, Missing};
        match (target(a), target(b)) {
            (Some((_, one)), Some((_, other))) if self.leads_to(one, other) => {
                if one != other {
                    self.allow(Allowance::References);
                }
                self.allow(Allowance::ReferenceDisplay);
            }
            (Some((kind, one)), Some(_)) => {
                if self.is_outside(one) {
                    return self.allow(Allowance::OutsideReferences);
                }
                let (class, pattern) = match is_visit(&self.path, kind) {
                    true => (DifferenceClass::WrongVisit, None),
                    false => (Changed, Some(Pattern::OtherRecord)),
                };
                self.report_at("reference", class, pattern, safety);
            }
            (Some((_, one)), None) => match self.links.missing.contains(&one) {
                true => self.allow(Allowance::FollowingReferences),
                // detached where its record did not migrate: the identifier names it
                false if self.is_outside(one) => self.allow(Allowance::OutsideReferences),
                false => self.report_at("reference", Missing, None, safety),
            },
            // the record that was only named is there
            (None, Some(_)) => self.allow(Allowance::OutsideReferences),
            (None, None) => {
                self.named(a, b, "identifier", safety);
                self.named(a, b, "display", safety);
            }
        }
    }

    /// Whether the target of one side is the counterpart of the one of the other.
    fn leads_to(&self, one: RecordId, other: RecordId) -> bool {
        let links = self.links;
        let counterpart = links
            .counterparts
            .get(&one)
            .or_else(|| links.shared.get(&one));
        match counterpart {
            Some(counterpart) => *counterpart == other,
            None => one == other,
        }
    }

    /// Whether neither the chart nor the shared records of the source hold it.
    fn is_outside(&self, id: RecordId) -> bool {
        let links = self.links;
        !links.counterparts.contains_key(&id)
            && !links.shared.contains_key(&id)
            && !links.missing.contains(&id)
    }

    /// Whether an element is nothing but a reference to a record that the target lacks.
    pub(super) fn is_following(&self, element: &dyn Element) -> bool {
        match element.spec().name {
            "Reference" => target(element).is_some_and(|(_, id)| self.links.missing.contains(&id)),
            _ => false,
        }
    }

    /// Whether two references lead to the same record.
    pub(super) fn same_record(&self, a: &dyn Element, b: &dyn Element) -> bool {
        match (target(a), target(b)) {
            (Some((_, one)), Some((_, other))) => self.leads_to(one, other),
            (None, None) => true,
            _ => false,
        }
    }
}

/// Whether an element is a reference that names its record and does not lead to it.
pub(super) fn leads_nowhere(element: &dyn Element) -> bool {
    element.spec().name == "Reference" && target(element).is_none()
}

fn target(element: &dyn Element) -> Option<(Kind, RecordId)> {
    let number = element.spec().number("reference")?;
    match element.slot(number).leaf(0)? {
        Leaf::Target(kind, id) => Some((kind, id)),
        _ => None,
    }
}

/// Whether the reference says at which visit the entry was made.
fn is_visit(path: &str, kind: Kind) -> bool {
    kind == Kind::Encounter
        && (path == "encounter" || path == "context" || path.starts_with("context."))
}
