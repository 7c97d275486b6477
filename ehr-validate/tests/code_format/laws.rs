//! What check digits find, and that no input upsets a parser.

use ehr_validate::code_format::{Format, loinc, npi, sctid};
use proptest::prelude::*;

const LOINC: &str = "0123456789-";

/// Completes a number with the one check digit that fits.
fn complete(body: String, fits: impl Fn(&str) -> bool) -> Option<String> {
    (0..10)
        .map(|digit| format!("{body}{digit}"))
        .find(|code| fits(code))
}

/// Every code that differs in one character, of the alphabet.
fn one_character_off(code: &str, alphabet: &str) -> Vec<String> {
    let mut others = Vec::new();
    for at in 0..code.len() {
        for other in alphabet
            .chars()
            .filter(|other| !code[at..].starts_with(*other))
        {
            others.push(format!("{}{other}{}", &code[..at], &code[at + 1..]));
        }
    }
    others
}

proptest! {
    #[test]
    fn every_error_of_one_character_in_an_npi_is_found(body in "[12][0-9]{8}") {
        let code = complete(body, |code| npi::check(code).is_ok()).unwrap();
        for other in one_character_off(&code, "0123456789A ") {
            prop_assert!(npi::check(&other).is_err());
        }
    }

    #[test]
    fn every_error_of_one_character_in_an_sctid_is_found(
        item in "[1-9][0-9]{2,7}", extension in any::<bool>(), partition in 0..3_u8,
    ) {
        let body = match extension {
            true => format!("{item}10001241{partition}"),
            false => format!("{item}0{partition}"),
        };
        let code = complete(body, |code| sctid::parse(code).is_ok()).unwrap();
        for other in one_character_off(&code, "0123456789A") {
            prop_assert!(sctid::parse(&other).is_err());
        }
        // And every swap of two neighbours that differ, which is what Verhoeff is for.
        for at in 1..code.len() {
            let mut bytes = code.clone().into_bytes();
            bytes.swap(at - 1, at);
            let swapped = String::from_utf8(bytes).unwrap();
            prop_assert!(swapped == code || sctid::parse(&swapped).is_err());
        }
    }

    #[test]
    fn every_error_of_one_character_in_a_loinc_code_is_found(body in "[1-9][0-9]{1,5}") {
        let code = complete(format!("{body}-"), |code| {
            loinc::parse_term(code).is_ok_and(|loinc| !loinc.wrong_by_design)
        }).unwrap();
        for other in one_character_off(&code, LOINC) {
            let found = loinc::parse_term(&other);
            // The fourteen are accepted, and reported as deprecated.
            prop_assert!(found.is_err() || found.unwrap().wrong_by_design);
        }
    }

    #[test]
    fn nothing_upsets_a_parser_and_every_repair_is_well_formed(code in "\\PC{0,24}") {
        settles(&code)?;
    }

    #[test]
    fn codes_with_damage_settle(code in "[ ]?[0-9A-Zx*=+/()&.-]{0,20}[ ]?") {
        settles(&code)?;
    }
}

fn settles(code: &str) -> Result<(), TestCaseError> {
    for format in Format::ALL {
        if let Err(malformed) = format.check(code)
            && let Some(repair) = malformed.repair
        {
            prop_assert!(format.check(repair.expose()).is_ok(), "{format:?}");
        }
    }
    Ok(())
}

#[test]
fn a_system_has_one_format() {
    let mut systems: Vec<_> = Format::ALL
        .iter()
        .flat_map(|format| format.systems())
        .collect();
    let count = systems.len();
    systems.sort_unstable();
    systems.dedup();
    assert_eq!(systems.len(), count);
    for format in Format::ALL {
        for system in format.systems() {
            assert_eq!(Format::of_system(system), Some(format));
        }
    }
}
