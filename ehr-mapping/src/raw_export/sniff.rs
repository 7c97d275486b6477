//! What a file is, by its first bytes.

use std::io::Read;

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

use super::{RawKind, delimited};
use crate::Error;
use crate::documents::media_type;
use crate::format::{DETECT_BYTES, Format};
use crate::source::{SourceFile, SourceFolder};

/// The kind of a file, and the encoding of its text.
pub(super) fn file(
    folder: &dyn SourceFolder,
    file: &SourceFile,
) -> Result<(RawKind, Option<String>), Error> {
    if file.bytes == 0 {
        return Ok((RawKind::Empty, None));
    }
    let failed = || Error::io(&file.name, "reading a file of the export");
    let mut start = Vec::new();
    let stream = folder.open(&file.name).map_err(failed())?;
    stream
        .take(DETECT_BYTES as u64)
        .read_to_end(&mut start)
        .map_err(failed())?;
    let whole = start.len() as u64 == file.bytes;
    let encoding = encoding_of(&start, whole);
    let name = encoding.map(|encoding| encoding.name().to_lowercase());
    let kind = if let Some(format) = Format::detect(&start) {
        let name = match format {
            Format::Xlsx => None,
            _ => name,
        };
        return Ok((RawKind::Format(format), name));
    } else if let Some(encoding) = encoding {
        let text = text_of(&start, encoding);
        if is_xml(&text) {
            RawKind::Xml
        } else if let media @ ("text/rtf" | "application/rtf" | "text/html" | "application/json") =
            media_type(&start)
        {
            RawKind::Document(media)
        } else {
            delimited::table(&text, encoding, whole)
        }
    } else {
        RawKind::Document(media_type(&start))
    };
    let name = name.filter(|_| !matches!(kind, RawKind::Document(_)));
    Ok((kind, name))
}

/// The encoding of a text, or `None` for what is no text.
fn encoding_of(start: &[u8], whole: bool) -> Option<&'static Encoding> {
    if let Some((encoding, _)) = Encoding::for_bom(start) {
        return Some(encoding);
    }
    let media = media_type(start);
    let is_text = media.starts_with("text/") || media.contains("xml") || media.contains("json");
    let controls = start
        .iter()
        .filter(|byte| **byte < 9 || (14..32).contains(*byte) && **byte != 0x1a)
        .count();
    if !is_text && media != "application/octet-stream" || controls * 100 > start.len() {
        return None;
    }
    match std::str::from_utf8(start) {
        Ok(_) => Some(UTF_8),
        // a character may be cut at the end
        Err(error) if !whole && error.error_len().is_none() => Some(UTF_8),
        Err(_) => Some(WINDOWS_1252),
    }
}

fn text_of(start: &[u8], encoding: &'static Encoding) -> String {
    encoding.decode(start).0.into_owned()
}

fn is_xml(text: &str) -> bool {
    let text = text.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']);
    if text.starts_with("<?xml") {
        return true;
    }
    let mut letters = text.chars();
    letters.next() == Some('<')
        && letters.next().is_some_and(char::is_alphabetic)
        && !text
            .get(..14)
            .is_some_and(|start| start.eq_ignore_ascii_case("<!doctype html"))
        && !text
            .get(..5)
            .is_some_and(|start| start.eq_ignore_ascii_case("<html"))
        && text.contains("</")
}
