//! References between records, found through the fields that describe themselves.

use super::{Kind, Record, RecordId};
use crate::datatype::{Identifier, Reference};
use crate::element::{Element, Leaf, ValueType};

/// Numbers of the fields of [`Reference`].
const TARGET: usize = 0;

impl Record {
    /// Calls `visit` with every reference that points at a record: its path, the kind and the id.
    pub fn visit_references(&self, mut visit: impl FnMut(&str, Kind, RecordId)) {
        let mut path = String::new();
        walk(self.resource.element(), &mut path, &mut visit);
    }

    /// Turns references for which `keep` says no into logical ones, which name the record by its
    /// identifier in the source. Returns how many there were.
    ///
    /// Nothing is lost: kind, identifier and display stay, and no reference dangles in the output.
    pub fn detach_references(
        &mut self,
        keep: impl Fn(Kind, RecordId) -> bool,
        identifier: impl Fn(Kind, RecordId) -> Option<Identifier>,
    ) -> usize {
        let mut wanted = false;
        self.visit_references(|_, kind, id| wanted |= !keep(kind, id));
        if !wanted {
            return 0;
        }
        let mut detached = 0;
        detach(self.resource.element_mut(), &mut |reference| {
            let Some(Leaf::Target(kind, id)) = reference.slot(TARGET).leaf(0) else {
                return;
            };
            if keep(kind, id) {
                return;
            }
            detached += 1;
            replace(reference, kind, identifier(kind, id));
        });
        detached
    }
}

impl Record {
    /// Points references elsewhere: `to` says where, or leaves them.
    pub fn redirect_references(&mut self, to: impl Fn(Kind, RecordId) -> Option<RecordId>) {
        let mut wanted = false;
        self.visit_references(|_, kind, id| wanted |= to(kind, id).is_some());
        if !wanted {
            return;
        }
        detach(self.resource.element_mut(), &mut |reference| {
            if let Some(Leaf::Target(kind, id)) = reference.slot(TARGET).leaf(0)
                && let Some(id) = to(kind, id)
            {
                let set = reference
                    .slot_mut(TARGET)
                    .set_leaf(0, Leaf::Target(kind, id));
                debug_assert!(set.is_ok(), "the field held a target before");
            }
        });
    }
}

fn walk(element: &dyn Element, path: &mut String, visit: &mut impl FnMut(&str, Kind, RecordId)) {
    let spec = element.spec();
    for (number, field) in spec.fields.iter().enumerate() {
        let slot = element.slot(number);
        for index in 0..slot.count() {
            match field.value {
                ValueType::Leaf(_) => {
                    if let Some(Leaf::Target(kind, id)) = slot.leaf(index) {
                        visit(path, kind, id);
                    }
                }
                ValueType::Element(_) => {
                    let Some(child) = slot.child(index) else {
                        continue;
                    };
                    let before = path.len();
                    if !path.is_empty() && !spec.choice {
                        path.push('.');
                    }
                    path.push_str(field.name.strip_suffix("[x]").unwrap_or(field.name));
                    if field.many {
                        path.push_str(&format!("[{index}]"));
                    }
                    walk(child, path, visit);
                    path.truncate(before);
                }
            }
        }
    }
}

fn detach(element: &mut dyn Element, change: &mut impl FnMut(&mut dyn Element)) {
    let spec = element.spec();
    if spec.name == Reference::SPEC.name {
        change(element);
    }
    for number in 0..spec.fields.len() {
        // a slot of a choice is touched only where it holds something: touching chooses it
        for index in 0..element.slot(number).count() {
            if element.slot(number).child(index).is_some()
                && let Some(child) = element.slot_mut(number).child_mut(index)
            {
                detach(child, change);
            }
        }
    }
}

fn replace(reference: &mut dyn Element, kind: Kind, identifier: Option<Identifier>) {
    let spec = reference.spec();
    let number = |name: &str| spec.number(name).expect("a reference has this field");
    let set = |element: &mut dyn Element, field: usize, text: &str| {
        let _ = element
            .slot_mut(field)
            .set_leaf(0, Leaf::Text(text.to_owned().into()));
    };
    set(reference, number("type"), kind.fhir());
    if let Some(identifier) = identifier
        && let Some(place) = reference.slot_mut(number("identifier")).child_mut(0)
    {
        let fields = Identifier::SPEC;
        for (name, value) in [("system", identifier.system), ("value", identifier.value)] {
            if let (Some(field), Some(text)) = (fields.number(name), value.value()) {
                set(place, field, text.expose());
            }
        }
    }
    reference.slot_mut(TARGET).clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kind::Encounter;
    use crate::record::{Namespace, Resource, ResourceType as _};
    use crate::value::Field;

    #[test]
    fn references_can_be_pointed_elsewhere() {
        let (legacy, mut record) = visit();
        let (old, new) = (
            legacy.id(Kind::Organization, "9"),
            legacy.id(Kind::Organization, "10"),
        );
        record.redirect_references(|_, id| (id == old).then_some(new));
        let mut seen = Vec::new();
        record.visit_references(|_, kind, id| seen.push((kind, id)));
        assert!(seen.contains(&(Kind::Organization, new)), "{seen:?}");
        assert!(seen.contains(&(Kind::Patient, legacy.id(Kind::Patient, "1"))));
    }

    fn visit() -> (Namespace, Record) {
        let legacy = Namespace::of_system("https://legacy.example");
        let mut encounter = Encounter::default();
        encounter
            .subject
            .set(Reference::to(Kind::Patient, legacy.id(Kind::Patient, "1")));
        encounter.service_provider.set(Reference::to(
            Kind::Organization,
            legacy.id(Kind::Organization, "9"),
        ));
        let record = Record {
            id: legacy.id(Kind::Encounter, "7"),
            provenance: Vec::new(),
            resource: encounter.into(),
        };
        (legacy, record)
    }

    #[test]
    fn references_have_paths() {
        let (_, record) = visit();
        let mut seen = Vec::new();
        record.visit_references(|path, kind, _| seen.push((path.to_owned(), kind)));
        assert_eq!(
            seen,
            [
                ("subject".to_owned(), Kind::Patient),
                ("serviceProvider".to_owned(), Kind::Organization)
            ]
        );
    }

    #[test]
    fn a_detached_reference_keeps_its_identifier() {
        let (_, mut record) = visit();
        let identifier = |_: Kind, _: RecordId| {
            Some(Identifier {
                value: Field::Value("9".into()),
                ..Identifier::default()
            })
        };
        assert_eq!(
            record.detach_references(|kind, _| kind == Kind::Patient, identifier),
            1
        );
        let Resource::Encounter(_) = &record.resource else {
            panic!("it stays a visit")
        };
        let encounter = Encounter::of(&record.resource).unwrap();
        let provider = encounter.service_provider.value().unwrap();
        assert_eq!(provider.target(), None);
        assert_eq!(
            provider
                .identifier
                .value()
                .unwrap()
                .value
                .value()
                .unwrap()
                .expose(),
            "9"
        );
        assert_eq!(provider.type_.value().unwrap().expose(), "Organization");
        assert!(encounter.subject.value().unwrap().target().is_some());
    }
}
