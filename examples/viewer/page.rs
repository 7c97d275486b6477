//! The pages. Everything in them is escaped by the templates; none marks a value as safe.

mod chart;
mod form;
mod search;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use ehr_archive::Purpose;

pub(crate) use chart::{ChartPage, DocumentPage, EntryPage, Kept, KeptPage};
pub(crate) use form::{EmergencyPage, ReleasePage, ReleasedPage, UnlockPage};
pub(crate) use search::{Hit, SearchPage};

use crate::session::Session;

/// What stands around every page.
pub(crate) struct Frame {
    pub(crate) agent: Option<String>,
    pub(crate) purpose: &'static str,
    pub(crate) is_emergency: bool,
    pub(crate) token: String,
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
