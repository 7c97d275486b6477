//! Two records, field by field through their tables.

mod concept;
mod date;
mod list;
mod quantity;
mod reference;
mod text;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write as _;

use ehr_model::catalogue::default_safety;
use ehr_model::chart::Chart;
use ehr_model::element::{
    Element, FieldSpec, Leaf, LeafType, Missing, SafetyClass, Slot, ValueType,
};
use ehr_model::record::{Record, RecordId};
use ehr_model::value::DataAbsentReason;

use super::allowance::Allowance;
use super::difference::{DifferenceClass, Pattern};

/// A difference inside a record.
#[derive(Debug, Clone)]
pub(super) struct Found {
    pub(super) class: DifferenceClass,
    pub(super) pattern: Option<Pattern>,
    pub(super) safety: SafetyClass,
    pub(super) field: String,
}

/// Which record of the target is which of the source.
#[derive(Debug, Clone, Copy)]
pub(super) struct Links<'l> {
    pub(super) counterparts: &'l HashMap<RecordId, RecordId>,
    pub(super) shared: &'l HashMap<RecordId, RecordId>,
    /// Records of the source that the target lacks.
    pub(super) missing: &'l HashSet<RecordId>,
    /// The chart in the target.
    pub(super) target: &'l Chart,
}

/// How often each allowance was made.
pub(super) type Allowed = BTreeMap<Allowance, u64>;

/// Compares the content of two records of one kind.
pub(super) fn compare_fields(
    source: &Record,
    target: &Record,
    links: Links<'_>,
    allowed: &mut Allowed,
) -> Vec<Found> {
    let mut walk = FieldWalk {
        links,
        allowed,
        found: Vec::new(),
        path: String::new(),
        is_dose: false,
        is_money: false,
        ids_are_new: source.id != target.id,
    };
    let safety = default_safety(source.kind());
    let (a, b) = (source.resource.element(), target.resource.element());
    let patient = source.kind().patient_field();
    for (number, field) in a.spec().fields.iter().enumerate() {
        if patient == Some(field.name) {
            walk.allow(Allowance::PatientReference);
            continue;
        }
        walk.field(field, a.slot(number), b.slot(number), safety, false);
    }
    walk.found
}

/// The worst that the loss of a record could mean, by the fields that it fills.
pub(super) fn worst_of(record: &Record) -> SafetyClass {
    let safety = default_safety(record.kind());
    let is_critical = record.kind().is_safety_critical();
    if is_critical {
        return SafetyClass::SafetyCritical;
    }
    worst(record.resource.element(), safety)
}

/// How much of a record is safety-critical: the record itself where its kind is, and each value of a
/// safety-critical field.
pub(super) fn critical_in(record: &Record) -> u64 {
    let entry = u64::from(record.kind().is_safety_critical());
    entry + critical_values(record.resource.element(), default_safety(record.kind()))
}

/// Where the walk stands, and what it found.
struct FieldWalk<'w> {
    links: Links<'w>,
    allowed: &'w mut Allowed,
    found: Vec<Found>,
    path: String,
    /// Whether amounts are doses here.
    is_dose: bool,
    /// Whether decimals are money here.
    is_money: bool,
    /// Whether the target gave ids of its own.
    ids_are_new: bool,
}

impl FieldWalk<'_> {
    fn allow(&mut self, allowance: Allowance) {
        *self.allowed.entry(allowance).or_default() += 1;
    }

    fn report(&mut self, class: DifferenceClass, pattern: Option<Pattern>, safety: SafetyClass) {
        self.found.push(Found {
            class,
            pattern,
            safety,
            field: self.path.clone(),
        });
    }

    /// Reports at a field below the one where the walk stands.
    fn report_at(
        &mut self,
        below: &str,
        class: DifferenceClass,
        pattern: Option<Pattern>,
        safety: SafetyClass,
    ) {
        let end = self.path.len();
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(below);
        self.report(class, pattern, safety);
        self.path.truncate(end);
    }

    fn elements(&mut self, a: &dyn Element, b: &dyn Element, safety: SafetyClass) {
        let spec = a.spec();
        let was = (self.is_dose, self.is_money);
        self.is_dose |= spec.name == "Dosage";
        self.is_money = spec.name == "Money" || self.is_money && spec.choice;
        match spec.name {
            "CodeableConcept" => self.concepts(a, b, safety),
            "Quantity" => self.quantities(a, b, safety),
            "Reference" => self.references(a, b, safety),
            _ if spec.choice => self.choices(a, b, safety),
            _ => {
                for (number, field) in spec.fields.iter().enumerate() {
                    if spec.name == "Attachment" && DERIVED.contains(&field.name) {
                        self.allow(Allowance::DerivedFromBytes);
                        continue;
                    }
                    self.field(field, a.slot(number), b.slot(number), safety, false);
                }
            }
        }
        (self.is_dose, self.is_money) = was;
    }

    /// Choices of a type: the same variant on both sides, or another type.
    fn choices(&mut self, a: &dyn Element, b: &dyn Element, safety: SafetyClass) {
        let spec = a.spec();
        let filled = |element: &dyn Element| {
            (0..spec.fields.len()).find(|number| !element.slot(*number).is_empty())
        };
        match (filled(a), filled(b)) {
            (Some(one), Some(other)) if one != other => {
                let field = &spec.fields[one];
                self.path.push_str(field.name);
                self.report(
                    DifferenceClass::Changed,
                    Some(Pattern::TypeChanged),
                    field.safety.unwrap_or(safety),
                );
                self.path.truncate(self.path.len() - field.name.len());
            }
            _ => {
                for (number, field) in spec.fields.iter().enumerate() {
                    self.field(field, a.slot(number), b.slot(number), safety, true);
                }
            }
        }
    }

    fn field(
        &mut self,
        field: &FieldSpec,
        a: &dyn Slot,
        b: &dyn Slot,
        above: SafetyClass,
        variant: bool,
    ) {
        if a.is_empty() && b.is_empty() {
            return;
        }
        let end = self.path.len();
        if !variant && end > 0 {
            self.path.push('.');
        }
        let name = field.name.strip_suffix("[x]").unwrap_or(field.name);
        self.path.push_str(name);
        let safety = field.safety.unwrap_or(above);
        if field.many {
            self.lists(field, a, b, safety);
        } else {
            self.single(field, a, b, safety);
        }
        self.path.truncate(end);
    }

    fn single(&mut self, field: &FieldSpec, a: &dyn Slot, b: &dyn Slot, safety: SafetyClass) {
        match (says_something(a), says_something(b)) {
            (true, true) => self.values(field, a, b, 0, 0, safety),
            (true, false) => self.lost(DifferenceClass::Missing, None, a, 0, safety),
            (false, true) if demanded(field, b) => self.allow(Allowance::DemandedByFhir),
            (false, true) => self.lost(DifferenceClass::Extra, None, b, 0, safety),
            (false, false) => match (a.absent(), b.absent()) {
                // the reason stands on the value or inside it
                _ if !a.is_empty()
                    && !b.is_empty()
                    && a.absent() != b.absent()
                    && (a.count() > 0 || b.count() > 0) => {}
                (None, None) if !a.is_empty() && b.is_empty() => self.report(
                    DifferenceClass::Missing,
                    Some(Pattern::ReasonOfAbsenceLost),
                    safety,
                ),
                (None, Some(DataAbsentReason::Unknown)) => self.allow(Allowance::DemandedByFhir),
                (None, Some(_)) => self.report(DifferenceClass::Extra, None, safety),
                (Some(_), None) => self.report(
                    DifferenceClass::Missing,
                    Some(Pattern::ReasonOfAbsenceLost),
                    safety,
                ),
                (one, other) if one != other => {
                    self.report(DifferenceClass::Changed, None, safety);
                }
                _ => {}
            },
        }
    }

    fn values(
        &mut self,
        field: &FieldSpec,
        a: &dyn Slot,
        b: &dyn Slot,
        i: usize,
        j: usize,
        safety: SafetyClass,
    ) {
        if let (Some(a), Some(b)) = (a.child(i), b.child(j)) {
            self.elements(a, b, safety);
        } else if let (Some(a), Some(b)) = (a.leaf(i), b.leaf(j)) {
            self.leaves(field, &a, &b, safety);
        }
    }

    fn leaves(&mut self, field: &FieldSpec, a: &Leaf<'_>, b: &Leaf<'_>, safety: SafetyClass) {
        use DifferenceClass::Changed;
        match (a, b) {
            (Leaf::Date(a), Leaf::Date(b)) => self.dates(a, b, safety),
            (Leaf::Decimal(a), Leaf::Decimal(b)) => self.decimals(a, b, safety),
            (Leaf::Text(a), Leaf::Text(b)) => {
                if let ValueType::Leaf(LeafType::Code { .. }) = field.value {
                    if a != b {
                        let is_status = field.name.ends_with("tatus");
                        self.report(Changed, is_status.then_some(Pattern::StatusChanged), safety);
                    }
                } else {
                    self.texts(a, b, safety);
                }
            }
            (Leaf::Bytes(a), Leaf::Bytes(b)) => {
                if a != b {
                    let cut = b.len() < a.len() && a.starts_with(b);
                    self.report(Changed, cut.then_some(Pattern::Truncated), safety);
                }
            }
            (Leaf::Integer(a), Leaf::Integer(b)) => {
                if a != b {
                    self.integers(field, *a, *b, safety);
                }
            }
            (a, b) => {
                if a != b {
                    self.report(Changed, None, safety);
                }
            }
        }
    }

    /// Reports a value that one side lacks, at its own path: a choice with its type.
    fn lost(
        &mut self,
        class: DifferenceClass,
        pattern: Option<Pattern>,
        slot: &dyn Slot,
        index: usize,
        safety: SafetyClass,
    ) {
        let end = self.path.len();
        let mut safety = safety;
        if let Some(element) = slot.child(index) {
            safety = worst(element, safety);
            if element.spec().choice {
                let filled = (0..element.spec().fields.len())
                    .find(|number| !element.slot(*number).is_empty());
                if let Some(number) = filled {
                    self.path.push_str(element.spec().fields[number].name);
                }
            }
            if class == DifferenceClass::Missing && self.is_following(element) {
                self.path.truncate(end);
                return self.allow(Allowance::FollowingReferences);
            }
        }
        self.report(class, pattern, safety);
        self.path.truncate(end);
    }

    fn index(&mut self, index: usize) {
        let _ = write!(self.path, "[{index}]");
    }
}

/// Whether there is a value in a field, and not only the reason why there is none.
fn says_something(slot: &dyn Slot) -> bool {
    (0..slot.count()).any(|index| match slot.child(index) {
        Some(element) => {
            let fields = 0..element.spec().fields.len();
            fields
                .into_iter()
                .any(|number| says_something(element.slot(number)))
        }
        None => slot.leaf(index).is_some(),
    })
}

/// Fields of a document that follow from its bytes.
const DERIVED: &[&str] = &["size", "pages", "sha256"];

/// Whether a value is what the writer puts where the source has none.
fn demanded(field: &FieldSpec, slot: &dyn Slot) -> bool {
    match (field.missing, slot.leaf(0)) {
        (Missing::Code(code), Some(Leaf::Text(text))) => text == code,
        (Missing::Literal(json), Some(Leaf::Integer(number))) => number.to_string() == json,
        (Missing::Literal(json), Some(Leaf::Boolean(flag))) => flag.to_string() == json,
        _ => false,
    }
}

/// The worst class of what is filled.
fn worst(element: &dyn Element, above: SafetyClass) -> SafetyClass {
    let mut worst_yet = above;
    for (number, field) in element.spec().fields.iter().enumerate() {
        let slot = element.slot(number);
        if slot.is_empty() {
            continue;
        }
        let here = field.safety.unwrap_or(above);
        worst_yet = worst_yet.min(here);
        for index in 0..slot.count() {
            if let Some(child) = slot.child(index) {
                worst_yet = worst_yet.min(worst(child, here));
            }
        }
    }
    worst_yet
}

/// How many values stand in safety-critical fields.
fn critical_values(element: &dyn Element, above: SafetyClass) -> u64 {
    let mut values = 0;
    for (number, field) in element.spec().fields.iter().enumerate() {
        let (slot, here) = (element.slot(number), field.safety.unwrap_or(above));
        for index in 0..slot.count() {
            values += match slot.child(index) {
                Some(child) => critical_values(child, here),
                None => u64::from(here == SafetyClass::SafetyCritical),
            };
        }
    }
    values
}
