//! Documents inside of messages: ED, RP, and texts that many OBX make up.

use ehr_model::datatype::{Annotation, Attachment, Bytes};
use ehr_model::element::Element;
use ehr_model::kind::ImmunizationEducation;
use ehr_model::source::NodeId;
use ehr_model::value::{Field, Text};

use super::{BYTES_UNREADABLE, ENCODING_UNKNOWN, parts, time};
use crate::ccda::decode_base64;
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

/// Words that older versions have for the type of data, with what their subtype means.
const MEDIA: &[(&str, &str)] = &[
    ("pdf", "application/pdf"),
    ("rtf", "application/rtf"),
    ("html", "text/html"),
    ("xml", "application/xml"),
    ("x-hl7-cda-level-one", "application/hl7-cda+xml"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("tiff", "image/tiff"),
    ("tif", "image/tiff"),
    ("dicom", "application/dicom"),
    ("octet-stream", "application/octet-stream"),
    ("plain", "text/plain"),
    ("basic", "audio/basic"),
];

/// `ED`: bytes, exactly as they were encoded.
pub(super) fn ed(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Attachment>() else {
        return;
    };
    let Some((leaf, data)) = parts::part(intake, node, 5)
        .filter(|_| parts::part(intake, node, 1) != Some(node))
        .and_then(|part| parts::leaf(intake, part))
    else {
        return;
    };
    let encoding = parts::peek(intake, node, 4).unwrap_or_default();
    let bytes = match encoding.to_ascii_uppercase().as_str() {
        "BASE64" => decode_base64(data).ok(),
        "HEX" => hex(data),
        "A" | "" => Some(data.as_bytes().to_vec()),
        _ => {
            return intake.refuse(leaf, ENCODING_UNKNOWN);
        }
    };
    let Some(bytes) = bytes else {
        return intake.refuse(leaf, BYTES_UNREADABLE);
    };
    intake.claim(leaf);
    parts::take(intake, node, 4);
    fill(out, bytes);
    media_type(intake, node, (2, 3), out);
}

/// `RP`: where the bytes lie.
pub(super) fn rp(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Attachment>() else {
        return;
    };
    if let Some(pointer) = parts::text(intake, node, 1) {
        out.url = Field::Value(pointer);
        media_type(intake, node, (3, 4), out);
    }
}

fn media_type(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    (kind, subtype): (usize, usize),
    out: &mut Attachment,
) {
    let kind = parts::text(intake, node, kind);
    let subtype = parts::text(intake, node, subtype);
    let kind = kind.as_ref().map(Text::expose).unwrap_or_default();
    let subtype = subtype.as_ref().map(Text::expose).unwrap_or_default();
    let lower = subtype.to_ascii_lowercase();
    let known = MEDIA.iter().find(|(word, _)| *word == lower);
    let written = match (known, kind, subtype) {
        (Some((_, media)), _, _) => (*media).to_owned(),
        (None, "", "") => return,
        (None, kind, "") => kind.to_ascii_lowercase(),
        (None, "", _) => lower,
        (None, kind, _) => format!("{}/{lower}", kind.to_ascii_lowercase()),
    };
    out.content_type = Field::Value(written.into());
}

/// `DOCUMENT`: the text of all OBX under a document, one line each, as one plain text.
pub(super) fn document(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Attachment>() else {
        return;
    };
    let mut lines = Vec::new();
    let segments: Vec<NodeId> = intake.children(node, "OBX").collect();
    let first = segments.first().copied();
    for segment in segments {
        claim_same(intake, first, segment);
        let kind = intake.child(segment, "OBX-2");
        let words = kind.and_then(|kind| intake.peek(kind)).unwrap_or("TX");
        if !matches!(words, "TX" | "FT" | "ST") {
            continue;
        }
        let values: Vec<NodeId> = intake.children(segment, "OBX-5").collect();
        let mut any = false;
        for value in values {
            let line = parts::whole(intake, value);
            any |= line.is_some();
            lines.push(line.unwrap_or_default());
        }
        if any && let Some(kind) = kind {
            intake.claim(kind);
        }
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if !lines.is_empty() {
        fill(out, lines.join("\n").into_bytes());
        out.content_type = Field::Value("text/plain; charset=utf-8".into());
    }
}

/// A line that is of the same note as the first says so again.
fn claim_same(intake: &mut Intake<'_, '_>, first: Option<NodeId>, segment: NodeId) {
    let [first, again] = [first, Some(segment)].map(|segment| {
        let field = segment.and_then(|segment| intake.child(segment, "OBX-3"));
        field.map_or_else(Vec::new, |field| parts::filled(intake, field))
    });
    let words = |leaves: &[NodeId]| -> Vec<_> {
        let leaves = leaves.iter();
        leaves.map(|leaf| intake.peek(*leaf)).collect()
    };
    if words(&first) == words(&again) {
        again.into_iter().for_each(|leaf| intake.claim(leaf));
    }
}

fn fill(out: &mut Attachment, bytes: Vec<u8>) {
    out.size = i64::try_from(bytes.len()).map_or(Field::Empty, Field::Value);
    out.data = Field::Value(Bytes::from(bytes));
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16))
        .collect::<Option<_>>()?;
    digits.len().is_multiple_of(2).then(|| {
        digits
            .chunks(2)
            .map(|pair| (pair[0] * 16 + pair[1]) as u8)
            .collect()
    })
}

/// `NTE`: a note, with who entered it and when. Read at the segment.
pub(super) fn nte(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Annotation>() else {
        return;
    };
    let Some(words) = comment(intake, node) else {
        return;
    };
    out.text = Field::Value(words.into());
    if let Some(author) = intake.child(node, "NTE-5") {
        out.author_string = person(intake, author);
    }
    if let Some(at) = intake.child(node, "NTE-6") {
        out.time = time::date(intake, at);
    }
}

/// `NTE-text`: a comment alone.
pub(super) fn nte_text<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    Ok(match comment(intake, node) {
        Some(words) => Value::Text(words.into()),
        None => Value::Nothing,
    })
}

/// `NTE-lines`: all comments on a segment, from the first of them.
pub(super) fn nte_lines<'r>(
    intake: &mut Intake<'r, '_>,
    node: NodeId,
) -> Result<Value<'r>, Unreadable> {
    let segment = intake.record().parent(node);
    let comments: Vec<NodeId> = intake.children(segment, "NTE").collect();
    let mut lines = Vec::new();
    for one in comments {
        lines.extend(comment(intake, one));
    }
    Ok(if lines.is_empty() {
        Value::Nothing
    } else {
        Value::Text(lines.join("\n").into())
    })
}

/// `NTE-document`: a comment as a plain text.
pub(super) fn nte_document(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    if let Some(out) = element.as_any_mut().downcast_mut::<Attachment>()
        && let Some(words) = comment(intake, node)
    {
        fill(out, words.into_bytes());
        out.content_type = Field::Value("text/plain; charset=utf-8".into());
    }
}

/// The lines of a comment.
fn comment(intake: &mut Intake<'_, '_>, node: NodeId) -> Option<String> {
    let lines: Vec<NodeId> = intake.children(node, "NTE-3").collect();
    let mut words = Vec::new();
    for line in lines {
        words.push(parts::whole(intake, line).unwrap_or_default());
    }
    while words.last().is_some_and(String::is_empty) {
        words.pop();
    }
    if words.is_empty() {
        // some write the comment where its source should stand
        let source = intake.child(node, "NTE-2");
        let written = source.and_then(|source| intake.peek(source));
        if written.is_some_and(|text| text.trim().len() > 1)
            && let Some(source) = source
        {
            words.extend(parts::whole(intake, source));
        }
    }
    (!words.is_empty()).then(|| words.join("\n"))
}

/// A person as one text: the number and its authority stay in the text too.
fn person(intake: &mut Intake<'_, '_>, node: NodeId) -> Field<Text> {
    let mut words = Vec::new();
    for number in [6, 3, 4, 2, 5, 7] {
        if let Some(part) = parts::part(intake, node, number)
            && let Some(word) = parts::whole(intake, part)
        {
            words.push(word);
        }
    }
    if let Some(number) = parts::text(intake, node, 1) {
        let authority = parts::part(intake, node, 9).and_then(|part| parts::whole(intake, part));
        words.push(match authority {
            Some(authority) => format!("({} {authority})", number.expose()),
            None => format!("({})", number.expose()),
        });
    }
    if words.is_empty() {
        Field::Empty
    } else {
        Field::Value(words.join(" ").into())
    }
}

/// `VIS`: an information sheet that was handed out: of the OBX that names it, and of those with the
/// same sub-id that say when it was published and handed out.
pub(super) fn vis(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<ImmunizationEducation>() else {
        return;
    };
    let record = intake.record();
    let sub_id = |intake: &Intake<'_, '_>, segment| {
        let field = intake.child(segment, "OBX-4")?;
        intake.peek(field).map(str::to_owned)
    };
    let mine = sub_id(intake, node);
    let Some(name) = intake.child(node, "OBX-5") else {
        return;
    };
    let mut concept = ehr_model::datatype::CodeableConcept::default();
    super::code::concept(intake, name, &mut concept);
    let display = concept
        .coding
        .iter()
        .find_map(|coding| coding.display.value());
    let code = concept.coding.iter().find_map(|coding| coding.code.value());
    let text = concept.text.value().or(display).or(code);
    if let Some(text) = text {
        out.document_type = Field::Value(text.clone());
    }
    let siblings: Vec<NodeId> = intake.children(record.parent(node), "OBX").collect();
    for sibling in siblings {
        if sub_id(intake, sibling) != mine {
            continue;
        }
        let test = intake.child(sibling, "OBX-3");
        let test = test.and_then(|test| parts::peek(intake, test, 1));
        let Some(value) = intake.child(sibling, "OBX-5") else {
            continue;
        };
        match test {
            Some("29768-9") => out.publication_date = time::date(intake, value),
            Some("29769-7") => out.presentation_date = time::date(intake, value),
            _ => {}
        }
    }
}
