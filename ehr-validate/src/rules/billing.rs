//! Claims, payments, policies.

#[cfg(test)]
mod fixture;
mod money;

use super::room;

room! {
    claim_status_changed: ClaimStatusChanged,
    claim_total_not_sum_of_lines: ClaimTotalNotSumOfLines,
    coverage_element_lost: CoverageElementLost,
    coverage_order_changed: CoverageOrderChanged,
    coverages_overlap_at_one_rank: CoveragesOverlapAtOneRank,
    denial_rate_above_baseline: DenialRateAboveBaseline,
    diagnosis_pointer_unresolved: DiagnosisPointerUnresolved,
    open_balance_changed: OpenBalanceChanged,
    other_payer_line_out_of_balance: OtherPayerLineOutOfBalance,
    patient_balance_mismatch: PatientBalanceMismatch,
    remittance_out_of_balance: RemittanceOutOfBalance,
    remittance_total_out_of_balance: RemittanceTotalOutOfBalance,
    replayed_claim_differs: ReplayedClaimDiffers,
}
