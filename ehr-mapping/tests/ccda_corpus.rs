//! Real documents: each is read or rejected for a known reason, and holds what another parser
//! finds in it, value for value and path for path.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ehr_mapping::ccda::{NarrativeIndex, Reader, decode_base64, detect, parse, plain_text};
use ehr_mapping::raw::RawRecord;
use ehr_model::source::{Arena, Names, NodeId, SourceRecord};
use roxmltree::{Document, Node};

/// Folders of the corpus that hold documents; the second is empty so far.
const FOLDERS: [&str; 2] = ["ccda", "synthea-ccda"];

/// Files of the corpus that are no XML, by how their paths end, and why.
const KNOWN_BAD: [(&str, &str); 5] = [
    ("amida-blue-button/broken.xml", "xml-not-well-formed"),
    // its end was cut out and replaced by dots
    (
        "Basic_Occupation_Observation_Example.xml",
        "xml-not-well-formed",
    ),
    (
        "onc-negative/Inpatient_PooprlyFormed.xml",
        "xml-not-well-formed",
    ),
    ("onc-validator/Sample_basicHTML.xml", "doctype-refused"),
    (
        "onc-validator/Sample_blank_Empty_Document.xml",
        "xml-not-well-formed",
    ),
];

#[test]
fn every_value_of_the_corpus_is_a_leaf() {
    let Some(files) = corpus() else { return };
    let names = Arc::new(Names::default());
    let mut bad = Vec::new();
    let mut wrong = Vec::new();
    let mut leaves = 0;
    for path in &files {
        let bytes = fs::read(path).unwrap();
        let shown = path.to_str().unwrap();
        let mut reader = Reader::new(&bytes[..], "document.xml").unwrap();
        let text = match reader.next_raw().unwrap().unwrap() {
            RawRecord::Text(text) => text,
            RawRecord::Bad(record) => {
                bad.push((shown.to_owned(), record.reason().as_str()));
                continue;
            }
        };
        let source = Arc::from("document.xml");
        let (text, position) = (text.expose_text(), text.position());
        let record = match parse(text, &source, position, &names, Arena::default()) {
            Ok(record) => record,
            Err(error) => {
                bad.push((shown.to_owned(), error.reason.as_str()));
                assert!(expected(text).is_none(), "{shown}: the oracle reads it");
                continue;
            }
        };
        let Some(expected) = expected(text) else {
            wrong.push(format!("{shown}: only we read it"));
            continue;
        };
        let found: Vec<_> = record
            .filled_leaves()
            .map(|leaf| (record.path(leaf), record.expose(leaf).unwrap()))
            .map(|(path, value)| (path, as_the_oracle_says(value)))
            .collect();
        leaves += found.len();
        if let Some(place) = (0..found.len().max(expected.len()))
            .find(|place| found.get(*place) != expected.get(*place))
        {
            let at = |list: &[(String, String)]| list.get(place).map(|(path, _)| path.clone());
            let (found, expected) = (at(&found), at(&expected));
            wrong.push(format!(
                "{shown}: leaf {place}: {found:?}, not {expected:?}"
            ));
        }
    }
    say(&format!(
        "{} documents, {leaves} leaves, {} bad",
        files.len(),
        bad.len()
    ));
    assert!(wrong.is_empty(), "{wrong:#?}");
    let known = |(name, reason): &(String, &str)| {
        let mut known = KNOWN_BAD.iter();
        known.any(|(known, why)| name.ends_with(known) && reason == why)
    };
    assert!(
        bad.iter().all(known) && bad.len() == KNOWN_BAD.len(),
        "{bad:#?}"
    );
}

/// Every leaf with its path in the order of the document, as `roxmltree` reads the file. A
/// fragment is given the declarations that it lacks.
fn expected(text: &str) -> Option<Vec<(String, String)>> {
    let mut text = text.trim_start().to_owned();
    let mut lacking = vec![
        ("xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("sdtc", "urn:hl7-org:sdtc"),
    ];
    while let Err(roxmltree::Error::UnknownNamespace(prefix, _)) = Document::parse(&text) {
        let place = lacking.iter().position(|(known, _)| *known == prefix)?;
        let (prefix, uri) = lacking.remove(place);
        let mut tags = text.match_indices('<').map(|(at, _)| at + 1);
        let root = tags.find(|at| text[*at..].starts_with(char::is_alphabetic))?;
        let end = root + text[root..].find([' ', '>', '/', '\t', '\r', '\n'])?;
        text.insert_str(end, &format!(" xmlns:{prefix}=\"{uri}\""));
    }
    let document = Document::parse(&text).ok()?;
    let mut leaves = Vec::new();
    collect(document.root_element(), "", &mut leaves);
    Some(leaves)
}

fn collect(element: Node<'_, '_>, above: &str, leaves: &mut Vec<(String, String)>) {
    let tag = element.tag_name();
    let name = named(tag.namespace(), tag.name(), false);
    let path = match above {
        "" => name,
        _ => format!("{above}/{name}"),
    };
    let mut push = |path: String, value: &str| {
        if !value.is_empty() {
            leaves.push((path, as_the_oracle_says(value)));
        }
    };
    let has_elements = element.children().any(|child| child.is_element());
    if !has_elements {
        let texts = element.children().filter(Node::is_text);
        let text: String = texts.filter_map(|text| text.text()).collect();
        if !is_blank(&text) {
            push(path.clone(), &text);
        }
    }
    for attribute in element.attributes() {
        let name = named(attribute.namespace(), attribute.name(), true);
        let value = attribute.value();
        let short = value.split_once(':').filter(|(prefix, _)| {
            let space = element.lookup_namespace_uri(Some(prefix));
            name == "@xsi:type" && space == Some("urn:hl7-org:v3")
        });
        push(
            format!("{path}/{name}"),
            short.map_or(value, |(_, local)| local),
        );
    }
    if !has_elements {
        return;
    }
    let mut run = String::new();
    for child in element.children() {
        if child.is_text() {
            run.push_str(child.text().unwrap());
        } else if child.is_element() {
            if !is_blank(&run) {
                leaves.push((format!("{path}/#text"), as_the_oracle_says(&run)));
            }
            run.clear();
            collect(child, &path, leaves);
        }
    }
    if !is_blank(&run) {
        leaves.push((format!("{path}/#text"), as_the_oracle_says(&run)));
    }
}

fn named(namespace: Option<&str>, local: &str, attribute: bool) -> String {
    let at = if attribute { "@" } else { "" };
    match namespace {
        Some("urn:hl7-org:v3") if !attribute => local.to_owned(),
        None => format!("{at}{local}"),
        Some("urn:hl7-org:sdtc") => format!("{at}sdtc:{local}"),
        Some("http://www.w3.org/2001/XMLSchema-instance") => format!("{at}xsi:{local}"),
        Some("http://www.w3.org/XML/1998/namespace") => format!("{at}xml:{local}"),
        Some(uri) => format!("{at}{{{uri}}}{local}"),
    }
}

fn is_blank(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n'))
}

/// The oracle writes line ends as XML wants it, which is of no use to base64 and signatures; this
/// makes them equal on both sides.
fn as_the_oracle_says(value: &str) -> String {
    value.replace("\r\n", " ").replace(['\r', '\n', '\t'], " ")
}

#[test]
fn narrative_of_the_corpus_is_read_and_referenced() {
    let Some(files) = corpus() else { return };
    let (mut texts, mut references, mut broken, mut ambiguous) = (0, 0, 0, 0);
    let (mut documents, mut cut) = (0, 0);
    for path in files {
        let bytes = fs::read(&path).unwrap();
        read(&bytes, |record| {
            let index = NarrativeIndex::new(record);
            for node in (1..record.len()).map(NodeId::at) {
                let name = &**record.names().name(record.name(node));
                let above = &**match record.parent(node) {
                    NodeId::ROOT => continue,
                    parent => record.names().name(record.name(parent)),
                };
                match (above, name) {
                    ("section", "text") => {
                        texts += 1;
                        assert_same_words(record, node, &path);
                    }
                    ("reference", "@value") => {
                        let value = record.expose(node).unwrap();
                        let Some(id) = value.strip_prefix('#').filter(|id| !id.is_empty()) else {
                            continue;
                        };
                        references += 1;
                        match index.find(value) {
                            Some(_) if index.is_ambiguous(id) => ambiguous += 1,
                            Some(_) => {}
                            None => broken += 1,
                        }
                    }
                    ("value" | "text", "@representation") if record.expose(node) == Some("B64") => {
                        // beside a reference the text is a child
                        let text = record.parent(node);
                        let mut children = record.children(text);
                        let beside = children.find(|child| named_text(record, *child));
                        let value = record.expose(beside.unwrap_or(text)).unwrap_or_default();
                        match decode_base64(value) {
                            Ok(bytes) => documents += usize::from(!bytes.is_empty()),
                            Err(_) => cut += 1,
                        }
                    }
                    _ => {}
                }
            }
        });
    }
    say(&format!(
        "{texts} narratives; {references} references, {broken} broken, {ambiguous} ambiguous; \
         {documents} documents inside, {cut} cut off"
    ));
    assert!(texts > 2000 && references > 2000 && broken * 5 < references);
    assert_eq!((documents, cut), (5, 2));
}

fn named_text(record: &SourceRecord<'_>, node: NodeId) -> bool {
    &**record.names().name(record.name(node)) == "#text"
}

/// Plain text has every character of the narrative that is no white space, in order, beside the
/// names of notes and images.
fn assert_same_words(record: &SourceRecord<'_>, node: NodeId, path: &Path) {
    let text = plain_text(record, node);
    let mut written = text.chars().filter(|c| !c.is_whitespace());
    let end = record.subtree_end(node).index();
    for leaf in (node.index()..end).map(NodeId::at) {
        let name = record.names().name(record.name(leaf));
        let value = record.expose(leaf).unwrap_or_default();
        if !name.starts_with('@') {
            for c in value.chars().filter(|c| !c.is_whitespace()) {
                assert!(
                    written.any(|other| other == c),
                    "{path:?}: a word is missing"
                );
            }
        }
    }
}

#[test]
fn documents_of_the_corpus_are_detected() {
    let Some(files) = corpus() else { return };
    let mut detected = 0;
    for path in files {
        let bytes = fs::read(&path).unwrap();
        let start = &bytes[..bytes.len().min(64 << 10)];
        let text = String::from_utf8_lossy(&bytes);
        let document = Document::parse(text.trim_start_matches('\u{FEFF}').trim_start()).ok();
        if let Some(document) = document {
            let root = document.root_element();
            let is_document = root.has_tag_name(("urn:hl7-org:v3", "ClinicalDocument"));
            assert_eq!(detect(start), is_document, "{path:?}");
            detected += usize::from(is_document);
        }
    }
    assert!(detected > 100);
}

fn read(bytes: &[u8], with: impl FnOnce(&SourceRecord<'_>)) {
    let mut reader = Reader::new(bytes, "document.xml").unwrap();
    let Some(RawRecord::Text(text)) = reader.next_raw().unwrap() else {
        return;
    };
    let source = Arc::from("document.xml");
    let names = Arc::new(Names::default());
    let (text, position) = (text.expose_text(), text.position());
    if let Ok(record) = parse(text, &source, position, &names, Arena::default()) {
        with(&record);
    }
}

fn corpus() -> Option<Vec<PathBuf>> {
    let Some(root) = std::env::var_os("EHR_CORPUS") else {
        say("skipped: EHR_CORPUS is not set");
        return None;
    };
    let mut files = Vec::new();
    for folder in FOLDERS {
        walk(&Path::new(&root).join(folder), &mut files);
    }
    files.sort();
    assert!(files.len() > 500, "the documents are not there");
    Some(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path
            .extension()
            .and_then(OsStr::to_str)
            .is_some_and(|ending| ending.eq_ignore_ascii_case("xml"))
        {
            files.push(path);
        }
    }
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn say(message: &str) {
    println!("{message}");
}
