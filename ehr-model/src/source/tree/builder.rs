//! Builds the tree of a record while its source is parsed.

use std::cell::{OnceCell, RefCell};
use std::sync::Arc;

use super::{Arena, Node, NodeId, SEEN, SourceRecord, Span};
use crate::source::{NameId, Names};

/// Builds the tree of a record in document order, reusing the arena of an earlier one.
pub struct TreeBuilder<'a> {
    record: SourceRecord<'a>,
    inherited: bool,
}

impl<'a> TreeBuilder<'a> {
    /// Starts a record over its text, with an empty root.
    ///
    /// `arena` may come from [`SourceRecord::into_arena`], which saves its allocations.
    pub fn new(source: Arc<str>, names: Arc<Names>, text: &'a str, arena: Arena) -> Self {
        let Arena {
            mut nodes,
            mut decoded,
            mut open,
        } = arena;
        nodes.clear();
        decoded.clear();
        open.clear();
        nodes.push(Node::new(NameId::ROOT_NAME, 0, Span::None));
        open.push(0);
        Self {
            record: SourceRecord {
                source,
                names,
                number: 0,
                line: 0,
                byte: 0,
                text,
                decoded,
                nodes,
                seen: [0; SEEN],
                more_claims: RefCell::default(),
                open,
                by_name: OnceCell::new(),
                wide: OnceCell::new(),
            },
            inherited: false,
        }
    }

    /// Whether the nodes that follow only repeat those of another record, where they are counted:
    /// the envelope of a message, the payer above a claim. A mapping may read them here.
    pub fn inherit(&mut self, inherited: bool) {
        self.inherited = inherited;
    }

    /// Sets where the record stands: its number and line counted from 1, and its byte offset.
    pub fn address(mut self, number: u64, line: u64, byte: u64) -> Self {
        (self.record.number, self.record.line, self.record.byte) = (number, line, byte);
        self
    }

    /// Makes room for so many nodes at once.
    pub fn reserve(&mut self, nodes: usize) {
        self.record.nodes.reserve(nodes);
    }

    /// Opens an element; the nodes that follow are its children until [`TreeBuilder::close`].
    #[inline]
    pub fn open(&mut self, name: NameId) -> NodeId {
        let id = self.push(name, Span::None);
        self.record.open.push(id.0);
        id
    }

    /// Closes the element that was opened last.
    #[inline]
    pub fn close(&mut self) {
        let end = self.record.nodes.len() as u32;
        if self.record.open.len() > 1
            && let Some(id) = self.record.open.pop()
        {
            self.record.nodes[id as usize].end = end;
        }
    }

    /// Adds a leaf whose value stands in the record's text at this place.
    ///
    /// # Panics
    ///
    /// If the range does not lie on character boundaries of the text.
    #[inline]
    pub fn leaf(&mut self, name: NameId, start: usize, end: usize) -> NodeId {
        assert!(
            self.record.text.is_char_boundary(start)
                && self.record.text.is_char_boundary(end)
                && start <= end
        );
        self.push(
            name,
            Span::Text {
                start: start as u32,
                len: (end - start) as u32,
            },
        )
    }

    /// Adds a leaf whose value differs from what is written, because an escape was resolved.
    pub fn decoded_leaf(&mut self, name: NameId, value: &str) -> NodeId {
        let start = self.record.decoded.len() as u32;
        self.record.decoded.push_str(value);
        self.push(
            name,
            Span::Decoded {
                start,
                len: value.len() as u32,
            },
        )
    }

    /// Gives the element that is open a value of its own.
    pub fn value(&mut self, value: &str) {
        let start = self.record.decoded.len() as u32;
        self.record.decoded.push_str(value);
        if let Some(id) = self.record.open.last() {
            self.record.nodes[*id as usize].span = Span::Decoded {
                start,
                len: value.len() as u32,
            };
        }
    }

    /// Gives the element that is open a value that stands in the record's text at this place.
    ///
    /// # Panics
    ///
    /// If the range does not lie on character boundaries of the text.
    #[inline]
    pub fn value_at(&mut self, start: usize, end: usize) {
        assert!(self.record.text.get(start..end).is_some());
        if let Some(id) = self.record.open.last() {
            self.record.nodes[*id as usize].span = Span::Text {
                start: start as u32,
                len: (end - start) as u32,
            };
        }
    }

    /// Sets the names, for a format that learns them while it reads. They must begin with those
    /// that were in use so far, under the same numbers.
    pub fn names(&mut self, names: Arc<Names>) {
        self.record.names = names;
    }

    /// The finished record.
    pub fn finish(mut self) -> SourceRecord<'a> {
        while self.record.open.len() > 1 {
            self.close();
        }
        let end = self.record.nodes.len() as u32;
        self.record.nodes[0].end = end;
        self.record
    }

    #[inline]
    fn push(&mut self, name: NameId, span: Span) -> NodeId {
        let id = self.record.nodes.len() as u32;
        let parent = self.record.open.last().copied().unwrap_or(0);
        let (word, bit) = name.seen(SEEN);
        self.record.seen[word] |= bit;
        self.record.nodes.push(Node {
            end: id + 1,
            inherited: self.inherited,
            ..Node::new(name, parent, span)
        });
        NodeId(id)
    }
}
