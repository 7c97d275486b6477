//! Following a path through a record.

use ehr_model::source::{NodeId, SourceRecord};

use super::{Axis, Expression, NameTest, Predicate, SourcePath, Step};

/// Whether a walk goes on.
type GoOn = bool;

impl SourcePath {
    /// Visits the nodes that the path leads to from a node, in document order, until `visit` says
    /// `false`.
    pub(crate) fn walk(
        &self,
        record: &SourceRecord<'_>,
        from: NodeId,
        visit: &mut dyn FnMut(NodeId) -> GoOn,
    ) -> GoOn {
        if self.needs.iter().any(|name| !record.may_have(*name)) {
            return true;
        }
        walk(&self.steps, record, from, visit)
    }

    /// The nodes that the path leads to.
    #[cfg(test)]
    pub(crate) fn all(&self, record: &SourceRecord<'_>, from: NodeId) -> Vec<NodeId> {
        let mut found = Vec::new();
        self.walk(record, from, &mut |node| {
            found.push(node);
            true
        });
        found
    }

    /// The first node that the path leads to.
    pub(crate) fn first(&self, record: &SourceRecord<'_>, from: NodeId) -> Option<NodeId> {
        let mut found = None;
        self.walk(record, from, &mut |node| {
            found = Some(node);
            false
        });
        found
    }

    /// The first leaf with a value that passes.
    pub(crate) fn first_filled(
        &self,
        record: &SourceRecord<'_>,
        from: NodeId,
        passes: impl Fn(&str) -> bool,
    ) -> Option<NodeId> {
        let mut found = None;
        self.walk(record, from, &mut |node| {
            let filled = record
                .expose(node)
                .is_some_and(|value| !value.is_empty() && passes(value));
            if filled {
                found = Some(node);
            }
            !filled
        });
        found
    }

    /// Visits the leaves whose values the predicates of the path demand, for a node that it led to:
    /// what they say is part of what the mapping made of the node.
    pub(crate) fn tested(
        &self,
        record: &SourceRecord<'_>,
        node: NodeId,
        visit: &mut dyn FnMut(NodeId),
    ) {
        if !self.demands {
            return;
        }
        let mut at = node;
        for step in self.steps.iter().rev() {
            for predicate in &step.predicates {
                if let Predicate::Holds(expression) = predicate {
                    expression.tested(record, at, visit);
                }
            }
            match step.axis {
                Axis::Child => at = record.parent(at),
                Axis::Itself => {}
                Axis::Descendant | Axis::Parent | Axis::Root => return,
            }
        }
    }
}

fn walk(
    steps: &[Step],
    record: &SourceRecord<'_>,
    from: NodeId,
    visit: &mut dyn FnMut(NodeId) -> GoOn,
) -> GoOn {
    let Some((step, rest)) = steps.split_first() else {
        return visit(from);
    };
    let mut places = Places::default();
    let mut take = |node: NodeId, visit: &mut dyn FnMut(NodeId) -> GoOn| -> GoOn {
        if step.passes(record, node, &mut places) {
            walk(rest, record, node, visit)
        } else {
            true
        }
    };
    match step.axis {
        Axis::Itself => take(from, visit),
        Axis::Root => take(NodeId::ROOT, visit),
        Axis::Parent => from == NodeId::ROOT || take(record.parent(from), visit),
        Axis::Child => {
            if let NameTest::Name(name) = step.test {
                return record
                    .children_named(from, name)
                    .all(|child| take(child, visit));
            }
            for child in record.children(from) {
                if step.test.matches(record, child) && !take(child, visit) {
                    return false;
                }
            }
            if let NameTest::FirstPart(_) = step.test
                && record.expose(from).is_some()
                && record.children(from).next().is_none()
            {
                return take(from, visit);
            }
            true
        }
        Axis::Descendant => {
            if let NameTest::Name(name) | NameTest::FirstPart(name) = step.test {
                let named = record.named_below(from, name);
                return named.iter().all(|node| take(*node, visit));
            }
            if let NameTest::OneOf(names) = &step.test {
                let mut lists = names
                    .iter()
                    .map(|name| record.named_below(from, *name))
                    .filter(|list| !list.is_empty());
                let (first, second) = (lists.next().unwrap_or_default(), lists.next());
                let Some(second) = second else {
                    return first.iter().all(|node| take(*node, visit));
                };
                let mut named = [first, second].concat();
                lists.for_each(|list| named.extend_from_slice(list));
                named.sort_unstable();
                return named.into_iter().all(|node| take(node, visit));
            }
            let end = record.subtree_end(from).index();
            let mut below = (from.index() + 1..end).map(NodeId::at);
            below.all(|node| take(node, visit))
        }
    }
}

/// How many nodes passed up to each place predicate of a step.
#[derive(Default)]
struct Places {
    counts: [usize; 2],
}

impl Step {
    fn passes(&self, record: &SourceRecord<'_>, node: NodeId, places: &mut Places) -> bool {
        let mut number = 0;
        self.predicates.iter().all(|predicate| match predicate {
            Predicate::Place(place) => {
                let count = &mut places.counts[number.min(1)];
                number += 1;
                *count += 1;
                *count == *place
            }
            Predicate::Holds(expression) => expression.holds(record, node),
        })
    }
}

impl NameTest {
    fn matches(&self, record: &SourceRecord<'_>, node: NodeId) -> bool {
        match self {
            Self::Any => true,
            Self::Name(name) | Self::FirstPart(name) => record.name(node) == *name,
            Self::OneOf(names) => names.contains(&record.name(node)),
            Self::Choice(stem) => {
                let name: &str = record.names().name(record.name(node));
                let end = name.strip_prefix(&**stem);
                end.is_some_and(|end| end.starts_with(|first: char| first.is_ascii_uppercase()))
            }
        }
    }
}

impl Expression {
    fn holds(&self, record: &SourceRecord<'_>, node: NodeId) -> bool {
        match self {
            Self::Or(any) => any.iter().any(|one| one.holds(record, node)),
            Self::And(all) => all.iter().all(|one| one.holds(record, node)),
            Self::Not(inner) => !inner.holds(record, node),
            Self::Exists(path) => {
                let mut exists = false;
                path.walk(record, node, &mut |found| {
                    exists = record.expose(found).is_some_and(|value| !value.is_empty())
                        || record.children(found).next().is_some();
                    !exists
                });
                exists
            }
            Self::Equals(path, values) => any_value(path, record, node, |value| {
                values.iter().any(|one| **one == *value)
            }),
            Self::Differs(path, values) => !any_value(path, record, node, |value| {
                values.iter().any(|one| **one == *value)
            }),
            Self::Begins(path, start) => {
                any_value(path, record, node, |value| value.starts_with(&**start))
            }
            Self::Is(test) => test(record, node),
        }
    }

    fn tested(&self, record: &SourceRecord<'_>, node: NodeId, visit: &mut dyn FnMut(NodeId)) {
        match self {
            Self::And(all) | Self::Or(all) => {
                for one in all {
                    one.tested(record, node, visit);
                }
            }
            Self::Equals(path, values) => {
                path.walk(record, node, &mut |found| {
                    let value = record.expose(found);
                    if value.is_some_and(|value| values.iter().any(|one| **one == *value)) {
                        visit(found);
                    }
                    true
                });
            }
            // a beginning says less than the whole value, and the others say what is not there
            Self::Begins(..) | Self::Not(_) | Self::Exists(_) | Self::Differs(..) | Self::Is(_) => {
            }
        }
    }
}

fn any_value(
    path: &SourcePath,
    record: &SourceRecord<'_>,
    node: NodeId,
    passes: impl Fn(&str) -> bool,
) -> bool {
    let mut found = false;
    path.walk(record, node, &mut |at| {
        found = record.expose(at).is_some_and(&passes);
        !found
    });
    found
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ehr_model::source::{Arena, Names, TreeBuilder};

    use super::*;

    /// `act(@a=1) act(@a=2 code(@c=x) code(@c=y)) text=T`
    fn eval(path: &str) -> Vec<String> {
        let mut names = Names::default();
        let path = SourcePath::parse(path, &mut names).unwrap_or_else(|m| panic!("{}", m.message));
        let mut id = |name: &str| names.intern(name);
        let (act, a, code, c, text) = (id("act"), id("@a"), id("code"), id("@c"), id("text"));
        let mut tree = TreeBuilder::new("x".into(), Arc::new(names), "12xyT", Arena::default());
        tree.open(act);
        tree.leaf(a, 0, 1);
        tree.close();
        tree.open(act);
        tree.leaf(a, 1, 2);
        for (start, end) in [(2, 3), (3, 4)] {
            tree.open(code);
            tree.leaf(c, start, end);
            tree.close();
        }
        tree.close();
        tree.leaf(text, 4, 5);
        let record = tree.finish();
        path.all(&record, NodeId::ROOT)
            .into_iter()
            .map(|node| {
                let value = record.expose(node).unwrap_or_default();
                format!("{}={value}", record.path(node))
            })
            .collect()
    }

    #[test]
    fn steps_and_predicates() {
        assert_eq!(eval("act/@a"), ["act/@a=1", "act/@a=2"]);
        assert_eq!(eval("act[2]/@a"), ["act/@a=2"]);
        assert_eq!(eval("act[code/@c='y']/@a"), ["act/@a=2"]);
        assert_eq!(eval("act[not(code)]/@a"), ["act/@a=1"]);
        assert_eq!(eval("act[@a=('1','3')]/@a"), ["act/@a=1"]);
        assert_eq!(eval("act[@a!='1' and code]/code[1]/@c"), ["act/code/@c=x"]);
        assert_eq!(eval("//@c"), ["act/code/@c=x", "act/code/@c=y"]);
        assert_eq!(eval("act/code[@c='x']/../@a"), ["act/@a=2"]);
        assert_eq!(eval("text/1"), ["text=T"]);
        assert_eq!(eval("act[@a^='2' or text]/code[2]/@c"), ["act/code/@c=y"]);
        assert_eq!(eval("act/text"), Vec::<String>::new());
        assert_eq!(eval("act[code][1]/@a"), ["act/@a=2"]);
        assert_eq!(eval("act[@a and not(code)]/@a"), ["act/@a=1"]);
        assert_eq!(eval("act/code|@a[1]"), ["act/@a=1", "act/@a=2"]);
        assert_eq!(
            eval("//@a|text"),
            ["act/@a=1", "act/@a=2", "text=T"],
            "in document order"
        );
        assert_eq!(eval("act[2]//@c"), ["act/code/@c=x", "act/code/@c=y"]);
        assert_eq!(eval("act[none or code]/@a"), ["act/@a=2"]);
        assert_eq!(eval("te[x]"), Vec::<String>::new());
        assert_eq!(
            eval("act/code/@c[/text='T']"),
            ["act/code/@c=x", "act/code/@c=y"]
        );
        assert_eq!(eval("act/code[1]/../../../text"), Vec::<String>::new());
        assert_eq!(eval("/text"), ["text=T"]);
    }

    #[test]
    fn mistakes_have_a_place() {
        let mut names = Names::default();
        for (path, at, message) in [
            ("", 0, "a name is missing"),
            ("a//", 3, "a name is missing"),
            ("a[b=c]", 4, "a text in single quotes is missing"),
            ("a[b='c]", 5, "the quote does not end"),
            ("a[0]", 2, "places are counted from 1"),
            ("a[b", 3, "`]` is missing"),
            ("a b", 1, "a path ends here"),
            ("a[is(b)]", 6, "there is no test of this name"),
        ] {
            let mistake = SourcePath::parse(path, &mut names).unwrap_err();
            assert_eq!(
                (mistake.at, mistake.message.as_str()),
                (at, message),
                "{path}"
            );
        }
    }

    #[test]
    fn demanded_values_are_told() {
        let mut names = Names::default();
        let path = SourcePath::parse("act[@a='1']", &mut names).unwrap();
        let (act, a) = (names.intern("act"), names.intern("@a"));
        let mut tree = TreeBuilder::new("x".into(), Arc::new(names), "1", Arena::default());
        tree.open(act);
        let leaf = tree.leaf(a, 0, 1);
        let record = tree.finish();
        let node = path.first(&record, NodeId::ROOT).unwrap();
        let mut seen = Vec::new();
        path.tested(&record, node, &mut |node| seen.push(node));
        assert_eq!(seen, [leaf]);
    }
}
