//! Notes and documents of a chart, and the bytes that stand in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::sections::{Status, first, statuses};
use super::show::{Show, size};
use super::words::{joined, label, words};
use super::{Chart, ChartError, kind};

/// A document reference or another resource with an attachment.
pub struct Document {
    /// The number of the resource.
    pub number: usize,
    /// When, as the source says it.
    pub date: String,
    /// What it is.
    pub title: String,
    /// Who wrote or signed it.
    pub author: String,
    /// In what state.
    pub statuses: Vec<Status>,
    /// Its attachments.
    pub parts: Vec<Part>,
}

/// An attachment of it.
pub struct Part {
    /// Its place among the attachments.
    pub number: usize,
    /// What the source calls it.
    pub media_type: String,
    /// How long it is, for people.
    pub size: String,
    /// A text that is short enough to stand in the chart.
    pub text: Option<String>,
    /// Whether the chart has its bytes.
    pub is_here: bool,
    /// Whether its bytes are a picture.
    pub is_picture: bool,
}

/// Longer notes are opened on a page of their own.
const LONGEST_NOTE: usize = 20_000;

/// The documents of a chart, the latest first.
pub fn documents(chart: &Chart) -> Vec<Document> {
    let found = chart.resources.iter().filter(|(_, resource)| {
        kind(resource) == "DocumentReference" || !attachments(resource).is_empty()
    });
    let mut documents: Vec<Document> = found
        .map(|(number, resource)| Document {
            number: *number,
            date: first(
                resource,
                &["date", "effectiveDateTime", "issued", "period"],
                &chart.names,
            ),
            title: joined(
                [
                    label(&resource["type"], &chart.names),
                    words(&resource["description"], &chart.names),
                ],
                ": ",
            ),
            author: joined(
                [
                    words(&resource["author"], &chart.names),
                    words(&resource["authenticator"], &chart.names),
                ],
                "; ",
            ),
            statuses: statuses(resource),
            parts: attachments(resource)
                .into_iter()
                .enumerate()
                .map(|(number, attachment)| part(number, attachment))
                .collect(),
        })
        .collect();
    for document in &mut documents {
        if document.title.is_empty() {
            document.title = chart
                .resource(document.number)
                .map_or_else(|_| String::new(), |resource| chart.title(resource));
        }
        if document.title.is_empty() {
            document.title = "(without a name)".to_owned();
        }
    }
    documents.sort_by_key(|document| std::cmp::Reverse(document.date.clone()));
    documents
}

/// Media type and bytes of an attachment.
///
/// # Errors
///
/// If there is no such attachment, or its bytes are not in the chart.
pub fn content(resource: &Value, number: usize) -> Result<(String, Vec<u8>), ChartError> {
    let attachments = attachments(resource);
    let attachment = attachments.get(number).ok_or(ChartError::Missing)?;
    let data = attachment["data"].as_str().ok_or(ChartError::Missing)?;
    let bytes = STANDARD.decode(data).map_err(|_| ChartError::Malformed)?;
    Ok((media_type(attachment), bytes))
}

fn attachments(resource: &Value) -> Vec<&Value> {
    let list = |field: &str| resource[field].as_array().into_iter().flatten();
    let contents = list("content").map(|content| &content["attachment"]);
    let single = Some(&resource["content"])
        .filter(|content| content.is_object() && kind(resource) == "Media");
    contents
        .chain(list("presentedForm"))
        .chain(list("photo"))
        .chain(single)
        .filter(|found| found.is_object())
        .collect()
}

fn part(number: usize, attachment: &Value) -> Part {
    let bytes = attachment["data"]
        .as_str()
        .and_then(|data| STANDARD.decode(data).ok());
    let media_type = media_type(attachment);
    let show = bytes.as_deref().map(|bytes| Show::of(&media_type, bytes));
    let text = bytes
        .as_ref()
        .filter(|bytes| show == Some(Show::Text) && bytes.len() <= LONGEST_NOTE);
    Part {
        number,
        size: bytes
            .as_ref()
            .map_or_else(String::new, |bytes| size(bytes.len())),
        text: text.map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
        is_here: bytes.is_some(),
        is_picture: show.is_some_and(Show::is_picture),
        media_type,
    }
}

fn media_type(attachment: &Value) -> String {
    attachment["contentType"]
        .as_str()
        .unwrap_or("application/octet-stream")
        .to_owned()
}
