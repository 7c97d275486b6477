//! Breaking the glass: a reason, in the log before anything restricted is shown.

use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use ehr_archive::{Access, Purpose};

use super::chart::find;
use super::{with_form, with_session};
use crate::clock;
use crate::fields::Fields;
use crate::page::{EmergencyPage, Frame};
use crate::problem::Problem;
use crate::viewer::Viewer;

/// A reason that an officer can judge afterwards has at least so many letters.
const SHORTEST_REASON: usize = 10;

pub(super) async fn form(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Path(ordinal): Path<u64>,
) -> Response {
    with_session(viewer, headers, move |_, session| {
        let frame = Frame::of(session, None);
        Ok(EmergencyPage { frame, ordinal }.into_response())
    })
    .await
}

pub(super) async fn break_glass(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Path(ordinal): Path<u64>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    with_form(
        viewer,
        headers,
        Fields(fields),
        move |_, session, fields| {
            let reason = fields.get("reason").unwrap_or_default();
            if reason.chars().count() < SHORTEST_REASON {
                return Err(Problem::Input(
                    "Say in a few words why this is an emergency: somebody will read it.",
                ));
            }
            let recorded = clock::now();
            let access = Access {
                agent: &session.agent.clone(),
                recorded: &recorded,
                purpose: Purpose::BreakGlass,
            };
            find(session, ordinal, &access)?;
            session
                .reader
                .break_glass(&format!("entry {ordinal}: {reason}"), &access)?;
            session.emergencies.insert(ordinal);
            Ok((
                StatusCode::SEE_OTHER,
                [(header::LOCATION, format!("/chart/{ordinal}"))],
            )
                .into_response())
        },
    )
    .await
}
