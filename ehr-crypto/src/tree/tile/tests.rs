//! Paths of the specification, and tiles against the tree in memory for every size around the edges.

use std::collections::BTreeMap;

use super::*;
use crate::tree;

fn leaves(count: u64) -> Vec<Hash> {
    (0..count)
        .map(|index| tree::leaf_hash(&index.to_be_bytes()))
        .collect()
}

/// The tiles as a disk would hold them.
type Disk = BTreeMap<String, Vec<u8>>;

fn store(disk: &mut Disk) -> impl FnMut(TileId, &[Hash]) -> Result<(), Error> {
    |tile, hashes| {
        assert_eq!(hashes.len(), usize::from(tile.width));
        disk.insert(tile.to_string(), encode_tile(hashes));
        Ok(())
    }
}

fn load(disk: &Disk) -> impl FnMut(TileId) -> Result<Vec<Hash>, Error> {
    |tile| {
        let missing = Error::Tile { reason: "missing" };
        decode_tile(tile, disk.get(&tile.to_string()).ok_or(missing)?)
    }
}

#[test]
fn paths_of_the_specification() {
    let tile = |kind, index, width| TileId { kind, index, width };
    let hashes = |level| TileKind::Hashes { level };
    for (id, path) in [
        (tile(hashes(0), 0, 256), "tile/0/000"),
        (tile(hashes(1), 1_234_067, 256), "tile/1/x001/x234/067"),
        (tile(hashes(0), 273, 112), "tile/0/273.p/112"),
        (
            tile(TileKind::Entries, 1000, 1),
            "tile/entries/x001/000.p/1",
        ),
        (tile(hashes(5), 0, 255), "tile/5/000.p/255"),
    ] {
        assert_eq!(id.to_string(), path);
        assert_eq!(path.parse::<TileId>().unwrap(), id);
    }
    for wrong in [
        "",
        "tile/0",
        "tile/0/",
        "tile/0/0",
        "tile/00/000",
        "tile/6/000",
        "tile/0/x000/001",
        "tile/0/001/000",
        "tile/0/x001/x000",
        "tile/0/000.p/256",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/",
        "/tile/0/000",
        "tile/0/../000",
        "tile/-1/000",
        "tile/data/000",
        "tile/0/x99999999999999999999/000",
    ] {
        let error = wrong.parse::<TileId>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "tile of a log: its path is not that of a tile",
            "{wrong}"
        );
    }
}

#[test]
fn proofs_from_tiles_are_those_of_the_tree_in_memory() {
    let all = leaves(66_000);
    let mut builder = TileBuilder::new();
    let mut disk = Disk::new();
    let looked_at = [
        1, 2, 3, 255, 256, 257, 511, 512, 1000, 65_535, 65_536, 65_537, 65_793, 66_000,
    ];
    for (&leaf, size) in all.iter().zip(1_u64..) {
        builder.push(leaf, store(&mut disk)).unwrap();
        if !looked_at.contains(&size) {
            continue;
        }
        builder.write_partial(store(&mut disk)).unwrap();
        let leaves = &all[..size as usize];
        let root = tree::root(leaves);
        let mut tree = TiledTree::open(size, root, load(&disk)).unwrap();
        for index in [0, 1, size / 3, size / 2, size - 1] {
            let expected = tree::inclusion_proof(leaves, index as usize);
            let found = tree.inclusion_proof(index).unwrap();
            assert_eq!(found.map(|(_, proof)| proof), expected, "{index} of {size}");
        }
        assert!(tree.inclusion_proof(size).unwrap().is_none());
        for old in [1, 2, size / 3 + 1, size / 2 + 1, size] {
            let expected = tree::consistency_proof(leaves, old as usize);
            let found = tree.consistency_proof(old).unwrap();
            assert_eq!(found.map(|(_, proof)| proof), expected, "{old} of {size}");
        }
        assert!(tree.consistency_proof(0).unwrap().is_none());
        assert!(tree.consistency_proof(size + 1).unwrap().is_none());
    }
    // what one proof costs in a log of this length: the last and the wanted tile of each level
    let mut read = 0;
    let mut load = load(&disk);
    let mut tree = TiledTree::open(66_000, tree::root(&all), |tile| {
        read += 1;
        load(tile)
    })
    .unwrap();
    tree.inclusion_proof(31_337).unwrap();
    assert!(read <= 6, "{read} tiles");
}

#[test]
fn a_log_goes_on_from_its_tiles() {
    for size in [0_u64, 1, 255, 256, 300, 65_536, 65_600] {
        let all = leaves(size + 700);
        let (mut whole, mut disk) = (TileBuilder::new(), Disk::new());
        for &leaf in &all[..size as usize] {
            whole.push(leaf, store(&mut disk)).unwrap();
        }
        whole.write_partial(store(&mut disk)).unwrap();
        let mut resumed = TileBuilder::resume(size, load(&disk)).unwrap();
        assert_eq!(resumed.size(), size);
        // Its tree is the one of the leaves, and grows like it.
        let mut frontier = resumed.frontier();
        assert_eq!(frontier.size(), size);
        assert_eq!(frontier.root(), tree::root(&all[..size as usize]));
        all[size as usize..]
            .iter()
            .for_each(|&leaf| frontier.push(leaf));
        assert_eq!(frontier.root(), tree::root(&all));
        let mut other = disk.clone();
        for &leaf in &all[size as usize..] {
            whole.push(leaf, store(&mut disk)).unwrap();
            resumed.push(leaf, store(&mut other)).unwrap();
        }
        whole.write_partial(store(&mut disk)).unwrap();
        resumed.write_partial(store(&mut other)).unwrap();
        assert!(disk == other, "{size}");
        TiledTree::open(size + 700, tree::root(&all), load(&disk)).unwrap();
    }
}

#[test]
fn no_changed_tile_gives_a_proof() {
    let all = leaves(600);
    let (mut builder, mut disk) = (TileBuilder::new(), Disk::new());
    for &leaf in &all {
        builder.push(leaf, store(&mut disk)).unwrap();
    }
    builder.write_partial(store(&mut disk)).unwrap();
    let root = tree::root(&all);
    assert_eq!(disk.len(), 4, "{:?}", disk.keys());
    for path in disk.keys() {
        let mut changed = disk.clone();
        changed.get_mut(path).unwrap()[5] ^= 1;
        let proof = TiledTree::open(600, root, load(&changed)).and_then(|mut tree| {
            tree.inclusion_proof(4)
                .and_then(|_| tree.inclusion_proof(300))
        });
        assert!(proof.is_err(), "{path}");
        let mut short = disk.clone();
        short.get_mut(path).unwrap().pop();
        let opened = TiledTree::open(600, root, load(&short)).and_then(|mut tree| {
            tree.inclusion_proof(4)
                .and_then(|_| tree.inclusion_proof(300))
        });
        assert!(matches!(opened, Err(Error::Tile { .. })), "{path}");
    }
    let empty = |_| Err::<Vec<Hash>, _>(Error::BadProof);
    TiledTree::open(0, tree::root(&[]), empty).unwrap();
}

#[test]
fn bundles_of_entries() {
    let entries: [&[u8]; 3] = [b"one", b"", &[7; 300]];
    let bundle = encode_entries(entries).unwrap();
    assert_eq!(bundle.len(), 3 + 300 + 6);
    let tile = TileId::in_tree(TileKind::Entries, 2, 515).unwrap();
    assert_eq!(tile.to_string(), "tile/entries/002.p/3");
    assert_eq!(decode_entries(tile, &bundle).unwrap(), entries);
    for cut in 0..bundle.len() {
        assert!(decode_entries(tile, &bundle[..cut]).is_err());
    }
    assert!(decode_entries(tile, &[&bundle[..], b"\0\0"].concat()).is_err());
    let long = vec![0; MAX_ENTRY_LEN + 1];
    assert!(encode_entries([&long[..]]).is_err());
}
