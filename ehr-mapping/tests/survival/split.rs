//! The values of HL7 v2 messages and X12 interchanges, by nothing but splitting text. What stands
//! above a value depends on how segments are grouped, which is the crate's business: a path here is
//! that of the field, such as `OBX-5` or `HI01`.

use super::Value;

/// Every value of a file of messages. All files of the corpus have the recommended delimiters and
/// are UTF-8, and these are the escapes that they use.
pub(crate) fn messages(file: &str, bytes: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(bytes);
    let mut values = Vec::new();
    for line in text.trim_start_matches('\u{FEFF}').split(['\r', '\n']) {
        let mut fields = line.split('|');
        let segment = fields.next().unwrap_or_default();
        let header = ["MSH", "BHS", "FHS"].contains(&segment);
        // the separators themselves are fields 1 and 2 of a header
        let (fields, first) = match header {
            true => {
                fields.next();
                (fields, 3)
            }
            false => (fields, 1),
        };
        for (number, field) in fields.enumerate() {
            for part in field.split(['~', '^', '&']) {
                add(
                    file,
                    format!("{segment}-{}", number + first),
                    part,
                    &mut values,
                );
            }
        }
    }
    values
}

/// Every value of the interchanges of a file.
pub(crate) fn interchanges(file: &str, bytes: &[u8]) -> Vec<Value> {
    let text = String::from_utf8_lossy(bytes);
    let mut values = Vec::new();
    let starts: Vec<usize> = text.match_indices("ISA*").map(|(at, _)| at).collect();
    for (number, start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).copied().unwrap_or(text.len());
        let interchange = &text[*start..end];
        let at = |place| interchange.chars().nth(place).unwrap_or('~');
        let (element, repetition, component, terminator) = (at(3), at(82), at(104), at(105));
        for (number, segment) in interchange.split(terminator).enumerate() {
            let mut elements = segment.trim_start().split(element);
            let id = elements.next().unwrap_or_default();
            for (place, value) in elements.enumerate() {
                let path = format!("{id}{:02}", place + 1);
                let below = |c: char| {
                    number > 0 && (c == component || c == repetition && !c.is_alphabetic())
                };
                for part in value.split(below) {
                    add(file, path.clone(), part, &mut values);
                }
            }
        }
    }
    values
}

fn add(file: &str, path: String, text: &str, values: &mut Vec<Value>) {
    let text = text.replace("\\T\\", "&").replace("\\.br\\", "\n");
    if !text.is_empty() {
        values.push(Value {
            file: file.to_owned(),
            path,
            text,
        });
    }
}

/// The field of a path of the crate: `ORC/OBR/OBX/OBX-5/1` is in `OBX-5`, `2300/HI/HI01/2` in `HI01`.
pub(crate) fn field(path: &str) -> String {
    let mut parts = path.rsplit('/');
    let last = parts.find(|part| part.bytes().any(|byte| byte.is_ascii_alphabetic()));
    last.unwrap_or(path).to_owned()
}
