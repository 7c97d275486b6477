//! Dates that contradict each other.

use super::room;

room! {
    encounter_end_before_start: EncounterEndBeforeStart,
    event_after_death: EventAfterDeath and ADMINISTRATIVE_TAIL_DAYS,
    event_before_birth: EventBeforeBirth,
}
