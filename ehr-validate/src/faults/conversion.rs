//! Faults of conversions, put into a copy of charts, to see whether the comparison finds each of them.
//!
//! Where [`Fault`](super::Fault) tries a rule on one chart, these try
//! [`compare`](crate::compare) on a population: an entry may end up on the chart of another patient.
//! They are drawn from what the charts hold, so that any real charts will do. A [`FaultyCopy`] may be
//! written as FHIR and read back before it is compared.
//!
//! ```
//! use ehr_validate::compare::{ChartDifferences, Comparison, SharedRecords};
//! use ehr_validate::faults::conversion::{self, FaultyCopy};
//!
//! let charts = [ehr_validate::faults::textbook()];
//! let mut copy = FaultyCopy::of(&charts);
//! let fault = conversion::all().iter().find(|fault| fault.name == "day-later").unwrap();
//! assert!(copy.inject(fault, 7));
//!
//! let mut comparison = Comparison::default();
//! let shared = SharedRecords::default();
//! comparison.add(ChartDifferences::between(&charts[0], &copy.charts[0], &shared));
//! let (differences, _) = comparison.finish();
//! let verdict = copy.judge(&differences);
//! assert_eq!((verdict.caught(), verdict.false_alarms), (1, 0));
//! ```

mod copy;
mod entry;
mod leaf;
mod verdict;

pub use copy::{Expected, FaultyCopy};
pub use verdict::{Judged, Verdict};

use crate::compare::DifferenceClass;
use copy::Touch;

/// A class of faults that conversions make.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct ConversionFault {
    /// Its name.
    pub name: &'static str,
    /// The class in which the comparison must report it.
    pub class: DifferenceClass,
    /// Puts it into the copy; `None` where the charts have nothing that it could harm.
    inject: fn(&mut FaultyCopy) -> Option<Touch>,
}

macro_rules! faults {
    ($($name:literal $class:ident $inject:expr;)*) => {
        &[$(ConversionFault { name: $name, class: DifferenceClass::$class, inject: $inject },)*]
    };
}

/// All of them.
pub fn all() -> &'static [ConversionFault] {
    FAULTS
}

const FAULTS: &[ConversionFault] = faults! {
    "entry-dropped" Missing entry::drop;
    "entry-duplicated" Extra entry::duplicate;
    "entry-on-other-chart" WrongPatient entry::move_entry;
    "document-on-other-chart" WrongPatient entry::move_document;
    "visit-swapped" WrongVisit entry::swap_visit;
    "visit-lost" Missing entry::lose_visit;
    "stale-entry" Changed entry::stale;
    "negation-dropped" LostNegation entry::drop_negation;
    "negation-added" LostNegation entry::add_negation;
    "day-later" Changed |copy| leaf::shift(copy, 1);
    "day-earlier" Changed |copy| leaf::shift(copy, -1);
    "day-and-month-swapped" Changed leaf::swap_day_and_month;
    "time-zone-lost" LostPrecision leaf::lose_time_zone;
    "date-cut-to-month" LostPrecision leaf::cut_to_month;
    "dose-doubled" DoseFactor |copy| leaf::scale_dose(copy, 2, 1);
    "dose-ten-times" DoseFactor |copy| leaf::scale_dose(copy, 10, 1);
    "dose-a-tenth" DoseFactor |copy| leaf::scale_dose(copy, 1, 10);
    "dose-unit-swapped" DoseFactor leaf::swap_dose_unit;
    "frequency-doubled" DoseFactor leaf::double_frequency;
    "result-unit-swapped" Changed leaf::swap_result_unit;
    "decimal-point-lost" Changed leaf::lose_decimal_point;
    "result-lost" Missing leaf::lose_result;
    "status-flipped" Changed leaf::flip_status;
    "code-neighbour" Changed leaf::neighbour;
    "codes-lost" WeakenedCoding leaf::lose_codes;
    "text-truncated" Changed leaf::truncate;
    "text-encoding-damaged" Changed leaf::damage_encoding;
    "document-truncated" Changed leaf::truncate_document;
    "insurance-rank-lost" Missing |copy| leaf::lose(copy, &["order"], &[Kind::Coverage]);
    "insurance-rank-changed" Changed leaf::change_rank;
    "allergy-severity-lost" Missing |copy| leaf::lose(copy, &["severity"], &[Kind::Allergy]);
    "allergy-criticality-lost" Missing |copy| leaf::lose(copy, &["criticality"], &[Kind::Allergy]);
    "claim-line-off-by-a-cent" Changed leaf::cent_off;
    "birth-date-off-by-a-day" Changed leaf::birth_date;
    "identifier-lost" Missing leaf::lose_identifier;
};

use ehr_model::record::Kind;

impl ConversionFault {
    fn run(&self, copy: &mut FaultyCopy) -> Option<Touch> {
        (self.inject)(copy)
    }
}
