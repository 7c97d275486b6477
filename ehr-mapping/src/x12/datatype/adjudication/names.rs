//! What the guides call the amounts of MIA, MOA, TS3 and TS2, and the states of a claim.

use ehr_model::kind::PaymentDetail;
use ehr_model::source::NodeId;
use ehr_model::value::Field;

use super::{code, measure, money, node};
use crate::datatype::Intake;

/// The system of places of elements in the guides.
const PLACES: &str = "urn:ehr-mapping:x12-element";

/// The words for CLP02.
pub(super) fn claim_status(code: &str) -> Option<&'static str> {
    Some(match code {
        "1" => "Processed as Primary",
        "2" => "Processed as Secondary",
        "3" => "Processed as Tertiary",
        "4" => "Denied",
        "19" => "Processed as Primary, Forwarded to Additional Payer(s)",
        "20" => "Processed as Secondary, Forwarded to Additional Payer(s)",
        "21" => "Processed as Tertiary, Forwarded to Additional Payer(s)",
        "22" => "Reversal of Previous Payment",
        "23" => "Not Our Claim, Forwarded to Additional Payer(s)",
        "25" => "Predetermination Pricing Only - No Payment",
        _ => return None,
    })
}

/// The elements that are numbers of days, visits, claims, or shares; all others are amounts.
const NUMBERS: [&str; 13] = [
    "MIA01", "MIA03", "MIA15", "MOA01", "TS304", "TS323", "TS207", "TS210", "TS211", "TS212",
    "TS213", "TS214", "TS216",
];

/// The elements that hold remark codes.
const REMARKS: [&str; 10] = [
    "MIA05", "MIA20", "MIA21", "MIA22", "MIA23", "MOA03", "MOA04", "MOA05", "MOA06", "MOA07",
];

const WORDS: [(&str, &str); 60] = [
    ("MIA01", "Covered days or visits"),
    ("MIA02", "PPS operating outlier amount"),
    ("MIA03", "Lifetime psychiatric days"),
    ("MIA04", "Claim DRG amount"),
    ("MIA06", "Disproportionate share amount"),
    ("MIA07", "MSP pass-through amount"),
    ("MIA08", "PPS capital amount"),
    ("MIA09", "PPS capital, federal specific portion"),
    ("MIA10", "PPS capital, hospital specific portion"),
    ("MIA11", "PPS capital, disproportionate share"),
    ("MIA12", "Old capital amount"),
    ("MIA13", "PPS capital, indirect medical education"),
    ("MIA14", "PPS operating, hospital specific DRG amount"),
    ("MIA15", "Cost report days"),
    ("MIA16", "PPS operating, federal specific DRG amount"),
    ("MIA17", "PPS capital outlier amount"),
    ("MIA18", "Indirect teaching amount"),
    ("MIA19", "Professional component, billed but not payable"),
    ("MIA24", "PPS capital exception amount"),
    ("MOA01", "Reimbursement rate"),
    ("MOA02", "HCPCS payable amount"),
    ("MOA08", "ESRD payment amount"),
    ("MOA09", "Professional component, billed but not payable"),
    ("TS304", "Total claims"),
    ("TS305", "Total claim charges"),
    ("TS306", "Total covered charges"),
    ("TS307", "Total noncovered charges"),
    ("TS308", "Total denied charges"),
    ("TS309", "Total provider payment"),
    ("TS310", "Total interest"),
    ("TS311", "Total contractual adjustments"),
    ("TS312", "Total Gramm-Rudman reduction"),
    ("TS313", "Total MSP payer amount"),
    ("TS314", "Total blood deductible"),
    ("TS315", "Total non-laboratory charges"),
    ("TS316", "Total coinsurance"),
    ("TS317", "Total HCPCS reported charges"),
    ("TS318", "Total HCPCS payable"),
    ("TS319", "Total deductible"),
    ("TS320", "Total professional component"),
    ("TS321", "Total MSP patient liability met"),
    ("TS322", "Total patient reimbursement"),
    ("TS323", "Total PIP claims"),
    ("TS324", "Total PIP adjustments"),
    ("TS201", "Total DRG amount"),
    ("TS202", "Total federal specific amount"),
    ("TS203", "Total hospital specific amount"),
    ("TS204", "Total disproportionate share"),
    ("TS205", "Total capital amount"),
    ("TS206", "Total indirect medical education"),
    ("TS207", "Total outlier days"),
    ("TS208", "Total day outlier amount"),
    ("TS209", "Total cost outlier amount"),
    ("TS210", "Average DRG length of stay"),
    ("TS211", "Total discharges"),
    ("TS212", "Total cost report days"),
    ("TS213", "Total covered days"),
    ("TS214", "Total noncovered days"),
    ("TS215", "Total MSP pass-through amount"),
    ("TS216", "Average DRG weight"),
];

/// An amount, a number or a remark under the name of its place.
pub(super) fn named(
    intake: &mut Intake<'_, '_>,
    segment: &str,
    number: usize,
    component: usize,
    at: NodeId,
    out: &mut PaymentDetail,
) {
    if component != 0 || !matches!(segment, "MIA" | "MOA" | "TS3" | "TS2") {
        return;
    }
    let place = format!("{segment}{number:02}");
    if REMARKS.contains(&&*place) {
        if let Some(remark) = node::take_leaf(intake, at) {
            out.type_ = Field::Value(code::concept(code::REMARK, remark));
        }
        return;
    }
    let words = WORDS.iter().find(|(known, _)| *known == place);
    let type_ = match words {
        Some((_, words)) => code::worded(PLACES, &place, words),
        None => code::concept(PLACES, &place),
    };
    if NUMBERS.contains(&&*place) {
        let Some(quantity) = measure::measured(intake, at) else {
            return;
        };
        out.quantity = Field::Value(quantity);
    } else {
        money(intake, at, out);
    }
    if !out.amount.is_empty() || !out.quantity.is_empty() {
        out.type_ = Field::Value(type_);
    }
}
