//! Searching.

use askama::Template;
use ehr_archive::{CatalogueEntry, Found, Match};
use examples::chart_page::patient::masked;

use super::Frame;

#[derive(Template)]
#[template(path = "viewer/search.html")]
pub(crate) struct SearchPage {
    pub(crate) frame: Frame,
    pub(crate) archive: String,
    pub(crate) patients: u64,
    pub(crate) mrn: String,
    pub(crate) name: String,
    pub(crate) birth_date: String,
    pub(crate) is_tolerant: bool,
    /// `None` before the first search.
    pub(crate) found: Option<Vec<Hit>>,
}

const EXACT: &str = "exact";

/// A line of what a search found.
pub(crate) struct Hit {
    pub(crate) ordinal: u64,
    pub(crate) names: String,
    pub(crate) mrns: String,
    pub(crate) birth_date: String,
    pub(crate) fits: &'static str,
    pub(crate) is_erased: bool,
}

impl Hit {
    /// What fits as it was written first, then by name and date of birth.
    pub(crate) fn place(&self) -> (bool, String, String) {
        let name = self.names.to_lowercase();
        (self.fits != EXACT, name, self.birth_date.clone())
    }

    pub(crate) fn of(found: &Found) -> Self {
        let entry: &CatalogueEntry = &found.entry;
        Hit {
            ordinal: entry.ordinal(),
            names: entry.names().join("; "),
            mrns: masked(entry.mrns()),
            birth_date: entry.birth_date().unwrap_or_default().to_owned(),
            fits: match found.fits {
                Match::Exact => EXACT,
                Match::Typo(_) => "spelled alike",
                Match::Sound => "sounds alike",
                _ => "alike",
            },
            is_erased: entry.erased().is_some(),
        }
    }
}
