//! The sections of a chart as tables: which resources, in which columns, the latest first.

mod layout;
mod paths;
mod status;

use std::cmp::Reverse;

pub use status::Status;

pub(super) use paths::first;
pub(super) use status::statuses;

use super::words::joined;
use super::{Chart, kind};
use layout::{Layout, layouts};
use paths::all;
use status::CURRENT;

/// A table of a chart.
pub struct Section {
    /// Its name in addresses.
    pub id: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Of the columns that say something about anybody.
    pub headings: Vec<&'static str>,
    /// Its lines, what counts today first.
    pub rows: Vec<Row>,
}

/// A line of it.
pub struct Row {
    /// The number of the resource.
    pub number: usize,
    /// When, as the source says it.
    pub date: String,
    /// What.
    pub title: String,
    /// In what state.
    pub statuses: Vec<Status>,
    /// What stands below the headings.
    pub cells: Vec<String>,
}

/// Shown elsewhere: in the head, as results, as documents.
const ELSEWHERE: [&str; 3] = ["Patient", "Observation", "DocumentReference"];

/// The tables of a chart that hold something; what fits none stands in the last one.
pub fn sections(chart: &Chart) -> Vec<Section> {
    let mut sections: Vec<Section> = layouts().map(|layout| section(chart, layout)).collect();
    let is_listed = |kind: &str| {
        layouts().any(|layout| layout.kinds.contains(&kind)) || ELSEWHERE.contains(&kind)
    };
    let others = chart
        .resources
        .iter()
        .filter(|(_, resource)| !is_listed(kind(resource)));
    let rows = others.map(|(number, resource)| Row {
        number: *number,
        date: first(resource, &["recorded", "date", "created"], &chart.names),
        title: joined([kind(resource).to_owned(), chart.title(resource)], ": "),
        statuses: statuses(resource),
        cells: Vec::new(),
    });
    sections.push(Section {
        id: "others",
        title: "Other entries",
        headings: Vec::new(),
        rows: rows.collect(),
    });
    sections
}

fn section(chart: &Chart, layout: &Layout) -> Section {
    let names = &chart.names;
    let found = chart
        .resources
        .iter()
        .filter(|(_, resource)| layout.kinds.contains(&kind(resource)));
    let mut rows: Vec<Row> = found
        .map(|(number, resource)| {
            let title = chart.title(resource);
            let shown =
                if layout.kinds.len() > 1 && (title.is_empty() || layout.id != "medications") {
                    joined([spaced_kind(kind(resource)), title], ": ")
                } else {
                    title
                };
            Row {
                number: *number,
                date: first(resource, layout.dates, names),
                title: if shown.is_empty() {
                    "(without a name)".to_owned()
                } else {
                    shown
                },
                statuses: statuses(resource),
                cells: layout
                    .columns
                    .iter()
                    .map(|(_, paths)| all(resource, paths, names))
                    .collect(),
            }
        })
        .collect();
    let is_past = |row: &Row| {
        !row.statuses.is_empty()
            && !row
                .statuses
                .iter()
                .any(|status| CURRENT.contains(&status.text.as_str()))
    };
    rows.sort_by_key(|row| (is_past(row), Reverse(row.date.clone())));
    // A column that says nothing about anybody is left out.
    let kept: Vec<usize> = (0..layout.columns.len())
        .filter(|column| rows.iter().any(|row| !row.cells[*column].is_empty()))
        .collect();
    for row in &mut rows {
        row.cells = kept
            .iter()
            .map(|column| std::mem::take(&mut row.cells[*column]))
            .collect();
    }
    Section {
        id: layout.id,
        title: layout.title,
        headings: kept
            .iter()
            .map(|column| layout.columns[*column].0)
            .collect(),
        rows,
    }
}

/// `ServiceRequest` as `Service request`.
fn spaced_kind(kind: &str) -> String {
    let mut out = String::new();
    for (at, letter) in kind.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            out.push(' ');
            out.push(letter.to_ascii_lowercase());
        } else {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart_page::Names;

    const BUNDLE: &str = r#"{"resourceType": "Bundle", "entry": [
        {"resource": {"resourceType": "Condition", "code": {"text": "Gout"}, "onsetDateTime": "2001",
            "clinicalStatus": {"coding": [{"code": "resolved"}]}}},
        {"resource": {"resourceType": "Condition", "code": {"text": "Asthma"}, "onsetDateTime": "1999-05",
            "clinicalStatus": {"coding": [{"code": "active"}]}}},
        {"resource": {"resourceType": "Immunization", "status": "not-done", "vaccineCode": {"text": "Flu"}}},
        {"resource": {"resourceType": "Basic", "code": {"text": "Else"}}}]}"#;

    #[test]
    fn every_resource_has_a_row_and_what_counts_stands_first() {
        let chart = Chart::read(BUNDLE.as_bytes(), false, &Names::default()).unwrap();
        let sections = sections(&chart);
        let rows: usize = sections.iter().map(|section| section.rows.len()).sum();
        assert_eq!(rows, 4);
        let problems: Vec<_> = sections[0]
            .rows
            .iter()
            .map(|row| (row.title.as_str(), row.date.as_str()))
            .collect();
        assert_eq!(problems, [("Asthma", "1999-05"), ("Gout", "2001")]);
        assert!(
            sections[3].rows[0].statuses[0].turns,
            "not done is not given"
        );
        assert_eq!(sections.last().unwrap().rows[0].title, "Basic: Else");
    }
}
