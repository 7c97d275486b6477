//! The narrative of a section as people read it, and the places that entries point to.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;

use ehr_model::source::{NodeId, SourceRecord};

/// Elements that begin a line and end it.
const BLOCKS: [&str; 15] = [
    "paragraph",
    "list",
    "item",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "caption",
    "title",
    "text",
    "section",
    "p",
    "div",
    "li",
];

/// The elements of a document by their `ID` and `xml:id`, for `<reference value="#id"/>`.
pub struct NarrativeIndex {
    nodes: HashMap<Box<str>, Place>,
}

struct Place {
    node: NodeId,
    ambiguous: bool,
}

impl NarrativeIndex {
    /// Goes over a document once.
    pub fn new(record: &SourceRecord<'_>) -> Self {
        let mut nodes = HashMap::new();
        let ids = ["@ID", "@xml:id"].map(|name| record.names().find(name));
        for node in (1..record.len()).map(NodeId::at) {
            if !ids.contains(&Some(record.name(node))) {
                continue;
            }
            let id = record.expose(node).unwrap_or_default().trim_ascii();
            match nodes.entry(id.into()) {
                _ if id.is_empty() => {}
                Entry::Vacant(place) => {
                    place.insert(Place {
                        node: record.parent(node),
                        ambiguous: false,
                    });
                }
                Entry::Occupied(mut place) => {
                    let place: &mut Place = place.get_mut();
                    place.ambiguous |= place.node != record.parent(node);
                }
            }
        }
        Self { nodes }
    }

    /// The element with this id; the first one, where a careless writer gave it twice. A leading
    /// `#`, as references have it, is passed over.
    pub fn find(&self, id: &str) -> Option<NodeId> {
        self.place(id).map(|place| place.node)
    }

    /// Whether several elements have this id, so that a reference to it may mean another one.
    pub fn is_ambiguous(&self, id: &str) -> bool {
        self.place(id).is_some_and(|place| place.ambiguous)
    }

    /// How many ids there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn place(&self, id: &str) -> Option<&Place> {
        let id = id.trim_ascii();
        self.nodes.get(id.strip_prefix('#').unwrap_or(id))
    }
}

impl fmt::Debug for NarrativeIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NarrativeIndex({} ids)", self.nodes.len())
    }
}

/// A subtree of narrative as plain text, which is a patient's text: every call is a place to
/// review.
///
/// Paragraphs, items and rows are lines, cells are separated by tabs, a line break inside of a
/// cell is `; `. White space is one space, as in a browser, except in a `text` without any markup,
/// where the lines are all the layout that there is. A footnote stands in brackets where it
/// stands, a reference to one and an image are named: `[note f1: fasting]`, `[note f1]`,
/// `[media MM1]`.
pub fn plain_text(record: &SourceRecord<'_>, node: NodeId) -> String {
    let mut page = Page::default();
    let without_markup = |node| {
        record
            .children(node)
            .all(|child| is_attribute(record, child))
    };
    match record.expose(node) {
        Some(text) if name(record, node) == "text" && without_markup(node) => {
            for line in text.lines() {
                page.words(line);
                page.end_line();
            }
        }
        _ => page.element(record, node),
    }
    page.end_line();
    page.text
}

/// What is written so far; lines that hold nothing are never written.
#[derive(Default)]
struct Page {
    text: String,
    line: String,
    /// White space was seen since the last word.
    space: bool,
}

impl Page {
    fn element(&mut self, record: &SourceRecord<'_>, node: NodeId) {
        let name = name(record, node);
        let id = |name| attribute(record, node, name).unwrap_or_default();
        match name {
            "br" => return self.end_line(),
            "tr" => return self.row(record, node),
            "renderMultiMedia" => self.note("media", id("@referencedObject")),
            "footnoteRef" => self.note("note", id("@IDREF")),
            "footnote" => {
                self.note("note", id("@ID"));
                let mut inner = Page::default();
                inner.content(record, node);
                let inner = inner.in_one_line("; ");
                if !inner.is_empty() {
                    self.line.pop();
                    self.line.push_str(if self.line.ends_with("note") {
                        " "
                    } else {
                        ": "
                    });
                    self.line.push_str(&inner);
                    self.line.push(']');
                }
                return;
            }
            _ => {}
        }
        let block = BLOCKS.contains(&name) || matches!(name, "td" | "th");
        if block {
            self.end_line();
        }
        self.content(record, node);
        if block {
            self.end_line();
        }
    }

    fn content(&mut self, record: &SourceRecord<'_>, node: NodeId) {
        if let Some(text) = record.expose(node) {
            self.words(text);
        }
        for child in record.children(node) {
            match name(record, child) {
                "#text" => self.words(record.expose(child).unwrap_or_default()),
                "#space" => self.space = true,
                _ if is_attribute(record, child) => {}
                _ => self.element(record, child),
            }
        }
    }

    /// A row of a table: its cells, however they are laid out inside, in one line.
    fn row(&mut self, record: &SourceRecord<'_>, node: NodeId) {
        self.end_line();
        let cells = record
            .children(node)
            .filter(|child| !is_attribute(record, *child) && name(record, *child) != "#space");
        for (place, cell) in cells.enumerate() {
            let mut inner = Page::default();
            match name(record, cell) {
                "#text" => inner.words(record.expose(cell).unwrap_or_default()),
                "td" | "th" => inner.content(record, cell),
                _ => inner.element(record, cell),
            }
            if place > 0 {
                self.line.push('\t');
            }
            self.line.push_str(&inner.in_one_line("; "));
        }
        if self.line.bytes().all(|byte| byte == b'\t') {
            self.line.clear();
        }
        self.end_line();
    }

    /// Text with each piece of white space as one space.
    fn words(&mut self, text: &str) {
        let is_space = |character| matches!(character, ' ' | '\t' | '\r' | '\n');
        self.space |= text.starts_with(is_space);
        for word in text.split(is_space).filter(|word| !word.is_empty()) {
            if std::mem::replace(&mut self.space, true) && !self.line.is_empty() {
                self.line.push(' ');
            }
            self.line.push_str(word);
        }
        if !text.is_empty() && !text.ends_with(is_space) {
            self.space = false;
        }
    }

    fn note(&mut self, kind: &str, id: &str) {
        if !self.line.is_empty() {
            self.line.push(' ');
        }
        self.line.extend(["[", kind]);
        if !id.is_empty() {
            self.line.extend([" ", id]);
        }
        self.line.push(']');
        self.space = false;
    }

    fn end_line(&mut self) {
        self.space = false;
        if self.line.is_empty() {
            return;
        }
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text.push_str(&self.line);
        self.line.clear();
    }

    fn in_one_line(mut self, between: &str) -> String {
        self.end_line();
        self.text.replace('\t', " ").replace('\n', between)
    }
}

/// The name of an element without a foreign namespace: some writers put XHTML in here.
fn name<'r>(record: &'r SourceRecord<'_>, node: NodeId) -> &'r str {
    if node == NodeId::ROOT {
        return "";
    }
    let name = record.names().name(record.name(node));
    name.rsplit_once('}').map_or(name, |(_, local)| local)
}

fn is_attribute(record: &SourceRecord<'_>, node: NodeId) -> bool {
    record.names().name(record.name(node)).starts_with('@')
}

fn attribute<'r>(record: &'r SourceRecord<'_>, node: NodeId, name: &str) -> Option<&'r str> {
    let id = record.names().find(name)?;
    let mut children = record.children(node);
    record.expose(children.find(|child| record.name(*child) == id)?)
}
