//! How fast the reader cuts rows. Run with
//! `cargo test --release -p ehr-mapping --test all sqldump_speed -- --ignored --nocapture`.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::fmt::Write;
use std::hint::black_box;
use std::time::Instant;

use ehr_mapping::csv::Columns;
use ehr_mapping::raw::RawRecord;
use ehr_mapping::sqldump::{Reader, TableSchema, field, parse, tables};
use ehr_model::source::Arena;

#[test]
#[ignore = "a measurement"]
fn cutting_and_parsing_beside_a_scan_for_quotes() {
    for (name, script) in scripts() {
        println!("{name}, {} MB", script.len() / 1_000_000);
        let bytes = script.as_bytes();
        let tables = tables(bytes).unwrap();
        measure("scan for quotes", bytes, |bytes| {
            memchr::memchr2_iter(b'\'', b'\n', bytes).count() as u64
        });
        measure("next_raw", bytes, |bytes| read(bytes, |_, _, _| ()));
        measure("next_raw, field 1", bytes, |bytes| {
            read(bytes, |reader, text, _| {
                black_box(field(text, reader, 1));
            })
        });
        measure("next_raw, parse", bytes, |bytes| {
            read_and_parse(bytes, &tables)
        });
    }
}

/// Tables of the kind that practices have, as three programs write them.
fn scripts() -> Vec<(&'static str, String)> {
    let rows = 300_000;
    let mut mysql = String::from(
        "-- MySQL dump\nCREATE TABLE `obs` (`id` int, `pat` varchar(36), `at` datetime, `code` varchar(9), \
         `text` text, `value` decimal(9,2), `unit` varchar(9), `by` int);\n",
    );
    let mut copy = String::from(
        "-- PostgreSQL database dump\nCOPY public.obs (id, pat, at, code, text, value, unit, by) FROM stdin;\n",
    );
    let mut server = String::from("USE [clinic]\nGO\n");
    for row in 0..rows {
        let patient = format!("{:08x}-aaaa-bbbb-cccc-{:012x}", row / 40, row / 40);
        let (value, by) = (f64::from(row % 2000) / 10.0, row % 7);
        let at = format!(
            "2020-{:02}-{:02} 10:{:02}:00",
            row % 12 + 1,
            row % 28 + 1,
            row % 60
        );
        mysql.push_str(if row % 5000 == 0 {
            "INSERT INTO `obs` VALUES "
        } else {
            ","
        });
        write!(
            mysql,
            r"({row},'{patient}','{at}','8302-2','Body Height, patient\'s own',{value:.2},'cm',{by})"
        )
        .unwrap();
        if row % 5000 == 4999 {
            mysql.push_str(";\n");
        }
        writeln!(
            copy,
            "{row}\t{patient}\t{at}\t8302-2\tBody Height, patient's own\t{value:.2}\tcm\t\\N"
        )
        .unwrap();
        writeln!(
            server,
            "INSERT [dbo].[obs] ([id], [pat], [at], [code], [text], [value], [unit], [by]) VALUES ({row}, \
             N'{patient}', CAST(N'{at}' AS DateTime), N'8302-2', N'Body Height, patient''s own', \
             CAST({value:.2} AS Decimal(9, 2)), N'cm', {by})"
        )
        .unwrap();
    }
    copy.push_str("\\.\n");
    vec![
        ("MySQL", mysql),
        ("PostgreSQL COPY", copy),
        ("SQL Server", server),
    ]
}

fn measure(what: &str, bytes: &[u8], read: impl Fn(&[u8]) -> u64) {
    let mut best = f64::MAX;
    let mut rows = 0;
    for _ in 0..5 {
        let start = Instant::now();
        rows = black_box(read(black_box(bytes)));
        best = best.min(start.elapsed().as_secs_f64());
    }
    let speed = bytes.len() as f64 / 1e6 / best;
    let row = best * 1e9 / rows as f64;
    println!("  {what:24} {speed:6.0} MB/s {row:6.0} ns a row");
}

fn read(
    bytes: &[u8],
    with: impl Fn(ehr_mapping::sqldump::Variant, &str, ehr_mapping::raw::Position),
) -> u64 {
    let mut reader = Reader::new(bytes, "speed.sql").unwrap();
    let variant = reader.variant();
    let mut rows = 0;
    while let Some(row) = reader.next_raw().unwrap() {
        let RawRecord::Text(text) = row.record else {
            panic!("a row was expected")
        };
        with(variant, black_box(text.expose_text()), text.position());
        rows += 1;
    }
    rows
}

fn read_and_parse(bytes: &[u8], tables: &[TableSchema]) -> u64 {
    let columns = Columns::new("speed.sql", &tables[0].column_names()).unwrap();
    let arena = std::cell::Cell::new(Arena::default());
    read(bytes, |variant, text, position| {
        let record = parse(text, variant, &columns, position, arena.take()).unwrap();
        arena.set(black_box(record).into_arena());
    })
}
