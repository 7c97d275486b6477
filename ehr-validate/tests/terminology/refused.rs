//! Releases that are not as they should be: errors with file, line and column.

use ehr_validate::terminology::release::{cvx, gem, icd_9, icd_10, loinc, mvx, snomed};

use super::{file, order, release};

fn refusal<T: std::fmt::Debug, E: std::fmt::Display>(outcome: Result<T, E>) -> String {
    outcome.expect_err("accepted").to_string()
}

#[test]
fn errors_have_an_address() {
    let released = release("a", "2031-01-01");
    let lines =
        order(1, "A00", false, "Title") + &order(2, "A000", true, "Title").replace(" 1 ", " x ");
    assert_eq!(
        refusal(icd_10::read_cm(&released, file(&lines))),
        "release: line 2, column 15: expected 0 for a header or 1 for a code"
    );
    let lines = order(1, "000", false, "Title");
    assert_eq!(
        refusal(icd_10::read_cm(&released, file(&lines))),
        "release: line 1, column 7: expected a code without dot"
    );
    assert_eq!(
        refusal(icd_10::read_cm(&released, file("\n"))),
        "release: no code"
    );
    assert_eq!(
        refusal(gem::read_icd_9_to_10(
            &released,
            file("0010  A000    00000\n0011  A001    0x000\n")
        )),
        "release: line 2, column 15: expected five digits of flags"
    );
    assert_eq!(
        refusal(icd_9::read_diagnoses(
            &released,
            file("0010  Cholera\n1 No code\n")
        )),
        "release: line 2, column 1: expected a code without dot"
    );
    assert_eq!(
        refusal(cvx::read_text(
            &released,
            file("03|MMR|measles|n|Active|False|2031/01/01\n3|MMR|m|n|Active|False|\n")
        )),
        "release: line 2, column 1: expected two or three digits"
    );
    assert_eq!(
        refusal(cvx::read_text(
            &released,
            file("03|MMR|measles|n|Away|False|2031/01/01\n")
        )),
        "release: line 1, column 5: expected a status"
    );
    assert_eq!(
        refusal(mvx::read_text(&released, file("AB|Abe|n\n"))),
        "release: line 1, column 4: expected another field"
    );
    assert_eq!(
        refusal(loinc::read(&released, file("LOINC_NUM,STATUS\n"))),
        "release: line 1: no column LONG_COMMON_NAME"
    );
    let terms = "LOINC_NUM,LONG_COMMON_NAME,COMPONENT,SHORTNAME,STATUS\n8480-6,a,b,c,ACTIVE\n8462-4,a,b,c,GONE\n";
    assert_eq!(
        refusal(loinc::read(&released, file(terms))),
        "release: line 3, column 5: expected a status"
    );
}

#[test]
fn xml_has_lines_too() {
    let released = release("a", "2031-01-01");
    let broken = "<CVXCodes>\n <CVXInfo>\n  <CVXCode>03</CVXCode></Oops>\n";
    let refused = refusal(cvx::read_xml(&released, file(broken)));
    assert!(refused.starts_with("release: line 3, column "), "{refused}");
    let wrong = "<CVXCodes>\n <CVXInfo>\n  <CVXCode>3</CVXCode><Status>Active</Status></CVXInfo></CVXCodes>";
    assert_eq!(
        refusal(cvx::read_xml(&released, file(wrong))),
        "release: line 2, column 1: expected two or three digits in CVXCode"
    );
    let open = "<CVXCodes><CVXInfo><CVXCode>03</CVXCode>";
    assert!(cvx::read_xml(&released, file(open)).is_err());
    let entity =
        "<CVXCodes><CVXInfo><CVXCode>03</CVXCode><Status>&nbsp;</Status></CVXInfo></CVXCodes>";
    assert!(cvx::read_xml(&released, file(entity)).is_err());
    assert_eq!(
        refusal(cvx::read_xml(&released, file("<CVXCodes/>"))),
        "release: no code"
    );
}

#[test]
fn a_snapshot_that_is_no_snapshot() {
    let files = |concepts: &'static str| snomed::Files {
        concepts: file(concepts),
        descriptions: vec![],
        associations: file(
            "id\teffectiveTime\tactive\tmoduleId\trefsetId\treferencedComponentId\ttargetComponentId\n",
        ),
    };
    let released = release("a", "2031-01-01");
    assert_eq!(
        refusal(snomed::read(
            &released,
            files("id\teffectiveTime\tactive\tm\td\n73211009\t20020131\tyes\tm\td\n")
        )),
        "release: line 2, column 3: expected 0 or 1"
    );
    assert_eq!(
        refusal(snomed::read(
            &released,
            files("id\teffectiveTime\tactive\tm\td\n73211009\t2002\t1\tm\td\n")
        )),
        "release: line 2, column 2: expected a date"
    );
}
