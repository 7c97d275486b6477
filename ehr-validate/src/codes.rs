//! The codes, numbers, units, addresses, dates and references of a chart, found in one walk for all
//! rules.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use ehr_model::chart::Chart;
use ehr_model::element::{Element, Leaf, LeafType, ValueType};
use ehr_model::record::{Kind, Record, RecordId};
use ehr_model::value::PartialDate;

use crate::Context;
use crate::rule::{CannotCheck, Findings};
use crate::terminology::Table;
use crate::time::EventFields;
use crate::walk::{self, Place, Trails};

/// The datatypes that are looked for.
const DATATYPES: [&str; 5] = [
    "Coding",
    "Identifier",
    "Quantity",
    "Address",
    "ContactPoint",
];

/// What a chart holds in codes, numbers, units, addresses, dates and references.
///
/// [`Validator`](crate::Validator) makes one for each chart, so that fifty rules do not walk it
/// fifty times.
pub(crate) struct ChartCodes<'c> {
    trails: Trails,
    codes: Vec<Code<'c>>,
    dates: Vec<Dated<'c>>,
    references: Vec<Reference<'c>>,
    /// The places in `codes`, by system, by type of identifier, and by datatype.
    by_system: HashMap<Cow<'c, str>, Vec<usize>>,
    by_type: HashMap<Cow<'c, str>, Vec<usize>>,
    by_datatype: HashMap<&'static str, Vec<usize>>,
}

/// A code or number, with where it stands.
#[derive(Clone)]
pub(crate) struct Code<'c> {
    /// The record.
    pub(crate) record: &'c Record,
    /// The element: a coding, an identifier, a quantity, an address, a means of contact.
    pub(crate) element: &'c dyn Element,
    /// The code of a coding or quantity, the value of an identifier or means of contact; else empty.
    pub(crate) code: Cow<'c, str>,
    place: Place,
}

/// A date or point in time, with where it stands.
struct Dated<'c> {
    record: &'c Record,
    date: PartialDate,
    place: Place,
    /// Whether something happened to the patient on it.
    is_event: bool,
}

/// A reference that names its record, with where it stands.
struct Reference<'c> {
    record: &'c Record,
    to: (Kind, RecordId),
    place: Place,
}

/// What a rule says of a code, a date or a reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Judgement {
    /// The rule is not about it.
    LeftOut,
    /// It is as it should be.
    Fine,
    /// It is not.
    Violated,
}

/// Which codes a rule is about.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Wanted<'w> {
    /// Codings, identifiers and quantities of these systems.
    Systems(&'w [&'w str]),
    /// The same, and identifiers of these types of HL7 v2 table 0203.
    SystemsAndTypes(&'w [&'w str], &'w [&'w str]),
    /// All elements of a datatype.
    Datatype(&'static str),
}

impl Judgement {
    /// Violated or fine.
    pub(crate) fn violated_if(violated: bool) -> Self {
        if violated { Self::Violated } else { Self::Fine }
    }
}

impl<'c> ChartCodes<'c> {
    pub(crate) fn of(chart: &'c Chart) -> Self {
        let mut all = Self {
            trails: Trails::default(),
            codes: Vec::new(),
            dates: Vec::new(),
            references: Vec::new(),
            by_system: HashMap::new(),
            by_type: HashMap::new(),
            by_datatype: HashMap::new(),
        };
        for record in &chart.records {
            let mut events = EventFields::of(record);
            all.walk(record, record.resource.element(), None, &mut events);
        }
        all
    }

    fn walk(
        &mut self,
        record: &'c Record,
        element: &'c dyn Element,
        above: Option<Place>,
        events: &mut EventFields<'c>,
    ) {
        let spec = element.spec();
        for (number, field) in spec.fields.iter().enumerate() {
            let wanted = match field.value {
                ValueType::Leaf(leaf) => {
                    matches!(leaf, LeafType::Date | LeafType::DateTime | LeafType::Target)
                }
                _ => true,
            };
            if !wanted {
                continue;
            }
            let slot = element.slot(number);
            for index in 0..slot.count() {
                let Some(place) = self.trails.keep(above, field, index, spec.choice) else {
                    return;
                };
                if let Some(child) = slot.child(index) {
                    let name = child.spec().name;
                    if let Some(datatype) = DATATYPES.iter().find(|known| **known == name) {
                        self.add(record, child, datatype, place);
                    }
                    self.walk(record, child, Some(place), events);
                    continue;
                }
                match slot.leaf(index) {
                    Some(Leaf::Date(date)) => {
                        let is_event = self.trails.read(place, |path| events.has(path));
                        self.dates.push(Dated {
                            record,
                            date,
                            place,
                            is_event: is_event.unwrap_or_default(),
                        });
                    }
                    Some(Leaf::Target(kind, id)) => self.references.push(Reference {
                        record,
                        to: (kind, id),
                        place,
                    }),
                    _ => {}
                }
            }
        }
    }

    fn add(
        &mut self,
        record: &'c Record,
        element: &'c dyn Element,
        datatype: &'static str,
        place: Place,
    ) {
        let number = self.codes.len();
        let code = match datatype {
            "Coding" | "Quantity" => walk::text(element, "code"),
            "Identifier" | "ContactPoint" => walk::text(element, "value"),
            _ => None,
        };
        let system = match (datatype, &code) {
            ("Coding" | "Quantity" | "Identifier", Some(_)) => walk::text(element, "system"),
            _ => None,
        };
        if let Some(system) = system {
            self.by_system.entry(system).or_default().push(number);
        }
        if let ("Identifier", Some(type_)) = (datatype, type_of(element)) {
            self.by_type.entry(type_).or_default().push(number);
        }
        self.by_datatype.entry(datatype).or_default().push(number);
        self.codes.push(Code {
            record,
            element,
            code: code.unwrap_or_default(),
            place,
        });
    }

    fn wanted(&self, wanted: Wanted<'_>) -> Vec<usize> {
        let (systems, types) = match wanted {
            Wanted::Datatype(datatype) => {
                return self.by_datatype.get(datatype).cloned().unwrap_or_default();
            }
            Wanted::Systems(systems) => (systems, [].as_slice()),
            Wanted::SystemsAndTypes(systems, types) => (systems, types),
        };
        let by_system = systems
            .iter()
            .filter_map(|system| self.by_system.get(*system));
        let by_type = types.iter().filter_map(|type_| self.by_type.get(*type_));
        let mut places: Vec<_> = by_system.chain(by_type).flatten().copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

impl<'c> Code<'c> {
    /// The display of a coding.
    pub(crate) fn display(&self) -> Option<Cow<'c, str>> {
        walk::text(self.element, "display")
    }

    /// The system.
    pub(crate) fn system(&self) -> Option<Cow<'c, str>> {
        walk::text(self.element, "system")
    }
}

/// Judges the wanted codes of a chart, and counts their records.
pub(crate) fn judge(
    chart: &Chart,
    context: &Context<'_>,
    findings: &mut Findings,
    wanted: Wanted<'_>,
    mut judge: impl FnMut(&Code<'_>) -> Judgement,
) {
    judge_at(chart, context, findings, wanted, |code, _| judge(code));
}

/// Judges the wanted codes of a chart by where they stand as well, and counts their records.
pub(crate) fn judge_at(
    chart: &Chart,
    context: &Context<'_>,
    findings: &mut Findings,
    wanted: Wanted<'_>,
    mut judge: impl FnMut(&Code<'_>, &At<'_>) -> Judgement,
) {
    with_codes(chart, context, |all| {
        let codes = all.wanted(wanted).into_iter().map(|at| &all.codes[at]);
        let codes = codes.map(|code| (code.record, code.place, code));
        settle(codes, &all.trails, findings, |code, at| judge(code, at));
    });
}

/// Judges the dates of a chart, and counts their records.
pub(crate) fn judge_dates(
    chart: &Chart,
    context: &Context<'_>,
    findings: &mut Findings,
    mut judge: impl FnMut(&PartialDate, &At<'_>) -> Judgement,
) {
    with_codes(chart, context, |all| {
        let dates = all.dates.iter().map(|one| (one.record, one.place, one));
        settle(dates, &all.trails, findings, |one, at| judge(&one.date, at));
    });
}

/// Judges the dates on which something happened to the patient, and counts their records.
pub(crate) fn judge_events(
    chart: &Chart,
    context: &Context<'_>,
    findings: &mut Findings,
    mut judge: impl FnMut(&Record, &PartialDate, &At<'_>) -> Judgement,
) {
    with_codes(chart, context, |all| {
        let events = all.dates.iter().filter(|one| one.is_event);
        let events = events.map(|one| (one.record, one.place, one));
        settle(events, &all.trails, findings, |one, at| {
            judge(one.record, &one.date, at)
        });
    });
}

/// Judges the references of a chart that name their record, and counts the records.
pub(crate) fn judge_references(
    chart: &Chart,
    context: &Context<'_>,
    findings: &mut Findings,
    mut judge: impl FnMut(&Record, (Kind, RecordId), &At<'_>) -> Judgement,
) {
    with_codes(chart, context, |all| {
        let references = all.references.iter();
        let references = references.map(|one| (one.record, one.place, one));
        settle(references, &all.trails, findings, |one, at| {
            judge(one.record, one.to, at)
        });
    });
}

/// Where something stands; read only if it is asked for.
pub(crate) struct At<'t> {
    trails: &'t Trails,
    place: Place,
}

impl At<'_> {
    /// Reads the path.
    pub(crate) fn path<T: Default>(&self, read: impl FnOnce(&walk::Path<'_>) -> T) -> T {
        self.trails.read(self.place, read).unwrap_or_default()
    }

    /// Whether it stands below a field of this name.
    pub(crate) fn is_below(&self, field: &str) -> bool {
        self.path(|path| path.passes(field))
    }
}

/// What was found in the chart for all rules, or now.
fn with_codes(chart: &Chart, context: &Context<'_>, then: impl FnOnce(&ChartCodes<'_>)) {
    match context.codes {
        Some(codes) => then(codes),
        None => then(&ChartCodes::of(chart)),
    }
}

/// Judges what stands in records, which follow one another.
fn settle<'c, T>(
    all: impl Iterator<Item = (&'c Record, Place, T)>,
    trails: &Trails,
    findings: &mut Findings,
    mut judge: impl FnMut(T, &At<'_>) -> Judgement,
) {
    let mut all = all.peekable();
    while let Some((record, _, _)) = all.peek() {
        let record = *record;
        let mut subject = findings.about(record);
        while let Some((_, place, one)) = all.next_if(|(of, ..)| std::ptr::eq(*of, record)) {
            let at = At { trails, place };
            match judge(one, &at) {
                Judgement::LeftOut => {}
                Judgement::Fine => subject.applies(),
                Judgement::Violated => subject.violated_at(at.path(|path| path.to_string())),
            }
        }
    }
}

/// The table that a rule needs: nothing where the chart has no code of the system, and an error where
/// it has some and the table is not loaded, so that a rule never passes for want of a table.
pub(crate) fn table_for<'t>(
    chart: &Chart,
    context: &Context<'t>,
    system: &str,
    missing: &'static str,
) -> Result<Option<&'t Table>, CannotCheck> {
    let systems = [system];
    let has_codes = match context.codes {
        Some(codes) => !codes.wanted(Wanted::Systems(&systems)).is_empty(),
        None => !ChartCodes::of(chart)
            .wanted(Wanted::Systems(&systems))
            .is_empty(),
    };
    if !has_codes {
        return Ok(None);
    }
    let table = context.terminology.and_then(|all| all.table(system));
    table.map(Some).ok_or(CannotCheck::without_table(missing))
}

/// The type of an identifier, as a code of HL7 v2 table 0203.
fn type_of(identifier: &dyn Element) -> Option<Cow<'_, str>> {
    let number = identifier.spec().number("type")?;
    let concept = identifier.slot(number).child(0)?;
    let coding = concept.slot(concept.spec().number("coding")?);
    let of_table = |coding: &&dyn Element| {
        walk::text(*coding, "system").is_none_or(|system| system.ends_with("0203"))
    };
    (0..coding.count())
        .filter_map(|index| coding.child(index))
        .filter(of_table)
        .find_map(|coding| walk::text(coding, "code"))
}

impl fmt::Debug for ChartCodes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChartCodes({} codes)", self.codes.len())
    }
}

/// A coding of a record, for comparing two records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Found {
    /// The field of the record that it stands in.
    pub(crate) field: &'static str,
    /// Its path.
    pub(crate) path: String,
    /// Its system.
    pub(crate) system: String,
    /// The code.
    pub(crate) code: String,
}

/// The codings of a record that have a system and a code.
pub(crate) fn systems_and_codes(record: &Record) -> Vec<Found> {
    let mut all = Vec::new();
    walk::elements(record.resource.element(), "Coding", &mut |path, coding| {
        let (system, code) = (walk::text(coding, "system"), walk::text(coding, "code"));
        if let (Some(system), Some(code)) = (system, code) {
            all.push(Found {
                field: path.top(),
                path: path.to_string(),
                system: system.into_owned(),
                code: code.into_owned(),
            });
        }
    });
    all
}
