//! 835: payments and their explanation.
//!
//! The header loop of a group of claims (`2000`) and the claims (`2100`) stand side by side.

use super::{Cut, Guide, Loop};
use crate::x12::segment::Set;

pub(super) static PAYMENT: Guide = Guide {
    root: Loop::root(
        Set::of(&["BPR", "NTE", "TRN", "CUR", "REF", "DTM"]),
        Set::of(&["PLB"]),
        &[
            Loop::new("1000A", "N1", &["N2", "N3", "N4", "REF", "PER"]).coded(1, &["PR"]),
            Loop::new("1000B", "N1", &["N2", "N3", "N4", "REF", "PER", "RDM"]).coded(1, &["PE"]),
            Loop::new("1000", "N1", &["N2", "N3", "N4", "REF", "PER"]).spare(),
            Loop::new("2000", "LX", &["TS3", "TS2"]).structural(),
            Loop::new(
                "2100",
                "CLP",
                &[
                    "CAS", "NM1", "MIA", "MOA", "REF", "DTM", "PER", "AMT", "QTY",
                ],
            )
            .structural()
            .holding(&[Loop::new(
                "2110",
                "SVC",
                &["DTM", "CAS", "REF", "AMT", "QTY", "LQ", "TS3"],
            )
            .structural()]),
        ],
    ),
    cut: Cut::Payments,
};
