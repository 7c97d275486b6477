//! The tables that the textbook's codes are looked up in: a few codes of each system, with names of
//! our own, so that rules that need tables can be shown their faults.

use chrono::NaiveDate;
use ehr_model::value::Date;

use crate::Terminology;
use crate::terminology::release::Release;
use crate::terminology::{Association, Schedule, Status, TableBuilder, Validity, system};

/// System, code, name, and properties: status, day of the status, term type, ingredients, schedule, replacement, header,
/// first and last day.
const CODES: &str = include_str!("terminology.tsv");

/// The systems by the names that the list has for them.
const SYSTEMS: [(&str, &str); 7] = [
    ("snomed", system::SNOMED_CT),
    ("loinc", system::LOINC),
    ("rxnorm", system::RXNORM),
    ("cvx", system::CVX),
    ("icd-10-cm", system::ICD_10_CM),
    ("hcpcs", system::HCPCS),
    ("npi", system::NPI),
];

/// Tables of the codes of the [textbook](super::textbook), and of those that the faults put into it.
pub fn terminology() -> Terminology {
    let date = Date::parse("2031-01-01").expect("a date");
    let mut all = Terminology::default();
    for (name, system) in SYSTEMS {
        let mut table = TableBuilder::new(system, &Release::new("textbook", date));
        let lines = CODES.lines().filter(|line| !line.starts_with('#'));
        for line in lines.filter(|line| line.split('\t').next() == Some(name)) {
            add(&mut table, line);
        }
        let table = table.build().expect("a table that was just built");
        all = all.with(table).expect("one table of each system");
    }
    all
}

fn add(table: &mut TableBuilder, line: &str) {
    let cells: Vec<_> = line.split('\t').collect();
    let draft = table.draft(cells[1]);
    draft.display = Some(cells[2].to_owned());
    draft.status = Some(Status::Active);
    let (mut from, mut to, mut billable) = (None, None, true);
    for (name, value) in cells[3..].iter().filter_map(|cell| cell.split_once('=')) {
        let day = || NaiveDate::parse_from_str(value, "%Y-%m-%d").ok();
        match name {
            "status" => draft.status = Some(status(value)),
            "changed" => draft.status_date = day(),
            "ingredients" => draft.ingredients = value.split(',').map(str::to_owned).collect(),
            "schedule" => draft.schedule = schedule(value),
            "type" => draft.term_type = Some(value.to_owned()),
            "same-as" => draft.replacements = vec![(Association::SameAs, value.to_owned())],
            "synonym" => draft.synonyms.push(value.to_owned()),
            "header" => billable = false,
            "from" => from = day(),
            "to" => to = day(),
            _ => unreachable!("the list has no property `{name}`"),
        }
    }
    draft.validity = vec![Validity::new(from, to, billable)];
}

fn schedule(name: &str) -> Option<Schedule> {
    match name {
        "II" => Some(Schedule::II),
        "III" => Some(Schedule::III),
        "IV" => Some(Schedule::IV),
        _ => unreachable!("the list has no such schedule"),
    }
}

fn status(name: &str) -> Status {
    match name {
        "inactive" => Status::Inactive,
        "deprecated" => Status::Deprecated,
        "obsolete" => Status::Obsolete,
        "non-us" => Status::NonUs,
        _ => Status::NeverActive,
    }
}
