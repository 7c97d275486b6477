//! Every value of a resource with its path: whatever a page shows or leaves out, it stands here.

use serde_json::Value;

/// Binary content is not text; its length is.
const LONGEST_DATA: usize = 200;

/// Paths and values in the order of the resource.
pub fn lines(resource: &Value) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    add(resource, "", &mut lines);
    lines
}

fn add(value: &Value, path: &str, lines: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let below = if path.is_empty() {
                    name.clone()
                } else {
                    format!("{path}.{name}")
                };
                add(value, &below, lines);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                add(value, &format!("{path}[{index}]"), lines);
            }
        }
        Value::String(text) if path.ends_with(".data") && text.len() > LONGEST_DATA => {
            lines.push((
                path.to_owned(),
                format!("(content, {} letters of Base64)", text.len()),
            ));
        }
        Value::String(text) => lines.push((path.to_owned(), text.clone())),
        other => lines.push((path.to_owned(), other.to_string())),
    }
}
