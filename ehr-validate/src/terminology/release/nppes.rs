//! Providers: the monthly file of NPPES (`npidata_pfile_*.csv`). Only the kind of the provider and
//! the time of the number are kept, no name.

use std::io::BufRead;

use chrono::NaiveDate;

use super::loinc::rows;
use super::{File, Release};
use crate::terminology::concept::{Status, Validity};
use crate::terminology::{TableBuilder, TerminologyError, system};

/// The term type of a person.
pub const INDIVIDUAL: &str = "individual";
/// The term type of an organization.
pub const ORGANIZATION: &str = "organization";

/// Reads the providers.
pub fn read(
    release: &Release,
    providers: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    let mut table = TableBuilder::new(system::NPI, release);
    let columns = [
        "NPI",
        "Entity Type Code",
        "Provider Enumeration Date",
        "NPI Deactivation Date",
        "NPI Reactivation Date",
    ];
    rows(
        providers,
        columns,
        |[npi, kind, enumerated, deactivated, reactivated], expected| {
            if npi.is_empty() {
                return Err(expected(0, "an NPI"));
            }
            let day = |text: &str, place| match text {
                "" => Ok(None),
                text => NaiveDate::parse_from_str(text, "%m/%d/%Y")
                    .map(Some)
                    .map_err(|_| expected(place, "a date as MM/DD/YYYY")),
            };
            let (from, to, again) = (
                day(enumerated, 2)?,
                day(deactivated, 3)?,
                day(reactivated, 4)?,
            );
            let term_type = match kind {
                "1" => Some(INDIVIDUAL),
                "2" => Some(ORGANIZATION),
                // The file keeps of a deactivated provider only the number and the date.
                "" => None,
                _ => return Err(expected(1, "1 or 2")),
            };
            let draft = table.draft(npi);
            draft.term_type = term_type.map(str::to_owned);
            let billable = true;
            // The last day is the one before the deactivation.
            let last = to.and_then(|day| day.pred_opt());
            draft.validity = vec![Validity {
                from,
                to: last,
                billable,
            }];
            if again.is_some() {
                draft.validity.push(Validity {
                    from: again,
                    to: None,
                    billable,
                });
            }
            let active = to.is_none() || again.is_some();
            draft.status = Some(if active {
                Status::Active
            } else {
                Status::Inactive
            });
            Ok(())
        },
    )?;
    Ok(table)
}
