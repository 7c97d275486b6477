//! Unlocking and locking.

mod secrets;
mod ways;

use std::sync::Arc;

use axum::extract::{Multipart, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ehr_archive::{Access, ArchiveReader, Purpose, Role};

use super::{check_token, with_form};
use crate::clock;
use crate::fields::Fields;
use crate::page::{Frame, PURPOSES, UnlockPage};
use crate::problem::Problem;
use crate::session::{self, Session};
use crate::viewer::Viewer;
use secrets::Secrets;

use examples::chart_page::Names;
pub(crate) use ways::Ways;

pub(super) async fn form(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let ended = query.as_deref() == Some("ended");
    if session::of_headers(&headers, viewer.is_tls()).is_some_and(|id| viewer.sessions.is_open(&id))
    {
        // A page that was left alone comes here by itself; that must not keep the session alive.
        return Problem::StillOpen.page(Frame::locked());
    }
    let message = ended.then(|| Problem::Expired.to_string());
    page(&viewer, &headers, message, "", StatusCode::OK)
}

pub(super) async fn unlock(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    form: Multipart,
) -> Response {
    if session::of_headers(&headers, viewer.is_tls()).is_some_and(|id| viewer.sessions.is_open(&id))
    {
        return Problem::StillOpen.page(Frame::locked());
    }
    let (fields, secrets) = match read(form).await {
        Ok(read) => read,
        Err(problem) => {
            return page(
                &viewer,
                &headers,
                Some(problem.to_string()),
                "",
                problem.status(),
            );
        }
    };
    let agent = fields.get("agent").unwrap_or_default().to_owned();
    let asked = headers.clone();
    let opened = Arc::clone(&viewer);
    let done = tokio::task::spawn_blocking(move || open(&opened, &asked, &fields, &secrets));
    let result = done.await.unwrap_or(Err(Problem::Interrupted));
    match result {
        Ok(id) => {
            let cookie = session::cookie(Some(&id), viewer.is_tls());
            (
                StatusCode::SEE_OTHER,
                [
                    (header::LOCATION, "/".to_owned()),
                    (header::SET_COOKIE, cookie),
                ],
            )
                .into_response()
        }
        Err(problem) => page(
            &viewer,
            &headers,
            Some(problem.to_string()),
            &agent,
            problem.status(),
        ),
    }
}

pub(super) async fn lock(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    axum::Form(fields): axum::Form<Vec<(String, String)>>,
) -> Response {
    let id = session::of_headers(&headers, viewer.is_tls()).unwrap_or_default();
    with_form(viewer, headers, Fields(fields), move |viewer, _, _| {
        viewer.sessions.remove(&id);
        let cookie = session::cookie(None, viewer.is_tls());
        Ok((
            StatusCode::SEE_OTHER,
            [
                (header::LOCATION, "/unlock".to_owned()),
                (header::SET_COOKIE, cookie),
            ],
        )
            .into_response())
    })
    .await
}

/// The form, with a cookie that ties its token to this browser. What is sent never comes back, but for the agent.
fn page(
    viewer: &Viewer,
    headers: &HeaderMap,
    message: Option<String>,
    agent: &str,
    status: StatusCode,
) -> Response {
    let known =
        session::of_headers(headers, viewer.is_tls()).filter(|id| !viewer.sessions.is_open(id));
    let id = match known.map_or_else(session::new_id, Ok) {
        Ok(id) => id,
        Err(problem) => return problem.page(Frame::locked()),
    };
    let page = UnlockPage {
        frame: Frame {
            token: viewer.form_token(&id),
            ..Frame::locked()
        },
        message,
        ways: Ways::of(&viewer.options),
        agent: agent.to_owned(),
        purposes: PURPOSES
            .iter()
            .map(|(_, value, words)| (*value, *words))
            .collect(),
    };
    let mut response = page.into_response();
    *response.status_mut() = status;
    if let Ok(cookie) = session::cookie(Some(&id), viewer.is_tls()).parse() {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

async fn read(mut form: Multipart) -> Result<(Fields, Secrets), Problem> {
    const WRONG: Problem =
        Problem::Input("The form could not be read; a key file is a few lines of text.");
    let (mut fields, mut secrets) = (Vec::new(), Secrets::default());
    while let Some(field) = form.next_field().await.map_err(|_| WRONG)? {
        let name = field.name().unwrap_or_default().to_owned();
        let text = field.text().await.map_err(|_| WRONG)?;
        if let Some(text) = secrets.take(&name, text) {
            fields.push((name, text));
        }
    }
    Ok((Fields(fields), secrets))
}

/// Opens the archive and a session under a new name, so that a name from before means nothing.
fn open(
    viewer: &Viewer,
    headers: &HeaderMap,
    fields: &Fields,
    secrets: &Secrets,
) -> Result<String, Problem> {
    let cookie = session::of_headers(headers, viewer.is_tls()).ok_or(Problem::Token)?;
    check_token(fields, &viewer.form_token(&cookie))?;
    let agent = fields
        .get("agent")
        .ok_or(Problem::Input("Say who you are: the access log needs it."))?;
    let purpose = fields
        .get("purpose")
        .and_then(purpose)
        .ok_or(Problem::Input("Say what for: the access log needs it."))?;
    let given = secrets.given(&viewer.options)?;
    let mut reader = viewer.unlock(given.credential(), agent, purpose)?;
    let directory = directory(&mut reader, agent, purpose)?;
    let id = session::new_id()?;
    let session = Session {
        reader,
        agent: agent.to_owned(),
        purpose,
        emergencies: Default::default(),
        directory,
        token: viewer.form_token(&id),
    };
    viewer.sessions.insert(id.clone(), session)?;
    Ok(id)
}

/// The names of what all patients share, as far as this key can read.
fn directory(reader: &mut ArchiveReader, agent: &str, purpose: Purpose) -> Result<Names, Problem> {
    let mut names = Names::default();
    if reader.has_role(Role::Epoch) && reader.has_role(Role::Catalogue) {
        let recorded = clock::now();
        let access = Access {
            agent,
            recorded: &recorded,
            purpose,
        };
        for directory in reader.directories(&access)? {
            names.add_bundle(directory.bytes())?;
        }
    }
    Ok(names)
}

fn purpose(word: &str) -> Option<Purpose> {
    PURPOSES
        .iter()
        .find(|(_, value, _)| *value == word)
        .map(|(purpose, ..)| *purpose)
}
