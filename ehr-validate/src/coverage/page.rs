//! The coverage as a section of an HTML page.

use askama::Template;

use super::{CoverageReport, ElementCoverage, Fill};

#[derive(Template)]
#[template(path = "coverage.html")]
struct Section<'r> {
    classes: Vec<(&'static str, &'r [ElementCoverage])>,
}

pub(super) fn html(report: &CoverageReport) -> String {
    let classes = report.elements.chunk_by(|a, b| a.class == b.class);
    let section = Section {
        classes: classes.map(|lines| (lines[0].class, lines)).collect(),
    };
    section
        .render()
        .expect("the template writes into memory only")
}

impl Section<'_> {
    fn sides(&self, line: &ElementCoverage) -> [Fill; 2] {
        [line.source, line.target]
    }

    /// A share as a whole percentage; "–" where there is nothing to share.
    fn percent(&self, part: &u64, whole: &u64) -> String {
        match (part * 100).checked_div(*whole) {
            Some(percent) => format!("{percent} %"),
            None => "–".to_owned(),
        }
    }

    /// The widths of coded, free and other text in a bar of a hundred.
    fn widths(&self, fill: &Fill) -> (u64, u64, u64) {
        let width = |part: u64| (part * 100).checked_div(fill.entries).unwrap_or_default();
        let other = fill.filled - fill.coded - fill.free_text;
        (width(fill.coded), width(fill.free_text), width(other))
    }
}
