use super::*;

fn names(list: &[&str]) -> (Arc<Names>, Vec<NameId>) {
    let mut names = Names::default();
    let ids = list.iter().map(|name| names.intern(name)).collect();
    (Arc::new(names), ids)
}

#[test]
fn a_flat_record_is_a_flat_tree() {
    let (names, ids) = names(&["id", "name"]);
    let mut builder =
        TreeBuilder::new("people.csv".into(), names, "7,Ada", Arena::default()).address(3, 4, 40);
    builder.leaf(ids[0], 0, 1);
    let name = builder.decoded_leaf(ids[1], "Ada L.");
    let record = builder.finish();
    assert_eq!(record.children(NodeId::ROOT).count(), 2);
    assert_eq!(record.expose(name), Some("Ada L."));
    assert_eq!(record.path(name), "name");
    assert_eq!(
        format!("{record:?}"),
        "SourceRecord(people.csv: record 3, line 4, byte 40, 3 nodes)"
    );
}

#[test]
fn children_skip_subtrees() {
    let (names, ids) = names(&["act", "code", "text"]);
    let mut builder = TreeBuilder::new("x".into(), names, "ab", Arena::default());
    builder.open(ids[0]);
    let code = builder.leaf(ids[1], 0, 1);
    builder.close();
    let text = builder.leaf(ids[2], 1, 2);
    let record = builder.finish();
    assert_eq!(
        record.children(NodeId::ROOT).collect::<Vec<_>>(),
        [NodeId(1), text]
    );
    assert_eq!(record.path(code), "act/code");
}

#[test]
fn children_of_wide_nodes_are_found_by_name() {
    let (names, ids) = names(&["list", "item", "id", "end"]);
    let mut builder = TreeBuilder::new("x".into(), names, "7", Arena::default());
    let list = builder.open(ids[0]);
    let first = builder.leaf(ids[2], 0, 1);
    let item = |builder: &mut TreeBuilder<'_>| {
        let item = builder.open(ids[1]);
        builder.leaf(ids[2], 0, 1);
        builder.close();
        item
    };
    let items: Vec<NodeId> = (0..WIDE).map(|_| item(&mut builder)).collect();
    let end = builder.leaf(ids[3], 0, 1);
    let record = builder.finish();
    let named = |node, name| record.children_named(node, name).collect::<Vec<_>>();
    assert_eq!(named(list, ids[1]), items);
    assert_eq!(named(list, ids[2]), [first]);
    assert_eq!(named(list, ids[3]), [end]);
    assert_eq!(named(NodeId::ROOT, ids[0]), [list]);
    assert_eq!(named(NodeId::ROOT, ids[2]), []);
    assert_eq!(named(items[9], ids[2]), [NodeId(items[9].0 + 1)]);
    assert_eq!(named(items[9], ids[1]), []);
}

#[test]
fn a_leaf_has_one_fate() {
    let (names, ids) = names(&["id"]);
    let mut builder = TreeBuilder::new("x".into(), names, "7", Arena::default());
    let leaf = builder.leaf(ids[0], 0, 1);
    let record = builder.finish();
    assert_eq!(record.fate(leaf, |_| true), Fate::Unaccounted);
    record.decide(leaf, Fate::Ignored);
    assert_eq!(record.fate(leaf, |_| true), Fate::Ignored);
    record.claim(leaf, 0);
    record.claim(leaf, 40);
    assert_eq!(record.fate(leaf, |_| false), Fate::Archived);
    assert_eq!(record.fate(leaf, |output| output == 40), Fate::Mapped);
    assert_eq!(record.fate(leaf, |output| output == 31), Fate::Archived);
}

#[test]
fn what_is_inherited_is_counted_elsewhere() {
    let (names, ids) = names(&["payer", "claim"]);
    let mut builder = TreeBuilder::new("x".into(), names, "ab", Arena::default());
    builder.inherit(true);
    let payer = builder.leaf(ids[0], 0, 1);
    builder.inherit(false);
    let claim = builder.leaf(ids[1], 1, 2);
    let record = builder.finish();
    assert_eq!(record.expose(payer), Some("a"));
    assert_eq!(record.filled_leaves().collect::<Vec<_>>(), [claim]);
}
