//! `Dosage`: how a medication is taken, from a whole substance administration.

use ehr_model::datatype::{
    AsNeeded, CodeableConcept, Dosage, Dose, DoseAndRate, Quantity, Range, Rate, Ratio,
};
use ehr_model::element::Element;
use ehr_model::source::NodeId;
use ehr_model::value::{Field, Text};

use super::quantity::filled;
use super::{DOSAGE_NOT_MERGED, code, null, quantity, text, timing};
use crate::datatype::Intake;

/// Medication Free Text Sig.
const FREE_TEXT_SIG: &str = "2.16.840.1.113883.10.20.22.4.147";
/// Instruction for the patient, of R1.1 and R2.1.
const INSTRUCTIONS: [&str; 2] = [
    "2.16.840.1.113883.10.20.22.4.20",
    "2.16.840.1.113883.10.20.1.49",
];

/// Reads a `substanceAdministration`. A dose that is null is absent with its reason, a dose without
/// a unit has none unless the administration unit gives it, and a dose per kilogram stays one.
pub(super) fn dosage(intake: &mut Intake<'_, '_>, node: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<Dosage>() else {
        return;
    };
    out.timing = timing::read(intake, node);
    out.route = concept(intake, node, "routeCode");
    out.site = concept(intake, node, "approachSiteCode");
    let mut amount = DoseAndRate::default();
    dose(intake, node, &mut amount);
    rate(intake, node, &mut amount);
    if !amount.is_empty() {
        out.dose_and_rate.push(amount);
    }
    most(intake, node, out);
    as_needed(intake, node, out);
    out.text = sig(intake, node);
    out.patient_instruction = instructions(intake, node);
    intake.absent = None;
}

/// The first element of this name as a concept; FHIR has one, so that others are set aside.
fn concept(intake: &mut Intake<'_, '_>, node: NodeId, name: &str) -> Field<CodeableConcept> {
    let all: Vec<NodeId> = intake.children(node, name).collect();
    let mut field = Field::Empty;
    for part in all {
        if field.value().is_some() {
            intake.refuse(part, DOSAGE_NOT_MERGED);
            continue;
        }
        let mut out = CodeableConcept::default();
        code::concept(intake, part, &mut out);
        field = if out.is_empty() {
            null::absent(intake, part)
        } else {
            Field::Value(out)
        };
    }
    field
}

fn dose(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut DoseAndRate) {
    let Some(part) = intake.child(node, "doseQuantity") else {
        return;
    };
    out.dose = match measure(intake, part) {
        Measure::Range(mut range) => {
            let unit = administration_unit(intake, node, [&range.low, &range.high]);
            for end in [&mut range.low, &mut range.high] {
                if let (Some(quantity), Some(unit)) = (end.value_mut(), &unit) {
                    give_unit(quantity, unit);
                }
            }
            Dose::Range(Field::Value(range)).into()
        }
        Measure::Quantity(field) => {
            let unit = administration_unit(intake, node, [&field, &Field::Empty]);
            let mut field = field;
            if let (Some(quantity), Some(unit)) = (field.value_mut(), &unit) {
                give_unit(quantity, unit);
            }
            Dose::Quantity(field).into()
        }
        Measure::None => return,
    };
}

fn rate(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut DoseAndRate) {
    let Some(part) = intake.child(node, "rateQuantity") else {
        return;
    };
    out.rate = match measure(intake, part) {
        Measure::Range(range) => Rate::Range(Field::Value(range)).into(),
        Measure::Quantity(field) => Rate::Quantity(field).into(),
        Measure::None => return,
    };
}

/// One amount, or from one to another.
enum Measure {
    None,
    Quantity(Field<Quantity>),
    Range(Range),
}

fn measure(intake: &mut Intake<'_, '_>, node: NodeId) -> Measure {
    let end = |name| {
        let end = intake.child(node, name)?;
        filled(intake, end, "@value").map(|_| end)
    };
    match (end("low"), end("high")) {
        (None, None) => {
            let mut field = quantity::quantity_field(intake, node);
            for name in ["low", "high"] {
                if field.is_empty()
                    && let Some(end) = intake.child(node, name)
                {
                    field = null::absent(intake, end);
                }
            }
            match field {
                Field::Empty => Measure::None,
                field => Measure::Quantity(field),
            }
        }
        _ => {
            let mut range = Range::default();
            quantity::read_range(intake, node, &mut range);
            Measure::Range(range)
        }
    }
}

/// What the amount counts, where it has no unit of its own: puffs, tablets.
fn administration_unit(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    amounts: [&Field<Quantity>; 2],
) -> Option<Quantity> {
    let part = intake.child(node, "administrationUnitCode")?;
    let counts = |field: &Field<Quantity>| {
        field
            .value()
            .is_some_and(|quantity| quantity.value.value().is_some() && quantity.unit.is_empty())
    };
    if !amounts.into_iter().any(counts) {
        if !null::is_bare(intake, part) {
            intake.refuse(part, DOSAGE_NOT_MERGED);
        }
        return None;
    }
    let mut said = CodeableConcept::default();
    code::concept(intake, part, &mut said);
    intake.absent = None;
    let coding = said
        .coding
        .into_iter()
        .find(|coding| coding.code.value().is_some());
    let coding = coding.unwrap_or_default();
    let mut unit = Quantity::default();
    let names = [said.text, coding.display, coding.code.clone()];
    unit.unit = names.into_iter().find(|name| name.value().is_some())?;
    if coding.code.value().is_some() && coding.system.value().is_some() {
        (unit.code, unit.system) = (coding.code, coding.system);
    }
    Some(unit)
}

fn give_unit(quantity: &mut Quantity, unit: &Quantity) {
    if quantity.unit.is_empty() {
        quantity.unit.clone_from(&unit.unit);
        quantity.code.clone_from(&unit.code);
        quantity.system.clone_from(&unit.system);
    }
}

/// The most in a time.
fn most(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Dosage) {
    let all: Vec<NodeId> = intake.children(node, "maxDoseQuantity").collect();
    for part in all {
        if !out.max_dose_per_period.is_empty() {
            intake.refuse(part, DOSAGE_NOT_MERGED);
        } else if null::is_bare(intake, part) {
            out.max_dose_per_period = null::absent(intake, part);
            for name in ["numerator", "denominator"] {
                // why the parts are missing is why the whole is
                if let Some(inner) = intake.child(part, name) {
                    let reason: Field<Ratio> = null::absent(intake, inner);
                    if out.max_dose_per_period.is_empty() {
                        out.max_dose_per_period = reason;
                    }
                }
            }
        } else {
            let mut ratio = Ratio::default();
            quantity::ratio(intake, part, &mut ratio);
            if !ratio.is_empty() {
                out.max_dose_per_period = Field::Value(ratio);
            }
        }
    }
}

/// A precondition makes it "as needed", and its value says for what.
fn as_needed(intake: &mut Intake<'_, '_>, node: NodeId, out: &mut Dosage) {
    let all: Vec<NodeId> = intake.children(node, "precondition").collect();
    for part in all {
        if matches!(out.as_needed.value(), Some(AsNeeded::CodeableConcept(_))) {
            intake.refuse(part, DOSAGE_NOT_MERGED);
            continue;
        }
        if let Some((leaf, _)) = filled(intake, part, "@typeCode") {
            intake.claim(leaf);
        }
        let criterion = intake.child(part, "criterion").unwrap_or(part);
        let mut reason = CodeableConcept::default();
        if let Some(value) = intake.child(criterion, "value") {
            code::concept(intake, value, &mut reason);
            if reason.is_empty() {
                let _: Field<bool> = null::absent(intake, value);
            }
            if let Some((leaf, _)) = filled(intake, value, "@xsi:type") {
                intake.claim(leaf);
            }
        }
        if reason.text.is_empty()
            && let Some(words) = intake.child(criterion, "text")
            && let Some(words) = text::text(intake, words)
        {
            reason.text = Field::Value((&*words).into());
        }
        // that it is an assertion says no more than that it is a precondition
        if let Some(code) = intake.child(criterion, "code") {
            for name in ["@code", "@codeSystem"] {
                if filled(intake, code, "@code").is_some_and(|(_, code)| code == "ASSERTION")
                    && let Some((leaf, _)) = filled(intake, code, name)
                {
                    intake.claim(leaf);
                }
            }
        }
        out.as_needed = if reason.is_empty() {
            AsNeeded::Boolean(Field::Value(true)).into()
        } else {
            AsNeeded::CodeableConcept(Field::Value(reason)).into()
        };
    }
}

/// The instruction as it was written: the free-text sig, else the text of the act, unless that is
/// only the name of the drug again.
fn sig(intake: &mut Intake<'_, '_>, node: NodeId) -> Field<Text> {
    let sig = related(intake, node, "substanceAdministration", &[FREE_TEXT_SIG]);
    for source in sig.into_iter().chain([node]) {
        let Some(words) = intake.child(source, "text") else {
            continue;
        };
        let Some(words) = text::text(intake, words) else {
            continue;
        };
        if !is_drug(intake, node, &words) {
            return Field::Value((&*words).into());
        }
    }
    Field::Empty
}

/// Whether a text is what the drug is called, by its code or by its name.
fn is_drug(intake: &Intake<'_, '_>, node: NodeId, words: &str) -> bool {
    let Some(consumable) = intake.child(node, "consumable") else {
        return false;
    };
    let plain = |text: &str| {
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        words.join(" ")
    };
    let words = plain(words);
    let record = intake.record();
    (consumable.index()..record.subtree_end(consumable).index())
        .map(NodeId::at)
        .filter(|inner| {
            matches!(
                intake.name(*inner),
                "@displayName" | "name" | "originalText"
            )
        })
        .any(|inner| {
            record
                .expose(inner)
                .is_some_and(|value| plain(value) == words)
        })
}

/// Instructions for the patient, each a line.
fn instructions(intake: &mut Intake<'_, '_>, node: NodeId) -> Field<Text> {
    let mut lines = Vec::new();
    for act in related(intake, node, "act", &INSTRUCTIONS) {
        if let Some(words) = intake.child(act, "text")
            && let Some(words) = text::text(intake, words)
        {
            lines.push(words.into_owned());
        }
    }
    if lines.is_empty() {
        return Field::Empty;
    }
    Field::Value(lines.join("\n").into())
}

/// The related acts of a name with one of these templates, whose ids are claimed.
fn related(
    intake: &mut Intake<'_, '_>,
    node: NodeId,
    name: &str,
    templates: &[&str],
) -> Vec<NodeId> {
    let mut found = Vec::new();
    let relationships: Vec<NodeId> = intake.children(node, "entryRelationship").collect();
    for one in relationships {
        let Some(act) = intake.child(one, name) else {
            continue;
        };
        let mut is_one = false;
        let ids: Vec<NodeId> = intake.children(act, "templateId").collect();
        for id in ids {
            if let Some((leaf, root)) = filled(intake, id, "@root")
                && templates.contains(&root)
            {
                is_one = true;
                intake.claim(leaf);
            }
        }
        if is_one {
            found.push(act);
        }
    }
    found
}
