//! Walks all dates, references or codings of a record, through its tables of fields.
//!
//! ```
//! use ehr_model::record::Kind;
//! use ehr_model::value::PartialDate;
//! use ehr_model::{catalogue::FieldPath, element::Leaf};
//!
//! let mut goal = Kind::Goal.empty_resource();
//! let due = FieldPath::resolve(Kind::Goal, "target[0].dueDate").unwrap();
//! due.set(goal.element_mut(), 0, Leaf::Text("2031-05".into())).unwrap();
//!
//! ehr_validate::walk::dates(goal.element(), &mut |path, date: &PartialDate| {
//!     assert_eq!(path.to_string(), "target[0].dueDate");
//!     assert_eq!(date.year(), 2031);
//! });
//! ```

mod trail;

pub(crate) use trail::{Place, Trails};

use std::fmt;
use std::sync::Arc;

use ehr_model::element::{Element, FieldSpec, Leaf, LeafType, ValueType};
use ehr_model::record::{Kind, RecordId};
use ehr_model::value::PartialDate;

/// Where the walk stands. `Display` writes the path of the catalogue; nothing is allocated before.
#[derive(Debug, Clone, Copy)]
pub struct Path<'p> {
    above: Option<&'p Path<'p>>,
    field: &'static FieldSpec,
    index: usize,
    /// Whether the field is a variant of a choice, which joins the name above it.
    variant: bool,
}

impl Path<'_> {
    /// The name of the field of the record that the path begins with.
    pub fn top(&self) -> &'static str {
        self.above.map_or(self.field.name, Path::top)
    }

    /// Whether a field with this name stands anywhere on the path.
    pub fn passes(&self, name: &str) -> bool {
        self.field.name == name || self.above.is_some_and(|above| above.passes(name))
    }

    /// The name of the field above the one that the path ends with.
    pub fn parent(&self) -> Option<&'static str> {
        self.above.map(|above| above.field.name)
    }

    /// The name of the field that the path ends with.
    pub fn last(&self) -> &'static str {
        self.field.name
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(above) = self.above {
            above.fmt(f)?;
            if !self.variant {
                f.write_str(".")?;
            }
        }
        let name = self.field.name;
        f.write_str(name.strip_suffix("[x]").unwrap_or(name))?;
        if self.field.many {
            write!(f, "[{}]", self.index)?;
        }
        Ok(())
    }
}

impl From<&Path<'_>> for Arc<str> {
    fn from(path: &Path<'_>) -> Self {
        path.to_string().into()
    }
}

/// Visits every date and point in time.
pub fn dates(element: &dyn Element, visit: &mut dyn FnMut(&Path<'_>, &PartialDate)) {
    let mut on_leaf = |path: &Path<'_>, leaf: Leaf<'_>| {
        if let Leaf::Date(date) = leaf {
            visit(path, &date);
        }
    };
    let wanted = |leaf| matches!(leaf, LeafType::Date | LeafType::DateTime);
    walk(element, None, &wanted, &mut on_leaf, &mut |_, _| {});
}

/// Visits every reference that names its record.
pub fn references(element: &dyn Element, visit: &mut dyn FnMut(&Path<'_>, Kind, RecordId)) {
    let mut on_leaf = |path: &Path<'_>, leaf: Leaf<'_>| {
        if let Leaf::Target(kind, id) = leaf {
            visit(path, kind, id);
        }
    };
    let wanted = |leaf| matches!(leaf, LeafType::Target);
    walk(element, None, &wanted, &mut on_leaf, &mut |_, _| {});
}

/// Visits every element of a datatype, such as `Coding`.
pub fn elements(
    element: &dyn Element,
    datatype: &str,
    visit: &mut dyn FnMut(&Path<'_>, &dyn Element),
) {
    let mut on_element = |path: &Path<'_>, element: &dyn Element| {
        if element.spec().name == datatype {
            visit(path, element);
        }
    };
    walk(element, None, &|_| false, &mut |_, _| {}, &mut on_element);
}

/// Visits every leaf.
pub fn leaves(element: &dyn Element, visit: &mut dyn FnMut(&Path<'_>, &Leaf<'_>)) {
    walk(
        element,
        None,
        &|_| true,
        &mut |path, leaf| visit(path, &leaf),
        &mut |_, _| {},
    );
}

/// Visits the leaves that stand at the same place in two elements of one type.
pub fn both(
    one: &dyn Element,
    other: &dyn Element,
    visit: &mut dyn FnMut(&Path<'_>, &Leaf<'_>, &Leaf<'_>),
) {
    if std::ptr::eq(one.spec(), other.spec()) || one.spec().name == other.spec().name {
        walk_both(one, other, None, visit);
    }
}

fn walk_both(
    one: &dyn Element,
    other: &dyn Element,
    above: Option<&Path<'_>>,
    visit: &mut dyn FnMut(&Path<'_>, &Leaf<'_>, &Leaf<'_>),
) {
    let spec = one.spec();
    for (number, field) in spec.fields.iter().enumerate() {
        let (a, b) = (one.slot(number), other.slot(number));
        for index in 0..a.count().min(b.count()) {
            let path = Path {
                above,
                field,
                index,
                variant: spec.choice,
            };
            if let (Some(a), Some(b)) = (a.child(index), b.child(index)) {
                walk_both(a, b, Some(&path), visit);
            } else if let (Some(a), Some(b)) = (a.leaf(index), b.leaf(index)) {
                visit(&path, &a, &b);
            }
        }
    }
}

/// Visits every leaf and every element of one field.
pub fn field(
    element: &dyn Element,
    name: &str,
    on_leaf: &mut dyn FnMut(&Path<'_>, &Leaf<'_>),
    on_element: &mut dyn FnMut(&Path<'_>, &dyn Element),
) {
    if let Some(number) = element.spec().number(name) {
        let on_leaf = &mut |path: &Path<'_>, leaf: Leaf<'_>| on_leaf(path, &leaf);
        walk_field(element, number, None, &|_| true, on_leaf, on_element);
    }
}

/// The text in a field of an element, if the field is there and holds text.
pub fn text<'e>(element: &'e dyn Element, field: &str) -> Option<std::borrow::Cow<'e, str>> {
    let number = element.spec().number(field)?;
    match element.slot(number).leaf(0)? {
        Leaf::Text(text) => Some(text),
        _ => None,
    }
}

fn walk(
    element: &dyn Element,
    above: Option<&Path<'_>>,
    wanted: &dyn Fn(LeafType) -> bool,
    on_leaf: &mut dyn FnMut(&Path<'_>, Leaf<'_>),
    on_element: &mut dyn FnMut(&Path<'_>, &dyn Element),
) {
    for number in 0..element.spec().fields.len() {
        walk_field(element, number, above, wanted, on_leaf, on_element);
    }
}

fn walk_field(
    element: &dyn Element,
    number: usize,
    above: Option<&Path<'_>>,
    wanted: &dyn Fn(LeafType) -> bool,
    on_leaf: &mut dyn FnMut(&Path<'_>, Leaf<'_>),
    on_element: &mut dyn FnMut(&Path<'_>, &dyn Element),
) {
    let spec = element.spec();
    let field = &spec.fields[number];
    if matches!(field.value, ValueType::Leaf(leaf) if !wanted(leaf)) {
        return;
    }
    let slot = element.slot(number);
    for index in 0..slot.count() {
        let path = Path {
            above,
            field,
            index,
            variant: spec.choice,
        };
        if let Some(child) = slot.child(index) {
            on_element(&path, child);
            walk(child, Some(&path), wanted, on_leaf, on_element);
        } else if let Some(leaf) = slot.leaf(index) {
            on_leaf(&path, leaf);
        }
    }
}
