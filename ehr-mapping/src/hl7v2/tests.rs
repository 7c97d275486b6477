//! What the files of this folder do together.

use std::io::{self, Read};
use std::sync::Arc;

use ehr_model::source::{Arena, Names, NodeId};
use proptest::prelude::*;

use super::input::Limits;
use super::*;
use crate::raw::{Position, RawRecord};

const HEADER: &str = "MSH|^~\\&|LAB|CLINIC|||20240101||ORU^R01|1|P|2.5";

/// Line, byte, and text or reason of a record.
type Piece = (u64, u64, Result<String, &'static str>);

/// Texts and bad bytes of a file with their lines, and the codes that were noticed.
fn read(file: &[u8], limits: Limits) -> (Vec<Piece>, Vec<&'static str>) {
    let mut reader = Reader::with_limits(file, "t.hl7".into(), limits).unwrap();
    let mut found = Vec::new();
    while let Some(record) = reader.next_raw().unwrap() {
        found.push(match record {
            RawRecord::Text(text) => {
                let Position { line, byte, .. } = text.position();
                (line, byte, Ok(text.expose_text().to_owned()))
            }
            RawRecord::Bad(bad) => {
                let Position { line, byte, .. } = bad.position();
                (line, byte, Err(bad.reason().as_str()))
            }
        });
    }
    let issues = reader.issues().iter().map(|(code, _)| code.as_str());
    (found, issues.collect())
}

/// The leaves of a text: path, value, and whether it is inherited.
fn tree(text: &str) -> Vec<(String, String, bool)> {
    let names = Arc::new(Names::default());
    let position = Position::default();
    let record = parse(text, &"t.hl7".into(), position, &names, Arena::default()).unwrap();
    (1..record.len())
        .map(NodeId::at)
        .filter_map(|node| {
            let value = record.expose(node)?.to_owned();
            Some((record.path(node), value, record.is_inherited(node)))
        })
        .collect()
}

#[test]
fn values_stand_on_the_node_that_has_but_one_part() {
    let text = format!("{HEADER}\rPID|1||7^^~8||Doe&X^Jane^&Q|~~Z|\"\"");
    let found: Vec<_> = tree(&text)
        .into_iter()
        .filter(|(path, ..)| path.starts_with("PID"))
        .map(|(path, value, _)| format!("{path}={value}"))
        .collect();
    assert_eq!(
        found,
        [
            "PID/PID-1=1",
            "PID/PID-3=7",
            "PID/PID-3=8",
            "PID/PID-5/1/1=Doe",
            "PID/PID-5/1/2=X",
            "PID/PID-5/2=Jane",
            "PID/PID-5/3/2=Q",
            "PID/PID-6=Z",
            "PID/PID-7=\"\"",
        ]
    );
}

#[test]
fn an_empty_repetition_keeps_its_place() {
    let text = format!("{HEADER}\rPID|||~~Z~");
    let names = vocabulary(&Arc::new(Names::default()));
    let record = parse(
        &text,
        &"t".into(),
        Position::default(),
        &names,
        Arena::default(),
    )
    .unwrap();
    let pid = record.children(NodeId::ROOT).nth(1).unwrap();
    let values: Vec<_> = record
        .children(pid)
        .map(|node| record.expose(node))
        .collect();
    assert_eq!(values, [None, None, Some("Z")]);
}

#[test]
fn a_plan_keeps_the_numbers_of_its_names() {
    let mut plan = Names::default();
    let field = plan.intern("PID-8");
    let plan = Arc::new(plan);
    let text = format!("{HEADER}\rPID||||||||F\rZZZ|own");
    for names in [plan.clone(), vocabulary(&plan)] {
        let record = parse(
            &text,
            &"t".into(),
            Position::default(),
            &names,
            Arena::default(),
        )
        .unwrap();
        let sex = record
            .filled_leaves()
            .find(|node| record.name(*node) == field);
        assert_eq!(record.expose(sex.unwrap()), Some("F"));
        assert!(
            record
                .filled_leaves()
                .any(|node| record.path(node) == "ZZZ/ZZZ-1")
        );
    }
}

#[test]
fn what_is_no_record_is_unreadable() {
    let names = Arc::new(Names::default());
    for (text, reason, byte) in [
        ("", NO_MESSAGE_HEADER, 0),
        ("PID|1", NO_MESSAGE_HEADER, 0),
        ("MSH||", BAD_DELIMITERS, 3),
        ("MSH", BAD_DELIMITERS, 3),
        ("+", NO_MESSAGE_HEADER, 0),
        ("+1 2", NO_MESSAGE_HEADER, 0),
        ("+99 0\rMSH|^~\\&", NO_MESSAGE_HEADER, 0),
        ("+0 99\rMSH|^~\\&", NO_MESSAGE_HEADER, 0),
        ("+9 9\rMSH|^~\\&", NO_MESSAGE_HEADER, 0),
        ("+18446744073709551615 0\rMSH|^~\\&", NO_MESSAGE_HEADER, 0),
        ("+1 0\ré", NO_MESSAGE_HEADER, 0),
        ("+0 0\rPID|1", NO_MESSAGE_HEADER, 5),
        ("+0 0\rMSH|", BAD_DELIMITERS, 8),
    ] {
        let found = parse(
            text,
            &"t.hl7".into(),
            Position::default(),
            &names,
            Arena::default(),
        );
        let unreadable = found.expect_err(text);
        assert_eq!(
            (unreadable.reason, unreadable.byte),
            (reason, byte),
            "{text}"
        );
        let reject = unreadable.reject(text, &"t.hl7".into(), Position::default());
        assert_eq!(reject.reason, reason);
    }
    let unreadable = Unreadable {
        reason: BAD_DELIMITERS,
        byte: 3,
    };
    assert_eq!(
        unreadable.to_string(),
        "bad-delimiters at byte 3 of the record"
    );
}

#[test]
fn a_message_of_nothing_but_repetitions_is_refused() {
    let text = format!("{HEADER}\rPID|||{}Z", "~".repeat(MAX_NODES));
    let names = vocabulary(&Arc::new(Names::default()));
    let found = parse(
        &text,
        &"t.hl7".into(),
        Position::default(),
        &names,
        Arena::default(),
    );
    assert_eq!(found.unwrap_err().reason, TOO_MANY_VALUES);
}

#[test]
fn a_message_of_numberless_fields_is_refused() {
    let names = vocabulary(&Arc::new(Names::default()));
    for (fields, read) in [(60_000, true), (70_000, false)] {
        let text = format!("{HEADER}\rZZZ{}", "|x".repeat(fields));
        let source = "t.hl7".into();
        let found = parse(
            &text,
            &source,
            Position::default(),
            &names,
            Arena::default(),
        );
        match found {
            Ok(record) => assert!(read && record.filled_leaves().count() > fields),
            Err(unreadable) => assert!(!read && unreadable.reason == TOO_MANY_VALUES),
        }
    }
}

#[test]
fn a_long_message_is_bad_and_the_next_one_is_read() {
    let limits = Limits {
        block: 16,
        message: 100,
    };
    let long = format!("{HEADER}\r{}", "OBX|1|TX|||and so on\r".repeat(20));
    let file = format!("{long}MSH|^~\\&|next\rPID|1\r");
    let (found, issues) = read(file.as_bytes(), limits);
    let (last, bad) = found.split_last().unwrap();
    assert_eq!(last.2, Ok("MSH|^~\\&|next\rPID|1".to_owned()));
    assert!(bad.len() >= 5 && bad.iter().all(|bad| bad.2 == Err("message-too-long")));
    assert_eq!(last.1, long.len() as u64);
    assert!(issues.is_empty());
}

#[test]
fn a_header_is_not_repeated_without_bound() {
    let limits = Limits {
        block: 64,
        message: 1000,
    };
    let file = format!("MSH|^~\\&|{}\r{}", "x".repeat(500), "PID|1\r".repeat(9));
    assert_eq!(
        read(file.as_bytes(), limits).0[0].2,
        Err("message-too-long")
    );
    let file = format!("MSH|^~\\&|{}\r{}", "x".repeat(400), "PID|1\r".repeat(9));
    assert_eq!(read(file.as_bytes(), limits).0.len(), 9);
}

#[test]
fn each_patient_is_a_record_that_inherits_the_header() {
    let file = format!("{HEADER}\nEVN|A01\nPID|1\nOBR|1\nOBX|1\nPID|2\n\nOBR|2\n\n");
    let (found, _) = read(file.as_bytes(), Limits::default());
    let head = format!("{HEADER}\nEVN|A01\n");
    let text = |record: usize| found[record].2.clone().unwrap();
    assert_eq!(text(0), format!("{head}PID|1\nOBR|1\nOBX|1"));
    assert_eq!(text(1), format!("+{} 0\r{head}PID|2\n\nOBR|2", head.len()));
    assert_eq!(
        (found[1].0, found[1].1 as usize),
        (6, file.find("PID|2").unwrap())
    );
    let own: Vec<_> = tree(&text(1))
        .into_iter()
        .filter(|(.., inherited)| !inherited)
        .map(|(path, value, _)| format!("{path}={value}"))
        .collect();
    assert_eq!(own, ["PID/PID-1=2", "OBR/OBR-1=2"]);
}

#[test]
fn appointments_share_their_resources() {
    let header = HEADER.replace("ORU^R01", "SIU^S12");
    let file = format!("{header}\rSCH|1\rPID|1\rPID|2\rPV1|2\rRGS|1\rAIS|1");
    let (found, _) = read(file.as_bytes(), Limits::default());
    let text = |record: usize| found[record].2.clone().unwrap();
    assert_eq!(text(0), format!("{header}\rSCH|1\rPID|1\rRGS|1\rAIS|1"));
    let leaves = |record| {
        let leaves = tree(&text(record)).into_iter();
        leaves
            .filter(|(.., inherited)| !inherited)
            .map(|(path, ..)| path)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        leaves(0)[10..],
        ["SCH/SCH-1", "PID/PID-1", "RGS/RGS-1", "RGS/AIS/AIS-1"]
    );
    assert_eq!(leaves(1), ["PID/PID-1", "PV1/PV1-1"]);
    assert_eq!(tree(&text(1)).len(), 15);
}

/// Fails after its bytes, as a disk does.
struct Failing<'f>(&'f [u8]);

impl Read for Failing<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.read(buffer) {
            Ok(0) => Err(io::ErrorKind::TimedOut.into()),
            read => read,
        }
    }
}

#[test]
fn an_error_of_the_disk_is_no_end_of_the_file() {
    let file = format!("{HEADER}\rPID|1\r");
    let limits = Limits {
        block: 16,
        message: 1000,
    };
    let mut reader = Reader::with_limits(Failing(file.as_bytes()), "t.hl7".into(), limits).unwrap();
    for _ in 0..2 {
        let error = reader.next_raw().unwrap_err();
        assert_eq!(error.to_string(), "t.hl7: reading failed");
    }
}

#[test]
fn utf_16_is_refused() {
    for (mark, order) in [(&b"\xFF\xFE"[..], 0), (b"\xFE\xFF", 1), (b"", 0), (b"", 1)] {
        let mut file = mark.to_vec();
        for byte in HEADER.bytes() {
            let pair = [byte, 0];
            file.extend([pair[order], pair[1 - order]]);
        }
        assert!(detect(&file));
        let error = Reader::new(&file[..], "t.hl7").unwrap_err();
        assert_eq!(
            error.to_string(),
            "t.hl7: the file is UTF-16; convert it to UTF-8"
        );
    }
}

#[test]
fn nothing_shows_a_value() {
    let file = format!("{HEADER}\rPID|||CANARY\rCANARY\r");
    let mut reader = Reader::new(file.as_bytes(), "t.hl7").unwrap();
    let record = reader.next_raw().unwrap().unwrap();
    let RawRecord::Text(text) = &record else {
        panic!("a message was expected")
    };
    let names = Arc::new(Names::default());
    let tree = parse(
        text.expose_text(),
        &"t.hl7".into(),
        text.position(),
        &names,
        Arena::default(),
    );
    let shown = format!("{record:?} {tree:?}");
    let shown = format!("{shown} {reader:?} {:?}", reader.issues());
    assert!(
        shown.contains("t.hl7") && !shown.contains("CANARY"),
        "{shown}"
    );
}

/// Lines of which files are made: headers, segments, and what should not be there.
fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => Just(HEADER.to_owned()),
        1 => Just("MSH*!$?%*X*Y".to_owned()),
        6 => "(PID|OBR|OBX|ORC|NTE|ZX1|RGS|EVN)(\\|[a-zé^~&\\\\]{0,4}){0,5}",
        1 => "[a-z|]{1,9}",
        1 => Just(String::new()),
        1 => "(FHS|BHS)\\|\\^~\\\\&\\|[a-z]{0,3}",
        1 => "(BTS|FTS)(\\|[0-9]?)?",
        1 => Just("\u{B}".to_owned() + HEADER),
        1 => Just("\u{1C}".to_owned()),
        1 => Just("\u{FEFF}".to_owned() + HEADER),
    ]
}

fn file() -> impl Strategy<Value = String> {
    let end = prop_oneof![Just("\r"), Just("\n"), Just("\r\n")];
    prop::collection::vec((line(), end), 0..20)
        .prop_map(|lines| lines.into_iter().map(|(line, end)| line + end).collect())
}

/// The part of a text that is its own.
fn own(text: &str) -> &[u8] {
    let Some((lengths, body)) = text
        .strip_prefix('+')
        .and_then(|rest| rest.split_once('\r'))
    else {
        return text.as_bytes();
    };
    let (head, tail) = lengths.split_once(' ').unwrap();
    let tail: usize = tail.parse().unwrap();
    &body.as_bytes()[head.parse().unwrap()..body.len() - tail]
}

proptest! {
    #[test]
    fn blocks_make_no_difference(file in file(), block in 1usize..40) {
        let small = Limits { block, message: MAX_MESSAGE };
        prop_assert_eq!(read(file.as_bytes(), small), read(file.as_bytes(), Limits::default()));
    }

    #[test]
    fn every_byte_stands_in_one_place(file in file()) {
        let bytes = file.as_bytes();
        let mut reader = Reader::new(bytes, "t.hl7").unwrap();
        let mut at = 0;
        let mut between = Vec::new();
        while let Some(record) = reader.next_raw().unwrap() {
            let (byte, own) = match &record {
                RawRecord::Text(text) => (text.position().byte, own(text.expose_text())),
                RawRecord::Bad(bad) => (bad.position().byte, bad.expose_bytes()),
            };
            let byte = byte as usize;
            prop_assert!(byte >= at && !own.is_empty() && bytes[byte..].starts_with(own));
            between.extend_from_slice(&bytes[at..byte]);
            at = byte + own.len();
        }
        between.extend_from_slice(&bytes[at..]);
        let between = String::from_utf8(between).unwrap();
        prop_assert!(between.chars().all(|c| "\r\n\u{B}\u{1C}\u{FEFF}".contains(c)), "{:?}", between);
    }

    #[test]
    fn values_come_back(values in prop::collection::vec("[ -~é\n]{1,9}", 1..9)) {
        let escaped = |value: &str| value
            .replace('\\', "\\E\\").replace('|', "\\F\\").replace('^', "\\S\\")
            .replace('&', "\\T\\").replace('~', "\\R\\").replace('\n', "\\.br\\");
        let fields: Vec<_> = values.iter().map(|value| escaped(value)).collect();
        for delimiter in ["|", "^", "~", "&"] {
            let text = format!("{HEADER}\rZZZ|{}", fields.join(delimiter));
            let found: Vec<_> = tree(&text).into_iter()
                .filter(|(path, ..)| path.starts_with("ZZZ"))
                .map(|(_, value, _)| value)
                .collect();
            prop_assert_eq!(&found, &values);
        }
    }
}
