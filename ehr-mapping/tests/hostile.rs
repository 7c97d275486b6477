//! No value of a patient shows in anything that is printed or left behind, whatever goes wrong.
//!
//! Every cell of every table holds a canary, the document uses every feature of the language, and
//! every kind of failure is provoked.

use crate::support;

use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Mutex;

use ehr_mapping::Error;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::plan::Plan;
use ehr_mapping::source::{MemoryFolder, SourceFile, SourceFolder};
use support::{How, Run, plan, run, run_as};

const CANARY: &str = "Canarybird";

const DOCUMENT: &str = r##"
[document]
name = "hostile"
version = "1"
format = "csv"
system = "https://legacy.example/hostile"
time-zone = "-05:00"
missing = ["NULL"]

[[table]]
name = "people"
file = "people.csv"
columns = ["ID", "NAME", "BORN", "SEX", "STATE", "SPARE"]
patient = "ID"

[[table]]
name = "visits"
file = "visits.csv"
columns = ["NO", "PERSON", "DAY", "PLACE", "DIAGNOSIS", "SYSTEM", "NOTE"]
patient = "PERSON"

[[table]]
name = "lines"
file = "lines.csv"
columns = ["VISIT", "COST", "KIND", "FILE", "WHEN"]
patient = { column = "VISIT", table = "visits", key = "NO" }

[[table]]
name = "places"
file = "places.csv"
columns = ["CODE", "NAME"]
shared = true

[[map]]
from = "people"
to = "Patient"
key = ["ID"]

[map.fields]
"identifier[0].value" = "ID"
"name[0].text" = { from = "NAME", via = ["trim", "collapse-spaces"] }
"birthDate" = { from = "BORN", via = ["date(MM/DD/YYYY)"], absent = "unknown" }
"gender" = { from = "SEX", map = "sex" }
"maritalStatus" = { code = "STATE", system = "https://legacy.example/hostile/state", translate = "state" }

[[map]]
from = "visits"
to = "Encounter"
key = ["NO"]

[map.fields]
"identifier[0].value" = "NO"
"period.start" = "DAY"
"serviceProvider.display" = { from = "NAME", join = { table = "places", on = "PLACE", key = "CODE" } }
"reasonCode[0]" = { code = "DIAGNOSIS", system-from = "SYSTEM", system-map = "systems", display = "NOTE" }
"participant[0].individual" = { reference = "Practitioner", key = ["NOTE"] }

[[map]]
from = "lines"
to = "Claim"
key = ["VISIT"]
append = "item"
create = false

[map.fields]
"item[+].net.value" = { from = "COST", via = ["money"] }

[[map]]
from = "lines"
to = "Claim"
key = ["VISIT", "#"]
when = [{ column = "KIND", in = ["CanarybirdBill"] }]

[map.fields]
"type.text" = "KIND"
"created" = { from = "DAY", join = { table = "visits", on = "WHEN", key = "NO" } }

[[map]]
from = "lines"
to = "Document"
key = ["VISIT", "FILE"]
when = [{ column = "FILE", filled = true }]

[map.fields]
"status" = { value = "current" }
"content[0].attachment" = { file = "FILE" }
"content[1].attachment" = { inline = "KIND" }

[[map]]
from = "places"
to = "Location"
key = ["CODE"]

[map.fields]
"name" = "NAME"

[code-map.sex]
rows = [["CanarybirdM", "male"]]

[code-map.state]
rows = [["CanarybirdS", "S"]]

[code-map.systems]
rows = [["CanarybirdICD", "http://hl7.org/fhir/sid/icd-10-cm"]]

[[rule]]
table = "people"
columns = ["SPARE"]
fate = "archive"
reason = "Spare"
"##;

/// Failures of every kind, each with the canary in all its cells.
const PEOPLE: &[u8] = b"ID,NAME,BORN,SEX,STATE,SPARE
Canarybird1,Canarybird,01/02/1980,CanarybirdM,CanarybirdS,Canarybird
Canarybird2,Canarybird,Canarybird,CanarybirdX,CanarybirdX,Canarybird
Canarybird2,Canarybird other,Canarybird,CanarybirdX,CanarybirdX,Canarybird
Canarybird3,Canarybird
Canarybird4,\"Canarybird\"Canarybird,x,x,x,Canarybird
Canarybird5,Canarybird\xff,x,x,x,Canarybird
Canarybird6,Canarybird\0,x,x,x,Canarybird
,Canarybird,x,x,x,Canarybird
";
const VISITS: &[u8] = b"NO,PERSON,DAY,PLACE,DIAGNOSIS,SYSTEM,NOTE
Canarybird11,Canarybird1,2020-01-02T10:00,CanarybirdP,CanarybirdD,CanarybirdICD,Canarybird
Canarybird12,Canarybird2,Canarybird,CanarybirdQ,CanarybirdD,CanarybirdX,Canarybird
Canarybird13,Canarybird1,2020-01-02,CanarybirdTwice,CanarybirdD,CanarybirdX,Canarybird
Canarybird13,Canarybird2,2020-01-02,CanarybirdP,CanarybirdD,CanarybirdX,Canarybird
Canarybird14,Canarybird9,2020-01-02,CanarybirdP,CanarybirdD,CanarybirdX,Canarybird
";
const LINES: &[u8] = b"VISIT,COST,KIND,FILE,WHEN
Canarybird11,Canarybird,CanarybirdBill,Canarybird.txt,Canarybird11
Canarybird11,$1.00,CanarybirdBill,../Canarybird/passwd,CanarybirdNever
Canarybird12,$1.00,CanarybirdOther,/etc/Canarybird,Canarybird12
Canarybird13,$1.00,Canarybird,,Canarybird
Canarybird99,$1.00,Canarybird,,Canarybird
";
const PLACES: &[u8] = b"CODE,NAME
CanarybirdP,Canarybird
CanarybirdTwice,Canarybird one
CanarybirdTwice,Canarybird two
,Canarybird
";

fn folder() -> MemoryFolder {
    MemoryFolder::default()
        .with("people.csv", PEOPLE)
        .with("visits.csv", VISITS)
        .with("lines.csv", LINES)
        .with("places.csv", PLACES)
        .with("Canarybird.txt", "Canarybird in a note")
        .with("Canarybird scan.pdf", "%PDF Canarybird")
        .with("Canarybird.csv", "Canarybird,Canarybird\nCanarybird,1\n")
}

/// Everything that a run prints without naming `expose`.
fn printed(plan: &Plan, folder: &dyn std::fmt::Debug, run: &Run) -> String {
    let mut out = format!("{plan:?} {folder:?} {:?} ", run.tally);
    for unit in &run.units {
        let _ = write!(out, "{:?} {} ", unit.chart, unit.printed);
    }
    for issue in &run.issues {
        let _ = write!(
            out,
            "{issue} {issue:?} {} ",
            serde_json::to_string(issue).unwrap()
        );
    }
    for reject in &run.rejects {
        let _ = write!(out, "{reject:?} {} ", reject.address);
    }
    out
}

#[test]
fn every_failure_occurs_and_no_value_shows() {
    // words of code maps and conditions are the document's own, not a patient's
    let plan = plan(DOCUMENT);
    let run = run(&plan, &folder());
    let codes = run.codes();
    for code in [
        "code-without-translation",
        "document-file-missing",
        "duplicate-key",
        "join-ambiguous",
        "join-orphan",
        "key-missing",
        "nul-byte",
        "orphan-patient",
        "parent-missing",
        "patient-ambiguous",
        "patient-key-missing",
        "patient-not-found",
        "ragged-row",
        "source-file-unclaimed",
        "stray-quote",
        "undecodable-bytes",
        "value-unreadable",
        "value-without-translation",
    ] {
        assert!(codes.contains(&code), "{code} does not occur in {codes:?}");
    }
    let fhir = run.fhir();
    assert!(
        fhir.matches(CANARY).count() > 10,
        "the chart does hold them"
    );
    // a plan prints its own words; all else prints none
    let plain = support::plan(&DOCUMENT.replace(CANARY, "Word"));
    let names = ["people.csv"]; // `Debug` of a folder in memory lists names of files
    let shown = printed(&plain, &names, &run);
    let at = shown
        .find(CANARY)
        .map(|at| &shown[at.saturating_sub(200)..at]);
    assert_eq!(at, None);
    assert!(
        shown.contains("visits.csv: record 2, line 3"),
        "addresses do show"
    );
}

#[test]
fn errors_show_no_value() {
    let plan = plan(DOCUMENT);
    let bad: [(&str, &[u8]); 6] = [
        ("people.csv", b"Canarybird,Canarybird\nCanarybird,1\n"),
        ("people.csv", b"Canarybird,ID\nCanarybird,1\n"),
        ("visits.csv", b"Canarybird\xff,ID\n"),
        ("lines.csv", b""),
        ("places.csv", b"\"Canarybird\n"),
        ("places.csv", b"PK\x03\x04Canarybird"),
    ];
    for (name, content) in bad {
        let folder = folder().with(name, content);
        let error = run_as(&plan, &folder, &How::default())
            .err()
            .expect("it stops");
        let mut shown = format!("{error} {error:?}");
        let mut source = std::error::Error::source(&error);
        while let Some(cause) = source {
            let _ = write!(shown, " {cause} {cause:?}");
            source = cause.source();
        }
        assert!(shown.contains(name), "{shown}");
        assert!(!shown.contains(CANARY), "{shown}");
    }
}

#[test]
fn spill_files_are_sealed_while_they_exist_and_gone_afterwards() {
    let plan = plan(DOCUMENT);
    let folder = folder();
    let spill = tempfile::tempdir().unwrap();
    let extraction =
        Extraction::open_rehearsal(&plan, &folder, ExtractionOptions::new(spill.path())).unwrap();
    let files = walk(spill.path());
    assert!(files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() > 500);
    for (name, bytes) in &files {
        assert!(!name.contains(CANARY));
        assert!(
            !bytes
                .windows(CANARY.len())
                .any(|part| part == CANARY.as_bytes()),
            "{name}"
        );
    }
    let shown = format!("{:?}", ExtractionOptions::new(spill.path()));
    assert!(!shown.contains(CANARY));
    drop(extraction);
    assert_eq!(walk(spill.path()), []);
}

#[test]
fn spill_files_are_gone_after_an_error_too() {
    let plan = plan(DOCUMENT);
    // in the middle of the second reading, and in the caller's own stage
    for breaks in ["visits.csv", ""] {
        let folder = Breaking {
            inner: folder(),
            breaks,
            opened: Mutex::new(0),
        };
        let spill = tempfile::tempdir().unwrap();
        let run = || -> Result<(), Error> {
            let options = ExtractionOptions::new(spill.path());
            let extraction = Extraction::open_rehearsal(&plan, &folder, options)?;
            extraction.patients(|_, _| (), |()| Err(Error::stage("the disk is full")))
        };
        let error = run().unwrap_err().to_string();
        let expected = if breaks.is_empty() {
            "the disk is full"
        } else {
            "visits.csv: reading failed"
        };
        assert_eq!(error, expected);
        assert_eq!(walk(spill.path()), [], "{expected}");
    }
}

#[test]
fn a_row_reaches_no_file_outside_of_the_export() {
    let secret = tempfile::tempdir().unwrap();
    let export = secret.path().join("export");
    std::fs::create_dir(&export).unwrap();
    std::fs::write(secret.path().join("secret.txt"), "Canarybird secret").unwrap();
    let path = secret.path().join("secret.txt");
    let names = [
        "../secret.txt",
        "..\\secret.txt",
        "./../secret.txt",
        path.to_str().unwrap(),
    ];
    for (name, bytes) in [
        ("people.csv", PEOPLE),
        ("visits.csv", VISITS),
        ("places.csv", PLACES),
    ] {
        std::fs::write(export.join(name), bytes).unwrap();
    }
    let rows = names.map(|name| format!("Canarybird11,1,x,{name},y\n"));
    let lines = format!("VISIT,COST,KIND,FILE,WHEN\n{}", rows.concat());
    std::fs::write(export.join("lines.csv"), lines).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&path, export.join("link.txt")).unwrap();
    let folder = ehr_mapping::source::DirectoryFolder::new(&export);
    let run = run(&plan(DOCUMENT), &folder);
    let missing = run
        .codes()
        .iter()
        .filter(|code| **code == "document-file-missing")
        .count();
    assert_eq!(missing, names.len());
    assert!(
        folder
            .list()
            .unwrap()
            .iter()
            .all(|file| file.name != "link.txt"),
        "links are not followed"
    );
}

/// A folder of which one file breaks when it is read for the second time.
struct Breaking {
    inner: MemoryFolder,
    breaks: &'static str,
    opened: Mutex<u32>,
}

impl SourceFolder for Breaking {
    fn list(&self) -> io::Result<Vec<SourceFile>> {
        self.inner.list()
    }

    fn open(&self, name: &str) -> io::Result<Box<dyn Read + '_>> {
        let stream = self.inner.open(name)?;
        if name != self.breaks {
            return Ok(stream);
        }
        let mut opened = self.opened.lock().unwrap();
        *opened += 1;
        match *opened {
            1 => Ok(stream),
            _ => Ok(Box::new(stream.take(60).chain(Broken))),
        }
    }
}

struct Broken;

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(io::Error::other("the cable was pulled"))
    }
}

fn walk(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(walk(&path)),
            false => files.push((path.display().to_string(), std::fs::read(&path).unwrap())),
        }
    }
    files
}
