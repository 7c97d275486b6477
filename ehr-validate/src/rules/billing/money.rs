//! Amounts to the cent, and what the details of a payment are.

use ehr_model::datatype::Money;
use ehr_model::kind::{FinancialStatus, PaymentDetail};
use ehr_model::value::Field;
use rust_decimal::Decimal;

use crate::concept;

/// Reasons of adjustments (CARC).
pub(super) const REASON: &str = "https://x12.org/codes/claim-adjustment-reason-codes";
const ADJUDICATION: &str = "http://terminology.hl7.org/CodeSystem/adjudication";

/// What an amount of a payment is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// What was charged.
    Charge,
    /// What was paid.
    Paid,
    /// What was taken off, by a CAS.
    Adjusted,
}

/// The exact amount.
pub(super) fn amount(money: &Field<Money>) -> Option<Decimal> {
    money.value()?.value.value()?.value()
}

/// What a detail is, and how much; none for what is no part of the balance.
pub(super) fn part(detail: &PaymentDetail) -> Option<(Part, Decimal)> {
    let type_ = detail.type_.value()?;
    let mut kinds = concept::codes_in(type_, ADJUDICATION);
    let kind = match kinds.next() {
        Some("submitted") => Part::Charge,
        Some("benefit") => Part::Paid,
        _ if concept::codes_in(type_, REASON).next().is_some() => Part::Adjusted,
        _ => return None,
    };
    Some((kind, amount(&detail.amount)?))
}

/// The line of the claim that a detail is about.
pub(super) fn line(detail: &PaymentDetail) -> Option<&str> {
    concept::text(&detail.line.value()?.value)
}

/// Whether a financial record counts for nothing.
pub(super) fn is_void(status: &Field<FinancialStatus>) -> bool {
    matches!(
        status.value(),
        Some(FinancialStatus::Cancelled | FinancialStatus::EnteredInError)
    )
}
