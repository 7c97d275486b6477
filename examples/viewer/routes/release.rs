//! Release of information, as `ehr-archive` makes it.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use axum::Form;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use ehr_archive::release::{ReleaseRequest, Undated};
use ehr_archive::{Access, CatalogueEntry, ErrorKind, ObjectClass, Search};

use super::chart::Opened;
use super::{with_form, with_session};
use crate::clock;
use crate::fields::Fields;
use crate::page::{Frame, ReleasePage, ReleasedPage};
use crate::problem::Problem;
use crate::session::Session;
use crate::viewer::Viewer;
use examples::chart_page::patient::Person;

/// Which objects can be asked for; rejects and decisions stay in the archive.
const CLASSES: [(&str, ObjectClass); 3] = [
    ("chart", ObjectClass::Chart),
    ("documents", ObjectClass::Document),
    ("source", ObjectClass::Source),
];

pub(super) async fn form(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Path(ordinal): Path<u64>,
) -> Response {
    with_session(viewer, headers, move |viewer, session| {
        folder(viewer)?;
        Ok(form_page(session, ordinal, None)?.into_response())
    })
    .await
}

pub(super) async fn release(
    State(viewer): State<Arc<Viewer>>,
    headers: HeaderMap,
    Path(ordinal): Path<u64>,
    Form(fields): Form<Vec<(String, String)>>,
) -> Response {
    with_form(
        viewer,
        headers,
        Fields(fields),
        move |viewer, session, fields| {
            let folder = folder(viewer)?.to_owned();
            match make(&folder, session, ordinal, fields) {
                Err(problem @ Problem::Input(_)) => {
                    let mut response =
                        form_page(session, ordinal, Some(problem.to_string()))?.into_response();
                    *response.status_mut() = problem.status();
                    Ok(response)
                }
                made => made,
            }
        },
    )
    .await
}

fn folder(viewer: &Viewer) -> Result<&FilePath, Problem> {
    viewer
        .options
        .releases
        .as_deref()
        .ok_or(Problem::NoReleases)
}

fn form_page(
    session: &mut Session,
    ordinal: u64,
    message: Option<String>,
) -> Result<ReleasePage, Problem> {
    let opened = Opened::chart(session, ordinal)?;
    Ok(ReleasePage {
        frame: Frame::of(session, Some(ordinal)),
        ordinal,
        types: opened.chart.types(),
        person: Person::of_entry(&opened.entry).with_chart(&opened.chart),
        message,
    })
}

fn make(
    folder: &FilePath,
    session: &mut Session,
    ordinal: u64,
    fields: &Fields,
) -> Result<Response, Problem> {
    let recipient = fields
        .get("recipient")
        .ok_or(Problem::Input("Say who receives it."))?;
    let classes: Vec<ObjectClass> = CLASSES
        .iter()
        .filter(|(name, _)| fields.has(name))
        .map(|(_, class)| *class)
        .collect();
    if classes.is_empty() {
        return Err(Problem::Input(
            "Choose what is released: chart, documents or source records.",
        ));
    }
    let mut request = ReleaseRequest::new(recipient).classes(&classes);
    let authorized_by = fields.get("authorized-by").ok_or(Problem::Input(
        "Say who authorized it; that may be the patient.",
    ))?;
    request = request.authorized_by(authorized_by);
    request = match (fields.get("from"), fields.get("to"), fields.get("undated")) {
        (None, None, _) => request,
        (Some(from), Some(to), Some("include")) => request.between(from, to, Undated::Include),
        (Some(from), Some(to), Some("leave-out")) => request.between(from, to, Undated::LeaveOut),
        (Some(_), Some(_), _) => {
            return Err(Problem::Input(
                "Choose what happens to entries without a date.",
            ));
        }
        _ => {
            return Err(Problem::Input(
                "Give both days, or none for the whole time.",
            ));
        }
    };
    let types: Vec<&str> = fields.all("type").collect();
    if fields.has("only-types") {
        if types.is_empty() {
            return Err(Problem::Input(
                "Choose the kinds of entries, or release all of them.",
            ));
        }
        request = request.resource_types(&types);
    }
    // What is restricted goes out only if somebody has broken the glass and may see it.
    let opened = Opened::chart(session, ordinal)?;
    if opened.chart.withheld > 0 {
        return Err(Problem::Restricted { ordinal });
    }
    let recorded = clock::now();
    let agent = session.agent.clone();
    let access = Access {
        agent: &agent,
        recorded: &recorded,
        purpose: session.purpose_for(Some(ordinal)),
    };
    let entries = entries_of_patient(session, &opened.entry, &access)?;
    let destination = free_name(folder, &recorded)?;
    let released = session
        .reader
        .release(&entries, &request, &destination, &access);
    let summary = released.map_err(|error| match error.kind() {
        ErrorKind::Refused { reason } => Problem::Input(reason),
        _ => error.into(),
    })?;
    let page = ReleasedPage {
        frame: Frame::of(session, Some(ordinal)),
        ordinal,
        person: Person::of_entry(&opened.entry),
        folder: destination.display().to_string(),
        resources: summary.resources,
        left_out: summary.left_out,
        undated: summary.undated,
        files: summary.files,
        manifest: summary.manifest.to_string(),
    };
    Ok(page.into_response())
}

/// All entries of the patient, of every accession: a release of half a record would be none.
fn entries_of_patient(
    session: &mut Session,
    entry: &CatalogueEntry,
    access: &Access<'_>,
) -> Result<Vec<CatalogueEntry>, Problem> {
    let mut entries = vec![entry.clone()];
    for mrn in entry.mrns() {
        for found in session.reader.find(&Search::new().mrn(mrn), access)? {
            let is_same =
                found.entry.patient_id() == entry.patient_id() && found.entry.erased().is_none();
            if is_same
                && entries
                    .iter()
                    .all(|known| known.ordinal() != found.entry.ordinal())
            {
                entries.push(found.entry);
            }
        }
    }
    entries.sort_by_key(CatalogueEntry::ordinal);
    // Of what is restricted elsewhere the same holds.
    for other in entries
        .iter()
        .filter(|other| other.ordinal() != entry.ordinal())
    {
        if Opened::chart(session, other.ordinal())?.chart.withheld > 0 {
            return Err(Problem::Restricted {
                ordinal: other.ordinal(),
            });
        }
    }
    Ok(entries)
}

/// A name that says when and nothing about the patient.
fn free_name(folder: &FilePath, recorded: &str) -> Result<PathBuf, Problem> {
    let stamp: String = recorded
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let names = (1..1000).map(|number| folder.join(format!("release-{stamp}-{number}")));
    names
        .into_iter()
        .find(|path| !path.exists())
        .ok_or(Problem::Input("The folder for releases is full."))
}
