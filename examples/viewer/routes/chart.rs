//! The chart of an entry, and every value of one of its resources.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use ehr_archive::{Access, CatalogueEntry, ErrorKind};

use super::with_session;
use crate::clock;
use crate::page::{ChartPage, EntryPage, Frame};
use crate::problem::Problem;
use crate::session::Session;
use crate::viewer::Viewer;
use examples::chart_page::documents::documents;
use examples::chart_page::patient::Person;
use examples::chart_page::results::results;
use examples::chart_page::sections::sections;
use examples::chart_page::{Chart, ChartError, kind, lines};

pub(super) async fn chart(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Path(ordinal): Path<u64>,
) -> Response {
    with_session(viewer, headers, move |viewer, session| {
        page(viewer, session, ordinal, false)
    })
    .await
}

pub(super) async fn print(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Path(ordinal): Path<u64>,
) -> Response {
    with_session(viewer, headers, move |viewer, session| {
        page(viewer, session, ordinal, true)
    })
    .await
}

pub(super) async fn entry(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Path((ordinal, number)): Path<(u64, usize)>,
) -> Response {
    with_session(viewer, headers, move |_, session| {
        let opened = Opened::chart(session, ordinal)?;
        let resource = opened.chart.resource(number)?;
        let page = EntryPage {
            frame: Frame::of(session, Some(ordinal)),
            ordinal,
            kind: kind(resource).to_owned(),
            title: opened.chart.title(resource),
            lines: lines(resource),
            person: Person::of_entry(&opened.entry).with_chart(&opened.chart),
        };
        Ok(page.into_response())
    })
    .await
}

/// An entry whose opening is in the access log, with its chart.
pub(super) struct Opened {
    pub(super) entry: CatalogueEntry,
    pub(super) chart: Chart,
    pub(super) recorded: String,
}

impl Opened {
    /// Opens an entry, which records it, and reads its chart.
    pub(super) fn chart(session: &mut Session, ordinal: u64) -> Result<Self, Problem> {
        let recorded = clock::now();
        let agent = session.agent.clone();
        let purpose = session.purpose_for(Some(ordinal));
        let access = Access {
            agent: &agent,
            recorded: &recorded,
            purpose,
        };
        let entry = find(session, ordinal, &access)?;
        let object = session.reader.open_entry(&entry, &access)?.chart()?;
        let is_emergency = session.emergencies.contains(&ordinal);
        let chart =
            object.map(|object| Chart::read(object.bytes(), is_emergency, &session.directory));
        let chart = chart.transpose().map_err(|error| match error {
            ChartError::Restricted => Problem::Restricted { ordinal },
            error => error.into(),
        })?;
        Ok(Opened {
            chart: chart.unwrap_or_default(),
            entry,
            recorded,
        })
    }
}

/// The catalogue's line of an ordinal. An ordinal that is not there is no fault of the archive.
pub(super) fn find(
    session: &mut Session,
    ordinal: u64,
    access: &Access<'_>,
) -> Result<CatalogueEntry, Problem> {
    let entry = session.reader.entry(ordinal, access);
    let entry = entry.map_err(|error| {
        if matches!(error.kind(), ErrorKind::Missing) {
            Problem::NoPage
        } else {
            error.into()
        }
    })?;
    if entry.is_patient() {
        Ok(entry)
    } else {
        Err(Problem::NoPage)
    }
}

fn page(
    viewer: &Viewer,
    session: &mut Session,
    ordinal: u64,
    for_print: bool,
) -> Result<Response, Problem> {
    let Opened {
        entry,
        chart,
        recorded,
    } = Opened::chart(session, ordinal)?;
    let page = ChartPage {
        frame: Frame::of(session, Some(ordinal)),
        ordinal,
        person: Person::of_entry(&entry).with_chart(&chart),
        sections: sections(&chart),
        results: results(&chart),
        documents: documents(&chart),
        withheld: chart.withheld,
        entries: chart.resources.len(),
        for_print,
        recorded,
        can_release: viewer.options.releases.is_some(),
    };
    Ok(page.into_response())
}
