//! The fields of two entries side by side.

use ehr_model::catalogue::default_safety;
use ehr_model::element::{Element, FieldSpec, Leaf, SafetyClass};
use ehr_model::record::{Kind, RecordId};

use crate::compare::{demanded, leaf_text};
use crate::walk;

/// A leaf in the source, in the target, or in both.
pub(super) struct Aligned<'c> {
    pub(super) path: String,
    pub(super) label: String,
    pub(super) safety: SafetyClass,
    pub(super) source: Option<Leaf<'c>>,
    pub(super) target: Option<Leaf<'c>>,
}

/// What is said of a reference of the source in the target.
pub(super) type Counterpart<'f> = &'f dyn Fn(RecordId) -> RecordId;

/// Aligns two entries of a kind. Values of a list are paired by what they say, then in their order.
pub(super) fn align<'c>(
    kind: Kind,
    source: Option<&'c dyn Element>,
    target: Option<&'c dyn Element>,
    counterpart: Counterpart<'_>,
) -> Vec<Aligned<'c>> {
    let mut out = Vec::new();
    let above = Above {
        path: String::new(),
        label: String::new(),
        safety: default_safety(kind),
    };
    elements(source, target, &above, counterpart, &mut out);
    out
}

/// Whether two leaves say the same.
pub(super) fn same(source: &Leaf<'_>, target: &Leaf<'_>, counterpart: Counterpart<'_>) -> bool {
    key(source, Some(counterpart)) == key(target, None)
}

struct Above {
    path: String,
    label: String,
    safety: SafetyClass,
}

impl Above {
    fn field(&self, field: &FieldSpec, is_choice: bool, index: usize) -> Self {
        let name = field.name.strip_suffix("[x]").unwrap_or(field.name);
        let joint = if is_choice || self.path.is_empty() {
            ""
        } else {
            "."
        };
        let place = if field.many {
            format!("[{index}]")
        } else {
            String::new()
        };
        let number = if field.many && index > 0 {
            format!(" {}", index + 1)
        } else {
            String::new()
        };
        let label = match self.label.as_str() {
            "" => format!("{}{number}", field.label),
            above => format!("{above}: {}{number}", field.label),
        };
        Self {
            path: format!("{}{joint}{name}{place}", self.path),
            label,
            safety: field.safety.unwrap_or(self.safety),
        }
    }
}

fn elements<'c>(
    source: Option<&'c dyn Element>,
    target: Option<&'c dyn Element>,
    above: &Above,
    counterpart: Counterpart<'_>,
    out: &mut Vec<Aligned<'c>>,
) {
    let Some(spec) = source.or(target).map(Element::spec) else {
        return;
    };
    for (number, field) in spec.fields.iter().enumerate() {
        let slots = (
            source.map(|element| element.slot(number)),
            target.map(|element| element.slot(number)),
        );
        let keys = |slot: Option<&'c dyn ehr_model::element::Slot>, counterpart| -> Vec<String> {
            let slot = slot.into_iter();
            slot.flat_map(|slot| {
                (0..slot.count()).map(move |index| value_key(slot, index, counterpart))
            })
            .collect()
        };
        let pairs = pair(&keys(slots.0, Some(counterpart)), &keys(slots.1, None));
        for (index, (a, b)) in pairs.into_iter().enumerate() {
            let here = above.field(field, spec.choice, a.or(b).unwrap_or(index));
            let (slot_a, slot_b) = (slots.0.zip(a), slots.1.zip(b));
            let child = |at: Option<(&'c dyn ehr_model::element::Slot, usize)>| {
                at.and_then(|(slot, index)| slot.child(index))
            };
            let leaf = |at: Option<(&'c dyn ehr_model::element::Slot, usize)>| {
                at.and_then(|(slot, index)| slot.leaf(index))
            };
            if child(slot_a).is_some() || child(slot_b).is_some() {
                elements(child(slot_a), child(slot_b), &here, counterpart, out);
                continue;
            }
            let (source, target) = (leaf(slot_a), leaf(slot_b));
            // what FHIR demands where nothing is known is nothing: nobody is asked about it
            if source.is_none() && slot_b.is_some_and(|(slot, _)| demanded(field, slot)) {
                continue;
            }
            if source.is_some() || target.is_some() {
                out.push(Aligned {
                    path: here.path,
                    label: here.label,
                    safety: here.safety,
                    source,
                    target,
                });
            }
        }
    }
}

/// Pairs values that say the same, then the others in their order; the order is that of the source.
fn pair(source: &[String], target: &[String]) -> Vec<(Option<usize>, Option<usize>)> {
    let mut taken = vec![false; target.len()];
    let mut matched: Vec<Option<usize>> = source
        .iter()
        .map(|key| {
            let found = (0..target.len()).find(|at| !taken[*at] && target[*at] == *key)?;
            taken[found] = true;
            Some(found)
        })
        .collect();
    for place in matched.iter_mut().filter(|place| place.is_none()) {
        if let Some(next) = taken.iter().position(|taken| !taken) {
            taken[next] = true;
            *place = Some(next);
        }
    }
    let pairs = matched.into_iter().enumerate();
    let mut pairs: Vec<_> = pairs.map(|(at, target)| (Some(at), target)).collect();
    let extra = taken.iter().enumerate().filter(|(_, taken)| !**taken);
    pairs.extend(extra.map(|(at, _)| (None, Some(at))));
    pairs
}

fn value_key(
    slot: &dyn ehr_model::element::Slot,
    index: usize,
    counterpart: Option<Counterpart<'_>>,
) -> String {
    if let Some(child) = slot.child(index) {
        let mut out = String::new();
        walk::leaves(child, &mut |path, leaf| {
            out += &format!("{path}={}\n", key(leaf, counterpart));
        });
        return out;
    }
    let leaf = slot.leaf(index);
    leaf.map_or_else(String::new, |leaf| key(&leaf, counterpart))
}

fn key(leaf: &Leaf<'_>, counterpart: Option<Counterpart<'_>>) -> String {
    match (leaf, counterpart) {
        (Leaf::Target(kind, id), Some(counterpart)) => {
            leaf_text(&Leaf::Target(*kind, counterpart(*id)))
        }
        _ => leaf_text(leaf),
    }
}
