//! What a reader gives for scripts of each variant, whole and in small pieces.

use proptest::prelude::*;

use super::*;
use crate::csv::Columns;
use crate::csv::input::Limits;
use crate::raw::RawRecord;
use ehr_model::source::{Arena, NodeId};

/// A row as table and cells, or a reason and bytes.
#[derive(Debug, Clone, PartialEq)]
enum Seen {
    Row(String, Vec<String>),
    Bad(&'static str, Vec<u8>),
}

const BLOCK: usize = 64 << 10;

fn read(script: &[u8], variant: Variant, block: usize, record: usize) -> Vec<Seen> {
    // in the first of small blocks the name of the encoding is cut in two
    let choice = Some((variant, Some(encoding_rs::UTF_8)));
    let limits = Limits { block, record };
    let mut reader = Reader::with_limits(script, "t.sql".into(), choice, limits).unwrap();
    let mut seen = Vec::new();
    while let Some(row) = reader.next_raw().unwrap() {
        let table = row.table.map_or(String::new(), |name| name.to_string());
        seen.push(match row.record {
            RawRecord::Bad(bad) => Seen::Bad(bad.reason().as_str(), bad.expose_bytes().to_vec()),
            RawRecord::Text(text) => {
                let raw = text.expose_text();
                let cells: Vec<_> = fields(raw, variant).map(String::from).collect();
                let names: Vec<_> = (0..cells.len()).map(|place| place.to_string()).collect();
                let columns = Columns::new("t.sql", &names).unwrap();
                let position = text.position();
                let record = parse(raw, variant, &columns, position, Arena::default()).unwrap();
                for (place, cell) in cells.iter().enumerate() {
                    assert_eq!(record.expose(NodeId::at(place + 1)), Some(&**cell));
                    assert_eq!(field(raw, variant, place).as_deref(), Some(&**cell));
                }
                assert_eq!(field(raw, variant, cells.len()), None);
                Seen::Row(table, cells)
            }
        });
    }
    seen
}

fn whole(script: &[u8], variant: Variant) -> Vec<Seen> {
    read(script, variant, BLOCK, MAX_RECORD)
}

fn row(table: &str, cells: &[&str]) -> Seen {
    Seen::Row(
        table.to_owned(),
        cells.iter().map(|cell| (*cell).to_owned()).collect(),
    )
}

/// How a test writes a table, as the program of each database does.
#[derive(Debug, Clone, Copy)]
enum Writer {
    MySqlExtended,
    MySqlByRow,
    PgCopy,
    PgInserts,
    SqlServer,
}

const WRITERS: [Writer; 5] = [
    Writer::MySqlExtended,
    Writer::MySqlByRow,
    Writer::PgCopy,
    Writer::PgInserts,
    Writer::SqlServer,
];

impl Writer {
    fn variant(self) -> Variant {
        match self {
            Self::MySqlExtended | Self::MySqlByRow => Variant::MySql,
            Self::PgCopy | Self::PgInserts => Variant::PostgreSql,
            Self::SqlServer => Variant::SqlServer,
        }
    }

    fn literal(self, cell: &Option<String>) -> String {
        let Some(text) = cell else {
            return "NULL".to_owned();
        };
        match self {
            Self::MySqlExtended | Self::MySqlByRow => {
                let mut out = String::from("'");
                for character in text.chars() {
                    match character {
                        '\'' | '"' | '\\' => out.extend(['\\', character]),
                        '\n' => out.push_str("\\n"),
                        '\r' => out.push_str("\\r"),
                        '\u{1A}' => out.push_str("\\Z"),
                        other => out.push(other),
                    }
                }
                out + "'"
            }
            Self::PgInserts => format!("'{}'", text.replace('\'', "''")),
            Self::SqlServer => format!("N'{}'", text.replace('\'', "''")),
            Self::PgCopy => text
                .replace('\\', r"\\")
                .replace('\n', r"\n")
                .replace('\r', r"\r")
                .replace('\t', r"\t")
                .replace('\u{8}', r"\b")
                .replace('\u{B}', r"\v")
                .replace('\u{C}', r"\f"),
        }
    }

    fn script(self, columns: usize, rows: &[Vec<Option<String>>]) -> String {
        let (open, close) = match self.variant() {
            Variant::MySql => ("`", "`"),
            Variant::PostgreSql => ("\"", "\""),
            Variant::SqlServer => ("[", "]"),
        };
        let names: Vec<_> = (0..columns)
            .map(|place| format!("{open}c {place}{close}"))
            .collect();
        let types: Vec<_> = names
            .iter()
            .map(|name| format!("  {name} varchar(10) NULL"))
            .collect();
        let create = format!("{open}t{close} (\n{}\n)", types.join(",\n"));
        let tuple = |row: &Vec<Option<String>>| {
            let cells: Vec<_> = row.iter().map(|cell| self.literal(cell)).collect();
            format!(
                "({})",
                cells.join(if matches!(self, Self::MySqlExtended) {
                    ","
                } else {
                    ", "
                })
            )
        };
        let list = names.join(", ");
        match self {
            Self::MySqlExtended => {
                let rows: Vec<_> = rows.iter().map(tuple).collect();
                let insert = match rows.is_empty() {
                    true => String::new(),
                    false => format!("INSERT INTO `t` VALUES {};\n", rows.join(",")),
                };
                format!(
                    "-- MySQL dump\nCREATE TABLE {create} ENGINE=InnoDB;\n{insert}-- Dump completed\n"
                )
            }
            Self::MySqlByRow => {
                let rows = rows
                    .iter()
                    .map(|row| format!("INSERT INTO `t` ({list}) VALUES {};\n", tuple(row)));
                format!(
                    "/*!40101 SET NAMES utf8 */;\nCREATE TABLE {create};\n{}",
                    rows.collect::<String>()
                )
            }
            Self::PgInserts => {
                let rows = rows
                    .iter()
                    .map(|row| format!("INSERT INTO public.\"t\" VALUES {};\n", tuple(row)));
                format!(
                    "SET standard_conforming_strings = on;\nCREATE TABLE public.{create};\n\n{}",
                    rows.collect::<String>()
                )
            }
            Self::PgCopy => {
                let rows = rows.iter().map(|row| {
                    let cells = row.iter().map(|cell| match cell {
                        None => r"\N".to_owned(),
                        cell => self.literal(cell),
                    });
                    cells.collect::<Vec<_>>().join("\t") + "\n"
                });
                let rows: String = rows.collect();
                format!(
                    "CREATE TABLE public.{create};\n\nCOPY public.\"t\" ({list}) FROM stdin;\n{rows}\\.\n\n"
                )
            }
            Self::SqlServer => {
                let rows = rows
                    .iter()
                    .map(|row| format!("INSERT [dbo].[t] ({list}) VALUES {}\n", tuple(row)));
                let rows: String = rows.collect();
                format!(
                    "USE [clinic]\nGO\nCREATE TABLE [dbo].{create} ON [PRIMARY]\nGO\nSET IDENTITY_INSERT [dbo].[t] ON \n\n{rows}SET IDENTITY_INSERT [dbo].[t] OFF\nGO\n"
                )
            }
        }
    }
}

fn cell() -> impl Strategy<Value = Option<String>> {
    let text = prop::collection::vec(
        prop_oneof![
            Just("'"),
            Just("\""),
            Just("\\"),
            Just("),("),
            Just(");\n"),
            Just("("),
            Just(","),
            Just(";"),
            Just("\n"),
            Just("\r\n"),
            Just("\t"),
            Just("\\."),
            Just("\\N"),
            Just("--"),
            Just("/*"),
            Just("*/"),
            Just("#"),
            Just("$$"),
            Just("GO\n"),
            Just("\nGO\n"),
            Just("INSERT "),
            Just("NULL"),
            Just("é"),
            Just("漢"),
            Just("a"),
            Just("12"),
            Just(" "),
            Just("\u{1A}"),
            Just("\u{B}"),
            Just("_"),
            Just("%"),
        ],
        0..8,
    );
    prop_oneof![1 => Just(None), 5 => text.prop_map(|parts| Some(parts.concat()))]
}

proptest! {
    #[test]
    fn what_a_dump_was_written_from_is_read_from_it(
        rows in (1usize..5).prop_flat_map(|columns| {
            prop::collection::vec(prop::collection::vec(cell(), columns), 0..6)
        }),
        block in 16usize..200,
    ) {
        let columns = rows.first().map_or(1, Vec::len);
        for writer in WRITERS {
            let script = writer.script(columns, &rows);
            let expected: Vec<_> = rows
                .iter()
                .map(|row| Seen::Row("t".into(), row.iter().map(|cell| cell.clone().unwrap_or_default()).collect()))
                .collect();
            let found = whole(script.as_bytes(), writer.variant());
            prop_assert_eq!(&found, &expected, "{:?} {}", writer, script);
            let pieces = read(script.as_bytes(), writer.variant(), block, MAX_RECORD);
            prop_assert_eq!(&pieces, &expected, "{:?} in blocks of {}", writer, block);
            prop_assert_eq!(Variant::detect(script.as_bytes()), Some(writer.variant()));
        }
    }

    #[test]
    fn any_text_reads_the_same_in_pieces(
        parts in prop::collection::vec(
            prop_oneof![
                Just("INSERT INTO t VALUES "), Just("INSERT t (a,b) VALUES "), Just("(1,'a')"), Just("("), Just(")"),
                Just("'"), Just(","), Just(";"), Just(";\n"), Just("\n"), Just("\nGO\n"), Just("--"), Just("/*"),
                Just("*/"), Just("COPY t (a, b) FROM stdin;\n"), Just("a\tb\n"), Just("\\.\n"), Just("\\"),
                Just("CREATE TABLE t (a int, b blob)"), Just("UPDATE t SET a = 1"), Just("$$"), Just("E'"),
                Just("NULL"), Just("CAST(1 AS Date)"), Just("x"), Just(" "), Just("\u{0}"), Just("DELIMITER ;;\n"),
            ],
            0..24,
        ),
        block in 16usize..64,
    ) {
        let script = parts.concat();
        for variant in [Variant::MySql, Variant::PostgreSql, Variant::SqlServer] {
            let expected = whole(script.as_bytes(), variant);
            let found = read(script.as_bytes(), variant, block, MAX_RECORD);
            prop_assert_eq!(found, expected, "{:?} {:?}", variant, script);
        }
    }
}

#[test]
fn a_listed_order_becomes_that_of_the_table() {
    let script = b"CREATE TABLE t (a int, b text, c text);\nINSERT INTO t (c, a) VALUES ('x', 1), (NULL, 2);\n";
    let expected = [row("t", &["1", "", "x"]), row("t", &["2", "", ""])];
    for variant in [Variant::MySql, Variant::PostgreSql, Variant::SqlServer] {
        assert_eq!(whole(script, variant), expected);
    }
    let copy = b"CREATE TABLE t (a int, b bytea, c text);\nCOPY t (c, b) FROM stdin;\n(x\t\\\\x4142\n\\.\n";
    assert_eq!(
        whole(copy, Variant::PostgreSql),
        [row("t", &["", "4142", "(x"])]
    );
}

#[test]
fn one_wrong_quote_costs_one_row() {
    let script = b"INSERT INTO t VALUES (1,'a'),(2,'O'Brien'),(3,'c'),(4,'d');\nINSERT INTO t VALUES (5,'e');\n";
    for variant in [Variant::MySql, Variant::PostgreSql, Variant::SqlServer] {
        let expected = [
            row("t", &["1", "a"]),
            Seen::Bad("malformed-tuple", b"(2,'O'Brien')".to_vec()),
            row("t", &["3", "c"]),
            row("t", &["4", "d"]),
            row("t", &["5", "e"]),
        ];
        assert_eq!(whole(script, variant), expected);
    }
    // a quote that is missing takes the next one for its end
    let script = b"INSERT INTO t VALUES (1,'a),(2,'b'),(3,'c');\n";
    let expected = [
        Seen::Bad("malformed-tuple", b"(1,'a),(2,'b')".to_vec()),
        row("t", &["3", "c"]),
    ];
    assert_eq!(whole(script, Variant::MySql), expected);
}

#[test]
fn what_is_too_long_is_cut_in_pieces_and_nothing_of_it_is_lost() {
    let note = "n".repeat(300);
    let script = format!("INSERT INTO t VALUES (1,'a'),(2,'{note}'),(3,'c');\n");
    let seen = read(script.as_bytes(), Variant::MySql, 32, 100);
    let mut pieces: Vec<u8> = Vec::new();
    for seen in &seen[1..seen.len() - 1] {
        let Seen::Bad("record-too-long", bytes) = seen else {
            panic!("{seen:?}")
        };
        pieces.extend(bytes);
    }
    assert_eq!(pieces, format!("(2,'{note}')").into_bytes());
    assert_eq!(seen[0], row("t", &["1", "a"]));
    assert_eq!(seen[seen.len() - 1], row("t", &["3", "c"]));
    // together the rows of a statement may be as long as they like
    let rows = vec!["(1,'a')"; 1000].join(",");
    let script = format!("INSERT INTO t VALUES {rows};\n");
    assert_eq!(read(script.as_bytes(), Variant::MySql, 32, 100).len(), 1000);
}

#[test]
fn columns_come_from_the_table_the_list_or_a_count() {
    let script = "CREATE TABLE a (x int, `key` enum('p','q'), PRIMARY KEY (x), KEY k (`key`));\n\
        INSERT INTO b (p, q) VALUES (1, 2);\nINSERT INTO b (q, r) VALUES (1, 2);\n\
        INSERT INTO `c` VALUES (1, 2, 3);\n";
    let tables = tables(script.as_bytes()).unwrap();
    let shown: Vec<_> = tables
        .iter()
        .map(|table| format!("{} {:?}", table.name, table.column_names()))
        .collect();
    assert_eq!(
        shown,
        [
            "a [\"x\", \"key\"]",
            "b [\"p\", \"q\", \"r\"]",
            "c [\"column1\", \"column2\", \"column3\"]"
        ]
    );
    assert_eq!(tables[0].columns[1].sql_type, "enum('p','q')");

    let seen = whole(script.as_bytes(), Variant::MySql);
    assert_eq!(seen[1], Seen::Bad("unknown-column", b"(1, 2)".to_vec()));
    let mut reader = Reader::new(script.as_bytes(), "t.sql")
        .unwrap()
        .with_tables(tables);
    let variant = reader.variant();
    let mut cells = Vec::new();
    while let Some(row) = reader.next_raw().unwrap() {
        let RawRecord::Text(text) = row.record else {
            panic!("a row was expected")
        };
        cells.push(
            fields(text.expose_text(), variant)
                .map(String::from)
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(cells[1], ["", "1", "2"]);
}

#[test]
fn messages_say_where_and_what() {
    let error = |bytes: &[u8]| Reader::new(bytes, "dump.sql").unwrap_err().to_string();
    assert_eq!(
        error(b"Dear colleague,\nInsert into the record please."),
        "dump.sql: no statement of a MySQL, PostgreSQL or SQL Server dump at its beginning"
    );
    assert_eq!(
        error(b"\x1F\x8B\x08"),
        "dump.sql: not a dump script: it begins like gzip-compressed data"
    );
    assert_eq!(
        error(b"PGDMP\x01"),
        "dump.sql: not a dump script: it begins like a dump of PostgreSQL in its own format, which pg_restore turns into a script"
    );
    assert_eq!(
        error(b"/*!40101 SET NAMES gbk */;\n"),
        "dump.sql: dump scripts in gbk are not read; convert it to UTF-8 first"
    );
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("cable"))
        }
    }
    let error = Reader::new(Broken, "dump.sql").unwrap_err();
    assert_eq!(error.to_string(), "dump.sql: reading failed");
}

#[test]
fn other_files_are_no_dumps() {
    for file in [
        &b"ID,NOTE\n1,\"insert into chart\"\n"[..],
        b"<html><script>\ninsert into `x`</script>",
        b"MSH|^~\\&|\r",
        b"",
        b"{\"a\": 1}",
        b"Copy to Dr. Roe\nuse as directed\n",
    ] {
        assert!(!detect(file), "{}", file.escape_ascii());
    }
}
