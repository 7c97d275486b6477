//! The workbook in the hands of LibreOffice: opened, edited, saved, and read back.

use std::path::Path;
use std::process::{Command, Stdio};

use ehr_mapping::review::{Judgement, Review, ReviewSheet};

use super::{ALLERGENS, TEXT, document, row_of};

/// Opens a workbook, writes into cells, and saves it under another name, as a person at a desk would.
const EDIT: &str = r#"
import os, subprocess, sys, time
import uno
from com.sun.star.beans import PropertyValue

def prop(name, value):
    one = PropertyValue()
    one.Name, one.Value = name, value
    return one

pipe = "review%d" % os.getpid()
source, target, profile, edits = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:]
office = subprocess.Popen(["soffice", "--headless", "--norestore", "-env:UserInstallation=file://" + profile,
                           "--accept=pipe,name=%s;urp;" % pipe], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
local = uno.getComponentContext()
resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
for attempt in range(240):
    try:
        context = resolver.resolve("uno:pipe,name=%s;urp;StarOffice.ComponentContext" % pipe)
        break
    except Exception:
        time.sleep(0.5)
desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
book = desktop.loadComponentFromURL("file://" + source, "_blank", 0, (prop("Hidden", True),))
for edit in edits:
    sheet, cell, text = edit.split("|")
    book.Sheets.getByName(sheet).getCellRangeByName(cell).String = text
book.storeToURL("file://" + target, (prop("FilterName", "Calc MS Excel 2007 XML"),))
book.close(True)
try:
    desktop.terminate()
except Exception:
    pass
office.wait(60)
"#;

/// Runs the script with a Python that speaks to LibreOffice; `None` where there is none.
fn edit(folder: &Path, edits: &[String]) -> Option<Vec<u8>> {
    let speaks = |python: &str| {
        let mut probe = Command::new(python);
        probe.args(["-c", "import uno"]).stderr(Stdio::null());
        probe.status().is_ok_and(|status| status.success())
    };
    let python = ["/usr/bin/python3", "python3"]
        .into_iter()
        .find(|one| speaks(one))?;
    let office = Command::new("soffice").arg("--version").output().ok()?;
    office.status.success().then_some(())?;
    let target = folder.join("edited.xlsx");
    let done = Command::new(python)
        .args(["-c", EDIT])
        .arg(folder.join("sheet.xlsx"))
        .arg(&target)
        .arg(folder.join("profile"))
        .args(edits)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "LibreOffice refused: {said}");
    Some(std::fs::read(target).unwrap())
}

#[test]
fn libreoffice_edits_and_the_same_document_comes_back_with_the_edits() {
    let document = document();
    let bytes = ReviewSheet::new(&document).unwrap().to_xlsx().unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("sheet.xlsx"), &bytes).unwrap();
    let cell = |sheet: &str, column: &str, id: &str, text: &str| {
        let row = row_of(&bytes, sheet, id) + 1;
        format!("{sheet}|{column}{row}|{text}")
    };
    let edits = [
        "About|B5|Ada Clinician".to_owned(),
        cell("Lines", "K", "30", "reject"),
        cell("Lines", "L", "30", "Which name?"),
        cell("Code maps", "D", "allergens/PNUT", "0091935009"),
        cell("Code maps", "E", "allergens/PNUT", "Peanut – “any”"),
        cell("Code maps", "D", "gender/F", "other"),
    ];
    let Some(edited) = edit(folder.path(), &edits) else {
        crate::support::say("skipped: no LibreOffice with Python");
        return;
    };
    assert_ne!(edited, bytes);
    let review = Review::from_xlsx(&edited, &document).unwrap();
    assert_eq!(review.reviewer, "Ada Clinician");
    assert_eq!(review.lines.len(), 1);
    assert_eq!(review.lines[0].judgement, Some(Judgement::Reject));
    assert_eq!(review.lines[0].comment, "Which name?");
    let proposal = review.propose(&document).unwrap();
    assert_eq!(proposal.text, TEXT.replace("\"female\"", "\"other\""));
    assert_eq!(
        proposal.files["allergens.csv"],
        ALLERGENS
            .replace("762952008", "0091935009")
            .replace("\"Peanut, whole\"", "Peanut – “any”"),
        "a code keeps its zeros"
    );
}
