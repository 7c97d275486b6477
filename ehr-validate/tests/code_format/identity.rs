//! Numbers of people, providers and places.

use ehr_validate::code_format::{Fault, address, clia, ein, medicare, npi, phone, ssn, taxonomy};

use super::{plain, repaired, wrong};

#[test]
fn npi_of_the_specification() {
    assert!(npi::check("1234567893").is_ok());
    assert_eq!(wrong(npi::check("1234567839")), plain(Fault::CheckDigit));
    assert_eq!(
        wrong(npi::check("3234567893")),
        plain(Fault::Character { position: 1 })
    );
    assert_eq!(
        wrong(npi::check("1234567893.0")),
        repaired(Fault::Number, "1234567893")
    );
    let length = Fault::Length {
        found: 15,
        expected: "10",
    };
    assert_eq!(
        wrong(npi::check("808401234567893")),
        repaired(length, "1234567893")
    );
    assert_eq!(wrong(npi::check("")), plain(Fault::Empty));
}

#[test]
fn medicare_numbers() {
    assert!(
        medicare::check_mbi("1EG4TE5MK73").is_ok() && medicare::check_mbi("1EG4-TE5-MK73").is_ok()
    );
    assert_eq!(
        wrong(medicare::check_mbi("1SG4TE5MK73")),
        plain(Fault::Character { position: 2 })
    );
    assert_eq!(
        wrong(medicare::check_mbi("1eg4te5mk73")),
        repaired(Fault::LowerCase, "1EG4TE5MK73")
    );
    assert!(matches!(
        wrong(medicare::check_mbi("1EG4TE5MK7")).0,
        Fault::Length { found: 10, .. }
    ));
    assert!(
        medicare::check_hicn("219-09-1234A").is_ok() && medicare::check_hicn("219091234C1").is_ok()
    );
    assert!(medicare::check_hicn("WA123456").is_ok());
    assert!(
        medicare::check_hicn("1EG4TE5MK73").is_err() && medicare::check_hicn("219091234").is_err()
    );
}

#[test]
fn social_security_numbers_that_nobody_has() {
    assert!(ssn::check("219-09-1234").is_ok() && ssn::check("219091234").is_ok());
    for fake in [
        "078-05-1120",
        "219-09-9999",
        "123456789",
        "999999999",
        "000-00-0000",
        "111111111",
    ] {
        assert_eq!(wrong(ssn::check(fake)), plain(Fault::Placeholder), "{fake}");
    }
    for never in [
        "000-12-3456",
        "666-12-3456",
        "219-00-1234",
        "219-09-0000",
        "900-12-3456",
    ] {
        assert_eq!(
            wrong(ssn::check(never)),
            plain(Fault::NeverIssued),
            "{never}"
        );
    }
    assert!(matches!(
        wrong(ssn::check("912-70-1234")).0,
        Fault::Kind { .. }
    ));
    assert_eq!(wrong(ssn::check("19091234")), plain(Fault::LostZeros));
    assert!(ssn::check("***-**-1234").is_err());
}

#[test]
fn providers_and_laboratories() {
    assert!(taxonomy::check("207Q00000X").is_ok());
    assert_eq!(
        wrong(taxonomy::check("207Q00000Y")),
        plain(Fault::Character { position: 10 })
    );
    assert!(clia::check("05D2081492").is_ok() && clia::check("05X2081492").is_err());
    assert!(ein::check("12-3456789").is_ok() && ein::check("123456789").is_ok());
    assert_eq!(wrong(ein::check("99-9999999")), plain(Fault::Placeholder));
}

#[test]
fn states_and_zip_codes() {
    for state in ["MA", "DC", "PR", "FM", "AP"] {
        assert!(address::is_state(state), "{state}");
    }
    assert!(!address::is_state("XX") && !address::is_state("ma"));
    assert_eq!(
        wrong(address::check_state("Ma")),
        repaired(Fault::LowerCase, "MA")
    );
    assert!(address::check_zip("02139").is_ok() && address::check_zip("02139-4307").is_ok());
    assert_eq!(
        wrong(address::check_zip("2139")),
        repaired(Fault::LostZeros, "02139")
    );
    assert_eq!(
        wrong(address::check_zip("2139-4307")),
        repaired(Fault::LostZeros, "02139-4307")
    );
    assert_eq!(wrong(address::check_zip("214")), plain(Fault::LostZeros));
    assert_eq!(
        wrong(address::check_zip("00000")),
        plain(Fault::Placeholder)
    );
    assert!(address::check_zip("K1A 0B1").is_err());
    assert_eq!(address::zip_fits_state("02139", "MA"), Some(true));
    assert_eq!(address::zip_fits_state("02139", "CA"), Some(false));
    assert_eq!(address::zip_fits_state("06390", "NY"), Some(true));
    assert_eq!(address::zip_fits_state("96910", "GU"), Some(true));
    assert_eq!(address::zip_fits_state("2139", "MA"), None);
}

#[test]
fn phones_of_the_plan() {
    for number in [
        "(617) 253-1000",
        "+1 617-253-1000",
        "617.253.1000 x12",
        "tel:+16172531000",
    ] {
        assert_eq!(
            phone::parse(number).unwrap().digits(),
            "6172531000",
            "{number}"
        );
    }
    for placeholder in ["555-555-5555", "617-555-0123", "0000000000", "123-456-7890"] {
        assert_eq!(
            wrong(phone::parse(placeholder)),
            plain(Fault::Placeholder),
            "{placeholder}"
        );
    }
    for never in [
        "117-253-1000",
        "617-153-1000",
        "911-253-1000",
        "617-411-1000",
    ] {
        assert_eq!(
            wrong(phone::parse(never)),
            plain(Fault::NeverIssued),
            "{never}"
        );
    }
    assert!(matches!(
        wrong(phone::parse("253-1000")).0,
        Fault::Length { found: 7, .. }
    ));
    assert!(matches!(
        wrong(phone::parse("+44 20 7946 0000")).0,
        Fault::Kind { .. }
    ));
    assert!(matches!(
        wrong(phone::parse("call wife")).0,
        Fault::Character { .. }
    ));
}
