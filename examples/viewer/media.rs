//! Documents as a browser may have them: nothing in them acts.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use examples::chart_page::show::Show;

/// For documents: nothing in them runs, loads or sends anything.
const DOCUMENT_POLICY: &str =
    "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
/// Browsers show no PDF in a sandbox; their viewer brings its own, and needs its styles.
const PDF_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The bytes of a document, so that no browser takes them for a page.
pub(crate) fn raw(media_type: &str, bytes: Vec<u8>) -> Response {
    let (content_type, disposition, policy) = match Show::of(media_type, &bytes) {
        Show::Picture(kind) => (kind, "inline", DOCUMENT_POLICY),
        Show::Pdf => (
            "application/pdf",
            "inline; filename=\"document.pdf\"",
            PDF_POLICY,
        ),
        Show::Text => (
            "text/plain; charset=utf-8",
            "attachment; filename=\"document.txt\"",
            DOCUMENT_POLICY,
        ),
        Show::Download => (
            "application/octet-stream",
            "attachment; filename=\"document.bin\"",
            DOCUMENT_POLICY,
        ),
    };
    let headers: [(HeaderName, HeaderValue); 3] = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static(disposition),
        ),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(policy),
        ),
    ];
    (StatusCode::OK, headers, bytes).into_response()
}
