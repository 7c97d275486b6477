//! Bare elements as facts: what the guides call them, and how they read.

use ehr_model::datatype::CodeableConcept;
use ehr_model::source::NodeId;
use ehr_model::value::Field;

use super::{Fact, FactValue, PLACES, yes_no};
use crate::datatype::Intake;
use crate::x12::datatype::{code, measure, node};

/// How an element reads.
#[derive(Clone, Copy)]
enum Shape {
    /// A code of this data element.
    Code(u16),
    /// Yes or no; any other letter is a code of this data element.
    YesNo(u16),
    /// The place of service or the type of bill, with the qualifier in the component behind it.
    Facility,
    Text,
    Money,
    /// A number, with its unit where it has one.
    Number,
    /// It is read with another element: a qualifier, a unit.
    WithOther,
}

use Shape::{Code, Facility, Money, Number, Text, WithOther, YesNo};

/// Place, words, shape. What is not here is text under the name of its place.
const ELEMENTS: &[(&str, &str, Shape)] = &[
    ("BPR01", "Transaction handling", Code(305)),
    ("BPR03", "Credit or debit", Code(478)),
    ("BPR05", "Payment format", Code(812)),
    ("BPR06", "Sender bank number qualifier", Code(506)),
    ("BPR07", "Sender bank number", Text),
    ("BPR08", "Sender account qualifier", Code(569)),
    ("BPR09", "Sender account number", Text),
    ("BPR10", "Payer identifier", Text),
    ("BPR11", "Originating company supplemental code", Text),
    ("BPR12", "Receiver bank number qualifier", Code(506)),
    ("BPR13", "Receiver bank number", Text),
    ("BPR14", "Receiver account qualifier", Code(569)),
    ("BPR15", "Receiver account number", Text),
    ("TRN03", "Originating company", Text),
    ("TRN04", "Originating company supplemental code", Text),
    ("CLM03", "Claim filing indicator", Code(1032)),
    ("CLM05-1", "Facility type", Facility),
    ("CLM05-2", "", WithOther),
    ("CLM05-3", "Claim frequency", Code(1325)),
    ("CLM06", "Provider signature on file", YesNo(1073)),
    ("CLM07", "Provider accepts assignment", Code(1359)),
    ("CLM08", "Benefits assigned to provider", YesNo(1073)),
    ("CLM09", "Release of information", Code(1363)),
    ("CLM10", "Patient signature source", Code(1351)),
    ("CLM12", "Special program", Code(1366)),
    ("CLM16", "Provider agreement", Code(1360)),
    ("CLM18", "Explanation of benefits wanted", YesNo(1073)),
    ("CLM19", "Claim submission reason", Code(1383)),
    ("CLM20", "Delay reason", Code(1514)),
    ("CL104", "Nursing home residential status", Code(1345)),
    ("OI03", "Benefits assigned to provider", Code(1073)),
    ("OI04", "Patient signature source", Code(1351)),
    ("OI05", "Provider agreement", Code(1360)),
    ("OI06", "Release of information", Code(1363)),
    ("PAT02", "Patient location", Code(1384)),
    ("PAT03", "Employment status", Code(584)),
    ("PAT04", "Student status", Code(1220)),
    ("PAT05", "", WithOther),
    ("PAT07", "", WithOther),
    ("PAT08", "Patient weight", Number),
    ("PAT09", "Pregnancy", YesNo(1073)),
    ("CLP08", "Facility type", Code(1331)),
    ("CLP09", "Claim frequency", Code(1325)),
    ("CLP10", "Patient status", Code(1352)),
    ("CLP11", "Diagnosis related group", Code(1354)),
    ("CLP12", "Diagnosis related group weight", Number),
    ("CLP13", "Discharge fraction", Number),
    ("CN101", "Contract type", Code(1166)),
    ("CN102", "Contract amount", Money),
    ("CN103", "Contract percentage", Number),
    ("CN104", "Contract code", Text),
    ("CN105", "Terms discount percentage", Number),
    ("CN106", "Contract version", Text),
    ("CR101", "", WithOther),
    ("CR102", "Patient weight", Number),
    ("CR103", "Ambulance transport", Code(1316)),
    ("CR104", "Ambulance transport reason", Code(1317)),
    ("CR105", "", WithOther),
    ("CR106", "Transport distance", Number),
    ("CR109", "Round trip purpose", Text),
    ("CR110", "Stretcher purpose", Text),
    ("CR201", "Treatment number", Number),
    ("CR202", "Treatment count", Number),
    ("CR203", "Subluxation level", Code(1367)),
    ("CR204", "Subluxation level", Code(1367)),
    ("CR205", "", WithOther),
    ("CR206", "Treatment period", Number),
    ("CR207", "Monthly treatment count", Number),
    ("CR208", "Patient condition", Code(1342)),
    ("CR209", "Complication", YesNo(1073)),
    ("CR210", "Patient condition", Text),
    ("CR211", "Patient condition", Text),
    ("CR212", "X-rays available", YesNo(1073)),
    ("CR301", "Certification type", Code(1322)),
    ("CR302", "", WithOther),
    ("CR303", "Equipment duration", Number),
    ("CR304", "Insulin dependent", Code(1335)),
    ("DN201", "Tooth number", Text),
    ("DN202", "Tooth status", Code(1368)),
    ("HCP01", "Pricing methodology", Code(1473)),
    ("HCP02", "Repriced allowed amount", Money),
    ("HCP03", "Repriced saving amount", Money),
    ("HCP04", "Repricing organization", Text),
    ("HCP05", "Repricing per diem or flat rate", Number),
    ("HCP06", "Repriced approved patient group", Text),
    ("HCP07", "Repriced approved amount", Money),
    ("HCP08", "Repriced approved revenue code", Text),
    ("HCP09", "Repriced approved code qualifier", Code(235)),
    ("HCP10", "Repriced approved code", Text),
    ("HCP11", "", WithOther),
    ("HCP12", "Repriced approved units", Number),
    ("HCP13", "Reject reason", Code(901)),
    ("HCP14", "Policy compliance", Code(1526)),
    ("HCP15", "Exception", Code(1527)),
    ("K301", "File information", Text),
    ("PS101", "Purchased service provider", Text),
    ("PS102", "Purchased service charge", Money),
    ("SV106", "Service type", Code(1365)),
    ("SV108", "Amount", Money),
    ("SV109", "Emergency", YesNo(1073)),
    ("SV110", "Multiple procedures", Code(1340)),
    ("SV111", "EPSDT", YesNo(1073)),
    ("SV112", "Family planning", YesNo(1073)),
    ("SV115", "Copay status", Code(1327)),
    ("SV116", "Health professional shortage area", Code(1334)),
    ("SV207", "Non-covered charge", Money),
    ("SV208", "Yes or no", YesNo(1073)),
    ("SV305", "Prosthesis, crown or inlay", Code(1358)),
    ("SV502", "", WithOther),
    ("SV503", "Length of medical necessity", Number),
    ("SV504", "Rental price", Money),
    ("SV505", "Purchase price", Money),
    ("SV506", "Rental unit price", Code(594)),
];

/// An element as a fact; of a composite its components are facts of their own.
pub(super) fn element(intake: &mut Intake<'_, '_>, at: NodeId) -> Option<Fact> {
    intake.peek(at)?;
    let place = node::label(intake, at);
    let known = ELEMENTS.iter().find(|(known, ..)| *known == place);
    let (words, shape) = known.map_or(("", Text), |(_, words, shape)| (*words, *shape));
    let mut category: CodeableConcept = code::concept(PLACES, &place);
    if !words.is_empty() {
        category.text = Field::Value(words.into());
    }
    let mut fact = Fact::of(category);
    match shape {
        WithOther => None,
        Code(list) => {
            let code = node::take_leaf(intake, at)?;
            Some(fact.coded(&code::x12(list), code))
        }
        YesNo(list) => {
            if let Some(yes) = yes_no(intake, at) {
                fact.value = FactValue::YesNo(yes);
                return Some(fact);
            }
            let code = node::take_leaf(intake, at)?;
            Some(fact.coded(&code::x12(list), code))
        }
        Facility => {
            let code = node::take_leaf(intake, at)?;
            let composite = intake.record().parent(at);
            let qualifier = intake.child(composite, "2");
            let qualifier = qualifier.and_then(|leaf| node::take_leaf(intake, leaf));
            Some(fact.coded(&code::facility_list(qualifier), code))
        }
        Text => {
            let text = node::take_leaf(intake, at)?;
            fact.text(Some(text))
        }
        Money => fact.quantity(measure::amount_as_quantity(intake, at)),
        Number => fact.quantity(measure::measured(intake, at)),
    }
}
