//! Elements of USCDI that arrive.

use super::room;

room! {
    must_support_element_missing: MustSupportElementMissing,
    uscdi_element_lost: UscdiElementLost,
}
