//! Procedure codes of claims: CPT (AMA), HCPCS level II (CMS), CDT (ADA). Only the form; the texts
//! of CPT and CDT are licensed.

use super::shape::{fits, shape, strictly};
use super::{Fault, Malformed};

/// The code set that a procedure code has the form of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ProcedureCode {
    /// CPT category I: five digits.
    Cpt,
    /// CPT category II, performance measures: ends with F.
    CptPerformance,
    /// CPT category III, emerging technology: ends with T.
    CptEmerging,
    /// CPT proprietary laboratory analysis: ends with U.
    CptLaboratory,
    /// CPT multianalyte assay with algorithmic analysis: ends with M.
    CptMultianalyte,
    /// CPT administration of a vaccine: ends with A.
    CptAdministration,
    /// HCPCS level II: a letter from A to V without D.
    Hcpcs,
    /// CDT, which HCPCS carries as D codes.
    Cdt,
}

/// The first codes of CPT are anesthesia, the only ones that begin with a zero and end with a digit.
const ANESTHESIA: std::ops::RangeInclusive<u32> = 100..=1999;

/// The form of a procedure code.
pub fn parse(code: &str) -> Result<ProcedureCode, Malformed> {
    strictly(code, strict)
}

fn strict(code: &str) -> Result<ProcedureCode, Malformed> {
    if fits(code, "9999N") {
        return match code.as_bytes()[4] {
            b'0'..=b'9' => Ok(ProcedureCode::Cpt),
            b'F' => Ok(ProcedureCode::CptPerformance),
            b'T' => Ok(ProcedureCode::CptEmerging),
            b'U' => Ok(ProcedureCode::CptLaboratory),
            b'M' => Ok(ProcedureCode::CptMultianalyte),
            b'A' => Ok(ProcedureCode::CptAdministration),
            _ => Err(Fault::Character { position: 5 }.into()),
        };
    }
    if fits(code, "A9999") {
        return match code.as_bytes()[0] {
            b'D' => Ok(ProcedureCode::Cdt),
            b'A'..=b'V' => Ok(ProcedureCode::Hcpcs),
            // W to Z were local codes (level III), which ended in 2003.
            _ => Err(Fault::Kind {
                found: "a local code of former HCPCS level III",
                expected: "a national code",
            }
            .into()),
        };
    }
    if fits(code, "999") || fits(code, "9999") {
        let anesthesia = code
            .parse()
            .is_ok_and(|number| ANESTHESIA.contains(&number));
        return Err(match anesthesia {
            true => Malformed::repaired(Fault::LostZeros, format!("{code:0>5}")),
            false => wrong_length(code),
        });
    }
    shape(code, "N999N", "5")?;
    Err(wrong_length(code))
}

fn wrong_length(code: &str) -> Malformed {
    let (found, expected) = (code.chars().count(), "5");
    Fault::Length { found, expected }.into()
}
