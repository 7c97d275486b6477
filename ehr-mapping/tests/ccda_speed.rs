//! How fast documents become trees, beside the bare event scan of `quick-xml`. Run with
//! `cargo test --release -p ehr-mapping --test all ccda_speed -- --ignored --nocapture`.
#![expect(clippy::print_stdout, reason = "a measurement prints its figures")]

use std::ffi::OsStr;
use std::fs;
use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use ehr_mapping::ccda::{Reader, parse};
use ehr_mapping::raw::{Position, RawRecord};
use ehr_model::source::{Arena, Names};
use quick_xml::events::Event;

#[test]
#[ignore = "a measurement"]
fn documents_beside_the_bare_scan() {
    let Some(corpus) = std::env::var_os("EHR_CORPUS") else {
        println!("skipped: EHR_CORPUS is not set");
        return;
    };
    let mut files = Vec::new();
    walk(&Path::new(&corpus).join("ccda/vendors"), &mut files);
    let bytes: usize = files.iter().map(Vec::len).sum();
    println!("{} documents, {:.1} MB", files.len(), bytes as f64 / 1e6);
    let texts: Vec<String> = files
        .iter()
        .map(|file| read(file).trim_start_matches('\u{FEFF}').to_owned())
        .collect();
    let mut figures = [const { Vec::new() }; 5];
    for _ in 0..25 {
        // in turns, so that a busy neighbour slows all of them
        figures[0].push(seconds(|| texts.iter().map(|text| scan(text)).sum()));
        figures[1].push(seconds(|| texts.iter().map(|text| attributes(text)).sum()));
        figures[2].push(seconds(|| parse_all(&texts)));
        figures[3].push(seconds(|| {
            texts
                .iter()
                .map(|text| parse_all(std::slice::from_ref(text)))
                .sum()
        }));
        figures[4].push(seconds(|| {
            let trees = texts
                .iter()
                .filter_map(|text| roxmltree::Document::parse(text).ok());
            trees.map(|tree| tree.descendants().len()).sum()
        }));
    }
    let median = |figures: &mut Vec<f64>| {
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    let bare = median(&mut figures[0]);
    for (what, figures) in [
        "quick-xml events",
        "quick-xml events, attributes",
        "parse, one arena",
        "parse, an arena each",
        "roxmltree",
    ]
    .into_iter()
    .zip(&mut figures)
    {
        let time = median(figures);
        println!(
            "  {what:30} {:6.0} MB/s, {:.2} of the bare scan",
            bytes as f64 / 1e6 / time,
            bare / time
        );
    }
}

#[test]
#[ignore = "a measurement"]
fn a_long_document_costs_little_memory() {
    let entry = "<entry typeCode=\"DRIV\">\n  <act classCode=\"ACT\" moodCode=\"EVN\">\n    \
                 <templateId root=\"2.16.840.1.113883.10.20.22.4.3\" extension=\"2015-08-01\"/>\n    \
                 <statusCode code=\"active\"/>\n    <text>A &amp; B <reference value=\"#p1\"/></text>\n  \
                 </act>\n</entry>\n";
    let mut file = String::from("<ClinicalDocument xmlns=\"urn:hl7-org:v3\">");
    while file.len() < 17 << 20 {
        file.push_str(entry);
    }
    file.push_str("</ClinicalDocument>");
    let path = std::env::temp_dir().join("ehr-mapping-long-document.xml");
    fs::write(&path, &file).unwrap();
    let length = file.len() as f64;
    drop(file);
    let before = peak();
    let mut reader = Reader::new(fs::File::open(&path).unwrap(), "long.xml").unwrap();
    let Some(RawRecord::Text(raw)) = reader.next_raw().unwrap() else {
        panic!("a document was expected");
    };
    let (source, names) = (Arc::from("long.xml"), Arc::new(Names::default()));
    let text = raw.expose_text();
    let record = parse(text, &source, raw.position(), &names, Arena::default()).unwrap();
    println!(
        "{:.1} MB, {} nodes; memory at most {:.2} times the file above {:.1} MB",
        length / 1e6,
        record.len(),
        (peak() - before) / length,
        before / 1e6
    );
    fs::remove_file(path).unwrap();
}

/// The most memory that the process ever had, in bytes; 0 where the system does not tell.
fn peak() -> f64 {
    // what is there now counts as the most from here on
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    number.unwrap_or_default() * 1024.0
}

fn seconds(work: impl Fn() -> usize) -> f64 {
    let start = Instant::now();
    black_box(work());
    start.elapsed().as_secs_f64()
}

fn scan(text: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut events = 0;
    while let Ok(event) = reader.read_event() {
        if matches!(black_box(event), Event::Eof) {
            break;
        }
        events += 1;
    }
    events
}

fn attributes(text: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut events = 0;
    while let Ok(event) = reader.read_event() {
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                events += tag.attributes().map(black_box).count();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    events
}

/// One arena serves all documents.
fn parse_all(texts: &[String]) -> usize {
    let (source, names) = (Arc::from("speed.xml"), Arc::new(Names::default()));
    let mut arena = Arena::default();
    let mut nodes = 0;
    for text in texts {
        let position = Position::default();
        match parse(black_box(text), &source, position, &names, arena) {
            Ok(record) => {
                nodes += record.len();
                arena = record.into_arena();
            }
            Err(_) => arena = Arena::default(),
        }
    }
    nodes
}

fn read(file: &[u8]) -> String {
    String::from_utf8(file.to_vec()).unwrap()
}

fn walk(folder: &Path, files: &mut Vec<Vec<u8>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, files);
        } else if path
            .extension()
            .and_then(OsStr::to_str)
            .is_some_and(|ending| ending.eq_ignore_ascii_case("xml"))
        {
            files.push(fs::read(path).unwrap());
        }
    }
}
