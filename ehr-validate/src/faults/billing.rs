//! Faults in claims, payments and policies.

use ehr_model::kind::{Claim, Payment};
use ehr_model::record::Kind;

use super::Fault;
use super::laboratory::same;

pub(super) const FAULTS: &[Fault] = &[
    same("claim-status-changed", |m| {
        m.overwrite(Kind::Claim, "billing[0].status", "PAID")
    }),
    same("claim-total-not-sum-of-lines", |m| {
        m.overwrite(Kind::Claim, "total.value", "119.99")
    }),
    same("coverage-element-lost", |m| {
        m.clear(Kind::Coverage, "subscriberId")
    }),
    same("coverage-order-changed", |m| {
        m.overwrite(Kind::Coverage, "order", "2")
    }),
    same("coverages-overlap-at-one-rank", |m| {
        m.add(
            Kind::Coverage,
            &[
                ("status", "active"),
                ("order", "1"),
                ("period.start", "2030-01-01"),
            ],
        )
    }),
    same("diagnosis-pointer-unresolved", |m| {
        m.overwrite(Kind::Claim, "item[0].diagnosisSequence[0]", "7")
    }),
    same("open-balance-changed", |m| {
        m.overwrite(Kind::Claim, "outstanding[0].amount.value", "35.00")
    }),
    same("other-payer-line-out-of-balance", |m| {
        m.add(
            Kind::Payment,
            &[
                (
                    "detail[0].type.coding[0].system",
                    "http://terminology.hl7.org/CodeSystem/adjudication",
                ),
                ("detail[0].type.coding[0].code", "benefit"),
                ("detail[0].line.value", "1"),
                ("detail[0].amount.value", "90.00"),
            ],
        )
    }),
    same("patient-balance-mismatch", |m| {
        m.write(|_: &Claim| true, "outstanding[0].amount.value", "-5.00")
    }),
    same("remittance-out-of-balance", |m| {
        m.change("detail", |_: &Payment| true)
            .map(|payment| payment.detail.truncate(3))
    }),
];
