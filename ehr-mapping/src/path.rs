//! Paths into the tree of a source record.
//!
//! A small part of XPath, the same for every format that is a tree: child steps by name, `*`, `.`,
//! `..`, `//` for any depth, and predicates. Names are those that the reader of the format gives:
//! `@root` for an XML attribute, `PID-5` for a field of HL7 v2, `NM109` for an element of X12.
//!
//! ```text
//! entryRelationship[@typeCode='MFST']/observation[templateId/@root='2.16…4.9']/value
//! PID/PID-3[5='MR']/1
//! //section[code/@code='48765-2'][not(entry)]/text
//! name[@use=('L','C')][1]/given
//! //act|observation|procedure[@moodCode='RQO']
//! /PV1/PV1-19
//! //OBX[not(is(continuation))]/OBX-5
//! ```

mod parse;
mod walk;

use std::sync::Arc;

use ehr_model::source::{NameId, NodeId, SourceRecord};

/// A compiled path. Names are numbers of the plan's names, over which records are parsed.
#[derive(Debug, Clone)]
pub(crate) struct SourcePath {
    steps: Vec<Step>,
    /// Whether a predicate demands a value.
    demands: bool,
    /// Names without which it leads nowhere.
    needs: Vec<NameId>,
}

#[derive(Debug, Clone)]
struct Step {
    axis: Axis,
    test: NameTest,
    predicates: Vec<Predicate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Axis {
    Child,
    /// Any depth below, in document order.
    Descendant,
    Parent,
    Itself,
    /// The root of the record, wherever the path is read from.
    Root,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum NameTest {
    Any,
    Name(NameId),
    /// `act|observation`
    OneOf(Box<[NameId]>),
    /// The first part of a value that has just one: of `PID-8` = `F`, `PID-8/1` is `F` as well.
    FirstPart(NameId),
    /// A name that FHIR joins of this one and a type: of `value[x]`, `valueQuantity`.
    Choice(Arc<str>),
}

#[derive(Debug, Clone)]
enum Predicate {
    /// The place among the nodes that pass the predicates before it, counted from 1.
    Place(usize),
    Holds(Expression),
}

#[derive(Debug, Clone)]
enum Expression {
    Or(Vec<Expression>),
    And(Vec<Expression>),
    Not(Box<Expression>),
    /// The path leads to a node with a value or with children.
    Exists(SourcePath),
    /// A node at the path has one of these values.
    Equals(SourcePath, Vec<Arc<str>>),
    /// No node at the path has one of these values.
    Differs(SourcePath, Vec<Arc<str>>),
    /// A node at the path has a value that begins so.
    Begins(SourcePath, Arc<str>),
    /// The node is what a format gives a name to, because no path could say it.
    Is(NodeTest),
}

/// A named test of nodes.
type NodeTest = for<'r, 'a> fn(&'r SourceRecord<'a>, NodeId) -> bool;

/// What `is(...)` may ask for: name and test.
const NODE_TESTS: &[(&str, NodeTest)] = &[("continuation", crate::hl7v2::is_continuation)];
