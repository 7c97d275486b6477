//! Parts of claims: diagnoses, procedures, drugs, related claims, the order of payers.

use ehr_model::datatype::{Coding, Identifier};
use ehr_model::element::Element;
use ehr_model::issue::Severity;
use ehr_model::kind::{
    ClaimDiagnosis, ClaimItemDetail, ClaimProcedure, DiagnosisCode, RelatedClaim,
};
use ehr_model::source::NodeId;
use ehr_model::value::{Field, PartialDate};

use super::{
    CODE_LIST_UNKNOWN, ORIGINAL_CLAIM_MISSING, PAYER_ORDER_UNKNOWN, code, identity, measure, node,
    time,
};
use crate::datatype::Intake;
use crate::transform::{Unreadable, Value};

/// Diagnoses of the codes of FHIR and of CARIN Blue Button, by qualifier.
const DIAGNOSIS_TYPES: [(&[&str], &str, &str); 4] = [
    (&["ABK", "BK"], EX_DIAGNOSIS, "principal"),
    (&["ABJ", "BJ"], EX_DIAGNOSIS, "admitting"),
    (&["APR", "PR"], CARIN_DIAGNOSIS, "patientreasonforvisit"),
    (&["ABN", "BN"], CARIN_DIAGNOSIS, "externalcauseofinjury"),
];
const EX_DIAGNOSIS: &str = "http://terminology.hl7.org/CodeSystem/ex-diagnosistype";
const CARIN_DIAGNOSIS: &str = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBClaimDiagnosisType";
const PRESENT_ON_ADMISSION: &str = "https://www.nubc.org/CodeSystem/PresentOnAdmissionIndicator";

/// `C022`: a code of an HI segment, as a diagnosis or as a procedure.
pub(super) fn health_care_code(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    if intake.child(at, "2").is_none() {
        return;
    }
    let Some(qualifier) = part(intake, at, 1) else {
        return;
    };
    let Some(code) = coded(intake, at, qualifier) else {
        return;
    };
    let mut type_ = code::concept(&code::x12(1270), qualifier);
    let any = element.as_any_mut();
    if let Some(out) = any.downcast_mut::<ClaimDiagnosis>() {
        let known = DIAGNOSIS_TYPES
            .iter()
            .find(|(qualifiers, ..)| qualifiers.contains(&qualifier));
        if let Some((_, system, code)) = known {
            type_.coding.push(Coding::new(system, code));
        }
        out.sequence = Field::Value(pointer(intake, at));
        out.diagnosis = Field::Value(code);
        out.type_ = vec![type_];
        if let Some(present) = part(intake, at, 9) {
            out.on_admission = Field::Value(code::concept(PRESENT_ON_ADMISSION, present));
        }
    } else if let Some(out) = any.downcast_mut::<ClaimProcedure>() {
        out.procedure = Field::Value(code);
        out.type_ = vec![type_];
        if let Some(date) = date(intake, at) {
            out.date = Field::Value(date);
        }
    }
}

/// The code itself, of the list that its qualifier names.
fn coded(intake: &mut Intake<'_, '_>, at: NodeId, qualifier: &str) -> Option<DiagnosisCode> {
    let written = part(intake, at, 2)?;
    let mut concept = ehr_model::datatype::CodeableConcept::default();
    match code::health_care_list(qualifier) {
        Some(list) => {
            let written = code::pointed(intake, written, &list);
            concept.coding.push(Coding::new(list.system, &written));
        }
        None if matches!(qualifier, "BP" | "BO" | "CAH") => {
            concept
                .coding
                .push(Coding::new(code::hcpcs_part(written), written));
        }
        None => {
            intake.note(at, CODE_LIST_UNKNOWN, Severity::Warning);
            let mut coding = Coding::default();
            coding.code = Field::Value(written.into());
            concept.coding.push(coding);
        }
    }
    Some(DiagnosisCode::CodeableConcept(Field::Value(concept)))
}

/// The date of a code, as the third component says how to read it.
fn date(intake: &mut Intake<'_, '_>, at: NodeId) -> Option<PartialDate> {
    let leaf = intake.child(at, "4")?;
    time::day(intake, leaf).map(|day| *day.get())
}

/// The number by which lines point at a diagnosis: its place in the HI segment. Those of further
/// segments come behind.
fn pointer(intake: &Intake<'_, '_>, at: NodeId) -> i64 {
    let record = intake.record();
    let segment = record.parent(at);
    let number = |node: NodeId, segment: NodeId| -> i64 {
        let digits = intake.name(node).strip_prefix(intake.name(segment));
        digits.and_then(|digits| digits.parse().ok()).unwrap_or(1)
    };
    let mut before = 0;
    for other in intake.children(record.parent(segment), "HI") {
        if other == segment {
            break;
        }
        before += record
            .children(other)
            .map(|node| number(node, other))
            .max()
            .unwrap_or(0);
    }
    before + number(at, segment)
}

/// A component, which is claimed.
pub(super) fn part<'r>(intake: &mut Intake<'r, '_>, at: NodeId, number: usize) -> Option<&'r str> {
    let leaf = node::component(intake, at, number)?;
    node::take_leaf(intake, leaf)
}

/// `2410`: a drug by its NDC, with the quantity that was given.
pub(super) fn drug(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<ClaimItemDetail>() else {
        return;
    };
    let mut drugs = intake.children(intake.record().parent(at), "2410");
    let place = drugs.position(|drug| drug == at).unwrap_or_default();
    out.sequence = Field::Value(place as i64 + 1);
    if let Some(segment) = intake.child(at, "LIN")
        && let Some(code) = node::take(intake, segment, 3)
    {
        let system = match node::take(intake, segment, 2).as_deref() {
            Some("N4") => code::NDC.to_owned(),
            Some(other) => format!("{}#{other}", code::x12(235)),
            None => code::x12(235),
        };
        out.product_or_service = Field::Value(code::concept(&system, &code));
    }
    let Some(segment) = intake.child(at, "CTP") else {
        return;
    };
    if let Some(leaf) = node::element(intake, segment, 4)
        && let Some(quantity) = measure::measured(intake, leaf)
    {
        out.quantity = Field::Value(quantity);
    }
    if let Some(leaf) = node::element(intake, segment, 3)
        && let Some(price) = measure::amount(intake, leaf)
    {
        out.unit_price = Field::Value(price);
    }
}

/// `CLM`: the claim that a replacement or a void stands for.
pub(super) fn related(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<RelatedClaim>() else {
        return;
    };
    let frequency = node::element(intake, at, 5).and_then(|node| intake.child(node, "3"));
    let frequency = frequency.and_then(|leaf| Some((leaf, intake.peek(leaf)?)));
    let changes = frequency.filter(|(_, code)| matches!(*code, "7" | "8"));
    if let Some((leaf, code)) = changes {
        intake.claim(leaf);
        out.relationship = Field::Value(code::worded(
            &code::x12(1325),
            code,
            if code == "7" {
                "Replacement of prior claim"
            } else {
                "Void of prior claim"
            },
        ));
    }
    let claim = intake.record().parent(at);
    match node::qualified(intake, claim, "REF", "F8") {
        Some(number) => {
            let mut original = Identifier::default();
            identity::identifier(intake, number, &mut original);
            out.reference = Field::Value(original);
        }
        None => {
            if let Some((leaf, _)) = changes {
                intake.note(leaf, ORIGINAL_CLAIM_MISSING, Severity::Warning);
            }
        }
    }
}

/// `SBR01`: the order of a payer. Who is neither first nor second has a letter.
pub(super) fn sbr01<'r>(intake: &mut Intake<'r, '_>, at: NodeId) -> Result<Value<'r>, Unreadable> {
    let order = match intake.peek(at).map(str::trim) {
        Some("P") => 1,
        Some("S") => 2,
        Some("T") => 3,
        Some(letter) if letter.len() == 1 && (b'A'..=b'H').contains(&letter.as_bytes()[0]) => {
            4 + i64::from(letter.as_bytes()[0] - b'A')
        }
        Some("U") => {
            intake.note(at, PAYER_ORDER_UNKNOWN, Severity::Warning);
            intake.claim(at);
            return Ok(Value::Absent(ehr_model::value::DataAbsentReason::Unknown));
        }
        None | Some("") => return Ok(Value::Nothing),
        Some(_) => return Err(Unreadable),
    };
    intake.claim(at);
    Ok(Value::Integer(order))
}
