//! FEBRL 1 to 3 of the corpus: what Splink and recordlinkage reach there is reached as well.

#![expect(clippy::print_stdout, reason = "says that it was skipped")]

use std::path::Path;

use crate::linkage::measure::{Quality, febrl, febrl_truth, link};

#[test]
fn febrl_is_linked_as_well_as_others_do() {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS does not name a folder");
        return;
    };
    let folder = Path::new(&corpus).join("linkage/febrl");
    // dataset3: F1 of Splink 5 is 0.9949, of recordlinkage 0.16 0.9989.
    for (name, records, truth, least) in [
        ("dataset1", 1_000, 500, 0.995),
        ("dataset2", 5_000, 1_934, 0.9989),
        ("dataset3", 5_000, 6_538, 0.9989),
    ] {
        let text = febrl(&folder, name).expect(name);
        let (linkage, ids) = link(&text, 2);
        let (person, pairs) = febrl_truth(&ids);
        assert_eq!((ids.len(), pairs), (records, truth), "{name}");
        let review = Quality::of(&linkage, &person, truth, |_| true);
        assert!(review.f1() >= least, "{name}: {}", review.line());
        let merge = Quality::of(&linkage, &person, truth, |pair| pair.is_merge_proposal());
        assert!(merge.precision() >= 0.999, "{name}: {}", merge.line());
        assert!(merge.recall() >= 0.7, "{name}: {}", merge.line());
    }
}
