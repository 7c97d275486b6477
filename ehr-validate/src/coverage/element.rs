//! The elements, the fields that carry them, and which entries belong to them.

use std::sync::LazyLock;

use ehr_model::element::{Element as Fields, ElementSpec, ValueType};
use ehr_model::record::{Kind, Record};

use super::ELEMENTS;
use super::fill::{Content, Fill, of_element, of_leaf};
use crate::walk;

/// An element of USCDI v3.
pub(super) struct Element {
    pub(super) number: u8,
    pub(super) class: &'static str,
    pub(super) name: &'static str,
    /// For each kind the ways to the fields that the catalogue marks.
    ways: Vec<(Kind, Vec<Vec<usize>>)>,
    only: Vec<Only>,
}

/// Which entries and values belong to an element.
enum Only {
    /// Entries with, or without, a code in a field.
    Code {
        field: &'static str,
        codes: Vec<&'static str>,
        with: bool,
    },
    /// Entries whose code is of none of these systems.
    OtherSystem(Vec<&'static str>),
    /// Values of the list with, or without, one of these in a field.
    Value {
        field: &'static str,
        values: Vec<&'static str>,
        with: bool,
    },
    /// Places in the last list.
    Place { first: usize, last: usize },
    /// Leaves of these names.
    Leaves(Vec<&'static str>),
}

/// Every element, in the order of the published table.
pub(super) fn all() -> &'static [Element] {
    static ALL: LazyLock<Vec<Element>> = LazyLock::new(|| {
        let lines = include_str!("elements.tsv").lines();
        let all: Vec<_> = lines
            .filter(|line| !line.starts_with('#'))
            .map(read)
            .collect();
        assert_eq!(
            all.len(),
            ELEMENTS,
            "elements.tsv has a line for each element"
        );
        all
    });
    &ALL
}

impl Element {
    /// What an entry says of the element; `None` where it is no entry that could carry it.
    pub(super) fn look(&self, record: &Record) -> Option<Fill> {
        let (_, ways) = self.ways.iter().find(|(kind, _)| *kind == record.kind())?;
        let root = record.resource.element();
        let mut by_component = Vec::new();
        for only in &self.only {
            if let Only::Code { field, codes, with } = only {
                let mut has = has_code(root, field, codes);
                if !has && *with && *field == "code" {
                    by_component = components(root, codes);
                    has = !by_component.is_empty();
                }
                if has != *with {
                    return None;
                }
            }
            if let Only::OtherSystem(systems) = only
                && has_system(root, systems)
            {
                return None;
            }
        }
        if record.kind() == Kind::Observation && self.is_by_code() {
            // The code says which element it is; the value is the element.
            let value = |element: &dyn Fields| {
                let slot = element.slot(element.spec().number("value[x]")?);
                slot.child(0).and_then(|value| of_element(value, &[]))
            };
            let values = by_component.into_iter().filter_map(value);
            return Some(Fill::of(values.chain(value(root)).max()));
        }
        let found = ways
            .iter()
            .filter_map(|way| self.content(root, way, true))
            .max();
        Some(Fill::of(found))
    }

    fn is_by_code(&self) -> bool {
        self.only.iter().any(|only| {
            matches!(
                only,
                Only::Code {
                    field: "code",
                    with: true,
                    ..
                }
            )
        })
    }

    fn content(&self, element: &dyn Fields, way: &[usize], is_top: bool) -> Option<Content> {
        let (number, rest) = way.split_first()?;
        let field = &element.spec().fields[*number];
        let slot = element.slot(*number);
        let mut found = None;
        for index in 0..slot.count() {
            let is_last = rest.is_empty();
            let here = match slot.child(index) {
                Some(child) if is_top && field.many && !self.admits(child) => None,
                Some(_) if is_last && !self.admits_place(index) => None,
                Some(child) if is_last => of_element(child, self.leaf_names()),
                Some(child) => self.content(child, rest, false).or_else(|| {
                    // The text beside what is missing may say it in words.
                    let words = walk::text(child, "text").filter(|text| !text.trim().is_empty());
                    words.map(|_| Content::Words)
                }),
                None if !self.admits_place(index) => None,
                None => slot
                    .leaf(index)
                    .and_then(|leaf| of_leaf(&leaf, field.value)),
            };
            found = found.max(here);
        }
        found
    }

    fn admits(&self, value: &dyn Fields) -> bool {
        self.only.iter().all(|only| match only {
            Only::Value {
                field,
                values,
                with,
            } => {
                let is_one = walk::text(value, field).is_some_and(|text| values.contains(&&*text));
                is_one == *with
            }
            _ => true,
        })
    }

    fn admits_place(&self, index: usize) -> bool {
        self.only.iter().all(|only| match only {
            Only::Place { first, last } => (*first..=*last).contains(&index),
            _ => true,
        })
    }

    fn leaf_names(&self) -> &[&'static str] {
        let names = self.only.iter().find_map(|only| match only {
            Only::Leaves(names) => Some(&names[..]),
            _ => None,
        });
        names.unwrap_or_default()
    }
}

fn has_code(root: &dyn Fields, field: &str, codes: &[&str]) -> bool {
    let mut has = false;
    walk::field(root, field, &mut |_, _| {}, &mut |_, element| {
        if element.spec().name == "Coding" {
            has |= walk::text(element, "code").is_some_and(|code| codes.contains(&&*code));
        }
    });
    // A closed set, such as the category of an allergy, has no codings.
    walk::field(
        root,
        field,
        &mut |path, leaf| {
            if let (None, ehr_model::element::Leaf::Text(text)) = (path.parent(), leaf) {
                has |= codes.contains(&&**text);
            }
        },
        &mut |_, _| {},
    );
    has
}

fn has_system(root: &dyn Fields, systems: &[&str]) -> bool {
    let mut has = false;
    walk::field(root, "code", &mut |_, _| {}, &mut |_, element| {
        if element.spec().name == "Coding" {
            has |= walk::text(element, "system").is_some_and(|system| systems.contains(&&*system));
        }
    });
    has
}

/// The components of an observation with one of these codes.
fn components<'r>(root: &'r dyn Fields, codes: &[&str]) -> Vec<&'r dyn Fields> {
    let Some(number) = root.spec().number("component") else {
        return Vec::new();
    };
    let slot = root.slot(number);
    (0..slot.count())
        .filter_map(|index| slot.child(index))
        .filter(|component| has_code(*component, "code", codes))
        .collect()
}

fn read(line: &'static str) -> Element {
    let cells: Vec<&str> = line.split('\t').collect();
    let [number, class, name, kinds, only] = cells[..] else {
        panic!("elements.tsv has five columns")
    };
    let number: u8 = number.parse().expect("the first column is a number");
    let ways = kinds.split(',').map(|kind| {
        let kind = Kind::from_name(kind).expect("the fourth column names kinds");
        (kind, marked(kind.spec(), number, &mut Vec::new()))
    });
    Element {
        number,
        class,
        name,
        ways: ways.collect(),
        only: only.split_whitespace().map(read_only).collect(),
    }
}

fn read_only(text: &'static str) -> Only {
    let list = |text: &'static str| text.split(',').collect();
    let pair = |text: &'static str, sign| {
        let (field, values) = text.split_once(sign).expect("a field, a sign and values");
        (field, list(values))
    };
    match text.split_at(1) {
        ("@", rest) => {
            let (field, values) = pair(rest.trim_start_matches('!'), '=');
            let with = !rest.starts_with('!');
            Only::Value {
                field,
                values,
                with,
            }
        }
        ("#", "0") => Only::Place { first: 0, last: 0 },
        ("#", _) => Only::Place {
            first: 1,
            last: usize::MAX,
        },
        ("/", names) => Only::Leaves(list(names)),
        ("!", rest) => {
            let (field, codes) = pair(rest, '~');
            let with = false;
            match field {
                "system" => Only::OtherSystem(codes),
                _ => Only::Code { field, codes, with },
            }
        }
        _ => {
            let (field, codes) = pair(text, '~');
            let with = true;
            Only::Code { field, codes, with }
        }
    }
}

/// The ways to the innermost fields that the catalogue marks with an element.
fn marked(spec: &ElementSpec, number: u8, open: &mut Vec<&'static str>) -> Vec<Vec<usize>> {
    if open.contains(&spec.name) {
        return Vec::new();
    }
    open.push(spec.name);
    let mut ways = Vec::new();
    for (place, field) in spec.fields.iter().enumerate() {
        let inner = match field.value {
            ValueType::Element(inner) => marked(inner(), number, open),
            ValueType::Leaf(_) => Vec::new(),
        };
        if inner.is_empty() && field.uscdi.contains(&number) {
            ways.push(vec![place]);
        }
        ways.extend(inner.into_iter().map(|way| [vec![place], way].concat()));
    }
    open.pop();
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_has_a_field_of_the_catalogue_in_every_kind() {
        for element in all() {
            for (kind, ways) in &element.ways {
                assert!(
                    !ways.is_empty(),
                    "{} has no field in {}",
                    element.name,
                    kind.name()
                );
            }
        }
    }
}
