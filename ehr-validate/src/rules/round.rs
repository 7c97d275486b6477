//! Rounds of a rehearsal, and whether they prove anything.

use super::room;

room! {
    fault_escaped_its_rule: FaultEscapedItsRule,
}
