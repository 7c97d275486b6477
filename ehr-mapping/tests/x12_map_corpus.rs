//! Every X12 file of the corpus through the shipped mapping documents.

mod support;
use ehr_mapping::document::MappingDocument;
use ehr_mapping::source::MemoryFolder;
use std::path::Path;
#[test]
fn figures() {
    let Some(root) = support::corpus::folder("x12") else { return; };
    let read = |name: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("documents").join(name);
        let text = std::fs::read_to_string(file).unwrap();
        MappingDocument::parse(name, &text).and_then(|d| d.compile()).unwrap_or_else(|m| panic!("{m}"))
    };
    let doc = std::env::var("X12_DOC").unwrap_or("x12-837.toml".into());
    let plan = read(&doc);
    let dump = std::env::var("X12_DUMP").ok();
    let mut open = std::collections::BTreeMap::new();
    for dir in ["lfh","imsweb","pyx12"] { for entry in std::fs::read_dir(root.join(dir)).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        if !ehr_mapping::x12::detect(&bytes) { continue; }
        let run = support::run(&plan, &MemoryFolder::default().with("f.x12", bytes));
        support::assert_books_add_up(&run.tally);
        for (s,p,n) in run.unaccounted() { *open.entry(format!("{s} {p}")).or_insert(0u64) += n; }
        for (s,b) in &run.tally.sources { for (p,l) in &b.paths { if l.rejected>0 { *open.entry(format!("REJ {s} {p}")).or_insert(0) += l.rejected; } if std::env::var("X12_ARCH").is_ok() && l.archived>0 { *open.entry(format!("ARCH {s} {p}")).or_insert(0) += l.archived; } } }
        if let Some(d) = &dump {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let dir = Path::new(d).join(name.replace('.', "_")); std::fs::create_dir_all(&dir).unwrap();
            let mut by: std::collections::BTreeMap<&str, String> = Default::default();
            for r in run.records() { by.entry(r.kind().fhir()).or_default().push_str(&(support::line(r).trim_end().to_owned()+"\n")); }
            for (k,l) in by { std::fs::write(dir.join(format!("{k}.ndjson")), l).unwrap(); }
            let iss: String = run.issues.iter().map(|i| format!("{i:?}\n")).collect();
            std::fs::write(dir.join("issues.txt"), iss).unwrap();
        }
    }}
    for (k,v) in open { println!("{v}\t{k}"); }
}
