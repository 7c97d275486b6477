//! NDC, RxNorm, vaccines, DEA.

use ehr_validate::code_format::ndc::Ndc;
use ehr_validate::code_format::{Fault, cvx, dea, mvx, ndc, rxcui};

use super::{plain, repaired, wrong};

#[test]
fn ndc_with_hyphens_has_one_reading() {
    for (code, eleven) in [
        ("0002-8215-01", "00002821501"),
        ("50242-040-62", "50242004062"),
        ("60575-4112-1", "60575411201"),
        ("49281-0425-50", "49281042550"),
        ("49281042550", "49281042550"),
    ] {
        assert_eq!(
            ndc::parse(code).unwrap(),
            Ndc::Eleven(eleven.to_owned()),
            "{code}"
        );
    }
    assert_eq!(wrong(ndc::parse("0002-821-01")), plain(Fault::Punctuation));
    assert_eq!(wrong(ndc::parse("0002-8215")), plain(Fault::Punctuation));
    assert_eq!(
        wrong(ndc::parse("0002-82A5-01")),
        plain(Fault::Character { position: 8 })
    );
}

#[test]
fn ten_digits_have_three_readings_and_nine_have_lost_a_zero() {
    assert_eq!(
        wrong(ndc::parse("0002821501")),
        plain(Fault::Ambiguous { readings: 3 })
    );
    let readings: Vec<_> = ndc::readings("0002821501")
        .iter()
        .map(|ndc| ndc.digits().to_owned())
        .collect();
    assert_eq!(readings, ["00002821501", "00028021501", "00028215001"]);
    assert_eq!(wrong(ndc::parse("2821501")), plain(Fault::LostZeros));
    assert!(ndc::readings("002821501").contains(&Ndc::Eleven("00002821501".into())));
    assert_eq!(wrong(ndc::parse("2.821501E6")), plain(Fault::Number));
}

#[test]
fn twelve_digits_are_never_cut() {
    let twelve = ndc::parse("123456-7890-12").unwrap();
    assert_eq!(twelve, Ndc::Twelve("123456789012".into()));
    assert_eq!(ndc::parse("123456789012").unwrap(), twelve);
    assert_eq!(
        ndc::parse("49281-0425-50").unwrap().twelve(),
        "049281042550"
    );
    assert_eq!(format!("{twelve:?}"), "Ndc(12 digits)");
}

#[test]
fn an_asterisk_is_the_zero_that_fills() {
    assert_eq!(
        wrong(ndc::parse("*0002-8215-01")),
        repaired(Fault::Punctuation, "00002821501")
    );
    assert_eq!(
        wrong(ndc::parse("00002*21501")),
        repaired(Fault::Punctuation, "00002021501")
    );
}

#[test]
fn rxcui_has_no_zero_in_front() {
    assert!(rxcui::check("1116634").is_ok());
    assert_eq!(
        wrong(rxcui::check("0001191")),
        repaired(Fault::LeadingZero, "1191")
    );
    assert_eq!(
        wrong(rxcui::check("1191.0")),
        repaired(Fault::Number, "1191")
    );
    assert!(matches!(
        wrong(rxcui::check("123456789")).0,
        Fault::Length { found: 9, .. }
    ));
    assert_eq!(wrong(rxcui::check("0")), plain(Fault::LeadingZero));
}

#[test]
fn vaccines_keep_their_zero() {
    assert!(cvx::check("03").is_ok() && cvx::check("208").is_ok());
    assert_eq!(wrong(cvx::check("3")), repaired(Fault::LostZeros, "03"));
    assert_eq!(wrong(cvx::check("003")), repaired(Fault::LeadingZero, "03"));
    assert!(cvx::check("2080").is_err());
    assert!(mvx::check("AB").is_ok() && mvx::check("PMC").is_ok());
    assert_eq!(wrong(mvx::check("pmc")), repaired(Fault::LowerCase, "PMC"));
    assert_eq!(
        wrong(mvx::check("PMC       ")),
        repaired(Fault::WhiteSpace, "PMC")
    );
}

#[test]
fn dea_numbers() {
    assert!(dea::check("AP5836727").is_ok());
    assert_eq!(wrong(dea::check("AP5836728")), plain(Fault::CheckDigit));
    assert!(dea::check("A91234563").is_ok());
    assert_eq!(
        wrong(dea::check("AP583672")),
        plain(Fault::Length {
            found: 8,
            expected: "9"
        })
    );
    assert!(dea::fits_name("AP5836727", "Pennington") && dea::fits_name("A91234563", "Pennington"));
    assert!(!dea::fits_name("AP5836727", "Quill") && !dea::fits_name("AP5836727", ""));
}
