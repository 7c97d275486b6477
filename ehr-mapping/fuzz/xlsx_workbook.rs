//! Any bytes as a workbook: opening ends, and every row has a cell for each column.
#![no_main]

use ehr_mapping::csv::{Dialect, fields};
use ehr_mapping::raw::RawRecord;
use ehr_mapping::xlsx::{Workbook, detect};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: {
    // the library below panics over some damaged files, which is caught; that must not end the run
    std::panic::set_hook(Box::new(|_| {}));
}, |bytes: &[u8]| {
    let _ = detect(bytes);
    let Ok(mut workbook) = Workbook::open(bytes, "fuzz.xlsx") else {
        return;
    };
    for sheet in workbook.sheets().to_vec() {
        let Ok(mut reader) = workbook.sheet(&sheet.name) else {
            continue;
        };
        let width = reader.header().len();
        while let Some(RawRecord::Text(row)) = reader.next_raw() {
            let cells = fields(row.expose_text(), &Dialect::default()).count();
            assert_eq!(cells, width);
        }
    }
});
