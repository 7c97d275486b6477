//! The keys that rows give to what is made of them.

use ehr_crypto::Digest;
use ehr_model::source::{NodeId, SourceRecord};

use super::made::{ORDINAL, ORDINAL_IN_RECORD};
use super::{At, Mapper};
use crate::plan::{Alias, KEY_SEPARATOR, Key, KeyPart};
use crate::transform::{Trace, Transform, Value};

impl Mapper<'_> {
    /// The key of a row: of its first alternative of which any column is filled.
    pub(crate) fn key(&self, key: &Key, at: At<'_, '_>) -> Option<String> {
        key.alternatives
            .iter()
            .find_map(|parts| self.key_of(parts, at))
    }

    /// The keys of what a record points at: those of all nodes that the path of the first filled alternative leads to, each once.
    pub(crate) fn keys(&self, key: &Key, at: At<'_, '_>) -> Vec<String> {
        let filled = key
            .alternatives
            .iter()
            .find_map(|parts| Some((parts, self.key_of(parts, at)?)));
        let Some((parts, first)) = filled else {
            return Vec::new();
        };
        let [KeyPart::Column(column, via)] = parts.as_slice() else {
            return vec![first];
        };
        let Some(path) = self.path(at.row, *column) else {
            return vec![first];
        };
        let mut keys = vec![first];
        path.walk(&at.row.record, at.node, &mut |node| {
            let value = at.row.record.expose(node).unwrap_or_default().trim();
            if value.is_empty() || self.is_missing_word(value) {
                return true;
            }
            let value = Value::Text(at.row.links.resolve(value).into());
            if let Ok(Value::Text(text)) = Transform::apply_all(via, value, &mut Trace::default())
                && !text.is_empty()
                && !keys.iter().any(|key| *key == text)
            {
                keys.push(text.into_owned());
            }
            true
        });
        keys
    }

    /// Numbers of the patient under one authority: of each node that the path leads to.
    pub(crate) fn numbers(&self, alias: &Alias, at: At<'_, '_>, found: &mut dyn FnMut(&str)) {
        let Some(path) = self.path(at.row, alias.number) else {
            return;
        };
        path.walk(&at.row.record, at.node, &mut |node| {
            let value = at.row.record.expose(node).unwrap_or_default().trim();
            if !value.is_empty() && !self.is_missing_word(value) {
                let value = Value::Text(value.into());
                if let Ok(Value::Text(text)) =
                    Transform::apply_all(&alias.via, value, &mut Trace::default())
                    && !text.is_empty()
                {
                    found(&text);
                }
            }
            true
        });
    }

    /// `None` where all columns are empty.
    fn key_of(&self, parts: &[KeyPart], at: At<'_, '_>) -> Option<String> {
        let mut key = String::new();
        let mut filled = false;
        let mut content = Vec::new(); // of all parts that are contents, one digest
        for (number, part) in parts.iter().enumerate() {
            if number > 0 {
                key.push(KEY_SEPARATOR);
            }
            match part {
                KeyPart::Literal(literal) => key.push_str(literal),
                KeyPart::Ordinal => key.push(ORDINAL),
                KeyPart::OrdinalInRecord => key.push(ORDINAL_IN_RECORD),
                KeyPart::Content(column) => {
                    let path = column.and_then(|column| self.path(at.row, column));
                    let node = match path {
                        None => Some(at.node),
                        Some(path) => path.first(&at.row.record, at.node),
                    };
                    if let Some(node) = node {
                        filled = true;
                        content.extend_from_slice(&number.to_le_bytes());
                        write_content(&at.row.record, node, &mut content);
                    }
                }
                KeyPart::Own(via) => {
                    let format = self.plan.tables[at.row.table].format;
                    let Some(own) = at.row.own_key(format) else {
                        continue;
                    };
                    if let Ok(Value::Text(text)) =
                        Transform::apply_all(via, Value::Text(own.into()), &mut Trace::default())
                    {
                        filled |= !text.is_empty();
                        key.push_str(&text);
                    }
                }
                KeyPart::Column(column, via)
                    if self.path(at.row, *column).is_some() && !via.is_empty() =>
                {
                    // of several nodes the first of which the transforms leave something
                    let path = self.path(at.row, *column).expect("asked in the line above");
                    path.walk(&at.row.record, at.node, &mut |node| {
                        let value = at.row.record.expose(node).unwrap_or_default().trim();
                        if value.is_empty() || self.is_missing_word(value) {
                            return true;
                        }
                        let value = Value::Text(at.row.links.resolve(value).into());
                        let Ok(Value::Text(text)) =
                            Transform::apply_all(via, value, &mut Trace::default())
                        else {
                            return true;
                        };
                        filled |= !text.is_empty();
                        key.push_str(&text);
                        text.is_empty()
                    });
                }
                KeyPart::Column(column, via) => {
                    let value = self.cell(at, *column).map(|(value, _)| value.trim());
                    let value = value.filter(|value| !self.is_missing_word(value));
                    let Some(value) = value else { continue };
                    if via.is_empty() {
                        filled |= !value.is_empty();
                        key.push_str(value);
                    } else if let Ok(Value::Text(text)) =
                        Transform::apply_all(via, Value::Text(value.into()), &mut Trace::default())
                    {
                        filled |= !text.is_empty();
                        key.push_str(&text);
                    }
                }
            }
        }
        if !content.is_empty() {
            push_digest(&content, &mut key);
        }
        filled.then_some(key)
    }
}

/// What stands in a subtree: names and values in their order.
fn write_content(record: &SourceRecord<'_>, node: NodeId, out: &mut Vec<u8>) {
    for node in (node.index()..record.subtree_end(node).index()).map(NodeId::at) {
        let name = match node {
            NodeId::ROOT => "",
            node => record.names().name(record.name(node)),
        };
        for part in [name, record.expose(node).unwrap_or_default()] {
            out.extend_from_slice(&(part.len() as u64).to_le_bytes());
            out.extend_from_slice(part.as_bytes());
        }
    }
}

/// What stands in a subtree as a key of its own.
pub(crate) fn content_key(record: &SourceRecord<'_>, node: NodeId) -> String {
    let mut content = Vec::new();
    write_content(record, node, &mut content);
    Digest::sha256(&content).to_string()
}

/// Contents as a part of a key.
fn push_digest(content: &[u8], key: &mut String) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    for byte in Digest::sha256(content).as_bytes() {
        for digit in [byte >> 4, byte & 15] {
            key.push(char::from(HEX[usize::from(digit)]));
        }
    }
}
