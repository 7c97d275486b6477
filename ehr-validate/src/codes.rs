//! The codes, numbers, units and addresses of a chart, found in one walk for all rules.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use ehr_model::chart::Chart;
use ehr_model::element::{Element, ValueType};
use ehr_model::record::Record;

use crate::Context;
use crate::rule::{CannotCheck, Findings};
use crate::terminology::Table;
use crate::walk;

/// The datatypes that are looked for.
const DATATYPES: [&str; 5] = [
    "Coding",
    "Identifier",
    "Quantity",
    "Address",
    "ContactPoint",
];

/// What a chart holds in codes, numbers, units and addresses.
///
/// [`Validator`](crate::Validator) makes one for each chart, so that forty rules do not walk it
/// forty times.
pub(crate) struct ChartCodes<'c> {
    codes: Vec<Code<'c>>,
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
    datatype: &'static str,
    /// Which element of its datatype it is in the record.
    number: usize,
}

/// What a rule says of a code.
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
            codes: Vec::new(),
            by_system: HashMap::new(),
            by_type: HashMap::new(),
            by_datatype: HashMap::new(),
        };
        for record in &chart.records {
            let mut numbers = [0; DATATYPES.len()];
            all.walk(record, record.resource.element(), &mut numbers);
        }
        all
    }

    fn walk(&mut self, record: &'c Record, element: &'c dyn Element, numbers: &mut [usize; 5]) {
        for (number, field) in element.spec().fields.iter().enumerate() {
            if matches!(field.value, ValueType::Leaf(_)) {
                continue;
            }
            let slot = element.slot(number);
            for index in 0..slot.count() {
                let Some(child) = slot.child(index) else {
                    continue;
                };
                let name = child.spec().name;
                if let Some(which) = DATATYPES.iter().position(|known| *known == name) {
                    self.add(record, child, DATATYPES[which], numbers[which]);
                    numbers[which] += 1;
                }
                self.walk(record, child, numbers);
            }
        }
    }

    fn add(
        &mut self,
        record: &'c Record,
        element: &'c dyn Element,
        datatype: &'static str,
        number: usize,
    ) {
        let place = self.codes.len();
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
            self.by_system.entry(system).or_default().push(place);
        }
        if let ("Identifier", Some(type_)) = (datatype, type_of(element)) {
            self.by_type.entry(type_).or_default().push(place);
        }
        self.by_datatype.entry(datatype).or_default().push(place);
        self.codes.push(Code {
            record,
            element,
            code: code.unwrap_or_default(),
            datatype,
            number,
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

    /// Visits the path. It walks the record again, which only what is wrong has to pay.
    pub(crate) fn path<T>(&self, read: impl FnOnce(&walk::Path<'_>) -> T) -> Option<T> {
        let mut number = 0;
        let mut read = Some(read);
        let mut found = None;
        walk::elements(
            self.record.resource.element(),
            self.datatype,
            &mut |path, _| {
                if number == self.number {
                    found = read.take().map(|read| read(path));
                }
                number += 1;
            },
        );
        found
    }

    /// Whether it stands below a field of this name.
    pub(crate) fn is_below(&self, field: &str) -> bool {
        self.path(|path| path.passes(field)).unwrap_or_default()
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
    let own;
    let codes = match context.codes {
        Some(codes) => codes,
        None => {
            own = ChartCodes::of(chart);
            &own
        }
    };
    let places = codes.wanted(wanted);
    let same_record = |a: &usize, b: &usize| codes.codes[*a].record.id == codes.codes[*b].record.id;
    for of_record in places.chunk_by(same_record) {
        let mut subject = findings.about(codes.codes[of_record[0]].record);
        for place in of_record {
            let code = &codes.codes[*place];
            match judge(code) {
                Judgement::LeftOut => {}
                Judgement::Fine => subject.applies(),
                Judgement::Violated => {
                    let path = code.path(|path| path.to_string()).unwrap_or_default();
                    subject.violated_at(path);
                }
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
