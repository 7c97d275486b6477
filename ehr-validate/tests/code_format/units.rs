//! Units of measure.

use ehr_validate::code_format::{Fault, ucum};

use super::{plain, repaired, wrong};

#[test]
fn spellings_that_are_not_ucum_are_proposed_in_ucum() {
    for (spelling, meant) in [
        ("MG/DL", "mg/dL"),
        ("K/uL", "10*3/uL"),
        ("mm Hg", "mm[Hg]"),
        ("mcg", "ug"),
        ("lbs", "[lb_av]"),
        ("mL/min/1.73m2", "mL/min/{1.73_m2}"),
    ] {
        assert_eq!(
            wrong(ucum::check(spelling)),
            repaired(Fault::NotUcum, meant),
            "{spelling}"
        );
    }
    for unit in [
        "mg/dL", "10*3/uL", "mm[Hg]", "ug", "[lb_av]", "Cel", "%", "/min", "{tbl}", "1", "kg/m2",
        "mmol/L", "[iU]/L", "meq/L", "10*6/uL",
    ] {
        assert!(ucum::check(unit).is_ok(), "{unit}");
    }
    assert_eq!(
        wrong(ucum::check("furlongs per fortnight")),
        plain(Fault::NotUcum)
    );
    assert_eq!(wrong(ucum::check(" ")), plain(Fault::Empty));
    assert_eq!(wrong(ucum::check("mg ")), repaired(Fault::WhiteSpace, "mg"));
}

/// A proposal that is not UCUM itself would be no help, and one for a valid unit would be harm.
#[test]
fn every_proposal_is_ucum() {
    let table = include_str!("../../src/code_format/ucum/spellings.tsv");
    for line in table.lines() {
        let (spelling, meant) = line.split_once('\t').unwrap();
        assert!(ucum::check(meant).is_ok(), "{spelling} -> {meant}");
        assert_eq!(ucum::propose(spelling), Some(meant));
    }
}

/// UCUM has `l` beside `L` and `10^` beside `10*`, so `mg/dl` is no error. A unit that parses is on
/// the list only where it means something else: `K/uL` is kelvin per microlitre.
#[test]
fn units_that_parse_are_listed_only_if_they_mean_something_else() {
    let table = include_str!("../../src/code_format/ucum/spellings.tsv");
    let mut confused = 0;
    for (spelling, meant) in table.lines().filter_map(|line| line.split_once('\t')) {
        if octofhir_ucum::validate(spelling).is_ok() {
            let factor = octofhir_ucum::convert(1.0, spelling, meant);
            assert!(
                factor.is_err() || factor.unwrap() != 1.0,
                "{spelling} is {meant}"
            );
            confused += 1;
        }
    }
    assert!(confused > 10);
    for same in ["mg/dl", "10^3/uL", "g/dl", "mmol/l", "fl"] {
        assert!(ucum::check(same).is_ok(), "{same}");
    }
}
