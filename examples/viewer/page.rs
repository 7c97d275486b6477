//! The pages. Everything in them is escaped by the templates; none marks a value as safe.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use ehr_archive::{CatalogueEntry, Found, Match, Purpose};

use crate::chart::documents::Document;
use crate::chart::patient::Person;
use crate::chart::results::{ResultGroup, Test};
use crate::chart::sections::Section;
use crate::session::Session;

/// What stands around every page.
pub(crate) struct Frame {
    pub(crate) agent: Option<String>,
    pub(crate) purpose: &'static str,
    pub(crate) is_emergency: bool,
    pub(crate) token: String,
}

#[derive(Template)]
#[template(path = "viewer/unlock.html")]
pub(crate) struct UnlockPage {
    pub(crate) frame: Frame,
    pub(crate) message: Option<String>,
    pub(crate) agent: String,
    pub(crate) purposes: Vec<(&'static str, &'static str)>,
}

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

/// A line of what a search found.
pub(crate) struct Hit {
    pub(crate) ordinal: u64,
    pub(crate) names: String,
    pub(crate) mrns: String,
    pub(crate) birth_date: String,
    pub(crate) fits: &'static str,
    pub(crate) is_erased: bool,
}

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
    pub(crate) show: crate::media::Show,
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

#[derive(Template)]
#[template(path = "viewer/release.html")]
pub(crate) struct ReleasePage {
    pub(crate) frame: Frame,
    pub(crate) ordinal: u64,
    pub(crate) person: Person,
    /// Types of the chart's resources, with how many there are.
    pub(crate) types: Vec<(String, usize)>,
    pub(crate) message: Option<String>,
}

#[derive(Template)]
#[template(path = "viewer/released.html")]
pub(crate) struct ReleasedPage {
    pub(crate) frame: Frame,
    pub(crate) ordinal: u64,
    pub(crate) person: Person,
    pub(crate) folder: String,
    pub(crate) resources: usize,
    pub(crate) left_out: usize,
    pub(crate) undated: usize,
    pub(crate) files: usize,
    pub(crate) manifest: String,
}

#[derive(Template)]
#[template(path = "viewer/emergency.html")]
pub(crate) struct EmergencyPage {
    pub(crate) frame: Frame,
    pub(crate) ordinal: u64,
}

#[derive(Template)]
#[template(path = "viewer/problem.html")]
pub(crate) struct ProblemPage {
    pub(crate) frame: Frame,
    pub(crate) message: String,
    pub(crate) restricted: Option<u64>,
}

/// Purposes that can be chosen when the archive is unlocked, with the words of the form.
pub(crate) const PURPOSES: [(Purpose, &str, &str); 5] = [
    (Purpose::Treatment, "treatment", "Treatment"),
    (Purpose::Payment, "payment", "Payment"),
    (Purpose::Operations, "operations", "Operations"),
    (
        Purpose::PatientRequest,
        "patient-request",
        "Request of the patient",
    ),
    (Purpose::Legal, "legal", "Legal proceeding"),
];

impl Frame {
    /// Before anything is unlocked.
    pub(crate) fn locked() -> Self {
        Frame {
            agent: None,
            purpose: "",
            is_emergency: false,
            token: String::new(),
        }
    }

    /// Of a session that looks at an entry.
    pub(crate) fn of(session: &Session, ordinal: Option<u64>) -> Self {
        let purpose = session.purpose_for(ordinal);
        let listed = PURPOSES.iter().find(|(listed, ..)| *listed == purpose);
        Frame {
            agent: Some(session.agent.clone()),
            purpose: listed.map_or("Emergency", |(.., words)| words),
            is_emergency: purpose == Purpose::BreakGlass,
            token: session.token.clone(),
        }
    }
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

impl Hit {
    pub(crate) fn of(found: &Found) -> Self {
        let entry: &CatalogueEntry = &found.entry;
        Hit {
            ordinal: entry.ordinal(),
            names: entry.names().join("; "),
            mrns: entry.mrns().join(", "),
            birth_date: entry.birth_date().unwrap_or_default().to_owned(),
            fits: match found.fits {
                Match::Exact => "exact",
                Match::Typo(_) => "spelled alike",
                Match::Sound => "sounds alike",
                _ => "alike",
            },
            is_erased: entry.erased().is_some(),
        }
    }
}

/// Bytes as people say it.
pub(crate) fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{} MiB", bytes.div_ceil(1_048_576)),
    }
}

fn answer(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            [(header::CONTENT_TYPE, "text/plain")],
            "The page cannot be made.",
        )
            .into_response(),
    }
}

macro_rules! responses {
    ($($page:ty),* $(,)?) => {
        $(impl IntoResponse for $page {
            fn into_response(self) -> Response {
                answer(&self)
            }
        })*
    };
}

responses![
    UnlockPage,
    SearchPage,
    ChartPage,
    EntryPage,
    DocumentPage,
    KeptPage,
    ReleasePage,
    ReleasedPage,
    EmergencyPage,
    ProblemPage
];
