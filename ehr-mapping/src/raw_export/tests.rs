use super::*;
use crate::source::MemoryFolder;

fn kinds(files: &[(&str, &[u8])]) -> Vec<(String, &'static str)> {
    let folder = files
        .iter()
        .fold(MemoryFolder::default(), |folder, (name, bytes)| {
            folder.with(*name, *bytes)
        });
    let export = RawExport::open(&folder).unwrap();
    export
        .files()
        .iter()
        .map(|file| (file.table.to_string(), file.kind_name()))
        .collect()
}

fn columns(text: &[u8]) -> Option<(char, Vec<String>, bool)> {
    let folder = MemoryFolder::default().with("table.txt", text);
    match &RawExport::open(&folder).unwrap().files()[0].kind {
        RawKind::Delimited { dialect, columns } => Some((
            char::from(dialect.delimiter()),
            columns.clone(),
            dialect.header(),
        )),
        _ => None,
    }
}

#[test]
fn a_table_without_a_header_does_not_show_its_first_patient() {
    let found = columns(b"Okafor,Ada,1980-01-02,F\nRoe,Bea,1990-05-06,F\n").unwrap();
    assert_eq!(found.1, ["column 1", "column 2", "column 3", "column 4"]);
    assert!(!found.2);
    // names of people only: words, but no names of columns
    let found = columns(b"Okafor,Ada,Boston\nRoe,Bea,Lowell\n").unwrap();
    assert!(!found.2, "{found:?}");
}

#[test]
fn delimiters_are_told_by_what_lines_agree_on() {
    assert_eq!(columns(b"ID;NAME\n1;a, b\n2;c\n").unwrap().0, ';');
    assert_eq!(columns(b"ID\tNAME\n1\ta\n").unwrap().0, '\t');
    assert_eq!(columns(b"ID|NOTE\n1|a, b, c\n2|d\n").unwrap().0, '|');
    assert_eq!(
        columns(b"Dear Ada,\nthank you, and all the best,\nBea\n"),
        None
    );
    assert_eq!(
        columns(b"ID,NOTE\n1,\"two\nlines\"\n2,x\n").unwrap().1,
        ["ID", "NOTE"]
    );
}

#[test]
fn every_file_is_something() {
    assert_eq!(
        kinds(&[
            ("a.csv", b"ID,NAME\n1,x\n"),
            ("b.pdf", b"%PDF-1.4\n\x00\x01\x02"),
            ("c.xml", b"<Message><Id>1</Id></Message>"),
            ("d.txt", b""),
            (
                "e.hl7",
                b"MSH|^~\\&|A|B|C|D|20200101||ADT^A01|1|P|2.5\rPID|1||7\r"
            ),
            ("f.txt", b"Just a letter.\nWith lines.\n"),
        ]),
        [
            ("a".to_owned(), "csv"),
            (String::new(), "application/pdf"),
            (String::new(), "xml"),
            (String::new(), "empty"),
            (String::new(), "hl7v2"),
            ("(text)".to_owned(), "text"),
        ]
    );
}

#[test]
fn files_with_the_same_columns_are_one_table_named_after_none() {
    let found = kinds(&[
        ("okafor_ada.csv", b"ID,NAME\n1,x\n"),
        ("roe_bea.csv", b"ID,NAME\n2,y\n"),
    ]);
    assert_eq!(found[0].0, "(2 files alike, group 1)");
    assert_eq!(found[0].0, found[1].0);
}

#[test]
fn a_line_of_another_encoding_is_read_and_told() {
    let folder = MemoryFolder::default().with(
        "names.csv",
        &b"ID,NAME\n1,Jos\xc3\xa9\n2,Andr\xe9\n3,Bea\n"[..],
    );
    // the first bytes are not all UTF-8: the file is read as Windows-1252 as a whole
    let export = RawExport::open(&folder).unwrap();
    assert_eq!(export.files()[0].encoding.as_deref(), Some("windows-1252"));
    let mut long = b"ID,NAME\n".to_vec();
    for number in 0..20_000 {
        long.extend_from_slice(format!("{number},Jos\u{e9}\n").as_bytes());
    }
    long.extend_from_slice(b"20000,Andr\xe9\n");
    let folder = MemoryFolder::default().with("names.csv", long);
    let export = RawExport::open(&folder).unwrap();
    let (mut other, mut records) = (0, 0);
    export
        .read(&export.files()[0], &mut |item| match item {
            RawItem::OtherEncoding => other += 1,
            RawItem::Record { .. } => records += 1,
            _ => {}
        })
        .unwrap();
    assert_eq!((other, records), (1, 20_001));
}

#[test]
fn ragged_rows_are_counted_and_no_error_shows_a_name_of_a_file() {
    let folder = MemoryFolder::default().with(
        "okafor.csv",
        "ID,NAME\n1,x\n2,y\n3,z\n4,a\n5,b\n6,c\n7,d\n8,e\n9,f\n10\n",
    );
    let export = RawExport::open(&folder).unwrap();
    let mut unreadable = 0;
    export
        .read(&export.files()[0], &mut |item| {
            unreadable += usize::from(matches!(item, RawItem::Unreadable { .. }));
        })
        .unwrap();
    assert_eq!(unreadable, 1);
    assert_eq!(export.files()[0].place(), "(file 1 of 1 in the export)");
}
