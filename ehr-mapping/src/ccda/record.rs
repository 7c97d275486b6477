//! From the text of a document to its tree.

use std::ops::Range;
use std::sync::Arc;

use ehr_model::issue::IssueCode;
use ehr_model::source::{Arena, NameId, Names, SourceRecord, TreeBuilder};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::attribute::{Attribute, cut};
use super::error::Unreadable;
use super::escape::{resolve, unescape_into};
use super::input::MAX_DOCUMENT;
use super::leaves::count_leaves;
use super::name::{Namespace, Space};
use super::reason::{
    DOCTYPE_REFUSED, DOCUMENT_TOO_LARGE, XML_NOT_WELL_FORMED, XML_TOO_DEEP, XML_TOO_MANY_NODES,
};
use super::run::Run;
use crate::raw::Position;

/// How deep elements may be nested. Real documents reach about 40, with nested tables 60; whoever
/// walks a tree may recurse as deep as this.
pub const MAX_DEPTH: usize = 256;

/// How many nodes a document may have: half a gigabyte of them. Real documents have one node in
/// 36 bytes, so that the largest one allowed has half as many.
pub const MAX_NODES: usize = 1 << 24;

/// Turns the text of one document into a tree; the shape is described [above](super).
///
/// `names` are those of the plan. The arena may come from an earlier record, which saves its
/// allocations.
///
/// # Errors
///
/// If the text is no well-formed XML, has a document type or exceeds a limit.
pub fn parse<'t>(
    text: &'t str,
    source: &Arc<str>,
    position: Position,
    names: &Arc<Names>,
    arena: Arena,
) -> Result<SourceRecord<'t>, Unreadable> {
    match Parser::new(text, source, position, names, arena).document() {
        Ok(record) => Ok(record),
        Err((reason, byte)) => Err(Unreadable {
            reason,
            byte: byte as u64,
            line: line(&text.as_bytes()[..byte]),
            leaves: count_leaves(text.as_bytes()),
        }),
    }
}

struct Parser<'t> {
    text: &'t str,
    tree: TreeBuilder<'t>,
    nodes: usize,
    names: Namespace<'t>,
    text_name: NameId,
    space_name: NameId,
    /// What is known of each open element.
    open: Vec<Open>,
    run: Run,
    attributes: Vec<Attribute>,
    unescaped: String,
}

/// An element whose end has not come yet.
#[derive(Default)]
struct Open {
    has_elements: bool,
    /// Whether the last thing in it was an element that stands inside a line.
    after_inline: bool,
    inline: bool,
}

/// The reason, and the byte of the text.
type Failure = (IssueCode, usize);

impl<'t> Parser<'t> {
    fn new(
        text: &'t str,
        source: &Arc<str>,
        position: Position,
        base: &Arc<Names>,
        arena: Arena,
    ) -> Self {
        let Position { number, line, byte } = position;
        let mut names = Namespace::over(base.clone(), text);
        Self {
            text,
            tree: TreeBuilder::new(source.clone(), base.clone(), text, arena)
                .address(number, line, byte),
            nodes: 0,
            text_name: names.intern("#text"),
            space_name: names.intern("#space"),
            names,
            open: Vec::new(),
            run: Run::default(),
            attributes: Vec::new(),
            unescaped: String::new(),
        }
    }

    fn document(mut self) -> Result<SourceRecord<'t>, Failure> {
        if self.text.len() > MAX_DOCUMENT {
            return Err((DOCUMENT_TOO_LARGE, MAX_DOCUMENT));
        }
        let mut reader = Reader::from_str(self.text);
        let mut root_seen = false;
        loop {
            let event = reader.read_event();
            let end = reader.buffer_position() as usize;
            match &event {
                Ok(Event::Start(tag)) => self.begin(tag, &mut root_seen)?,
                Ok(Event::Empty(tag)) => {
                    self.begin(tag, &mut root_seen)?;
                    self.end();
                }
                Ok(Event::End(_)) => self.end(),
                Ok(Event::Text(piece)) => {
                    let range = self.range(piece);
                    self.run.push(self.text, range);
                }
                Ok(Event::CData(piece)) => {
                    let range = self.range(piece);
                    self.inside(range.start)?;
                    self.run.push(self.text, range);
                }
                Ok(Event::GeneralRef(reference)) => {
                    let start = self.range(reference).start - 1; // of the ampersand
                    self.inside(start)?;
                    let character = resolve(reference).map_err(|reason| (reason, start))?;
                    self.run.push_char(self.text, character);
                }
                Ok(Event::DocType(_)) => return Err((DOCTYPE_REFUSED, end)),
                // syntax
                Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => {}
                Ok(Event::Eof) => break,
                Err(_) => {
                    let byte = (reader.error_position() as usize).min(self.text.len());
                    return Err((XML_NOT_WELL_FORMED, byte));
                }
            }
            if self.open.is_empty() {
                if !self.run.is_blank(self.text) {
                    return Err((XML_NOT_WELL_FORMED, end)); // text outside of the document element
                }
                self.run.clear();
            }
        }
        if !root_seen || !self.open.is_empty() {
            return Err((XML_NOT_WELL_FORMED, self.text.len()));
        }
        self.tree.names(Arc::new(self.names.into_names()));
        Ok(self.tree.finish())
    }

    /// Where a piece of the text stands: the reader lends what it was given.
    #[inline]
    fn range(&self, piece: &str) -> Range<usize> {
        let start = (piece.as_ptr() as usize).wrapping_sub(self.text.as_ptr() as usize);
        debug_assert!(start + piece.len() <= self.text.len());
        start..start + piece.len()
    }

    fn inside(&self, byte: usize) -> Result<(), Failure> {
        match self.open.is_empty() {
            true => Err((XML_NOT_WELL_FORMED, byte)),
            false => Ok(()),
        }
    }

    fn begin(&mut self, tag: &BytesStart<'_>, root_seen: &mut bool) -> Result<(), Failure> {
        let text = self.text;
        let content = self.range(tag);
        let name_end = content.start + tag.name().into_inner().len();
        if self.open.is_empty() && std::mem::replace(root_seen, true) {
            return Err((XML_NOT_WELL_FORMED, content.start));
        }
        let depth = self.open.len() as u32 + 1;
        if self.open.len() == MAX_DEPTH {
            return Err((XML_TOO_DEEP, content.start));
        }
        if self.nodes + 2 + MAX_NODES_OF_TAG > MAX_NODES {
            return Err((XML_TOO_MANY_NODES, content.start));
        }
        cut(text, name_end..content.end, &mut self.attributes)?;
        for attribute in &self.attributes {
            if let Some(prefix) = attribute.declared_prefix(text) {
                let uri = &text[attribute.value.clone()];
                let uri = match attribute.escaped {
                    true => {
                        self.unescaped.clear();
                        unescape_into(uri, &mut self.unescaped)
                            .map_err(|(reason, at)| (reason, attribute.value.start + at))?;
                        &*self.unescaped
                    }
                    false => uri,
                };
                let at = attribute.value.start;
                let declared = self.names.declare(prefix, uri, depth);
                declared.map_err(|reason| (reason, at))?;
            }
        }
        let meaning = self.names.meaning(content.start..name_end, false);
        let meaning = meaning.map_err(|reason| (reason, content.start))?;
        self.text_before(meaning.inline);
        self.tree.open(meaning.id);
        self.nodes += 1;
        self.open.push(Open {
            inline: meaning.inline,
            ..Open::default()
        });
        self.attribute_leaves()
    }

    fn attribute_leaves(&mut self) -> Result<(), Failure> {
        for attribute in &self.attributes {
            if attribute.declared_prefix(self.text).is_some() {
                continue;
            }
            let Range { start, end } = attribute.value;
            let meaning = self.names.meaning(attribute.name.clone(), true);
            let meaning = meaning.map_err(|reason| (reason, attribute.name.start))?;
            self.nodes += 1;
            if !attribute.escaped && !meaning.is_type {
                self.tree.leaf(meaning.id, start, end);
                continue;
            }
            let mut value = &self.text[start..end];
            if attribute.escaped {
                self.unescaped.clear();
                unescape_into(value, &mut self.unescaped)
                    .map_err(|(reason, at)| (reason, start + at))?;
                value = &self.unescaped;
            }
            if !meaning.is_type {
                self.tree.decoded_leaf(meaning.id, value);
                continue;
            }
            let space = value.split_once(':').and_then(|(prefix, local)| {
                let space = self.names.space(prefix.trim_ascii_start())?;
                (!local.is_empty()).then_some((space, local))
            });
            match space {
                Some((Space::V3, local)) if !attribute.escaped => {
                    self.tree.leaf(meaning.id, end - local.len(), end);
                }
                Some((Space::V3, local)) => {
                    self.tree.decoded_leaf(meaning.id, local);
                }
                Some((Space::Sdtc, local)) => {
                    self.tree
                        .decoded_leaf(meaning.id, &["sdtc:", local].concat());
                }
                _ if attribute.escaped => {
                    self.tree.decoded_leaf(meaning.id, value);
                }
                _ => {
                    self.tree.leaf(meaning.id, start, end);
                }
            }
        }
        Ok(())
    }

    /// Puts the text that stands before an element in its place.
    #[inline]
    fn text_before(&mut self, inline: bool) {
        let Some(parent) = self.open.last_mut() else {
            self.run.clear();
            return;
        };
        parent.has_elements = true;
        if self.run.is_empty() {
            return;
        }
        if !self.run.is_blank(self.text) {
            self.nodes += 1;
            match self.run.slice() {
                Some(Range { start, end }) => self.tree.leaf(self.text_name, start, end),
                None => self.tree.decoded_leaf(self.text_name, self.run.decoded()),
            };
        } else if inline && parent.after_inline {
            self.nodes += 1;
            self.tree.decoded_leaf(self.space_name, "");
        }
        self.run.clear();
    }

    #[inline]
    fn end(&mut self) {
        let depth = self.open.len() as u32;
        let Some(element) = self.open.pop() else {
            return; // the reader refuses an end without a start
        };
        if !self.run.is_empty() {
            if !self.run.is_blank(self.text) {
                match (self.run.slice(), element.has_elements) {
                    (Some(Range { start, end }), false) => self.tree.value_at(start, end),
                    (None, false) => self.tree.value(self.run.decoded()),
                    (Some(Range { start, end }), true) => {
                        self.nodes += 1;
                        self.tree.leaf(self.text_name, start, end);
                    }
                    (None, true) => {
                        self.nodes += 1;
                        self.tree.decoded_leaf(self.text_name, self.run.decoded());
                    }
                }
            }
            self.run.clear();
        }
        self.tree.close();
        self.names.leave(depth);
        if let Some(parent) = self.open.last_mut() {
            parent.after_inline = element.inline;
        }
    }
}

/// A start tag adds at most this many nodes beside itself and the text before it.
const MAX_NODES_OF_TAG: usize = super::attribute::MAX_ATTRIBUTES;

/// The line that begins or goes on after these bytes; LF, CRLF and CR each end one.
pub(super) fn line(before: &[u8]) -> u64 {
    let ends = memchr::memchr2_iter(b'\n', b'\r', before);
    let crlf = |at: &usize| before[*at] == b'\n' && *at > 0 && before[at - 1] == b'\r';
    1 + ends.filter(|at| !crlf(at)).count() as u64
}
