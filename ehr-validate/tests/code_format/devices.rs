//! Unique device identifiers: the examples that FDA publishes for each agency. (FDA writes a `C` for
//! the check character of HIBCC; here stands the one that counts.)

use ehr_validate::code_format::Fault;
use ehr_validate::code_format::udi::{self, IssuingAgency};

use super::{plain, wrong};

const GS1: &str = "(01)51022222233336(11)141231(17)150707(10)A213B1(21)1234";
const HIBCC: &str =
    "+H123PARTNO1234567890120/$$420020216LOT123456789012345/SXYZ456789012345678/16D20130202H";
const ICCBBA: &str =
    "=/A9999XYZ100T0944=,000025=A99971312345600=>014032=}013032&,1000000000000XYZ123";

#[test]
fn gs1_in_brackets_and_bare() {
    let udi = udi::parse(GS1).unwrap();
    assert_eq!(
        (udi.agency, udi.device.as_str()),
        (IssuingAgency::Gs1, "51022222233336")
    );
    assert_eq!(
        (udi.lot.as_deref(), udi.serial.as_deref()),
        (Some("A213B1"), Some("1234"))
    );
    assert_eq!(
        (udi.manufactured.as_deref(), udi.expires.as_deref()),
        (Some("141231"), Some("150707"))
    );
    assert!(udi.has_production_identifier());
    assert_eq!(format!("{udi:?}"), "Udi(Gs1)");
    let bare = udi::parse(
        "01510222222333361114123117150707 10A213B1\u{1d}211234"
            .replace(' ', "")
            .as_str(),
    );
    assert_eq!(bare.unwrap(), udi);
    assert_eq!(
        wrong(udi::parse("(01)51022222233337")),
        plain(Fault::CheckDigit)
    );
    assert!(matches!(
        wrong(udi::parse("(01)987979879879")).0,
        Fault::Length { found: 12, .. }
    ));
    assert!(matches!(
        wrong(udi::parse("(01)51022222233336(11)160542")).0,
        Fault::Kind { .. }
    ));
    assert!(matches!(
        wrong(udi::parse("(10)A213B1")).0,
        Fault::Kind { .. }
    ));
    assert!(matches!(
        wrong(udi::parse("pacemaker")).0,
        Fault::Kind { .. }
    ));
    assert_eq!(
        wrong(udi::parse("(01)51022222233336(10")),
        plain(Fault::Punctuation)
    );
}

#[test]
fn hibcc() {
    let udi = udi::parse(HIBCC).unwrap();
    assert_eq!(
        (udi.agency, udi.device.as_str()),
        (IssuingAgency::Hibcc, "H123PARTNO1234567890120")
    );
    assert_eq!(
        (udi.expires.as_deref(), udi.lot.as_deref()),
        (Some("20020216"), Some("LOT123456789012345"))
    );
    assert_eq!(
        (udi.serial.as_deref(), udi.manufactured.as_deref()),
        (Some("XYZ456789012345678"), Some("20130202"))
    );
    assert_eq!(
        wrong(udi::parse(&HIBCC.replace("20130202H", "20130202C"))),
        plain(Fault::CheckDigit)
    );
    let primary = udi::parse("+A123BJC5D6E71G").unwrap();
    assert!(primary.device == "A123BJC5D6E71" && !primary.has_production_identifier());
    assert!(matches!(wrong(udi::parse("+a b")).0, Fault::Kind { .. }));
}

#[test]
fn iccbba() {
    let udi = udi::parse(ICCBBA).unwrap();
    assert_eq!(
        (udi.agency, udi.device.as_str()),
        (IssuingAgency::Iccbba, "A9999XYZ100T0944")
    );
    assert_eq!(
        (udi.serial.as_deref(), udi.donation.as_deref()),
        (Some("000025"), Some("A99971312345600"))
    );
    assert_eq!(
        (udi.expires.as_deref(), udi.manufactured.as_deref()),
        (Some("014032"), Some("013032"))
    );
    assert_eq!(udi.lot.as_deref(), Some("000000000000XYZ123"));
    let bag = udi::parse("=)1TE123456A&)RZ12345678").unwrap();
    assert_eq!(
        (bag.agency, bag.device.as_str()),
        (IssuingAgency::IccbbaBlood, "1TE123456A")
    );
    assert!(matches!(
        wrong(udi::parse("=/A9999XYZ")).0,
        Fault::Length { found: 8, .. }
    ));
}
