//! Real files: facts about every file of the corpus, and pages of PDFs as a plain search finds
//! them: every `/Type /Page` of the file and of what its streams unpack to.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use ehr_mapping::documents::{Facts, Index, Pages};
use ehr_mapping::source::DirectoryFolder;

#[test]
fn every_file_of_the_corpus_is_what_its_name_says() {
    let Some(root) = corpus() else { return };
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    assert!(paths.len() > 1000, "the corpus is not there");
    let mut promised = 0;
    for path in &paths {
        let bytes = fs::read(path).unwrap();
        let facts = Facts::of(&bytes, &path.file_name().unwrap().to_string_lossy());
        assert_ne!(facts.pages, Pages::Counted(0), "{path:?}");
        assert_eq!(facts.bytes, bytes.len() as u64);
        promised += u64::from(facts.promised.is_some());
        // one resource was saved under the name of the other format
        let known = path.ends_with("v2-to-fhir-samples/FHIR_bundle.hl7_MDM_T02.json");
        assert_eq!(facts.agrees(), !known, "{path:?} is {}", facts.media_type);
    }
    assert!(promised > 1000);
}

#[test]
fn pages_of_the_corpus_are_those_that_a_search_finds() {
    let Some(root) = corpus() else { return };
    let mut paths = Vec::new();
    walk(&root, &mut paths);
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "pdf"));
    assert!(paths.len() > 3, "no PDF is there");
    for path in paths {
        let bytes = fs::read(&path).unwrap();
        let facts = Facts::of(&bytes, "a.pdf");
        assert!(facts.issues.is_empty(), "{path:?}: {:?}", facts.issues);
        assert_eq!(facts.pages, Pages::Counted(searched(&bytes)), "{path:?}");
    }
}

#[test]
fn tables_of_the_corpus_are_no_index() {
    let Some(root) = corpus() else { return };
    for folder in ["synthea-csv", "documents"] {
        let folder = DirectoryFolder::new(root.join(folder));
        assert_eq!(Index::detect(&folder).unwrap(), None);
    }
}

fn searched(bytes: &[u8]) -> u32 {
    let mut texts = vec![bytes.to_vec()];
    for begin in memchr::memmem::find_iter(bytes, b"stream").map(|at| at + 6) {
        let content = &bytes[begin..];
        let content = content.strip_prefix(b"\r").unwrap_or(content);
        let content = content.strip_prefix(b"\n").unwrap_or(content);
        let mut unpacked = Vec::new();
        let _ = flate2::read::ZlibDecoder::new(content).read_to_end(&mut unpacked);
        texts.push(unpacked);
    }
    let count = |text: &Vec<u8>| {
        let found = memchr::memmem::find_iter(text, b"/Type").filter(|at| {
            let rest = text[at + 5..].trim_ascii_start();
            rest.strip_prefix(b"/Page")
                .is_some_and(|rest| !rest.starts_with(b"s"))
        });
        found.count() as u32
    };
    texts.iter().map(count).sum()
}

fn corpus() -> Option<PathBuf> {
    let root = std::env::var_os("EHR_CORPUS");
    if root.is_none() {
        say("skipped: EHR_CORPUS is not set");
    }
    root.map(PathBuf::from)
}

fn walk(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, paths);
        } else {
            paths.push(path);
        }
    }
}

#[expect(clippy::print_stdout, reason = "a skipped test says so")]
fn say(message: &str) {
    println!("{message}");
}
