//! Codes of any kind, and the systems that they belong to.

use super::room;

room! {
    unknown_code_system: UnknownCodeSystem,
}
