//! Whether what stands in a message is about its patient.

use ehr_model::source::{NodeId, SourceRecord};

/// Whether earlier results that an order carries have a patient segment of their own none of whose
/// numbers is one of the message's patient.
pub(crate) fn is_of_another_patient(record: &SourceRecord<'_>, node: NodeId) -> bool {
    let numbers = |segment: NodeId| -> Vec<String> {
        named(record, segment, "PID-3")
            .map(|field| {
                let end = record.subtree_end(field).index();
                let leaves = (field.index()..end).map(NodeId::at);
                // number and authority: the rest may be written in one place only
                let parts = leaves.filter(|leaf| {
                    let above = record.parent(*leaf);
                    let name = |node: NodeId| record.names().name(record.name(node));
                    let part = if above == field { *leaf } else { above };
                    *leaf == field || matches!(&**name(part), "1" | "4")
                });
                let words: Vec<_> = parts.filter_map(|leaf| record.expose(leaf)).collect();
                words.join("^")
            })
            .collect()
    };
    let Some(other) = named(record, node, "PID").next() else {
        return false;
    };
    let Some(own) = named(record, NodeId::ROOT, "PID").next() else {
        return false;
    };
    let (own, other) = (numbers(own), numbers(other));
    !other.is_empty() && !other.iter().any(|number| own.contains(number))
}

fn named<'r>(
    record: &'r SourceRecord<'_>,
    node: NodeId,
    name: &str,
) -> impl Iterator<Item = NodeId> + 'r {
    let name = record.names().find(name);
    record
        .children(node)
        .filter(move |child| Some(record.name(*child)) == name)
}
