//! Documents of a chart, and everything else that is kept of a patient.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use ehr_archive::{Access, ObjectClass, ObjectId};

use super::chart::{Opened, find};
use super::with_session;
use crate::clock;
use crate::media;
use crate::page::{DocumentPage, Frame, Kept, KeptPage};
use crate::problem::Problem;
use crate::session::Session;
use crate::viewer::Viewer;
use examples::chart_page::documents::content;
use examples::chart_page::patient::Person;
use examples::chart_page::show::{Show, size};

pub(super) async fn page(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Path((ordinal, number, part)): Path<(u64, usize, usize)>,
) -> Response {
    with_session(viewer, headers, move |_, session| {
        let opened = Opened::chart(session, ordinal)?;
        let resource = opened.chart.resource(number)?;
        let (media_type, bytes) = content(resource, part)?;
        let show = Show::of(&media_type, &bytes);
        let page = DocumentPage {
            frame: Frame::of(session, Some(ordinal)),
            ordinal,
            title: opened.chart.title(resource),
            size: size(bytes.len()),
            raw: format!("/chart/{ordinal}/document/{number}/{part}/raw"),
            text: (show == Show::Text).then(|| String::from_utf8_lossy(&bytes).into_owned()),
            show,
            media_type,
            person: Person::of_entry(&opened.entry).with_chart(&opened.chart),
        };
        Ok(page.into_response())
    })
    .await
}

pub(super) async fn raw(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Path((ordinal, number, part)): Path<(u64, usize, usize)>,
) -> Response {
    with_session(viewer, headers, move |_, session| {
        let opened = Opened::chart(session, ordinal)?;
        let (media_type, bytes) = content(opened.chart.resource(number)?, part)?;
        Ok(media::raw(&media_type, bytes))
    })
    .await
}

/// Lists all objects of an entry. Verbatim records hold everything, so a chart of which something is withheld lists none.
pub(super) async fn kept(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Path(ordinal): Path<u64>,
) -> Response {
    with_session(viewer, headers, move |_, session| {
        let opened = open_whole(session, ordinal)?;
        let access = Access {
            agent: &session.agent.clone(),
            recorded: &opened.recorded,
            purpose: session.purpose_for(Some(ordinal)),
        };
        let open = session.reader.open_entry(&opened.entry, &access)?;
        let mut objects = Vec::new();
        for info in open.objects() {
            let object = open.read(info.id)?;
            objects.push(Kept {
                id: info.id.to_string(),
                class: object
                    .class()
                    .map_or("of a later version", ObjectClass::as_str),
                source: object.source_id().to_owned(),
                media_type: object.media_type().to_owned(),
                size: size(object.bytes().len()),
                sha256: object.digest().to_string(),
            });
        }
        let page = KeptPage {
            frame: Frame::of(session, Some(ordinal)),
            ordinal,
            person: Person::of_entry(&opened.entry).with_chart(&opened.chart),
            objects,
        };
        Ok(page.into_response())
    })
    .await
}

pub(super) async fn kept_raw(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Path((ordinal, object)): Path<(u64, String)>,
) -> Response {
    with_session(viewer, headers, move |_, session| {
        let id: ObjectId = object.parse().map_err(|_| Problem::NoPage)?;
        let opened = open_whole(session, ordinal)?;
        let recorded = clock::now();
        let access = Access {
            agent: &session.agent.clone(),
            recorded: &recorded,
            purpose: session.purpose_for(Some(ordinal)),
        };
        let entry = find(session, opened.entry.ordinal(), &access)?;
        let open = session.reader.open_entry(&entry, &access)?;
        if !open.objects().any(|info| info.id == id) {
            return Err(Problem::NoPage);
        }
        let object = open.read(id)?;
        let media_type = object.media_type().to_owned();
        Ok(media::raw(&media_type, object.into_bytes()))
    })
    .await
}

fn open_whole(session: &mut Session, ordinal: u64) -> Result<Opened, Problem> {
    let opened = Opened::chart(session, ordinal)?;
    if opened.chart.withheld > 0 {
        return Err(Problem::Restricted { ordinal });
    }
    Ok(opened)
}
