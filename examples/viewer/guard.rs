//! What every request must say and every answer carries.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::page::Frame;
use crate::problem::Problem;
use crate::viewer::Viewer;

/// For pages: styles and pictures of this server, frames with its documents, and no script at all.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-embedder-policy"),
        "require-corp",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), display-capture=(), usb=()",
    ),
];

/// Refuses requests that another site makes a browser send, and adds the headers that keep chart text from acting.
pub(crate) async fn guard(
    State(viewer): State<Arc<Viewer>>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = match check(&viewer, &request) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.page(Frame::locked()).into_response(),
    };
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // Documents bring a stricter policy and may stand in a frame of this server.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(PAGE_POLICY),
        );
        headers.insert(header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
    }
    if viewer.is_tls() {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}

fn check(viewer: &Viewer, request: &Request) -> Result<(), Problem> {
    // A name that an attacker's DNS points to the loopback is a foreign host all the same.
    let host = one(request.headers(), &header::HOST)?.ok_or(Problem::ForeignHost)?;
    if !viewer
        .hosts
        .iter()
        .any(|known| known.eq_ignore_ascii_case(host))
    {
        return Err(Problem::ForeignHost);
    }
    if request
        .uri()
        .authority()
        .is_some_and(|authority| authority.as_str() != host)
    {
        return Err(Problem::ForeignHost);
    }
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return Ok(());
    }
    let own = |origin: &str| {
        let host = origin
            .strip_prefix(viewer.scheme)
            .and_then(|rest| rest.strip_prefix("://"));
        host.is_some_and(|host| {
            viewer
                .hosts
                .iter()
                .any(|known| known.eq_ignore_ascii_case(host))
        })
    };
    if one(request.headers(), &header::ORIGIN)?.is_some_and(|origin| !own(origin)) {
        return Err(Problem::ForeignOrigin);
    }
    let site = HeaderName::from_static("sec-fetch-site");
    if one(request.headers(), &site)?.is_some_and(|site| site != "same-origin") {
        return Err(Problem::ForeignOrigin);
    }
    Ok(())
}

/// The value of a header that may stand once.
fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Problem> {
    let mut values = headers.get_all(name).into_iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Problem::ForeignHost),
        _ => Err(Problem::ForeignHost),
    }
}

/// The style of all pages.
pub(crate) async fn style() -> Response {
    let style = include_str!("../templates/viewer/style.css");
    (
        StatusCode::OK,
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        style,
    )
        .into_response()
}
