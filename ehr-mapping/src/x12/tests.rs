//! Blocks of any size, limits, properties of whole files.

use std::sync::Arc;

use ehr_model::issue::IssueCode;
use ehr_model::source::{Arena, Names, NodeId, SourceRecord};
use encoding_rs::{UTF_8, UTF_16LE, WINDOWS_1252};
use proptest::collection::vec;
use proptest::prelude::*;

use super::input::Limits;
use super::segment::{IDS, SegmentId};
use super::*;
use crate::raw::{Position, RawRecord};

const CLAIM: &str = "\
    ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          *240101*1200*^*00501*000000001*0*T*:~\n\
    GS*HC*CLINIC*PAYER*20240101*1200*1*X*005010X222A1~\n\
    ST*837*0001*005010X222A1~\n\
    BHT*0019*00*1*20240101*1200*CH~\n\
    HL*1**20*1~\n\
    NM1*85*2*CLINIC*****XX*1234567893~\n\
    HL*2*1*22*1~\n\
    SBR*P**GROUP~\n\
    HL*3*2*23*0~\n\
    PAT*19~\n\
    CLM*A-17*120***11:B:1~\n\
    LX*1~\n\
    SV1*HC:99213*120*UN*1~\n\
    SE*12*0001~\n\
    GE*1*1~\n\
    IEA*1*000000001~\n";

/// Small enough that every segment meets the edge of a block.
fn small(block: usize) -> Limits {
    Limits {
        block,
        ..Limits::default()
    }
}

/// What a reader says of a file, record by record, and its issues.
fn read(file: &[u8], limits: Limits) -> (Vec<String>, Vec<(IssueCode, Position)>) {
    let mut reader = match Reader::with_limits(file, "t.x12".into(), UTF_8, limits) {
        Ok(reader) => reader,
        Err(error) => return (vec![error.to_string()], Vec::new()),
    };
    let mut records = Vec::new();
    while let Some(record) = reader.next_raw().unwrap() {
        records.push(match record {
            RawRecord::Text(text) => format!("{:?} {}", text.position(), text.expose_text()),
            RawRecord::Bad(bad) => format!(
                "{:?} {} {}",
                bad.position(),
                bad.reason(),
                bad.expose_bytes().escape_ascii()
            ),
        });
    }
    let issues = reader.issues().to_vec();
    (records, issues)
}

fn tree(text: &str) -> SourceRecord<'_> {
    let names = Arc::new(Names::default());
    let position = Position::default();
    parse(text, &"t.x12".into(), position, &names, Arena::default()).unwrap()
}

fn leaves(record: &SourceRecord<'_>) -> Vec<(String, String)> {
    let value = |leaf| record.expose(leaf).unwrap().to_owned();
    let leaves = record.filled_leaves();
    leaves
        .map(|leaf| (record.path(leaf), value(leaf)))
        .collect()
}

#[test]
fn ids_are_in_order_and_found() {
    assert!(IDS.is_sorted());
    for (number, id) in IDS.into_iter().enumerate() {
        assert_eq!(SegmentId::of(id.as_bytes()).index(), number);
    }
    for id in ["", "N", "NM", "nm1", "NM1A", "N 1", "DOE", "\u{e9}1"] {
        assert_eq!(SegmentId::of(id.as_bytes()), SegmentId::UNKNOWN, "{id}");
    }
}

#[test]
fn blocks_of_any_size_read_the_same() {
    let file = format!("{CLAIM}between\n{}", CLAIM.replace(['\n', '~'], "\r\n"));
    let whole = read(file.as_bytes(), Limits::default());
    assert_eq!(whole.0.len(), 7);
    for block in 1..300 {
        assert_eq!(read(file.as_bytes(), small(block)), whole, "{block}");
    }
}

#[test]
fn numbers_lines_and_bytes_are_those_of_the_file() {
    let mut reader = Reader::new(CLAIM.as_bytes(), "t.x12").unwrap();
    let mut found = Vec::new();
    while let Some(RawRecord::Text(text)) = reader.next_raw().unwrap() {
        let Position { number, line, byte } = text.position();
        let own = own_text(text.expose_text());
        let first = own.split_once('\n').map_or(own, |(first, _)| first);
        assert!(CLAIM[byte as usize..].starts_with(first));
        found.push((number, line, own.lines().count()));
    }
    assert_eq!(found, [(1, 5, 2), (2, 7, 7), (3, 1, 7)]);
}

#[test]
fn a_record_is_cut_where_it_becomes_too_long() {
    let limits = Limits {
        record: 150,
        ..small(64)
    };
    let file = CLAIM.replace("SBR*P**GROUP~", &"REF*G1*1234567890~\n".repeat(20));
    let (records, issues) = read(file.as_bytes(), limits);
    let bad = |record: &&String| record.contains("record-too-long");
    // the subscriber in three pieces, the envelope in two
    assert_eq!(records.iter().filter(bad).count(), 5);
    let pieces: String = records
        .iter()
        .filter(bad)
        .map(|record| record.rsplit(" } ").next().unwrap())
        .collect();
    assert_eq!(pieces.matches("REF*G1*1234567890~").count(), 20);
    assert_eq!(issues[0].0, SEGMENT_COUNT_DIFFERS);
}

#[test]
fn a_segment_that_never_ends_costs_its_record() {
    let limits = Limits {
        record: 200,
        ..small(64)
    };
    let file = CLAIM.replace("GROUP~", &format!("{}~", "x".repeat(1000)));
    let (records, _) = read(file.as_bytes(), limits);
    let patient = records
        .iter()
        .find(|record| record.contains("HL*3*2*23*0~"))
        .unwrap();
    assert!(
        !patient.contains("record-too-long"),
        "the next record is whole"
    );
    let pieces: String = records.concat();
    assert_eq!(
        pieces.matches('x').count() - pieces.matches("x12").count(),
        1000
    );
}

#[test]
fn a_context_that_is_too_long_is_not_shown_in_part() {
    let limits = Limits {
        context: 120,
        ..Limits::default()
    };
    let file = CLAIM.replace("NM1*85*2*CLINIC", &format!("NM1*85*2*{}", "x".repeat(100)));
    let (records, _) = read(file.as_bytes(), limits);
    let reason = |record: &str| record.contains(" context-too-long ");
    let found: Vec<bool> = records.iter().map(|record| reason(record)).collect();
    assert_eq!(found, [false, true, false]);
}

#[test]
fn a_context_in_another_encoding_is_not_left_out() {
    let file = CLAIM.replace("CLINIC*****XX", "CL\u{cd}NICA*****XX");
    let (file, _, _) = WINDOWS_1252.encode(&file);
    let (records, _) = read(&file, Limits::default());
    assert!(records[0].contains(" undecodable-bytes HL*1**20*1~"));
    assert!(records[1].contains(" context-unreadable HL*2*1*22*1~"));
    let mut reader = Reader::with_encoding(&file[..], "t.x12", WINDOWS_1252).unwrap();
    while let Some(record) = reader.next_raw().unwrap() {
        let RawRecord::Text(text) = record else {
            panic!("all is Windows-1252")
        };
        let record = tree(text.expose_text());
        let name = (0..record.len())
            .map(NodeId::at)
            .find(|node| record.path(*node) == "2000A/2010AA/NM1/NM103");
        if text.position().number < 3 {
            assert_eq!(record.expose(name.unwrap()), Some("CL\u{cd}NICA"));
        }
    }
}

#[test]
fn errors_say_what_is_wrong_and_no_value() {
    let error = |file: &str| {
        Reader::new(file.as_bytes(), "t.x12")
            .unwrap_err()
            .to_string()
    };
    assert_eq!(error(" \r\n"), "t.x12: the file is empty");
    assert_eq!(
        error("name,ISA\nDoe,1\n"),
        "t.x12: not X12: no ISA segment whose elements have their fixed widths"
    );
    let error = Reader::with_encoding(CLAIM.as_bytes(), "t.x12", UTF_16LE).unwrap_err();
    assert_eq!(
        error.to_string(),
        "t.x12: interchanges are not read in the encoding UTF-16LE"
    );
    let names = Arc::new(Names::default());
    let parse = |text: &str| {
        let position = Position::default();
        parse(text, &"t.x12".into(), position, &names, Arena::default())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(parse("Doe"), "not-a-record at byte 0 of the record");
    assert_eq!(parse("12"), "not-a-record at byte 0 of the record");
    assert_eq!(parse("3\nISA"), "not-a-record at byte 2 of the record");
    assert_eq!(
        parse(&format!("999999\n{CLAIM}")),
        "not-a-record at byte 0 of the record"
    );
    let wide = format!("{}\nN3{}Doe~", &CLAIM[..106], "*".repeat(100));
    assert_eq!(parse(&wide), "too-many-elements at byte 107 of the record");
    let binary = format!("{}\nBIN*5*Doe~", &CLAIM[..106]);
    assert_eq!(
        parse(&binary),
        "binary-length-wrong at byte 107 of the record"
    );
}

#[test]
fn what_is_shown_says_where_and_not_what() {
    const CANARY: &str = "QZXCANARY";
    let names = Arc::new(Names::default());
    let source: Arc<str> = "t.x12".into();
    let body = CLAIM.find("ST*").unwrap();
    // wherever a terminator or a separator is wrong, a value takes the place of something else
    for at in body..CLAIM.len() {
        for damage in [
            CANARY,
            "~QZXCANARY~",
            "*QZXCANARY*",
            "~QZXCANARY*",
            "\0QZXCANARY",
        ] {
            let mut file = CLAIM.to_owned();
            file.insert_str(at, damage);
            let mut shown = String::new();
            let mut reader = Reader::new(file.as_bytes(), source.clone()).unwrap();
            while let Some(record) = reader.next_raw().unwrap() {
                shown += &format!("{record:?}");
                let RawRecord::Text(text) = record else {
                    continue;
                };
                let (text, position) = (text.expose_text(), text.position());
                match parse_with_issues(text, &source, position, &names, Arena::default()) {
                    Ok((record, issues)) => {
                        shown += &format!("{record:?} {issues:?}");
                        for node in 1..record.len() {
                            shown += &record.path(NodeId::at(node));
                        }
                    }
                    Err(unreadable) => shown += &format!("{unreadable:?} {unreadable}"),
                }
            }
            shown += &format!("{reader:?} {:?}", reader.issues());
            assert!(!shown.contains(CANARY), "byte {at}");
        }
    }
}

#[test]
fn a_reject_holds_the_own_segments_and_counts_their_values() {
    let text = format!(
        "{}\n{}NM1*QC*1*DOE~\nBIN*5*x:y~",
        CLAIM[..107].len(),
        &CLAIM[..107]
    );
    let names = Arc::new(Names::default());
    let source: Arc<str> = "t.x12".into();
    let position = Position::default();
    let unreadable = parse(&text, &source, position, &names, Arena::default()).unwrap_err();
    let reject = unreadable.reject(&text, &source, position);
    assert_eq!(own_text(&text), "NM1*QC*1*DOE~\nBIN*5*x:y~");
    assert_eq!(reject.leaves, 6);
}

#[test]
fn more_elements_than_usual_are_named() {
    let text = format!(
        "{}\nN3{}Doe~\nK3*{}x~",
        &CLAIM[..106],
        "*".repeat(99),
        ":".repeat(98)
    );
    let leaves = leaves(&tree(&text));
    let last: Vec<_> = leaves
        .iter()
        .rev()
        .take(2)
        .map(|(path, _)| &**path)
        .collect();
    assert_eq!(last, ["K3/K301/99", "N3/N399"]);
}

#[test]
fn names_of_a_plan_keep_their_numbers() {
    let mut names = Names::default();
    let claim = names.intern("CLM01");
    let names = Arc::new(names);
    let text = format!("{}CLM*A~", &CLAIM[..106]);
    let source: Arc<str> = "t.x12".into();
    let record = parse(
        &text,
        &source,
        Position::default(),
        &names,
        Arena::default(),
    )
    .unwrap();
    let leaf = record.filled_leaves().last().unwrap();
    assert_eq!(record.name(leaf), claim);
}

#[test]
fn detection() {
    assert!(detect(CLAIM.as_bytes()));
    assert!(detect(format!("\u{FEFF}\r\n {CLAIM}").as_bytes()));
    assert!(!detect(&CLAIM.as_bytes()[..105]));
    assert!(!detect(CLAIM.replacen("00", "000", 1).as_bytes()));
    assert!(!detect(CLAIM.replace(":~", "A~").as_bytes()));
    assert!(!detect(CLAIM.replace(":~", "**").as_bytes()));
    assert!(!detect(b""));
    assert!(!detect(b"ISA,NAME\n1,Doe\n"));
}

/// Values that stand in no one's way.
fn value() -> impl Strategy<Value = String> {
    "[A-Za-z0-9 .,\u{e9}\u{4e2d}\n-]{0,6}"
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        claims in vec(vec((0..IDS.len(), vec(vec(vec(value(), 1..4), 1..3), 0..5)), 0..8), 1..5),
    ) {
        let mut file = CLAIM[..CLAIM.find("HL*1").unwrap()].to_owned();
        let mut expected = Vec::new();
        for (number, segments) in claims.iter().enumerate() {
            let above = if number == 0 { "" } else { "1" };
            let code = if number == 0 { "20" } else { "22" };
            file.push_str(&format!("HL*{}*{above}*{code}~", number + 1));
            expected.extend([(number + 1).to_string(), above.to_owned(), code.to_owned()]);
            for (id, elements) in segments {
                let id = IDS[*id];
                let is_plain = !["BIN", "BDS", "HL"].contains(&id)
                    && !SegmentId::ENVELOPE.contains(SegmentId::named(id));
                if !is_plain {
                    continue;
                }
                file.push_str(id);
                for element in elements {
                    let repetitions: Vec<String> =
                        element.iter().map(|components| components.join(":")).collect();
                    file.push('*');
                    file.push_str(&repetitions.join("^"));
                    expected.extend(element.iter().flatten().cloned());
                }
                file.push_str("~\n");
            }
        }
        expected.retain(|value| !value.is_empty());
        let mut reader = Reader::new(file.as_bytes(), "t.x12").unwrap();
        let mut found = Vec::new();
        while let Some(record) = reader.next_raw().unwrap() {
            let RawRecord::Text(text) = record else { panic!("nothing is bad here") };
            if text.position().line > 1 {
                found.extend(leaves(&tree(text.expose_text())).into_iter().map(|(_, value)| value));
            }
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn any_damage_reads_the_same_in_any_blocks(
        at in 0..CLAIM.len(),
        length in 0_usize..12,
        with in vec(prop_oneof![
            Just(b'~'), Just(b'*'), Just(b':'), Just(b'\n'), Just(b'I'), any::<u8>()
        ], 0..12),
        block in 1_usize..200,
    ) {
        let mut file = CLAIM.as_bytes().to_vec();
        file.extend_from_slice(CLAIM.as_bytes());
        file.splice(at..(at + length).min(file.len()), with);
        prop_assert_eq!(read(&file, small(block)), read(&file, Limits::default()));
    }
}
