//! Why a page is not shown.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ehr_archive::ErrorKind;
use ehr_crypto::slot::KeyServiceError;
use examples::chart_page::ChartError;
use thiserror::Error;

use crate::page::{Frame, ProblemPage};

/// What a request can fail with. The message is shown.
#[derive(Debug, Error)]
pub(crate) enum Problem {
    #[error("The archive is locked.")]
    Locked,
    #[error("The session has ended. Unlock the archive again.")]
    Expired,
    #[error("The archive is unlocked in this browser.")]
    StillOpen,
    #[error("This key does not open the archive. The attempt is recorded.")]
    WrongKey,
    #[error("These shares do not open the archive: {0}. The attempt is recorded.")]
    Shares(String),
    #[error("It cannot be unlocked now: {0}.")]
    KeyService(String),
    #[error("Too many wrong keys: wait half a minute.")]
    Paused,
    #[error("Too many people use the archive at once.")]
    Busy,
    #[error("The request names another host than this server.")]
    ForeignHost,
    #[error("The request comes from another site.")]
    ForeignOrigin,
    #[error("The form is not one of this session: load the page again and repeat what you did.")]
    Token,
    #[error("There is no such page.")]
    NoPage,
    #[error("{0}")]
    Input(&'static str),
    #[error("{0}")]
    Code(ehr_crypto::Error),
    #[error("The server was started without a folder for releases (--releases).")]
    NoReleases,
    #[error("This chart is restricted. Break the glass to see it.")]
    Restricted { ordinal: u64 },
    #[error("The chart is not a FHIR bundle as the archive keeps them.")]
    Chart,
    #[error("The archive says: {0}")]
    Archive(#[from] ehr_archive::Error),
    #[error("A file cannot be written: {0}")]
    Io(#[from] std::io::Error),
    #[error("No random numbers are to be had: {0}")]
    Random(#[from] ehr_crypto::Error),
    #[error("A page cannot be made: {0}")]
    Page(#[from] askama::Error),
    #[error("The request ended before its time.")]
    Interrupted,
}

impl From<KeyServiceError> for Problem {
    fn from(error: KeyServiceError) -> Self {
        Problem::KeyService(error.to_string())
    }
}

impl From<ChartError> for Problem {
    fn from(error: ChartError) -> Self {
        match error {
            ChartError::Missing => Problem::NoPage,
            _ => Problem::Chart,
        }
    }
}

impl Problem {
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Problem::Locked | Problem::Expired => StatusCode::SEE_OTHER,
            Problem::StillOpen => StatusCode::OK,
            Problem::WrongKey
            | Problem::Shares(_)
            | Problem::ForeignOrigin
            | Problem::Token
            | Problem::Restricted { .. } => StatusCode::FORBIDDEN,
            Problem::Paused => StatusCode::TOO_MANY_REQUESTS,
            Problem::KeyService(_) => StatusCode::BAD_GATEWAY,
            Problem::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Problem::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Problem::NoPage => StatusCode::NOT_FOUND,
            Problem::Input(_) | Problem::Code(_) | Problem::NoReleases => StatusCode::BAD_REQUEST,
            Problem::Archive(error) => match error.kind() {
                ErrorKind::Refused { .. } | ErrorKind::TooMany { .. } => StatusCode::BAD_REQUEST,
                ErrorKind::RoleMissing { .. } => StatusCode::FORBIDDEN,
                ErrorKind::Erased { .. } => StatusCode::GONE,
                ErrorKind::StateChanged => StatusCode::CONFLICT,
                _ => StatusCode::INTERNAL_SERVER_ERROR,
            },
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The page that says it.
    pub(crate) fn page(&self, frame: Frame) -> Response {
        let status = self.status();
        match self {
            Problem::Locked => return (status, [(header::LOCATION, "/unlock")]).into_response(),
            Problem::Expired => {
                return (status, [(header::LOCATION, "/unlock?ended")]).into_response();
            }
            _ => {}
        }
        let restricted = match self {
            Problem::Restricted { ordinal } => Some(*ordinal),
            _ => None,
        };
        let page = ProblemPage {
            frame,
            message: self.to_string(),
            restricted,
        };
        let mut response = page.into_response();
        *response.status_mut() = status;
        response
    }
}
