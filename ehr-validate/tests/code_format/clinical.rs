//! SNOMED CT, LOINC, ICD.

use ehr_validate::code_format::loinc::{ISSUED_WITH_WRONG_CHECK_DIGIT, LoincKind};
use ehr_validate::code_format::{Fault, icd_9_cm, icd_10_cm, icd_10_pcs, loinc, sctid};

use super::{plain, repaired, wrong};

#[test]
fn snomed_concepts_descriptions_and_relationships() {
    // The examples of the RF2 specification, 6.4.
    let diabetes = sctid::parse("73211009").unwrap();
    assert_eq!(diabetes.component(), sctid::Component::Concept);
    assert_eq!(diabetes.namespace(), None);
    let canadian = sctid::parse("999480451000087102").unwrap();
    assert_eq!(canadian.namespace(), Some(1_000_087));
    let described = sctid::parse("121589010").unwrap();
    assert_eq!(described.component(), sctid::Component::Description);
    assert_eq!(
        wrong(sctid::parse_concept("121589010")).0,
        Fault::Kind {
            found: "a description",
            expected: "a concept"
        }
    );
    let related = "100022"; // the shortest relationship there can be
    assert_eq!(
        sctid::parse(related).unwrap().component(),
        sctid::Component::Relationship
    );
    assert_eq!(
        sctid::parse("900000000000207008").unwrap().value(),
        900_000_000_000_207_008
    );
}

#[test]
fn snomed_damage() {
    assert_eq!(wrong(sctid::parse("73211008")), plain(Fault::CheckDigit));
    assert_eq!(
        wrong(sctid::parse("073211009")),
        repaired(Fault::LeadingZero, "73211009")
    );
    assert_eq!(
        wrong(sctid::parse("73211009.0")),
        repaired(Fault::Number, "73211009")
    );
    assert_eq!(wrong(sctid::parse("7.3211E+07")), plain(Fault::Number));
    // 900000000000207008 through a spreadsheet, which keeps fifteen digits.
    assert_eq!(
        wrong(sctid::parse("900000000000207000")),
        plain(Fault::Number)
    );
    assert_eq!(
        wrong(sctid::parse(" 73211009 ")),
        repaired(Fault::WhiteSpace, "73211009")
    );
    assert_eq!(
        wrong(sctid::parse("7321-1009")),
        plain(Fault::Character { position: 5 })
    );
    assert_eq!(wrong(sctid::parse("")), plain(Fault::Empty));
    // A long format that has no room for its namespace.
    let short = (0..100_u32).map(|item| format!("{item:05}10"));
    let found = short
        .flat_map(|body| (0..10).map(move |check| format!("1{body}{check}")))
        .find(|code| !matches!(wrong(sctid::parse(code)).0, Fault::CheckDigit))
        .unwrap();
    assert!(matches!(
        wrong(sctid::parse(&found)).0,
        Fault::Length { .. }
    ));
}

#[test]
fn loinc_terms_parts_and_the_fourteen() {
    for code in ["8480-6", "2345-7", "94531-1"] {
        assert!(!loinc::parse_term(code).unwrap().wrong_by_design, "{code}");
    }
    for code in ISSUED_WITH_WRONG_CHECK_DIGIT {
        let loinc = loinc::parse_term(code).unwrap();
        assert!(loinc.wrong_by_design, "{code}");
        // Each is wrong indeed: another digit fits.
        let (body, digit) = code.split_once('-').unwrap();
        let right = (0..10)
            .map(|check| format!("{body}-{check}"))
            .find(|code| loinc::parse_term(code).is_ok_and(|loinc| !loinc.wrong_by_design));
        assert_ne!(right.unwrap().split_once('-').unwrap().1, digit);
    }
    assert_eq!(loinc::parse("LP29684-5").unwrap().kind, LoincKind::Part);
    assert_eq!(loinc::parse("LA6576-8").unwrap().kind, LoincKind::Answer);
    assert_eq!(
        wrong(loinc::parse_term("LA6576-8")).0,
        Fault::Kind {
            found: "a LOINC answer",
            expected: "a LOINC term"
        }
    );
    assert_eq!(wrong(loinc::parse("8480-7")), plain(Fault::CheckDigit));
    assert_eq!(wrong(loinc::parse("84806")), plain(Fault::Punctuation));
    assert_eq!(
        wrong(loinc::parse("08480-6")),
        repaired(Fault::LeadingZero, "8480-6")
    );
    assert_eq!(
        wrong(loinc::parse("LP2968A-5")),
        plain(Fault::Character { position: 7 })
    );
    assert_eq!(
        wrong(loinc::parse("8480-66")),
        plain(Fault::Character { position: 6 })
    );
}

#[test]
fn icd_10_cm_shapes() {
    for code in [
        "E11.9", "E119", "U07.1", "QA0.1", "QA01", "C7A.00", "S72.001A", "M84.40XA", "Z3A.01",
    ] {
        assert!(icd_10_cm::parse(code).is_ok(), "{code}");
    }
    let parsed = icd_10_cm::parse("S72001A").unwrap();
    assert_eq!(
        (
            parsed.dotted().as_str(),
            parsed.category(),
            parsed.seventh()
        ),
        ("S72.001A", "S72", Some('A'))
    );
    assert_eq!(format!("{parsed:?}"), "Icd10Cm(7 characters)");
    assert_eq!(
        wrong(icd_10_cm::parse("E1.19")),
        repaired(Fault::Punctuation, "E11.9")
    );
    assert_eq!(
        wrong(icd_10_cm::parse("E11.")),
        repaired(Fault::Punctuation, "E11")
    );
    assert_eq!(
        wrong(icd_10_cm::parse("e11.9")),
        repaired(Fault::LowerCase, "E11.9")
    );
    assert_eq!(wrong(icd_10_cm::parse("1E1")), plain(Fault::Number));
    assert_eq!(wrong(icd_10_cm::parse("3.0E5")), plain(Fault::Number));
    assert_eq!(wrong(icd_10_cm::parse("1E+11")), plain(Fault::Number));
    assert_eq!(
        wrong(icd_10_cm::parse("250.00")),
        plain(Fault::Character { position: 1 })
    );
    assert_eq!(
        wrong(icd_10_cm::parse("250")),
        plain(Fault::Character { position: 1 })
    );
    assert!(matches!(
        wrong(icd_10_cm::parse("E1")).0,
        Fault::Length { found: 2, .. }
    ));
    assert!(matches!(
        wrong(icd_10_cm::parse("S72.001AA")).0,
        Fault::Length { found: 8, .. }
    ));
}

#[test]
fn icd_10_cm_placeholders() {
    let readings = |code: &str| -> Vec<String> {
        let code = icd_10_cm::parse(code).unwrap();
        icd_10_cm::with_placeholders(&code)
            .iter()
            .map(|reading| reading.dotted())
            .collect()
    };
    assert!(readings("T36.01A").contains(&"T36.0X1A".to_owned()));
    assert!(readings("S01A").contains(&"S01.XXXA".to_owned()));
    assert!(readings("S72.001").contains(&"S72.001D".to_owned()));
    assert!(readings("S72.001A").is_empty());
}

#[test]
fn icd_9_cm_shapes_and_lost_zeros() {
    for code in [
        "250", "250.0", "250.00", "25000", "V10.05", "V1005", "E810.1", "E8101", "001.9",
    ] {
        assert!(icd_9_cm::parse(code).is_ok(), "{code}");
    }
    assert_eq!(wrong(icd_9_cm::parse("3.0")), plain(Fault::LostZeros));
    assert_eq!(icd_9_cm::with_zeros("3"), ["003", "003.0", "003.00"]);
    assert_eq!(icd_9_cm::with_zeros("250.0"), ["250.0", "250.00"]);
    assert!(icd_9_cm::with_zeros("E810").is_empty());
    assert_eq!(wrong(icd_9_cm::parse("2.5E+02")), plain(Fault::Number));
    assert_eq!(
        wrong(icd_9_cm::parse("25O.00")),
        plain(Fault::Character { position: 3 })
    );
    assert_eq!(wrong(icd_9_cm::parse("2500.0")), plain(Fault::Punctuation));
    assert!(
        icd_9_cm::check_procedure("36.11").is_ok() && icd_9_cm::check_procedure("3611").is_ok()
    );
    assert!(icd_9_cm::check_procedure("36.111").is_err());
}

#[test]
fn icd_10_pcs_has_no_i_and_no_o() {
    assert!(icd_10_pcs::check("0DTJ4ZZ").is_ok() && icd_10_pcs::check("XW033E5").is_ok());
    assert_eq!(
        wrong(icd_10_pcs::check("ODTJ4ZZ")),
        repaired(Fault::Character { position: 1 }, "0DTJ4ZZ")
    );
    assert!(matches!(
        wrong(icd_10_pcs::check("0DTJ4Z")).0,
        Fault::Length { found: 6, .. }
    ));
    assert_eq!(
        wrong(icd_10_pcs::check("ADTJ4ZZ")),
        plain(Fault::Character { position: 1 })
    );
}
