//! Procedure codes and the small codes of claim lines.

use ehr_validate::code_format::hcpcs::ProcedureCode;
use ehr_validate::code_format::{Fault, claim_line, hcpcs};

use super::{plain, repaired, wrong};

#[test]
fn procedure_codes_by_form() {
    let forms = [
        ("99213", ProcedureCode::Cpt),
        ("00100", ProcedureCode::Cpt),
        ("3044F", ProcedureCode::CptPerformance),
        ("0075T", ProcedureCode::CptEmerging),
        ("0001U", ProcedureCode::CptLaboratory),
        ("0002M", ProcedureCode::CptMultianalyte),
        ("0001A", ProcedureCode::CptAdministration),
        ("J1100", ProcedureCode::Hcpcs),
        ("D0120", ProcedureCode::Cdt),
    ];
    for (code, form) in forms {
        assert_eq!(hcpcs::parse(code).unwrap(), form, "{code}");
    }
    assert_eq!(
        wrong(hcpcs::parse("100")),
        repaired(Fault::LostZeros, "00100")
    );
    assert_eq!(
        wrong(hcpcs::parse("j1100")),
        repaired(Fault::LowerCase, "J1100")
    );
    assert!(matches!(
        wrong(hcpcs::parse("9921")).0,
        Fault::Length { found: 4, .. }
    ));
    assert!(matches!(
        wrong(hcpcs::parse("992133")).0,
        Fault::Length { found: 6, .. }
    ));
    assert!(matches!(wrong(hcpcs::parse("W0001")).0, Fault::Kind { .. }));
    assert_eq!(
        wrong(hcpcs::parse("9921B")),
        plain(Fault::Character { position: 5 })
    );
}

#[test]
fn modifiers_at_most_four() {
    assert!(claim_line::check_modifiers(["25", "LT", "GT", "59"]).is_ok());
    assert_eq!(
        wrong(claim_line::check_modifiers(["25", "LT", "GT", "59", "76"])),
        plain(Fault::TooMany { found: 5, limit: 4 })
    );
    assert_eq!(
        wrong(claim_line::check_modifier("lt")),
        repaired(Fault::LowerCase, "LT")
    );
    assert!(claim_line::check_modifier("2").is_err());
}

#[test]
fn revenue_place_and_bill() {
    assert!(
        claim_line::check_revenue_code("0450").is_ok()
            && claim_line::check_revenue_code("450").is_ok()
    );
    assert_eq!(
        wrong(claim_line::check_revenue_code("1450")),
        plain(Fault::Character { position: 1 })
    );
    assert!(claim_line::check_place_of_service("11").is_ok());
    assert_eq!(
        wrong(claim_line::check_place_of_service("2")),
        repaired(Fault::LostZeros, "02")
    );
    assert!(
        claim_line::check_type_of_bill("0131").is_ok()
            && claim_line::check_type_of_bill("13G").is_ok()
    );
    assert!(claim_line::check_type_of_bill("1311").is_err());
}
