//! Searching. Names are asked for in the body of a request: addresses stay in histories.

use std::sync::Arc;

use axum::Form;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use ehr_archive::Search;
use examples::chart_page::patient::with_hyphens;

use super::{with_form, with_session};
use crate::clock;
use crate::fields::Fields;
use crate::page::{Frame, Hit, SearchPage};
use crate::problem::Problem;
use crate::session::Session;
use crate::viewer::Viewer;

pub(super) async fn form(State(viewer): State<Arc<Viewer>>, headers: HeaderMap) -> Response {
    with_session(viewer, headers, |_, session| {
        Ok(page(session, &Fields(Vec::new()), None).into_response())
    })
    .await
}

pub(super) async fn search(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    with_form(viewer, headers, Fields(fields), |_, session, fields| {
        let mut search = Search::new();
        if let Some(mrn) = fields.get("mrn") {
            search = search.mrn(mrn);
        }
        if let Some(name) = fields.get("name") {
            search = search.name(name);
        }
        if let Some(date) = fields.get("birth-date") {
            search = search.birth_date(date);
        }
        if fields.has("tolerant") {
            search = search.tolerant();
        }
        if !["mrn", "name", "birth-date"]
            .iter()
            .any(|name| fields.has(name))
        {
            return Err(Problem::Input(
                "Give a record number, a name or a date of birth to search for.",
            ));
        }
        let recorded = clock::now();
        let agent = session.agent.clone();
        let access = ehr_archive::Access {
            agent: &agent,
            recorded: &recorded,
            purpose: session.purpose,
        };
        let mut found = session.reader.find(&search, &access)?;
        if let Some(mrn) = fields.get("mrn").and_then(with_hyphens)
            && found.is_empty()
        {
            found = session.reader.find(&search.mrn(&mrn), &access)?;
        }
        let patients = found.iter().filter(|found| found.entry.is_patient());
        let mut hits: Vec<Hit> = patients.map(Hit::of).collect();
        hits.sort_by_cached_key(Hit::place);
        Ok(page(session, fields, Some(hits)).into_response())
    })
    .await
}

fn page(session: &Session, fields: &Fields, found: Option<Vec<Hit>>) -> SearchPage {
    let said = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    SearchPage {
        frame: Frame::of(session, None),
        archive: session.reader.archive_id().as_str().to_owned(),
        patients: session.reader.counts().patient_entries,
        mrn: said("mrn"),
        name: said("name"),
        birth_date: said("birth-date"),
        is_tolerant: fields.has("tolerant"),
        found,
    }
}
