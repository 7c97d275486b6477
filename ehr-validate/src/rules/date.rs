//! Dates that contradict each other.

mod pair;

use super::room;

room! {
    century_shifted: CenturyShifted,
    date_precision_changed: DatePrecisionChanged,
    date_shifted_by_a_day: DateShiftedByADay,
    day_and_month_swapped: DayAndMonthSwapped,
    days_beyond_twelve_missing: DaysBeyondTwelveMissing,
    encounter_end_before_start: EncounterEndBeforeStart,
    event_after_death: EventAfterDeath and ADMINISTRATIVE_TAIL_DAYS,
    event_before_birth: EventBeforeBirth,
    event_in_future: EventInFuture,
    january_first_spike: JanuaryFirstSpike,
    placeholder_date: PlaceholderDate,
}
