//! The review sheet: what it says, and what comes back from reviewers.

mod office;

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::review::{Judgement, Review, ReviewSheet, SampleValues};
use ehr_mapping::source::MemoryFolder;
use ehr_model::element::SafetyClass;

const TEXT: &str = r#"# A practice that nobody has.

[document]
name = "pier-clinic"
version = "1.0.0"
title = "Pier Clinic <old & small>"
format = "csv"
system = "https://legacy.example/pier"

[[table]]
name = "patients"
file = "PATIENT.TXT"
columns = ["CHART", "LNAME", "SEX", "BILLNOTE"]
patient = "CHART"

[[table]]
name = "allergies"
file = "ALLERGY.TXT"
columns = ["CHART", "CODE", "SEVER"]
patient = "CHART"

[[map]]
from = "patients"
to = "Patient"
key = ["CHART"]

[map.fields]
"identifier[0].value" = "CHART"
# 0.80 REVIEW: the name of the column
"name[0].family" = { from = "LNAME", via = ["trim"] }
"gender" = { from = "SEX", map = "gender" }   # one letter

[[map]]
from = "allergies"
to = "Allergy"
key = ["CHART", "CODE"]
when = [{ column = "CODE", filled = true }]

[map.fields]
"code" = { code = "CODE", system = "https://legacy.example/pier/allergen", translate = "allergens" }
"reaction[0].severity" = { from = "SEVER", map = "severity" }

[code-map.gender]
system = "http://hl7.org/fhir/administrative-gender"
rows = [["M", "male"],   # as on the form
        ["F", "female"]] # both of them

[code-map.severity]
rows = [["1", "mild"], ["3", "severe", "Severe, \"call\""]]

[code-map.allergens]
file = "allergens.csv"
system = "http://snomed.info/sct"

[[rule]]
table = "patients"
columns = ["BILLNOTE"]
fate = "archive"
reason = "A note of the old billing module"
"#;

const ALLERGENS: &str = "code,target,display,relationship\r\nPNUT,762952008,\"Peanut, whole\",equivalent\r\n\
                         0ASA,7034005,Diclofenac,source-is-broader-than-target\r\n";

fn document() -> MappingDocument {
    MappingDocument::parse("pier.toml", TEXT)
        .unwrap()
        .with_file("allergens.csv", ALLERGENS)
}

/// The shipped documents that are whole; one waits for code maps of the practice.
fn shipped() -> impl Iterator<Item = MappingDocument> {
    MappingDocument::shipped_names()
        .filter_map(MappingDocument::shipped)
        .filter(|document| document.compile().is_ok())
}

/// A cell: sheet, row and column from 0.
type Cell = (&'static str, u32, u16);

/// The workbook with other texts in some cells, written by another hand.
fn edited(bytes: &[u8], edits: &[(Cell, &str)]) -> Vec<u8> {
    let mut read: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut written = rust_xlsxwriter::Workbook::new();
    for name in read.sheet_names() {
        let mut cells: BTreeMap<(u32, u16), String> = BTreeMap::new();
        let range = read.worksheet_range(&name).unwrap();
        for (row, column, value) in range.used_cells() {
            cells.insert((row as u32, column as u16), value.to_string());
        }
        for ((sheet, row, column), text) in edits {
            if *sheet == name {
                cells.insert((*row, *column), (*text).to_owned());
            }
        }
        let sheet = written.add_worksheet().set_name(&name).unwrap();
        for ((row, column), text) in cells {
            match text.strip_prefix("number ") {
                Some(number) => sheet.write_number(row, column, number.parse::<f64>().unwrap()),
                None => sheet.write_string(row, column, text),
            }
            .unwrap();
        }
    }
    written.save_to_buffer().unwrap()
}

/// The place of a text in the first column of a sheet.
fn row_of(bytes: &[u8], sheet: &str, id: &str) -> u32 {
    let mut read: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let range = read.worksheet_range(sheet).unwrap();
    let found = (1..).find(|row| match range.get_value((*row, 0)) {
        Some(Data::String(text)) => text == id,
        Some(_) => false,
        None => panic!("{sheet} has no row {id}"),
    });
    found.unwrap()
}

fn refused(edits: &[(Cell, &str)]) -> String {
    let bytes = ReviewSheet::new(&document()).unwrap().to_xlsx().unwrap();
    Review::from_xlsx(&edited(&bytes, edits), &document())
        .unwrap_err()
        .to_string()
}

#[test]
fn lines_say_what_clinicians_need() {
    let sheet = ReviewSheet::new(&document()).unwrap();
    let line = |path: &str| sheet.lines().iter().find(|line| line.path == path).unwrap();

    let family = line("Patient.name[0].family");
    assert_eq!(family.id, "30");
    assert_eq!(family.group, "patients → Patient");
    assert_eq!(family.source, "patients: LNAME");
    assert_eq!(family.transform, "blanks around it dropped");
    let draft = family.draft.as_ref().unwrap();
    assert_eq!(draft.confidence, Some(80));
    assert_eq!(draft.reason, "the name of the column");

    let code = line("Allergy.code");
    assert_eq!(code.group, "allergies → Allergy, only where CODE is filled");
    assert_eq!(code.safety, Some(SafetyClass::SafetyCritical));
    assert_eq!(code.code_map.as_deref(), Some("allergens"));
    assert_eq!(code.draft, None);

    let rule = sheet.lines().last().unwrap();
    assert_eq!(rule.source, "patients: BILLNOTE");
    assert_eq!(rule.transform, "A note of the old billing module");

    let codes: Vec<_> = sheet.codes().iter().map(|row| row.id.as_str()).collect();
    assert_eq!(
        codes,
        [
            "gender/M",
            "gender/F",
            "severity/1",
            "severity/3",
            "allergens/PNUT",
            "allergens/0ASA"
        ]
    );
}

#[test]
fn every_shipped_document_has_a_sheet_that_comes_back() {
    for document in shipped() {
        let name = document.name();
        let sheet = ReviewSheet::new(&document).unwrap();
        let mut ids: Vec<_> = sheet.lines().iter().map(|line| &line.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), sheet.lines().len(), "{name}: ids are unique");
        let bytes = sheet.to_xlsx().unwrap();
        let review = Review::from_xlsx(&bytes, &document).unwrap();
        assert_eq!(
            review.open,
            sheet.lines().len() + sheet.codes().len(),
            "{name}"
        );
        let proposal = review.propose(&document).unwrap();
        assert!(proposal.is_unchanged());
        assert_eq!(proposal.text, document.text(), "{name}");
    }
}

#[test]
fn a_document_that_extends_another_shows_the_lines_that_hold() {
    let text = r#"
[document]
name = "own"
version = "1"
format = "ccda"
extends = ["ccda-r2.1"]
system = "https://legacy.example/own"

[[map]]
name = "ccda.problem"
[map.fields]
"recorder" = false
"#;
    let base = ReviewSheet::new(&MappingDocument::shipped("ccda-r2.1").unwrap()).unwrap();
    let own = ReviewSheet::new(&MappingDocument::parse("own.toml", text).unwrap()).unwrap();
    let recorders = |sheet: &ReviewSheet, shipped: bool| -> Vec<String> {
        let lines = sheet.lines().iter();
        let recorders = lines.filter(|line| line.path == "Problem.recorder");
        let here = recorders.filter(|line| shipped || !line.id.contains(':'));
        here.map(|line| line.transform.clone()).collect()
    };
    let (before, after) = (recorders(&base, true).len(), recorders(&own, true).len());
    assert!(before > 0, "the base has such a line");
    assert_eq!(
        after, before,
        "one went, and one says that it is taken away"
    );
    assert_eq!(
        recorders(&own, false),
        ["the line of the extended document is taken away"]
    );
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let sheet = ReviewSheet::new(&document()).unwrap();
    assert_eq!(sheet.to_xlsx().unwrap(), sheet.to_xlsx().unwrap());
    assert_eq!(sheet.to_html(), sheet.to_html());
    assert!(
        sheet
            .to_html()
            .contains("Pier Clinic &#60;old &#38; small&#62;")
    );
}

#[test]
fn judgements_and_codes_come_back_and_nothing_else_changes() {
    let document = document();
    let bytes = ReviewSheet::new(&document).unwrap().to_xlsx().unwrap();
    let line = row_of(&bytes, "Lines", "30");
    let code = |id| row_of(&bytes, "Code maps", id);
    let edits = [
        (("About", 4, 1), "Ada Clinician"),
        (("Lines", line, 10), "Change"),
        (("Lines", line, 11), "and the maiden name?"),
        (("Code maps", code("gender/M"), 8), "accept"),
        (("Code maps", code("gender/F"), 3), "other"),
        (("Code maps", code("severity/3"), 3), "moderate"),
        (("Code maps", code("severity/3"), 4), "Moderate, \"wait\""),
        (("Code maps", code("allergens/PNUT"), 3), "91935009"),
        (
            ("Code maps", code("allergens/PNUT"), 4),
            "Allergy to peanut, any",
        ),
    ];
    let review = Review::from_xlsx(&edited(&bytes, &edits), &document).unwrap();
    assert_eq!(review.reviewer, "Ada Clinician");
    assert_eq!(review.digest, document.digest());
    assert_eq!(review.lines.len(), 1);
    assert_eq!(review.lines[0].id, "30");
    assert_eq!(review.lines[0].judgement, Some(Judgement::Change));
    assert_eq!(review.lines[0].comment, "and the maiden name?");
    assert_eq!(review.codes[0].judgement, Some(Judgement::Accept));
    assert_eq!(review.edits.len(), 3);

    let proposal = review.propose(&document).unwrap();
    let expected = TEXT
        .replace(r#"["F", "female"]"#, r#"["F", "other"]"#)
        .replace(
            r#"["3", "severe", "Severe, \"call\""]"#,
            r#"["3", "moderate", "Moderate, \"wait\""]"#,
        );
    assert_eq!(proposal.text, expected, "comments and order stay");
    assert_eq!(
        proposal.files["allergens.csv"],
        ALLERGENS
            .replace("762952008", "91935009")
            .replace("Peanut, whole", "Allergy to peanut, any")
    );
    assert_eq!(proposal.rows, 3);
    assert_eq!(document.text(), TEXT, "nothing is applied");
    let applied = proposal.apply(&document);
    assert_ne!(applied.digest(), document.digest());
    // the next sheet is of the next document, and the old one is refused
    let sheet = ReviewSheet::new(&applied).unwrap();
    assert_eq!(sheet.codes()[1].target, "other");
    let error = Review::from_xlsx(&bytes, &applied).unwrap_err().to_string();
    let (was, is) = (document.digest(), applied.digest());
    assert_eq!(
        error,
        format!("the review sheet was made from document {was}, and this is document {is}")
    );
    assert!(review.propose(&applied).is_err());
}

/// With `EHR_PAGES_DIR` the pages are written there, for a browser and a judge of accessibility.
#[test]
fn pages_stand_alone() {
    for document in shipped().chain([document()]) {
        let page = ReviewSheet::new(&document).unwrap().to_html();
        for outside in ["<script", "<link", "<img", " src=", "@import", "url("] {
            assert!(!page.contains(outside), "{}: {outside}", document.name());
        }
        if let Some(folder) = std::env::var_os("EHR_PAGES_DIR") {
            let name = format!("review-{}.html", document.name());
            std::fs::write(std::path::Path::new(&folder).join(name), page).unwrap();
        }
    }
}

#[test]
fn what_is_not_for_reviewers_is_refused_with_its_cell() {
    let bytes = ReviewSheet::new(&document()).unwrap().to_xlsx().unwrap();
    let line = row_of(&bytes, "Lines", "30");
    assert_eq!(
        refused(&[(("Lines", line, 4), "patients: MAIDEN")]),
        format!(
            "Lines!E{}: this cell is not for edits, and it was changed",
            line + 1
        )
    );
    assert_eq!(
        refused(&[(("Lines", line, 10), "perhaps")]),
        format!(
            "Lines!K{}: write accept, change or reject, or nothing",
            line + 1
        )
    );
    assert_eq!(
        refused(&[(("Lines", line, 0), "31")]),
        "Lines!A4: another row has the same id"
    );
    assert_eq!(
        refused(&[(("Lines", line, 0), "777")]),
        format!("Lines!A{}: the document has no such line", line + 1)
    );
    assert_eq!(
        refused(&[(("Code maps", 1, 3), " ")]),
        "Code maps!D2: a target is one line of text, and not empty; to drop the row, reject it"
    );
    assert_eq!(
        refused(&[(("Code maps", 5, 3), "number 91935009")]),
        "Code maps!D6: the code became a number, whose zeros and last digits may be lost: write it as text"
    );
    assert_eq!(
        refused(&[(("Code maps", 5, 3), "91935009")]),
        "Code maps!E6: these are the words of the code that was replaced: correct them too, or empty the cell"
    );
    assert_eq!(
        refused(&[(("About", 3, 1), "")]),
        "About!B4: the workbook does not say of which document it is"
    );
    assert_eq!(
        Review::from_xlsx(b"no workbook", &document())
            .unwrap_err()
            .to_string(),
        "this is no workbook of Excel's format"
    );
    // a target that the field cannot take is a mistake in the document, with its line
    let bytes = edited(&bytes, &[(("Code maps", 1, 3), "man")]);
    let review = Review::from_xlsx(&bytes, &document()).unwrap();
    let error = review.propose(&document()).unwrap_err().to_string();
    assert!(error.starts_with("pier.toml:31:"), "{error}");
}

#[test]
fn codes_of_shipped_documents_are_not_edited_from_afar() {
    let document = MappingDocument::shipped("hl7v2").unwrap();
    let own = MappingDocument::for_formats(
        [ehr_mapping::format::Format::Hl7v2],
        "https://legacy.example/own",
    )
    .unwrap();
    assert!(!ReviewSheet::new(&document).unwrap().codes().is_empty());
    let sheet = ReviewSheet::new(&own).unwrap();
    let bytes = sheet.to_xlsx().unwrap();
    let edits = [(("Code maps", 1, 3), "unknown"), (("Code maps", 1, 4), "")];
    let review = Review::from_xlsx(&edited(&bytes, &edits), &own).unwrap();
    let error = review.propose(&own).unwrap_err().to_string();
    assert!(
        error.contains("stands in hl7v2.toml, which ships"),
        "{error}"
    );
}

#[test]
fn counts_come_from_a_run_and_values_only_when_asked_for() {
    let document = document();
    let plan = document.compile().unwrap();
    let folder = MemoryFolder::default()
        .with(
            "PATIENT.TXT",
            "CHART,LNAME,SEX,BILLNOTE\n1,Canaryson,F,\n2,Canaryson,F,\n3,Birdwell,X,\n",
        )
        .with("ALLERGY.TXT", "CHART,CODE,SEVER\n1,PNUT,3\n2,0ASA,1\n");
    let spill = tempfile::tempdir().unwrap();
    let mut options = ExtractionOptions::new(spill.path());
    options.count_codes = true;
    let extraction = Extraction::open_rehearsal(&plan, &folder, options).unwrap();
    let mut uses = ehr_mapping::code_map::CodeUses::default();
    let mut samples = SampleValues::default();
    extraction
        .patients(
            |unit, books| {
                let mut samples = SampleValues::default();
                books.settle_with(&unit, |_| true, |leaf| samples.collect(leaf));
                (unit.code_uses, samples)
            },
            |(part, values)| {
                uses.merge(&part);
                samples.merge(&values);
                Ok(())
            },
        )
        .unwrap();
    let sheet = ReviewSheet::new(&document).unwrap().with_uses(&uses);
    let counts: Vec<_> = sheet.codes().iter().map(|row| row.uses.unwrap()).collect();
    assert_eq!(counts, [0, 2, 1, 1, 1, 1]);
    assert_eq!(uses.of("gender").unwrap().without_row, 1);
    let page = sheet.to_html();
    assert!(page.contains("<p>1 values of the run had a code without a row.</p>"));
    assert!(!page.contains("Canaryson") && !format!("{sheet:?}").contains("Canaryson"));

    let sheet = sheet.with_samples(&samples);
    let page = sheet.to_html();
    assert!(page.contains("Canaryson") && page.contains("Birdwell"));
    assert!(sheet.to_html().contains("protected health information"));
    assert!(!format!("{sheet:?}").contains("Canaryson"));
    // counts and values are no part of what comes back
    let review = Review::from_xlsx(&sheet.to_xlsx().unwrap(), &document).unwrap();
    assert!(review.lines.is_empty() && review.edits.is_empty());
}
