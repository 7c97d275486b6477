//! The nodes below a node.

use super::{Node, NodeId};
use crate::source::NameId;

/// The children of a node.
pub struct Children<'r> {
    pub(super) nodes: &'r [Node],
    pub(super) next: u32,
    pub(super) end: u32,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    #[inline]
    fn next(&mut self) -> Option<NodeId> {
        if self.next >= self.end {
            return None;
        }
        let child = NodeId(self.next);
        self.next = self.nodes[child.index()].end;
        Some(child)
    }
}

/// The children of a node that have a name.
pub enum NamedChildren<'r> {
    /// Among all children.
    All(Children<'r>, NameId),
    /// As an index has them.
    Indexed(std::slice::Iter<'r, NodeId>),
}

impl Iterator for NamedChildren<'_> {
    type Item = NodeId;

    #[inline]
    fn next(&mut self) -> Option<NodeId> {
        match self {
            Self::All(children, name) => {
                let nodes = children.nodes;
                children.find(|child| nodes[child.index()].name == *name)
            }
            Self::Indexed(children) => children.next().copied(),
        }
    }
}
