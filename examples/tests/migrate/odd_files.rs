//! A folder as somebody drops it: beside good files one of an unknown kind, an empty one, one that
//! breaks off, one with the wrong ending, a part of a document. None is passed over in silence.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::migrate::program::{AS_OF, migrate, printed};
use crate::migrate::result::{issues, report, total};

const CCDA: &str = "<ClinicalDocument xmlns='urn:hl7-org:v3'><id root='1.2.3' extension='d'/>\
    <recordTarget><patientRole><id root='1.2.3' extension='7'/><patient><name><family>Okafor</family></name>\
    </patient></patientRole></recordTarget></ClinicalDocument>";
const FHIR: &str = "{\"resourceType\":\"Patient\",\"id\":\"7\",\"name\":[{\"family\":\"Okafor\"}]}";
const HL7V2: &str =
    "MSH|^~\\&|EHR|A|B|C|20200131||ADT^A04|1|P|2.5.1\rPID|1||7^^^A^MR||Okafor^Ada\r";
const X12: &str = "ISA*00*          *00*          *ZZ*A              *ZZ*B              *200131*1030*^*00501*000000001*0*P*:~\
    GS*HP*A*B*20200131*1030*1*X*005010X221A1~ST*835*0001~BPR*I*0*C*NON************20200131~TRN*1*1*1512345678~\
    N1*PR*PAYER~N1*PE*CLINIC*XX*1234567893~SE*6*0001~GE*1*1~IEA*1*000000001~";

/// The name of every file holds it: none may show.
const CANARY: &str = "zqxjkv";

/// Files by their name, without the canary.
fn run(files: &[(&str, &[u8])]) -> (TempDir, Output) {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export");
    fs::create_dir(&export).unwrap();
    for (name, bytes) in files {
        fs::write(
            export.join(format!("{name}-{CANARY}.{}", ending(name))),
            bytes,
        )
        .unwrap();
    }
    let mut command = migrate();
    command
        .arg("--source")
        .arg(&export)
        .args(["--as-of", AS_OF]);
    let output = command
        .arg("--out")
        .arg(folder.path().join("out"))
        .output()
        .unwrap();
    (folder, output)
}

fn ending(name: &str) -> &'static str {
    match name {
        "d-wrong" => "pdf",
        "e-unknown" => "bin",
        _ => "dat",
    }
}

/// Reasons by the number of the file.
fn set_aside(out: &Path) -> BTreeMap<String, Vec<String>> {
    let text = fs::read_to_string(out.join("report/set-aside.tsv")).unwrap();
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        found
            .entry(cells[0].to_owned())
            .or_default()
            .push(cells[3].to_owned());
    }
    found
}

#[test]
fn each_odd_file_is_told_in_every_format() {
    for (format, whole, cut_reason) in [
        ("ccda", CCDA, Some("xml-not-well-formed")),
        ("fhir", FHIR, Some("json-not-well-formed")),
        ("hl7v2", HL7V2, None),
        ("x12", X12, None),
    ] {
        let cut = &whole.as_bytes()[..whole.len() * 3 / 4];
        let (folder, output) = run(&[
            ("a-whole", whole.as_bytes()),
            ("b-cut", cut),
            ("c-empty", b""),
            ("d-wrong", whole.as_bytes()),
            ("e-unknown", b"just words\n"),
        ]);
        let out = folder.path().join("out");
        assert_eq!(
            output.status.code(),
            Some(1),
            "{format}: {}",
            printed(&output)
        );
        let report = report(&out);
        assert_eq!(issues(&report, "source-file-empty"), 1, "{format}");
        assert_eq!(issues(&report, "source-file-unclaimed"), 1, "{format}");
        let aside = set_aside(&out);
        assert_eq!(aside["3"], ["source-file-empty"], "{format}");
        assert_eq!(aside["5"], ["source-file-unclaimed"], "{format}");
        // the wrong ending changes nothing, the good file is read
        assert!(
            !aside.contains_key("1") && !aside.contains_key("4"),
            "{format}: {aside:?}"
        );
        assert!(total(&report, "leaves", "mapped") > 0, "{format}");
        match cut_reason {
            Some(reason) => assert_eq!(aside["2"], [reason], "{format}"),
            // the end of a message has no mark of its own; an interchange says that it is not closed
            None if format == "x12" => {
                assert_eq!(issues(&report, "interchange-not-closed"), 1, "{format}");
            }
            None => assert!(!aside.contains_key("2"), "{format}"),
        }
        // names of files stay out of all that is printed and reported
        let mut shown = printed(&output);
        for file in ["report.json", "index.html", "set-aside.tsv"] {
            shown += &fs::read_to_string(out.join("report").join(file)).unwrap();
        }
        assert!(!shown.contains(CANARY), "{format}: {shown}");
    }
}

#[test]
fn parts_of_documents_are_set_aside_by_name() {
    let section = "<section><templateId root='2.16.840.1.113883.10.20.22.2.1'/><title>Medications</title></section>";
    let (folder, output) = run(&[
        ("a-whole", CCDA.as_bytes()),
        ("b-part", section.as_bytes()),
        ("c-other", FHIR.replace("Patient", "Basic").as_bytes()),
    ]);
    let out = folder.path().join("out");
    assert_eq!(
        issues(&report(&out), "part-of-document"),
        1,
        "{}",
        printed(&output)
    );
    assert_eq!(set_aside(&out)["2"], ["part-of-document"]);

    // alone they are no unknown format either
    let (folder, output) = run(&[("b-part", section.as_bytes())]);
    assert_eq!(
        set_aside(&folder.path().join("out"))["1"],
        ["part-of-document"],
        "{}",
        printed(&output)
    );
}

#[test]
fn a_folder_of_documents_gets_a_mapping_document_proposed() {
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export");
    fs::create_dir(&export).unwrap();
    fs::write(
        export.join("index.csv"),
        "MRN|FILE|TYPE|SCANNED\n7|a.txt|Letter|01/31/2020\n8|b.txt|Note|02/01/2020\n",
    )
    .unwrap();
    fs::write(export.join("a.txt"), "Dear colleague").unwrap();
    fs::write(export.join("b.txt"), "Dear nurse").unwrap();
    let run = |more: &[&str]| {
        let mut command = migrate();
        command
            .arg("--source")
            .arg(&export)
            .args(["--as-of", AS_OF]);
        command
            .arg("--out")
            .arg(folder.path().join("out"))
            .args(more);
        command.output().unwrap()
    };
    let output = run(&[]);
    let text = printed(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("name its mapping document with --map"),
        "{text}"
    );
    assert!(
        text.contains("its columns are MRN, FILE, TYPE, SCANNED"),
        "{text}"
    );
    // what is proposed runs as it is, and leaves open only what it does not read
    let draft = &text[text.find("[document]").unwrap()..];
    let map = folder.path().join("draft.toml");
    fs::write(&map, draft).unwrap();
    let output = run(&["--map", map.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
    let report = report(&folder.path().join("out"));
    assert_eq!(
        report["resources"]["DocumentReference"]["count"], 2,
        "{report}"
    );
    assert_eq!(total(&report, "leaves", "unaccounted"), 2, "{report}");
}
