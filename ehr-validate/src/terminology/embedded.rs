//! ICD-10-CM in the binary: the codes of one release with the flag of billable ones, no titles.
//!
//! The file is built from the order file of the release by the test `builds_the_embedded_table`:
//!
//! ```text
//! ICD_10_CM_ORDER=icd10cm-order-2025.txt cargo test -p ehr-validate --test all -- --ignored builds_the_embedded_table
//! ```

use std::sync::LazyLock;

use super::Table;

/// The order files of CMS and CDC are in the public domain.
static BYTES: &[u8] = include_bytes!("embedded/icd-10-cm.table");

static TABLE: LazyLock<Table> =
    LazyLock::new(|| Table::from_bytes("icd-10-cm.table", BYTES).expect("a test opens it"));

impl Table {
    /// The codes of ICD-10-CM that came with this library, without titles. It says what is valid
    /// from the date of its [release](Table::release) on; for older services load the releases of
    /// their years.
    pub fn icd_10_cm() -> Self {
        TABLE.clone()
    }
}
