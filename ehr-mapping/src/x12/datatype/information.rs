//! Facts that stand beside the lines of a claim or of a remittance: whatever has no field of its own.
//!
//! A fact has a category: of a qualified segment (DTP, REF, AMT, QTY, NTE, PWK, CRC, MEA, FRM, HI)
//! its qualifier, of any other element its place (`CLM06`) with the words of the guides.

mod element;

use ehr_model::datatype::{CodeableConcept, Coding, Quantity};
use ehr_model::element::Element;
use ehr_model::issue::Severity;
use ehr_model::kind::{PaymentInformation, SupportingInfo, SupportingValue};
use ehr_model::source::NodeId;
use ehr_model::value::{Field, Text};

use super::{CODE_LIST_UNKNOWN, adjudication, claim, code, measure, node, time};
use crate::datatype::Intake;

/// The system of places of elements in the guides.
const PLACES: &str = "urn:ehr-mapping:x12-element";

/// A fact on its way into one of the elements that can hold it.
#[derive(Default)]
struct Fact {
    category: CodeableConcept,
    code: CodeableConcept,
    when: Option<time::When>,
    value: FactValue,
}

#[derive(Default)]
enum FactValue {
    #[default]
    None,
    YesNo(bool),
    Text(Text),
    Quantity(Quantity),
}

/// `information`: a segment or an element as a fact.
pub(super) fn information(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    let Some(fact) = fact(intake, at) else {
        return;
    };
    let sequence = node::sequence(intake, at);
    let any = element.as_any_mut();
    if let Some(out) = any.downcast_mut::<SupportingInfo>() {
        out.sequence = Field::Value(sequence);
        fact.support(out);
    } else if let Some(out) = any.downcast_mut::<PaymentInformation>() {
        fact.inform(out);
        if let Some(line) = adjudication::line_of(intake, at) {
            out.line = Field::Value(line);
        }
    }
}

impl Fact {
    fn of(category: CodeableConcept) -> Self {
        Self {
            category,
            ..Self::default()
        }
    }

    /// A fact of a qualified segment: the qualifier is the category.
    fn qualified(intake: &mut Intake<'_, '_>, segment: NodeId, list: u16) -> Self {
        let mut fact = Self::default();
        if let Some(qualifier) = node::take(intake, segment, 1) {
            fact.category = code::concept(&code::x12(list), &qualifier);
        }
        fact
    }

    fn text(mut self, text: Option<impl Into<Text>>) -> Option<Self> {
        self.value = FactValue::Text(text?.into());
        Some(self)
    }

    fn quantity(mut self, quantity: Option<Quantity>) -> Option<Self> {
        self.value = FactValue::Quantity(quantity?);
        Some(self)
    }

    fn coded(mut self, system: &str, code: &str) -> Self {
        self.code.coding.push(Coding::new(system, code));
        self
    }

    fn support(self, out: &mut SupportingInfo) {
        out.category = Field::Value(self.category);
        if !self.code.is_empty() {
            out.code = Field::Value(self.code);
        }
        if let Some(when) = self.when {
            out.timing = Field::Value(time::timing(when));
        }
        out.value = match self.value {
            FactValue::None => return,
            FactValue::YesNo(yes) => Field::Value(SupportingValue::Boolean(Field::Value(yes))),
            FactValue::Text(text) => Field::Value(SupportingValue::String(Field::Value(text))),
            FactValue::Quantity(quantity) => {
                Field::Value(SupportingValue::Quantity(Field::Value(quantity)))
            }
        };
    }

    fn inform(self, out: &mut PaymentInformation) {
        out.category = Field::Value(self.category);
        if !self.code.is_empty() {
            out.code = Field::Value(self.code);
        }
        match self.when {
            Some(time::When::Point(date)) => out.date = Field::Value(date),
            Some(time::When::Period(start, end)) => {
                let whole = format!("{}/{}", start.to_iso(), end.to_iso());
                out.date = Field::Value(start);
                out.text = Field::Value(whole.into());
            }
            None => {}
        }
        match self.value {
            FactValue::None => {}
            FactValue::YesNo(yes) => {
                let code = if yes { "Y" } else { "N" };
                out.code = Field::Value(code::concept(&code::x12(1073), code));
            }
            FactValue::Text(text) => out.text = Field::Value(text),
            FactValue::Quantity(quantity) => out.quantity = Field::Value(quantity),
        }
    }
}

fn fact(intake: &mut Intake<'_, '_>, at: NodeId) -> Option<Fact> {
    let name = intake.name(at);
    match name {
        "DTP" | "DTM" => {
            let qualifier = node::peek(intake, at, 1).unwrap_or_default();
            let mut fact = Fact::of(code::concept(&code::x12(374), qualifier));
            if name == "DTP" && is_time_of_day(intake, at) {
                node::take(intake, at, 1);
                node::take(intake, at, 2);
                let time = node::take(intake, at, 3);
                return fact.text(time);
            }
            fact.when = Some(time::when(intake, at)?);
            Some(fact)
        }
        "REF" => {
            let number = node::take(intake, at, 2);
            let description = node::take(intake, at, 3);
            let (text, words) = match number {
                Some(number) => (number, description),
                None => (description?, None),
            };
            let mut fact = Fact::qualified(intake, at, 128);
            if let Some(words) = words {
                fact.code.text = Field::Value(words.into());
            }
            fact.text(Some(text))
        }
        "AMT" => {
            let amount = node::element(intake, at, 2)?;
            let amount = measure::amount_as_quantity(intake, amount)?;
            Fact::qualified(intake, at, 522).quantity(Some(amount))
        }
        "QTY" => {
            let number = node::element(intake, at, 2)?;
            let number = measure::measured(intake, number)?;
            Fact::qualified(intake, at, 673).quantity(Some(number))
        }
        "NTE" => {
            let text = node::take(intake, at, 2)?;
            Fact::qualified(intake, at, 363).text(Some(text))
        }
        "MEA" => {
            let number = node::element(intake, at, 3)?;
            let number = measure::measured(intake, number)?;
            let mut fact = Fact::qualified(intake, at, 737);
            if let Some(what) = node::take(intake, at, 2) {
                fact = fact.coded(&code::x12(738), &what);
            }
            fact.quantity(Some(number))
        }
        "PWK" => attachment(intake, at),
        "CRC" => condition(intake, at),
        "FRM" => answer(intake, at),
        _ if name.starts_with("HI") && name != "HI" => {
            if intake.record().children(at).next().is_some() {
                return health_care(intake, at);
            }
            // which list it is of nobody says, so that it may not even be a code
            intake.note(at, CODE_LIST_UNKNOWN, Severity::Warning);
            element::element(intake, at)
        }
        _ => element::element(intake, at),
    }
}

/// Whether a DTP has a time alone, such as the hour of a discharge.
fn is_time_of_day(intake: &Intake<'_, '_>, at: NodeId) -> bool {
    let time = node::peek(intake, at, 3).unwrap_or_default();
    node::peek(intake, at, 2) == Some("TM") && time.len() <= 8
}

/// PWK: a document that goes with the claim: of which type, how it is sent, its number.
fn attachment(intake: &mut Intake<'_, '_>, at: NodeId) -> Option<Fact> {
    let mut fact = Fact::qualified(intake, at, 755);
    if let Some(code) = node::take(intake, at, 2) {
        fact = fact.coded(&code::x12(756), &code);
    }
    if node::take(intake, at, 6)
        .map(|number| fact.value = FactValue::Text(number.into()))
        .is_some()
    {
        node::take(intake, at, 5);
    }
    Some(fact)
}

/// CRC: whether conditions of a category hold, and which.
fn condition(intake: &mut Intake<'_, '_>, at: NodeId) -> Option<Fact> {
    let mut fact = Fact::qualified(intake, at, 1136);
    if let Some(leaf) = node::element(intake, at, 2)
        && let Some(answer) = yes_no(intake, leaf)
    {
        fact.value = FactValue::YesNo(answer);
    }
    for number in 3..=7 {
        if let Some(code) = node::take(intake, at, number) {
            fact = fact.coded(&code::x12(1321), &code);
        }
    }
    Some(fact)
}

/// FRM: the answer to a question of the form that an LQ names.
fn answer(intake: &mut Intake<'_, '_>, at: NodeId) -> Option<Fact> {
    let form = intake.record().parent(at);
    let mut fact = Fact::default();
    if let Some(segment) = intake.child(form, "LQ") {
        let list = node::take(intake, segment, 1).unwrap_or_default();
        if let Some(form) = node::take(intake, segment, 2) {
            fact.category = code::concept(&format!("{}#{list}", code::x12(1270)), &form);
        }
    }
    if let Some(question) = node::take(intake, at, 1) {
        fact.code.text = Field::Value(question.into());
    }
    if let Some(leaf) = node::element(intake, at, 2) {
        match yes_no(intake, leaf) {
            Some(answer) => fact.value = FactValue::YesNo(answer),
            None => {
                let answer = node::take(intake, at, 2)?;
                fact = fact.coded(&code::x12(1073), &answer);
            }
        }
    }
    if let Some(text) = node::take(intake, at, 3) {
        fact.value = FactValue::Text(text.into());
    }
    if let Some(leaf) = node::element(intake, at, 4) {
        fact.when = time::when(intake, leaf);
    }
    if let Some(leaf) = node::element(intake, at, 5)
        && let Some(percent) = measure::measured(intake, leaf)
    {
        fact.value = FactValue::Quantity(percent);
    }
    Some(fact)
}

/// A code of an HI segment that is neither diagnosis nor procedure: conditions, occurrences and
/// their spans, values, treatments, groups.
fn health_care(intake: &mut Intake<'_, '_>, at: NodeId) -> Option<Fact> {
    let written = claim::part(intake, at, 2)?;
    let qualifier = claim::part(intake, at, 1).unwrap_or_default();
    let mut fact = Fact::of(code::concept(&code::x12(1270), qualifier));
    match code::health_care_list(qualifier) {
        Some(list) => {
            let written = code::pointed(intake, written, &list);
            fact = fact.coded(list.system, &written);
        }
        None if qualifier == "TC" => fact = fact.coded(&format!("{}#TC", code::x12(1270)), written),
        None => {
            intake.note(at, CODE_LIST_UNKNOWN, Severity::Warning);
            let mut coding = Coding::default();
            coding.code = Field::Value(written.into());
            fact.code.coding.push(coding);
        }
    }
    if let Some(leaf) = intake.child(at, "4") {
        fact.when = time::when(intake, leaf);
    }
    if let Some(leaf) = intake.child(at, "5")
        && let Some(amount) = measure::amount_as_quantity(intake, leaf)
    {
        fact.value = FactValue::Quantity(amount);
    }
    if let Some(leaf) = intake.child(at, "6")
        && let Some(quantity) = measure::measured(intake, leaf)
    {
        fact.value = FactValue::Quantity(quantity);
    }
    Some(fact)
}

/// `Y` or `N`, which is claimed.
fn yes_no(intake: &mut Intake<'_, '_>, leaf: NodeId) -> Option<bool> {
    let answer = match intake.peek(leaf)?.trim() {
        "Y" => true,
        "N" => false,
        _ => return None,
    };
    intake.claim(leaf);
    Some(answer)
}
