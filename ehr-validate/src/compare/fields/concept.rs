//! Concepts: the codings of the source must stay, whatever stands beside them.

use ehr_model::element::{Element, SafetyClass, Slot};

use super::FieldWalk;
use super::text::leaf_text;
use crate::compare::allowance::Allowance;
use crate::compare::difference::{DifferenceClass, Pattern};

/// A coding with its place.
struct Coded<'e> {
    index: usize,
    element: &'e dyn Element,
    system: Option<String>,
    code: Option<String>,
}

impl FieldWalk<'_> {
    pub(super) fn concepts(&mut self, a: &dyn Element, b: &dyn Element, safety: SafetyClass) {
        let Some(number) = a.spec().number("coding") else {
            return;
        };
        let mut source = codings(a.slot(number));
        let mut target = codings(b.slot(number));
        let systems: Vec<Option<String>> =
            source.iter().map(|coding| coding.system.clone()).collect();
        let same: fn(&Coded<'_>, &Coded<'_>) -> bool =
            |one, other| one.code == other.code && one.system == other.system;
        for (one, other) in pairs(&mut source, &mut target, same) {
            self.codings(&one, &other, safety);
        }
        let other_code: fn(&Coded<'_>, &Coded<'_>) -> bool =
            |one, other| one.system == other.system && one.code.is_some() && other.code.is_some();
        for (one, other) in pairs(&mut source, &mut target, other_code) {
            let (class, pattern) = match less_specific(&one, &other) {
                true => (DifferenceClass::WeakenedCoding, None),
                false => (DifferenceClass::Changed, Some(Pattern::OtherCode)),
            };
            self.report_at(
                &format!("coding[{}].code", one.index),
                class,
                pattern,
                safety,
            );
        }
        let other_system: fn(&Coded<'_>, &Coded<'_>) -> bool =
            |one, other| one.code == other.code && one.code.is_some();
        for (one, other) in pairs(&mut source, &mut target, other_system) {
            let class = match other.system {
                None => DifferenceClass::WeakenedCoding,
                Some(_) => DifferenceClass::Changed,
            };
            self.report_at(
                &format!("coding[{}].system", one.index),
                class,
                None,
                safety,
            );
        }
        for one in source {
            let (below, class) = match one.code {
                Some(_) => ("", DifferenceClass::WeakenedCoding),
                None => (".display", DifferenceClass::Missing),
            };
            self.report_at(
                &format!("coding[{}]{below}", one.index),
                class,
                None,
                safety,
            );
        }
        for other in target {
            if !systems.is_empty() && !systems.contains(&other.system) {
                self.allow(Allowance::AddedTranslations);
                continue;
            }
            self.report_at(
                &format!("coding[{}]", other.index),
                DifferenceClass::Extra,
                Some(Pattern::CodingAdded),
                safety,
            );
        }
        self.named(a, b, "text", safety);
    }

    /// Two codings with the same code: the rest of them.
    fn codings(&mut self, one: &Coded<'_>, other: &Coded<'_>, safety: SafetyClass) {
        let end = self.path.len();
        self.path.push_str(&format!(".coding[{}]", one.index));
        for name in ["display", "version", "userSelected"] {
            self.named(one.element, other.element, name, safety);
        }
        self.path.truncate(end);
    }
}

fn codings(slot: &dyn Slot) -> Vec<Coded<'_>> {
    let coding = |index| {
        let element = slot.child(index)?;
        Some(Coded {
            index,
            element,
            system: leaf_text(element, "system"),
            code: leaf_text(element, "code"),
        })
    };
    (0..slot.count()).filter_map(coding).collect()
}

/// Takes out what belongs together, each coding once.
fn pairs<'e>(
    source: &mut Vec<Coded<'e>>,
    target: &mut Vec<Coded<'e>>,
    fits: fn(&Coded<'_>, &Coded<'_>) -> bool,
) -> Vec<(Coded<'e>, Coded<'e>)> {
    let mut found = Vec::new();
    let mut rest = Vec::new();
    for one in source.drain(..) {
        match target.iter().position(|other| fits(&one, other)) {
            Some(place) => found.push((one, target.remove(place))),
            None => rest.push(one),
        }
    }
    *source = rest;
    found
}

/// Whether the second code is the beginning of the first, as in classifications: E11 of E11.65.
fn less_specific(one: &Coded<'_>, other: &Coded<'_>) -> bool {
    let plain = |coding: &Coded<'_>| coding.code.as_deref().unwrap_or_default().replace('.', "");
    let is_classification = one
        .system
        .as_deref()
        .is_some_and(|system| system.contains("icd"));
    let (long, short) = (plain(one), plain(other));
    is_classification && short.len() >= 3 && short.len() < long.len() && long.starts_with(&short)
}
