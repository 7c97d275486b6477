//! What bytes are, by their signature.

/// Kinds of documents with a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Media {
    Pdf,
    Jpeg,
    Png,
    Gif,
    Tiff,
    Dicom,
    Rtf,
    Zip,
    Office,
    Html,
    Xml,
}

/// Signatures at the first byte.
const SIGNATURES: &[(&[u8], Media)] = &[
    (b"%PDF-", Media::Pdf),
    (b"\xff\xd8\xff", Media::Jpeg),
    (b"\x89PNG\r\n\x1a\n", Media::Png),
    (b"GIF87a", Media::Gif),
    (b"GIF89a", Media::Gif),
    (b"II*\0", Media::Tiff),
    (b"MM\0*", Media::Tiff),
    (b"{\\rtf", Media::Rtf),
    (b"PK\x03\x04", Media::Zip),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Media::Office),
];

/// What bytes are, if they have a signature.
pub(super) fn detect(bytes: &[u8]) -> Option<Media> {
    let by_signature = SIGNATURES
        .iter()
        .find(|(signature, _)| bytes.starts_with(signature));
    if let Some((_, media)) = by_signature {
        return Some(*media);
    }
    if bytes.get(128..132) == Some(b"DICM") {
        return Some(Media::Dicom);
    }
    let text = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start();
    let begins = |with: &str| {
        text.get(..with.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(with.as_bytes()))
    };
    if begins("<!doctype html") || begins("<html") {
        Some(Media::Html)
    } else if begins("<?xml") || begins("<clinicaldocument") {
        Some(Media::Xml)
    } else {
        None
    }
}

/// Whether a media type promises bytes with a signature.
pub(super) fn promises_signature(media_type: &str) -> bool {
    [
        Media::Pdf,
        Media::Jpeg,
        Media::Png,
        Media::Gif,
        Media::Tiff,
        Media::Dicom,
        Media::Rtf,
    ]
    .iter()
    .any(|media| media.is_called(media_type))
}

impl Media {
    /// Whether a media type names it.
    pub(super) fn is_called(self, media_type: &str) -> bool {
        let names: &[&str] = match self {
            Self::Pdf => &["application/pdf", "application/x-pdf"],
            Self::Jpeg => &["image/jpeg", "image/jpg", "image/pjpeg"],
            Self::Png => &["image/png", "image/x-png"],
            Self::Gif => &["image/gif"],
            Self::Tiff => &["image/tiff", "image/tif", "image/x-tiff"],
            Self::Dicom => &["application/dicom", "image/dicom"],
            Self::Rtf => &["text/rtf", "application/rtf", "text/richtext"],
            Self::Zip => &[
                "application/zip",
                "application/x-zip-compressed",
                "application/epub+zip",
            ],
            Self::Office => &["application/msword", "application/x-ole-storage"],
            Self::Html => &["text/html", "application/xhtml+xml"],
            Self::Xml => &[
                "text/xml",
                "application/xml",
                "text/html",
                "application/xhtml+xml",
            ],
        };
        let lower = media_type.to_ascii_lowercase();
        names
            .iter()
            .any(|name| media_type.eq_ignore_ascii_case(name))
            || match self {
                Self::Zip => lower.contains("openxmlformats") || lower.contains("opendocument"),
                Self::Office => lower.starts_with("application/vnd.ms-"),
                Self::Xml => lower.ends_with("+xml"),
                _ => false,
            }
    }
}

/// Whether bytes hold others.
pub(super) fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}
