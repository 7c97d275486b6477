//! What a document may be to a browser. Its bytes decide, not what the source called it.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// For documents: nothing in them runs, loads or sends anything.
const DOCUMENT_POLICY: &str =
    "default-src 'none'; sandbox; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";
/// Browsers show no PDF in a sandbox; their viewer brings its own, and needs its styles.
const PDF_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// Longer texts are for downloading.
const MAX_TEXT_LEN: usize = 2 << 20;

/// How a document is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Show {
    /// As a picture of this type.
    Picture(&'static str),
    /// In the browser's viewer.
    Pdf,
    /// As text in the page.
    Text,
    /// Not at all; it can be downloaded.
    Download,
}

impl Show {
    /// Told by the first bytes; what says it is text is text if it is UTF-8. HTML and XML are shown as they are written.
    pub(crate) fn of(media_type: &str, bytes: &[u8]) -> Self {
        let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
        match bytes {
            [b'%', b'P', b'D', b'F', b'-', ..] => Show::Pdf,
            [0x89, b'P', b'N', b'G', ..] => Show::Picture("image/png"),
            [0xff, 0xd8, 0xff, ..] => Show::Picture("image/jpeg"),
            [b'G', b'I', b'F', b'8', ..] => Show::Picture("image/gif"),
            [b'B', b'M', ..] if media_type.starts_with("image/") => Show::Picture("image/bmp"),
            _ if is_webp => Show::Picture("image/webp"),
            _ if is_text(media_type)
                && bytes.len() <= MAX_TEXT_LEN
                && std::str::from_utf8(bytes).is_ok() =>
            {
                Show::Text
            }
            _ => Show::Download,
        }
    }

    pub(crate) fn is_picture(self) -> bool {
        matches!(self, Show::Picture(_))
    }

    pub(crate) fn is_pdf(self) -> bool {
        self == Show::Pdf
    }
}

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

fn is_text(media_type: &str) -> bool {
    let media_type = media_type.to_ascii_lowercase();
    let plain = media_type.split(';').next().unwrap_or_default().trim();
    plain.starts_with("text/") && plain != "text/rtf"
        || plain.ends_with("json")
        || plain.ends_with("xml")
        || plain == "application/hl7-v2"
        || plain == "application/x-ndjson"
}
