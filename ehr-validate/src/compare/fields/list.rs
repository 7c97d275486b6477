//! Lists: which value of one is which of the other.

use std::collections::HashMap;
use std::fmt::Write as _;

use ehr_model::element::{Element, FieldSpec, Leaf, SafetyClass, Slot};

use super::FieldWalk;
use super::reference::leads_nowhere;
use super::text::words;
use crate::compare::allowance::Allowance;
use crate::compare::content::leaf_key;
use crate::compare::difference::DifferenceClass;
use crate::walk;

/// Fields that tell values of a list apart, the first that both sides fill counts.
const KEYS: &[&str] = &["sequence", "system", "code", "type", "url", "use"];

impl FieldWalk<'_> {
    pub(super) fn lists(
        &mut self,
        field: &FieldSpec,
        a: &dyn Slot,
        b: &dyn Slot,
        safety: SafetyClass,
    ) {
        let end = self.path.len();
        let mut pairs = Vec::new();
        let mut source: Vec<usize> = (0..a.count()).collect();
        let mut target: Vec<usize> = (0..b.count()).collect();
        let content = |slot: &dyn Slot, index| content(slot, index);
        self.take_equal(a, b, &mut source, &mut target, &mut pairs, &content);
        self.take_equal(a, b, &mut source, &mut target, &mut pairs, &key);
        // what pointed at a record that is gone is no value that another one stands for
        source.retain(|index| {
            let is_following = a.child(*index).is_some_and(|one| self.is_following(one));
            if is_following {
                self.allow(Allowance::FollowingReferences);
                // what is left of it in the target names the record and leads nowhere
                let is_rest = |other: &usize| b.child(*other).is_some_and(leads_nowhere);
                if let Some(place) = target.iter().position(is_rest) {
                    target.remove(place);
                }
            }
            !is_following
        });
        // what is at the same place, then what is left in order
        source.retain(
            |index| match target.iter().position(|other| other == index) {
                Some(place) => {
                    target.remove(place);
                    pairs.push((*index, *index));
                    false
                }
                None => true,
            },
        );
        let rest = source.len().min(target.len());
        pairs.extend(source.drain(..rest).zip(target.drain(..rest)));
        if pairs.iter().any(|(one, other)| one != other) {
            self.allow(Allowance::Order);
        }
        pairs.sort_unstable();
        for (i, j) in pairs {
            self.index(i);
            self.values(field, a, b, i, j, safety);
            self.path.truncate(end);
        }
        for index in source {
            self.index(index);
            self.lost(DifferenceClass::Missing, None, a, index, safety);
            self.path.truncate(end);
        }
        for index in target {
            if matches!(self.path.as_str(), "identifier" | "masterIdentifier") {
                self.allow(Allowance::AddedIdentifiers);
                continue;
            }
            self.index(index);
            self.lost(DifferenceClass::Extra, None, b, index, safety);
            self.path.truncate(end);
        }
    }

    /// Pairs values that have the same key, in their order.
    fn take_equal(
        &self,
        a: &dyn Slot,
        b: &dyn Slot,
        source: &mut Vec<usize>,
        target: &mut Vec<usize>,
        pairs: &mut Vec<(usize, usize)>,
        key: &dyn Fn(&dyn Slot, usize) -> Option<String>,
    ) {
        if source.is_empty() || target.is_empty() {
            return;
        }
        let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
        for index in target.iter().rev() {
            if let Some(key) = key(b, *index) {
                by_key.entry(key).or_default().push(*index);
            }
        }
        source.retain(|index| {
            let open = key(a, *index).and_then(|key| by_key.get_mut(&key));
            let Some(open) = open else { return true };
            // of those that say the same, the one that leads to the same record
            let place = open
                .iter()
                .rposition(|other| match (a.child(*index), b.child(*other)) {
                    (Some(one), Some(other)) => self.same_targets(one, other),
                    _ => true,
                });
            // references say nothing but where they lead
            let is_reference = a.child(*index).is_some_and(is_reference);
            let last = open.len().checked_sub(1).filter(|_| !is_reference);
            let Some(place) = place.or(last) else {
                return true;
            };
            let other = open.remove(place);
            target.retain(|one| *one != other);
            pairs.push((*index, other));
            false
        });
    }

    /// Whether all references in two elements lead to the same records.
    fn same_targets(&self, one: &dyn Element, other: &dyn Element) -> bool {
        let mut same = match one.spec().name {
            "Reference" => self.same_record(one, other),
            _ => true,
        };
        for (number, _) in one.spec().fields.iter().enumerate() {
            let (a, b) = (one.slot(number), other.slot(number));
            if let (Some(a), Some(b)) = (a.child(0), b.child(0)) {
                same &= self.same_targets(a, b);
            }
        }
        same
    }
}

fn is_reference(element: &dyn Element) -> bool {
    element.spec().name == "Reference"
}

/// What a value says, without references.
fn content(slot: &dyn Slot, index: usize) -> Option<String> {
    if let Some(leaf) = slot.leaf(index) {
        return Some(text(&leaf));
    }
    let mut out = String::new();
    walk::leaves(slot.child(index)?, &mut |path, leaf| {
        if !matches!(leaf, Leaf::Target(..)) {
            let _ = writeln!(out, "{path}={}", text(leaf));
        }
    });
    Some(out)
}

fn text(leaf: &Leaf<'_>) -> String {
    match leaf {
        Leaf::Text(text) => words(text),
        leaf => leaf_key(leaf),
    }
}

/// What tells a value apart from the others of its list.
fn key(slot: &dyn Slot, index: usize) -> Option<String> {
    let element = slot.child(index)?;
    let name = KEYS.iter().find(|name| {
        let number = element.spec().number(name);
        number.is_some_and(|number| !element.slot(number).is_empty())
    })?;
    let number = element.spec().number(name)?;
    let field = element.slot(number);
    let value = match field.leaf(0) {
        Some(leaf) => text(&leaf),
        None => coded(field.child(0)?)?,
    };
    Some(format!("{name}={value}"))
}

/// The first code in an element.
fn coded(element: &dyn Element) -> Option<String> {
    let mut first = None;
    walk::leaves(element, &mut |path, leaf| {
        if let (None, "code" | "text", Leaf::Text(text)) = (&first, path.last(), leaf) {
            first = Some(words(text));
        }
    });
    first
}
