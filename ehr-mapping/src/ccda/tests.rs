use std::io::{self, Read};
use std::sync::Arc;

use ehr_model::issue::IssueCode;
use ehr_model::source::{Arena, Names, NodeId, SourceRecord};
use proptest::prelude::*;

use super::*;
use crate::raw::{Position, RawRecord};

fn tree(text: &str) -> Result<SourceRecord<'_>, Unreadable> {
    let names = Arc::new(Names::default());
    let source = Arc::from("a.xml");
    parse(text, &source, Position::default(), &names, Arena::default())
}

fn reason(text: &str) -> IssueCode {
    tree(text).expect_err("unreadable").reason
}

#[test]
fn limits_are_refusals() {
    let nested = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
    assert!(tree(&nested(MAX_DEPTH)).is_ok());
    assert_eq!(reason(&nested(MAX_DEPTH + 1)), XML_TOO_DEEP);

    let attributes = |count: usize| {
        let attributes: String = (0..count).map(|place| format!(" a{place}='1'")).collect();
        format!("<a{attributes}/>")
    };
    assert!(tree(&attributes(MAX_ATTRIBUTES)).is_ok());
    assert_eq!(
        reason(&attributes(MAX_ATTRIBUTES + 1)),
        XML_TOO_MANY_ATTRIBUTES
    );

    let names = |count: usize| {
        let elements: String = (0..count).map(|place| format!("<n{place}/>")).collect();
        format!("<a>{elements}</a>")
    };
    // with `a`, `#text` and `#space`
    assert!(tree(&names(MAX_NAMES - 3)).is_ok());
    assert_eq!(reason(&names(MAX_NAMES)), XML_TOO_MANY_NAMES);

    assert!(tree(&format!("<{}/>", "a".repeat(MAX_NAME))).is_ok());
    assert_eq!(
        reason(&format!("<{}/>", "a".repeat(MAX_NAME + 1))),
        XML_TOO_MANY_NAMES
    );

    let declarations: String = (0..10)
        .map(|level| {
            let more: String = (0..30)
                .map(|n| format!(" xmlns:p{level}x{n}='u:{n}'"))
                .collect();
            format!("<a{more}>")
        })
        .collect();
    assert_eq!(reason(&declarations), XML_TOO_MANY_ATTRIBUTES);
}

#[test]
fn a_document_that_is_too_long_is_an_error() {
    let reader = |limit| {
        Reader::new(&b"<a/>"[..], "a.xml")
            .unwrap()
            .with_limit(limit)
    };
    assert!(reader(4).next_raw().unwrap().is_some());
    let error = reader(3).next_raw().unwrap_err();
    assert_eq!(error.to_string(), "a.xml: the file is longer than 256 MiB");
}

#[test]
fn a_failed_read_is_an_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::ConnectionReset.into())
        }
    }
    let error = Reader::new(Broken, "a.xml")
        .unwrap()
        .next_raw()
        .unwrap_err();
    assert_eq!(error.to_string(), "a.xml: reading failed");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn unreadable_says_where_and_how_much_and_no_value() {
    let text = "<a>\r\n<given>Canary</given>\r<b code='Canary'>\n<!-- no > value --></c>\n</a>";
    let error = tree(text).unwrap_err();
    assert_eq!(error.to_string(), "line 4, byte 64: xml-not-well-formed");
    assert_eq!(error.leaves, 2);
    assert!(!format!("{error:?}").contains("Canary"));
}

#[test]
fn nothing_that_is_printed_shows_a_value() {
    for file in [
        "<a b='Canary' ID='Canary'>Canary &amp; <Canary/></a>",
        "<a b='Canary'>Canary &Canary; </a>",
        "<a>Canary\0</a>",
    ] {
        let mut reader = Reader::new(file.as_bytes(), "a.xml").unwrap();
        let mut printed = format!("{reader:?}");
        let raw = reader.next_raw().unwrap().unwrap();
        printed += &format!("{raw:?}");
        if let RawRecord::Text(text) = raw {
            printed += &match tree(text.expose_text()) {
                Ok(record) => format!("{record:?} {:?}", NarrativeIndex::new(&record)),
                Err(error) => format!("{error:?} {error}"),
            };
        }
        printed += &format!("{reader:?} {:?}", decode_base64(file).unwrap_err());
        assert!(!printed.contains("Canary"), "{printed}");
    }
}

#[test]
fn leaves_of_what_is_no_tree_are_counted() {
    for (text, leaves) in [
        ("", 0),
        ("<a b='1' c=\"\" xmlns:d='u'>x<![CDATA[y]]></a> ", 3),
        ("<?pi a='1'?><!-- <b c='2'> -->", 0),
        ("<a b='never closed", 1),
        ("<a <b c='1'", 1),
        ("a & b < c", 1),
        ("<![CDATA[cut", 1),
    ] {
        assert_eq!(leaves::count_leaves(text.as_bytes()), leaves, "{text}");
    }
}

#[test]
fn detection_looks_at_name_and_namespace() {
    let document = "<?xml version='1.0'?>\n<!-- c --><?xml-stylesheet href='a'?>\n\
                    <x:ClinicalDocument a='b' xmlns:x='urn:hl7-org:v3'><x:id/>";
    assert!(detect(document.as_bytes()));
    assert!(detect(format!("\u{FEFF}{document}").as_bytes()));
    let utf16: Vec<u8> = document.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(detect(&utf16));
    assert!(detect(&[b"\xFF\xFE", &utf16[..]].concat()));
    assert!(detect(
        b"<!DOCTYPE a><ClinicalDocument xmlns='urn:hl7-org:v3'/>"
    ));
    for other in [
        "",
        "<ClinicalDocument/>",
        "<ClinicalDocument xmlns:x='urn:hl7-org:v3'/>",
        "<Bundle xmlns='http://hl7.org/fhir'/>",
        "ClinicalDocument urn:hl7-org:v3",
        "MSH|^~\\&|",
        "{\"resourceType\":\"Bundle\"}",
        "<ClinicalDocument xmlns='urn:hl7-org:v3",
    ] {
        assert!(!detect(other.as_bytes()), "{other}");
    }
}

#[test]
fn base64_is_whole_or_an_error() {
    assert_eq!(decode_base64(" QU\r\nJD\tRA = =\n"), Ok(b"ABCD".to_vec()));
    assert_eq!(decode_base64(""), Ok(Vec::new()));
    let character = |at| Err(NotBase64::Character { at });
    assert_eq!(decode_base64("QU-D"), character(2));
    assert_eq!(decode_base64("QQ==QUJD"), character(4));
    assert_eq!(decode_base64("QQ==="), character(4));
    assert_eq!(decode_base64("===="), character(2));
    assert_eq!(decode_base64("QU JDé"), character(5));
    assert_eq!(decode_base64("QUJDRA"), Err(NotBase64::Truncated { at: 6 }));
    assert_eq!(
        decode_base64("QUJDRA="),
        Err(NotBase64::Truncated { at: 7 })
    );
    let long = "QUJD\n".repeat(40_000);
    assert_eq!(decode_base64(&long).unwrap(), b"ABC".repeat(40_000));
    assert_eq!(
        decode_base64(&(long.clone() + "Q")),
        Err(NotBase64::Truncated { at: 200_001 })
    );
    assert_eq!(decode_base64(&("QUJD=".to_owned() + &long)), character(5));
    assert_eq!(decode_base64(&(long + "Q!JD")), character(200_001));
    assert_eq!(
        NotBase64::Character { at: 4 }.to_string(),
        "byte 4: not a character of base64"
    );
}

#[test]
fn ids_are_found_and_doubts_are_told() {
    let record = tree(
        "<a><b ID='x'>1</b><c xml:id='y'>2</c><d ID='x'>3</d><e ID='z' xml:id='z'/><f ID=''/></a>",
    )
    .unwrap();
    let index = NarrativeIndex::new(&record);
    let value = |id| index.find(id).map(|node| plain_text(&record, node));
    assert_eq!(value("x").as_deref(), Some("1"));
    assert_eq!(value(" #y ").as_deref(), Some("2"));
    assert_eq!(value("#"), None);
    assert!(index.is_ambiguous("#x") && !index.is_ambiguous("y") && !index.is_ambiguous("z"));
    assert_eq!(format!("{index:?}"), "NarrativeIndex(3 ids)");
}

#[test]
fn an_arena_and_names_serve_many_documents() {
    let mut base = Names::default();
    let code = base.intern("@code");
    let (base, source) = (Arc::new(base), Arc::from("a.xml"));
    let position = Position::default();
    let first = "<a><b code='1'/></a>";
    let first = parse(first, &source, position, &base, Arena::default()).unwrap();
    let second = "<c code='2'>&lt;</c>";
    let second = parse(second, &source, position, &base, first.into_arena()).unwrap();
    assert_eq!(second.name(NodeId::at(2)), code);
    assert_eq!(second.expose(NodeId::at(1)), Some("<"));
    assert_eq!(second.len(), 3);
    assert_eq!(base.len(), 1);
}

/// A tree as a writer would have it: names, attributes, and content that never begins or ends
/// with white space alone.
#[derive(Debug, Clone)]
enum Content {
    Element(String, Vec<(String, String)>, Vec<Content>),
    Text(String),
}

fn content() -> impl Strategy<Value = Content> {
    let name = || prop::sample::select(vec!["a", "observation", "value", "sdtc:x", "z-9_."]);
    let attributes = prop::collection::btree_map("[a-z]{1,9}", "\\PC{0,6}", 0..4);
    let leaf = prop_oneof![
        "[ -~é\n]{0,8}".prop_map(Content::Text),
        name().prop_map(|name| Content::Element(name.to_owned(), Vec::new(), Vec::new())),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let attributes = attributes.clone();
        (name(), attributes, prop::collection::vec(inner, 0..5)).prop_map(|(name, all, inside)| {
            Content::Element(name.to_owned(), all.into_iter().collect(), inside)
        })
    })
}

/// Writes the tree, each character in one of the ways in which XML can write it.
fn write(content: &Content, how: &mut impl Iterator<Item = u8>, xml: &mut String) {
    let mut escape = |text: &str, quote: bool, xml: &mut String| {
        for character in text.chars() {
            match (how.next().unwrap_or(0) % 9, character) {
                (0, _) => xml.push_str(&format!("&#{};", character as u32)),
                (1, _) => xml.push_str(&format!("&#x{:x};", character as u32)),
                (2, _) if !quote => xml.push_str(&format!("<![CDATA[{character}]]>")),
                (3, _) if !quote => xml.push_str(&format!("<!-- - -->{}<?p q?>", plain(character))),
                _ => xml.push_str(&plain(character)),
            }
        }
    };
    match content {
        Content::Text(text) => escape(text, false, xml),
        Content::Element(name, attributes, inside) => {
            xml.extend(["<", name]);
            for (name, value) in attributes {
                xml.extend([" ", name, "='"]);
                escape(value, true, xml);
                xml.push('\'');
            }
            xml.push('>');
            for one in inside {
                write(one, how, xml);
            }
            xml.extend(["</", name, ">"]);
        }
    }
}

fn plain(character: char) -> String {
    match character {
        '<' => "&lt;".to_owned(),
        '&' => "&amp;".to_owned(),
        '\'' => "&apos;".to_owned(),
        '"' => "&quot;".to_owned(),
        '>' => "&gt;".to_owned(),
        _ => character.to_string(),
    }
}

/// The leaves that the tree ought to have.
fn leaves(content: &Content, above: &str, found: &mut Vec<(String, String)>) {
    let Content::Element(name, attributes, inside) = content else {
        return;
    };
    let path = match above {
        "" => name.clone(),
        _ => format!("{above}/{name}"),
    };
    let mut runs = vec![String::new()];
    for one in inside {
        match one {
            Content::Text(text) => runs.last_mut().unwrap().push_str(text),
            Content::Element(..) => runs.push(String::new()),
        }
    }
    let blank = |run: &str| run.trim_matches([' ', '\t', '\r', '\n']).is_empty();
    let only_text = runs.len() == 1;
    if only_text && !blank(&runs[0]) {
        found.push((path.clone(), runs[0].clone()));
    }
    for (name, value) in attributes.iter().filter(|(_, value)| !value.is_empty()) {
        found.push((format!("{path}/@{name}"), value.clone()));
    }
    let mut elements = inside
        .iter()
        .filter(|one| matches!(one, Content::Element(..)));
    for run in runs {
        if !only_text && !blank(&run) {
            found.push((format!("{path}/#text"), run));
        }
        if let Some(element) = elements.next() {
            leaves(element, &path, found);
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        inside in prop::collection::vec(content(), 0..5),
        how in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let root = Content::Element("ClinicalDocument".to_owned(), Vec::new(), inside);
        let mut xml = String::new();
        write(&root, &mut how.into_iter().cycle().take(5000), &mut xml);
        let mut expected = Vec::new();
        leaves(&root, "", &mut expected);
        let record = tree(&xml).map_err(|error| TestCaseError::fail(format!("{error}: {xml}")))?;
        let found: Vec<_> = record
            .filled_leaves()
            .map(|leaf| (record.path(leaf), record.expose(leaf).unwrap().to_owned()))
            .collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let mut reader = Reader::new(&bytes[..], "a.xml").unwrap();
        if let Some(RawRecord::Text(text)) = reader.next_raw().unwrap() {
            let _ = tree(text.expose_text());
        }
        detect(&bytes);
    }

    #[test]
    fn no_tags_make_it_panic(text in "[<>/!?&;#xa:= \"'\\[\\]CDATA-]{0,60}") {
        if let Ok(record) = tree(&text) {
            plain_text(&record, NodeId::ROOT);
        }
        leaves::count_leaves(text.as_bytes());
    }

    #[test]
    fn base64_is_what_was_encoded(bytes in prop::collection::vec(any::<u8>(), 0..300), at in 0..400usize) {
        use base64::Engine;
        let mut text = base64::engine::general_purpose::STANDARD.encode(&bytes);
        text.insert_str(at.min(text.len()), " \r\n");
        prop_assert_eq!(decode_base64(&text), Ok(bytes));
    }
}
