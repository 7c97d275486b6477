//! What a document may be to a browser. Its bytes decide, not what the source called it.

/// Longer texts are for downloading.
const MAX_TEXT_LEN: usize = 2 << 20;

/// How a document is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Show {
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
    pub fn of(media_type: &str, bytes: &[u8]) -> Self {
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

    /// Whether it is a picture.
    #[must_use]
    pub fn is_picture(self) -> bool {
        matches!(self, Show::Picture(_))
    }

    /// Whether it is a PDF.
    #[must_use]
    pub fn is_pdf(self) -> bool {
        self == Show::Pdf
    }
}

/// Bytes as people say it.
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} bytes"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{} MiB", bytes.div_ceil(1_048_576)),
    }
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
