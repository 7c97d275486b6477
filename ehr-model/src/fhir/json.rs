//! A writer of JSON that never builds a tree.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::element::Missing;
use crate::fhir::{DATA_ABSENT_REASON_EXTENSION, SOURCE_DATE_TIME_EXTENSION};
use crate::record::{Kind, RecordId};
use crate::value::{PartialDate, Precision};

/// How references to other records are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum ReferenceStyle {
    /// `Patient/<id>`, for NDJSON.
    #[default]
    Relative,
    /// `urn:uuid:<id>`, for bundles.
    UrnUuid,
}

/// Appends JSON to a byte buffer. Commas are its business, order is the caller's.
pub struct JsonWriter<'a> {
    out: &'a mut Vec<u8>,
    style: ReferenceStyle,
    frames: Vec<Frame>,
    /// Put before the keys of the current frame (`value` + `Quantity`).
    prefix: Option<(&'static str, usize)>,
    scratch: String,
}

#[derive(Default, Clone, Copy)]
struct Frame {
    comma: bool,
    extensions: bool,
}

impl<'a> JsonWriter<'a> {
    /// Writes to the end of `out`.
    pub fn new(out: &'a mut Vec<u8>, style: ReferenceStyle) -> Self {
        Self {
            out,
            style,
            frames: vec![Frame::default()],
            prefix: None,
            scratch: String::new(),
        }
    }

    /// Opens an object where a value stands.
    pub fn begin_object(&mut self) {
        self.out.push(b'{');
        self.frames.push(Frame::default());
    }

    /// Closes the object.
    pub fn end_object(&mut self) {
        self.close_extensions();
        self.frames.pop();
        self.out.push(b'}');
    }

    /// Opens an array where a value stands.
    pub fn begin_array(&mut self) {
        self.out.push(b'[');
        self.frames.push(Frame::default());
    }

    /// Closes the array.
    pub fn end_array(&mut self) {
        self.frames.pop();
        self.out.push(b']');
    }

    /// Starts an item of an array.
    pub fn item(&mut self) {
        self.comma();
    }

    /// Writes the key of a member.
    pub fn key(&mut self, name: &str) {
        self.write_key("", name);
    }

    /// Writes keys of the current object with a prefix, as FHIR names choices of types.
    pub fn with_prefix(&mut self, prefix: &'static str, write: impl FnOnce(&mut Self)) {
        let before = self.prefix.replace((
            prefix.strip_suffix("[x]").unwrap_or(prefix),
            self.frames.len(),
        ));
        write(self);
        self.prefix = before;
    }

    /// Writes a string with JSON's escapes.
    pub fn string(&mut self, text: &str) {
        serde_json::to_writer(&mut *self.out, text).expect("a string writes to a buffer");
    }

    /// Writes a member whose value is a string.
    pub fn member(&mut self, name: &str, text: &str) {
        self.key(name);
        self.string(text);
    }

    /// Writes text that is JSON already.
    pub fn raw(&mut self, json: &str) {
        self.out.extend_from_slice(json.as_bytes());
    }

    /// Writes a whole number.
    pub fn integer(&mut self, value: i64) {
        serde_json::to_writer(&mut *self.out, &value).expect("a number writes to a buffer");
    }

    /// Writes bytes as a base64 string.
    pub fn base64(&mut self, bytes: &[u8]) {
        self.out.push(b'"');
        let start = self.out.len();
        self.out.resize(start + bytes.len().div_ceil(3) * 4, 0);
        STANDARD
            .encode_slice(bytes, &mut self.out[start..])
            .expect("the buffer was sized for it");
        self.out.push(b'"');
    }

    /// Writes a reference to a record.
    pub fn reference(&mut self, kind: Kind, id: RecordId) {
        self.out.push(b'"');
        match self.style {
            ReferenceStyle::Relative => {
                self.raw(kind.fhir());
                self.out.push(b'/');
            }
            ReferenceStyle::UrnUuid => self.raw("urn:uuid:"),
        }
        self.uuid(id);
        self.out.push(b'"');
    }

    /// Writes the id of a record as a string.
    pub fn id(&mut self, id: RecordId) {
        self.out.push(b'"');
        self.uuid(id);
        self.out.push(b'"');
    }

    /// Writes a date-time as far as FHIR's `dateTime` carries it: a time needs an offset, and
    /// seconds, which are filled with zero when the minute is known.
    pub fn date_time(&mut self, date: &PartialDate) {
        let mut text = std::mem::take(&mut self.scratch);
        text.clear();
        if date.has_time() && date.offset_minutes().is_none() {
            date.date_part().write_iso(&mut text);
        } else {
            date.write_iso(&mut text);
            if date.precision() == Precision::Minute {
                text.insert_str("0000-00-00T00:00".len(), ":00");
            }
        }
        self.string(&text);
        self.scratch = text;
    }

    /// Writes the key of a primitive's sibling.
    pub(crate) fn sibling_key(&mut self, name: &str) {
        self.write_key("_", name);
    }

    /// Writes, as the sibling of a date, the date exactly as precise as the source gave it.
    pub(crate) fn source_date_time(&mut self, date: &PartialDate) {
        self.begin_object();
        self.open_extension(SOURCE_DATE_TIME_EXTENSION);
        self.member("valueString", &date.to_iso());
        self.end_object();
        self.end_object();
    }

    /// Writes a field that has no value but a reason for it.
    pub(crate) fn absent_member(
        &mut self,
        name: &str,
        primitive: bool,
        missing: Missing,
        reason: &str,
    ) {
        if let Missing::Code(code) = missing {
            self.key(name);
            if primitive {
                self.string(code);
                if reason == code {
                    return;
                }
            }
        }
        match (primitive, missing) {
            (true, _) => self.write_key("_", name),
            (false, Missing::Code(_)) => {}
            (false, _) => self.key(name),
        }
        self.begin_object();
        self.absent_reason(reason);
        self.end_object();
    }

    /// Writes a list that has no value but a reason for it.
    pub(crate) fn absent_list(&mut self, name: &str, reason: &str) {
        self.key(name);
        self.begin_array();
        self.item();
        self.begin_object();
        self.absent_reason(reason);
        self.end_object();
        self.end_array();
    }

    /// Writes an extension that has no value but a reason for it.
    pub(crate) fn absent_extension(&mut self, url: &str, reason: &str) {
        self.open_extension(url);
        self.absent_reason(reason);
        self.end_object();
    }

    /// Opens one extension of the current object; the caller writes its value and ends the object.
    pub(crate) fn open_extension(&mut self, url: &str) {
        let open = self.frames.last().is_some_and(|frame| frame.extensions);
        if open {
            self.out.push(b',');
        } else {
            let prefix = self.prefix.take();
            self.key("extension");
            self.prefix = prefix;
            self.out.push(b'[');
            if let Some(frame) = self.frames.last_mut() {
                frame.extensions = true;
            }
        }
        self.begin_object();
        self.member("url", url);
    }

    /// Closes the `extension` array of the current object, if it is open.
    pub(crate) fn close_extensions(&mut self) {
        if let Some(frame) = self.frames.last_mut()
            && frame.extensions
        {
            frame.extensions = false;
            self.out.push(b']');
        }
    }

    fn absent_reason(&mut self, reason: &str) {
        self.open_extension(DATA_ABSENT_REASON_EXTENSION);
        self.member("valueCode", reason);
        self.end_object();
    }

    fn write_key(&mut self, sibling: &str, name: &str) {
        self.comma();
        self.out.push(b'"');
        self.raw(sibling);
        match self.prefix {
            Some((prefix, depth)) if depth == self.frames.len() => self.raw(prefix),
            _ => {}
        }
        self.raw(name);
        self.raw("\":");
    }

    fn comma(&mut self) {
        if let Some(frame) = self.frames.last_mut() {
            if frame.comma {
                self.out.push(b',');
            }
            frame.comma = true;
        }
    }

    fn uuid(&mut self, id: RecordId) {
        let mut buffer = [0; 36];
        self.out.extend_from_slice(
            id.as_uuid()
                .hyphenated()
                .encode_lower(&mut buffer)
                .as_bytes(),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::datatype::{Attachment, Period, Timing};
    use crate::element::Value as _;
    use crate::value::{DataAbsentReason, Field};

    fn json(write: impl FnOnce(&mut JsonWriter<'_>)) -> String {
        let mut out = Vec::new();
        write(&mut JsonWriter::new(&mut out, ReferenceStyle::Relative));
        String::from_utf8(out).unwrap()
    }

    fn date(text: &str) -> PartialDate {
        PartialDate::parse(text).unwrap()
    }

    #[test]
    fn a_time_without_an_offset_keeps_its_time_beside_the_date() {
        let period = Period {
            start: date("2020-02-03T04:05:06").into(),
            end: date("2020-02-03T04:05Z").into(),
        };
        assert_eq!(
            json(|out| period.write(out)),
            concat!(
                r#"{"start":"2020-02-03","_start":{"extension":[{"url":"urn:ehr-model:source-date-time","#,
                r#""valueString":"2020-02-03T04:05:06"}]},"end":"2020-02-03T04:05:00Z","_end":{"extension":"#,
                r#"[{"url":"urn:ehr-model:source-date-time","valueString":"2020-02-03T04:05Z"}]}}"#,
            )
        );
    }

    #[test]
    fn lists_have_siblings_at_the_same_places() {
        let timing = Timing {
            event: vec![date("2020"), date("2020-02-03T04:05:06")],
            ..Timing::default()
        };
        let written = json(|out| timing.write(out));
        assert!(
            written.starts_with(r#"{"event":["2020","2020-02-03"],"_event":[null,{"extension":"#),
            "{written}"
        );
    }

    #[test]
    fn absence_is_written_with_its_reason() {
        let attachment = Attachment {
            title: Field::Absent(DataAbsentReason::Masked),
            ..Attachment::default()
        };
        let written = json(|out| attachment.write(out));
        assert!(
            written.starts_with(r#"{"_title":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"masked"}]}"#),
            "{written}"
        );
    }

    #[test]
    fn text_is_escaped() {
        assert_eq!(
            json(|out| out.string("a\"\\\n\u{1}é")),
            "\"a\\\"\\\\\\n\\u0001é\""
        );
    }

    #[test]
    fn bytes_are_base64() {
        assert_eq!(json(|out| out.base64(b"")), "\"\"");
        assert_eq!(json(|out| out.base64(b"PDF!")), "\"UERGIQ==\"");
    }
}
