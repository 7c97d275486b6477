//! The arena of a source record.

mod builder;
mod children;
#[cfg(test)]
mod tests;

pub use builder::TreeBuilder;
pub use children::{Children, NamedChildren};

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::{Fate, NameId, Names};
use crate::provenance::SourceAddress;

/// The number of a node inside its record; the root is 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(u32);

impl NodeId {
    /// The root of every record.
    pub const ROOT: Self = Self(0);

    /// The position in document order.
    #[inline]
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The node at a position in document order.
    #[inline]
    pub fn at(index: usize) -> Self {
        Self(u32::try_from(index).expect("a record has fewer than 2^32 nodes"))
    }
}

/// One record of a source as an ordered tree of named nodes.
///
/// Nodes stand in document order. A leaf is a node with a value; an element may have both a
/// value and children. `Debug` shows the shape and no value.
pub struct SourceRecord<'a> {
    source: Arc<str>,
    names: Arc<Names>,
    number: u64,
    line: u64,
    byte: u64,
    text: &'a str,
    decoded: String,
    nodes: Vec<Node>,
    /// A bit for each name that occurs; names far apart may share one.
    seen: [u64; SEEN],
    /// Claims of leaves by a second output and further ones.
    more_claims: RefCell<Vec<(u32, u32)>>,
    /// Spent by the builder; kept for the next record.
    open: Vec<u32>,
    /// Which nodes have a name; made when somebody asks.
    by_name: OnceCell<ByName>,
    /// The children of wide nodes by their names; made when somebody asks.
    wide: OnceCell<ByParent>,
}

/// Of wide nodes and names, the children.
type ByParent = HashMap<(NodeId, NameId), Vec<NodeId>, RandomState>;

/// From how many nodes on below a node its children are found by an index: whoever asks each of a
/// thousand children about its parent would otherwise look at a million.
const WIDE: u32 = 1024;

/// The nodes of a record, sorted by name and then by place.
struct ByName {
    /// Where the nodes of each name begin.
    starts: Vec<u32>,
    nodes: Vec<NodeId>,
}

/// How many words of bits [`SourceRecord::may_have`] asks.
const SEEN: usize = 8;

#[derive(Clone)]
struct Node {
    name: NameId,
    parent: u32,
    /// One past the last node of the subtree.
    end: u32,
    span: Span,
    /// The output that read the leaf first, counted from 1; see [`SourceRecord::claim`].
    claim: Cell<u32>,
    /// Whether further outputs read it.
    shared: Cell<bool>,
    /// Whether the leaf belongs to another record and is only shown here.
    inherited: bool,
    fate: Cell<Fate>,
}

#[derive(Clone, Copy)]
enum Span {
    None,
    Text { start: u32, len: u32 },
    Decoded { start: u32, len: u32 },
}

/// The allocations of a record that is no longer needed.
#[derive(Default)]
pub struct Arena {
    nodes: Vec<Node>,
    decoded: String,
    open: Vec<u32>,
}

impl<'a> SourceRecord<'a> {
    /// The name of the source that the record stands in.
    pub fn source(&self) -> &Arc<str> {
        &self.source
    }

    /// The names of the source.
    #[inline]
    pub fn names(&self) -> &Names {
        &self.names
    }

    /// The number of the record in its source, counted from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Where the record stands.
    pub fn address(&self) -> SourceAddress {
        SourceAddress::new(self.source.clone())
            .record(self.number)
            .line(self.line)
            .byte(self.byte)
    }

    /// The text of the record as it stands in the source. Every call is a place to review.
    #[inline]
    pub fn expose_text(&self) -> &'a str {
        self.text
    }

    /// How many nodes there are, the root included.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is nothing but the root.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() <= 1
    }

    /// The name of a node.
    #[inline]
    pub fn name(&self, node: NodeId) -> NameId {
        self.nodes[node.index()].name
    }

    /// Whether a node of this name may be in the record; `false` is certain.
    #[inline]
    pub fn may_have(&self, name: NameId) -> bool {
        let (word, bit) = name.seen(SEEN);
        self.seen[word] & bit != 0
    }

    /// The children of a node, in order.
    #[inline]
    pub fn children(&self, node: NodeId) -> Children<'_> {
        Children {
            nodes: &self.nodes,
            next: node.0 + 1,
            end: self.nodes[node.index()].end,
        }
    }

    /// The children of a node that have a name, in order.
    #[inline]
    pub fn children_named(&self, node: NodeId, name: NameId) -> NamedChildren<'_> {
        let end = self.nodes[node.index()].end;
        if end - node.0 <= WIDE {
            return NamedChildren::All(self.children(node), name);
        }
        let index = self.wide.get_or_init(|| self.index_wide());
        let children = index.get(&(node, name)).map_or(&[][..], Vec::as_slice);
        NamedChildren::Indexed(children.iter())
    }

    fn index_wide(&self) -> ByParent {
        let mut index = ByParent::default();
        for (place, node) in self.nodes.iter().enumerate().skip(1) {
            let parent = &self.nodes[node.parent as usize];
            if parent.end - node.parent > WIDE {
                let children = index.entry((NodeId(node.parent), node.name)).or_default();
                children.push(NodeId::at(place));
            }
        }
        index
    }

    /// The parent of a node; the root is its own.
    #[inline]
    pub fn parent(&self, node: NodeId) -> NodeId {
        NodeId(self.nodes[node.index()].parent)
    }

    /// One past the last node of the subtree.
    #[inline]
    pub fn subtree_end(&self, node: NodeId) -> NodeId {
        NodeId(self.nodes[node.index()].end)
    }

    /// The value of a leaf, without claiming it. Every call is a place to review.
    #[inline]
    pub fn expose(&self, node: NodeId) -> Option<&str> {
        match self.nodes[node.index()].span {
            Span::None => None,
            Span::Text { start, len } => Some(&self.text[start as usize..(start + len) as usize]),
            Span::Decoded { start, len } => {
                Some(&self.decoded[start as usize..(start + len) as usize])
            }
        }
    }

    /// Notes that an output of the record was made from this leaf.
    ///
    /// Outputs are numbered from 0 in the order in which the mapping made them; the fate of the
    /// leaf follows from what becomes of them ([`SourceRecord::fate`]).
    #[inline]
    pub fn claim(&self, node: NodeId, output: usize) {
        let claimed = &self.nodes[node.index()];
        let number = u32::try_from(output + 1).expect("a record has fewer than 2^32 outputs");
        match claimed.claim.get() {
            0 => claimed.claim.set(number),
            first if first == number => {}
            _ => {
                let mut more = self.more_claims.borrow_mut();
                if more.last() != Some(&(node.0, number)) {
                    more.push((node.0, number));
                    claimed.shared.set(true);
                }
            }
        }
    }

    /// Decides the fate of a leaf that no output claims: a rule took it, or it was unreadable.
    pub fn decide(&self, node: NodeId, fate: Fate) {
        self.nodes[node.index()].fate.set(fate);
    }

    /// What became of a leaf, given which outputs of the record migrate.
    ///
    /// An output that migrates beats one that stays in the archive, and both beat a rule, so that
    /// a leaf counts once however many fields it fills.
    #[inline]
    pub fn fate(&self, node: NodeId, migrates: impl Fn(usize) -> bool) -> Fate {
        let leaf = &self.nodes[node.index()];
        let migrates = |number: u32| migrates(number as usize - 1);
        match leaf.claim.get() {
            0 => leaf.fate.get(),
            first if migrates(first) => Fate::Mapped,
            _ if leaf.shared.get()
                && self
                    .more_claims
                    .borrow()
                    .iter()
                    .any(|(claimed, number)| *claimed == node.0 && migrates(*number)) =>
            {
                Fate::Mapped
            }
            _ => Fate::Archived,
        }
    }

    /// The outputs that claim a leaf, each once, in no order.
    pub fn claims(&self, node: NodeId) -> impl Iterator<Item = usize> {
        let first = self.nodes[node.index()].claim.get();
        let more = self.more_claims.borrow();
        let shared = more.iter().filter(|(claimed, _)| *claimed == node.0);
        let mut all: Vec<u32> = shared.map(|(_, number)| *number).collect();
        all.push(first);
        all.sort_unstable();
        all.dedup();
        all.into_iter()
            .filter(|number| *number > 0)
            .map(|number| number as usize - 1)
    }

    /// Whether an output claims the leaf or its fate was decided.
    pub fn is_settled(&self, node: NodeId) -> bool {
        let leaf = &self.nodes[node.index()];
        leaf.claim.get() != 0 || leaf.fate.get() != Fate::Unaccounted
    }

    /// Whether a node belongs to another record and is only shown here.
    #[inline]
    pub fn is_inherited(&self, node: NodeId) -> bool {
        self.nodes[node.index()].inherited
    }

    /// The leaves of this record that hold something, in document order; not those that it
    /// inherited.
    pub fn filled_leaves(&self) -> impl Iterator<Item = NodeId> + '_ {
        (0..self.nodes.len())
            .map(NodeId::at)
            .filter(|node| !self.is_inherited(*node))
            .filter(|node| self.expose(*node).is_some_and(|value| !value.is_empty()))
    }

    /// The path of a node from the root, with the names joined by `/`.
    pub fn path(&self, node: NodeId) -> String {
        let mut names = Vec::new();
        let mut at = node;
        while at != NodeId::ROOT {
            names.push(&**self.names.name(self.name(at)));
            at = self.parent(at);
        }
        names.reverse();
        names.join("/")
    }

    /// The nodes of one name below a node, in document order.
    pub fn named_below(&self, node: NodeId, name: NameId) -> &[NodeId] {
        let index = self.by_name.get_or_init(|| self.index_names());
        let at = name.index();
        let range = index.starts.get(at).zip(index.starts.get(at + 1));
        let Some((start, end)) = range else {
            return &[];
        };
        let all = &index.nodes[*start as usize..*end as usize];
        let below = self.subtree_end(node);
        let from = all.partition_point(|one| *one <= node);
        let to = all.partition_point(|one| *one < below);
        &all[from..to.max(from)]
    }

    fn index_names(&self) -> ByName {
        let named = || self.nodes.iter().enumerate().skip(1);
        let mut starts = vec![0u32; self.names.len() + 1];
        for (_, node) in named() {
            starts[node.name.index() + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut nodes = vec![NodeId::ROOT; self.nodes.len() - 1];
        for (place, node) in named() {
            let slot = &mut next[node.name.index()];
            nodes[*slot as usize] = NodeId::at(place);
            *slot += 1;
        }
        ByName { starts, nodes }
    }

    /// Gives the allocations back for the next record.
    pub fn into_arena(self) -> Arena {
        Arena {
            nodes: self.nodes,
            decoded: self.decoded,
            open: self.open,
        }
    }
}

impl Node {
    fn new(name: NameId, parent: u32, span: Span) -> Self {
        Self {
            name,
            parent,
            end: 1,
            span,
            claim: Cell::new(0),
            shared: Cell::new(false),
            inherited: false,
            fate: Cell::new(Fate::Unaccounted),
        }
    }
}

impl fmt::Debug for SourceRecord<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "SourceRecord({}, {} nodes)",
            self.address(),
            self.nodes.len()
        )
    }
}
