//! Amounts of remittances, and of what other payers paid: each by the element that it stands in.

mod balance;
mod names;

use ehr_model::datatype::{CodeableConcept, Coding, Identifier, Reference};
use ehr_model::element::Element;
use ehr_model::kind::PaymentDetail;
use ehr_model::source::NodeId;
use ehr_model::value::Field;

use super::{code, identity, measure, node, time};
use crate::datatype::Intake;

const ADJUDICATION: &str = "http://terminology.hl7.org/CodeSystem/adjudication";
const CARIN: &str = "http://hl7.org/fhir/us/carin-bb/CodeSystem/C4BBAdjudication";

/// `adjudication`: an amount, a number of units or a remark, with what it is.
pub(super) fn adjudication(intake: &mut Intake<'_, '_>, at: NodeId, element: &mut dyn Element) {
    let Some(out) = element.as_any_mut().downcast_mut::<PaymentDetail>() else {
        return;
    };
    let Some((segment, number, component)) = node::place_in_segment(intake, at) else {
        return;
    };
    match (intake.name(segment), number) {
        ("CLP", 3..=5) => claim(intake, segment, number, at, out),
        ("SVC", 2 | 3) => service(intake, segment, number, at, out),
        ("SVD", 2) => other_payer(intake, segment, at, out),
        ("CAS", _) => adjustment(intake, segment, number, at, out),
        ("PLB", _) => provider_adjustment(intake, segment, number, at, out),
        ("AMT", 2) => {
            qualified(intake, segment, 522, out);
            money(intake, at, out);
        }
        ("QTY", 2) => {
            qualified(intake, segment, 673, out);
            if let Some(quantity) = measure::measured(intake, at) {
                out.quantity = Field::Value(quantity);
            }
        }
        ("LQ", 2) => {
            if let Some(remark) = node::take_leaf(intake, at) {
                let list = node::take(intake, segment, 1);
                let system = match list.as_deref() {
                    Some("HE") | None => code::REMARK.to_owned(),
                    Some(other) => format!("{}#{other}", code::x12(1270)),
                };
                out.type_ = Field::Value(code::concept(&system, remark));
            }
        }
        (name, _) => names::named(intake, name, number, component, at, out),
    }
    if !out.is_empty()
        && let Some(line) = line_of(intake, at)
    {
        out.line = Field::Value(line);
    }
}

/// The line of the claim that something is about: its control number, or else its place.
pub(super) fn line_of(intake: &mut Intake<'_, '_>, at: NodeId) -> Option<Identifier> {
    let mut number = Identifier::default();
    if let Some(service) = node::above(intake, at, &["2110"]) {
        if let Some(reference) = node::qualified(intake, service, "REF", "6R") {
            identity::identifier(intake, reference, &mut number);
            return Some(number);
        }
        let claim = intake.record().parent(service);
        let mut services = intake.children(claim, "2110");
        let place = services.position(|one| one == service)?;
        number.value = Field::Value((place + 1).to_string().into());
        return Some(number);
    }
    let line = node::above(intake, at, &["2400"])?;
    let assigned = node::peek(intake, intake.child(line, "LX")?, 1)?;
    number.value = Field::Value(assigned.into());
    Some(number)
}

fn money(intake: &mut Intake<'_, '_>, at: NodeId, out: &mut PaymentDetail) {
    if let Some(amount) = measure::amount(intake, at) {
        out.amount = Field::Value(amount);
    }
}

fn qualified(intake: &mut Intake<'_, '_>, segment: NodeId, list: u16, out: &mut PaymentDetail) {
    if let Some(qualifier) = node::take(intake, segment, 1) {
        out.type_ = Field::Value(code::concept(&code::x12(list), &qualifier));
    }
}

/// CLP03 the charge, CLP04 what was paid, CLP05 what the patient owes.
fn claim(
    intake: &mut Intake<'_, '_>,
    segment: NodeId,
    number: usize,
    at: NodeId,
    out: &mut PaymentDetail,
) {
    let mut type_ = match number {
        3 => code::concept(ADJUDICATION, "submitted"),
        4 => code::concept(ADJUDICATION, "benefit"),
        _ => code::concept(CARIN, "memberliability"),
    };
    if number == 4 {
        if let Some(status) = node::take(intake, segment, 2) {
            let mut coding = Coding::new(&code::x12(1029), &status);
            if let Some(words) = names::claim_status(&status) {
                coding.display = Field::Value(words.into());
            }
            type_.coding.insert(0, coding);
        }
        if let Some(leaf) = node::element(intake, segment, 1) {
            let mut number = Identifier::default();
            identity::identifier(intake, leaf, &mut number);
            let mut claim = Reference::default();
            claim.type_ = Field::Value("Claim".into());
            claim.identifier = Field::Value(Box::new(number));
            out.request = Field::Value(claim);
        }
    }
    money(intake, at, out);
    out.type_ = Field::Value(type_);
    if number == 3 {
        balance::claim(intake, segment, at);
    }
}

/// SVC02 the charge of a service, SVC03 what was paid for it.
fn service(
    intake: &mut Intake<'_, '_>,
    segment: NodeId,
    number: usize,
    at: NodeId,
    out: &mut PaymentDetail,
) {
    // what was paid for stands first; the sixth element says what was charged, where that differs
    let (kind, procedure, units) = match number {
        2 => ("submitted", 6, 7),
        _ => ("benefit", 1, 5),
    };
    out.type_ = Field::Value(code::concept(ADJUDICATION, kind));
    money(intake, at, out);
    of_procedure(intake, segment, procedure, units, out);
    if number == 2 {
        balance::line(intake, segment, at);
        return;
    }
    revenue(intake, segment, 4, out);
    let service = intake.record().parent(segment);
    let dates: Vec<NodeId> = intake.children(service, "DTM").collect();
    let mut period = ehr_model::datatype::Period::default();
    for date in dates {
        let (starts, ends) = match node::peek(intake, date, 1) {
            Some("472") => (true, true),
            Some("150") => (true, false),
            Some("151") => (false, true),
            _ => continue,
        };
        let Some(when) = time::when(intake, date) else {
            continue;
        };
        let whole = when.period();
        if starts {
            period.start = whole.start;
        }
        if ends {
            period.end = whole.end;
        }
    }
    if !period.is_empty() {
        out.serviced = Field::Value(period);
    }
}

fn of_procedure(
    intake: &mut Intake<'_, '_>,
    segment: NodeId,
    procedure: usize,
    units: usize,
    out: &mut PaymentDetail,
) {
    if let Some(procedure) = node::element(intake, segment, procedure) {
        let mut service = CodeableConcept::default();
        code::read_procedure(intake, procedure, &mut service);
        if !service.is_empty() {
            out.service = Field::Value(service);
        }
        for number in 3..=6 {
            let modifier = intake.child(procedure, &number.to_string());
            if let Some(modifier) = modifier.and_then(|leaf| node::take_leaf(intake, leaf)) {
                out.modifier.push(code::read_modifier(modifier));
            }
        }
    }
    if let Some(units) = node::element(intake, segment, units)
        && let Some(quantity) = measure::measured(intake, units)
    {
        out.quantity = Field::Value(quantity);
    }
}

fn revenue(intake: &mut Intake<'_, '_>, segment: NodeId, number: usize, out: &mut PaymentDetail) {
    if let Some(code) = node::take(intake, segment, number) {
        out.revenue = Field::Value(code::concept(code::REVENUE, &code));
    }
}

/// SVD02: what another payer paid for a line, and when it decided so.
fn other_payer(intake: &mut Intake<'_, '_>, segment: NodeId, at: NodeId, out: &mut PaymentDetail) {
    out.type_ = Field::Value(code::concept(ADJUDICATION, "benefit"));
    money(intake, at, out);
    of_procedure(intake, segment, 3, 5, out);
    revenue(intake, segment, 4, out);
    let decision = intake.record().parent(segment);
    if let Some(date) = node::qualified(intake, decision, "DTP", "573")
        && let Some(day) = time::day(intake, date)
    {
        out.date = Field::Value(day);
    }
}

/// CAS: up to six adjustments: reason, amount, units; the group says who bears them. `at` is the
/// reason.
fn adjustment(
    intake: &mut Intake<'_, '_>,
    segment: NodeId,
    number: usize,
    at: NodeId,
    out: &mut PaymentDetail,
) {
    if number < 2 || number % 3 != 2 {
        return;
    }
    let mut type_ = CodeableConcept::default();
    if let Some(reason) = node::take_leaf(intake, at) {
        type_
            .coding
            .push(Coding::new(code::ADJUSTMENT_REASON, reason));
    }
    if let Some(group) = node::take(intake, segment, 1) {
        type_
            .coding
            .push(Coding::new(code::ADJUSTMENT_GROUP, &group));
    }
    out.type_ = Field::Value(type_);
    if let Some(amount) = node::element(intake, segment, number + 1) {
        money(intake, amount, out);
    }
    if let Some(units) = node::element(intake, segment, number + 2)
        && let Some(quantity) = measure::measured(intake, units)
    {
        out.quantity = Field::Value(quantity);
    }
}

/// PLB: up to six adjustments of the provider: reason with a number, amount. `at` is the amount.
fn provider_adjustment(
    intake: &mut Intake<'_, '_>,
    segment: NodeId,
    number: usize,
    at: NodeId,
    out: &mut PaymentDetail,
) {
    if number < 4 || !number.is_multiple_of(2) {
        return;
    }
    if let Some(reason) = node::element(intake, segment, number - 1) {
        if let Some(leaf) = node::component(intake, reason, 1)
            && let Some(reason) = node::take_leaf(intake, leaf)
        {
            out.type_ = Field::Value(code::concept(&code::x12(426), reason));
        }
        if let Some(leaf) = intake.child(reason, "2") {
            let mut number = Identifier::default();
            identity::identifier(intake, leaf, &mut number);
            out.identifier = Field::Value(number);
        }
    }
    money(intake, at, out);
    if let Some(leaf) = node::element(intake, segment, 1) {
        let mut number = Identifier::default();
        identity::identifier(intake, leaf, &mut number);
        let mut provider = Reference::default();
        provider.identifier = Field::Value(Box::new(number));
        out.payee = Field::Value(provider);
    }
    // the last day of the fiscal year that it counts in
    if let Some(leaf) = node::element(intake, segment, 2)
        && let Some(day) = time::day(intake, leaf)
    {
        out.date = Field::Value(day);
    }
}
