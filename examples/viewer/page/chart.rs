//! A chart, and what stands in it.

use askama::Template;
use examples::chart_page::documents::Document;
use examples::chart_page::patient::Person;
use examples::chart_page::results::{ResultGroup, Test};
use examples::chart_page::sections::Section;
use examples::chart_page::show::Show;

use super::Frame;

#[derive(Template)]
#[template(path = "viewer/chart.html")]
pub(crate) struct ChartPage {
    pub(crate) frame: Frame,
    pub(crate) ordinal: u64,
    pub(crate) person: Person,
    pub(crate) sections: Vec<Section>,
    pub(crate) results: Vec<ResultGroup>,
    pub(crate) documents: Vec<Document>,
    /// Entries that are restricted and not shown.
    pub(crate) withheld: usize,
    pub(crate) entries: usize,
    pub(crate) for_print: bool,
    pub(crate) recorded: String,
    pub(crate) can_release: bool,
}

#[derive(Template)]
#[template(path = "viewer/entry.html")]
pub(crate) struct EntryPage {
    pub(crate) frame: Frame,
    pub(crate) ordinal: u64,
    pub(crate) person: Person,
    pub(crate) kind: String,
    pub(crate) title: String,
    pub(crate) lines: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "viewer/document.html")]
pub(crate) struct DocumentPage {
    pub(crate) frame: Frame,
    pub(crate) ordinal: u64,
    pub(crate) person: Person,
    pub(crate) title: String,
    pub(crate) media_type: String,
    pub(crate) size: String,
    pub(crate) raw: String,
    pub(crate) show: Show,
    pub(crate) text: Option<String>,
}

#[derive(Template)]
#[template(path = "viewer/kept.html")]
pub(crate) struct KeptPage {
    pub(crate) frame: Frame,
    pub(crate) ordinal: u64,
    pub(crate) person: Person,
    pub(crate) objects: Vec<Kept>,
}

/// An object of the archive.
pub(crate) struct Kept {
    pub(crate) id: String,
    pub(crate) class: &'static str,
    pub(crate) source: String,
    pub(crate) media_type: String,
    pub(crate) size: String,
    pub(crate) sha256: String,
}

impl ChartPage {
    /// How many lines a test has before the earlier ones are folded.
    fn shown(&self, test: &Test) -> usize {
        if self.for_print {
            test.values.len()
        } else {
            test.values.len().min(3)
        }
    }
}
