//! The groups in which errors hide: record types, providers, eras, edge cases.

use std::collections::BTreeSet;
use std::fmt;

use chrono::Months;
use ehr_model::chart::Chart;
use ehr_model::datatype::{HumanName, NameUse};
use ehr_model::kind::{Coverage, Encounter, LinkType, Medication, Patient, PatientLink};
use ehr_model::record::{Kind, RecordId};

use crate::Context;
use crate::compare::day_of;
use crate::rules::medication::entry::{has_drug_code, is_active, knows_drugs, schedule};
use crate::walk;

/// A person below this age is a child (the age of majority in most states of the USA).
const ADULT_YEARS: u32 = 18;
/// So many active medications are hyperpolypharmacy: the chart of a very ill person.
const MANY_MEDICATIONS: usize = 10;
/// Classes of encounters in hospital or in an emergency (HL7 v3 ActCode).
const ACUTE_CLASSES: &[&str] = &["ACUTE", "EMER", "IMP", "NONAC", "OBSENC"];

/// A group of charts that gets a sample, and a claim, of its own. `Display` is its stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stratum {
    /// All charts.
    Charts,
    /// All billing claims.
    BillingClaims,
    /// Charts with a record of a kind.
    Kind(Kind),
    /// Charts in which a provider takes part.
    Provider(RecordId),
    /// Charts with an entry of a decade, by its first year.
    Era(u16),
    /// Charts that conversions are known to get wrong.
    EdgeCase(EdgeCase),
}

/// What makes a chart hard to convert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EdgeCase {
    /// Two insurances or more.
    SeveralInsurances,
    /// A former name, or two family names.
    NameChange,
    /// Not of age on the day of the run.
    Child,
    /// Merged from another record, or numbers of several systems: converted before.
    EarlierConversion,
    /// An encounter in hospital or an emergency, or ten active medications.
    HighAcuity,
    /// A medication of the schedules of the Controlled Substances Act.
    ControlledSubstance,
}

/// To which strata a chart belongs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Membership {
    /// Its strata.
    pub strata: BTreeSet<Stratum>,
    /// The edge cases that could not be decided, such as a child without a date of birth.
    pub undecided: BTreeSet<EdgeCase>,
}

impl EdgeCase {
    /// All edge cases.
    pub const ALL: &'static [Self] = &[
        Self::SeveralInsurances,
        Self::NameChange,
        Self::Child,
        Self::EarlierConversion,
        Self::HighAcuity,
        Self::ControlledSubstance,
    ];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SeveralInsurances => "several-insurances",
            Self::NameChange => "name-change",
            Self::Child => "child",
            Self::EarlierConversion => "earlier-conversion",
            Self::HighAcuity => "high-acuity",
            Self::ControlledSubstance => "controlled-substance",
        }
    }

    /// Whether a chart is of this sort; `None` where nobody can tell.
    pub fn holds(self, chart: &Chart, context: &Context<'_>) -> Option<bool> {
        let patient = chart.of::<Patient>().next().map(|(_, patient)| patient);
        match self {
            Self::SeveralInsurances => Some(chart.of::<Coverage>().count() > 1),
            Self::NameChange => Some(has_changed_name(patient?)),
            Self::Child => is_child(patient?, context),
            Self::EarlierConversion => Some(was_converted(patient?)),
            Self::HighAcuity => Some(is_acute(chart)),
            Self::ControlledSubstance => takes_controlled_substance(chart, context),
        }
    }
}

impl Membership {
    /// The strata of a chart.
    pub fn of(chart: &Chart, context: &Context<'_>) -> Self {
        let mut membership = Self::default();
        membership.strata.insert(Stratum::Charts);
        for record in &chart.records {
            membership.strata.insert(Stratum::Kind(record.kind()));
            let year: Option<u16> =
                day_of(record).and_then(|day| day.get(..4).and_then(|year| year.parse().ok()));
            if let Some(year) = year.filter(|_| record.kind() != Kind::Patient) {
                membership.strata.insert(Stratum::Era(year - year % 10));
            }
            walk::references(record.resource.element(), &mut |_, kind, id| {
                if kind == Kind::Practitioner {
                    membership.strata.insert(Stratum::Provider(id));
                }
            });
        }
        for case in EdgeCase::ALL {
            match case.holds(chart, context) {
                Some(true) => {
                    membership.strata.insert(Stratum::EdgeCase(*case));
                }
                Some(false) => {}
                None => {
                    membership.undecided.insert(*case);
                }
            }
        }
        membership
    }
}

impl fmt::Display for Stratum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Charts => f.write_str("charts"),
            Self::BillingClaims => f.write_str("billing-claims"),
            Self::Kind(kind) => write!(f, "kind:{}", kind.name()),
            Self::Provider(id) => write!(f, "provider:{id}"),
            Self::Era(year) => write!(f, "era:{year}s"),
            Self::EdgeCase(case) => write!(f, "case:{}", case.name()),
        }
    }
}

fn has_changed_name(patient: &Patient) -> bool {
    let is_former =
        |name: &HumanName| matches!(name.use_.value(), Some(NameUse::Old | NameUse::Maiden));
    let families: BTreeSet<String> = patient
        .name
        .iter()
        .filter_map(|name| crate::compare::normalise(name.family.value()?.expose()))
        .collect();
    patient.name.iter().any(is_former) || families.len() > 1
}

fn is_child(patient: &Patient, context: &Context<'_>) -> Option<bool> {
    let of_age = |birth: chrono::NaiveDate| birth.checked_add_months(Months::new(12 * ADULT_YEARS));
    let birth = patient.birth_date.value()?.get();
    let today = context.as_of.get().earliest();
    let (first, last) = (of_age(birth.earliest())?, of_age(birth.latest())?);
    match (first > today, last > today) {
        (true, true) => Some(true),
        (false, false) => Some(false),
        _ => None, // a year of birth alone does not tell
    }
}

fn was_converted(patient: &Patient) -> bool {
    let replaces = |link: &PatientLink| {
        matches!(
            link.type_.value(),
            Some(LinkType::Replaces | LinkType::ReplacedBy)
        )
    };
    let systems: BTreeSet<&str> = patient
        .identifier
        .iter()
        .filter(|identifier| {
            let concept = identifier.type_.value();
            concept.is_some_and(|concept| {
                let codes = concept.coding.iter();
                codes
                    .filter_map(|coding| coding.code.value())
                    .any(|code| matches!(code.expose(), "MR" | "PI"))
            })
        })
        .filter_map(|identifier| Some(identifier.system.value()?.expose()))
        .collect();
    patient.link.iter().any(replaces) || systems.len() > 1
}

fn is_acute(chart: &Chart) -> bool {
    let acute = chart.of::<Encounter>().any(|(_, encounter)| {
        let class = encounter.class_.value();
        class
            .and_then(|class| class.code.value())
            .is_some_and(|code| ACUTE_CLASSES.contains(&code.expose()))
    });
    let active = chart.of::<Medication>();
    acute
        || active
            .filter(|(_, medication)| is_active(medication))
            .count()
            >= MANY_MEDICATIONS
}

fn takes_controlled_substance(chart: &Chart, context: &Context<'_>) -> Option<bool> {
    let mut medications = chart.of::<Medication>().map(|(_, medication)| medication);
    match knows_drugs(context.terminology) {
        Some(known) if medications.any(|medication| schedule(medication, known).is_some()) => {
            Some(true)
        }
        // what has no code, or no table, nobody looks up
        Some(_) => chart
            .of::<Medication>()
            .all(|(_, medication)| has_drug_code(medication))
            .then_some(false),
        None => medications.next().is_none().then_some(false),
    }
}
