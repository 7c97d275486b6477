//! 277CA, 999 and 997: what became of claims and of files.

use super::{Cut, Guide, Loop};
use crate::x12::segment::Set;

/// 277CA. The four levels stand side by side, as those of claims do.
pub(super) static CLAIM_STATUS: Guide = Guide {
    root: Loop::root(
        Set::of(&["BHT", "REF"]),
        Set::NONE,
        &[
            Loop::level("2000A", &["20"], &[]).holding(&[
                Loop::entity("2100A", &["PR", "AY"], &["PER"]),
                Loop::new("2200A", "TRN", &["DTP"]),
                SPARE_NAME,
            ]),
            Loop::level("2000B", &["21"], &[]).holding(&[
                Loop::entity("2100B", &["41"], &[]),
                Loop::new("2200B", "TRN", &["STC", "QTY", "AMT"]),
                SPARE_NAME,
            ]),
            Loop::level("2000C", &["19"], &[]).holding(&[
                Loop::entity("2100C", &["85"], &[]),
                Loop::new("2200C", "TRN", &["STC", "REF", "QTY", "AMT"]),
                SPARE_NAME,
            ]),
            Loop::level("2000D", &["PT"], &["DMG"]).holding(&[
                Loop::entity("2100D", &["QC"], &[]),
                SPARE_NAME,
                Loop::new("2200D", "TRN", &["STC", "REF", "DTP"])
                    .structural()
                    .holding(&[Loop::new("2220D", "SVC", &["STC", "REF", "DTP"]).structural()]),
            ]),
            Loop::new("2000", "HL", &[]).structural().spare(),
        ],
    ),
    cut: Cut::ClaimStatus,
};

const SPARE_NAME: Loop = Loop::new("2100", "NM1", &["N3", "N4", "REF", "PER"]).spare();

/// 999.
pub(super) static IMPLEMENTATION: Guide = Guide {
    root: Loop::root(
        Set::of(&["AK1"]),
        Set::of(&["AK9"]),
        &[Loop::new("2000", "AK2", &[])
            .structural()
            .closing(&["IK5"])
            .holding(&[Loop::new("2100", "IK3", &["CTX"])
                .structural()
                .holding(&[Loop::new("2110", "IK4", &["CTX"]).structural()])])],
    ),
    cut: Cut::Whole,
};

/// 997, whose loops are named by their segments.
pub(super) static FUNCTIONAL: Guide = Guide {
    root: Loop::root(
        Set::of(&["AK1"]),
        Set::of(&["AK9"]),
        &[Loop::new("AK2", "AK2", &[])
            .structural()
            .closing(&["AK5"])
            .holding(&[Loop::new("AK3", "AK3", &["AK4"]).structural()])],
    ),
    cut: Cut::Whole,
};
