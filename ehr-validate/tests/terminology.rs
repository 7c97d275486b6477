//! Tables of code systems: the layouts of releases, what a table answers, what is refused.
#![expect(
    clippy::print_stderr,
    reason = "skipped tests say so; figures are shown"
)]

mod embedded;
mod layouts;
mod refused;
mod releases;
mod tables;

use ehr_model::value::{Date, PartialDate};
use ehr_validate::terminology::release::{File, Release};
use ehr_validate::terminology::{Concept, Table, TableBuilder, TerminologyError};

fn release(name: &str, date: &str) -> Release {
    Release::new(name, Date::parse(date).unwrap())
}

fn file(text: &str) -> File<&[u8]> {
    File::new("release", text.as_bytes())
}

fn on(date: &str) -> PartialDate {
    PartialDate::parse(date).unwrap()
}

fn built(table: Result<TableBuilder, TerminologyError>) -> Table {
    table.unwrap().build().unwrap()
}

fn get<'t>(table: &'t Table, code: &str) -> Concept<'t> {
    table
        .get(code)
        .unwrap_or_else(|| panic!("{code} is not there"))
}

/// A line of an order file.
fn order(number: usize, code: &str, billable: bool, title: &str) -> String {
    let flag = u8::from(billable);
    let short: String = title.chars().take(60).collect();
    format!("{number:05} {code:<7} {flag} {short:<60} {title}\n")
}
