//! The small XML files of CDC: records of texts, with or without names beside them.

use encoding_rs::WINDOWS_1252;
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::terminology::TerminologyError;

/// A record: its texts by name. `<CVXCode>03</CVXCode>` has the name of its element, and
/// `<Name>Status</Name><Value>Active</Value>` the name that stands before it.
#[derive(Default)]
pub(super) struct XmlRecord {
    texts: Vec<(String, String)>,
    pub(super) line: u64,
}

impl XmlRecord {
    /// The text with a name, without blanks around; names are compared without blanks and `_`.
    pub(super) fn get(&self, name: &str) -> &str {
        let found = self.texts.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, text)| text.trim())
    }
}

/// The records of a file: the elements of this name.
pub(super) fn records(
    file: &str,
    bytes: &[u8],
    element: &str,
) -> Result<Vec<XmlRecord>, TerminologyError> {
    // The files declare ISO-8859-1 or nothing; what is valid UTF-8 is that.
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => WINDOWS_1252.decode(bytes).0,
    };
    let mut reader = Reader::from_str(&text);
    let mut records = Vec::new();
    let mut record: Option<XmlRecord> = None;
    let (mut name, mut value, mut label) = (String::new(), String::new(), None);
    loop {
        let at = reader.buffer_position() as usize;
        let malformed = |expected| {
            let before = &text[..at.min(text.len())];
            let line = before.matches('\n').count() as u64 + 1;
            let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1) + 1;
            TerminologyError::Layout {
                file: file.to_owned(),
                line,
                column,
                expected,
            }
        };
        match reader
            .read_event()
            .map_err(|_| malformed("well-formed XML"))?
        {
            Event::Start(start) => {
                name = start.name().as_ref().to_owned();
                value.clear();
                if name == element {
                    let line = text[..at].matches('\n').count() as u64 + 1;
                    record = Some(XmlRecord {
                        line,
                        ..XmlRecord::default()
                    });
                }
            }
            Event::Text(part) => value.push_str(&part),
            Event::GeneralRef(entity) => match entity.resolve_char_ref().ok().flatten() {
                Some(character) => value.push(character),
                None => match &*entity {
                    "amp" => value.push('&'),
                    "lt" => value.push('<'),
                    "gt" => value.push('>'),
                    "apos" => value.push('\''),
                    "quot" => value.push('"'),
                    _ => return Err(malformed("one of the five entities of XML")),
                },
            },
            Event::End(end) if end.name().as_ref() == element => records.extend(record.take()),
            Event::End(end) if end.name().as_ref() == name => {
                if let Some(record) = &mut record {
                    match name.as_str() {
                        "Name" => label = Some(value.replace(['_', ' '], "")),
                        "Value" => record
                            .texts
                            .extend(label.take().map(|label| (label, value.clone()))),
                        _ => record.texts.push((name.clone(), value.clone())),
                    }
                }
                name.clear();
            }
            Event::Eof if record.is_some() => return Err(malformed("the end of the record")),
            Event::Eof => break,
            _ => {}
        }
    }
    match records.is_empty() {
        true => Err(TerminologyError::NoCode {
            file: file.to_owned(),
        }),
        false => Ok(records),
    }
}
