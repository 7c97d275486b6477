//! The report as one page: what the template shows, in the order in which it shows it.

use askama::Template;
use ehr_model::issue::Severity;
use ehr_model::profile::{ColumnProfile, Count, Relation, TableFormat, TableProfile};
use ehr_model::record::DataClass;

use super::AuditReport;
use super::picture::{self, Rect};
use crate::Error;
use crate::audit::proposal::{Fate, Proposal, StrategyName};
use crate::report::page as text;

/// How many lines of a table the page lists; the JSON has them all. A page of more is not read.
const LISTED: usize = 200;
/// How many tables the page shows column by column.
const DETAILED: usize = 60;

pub(super) fn render(report: &AuditReport) -> Result<String, Error> {
    Page { report }
        .render()
        .map_err(|error| Error::Write(std::io::Error::other(error)))
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Page<'r> {
    report: &'r AuditReport,
}

impl Page<'_> {
    fn visible(&self, name: &str) -> String {
        text::visible(name)
    }

    /// A sentence with names of columns in it, which stand between backticks elsewhere.
    fn said(&self, sentence: &str) -> String {
        let visible = text::visible(sentence);
        let mut out = String::new();
        for (place, part) in visible.split('`').enumerate() {
            if place > 0 {
                out.push(if place % 2 == 1 {
                    '\u{201c}'
                } else {
                    '\u{201d}'
                });
            }
            out += part;
        }
        out
    }

    fn n(&self, number: &u64) -> String {
        text::grouped(*number)
    }

    fn count(&self, count: &Count) -> String {
        let number = text::grouped(count.count);
        match count.exact {
            true => number,
            false => format!("about {number}"),
        }
    }

    fn share(&self, part: &u64, all: &u64) -> String {
        match *all {
            0 => "\u{2013}".to_owned(),
            all => text::percent((*part).min(all), all),
        }
    }

    fn fill(&self, part: &u64, all: &u64) -> u64 {
        picture::fill(*part, *all)
    }

    fn sentence(&self, code: &str) -> String {
        text::sentence(code)
    }

    fn severity(&self, severity: &Severity) -> (&'static str, &'static str) {
        match severity {
            Severity::Fatal => ("fatal", "Fatal"),
            Severity::Error => ("error", "Error"),
            Severity::Warning => ("warning", "Warning"),
            _ => ("information", "Information"),
        }
    }

    fn class(&self, class: &DataClass) -> (&'static str, &'static str) {
        match class {
            DataClass::StructuredClinical => ("clinical", "Structured clinical"),
            DataClass::Unstructured => ("unstructured", "Unstructured"),
            DataClass::Billing => ("billing", "Billing"),
            _ => ("administrative", "Administrative"),
        }
    }

    fn class_bar(&self) -> Vec<Rect> {
        let parts: Vec<_> = self
            .report
            .classes
            .iter()
            .map(|counts| {
                let (class, name) = self.class(&counts.class);
                let title = format!("{name}: {}", text::grouped(counts.values));
                (class, title, counts.values)
            })
            .collect();
        picture::parts(&parts)
    }

    fn years(&self, column: &ColumnProfile) -> Vec<Rect> {
        let dates = column.dates.as_ref();
        dates.map_or_else(Vec::new, |dates| picture::years(&dates.years))
    }

    /// The first and the last year of a column.
    fn span(&self, column: &ColumnProfile) -> String {
        let years = column.dates.as_ref().map(|dates| &dates.years);
        let ends =
            years.and_then(|years| Some((years.first_key_value()?, years.last_key_value()?)));
        match ends {
            Some(((first, _), (last, _))) => format!("{first} to {last}"),
            None => String::new(),
        }
    }

    /// What is known about the dates or the codes of a column, in one line.
    fn what(&self, column: &ColumnProfile) -> String {
        let mut said = Vec::new();
        if let Some(dates) = &column.dates {
            let formats = dates.formats.iter().take(4);
            let formats: Vec<_> = formats
                .map(|format| format!("{} {}", text::grouped(format.count), format.format))
                .collect();
            let inside = if dates.inside_text {
                "dates inside: "
            } else {
                ""
            };
            said.push(format!("{inside}{}", formats.join(", ")));
            if dates.formats.len() > 4 {
                said.push(format!("{} more formats", dates.formats.len() - 4));
            }
        }
        for code in column.codes.iter().take(2) {
            said.push(format!("{} {}", text::grouped(code.count), code.name));
        }
        if column.unique {
            said.push("a key".to_owned());
        }
        let shown = column.top.iter().take(5).map(|top| {
            let count = text::grouped(top.count);
            match &top.value {
                Some(value) => format!("{count} \u{201c}{}\u{201d}", text::visible(value.expose())),
                None => count,
            }
        });
        let top: Vec<_> = shown.collect();
        if !top.is_empty() && !column.unique {
            said.push(format!("most frequent: {}", top.join(", ")));
        }
        said.join("; ")
    }

    fn shape(&self, column: &ColumnProfile) -> String {
        let shape = format!("{:?}", column.shape);
        shape.to_lowercase()
    }

    fn format(&self, table: &TableProfile) -> String {
        match &table.format {
            TableFormat::Csv(file) => {
                let delimiter = match file.delimiter {
                    '\t' => "tab".to_owned(),
                    ',' => "comma".to_owned(),
                    other => other.to_string(),
                };
                let mut said = format!("delimited by {delimiter}, {}", file.encoding);
                if !file.header {
                    said += ", no header";
                }
                if file.files > 1 {
                    said += &format!(", {} files", file.files);
                }
                said
            }
            TableFormat::SqlDump => "table of a dump".to_owned(),
            TableFormat::Xlsx { .. } => "sheet of a workbook".to_owned(),
            TableFormat::Tree { format } => format!("records of {format}"),
            _ => "lines of text".to_owned(),
        }
    }

    fn dated_column<'t>(&self, table: &'t TableProfile) -> Option<&'t ColumnProfile> {
        table.column(table.dated_by.as_deref()?)
    }

    fn fate(&self, proposal: &Proposal) -> &'static str {
        match proposal.fate {
            Fate::Migrate => "Migrate",
            Fate::Archive => "Archive",
            Fate::Clean => "Clean",
        }
    }

    fn strategy(&self, name: &StrategyName) -> (&'static str, &'static str) {
        match name {
            StrategyName::Full => (
                "Full",
                "Everything goes across; nothing has to be looked up elsewhere.",
            ),
            StrategyName::Hybrid => (
                "Hybrid",
                "All problems, allergies, medications, immunizations and procedures, and the rest of the last three years.",
            ),
            StrategyName::Partial => (
                "Partial",
                "What is of the last three years or has no date; all else is looked up in the archive.",
            ),
        }
    }

    fn tables(&self) -> &[TableProfile] {
        let all = &self.report.profile.tables;
        &all[..all.len().min(DETAILED)]
    }

    fn more_tables(&self) -> usize {
        self.report.profile.tables.len().saturating_sub(DETAILED)
    }

    fn listed<'l, T>(&self, lines: &'l [T]) -> &'l [T] {
        &lines[..lines.len().min(LISTED)]
    }

    fn more<T>(&self, lines: &[T]) -> usize {
        lines.len().saturating_sub(LISTED)
    }

    fn orphans_of(&self, relation: &Relation) -> u64 {
        relation.orphans.count + relation.matched.count
    }

    fn all_values(&self) -> u64 {
        self.report.classes.iter().map(|class| class.values).sum()
    }

    fn all_records(&self) -> u64 {
        self.report.classes.iter().map(|class| class.records).sum()
    }

    fn all_values_of(&self, table: &TableProfile) -> u64 {
        table.columns.iter().map(|column| column.filled).sum()
    }

    fn severe(&self) -> u64 {
        let findings = self.report.findings.iter();
        findings
            .filter(|finding| finding.severity <= Severity::Error)
            .count() as u64
    }
}
