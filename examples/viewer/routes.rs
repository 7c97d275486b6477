//! Which address shows what. Work on the archive blocks, so it runs beside the server's own threads.

mod chart;
mod document;
mod emergency;
mod release;
mod search;
mod unlock;

pub(crate) use unlock::Ways;

use std::sync::{Arc, PoisonError};

use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::HeaderMap;
use axum::middleware;
use axum::response::Response;
use axum::routing::{get, post};

use crate::fields::Fields;
use crate::guard;
use crate::page::Frame;
use crate::problem::Problem;
use crate::session::{self, Session};
use crate::viewer::Viewer;

/// No form is longer.
const MAX_FORM_LEN: usize = 64 * 1024;

pub(crate) fn router(viewer: Arc<Viewer>) -> Router {
    Router::new()
        .route("/", get(search::form).post(search::search))
        .route("/unlock", get(unlock::form).post(unlock::unlock))
        .route("/lock", post(unlock::lock))
        .route("/chart/{ordinal}", get(chart::chart))
        .route("/chart/{ordinal}/print", get(chart::print))
        .route("/chart/{ordinal}/entry/{number}", get(chart::entry))
        .route(
            "/chart/{ordinal}/document/{number}/{part}",
            get(document::page),
        )
        .route(
            "/chart/{ordinal}/document/{number}/{part}/raw",
            get(document::raw),
        )
        .route("/chart/{ordinal}/kept", get(document::kept))
        .route("/chart/{ordinal}/kept/{object}", get(document::kept_raw))
        .route(
            "/chart/{ordinal}/break-glass",
            get(emergency::form).post(emergency::break_glass),
        )
        .route(
            "/chart/{ordinal}/release",
            get(release::form).post(release::release),
        )
        .route("/style.css", get(guard::style))
        .route(
            "/favicon.ico",
            get(|| async { axum::http::StatusCode::NO_CONTENT }),
        )
        .fallback(no_page)
        .layer(DefaultBodyLimit::max(MAX_FORM_LEN))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&viewer),
            guard::guard,
        ))
        .with_state(viewer)
}

async fn no_page(State(viewer): State<Arc<Viewer>>, headers: HeaderMap) -> Response {
    with_session(viewer, headers, |_, _| Err(Problem::NoPage)).await
}

/// Does something in the session that a request names, and makes a page of whatever goes wrong.
async fn with_session<F>(viewer: Arc<Viewer>, headers: HeaderMap, work: F) -> Response
where
    F: FnOnce(&Viewer, &mut Session) -> Result<Response, Problem> + Send + 'static,
{
    let Some(id) = session::of_headers(&headers, viewer.is_tls()) else {
        return Problem::Locked.page(Frame::locked());
    };
    let Some(session) = viewer.sessions.get(&id) else {
        return Problem::Expired.page(Frame::locked());
    };
    let idle = viewer.sessions.idle().as_secs();
    let done = tokio::task::spawn_blocking(move || {
        let mut session = session.lock().unwrap_or_else(PoisonError::into_inner);
        work(&viewer, &mut session).unwrap_or_else(|problem| {
            let changed = matches!(&problem, Problem::Archive(error) if matches!(error.kind(), ehr_archive::ErrorKind::StateChanged));
            if changed {
                viewer.sessions.remove(&id);
            }
            problem.page(if changed { Frame::locked() } else { Frame::of(&session, None) })
        })
    });
    match done.await {
        Ok(response) => leaves_with_the_session(response, idle),
        Err(_) => Problem::Interrupted.page(Frame::locked()),
    }
}

/// A form of the session: as [`with_session`], if it carries the session's token.
async fn with_form<F>(viewer: Arc<Viewer>, headers: HeaderMap, fields: Fields, work: F) -> Response
where
    F: FnOnce(&Viewer, &mut Session, &Fields) -> Result<Response, Problem> + Send + 'static,
{
    with_session(viewer, headers, move |viewer, session| {
        check_token(&fields, &session.token)?;
        work(viewer, session, &fields)
    })
    .await
}

fn check_token(fields: &Fields, token: &str) -> Result<(), Problem> {
    let given = fields.get("token").unwrap_or_default();
    if ehr_crypto::digest::equal_in_constant_time(given.as_bytes(), token.as_bytes()) {
        Ok(())
    } else {
        Err(Problem::Token)
    }
}

/// A chart does not stay on a screen whose session has ended: the browser leaves the page by itself, without a script.
fn leaves_with_the_session(mut response: Response, idle: u64) -> Response {
    if response.status().is_success()
        && let Ok(value) = format!("{}; url=/unlock?ended", idle + 1).parse()
    {
        response
            .headers_mut()
            .insert(axum::http::header::REFRESH, value);
    }
    response
}
