//! The table in the binary, and how it is built.

use std::path::Path;

use ehr_validate::terminology::release::{File, icd_10};

use super::{file, release, releases};

const NAME: &str = "ICD-10-CM FY2025";
const DATE: &str = "2024-10-01";

/// Writes the table anew, from the order file that `ICD_10_CM_ORDER` names, or from the corpus.
#[test]
#[ignore = "writes into the sources; run it for a new release, and change name and date above"]
fn builds_the_embedded_table() {
    let released = release(NAME, DATE);
    let codes = match std::env::var_os("ICD_10_CM_ORDER") {
        Some(path) => icd_10::read_cm(&released, File::open(Path::new(&path)).unwrap()),
        None => match releases::order_file() {
            Some(text) => icd_10::read_cm(&released, file(&text)),
            None => return,
        },
    };
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("src/terminology/embedded/icd-10-cm.table");
    codes.unwrap().without_names().write(&path).unwrap();
}

#[cfg(feature = "icd-10-cm")]
#[test]
fn the_embedded_table_opens() {
    use ehr_validate::terminology::Table;

    use super::{get, on};

    let table = Table::icd_10_cm();
    assert_eq!((table.release(), table.len()), (NAME, 97_584));
    assert_eq!(
        get(&table, "E11.9").is_billable_on(&on("2025-01-01")),
        Some(true)
    );
    assert_eq!(
        get(&table, "E11").is_billable_on(&on("2025-01-01")),
        Some(false)
    );
    assert_eq!(get(&table, "E11.9").is_billable_on(&on("2020-01-01")), None);
    assert!(table.get("E11.99").is_none());
}
