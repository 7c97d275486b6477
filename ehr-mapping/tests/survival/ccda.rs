//! The values of a C-CDA document by `roxmltree`.

use std::collections::HashSet;

use roxmltree::{Document, Node};

use super::Value;

/// Codes, quantities, dates, ids, lot numbers and documents, in no order; `None` for what is no
/// document of clinical XML.
pub(crate) fn values(file: &str, bytes: &[u8]) -> Option<Vec<Value>> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    let document = Document::parse(text.trim_start_matches('\u{FEFF}').trim_start()).ok()?;
    let root = document.root_element();
    if !root.has_tag_name(("urn:hl7-org:v3", "ClinicalDocument")) {
        return None;
    }
    let mut values = Vec::new();
    walk(file, root, "", &mut values);
    // what leads into the narrative is an address, with a hash or without
    let ids: HashSet<&str> = document
        .descendants()
        .filter_map(|node| node.attribute("ID"))
        .collect();
    values.retain(|value| !value.path.ends_with("reference/@value") || !ids.contains(&*value.text));
    Some(values)
}

fn walk(file: &str, element: Node<'_, '_>, above: &str, values: &mut Vec<Value>) {
    let own = match element.tag_name().namespace() {
        Some("urn:hl7-org:sdtc") => format!("sdtc:{}", element.tag_name().name()),
        _ => element.tag_name().name().to_owned(),
    };
    let path = match above {
        "" => own.clone(),
        _ => format!("{above}/{own}"),
    };
    let mut add = |path: String, text: &str| {
        if !text.is_empty() {
            values.push(Value {
                file: file.to_owned(),
                path,
                text: text.to_owned(),
            });
        }
    };
    for attribute in element.attributes() {
        let taken = attribute.namespace().is_none()
            && match (attribute.name(), own.as_str()) {
                (_, "templateId" | "typeId" | "realmCode") => false,
                ("code" | "codeSystem" | "unit" | "root" | "extension", _) => true,
                ("value", "reference") => !attribute.value().starts_with('#'),
                ("value", _) => true,
                _ => false,
            };
        if taken {
            add(format!("{path}/@{}", attribute.name()), attribute.value());
        }
    }
    let text: String = element
        .children()
        .filter(Node::is_text)
        .filter_map(|text| text.text())
        .collect();
    let nested = element.children().any(|child| child.is_element());
    let document = element.attribute("representation") == Some("B64");
    if (document || own == "lotNumberText") && !text.trim().is_empty() {
        let path = match nested {
            true => format!("{path}/#text"),
            false => path.clone(),
        };
        add(path, &text);
    }
    for child in element.children().filter(Node::is_element) {
        walk(file, child, &path, values);
    }
}
