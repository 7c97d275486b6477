//! Workbooks that the tests write themselves.

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook as Writer};

use super::*;
use crate::csv::{Columns, Dialect, fields, parse};
use crate::raw::RawRecord;
use ehr_model::source::{Arena, NodeId};

/// The lines and cells of a sheet, and what was odd with its place.
fn read(bytes: &[u8], sheet: &str) -> (Vec<(u64, Vec<String>)>, Vec<String>) {
    let mut workbook = Workbook::open(bytes, "b.xlsx").unwrap();
    let mut sheet = workbook.sheet(sheet).unwrap();
    let columns = Columns::new("b.xlsx", sheet.header()).unwrap();
    let dialect = Dialect::default();
    let mut rows = vec![(0, sheet.header().to_vec())];
    while let Some(RawRecord::Text(row)) = sheet.next_raw() {
        let position = row.position();
        let raw = row.expose_text();
        let record = parse(raw, &dialect, &columns, position, Arena::default()).unwrap();
        let leaves =
            (1..record.len()).map(|node| record.expose(NodeId::at(node)).unwrap().to_owned());
        let leaves: Vec<_> = leaves.collect();
        assert!(fields(raw, &dialect).eq(leaves.iter().map(String::as_str)));
        assert_eq!(position.number as usize, rows.len());
        rows.push((position.line, leaves));
    }
    let issues = sheet.take_issues();
    (rows, issues.iter().map(ToString::to_string).collect())
}

fn row(line: u64, cells: &[&str]) -> (u64, Vec<String>) {
    (line, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn cells_say_what_a_person_sees() {
    let mut writer = Writer::new();
    let sheet = writer.add_worksheet().set_name("Visits").unwrap();
    let format = |code: &str| Format::new().set_num_format(code);
    let moment = ExcelDateTime::parse_from_str("2020-01-31T10:30:00").unwrap();
    let day = ExcelDateTime::parse_from_str("2020-01-31").unwrap();
    sheet.write_row(0, 0, ["what", "value"]).unwrap();
    let mut line = 0;
    let mut put = |what: &str| {
        line += 1;
        (line, what.to_owned())
    };
    macro_rules! cell {
        ($what:expr, $method:ident($($value:expr),*)) => {
            let (line, what) = put($what);
            sheet.write(line, 0, what).unwrap();
            sheet.$method(line, 1, $($value),*).unwrap();
        };
    }
    cell!("text", write("a, \"b\"\nc"));
    cell!("text of digits", write("02139"));
    cell!("whole", write(42.0));
    cell!("fraction", write(98.6));
    cell!("sum", write(0.1 + 0.2));
    cell!("two decimals", write_with_format(12.5, &format("0.00")));
    cell!("zip", write_with_format(2139, &format("00000")));
    cell!("ssn", write_with_format(12_345_678, &format("000-00-0000")));
    cell!("percent", write_with_format(0.5, &format("0%")));
    cell!("true", write(true));
    cell!("day", write_with_format(&day, &format("m/d/yyyy")));
    cell!(
        "moment",
        write_with_format(&moment, &format("yyyy-mm-dd hh:mm"))
    );
    cell!(
        "moment shown as a day",
        write_with_format(&moment, &format("d-mmm-yy"))
    );
    cell!(
        "day with a clock",
        write_with_format(&day, &format("m/d/yy h:mm"))
    );
    cell!("time", write_with_format(0.4375, &format("h:mm AM/PM")));
    cell!("duration", write_with_format(1.5625, &format("[h]:mm:ss")));
    cell!("day without format", write(43861.0));
    cell!(
        "leap day that never was",
        write_with_format(60.0, &format("m/d/yyyy"))
    );
    cell!("day 0", write_with_format(0.0, &format("m/d/yyyy")));
    cell!(
        "before all days",
        write_with_format(-5.0, &format("m/d/yyyy"))
    );
    cell!("formula", write(Formula::new("=1+1").set_result("2")));
    cell!("spaces", write("  x "));
    let bytes = writer.save_to_buffer().unwrap();
    let (rows, issues) = read(&bytes, "Visits");
    let found: Vec<_> = rows[1..]
        .iter()
        .map(|(_, cells)| (&*cells[0], &*cells[1]))
        .collect();
    assert_eq!(
        found,
        [
            ("text", "a, \"b\"\nc"),
            ("text of digits", "02139"),
            ("whole", "42"),
            ("fraction", "98.6"),
            ("sum", "0.3"),
            ("two decimals", "12.5"),
            ("zip", "02139"),
            ("ssn", "012-34-5678"),
            ("percent", "0.5"),
            ("true", "TRUE"),
            ("day", "2020-01-31"),
            ("moment", "2020-01-31T10:30:00"),
            ("moment shown as a day", "2020-01-31T10:30:00"),
            ("day with a clock", "2020-01-31T00:00:00"),
            ("time", "10:30:00"),
            ("duration", "37:30:00"),
            ("day without format", "43861"),
            ("leap day that never was", "1900-02-29"),
            ("day 0", "0"),
            ("before all days", "-5"),
            ("formula", "2"),
            ("spaces", "  x "),
        ]
    );
    assert_eq!(issues, Vec::<String>::new());
}

#[test]
fn a_table_need_not_begin_in_the_corner() {
    let mut writer = Writer::new();
    let sheet = writer.add_worksheet().set_name("S").unwrap();
    sheet.write(2, 1, " ID ").unwrap();
    sheet.write(2, 3, "NAME").unwrap();
    sheet.write(4, 1, 1).unwrap();
    sheet.write(5, 2, "no name").unwrap();
    sheet.write(7, 3, "x").unwrap();
    sheet.write_blank(9, 9, &Format::new().set_bold()).unwrap();
    let (rows, _) = read(&writer.save_to_buffer().unwrap(), "S");
    assert_eq!(
        rows,
        [
            row(0, &["ID", "column2", "NAME"]),
            row(5, &["1", "", ""]),
            row(6, &["", "no name", ""]),
            row(8, &["", "", "x"]),
        ]
    );
}

#[test]
fn what_is_odd_is_an_issue_with_its_place() {
    let mut writer = Writer::new();
    let sheet = writer.add_worksheet().set_name("S").unwrap();
    sheet.write_row(0, 0, ["A", "B", "C"]).unwrap();
    sheet
        .write(1, 0, Formula::new("=NA()").set_result("#N/A"))
        .unwrap();
    sheet
        .write(1, 1, Formula::new("=1/0").set_result("#DIV/0!"))
        .unwrap();
    sheet
        .merge_range(2, 0, 3, 1, "both", &Format::new())
        .unwrap();
    sheet.write(3, 2, "x").unwrap();
    sheet.write(4, 0, "#N/A").unwrap();
    sheet.write(5, 0, 1_234_567_890_123_456.0).unwrap();
    let (rows, issues) = read(&writer.save_to_buffer().unwrap(), "S");
    assert_eq!(
        rows[1..],
        [
            row(2, &["#N/A", "#DIV/0!", ""]),
            row(3, &["both", "", ""]),
            row(4, &["", "", "x"]),
            row(5, &["#N/A", "", ""]),
            row(6, &["1234567890123460", "", ""]),
        ]
    );
    assert_eq!(
        issues,
        [
            "cell-error A [b.xlsx, sheet 1: record 1, line 2, byte 0]",
            "cell-error B [b.xlsx, sheet 1: record 1, line 2, byte 0]",
            "merged-cells A [b.xlsx, sheet 1: record 2, line 3, byte 0]",
            "number-beyond-15-digits A [b.xlsx, sheet 1: record 5, line 6, byte 0]",
        ]
    );
}

#[test]
fn sheets_are_listed_hidden_ones_too() {
    let mut writer = Writer::new();
    writer
        .add_worksheet()
        .set_name("Shown")
        .unwrap()
        .write(0, 0, "A")
        .unwrap();
    writer
        .add_worksheet()
        .set_name("Hidden")
        .unwrap()
        .set_hidden(true)
        .write(0, 0, "A")
        .unwrap();
    writer.add_worksheet().set_name("Empty").unwrap();
    let bytes = writer.save_to_buffer().unwrap();
    assert!(detect(&bytes));
    let mut workbook = Workbook::open(&bytes[..], "b.xlsx").unwrap();
    let sheets: Vec<_> = workbook
        .sheets()
        .iter()
        .map(|sheet| (&*sheet.name, sheet.visible, sheet.cells))
        .collect();
    assert_eq!(
        sheets,
        [
            ("Shown", true, true),
            ("Hidden", false, true),
            ("Empty", true, true)
        ]
    );
    let error = |result: Result<Reader, Error>| result.unwrap_err().to_string();
    assert_eq!(
        error(workbook.sheet("Empty")),
        "b.xlsx, sheet 3: the sheet is empty, not even a header is there"
    );
    assert_eq!(
        error(workbook.sheet("None")),
        "b.xlsx: there is no sheet of that name with cells"
    );
    assert!(workbook.sheet("Hidden").is_ok());
}

#[test]
fn days_of_the_1904_system_are_those_that_excel_shows() {
    // the writer has no such system: its flag goes into the part that says so
    let mut writer = Writer::new();
    let sheet = writer.add_worksheet().set_name("S").unwrap();
    sheet.write(0, 0, "A").unwrap();
    let format = Format::new().set_num_format("m/d/yyyy");
    sheet.write_with_format(1, 0, 0.0, &format).unwrap();
    sheet.write_with_format(2, 0, 42399.0, &format).unwrap();
    let bytes = writer.save_to_buffer().unwrap();
    let bytes = rewritten(&bytes, "xl/workbook.xml", |part| {
        part.replace("<workbookPr ", "<workbookPr date1904=\"1\" ")
    });
    let (rows, _) = read(&bytes, "S");
    assert_eq!(
        rows[1..],
        [row(2, &["1904-01-01"]), row(3, &["2020-01-31"])]
    );
}

#[test]
fn a_formula_without_its_result_is_seen() {
    let mut writer = Writer::new();
    let sheet = writer.add_worksheet().set_name("S").unwrap();
    sheet.write_row(0, 0, ["A", "B"]).unwrap();
    sheet.write(1, 0, 1).unwrap();
    sheet
        .write(1, 1, Formula::new("=A2*2").set_result("2"))
        .unwrap();
    let bytes = writer.save_to_buffer().unwrap();
    let bytes = rewritten(&bytes, "xl/worksheets/sheet1.xml", |part| {
        part.replace("<f>A2*2</f><v>2</v>", "<f>A2*2</f>")
    });
    let (rows, issues) = read(&bytes, "S");
    assert_eq!(rows[1..], [row(2, &["1", ""])]);
    assert_eq!(
        issues,
        ["formula-without-value B [b.xlsx, sheet 1: record 1, line 2, byte 0]"]
    );
}

/// A workbook with one part changed.
fn rewritten(bytes: &[u8], part: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    use std::io::{Cursor, Read, Write};
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for place in 0..old.len() {
        let mut file = old.by_index(place).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        if name == part {
            let changed = change(content.clone());
            assert_ne!(changed, content, "nothing was changed");
            content = changed;
        }
        new.start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        new.write_all(content.as_bytes()).unwrap();
    }
    new.finish().unwrap().into_inner()
}

#[test]
fn old_workbooks_are_read() {
    let (rows, issues) = read(include_bytes!("../../tests/xlsx/sample.xls"), "S");
    assert_eq!(
        rows,
        [
            row(0, &["text", "num", "date", "dt", "time", "bool", "zip"]),
            row(
                2,
                &[
                    "Müller",
                    "98.6",
                    "2020-01-31",
                    "2020-01-31T10:30:00",
                    "10:30:00",
                    "TRUE",
                    "2139"
                ]
            ),
            row(4, &["x", "", "", "", "", "", ""]),
            row(5, &["m", "", "", "", "", "", ""]),
        ]
    );
    assert_eq!(
        issues,
        ["merged-cells text [b.xlsx, sheet 1: record 3, line 5, byte 0]"]
    );
}

#[test]
fn other_files_say_what_they_are() {
    let error = |bytes: &[u8]| Workbook::open(bytes, "b.xlsx").unwrap_err().to_string();
    assert_eq!(
        error(b"ID,NAME\n"),
        "b.xlsx: not a workbook: it begins like none"
    );
    assert_eq!(error(b"PK\x03\x04"), "b.xlsx: the workbook is damaged");
    assert_eq!(
        error(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"),
        "b.xlsx: not a workbook: it is an old Office file of another kind"
    );
    // over the one the library below panics, the other spans all rows and columns
    for damaged in [
        &include_bytes!("../../tests/xlsx/damaged.xls")[..],
        include_bytes!("../../tests/xlsx/spanning.xls"),
    ] {
        assert_eq!(error(damaged), "b.xlsx: the workbook is damaged");
    }
    assert!(!detect(b"PK\x03\x04 something else") && !detect(b"ID,NAME"));
    let mut writer = Writer::new();
    writer.add_worksheet();
    let mut bytes = writer.save_to_buffer().unwrap();
    bytes.truncate(bytes.len() / 2);
    assert_eq!(error(&bytes), "b.xlsx: the workbook is damaged");
}

#[test]
fn numbers_that_would_take_all_memory_are_refused() {
    let damaged = "b.xlsx: the workbook is damaged";
    let open = |bytes: &[u8]| Workbook::open(bytes, "b.xlsx");
    let mut writer = Writer::new();
    let sheet = writer.add_worksheet().set_name("S").unwrap();
    sheet.write(0, 0, "ID").unwrap();
    sheet.write(1, 0, 7).unwrap();
    let bytes = writer.save_to_buffer().unwrap();
    assert!(open(&bytes).unwrap().sheet("S").is_ok());

    // more texts than the part has bytes
    let texts = rewritten(&bytes, "xl/sharedStrings.xml", |part| {
        part.replace("uniqueCount=\"1\"", "uniqueCount=\"99999999999\"")
    });
    assert_eq!(open(&texts).unwrap_err().to_string(), damaged);
    // a shared formula with a number that no sheet reaches
    let part = "xl/worksheets/sheet1.xml";
    let formula = rewritten(&bytes, part, |part| {
        part.replace(
            "<v>7</v>",
            "<f t=\"shared\" ref=\"A2:A3\" si=\"99999999999\">B2</f><v>7</v>",
        )
    });
    assert_eq!(open(&formula).unwrap_err().to_string(), damaged);
    // columns and rows that no sheet has: each column would get a name
    for place in ["XFE2", "ZZZZZZ2", "A1048577"] {
        let far = rewritten(&bytes, part, |part| {
            part.replace("r=\"A2\"", &format!("r=\"{place}\""))
        });
        let error = open(&far).unwrap().sheet("S").unwrap_err().to_string();
        assert_eq!(error, "b.xlsx, sheet 1: the workbook is damaged");
    }
}

#[test]
fn old_workbooks_that_would_take_all_memory_are_refused() {
    const STREAM: u8 = 2;
    let sheet = |first: u32, rows: u32| {
        let dimensions = [
            &first.to_le_bytes()[..],
            &rows.to_le_bytes(),
            &[0, 0, 1, 0, 0, 0],
        ];
        let begin = record(0x0809, &[0, 6, 0x10, 0, 0, 0, 0, 0]);
        let bound = |at: u32| {
            record(
                0x0085,
                &[&at.to_le_bytes()[..], &[0, 0, 1, 0, b'S']].concat(),
            )
        };
        let end = record(0x000A, &[]);
        let length = begin.len() + bound(0).len() + end.len();
        let book = [&begin[..], &bound(length as u32), &end].concat();
        [
            &book[..],
            &begin,
            &record(0x0200, &dimensions.concat()),
            &end,
        ]
        .concat()
    };
    let open = |bytes: &[u8]| Workbook::open(bytes, "b.xls").map_err(|error| error.to_string());
    let refused = |bytes: &[u8]| open(bytes).is_err_and(|why| why.ends_with("is damaged"));
    let whole = compound(&[("Workbook", STREAM, &sheet(0, 9))]);
    assert_eq!(open(&whole).unwrap().sheets().len(), 1);

    // a chain of sectors that comes back to its begin: the directory, then the workbook
    for (entry, next) in [(1, 1u32), (2, 2)] {
        let mut circle = whole.clone();
        let at = 512 + 4 * entry;
        circle[at..at + 4].copy_from_slice(&next.to_le_bytes());
        assert!(refused(&circle), "sector {entry}");
    }
    // rows that end before they begin, which the library counts as four thousand million
    let backwards = sheet(9, 1);
    assert!(refused(&compound(&[("Workbook", STREAM, &backwards)])));
    // it is found by its name alone: though it is no stream, and is one of two
    assert!(refused(&compound(&[("Workbook", 0, &backwards)])));
    let two = [
        ("Workbook", STREAM, &backwards[..]),
        ("Workbook", STREAM, &sheet(0, 9)),
    ];
    assert!(refused(&compound(&two)));
}

/// A record of an old workbook.
fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let length = data.len() as u16;
    [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
}

/// An old Office file: allocation table in sector 0, directory in sector 1, then the entries.
fn compound(entries: &[(&str, u8, &[u8])]) -> Vec<u8> {
    const END: u32 = 0xFFFF_FFFE;
    const TABLE: u32 = 0xFFFF_FFFD;
    let entry = |name: &str, kind: u8, start: u32, length: u32| {
        let mut entry = vec![0; 128];
        for (place, unit) in name.encode_utf16().enumerate() {
            entry[2 * place..2 * place + 2].copy_from_slice(&unit.to_le_bytes());
        }
        entry[66] = kind;
        entry[116..120].copy_from_slice(&start.to_le_bytes());
        entry[120..124].copy_from_slice(&length.to_le_bytes());
        entry
    };
    let mut header = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    header.resize(512, 0xFF);
    for (at, number) in [
        (24, 0x0003_003Eu32),
        (28, 0x0009_FFFE),
        (32, 6),
        (44, 1),
        (48, 1),
    ] {
        header[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    for (at, number) in [(56, 4096), (60, END), (64, 0), (68, END), (72, 0), (76, 0)] {
        header[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    let mut table = vec![TABLE, END];
    let mut directory = entry("Root Entry", 5, END, 0);
    let mut content = Vec::new();
    for (name, kind, stream) in entries {
        let mut stream = stream.to_vec();
        stream.resize(4096, 0);
        let start = table.len() as u32;
        directory.extend(entry(name, *kind, start, 4096));
        table.extend((1..8).map(|next| start + next).chain([END]));
        content.extend(stream);
    }
    directory.resize(512, 0);
    let mut table: Vec<u8> = table.into_iter().flat_map(u32::to_le_bytes).collect();
    table.resize(512, 0xFF);
    [header, table, directory, content].concat()
}

#[test]
fn no_value_shows_in_what_is_printed() {
    const CANARY: &str = "Canarybird";
    let mut writer = Writer::new();
    let sheet = writer.add_worksheet().set_name(CANARY).unwrap();
    sheet.write(0, 0, "ID").unwrap();
    sheet.write(1, 0, CANARY).unwrap();
    let bytes = writer.save_to_buffer().unwrap();
    let mut workbook = Workbook::open(&bytes[..], "b.xlsx").unwrap();
    let mut printed = format!("{workbook:?} {:?}", workbook.sheet("x").unwrap_err());
    let mut sheet = workbook.sheet(CANARY).unwrap();
    printed += &format!("{:?}", sheet.next_raw());
    printed += &format!("{sheet:?} {}", sheet.source());
    let broken = rewritten(&bytes, "xl/worksheets/sheet1.xml", |part| {
        part.replace("<c r=\"A2\" t=\"s\">", "<c r=\"A2\" t=\"b\">")
            .replace("<v>1</v>", "<v>Canarybird</v>")
    });
    let error = Workbook::open(&broken[..], "b.xlsx")
        .unwrap()
        .sheet(CANARY)
        .unwrap_err();
    printed += &format!("{error} {error:?}");
    assert!(printed.contains("damaged"));
    assert!(!printed.contains(CANARY), "{printed}");
}

proptest! {
    #[test]
    fn texts_and_numbers_come_back(
        rows in prop::collection::vec(prop::collection::vec("[ -~\n]{0,6}|[äöü€漢]{1,3}|[0-9]{1,6}", 3), 0..5),
        numbers in prop::collection::vec(-1_000_000_000i64..1_000_000_000, 0..5),
    ) {
        let mut writer = Writer::new();
        let sheet = writer.add_worksheet().set_name("S").unwrap();
        sheet.write_row(0, 0, ["A", "B", "C", "D"]).unwrap();
        let mut expected = Vec::new();
        for (line, cells) in rows.iter().enumerate() {
            let line = line as u32 + 1;
            let mut all = Vec::new();
            for (column, cell) in cells.iter().enumerate() {
                sheet.write_string(line, column as u16, cell).unwrap();
                all.push(cell.clone());
            }
            let number = numbers.get(line as usize - 1).map(|number| *number as f64 / 1000.0);
            all.push(number.map_or(String::new(), |number| format!("{number}")));
            if let Some(number) = number {
                sheet.write(line, 3, number).unwrap();
            }
            if all.iter().any(|cell| !cell.is_empty()) {
                expected.push((u64::from(line) + 1, all));
            }
        }
        let (found, _) = read(&writer.save_to_buffer().unwrap(), "S");
        prop_assert_eq!(&found[1..], &expected[..]);
    }
}
