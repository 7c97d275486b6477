//! What a file is by its content, and by the ending of its name.

use encoding_rs::WINDOWS_1252;
use memchr::memmem;

/// A media type for content that nothing is known about.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// The first bytes of formats, where they are enough to tell.
const MAGIC: &[(&[u8], &str)] = &[
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"),
    (b"{\\rtf", "text/rtf"),
    (b"%!PS", "application/postscript"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"#!AMR", "audio/amr"),
    (b"fLaC", "audio/flac"),
    (b"\x1f\x8b", "application/gzip"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "video/x-ms-asf"),
    (b"\xd7\xcd\xc6\x9a", "image/wmf"),
];

/// Formats by the ending of a name. Where several are given, the first is the usual one.
const ENDINGS: &[(&str, &[&str])] = &[
    ("pdf", &["application/pdf"]),
    ("png", &["image/png"]),
    ("jpg", &["image/jpeg"]),
    ("jpeg", &["image/jpeg"]),
    ("jpe", &["image/jpeg"]),
    ("gif", &["image/gif"]),
    ("tif", &["image/tiff"]),
    ("tiff", &["image/tiff"]),
    ("bmp", &["image/bmp"]),
    ("webp", &["image/webp"]),
    ("jp2", &["image/jp2"]),
    ("heic", &["image/heic"]),
    ("svg", &["image/svg+xml"]),
    ("rtf", &["text/rtf"]),
    ("htm", &["text/html", "application/xml"]),
    ("html", &["text/html", "application/xml"]),
    ("xhtml", &["application/xml", "text/html"]),
    ("xml", &["application/xml", "text/html", "image/svg+xml"]),
    ("cda", &["application/xml"]),
    ("ccd", &["application/xml"]),
    ("ccda", &["application/xml"]),
    ("dcm", &["application/dicom"]),
    ("dicom", &["application/dicom"]),
    // Word opens all of these by this name
    (
        "doc",
        &[
            "application/msword",
            "text/rtf",
            "text/html",
            DOCX,
            "application/xml",
        ],
    ),
    ("dot", &["application/msword"]),
    ("docx", &[DOCX]),
    ("docm", &[DOCX]),
    (
        "xls",
        &[
            "application/vnd.ms-excel",
            XLSX,
            "text/html",
            "application/xml",
        ],
    ),
    ("xlsx", &[XLSX]),
    ("xlsm", &[XLSX]),
    ("ppt", &["application/vnd.ms-powerpoint"]),
    ("pptx", &[PPTX]),
    ("odt", &["application/vnd.oasis.opendocument.text"]),
    ("ods", &["application/vnd.oasis.opendocument.spreadsheet"]),
    ("msg", &["application/vnd.ms-outlook"]),
    ("wav", &["audio/wav"]),
    ("mp3", &["audio/mpeg"]),
    ("m4a", &["audio/mp4"]),
    ("wma", &["video/x-ms-asf"]),
    ("mp4", &["video/mp4"]),
    ("mov", &["video/quicktime", "video/mp4"]),
    ("avi", &["video/x-msvideo"]),
    ("eml", &["message/rfc822"]),
    (
        "txt",
        &["text/plain", "message/rfc822", HL7V2, "application/json"],
    ),
    ("text", &["text/plain"]),
    ("log", &["text/plain"]),
    ("md", &["text/plain"]),
    ("csv", &["text/plain"]),
    ("tsv", &["text/plain"]),
    ("hl7", &[HL7V2]),
    ("json", &["application/json"]),
    ("zip", &["application/zip"]),
    ("gz", &["application/gzip"]),
    ("ps", &["application/postscript"]),
];

const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PPTX: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const HL7V2: &str = "x-application/hl7-v2+er7";

/// How far into a file a PDF may begin (Adobe's note 13 to the specification), and marks of text
/// are searched.
const START: usize = 1024;

/// The media type of a document by its content; its name is not asked.
pub fn media_type(bytes: &[u8]) -> &'static str {
    let start = &bytes[..bytes.len().min(START)];
    if let Some((_, media_type)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return media_type;
    }
    match bytes {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => return archive(bytes),
        [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, ..] => return compound(bytes),
        [b'R', b'I', b'F', b'F', _, _, _, _, kind @ ..] => match kind {
            [b'W', b'E', b'B', b'P', ..] => return "image/webp",
            [b'W', b'A', b'V', b'E', ..] => return "audio/wav",
            [b'A', b'V', b'I', b' ', ..] => return "video/x-msvideo",
            _ => {}
        },
        [_, _, _, _, b'f', b't', b'y', b'p', brand @ ..] => {
            return match brand {
                [b'h', b'e', b'i' | b'v', ..] | [b'm', b'i', b'f', b'1', ..] => "image/heic",
                [b'M', b'4', b'A', ..] => "audio/mp4",
                [b'q', b't', ..] => "video/quicktime",
                _ => "video/mp4",
            };
        }
        // with the size of the header that follows, for `BM` may begin a word
        [b'B', b'M', rest @ ..] if rest.get(12..16).is_some_and(is_bitmap_header) => {
            return "image/bmp";
        }
        // a frame of layer III
        [0xFF, 0xFB | 0xFA | 0xF3 | 0xF2 | 0xE3 | 0xE2, third, ..] if third >> 4 != 0xF => {
            return "audio/mpeg";
        }
        _ => {}
    }
    if bytes.get(128..132) == Some(b"DICM") {
        return "application/dicom";
    }
    if memmem::find(start, b"%PDF-").is_some() {
        return "application/pdf";
    }
    match text(bytes) {
        _ if bytes.is_empty() => UNKNOWN,
        Some(text) => text.media_type,
        // markup with bytes that have no meaning in its encoding is still markup
        None => match std::str::from_utf8(start.trim_ascii_start()) {
            Ok(head) if head.starts_with("<?xml") => "application/xml",
            _ => UNKNOWN,
        },
    }
}

fn is_bitmap_header(size: &[u8]) -> bool {
    matches!(size, [12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
}

/// A ZIP archive by the names that are in it.
fn archive(bytes: &[u8]) -> &'static str {
    // OpenDocument and EPUB store their type first, and not compressed
    if let Some([.., _]) = bytes.get(30..38).filter(|name| *name == b"mimetype") {
        let stored = &bytes[38..];
        for known in [
            "application/vnd.oasis.opendocument.text",
            "application/vnd.oasis.opendocument.spreadsheet",
            "application/vnd.oasis.opendocument.presentation",
            "application/epub+zip",
        ] {
            if stored.starts_with(known.as_bytes()) {
                return known;
            }
        }
    }
    let kinds: [(&[u8], &'static str); 3] = [
        (b"word/document", DOCX),
        (b"xl/workbook", XLSX),
        (b"ppt/presentation", PPTX),
    ];
    let found = kinds
        .iter()
        .find(|(name, _)| memmem::find(bytes, name).is_some());
    found.map_or("application/zip", |(_, media_type)| media_type)
}

/// An old Office file by the names in its directory.
fn compound(bytes: &[u8]) -> &'static str {
    let kinds = [
        ("WordDocument", "application/msword"),
        ("Workbook", "application/vnd.ms-excel"),
        ("PowerPoint Document", "application/vnd.ms-powerpoint"),
        ("__substg1.0_", "application/vnd.ms-outlook"),
        ("Book", "application/vnd.ms-excel"),
    ];
    let found = kinds.iter().find(|(name, _)| {
        let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memmem::find(bytes, &name).is_some()
    });
    found.map_or("application/x-ole-storage", |(_, media_type)| media_type)
}

/// A file of text.
pub(super) struct Text {
    pub(super) media_type: &'static str,
    /// The encoding, as it is named in a `charset` parameter.
    pub(super) charset: &'static str,
}

/// What text a file is, or `None` if it is none.
pub(super) fn text(bytes: &[u8]) -> Option<Text> {
    let (content, charset) = decode(bytes)?;
    let head: String = content.trim_start().chars().take(START).collect();
    let lower = head.to_ascii_lowercase();
    let media_type = if lower.starts_with("<!doctype html") || lower.starts_with("<html") {
        "text/html"
    } else if lower.starts_with("<svg") || (lower.starts_with("<?xml") && lower.contains("<svg")) {
        "image/svg+xml"
    } else if lower.starts_with("<?xml") && lower.contains("<html") {
        "text/html"
    } else if lower.starts_with("<?xml") || is_element(&head) {
        if ["<body", "<div", "<p>", "<table", "<head"]
            .iter()
            .any(|tag| lower.starts_with(tag))
        {
            "text/html"
        } else {
            "application/xml"
        }
    } else if ["MSH|", "FHS|", "BHS|"]
        .iter()
        .any(|head_of| head.starts_with(head_of))
    {
        HL7V2
    } else if head.starts_with(['{', '[']) && is_json(&content) {
        "application/json"
    } else if is_mail(&head) {
        "message/rfc822"
    } else {
        "text/plain"
    };
    Some(Text {
        media_type,
        charset,
    })
}

/// The characters of a text, and the name of their encoding.
fn decode(bytes: &[u8]) -> Option<(std::borrow::Cow<'_, str>, &'static str)> {
    let is_text = |text: &str| {
        let strange = |c: char| c.is_control() && !"\t\r\n\u{B}\u{C}\u{1A}\u{1B}\u{1C}".contains(c);
        !text.contains(strange)
    };
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(bytes) {
        let text = encoding.decode_without_bom_handling_and_without_replacement(&bytes[mark..])?;
        let name = if encoding == encoding_rs::UTF_8 {
            "utf-8"
        } else {
            "utf-16"
        };
        return is_text(&text).then_some((text, name));
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        let name = if text.is_ascii() { "us-ascii" } else { "utf-8" };
        return is_text(text).then_some((text.into(), name));
    }
    // nearly every byte means something there: some words must be left
    let letters = bytes
        .iter()
        .filter(|byte| byte.is_ascii_alphanumeric() || **byte == b' ')
        .count();
    if letters < bytes.len() / 2 {
        return None;
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    is_text(&text).then_some((text, "windows-1252"))
}

fn is_element(head: &str) -> bool {
    let Some(rest) = head.strip_prefix('<') else {
        return false;
    };
    let name_ends = rest.find(|c: char| !(c.is_alphanumeric() || "_:-.".contains(c)));
    rest.starts_with("!--")
        || name_ends.is_some_and(|end| {
            end > 0
                && rest.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && rest[end..].starts_with([' ', '>', '/', '\n', '\r', '\t'])
        })
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text.trim_start_matches('\u{FEFF}')).is_ok()
}

/// Whether a text begins with the head of a mail: two of its usual fields, and nothing else.
fn is_mail(head: &str) -> bool {
    const FIELDS: [&str; 12] = [
        "from",
        "to",
        "subject",
        "date",
        "mime-version",
        "message-id",
        "received",
        "return-path",
        "content-type",
        "delivered-to",
        "reply-to",
        "x-mailer",
    ];
    let mut known = 0;
    let mut strict = false;
    for line in head.lines().take_while(|line| !line.is_empty()) {
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, _)) = line.split_once(':') else {
            return false;
        };
        let name = name.to_ascii_lowercase();
        if !name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        {
            return false;
        }
        known += usize::from(FIELDS.contains(&&*name));
        // a letter may have From, To and Date as well
        strict |= ["mime-version", "message-id", "received", "return-path"].contains(&&*name);
    }
    known >= 2 && strict
}

/// The media types that the ending of a name allows, the usual one first; `None` if it promises
/// nothing.
pub(super) fn promised(file_name: &str) -> Option<&'static [&'static str]> {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, ending) = name.rsplit_once('.')?;
    if stem.is_empty() {
        return None;
    }
    let ending = ending.to_ascii_lowercase();
    ENDINGS
        .iter()
        .find(|(known, _)| *known == ending)
        .map(|(_, types)| *types)
}
