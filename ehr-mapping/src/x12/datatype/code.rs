//! Code lists by their qualifiers, and the composites that hold codes.

use ehr_model::datatype::{CodeableConcept, Coding};
use ehr_model::element::Element;
use ehr_model::issue::Severity;
use ehr_model::source::NodeId;
use ehr_model::value::Field;

use super::{PROCEDURE_UNQUALIFIED, node};
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

pub(super) const CPT: &str = "http://www.ama-assn.org/go/cpt";
const HCPCS: &str = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";
const CDT: &str = "http://www.ada.org/cdt";
pub(super) const NDC: &str = "http://hl7.org/fhir/sid/ndc";
pub(super) const ICD_10_CM: &str = "http://hl7.org/fhir/sid/icd-10-cm";
pub(super) const ICD_9_CM: &str = "http://hl7.org/fhir/sid/icd-9-cm";
pub(super) const ICD_10_PCS: &str = "http://www.cms.gov/Medicare/Coding/ICD10";
const TAXONOMY: &str = "http://nucc.org/provider-taxonomy";
const PLACE_OF_SERVICE: &str =
    "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set";
pub(super) const TYPE_OF_BILL: &str = "https://www.nubc.org/CodeSystem/TypeOfBill";
pub(super) const REVENUE: &str = "https://www.nubc.org/CodeSystem/RevenueCodes";
/// Adjustment reasons (CARC).
pub(super) const ADJUSTMENT_REASON: &str = "https://x12.org/codes/claim-adjustment-reason-codes";
/// Groups of adjustments: who bears them.
pub(super) const ADJUSTMENT_GROUP: &str = "https://x12.org/codes/claim-adjustment-group-codes";
/// Remarks (RARC).
pub(super) const REMARK: &str = "https://x12.org/codes/remittance-advice-remark-codes";

/// The policy under which points are put into ICD codes.
const POINT_POLICY: &str = "decimal point put into an ICD code, where X12 leaves it out";

/// The system of the codes that the standard itself has for a data element.
pub(super) fn x12(element: u16) -> String {
    format!("https://codesystem.x12.org/005010/{element}")
}

/// A concept of one code.
pub(super) fn concept(system: &str, code: &str) -> CodeableConcept {
    let mut concept = CodeableConcept::default();
    concept.coding.push(Coding::new(system, code));
    concept
}

/// A concept of one code with the words for it.
pub(super) fn worded(system: &str, code: &str, text: &str) -> CodeableConcept {
    let mut concept = concept(system, code);
    concept.text = Field::Value(text.into());
    concept
}

/// `C003`: a procedure: qualifier, code, four modifiers, description.
pub(super) fn procedure(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    if let Some(out) = element.as_any_mut().downcast_mut::<CodeableConcept>() {
        read_procedure(intake, at, out);
    }
}

/// Reads the code and the description of a procedure; modifiers are read by [`modifier`].
pub(super) fn read_procedure(intake: &mut Intake<'_, '_>, at: NodeId, out: &mut CodeableConcept) {
    let part = |intake: &mut Intake<'_, '_>, number| {
        let leaf = node::component(intake, at, number)?;
        node::take_leaf(intake, leaf).map(str::to_owned)
    };
    if intake.record().children(at).next().is_none() {
        // which list it is of nobody says, so that it may not even be a code
        if let Some(text) = node::take_leaf(intake, at) {
            intake.note(at, PROCEDURE_UNQUALIFIED, Severity::Warning);
            out.text = Field::Value(text.into());
        }
        return;
    }
    let Some(code) = part(intake, 2) else {
        return;
    };
    let mut coding = Coding::default();
    match part(intake, 1) {
        Some(qualifier) => {
            coding.system = Field::Value(procedure_list(&qualifier, &code).into());
        }
        None => intake.note(at, PROCEDURE_UNQUALIFIED, Severity::Warning),
    }
    coding.code = Field::Value(code.into());
    out.coding.push(coding);
    if let Some(description) = part(intake, 7) {
        out.text = Field::Value(description.into());
    }
}

/// The code list of a procedure, by its qualifier (data element 235).
fn procedure_list(qualifier: &str, code: &str) -> String {
    match qualifier {
        "HC" => hcpcs_part(code).into(),
        "AD" => CDT.into(),
        "N4" => NDC.into(),
        "NU" => REVENUE.into(),
        "ID" => ICD_9_CM.into(),
        // lists without a URI are told apart by what names them here
        other => format!("{}#{other}", x12(235)),
    }
}

/// Which of the lists that `HC` stands for has a code of this shape.
pub(super) fn hcpcs_part(code: &str) -> &'static str {
    let bytes = code.as_bytes();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    match bytes {
        [b'0'..=b'9', ..] if bytes.len() == 5 && digits >= 4 => CPT,
        [b'D', ..] if bytes.len() == 5 && digits == 4 => CDT,
        _ => HCPCS,
    }
}

/// `1339`: a modifier. Those of CPT begin with a digit, but for the physical status P1 to P6.
pub(super) fn modifier(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    if let Some(out) = element.as_any_mut().downcast_mut::<CodeableConcept>()
        && let Some(code) = node::take_leaf(intake, at)
    {
        *out = read_modifier(code);
    }
}

pub(super) fn read_modifier(code: &str) -> CodeableConcept {
    let of_cpt = matches!(code.as_bytes(), [b'0'..=b'9', ..] | [b'P', b'1'..=b'6']);
    concept(if of_cpt { CPT } else { HCPCS }, code)
}

/// `98`: the role of an entity, with what a PRV says of it.
pub(super) fn role(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<CodeableConcept>() else {
        return;
    };
    for (segment, list) in [("NM1", 98), ("PRV", 1221)] {
        if let Some(segment) = intake.child(at, segment)
            && let Some(code) = node::take(intake, segment, 1)
        {
            out.coding.push(Coding::new(&x12(list), &code));
        }
    }
}

/// `127`: the taxonomy code of a PRV.
pub(super) fn specialty(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<CodeableConcept>() else {
        return;
    };
    let Some(code) = node::take(intake, at, 3) else {
        return;
    };
    let qualifier = node::take(intake, at, 2);
    *out = match qualifier.as_deref() {
        Some("PXC" | "ZZ") | None => concept(TAXONOMY, &code),
        Some(other) => concept(&format!("{}#{other}", x12(128)), &code),
    };
}

/// `C023`: the place of service, or the type of bill, as the second component says.
pub(super) fn facility(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<CodeableConcept>() else {
        return;
    };
    let Some(leaf) = node::component(intake, at, 1) else {
        return;
    };
    if let Some(code) = node::take_leaf(intake, leaf) {
        let qualifier = node::component(intake, at, 2).filter(|second| *second != leaf);
        let qualifier = qualifier.and_then(|leaf| node::take_leaf(intake, leaf));
        *out = concept(&facility_list(qualifier), code);
    }
}

/// The list of a facility code, by its qualifier (data element 1332).
pub(super) fn facility_list(qualifier: Option<&str>) -> String {
    match qualifier {
        Some("A") => TYPE_OF_BILL.into(),
        Some("B") | None => PLACE_OF_SERVICE.into(),
        Some(other) => format!("{}#{other}", x12(1331)),
    }
}

/// `C024`: the causes of an accident.
pub(super) fn causes(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<CodeableConcept>() else {
        return;
    };
    for number in 1..=3 {
        if let Some(leaf) = node::component(intake, at, number)
            && let Some(code) = node::take_leaf(intake, leaf)
        {
            out.coding.push(Coding::new(&x12(1362), code));
        }
    }
}

/// `STC`: the state of a claim as its codes: the category says whether it was accepted.
pub(super) fn status<'r>(intake: &mut Intake<'r, '_>, at: NodeId) -> Result<Value<'r>, Unreadable> {
    let mut codes = Vec::new();
    for number in 1..=4 {
        if let Some(leaf) = node::component(intake, at, number)
            && let Some(code) = node::take_leaf(intake, leaf)
        {
            codes.push(code);
        }
    }
    Ok(match codes.is_empty() {
        true => Value::Nothing,
        false => Value::Text(codes.join(":").into()),
    })
}

/// A list of codes in HI segments.
pub(super) struct HealthCareList {
    pub(super) system: &'static str,
    /// How many characters stand before the point, where X12 leaves it out.
    pub(super) point: Option<usize>,
}

/// The list of a code in an HI segment, by its qualifier (data element 1270).
pub(super) fn health_care_list(qualifier: &str) -> Option<HealthCareList> {
    let (system, point) = match qualifier {
        "ABK" | "ABF" | "ABJ" | "ABN" | "APR" | "ABV" | "ABU" => (ICD_10_CM, Some(3)),
        "BK" | "BF" | "BJ" | "BN" | "PR" => (ICD_9_CM, Some(3)),
        "BBR" | "BBQ" => (ICD_10_PCS, None),
        "BR" | "BQ" => (ICD_9_CM, Some(2)),
        "BG" => ("https://www.nubc.org/CodeSystem/ConditionCode", None),
        "BH" => ("https://www.nubc.org/CodeSystem/OccurrenceCodes", None),
        "BI" => ("https://www.nubc.org/CodeSystem/OccurrenceSpanCodes", None),
        "BE" => ("https://www.nubc.org/CodeSystem/ValueCodes", None),
        "DR" => (
            "https://www.cms.gov/Medicare/Medicare-Fee-for-Service-Payment/AcuteInpatientPPS/MS-DRG-Classifications-and-Software",
            None,
        ),
        _ => return None,
    };
    Some(HealthCareList { system, point })
}

/// A code with the point that its list writes and X12 leaves out.
pub(super) fn pointed(intake: &mut Intake<'_, '_>, code: &str, list: &HealthCareList) -> String {
    let Some(point) = list.point else {
        return code.to_owned();
    };
    // of ICD-9, the codes of external causes have four characters before the point
    let external = list.system == ICD_9_CM && code.starts_with('E');
    let point = point + usize::from(external);
    if code.len() <= point || !code.is_ascii() || code.contains('.') {
        return code.to_owned();
    }
    intake.policy(POINT_POLICY);
    format!("{}.{}", &code[..point], &code[point..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_of_hcpcs_are_told_by_the_shape_of_the_code() {
        for (code, list) in [
            ("99213", CPT),
            ("0001F", CPT),
            ("J3490", HCPCS),
            ("D0120", CDT),
            ("9921", HCPCS),
        ] {
            assert_eq!(hcpcs_part(code), list, "{code}");
        }
        assert!(read_modifier("25").has(CPT, "25"));
        assert!(read_modifier("P3").has(CPT, "P3"));
        assert!(read_modifier("TG").has(HCPCS, "TG"));
    }
}
