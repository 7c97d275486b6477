//! Counts of source against target.

use super::room;

room! {
    content_total_changed: ContentTotalChanged,
    record_count_mismatch: RecordCountMismatch,
    record_count_of_patient_changed: RecordCountOfPatientChanged,
    stratum_emptied: StratumEmptied,
    structure_lost: StructureLost,
}
