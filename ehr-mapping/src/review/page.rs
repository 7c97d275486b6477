//! The sheet as a page: one file without scripts, fonts or pictures from elsewhere.

use askama::Template;
use ehr_model::element::SafetyClass;

use super::{CodeRow, LineKind, ReviewSheet, SheetLine};

#[derive(Template)]
#[template(path = "review.html")]
struct Page<'s> {
    sheet: &'s ReviewSheet,
    /// Lines that fill fields, record by record.
    records: Vec<(&'s str, Vec<&'s SheetLine>)>,
    rules: Vec<&'s SheetLine>,
    maps: Vec<(&'s str, &'s [CodeRow])>,
    drafts: usize,
}

impl ReviewSheet {
    /// The sheet as a page, to be read and printed.
    pub fn to_html(&self) -> String {
        let mut records: Vec<(&str, Vec<&SheetLine>)> = Vec::new();
        for line in self
            .lines
            .iter()
            .filter(|line| line.kind == LineKind::Field)
        {
            match records.last_mut() {
                Some((group, lines)) if *group == line.group => lines.push(line),
                _ => records.push((&line.group, vec![line])),
            }
        }
        let rules = self.lines.iter().filter(|line| line.kind == LineKind::Rule);
        let maps = self.codes.chunk_by(|a, b| a.map == b.map);
        let page = Page {
            sheet: self,
            records,
            rules: rules.collect(),
            maps: maps.map(|rows| (rows[0].map.as_str(), rows)).collect(),
            drafts: self
                .lines
                .iter()
                .filter(|line| line.draft.is_some())
                .count(),
        };
        page.render().expect("the template writes into memory only")
    }
}

impl Page<'_> {
    /// Codes that a run met and that the map has no row for.
    fn without_row(&self, map: &str) -> Option<u64> {
        let all = self.sheet.without_row.as_ref()?;
        Some(all.get(map).copied().unwrap_or_default())
    }

    fn samples(&self, line: &SheetLine) -> String {
        let samples: Vec<&str> = line.samples.iter().map(|sample| sample.expose()).collect();
        samples.join(" | ")
    }

    fn uses(&self, row: &CodeRow) -> String {
        row.uses.map_or("–".to_owned(), |uses| uses.to_string())
    }
}

impl SheetLine {
    /// What a loss would mean, in words.
    pub(super) fn safety_words(&self) -> &'static str {
        match self.safety {
            Some(SafetyClass::SafetyCritical) => "safety-critical",
            Some(SafetyClass::Clinical) => "clinical",
            Some(SafetyClass::Administrative) => "administrative",
            Some(SafetyClass::Billing) => "billing",
            _ => "",
        }
    }

    /// What a drafted line says of itself.
    pub(super) fn draft_words(&self) -> String {
        match &self.draft {
            None => String::new(),
            Some(draft) => {
                let confidence = match draft.confidence {
                    Some(confidence) => format!("draft, {confidence} %"),
                    None => "draft".to_owned(),
                };
                match draft.reason.is_empty() {
                    true => confidence,
                    false => format!("{confidence}: {}", draft.reason),
                }
            }
        }
    }
}

impl CodeRow {
    /// Where the row stands.
    pub(super) fn place_words(&self) -> String {
        match self.place.is_empty() {
            true => "the document".to_owned(),
            false => self.place.clone(),
        }
    }
}
