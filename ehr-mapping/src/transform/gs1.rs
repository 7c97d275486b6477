//! Unique device identifiers in the human-readable form of GS1.

use ehr_model::value::PartialDate;

use super::Unreadable;

/// The value of an application identifier in `(01)…(17)…(10)…`; `None` where the UDI lacks it.
pub(super) fn element<'a>(udi: &'a str, identifier: &str) -> Result<Option<&'a str>, Unreadable> {
    let mut rest = udi.trim();
    while !rest.is_empty() {
        let inner = rest.strip_prefix('(').ok_or(Unreadable)?;
        let (found, after) = inner.split_once(')').ok_or(Unreadable)?;
        let end = after.find('(').unwrap_or(after.len());
        if found == identifier {
            return Ok(Some(&after[..end]));
        }
        rest = &after[end..];
    }
    Ok(None)
}

/// A `YYMMDD` date. GS1 gives the century: more than 50 years ahead of 2000 + YY is the last one.
pub(super) fn date(text: &str) -> Result<PartialDate, Unreadable> {
    let text = text.trim();
    if text.len() != 6 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Unreadable);
    }
    let part = |from: usize| text[from..from + 2].parse::<u8>().map_err(|_| Unreadable);
    let (yy, month, day) = (u16::from(part(0)?), part(2)?, part(4)?);
    let year = if yy <= LAST_YEAR_OF_THIS_CENTURY {
        2000 + yy
    } else {
        1900 + yy
    };
    let date = if day == 0 {
        PartialDate::year_month(year, month)
    } else {
        PartialDate::day(year, month, day)
    };
    date.map_err(|_| Unreadable)
}

/// GS1 General Specifications 7.12: 51 to 99 ahead of the current year lies in the last century.
/// Fixed to the years 2020 to 2029, so that a run in another year gives the same dates.
const LAST_YEAR_OF_THIS_CENTURY: u16 = 75;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_by_identifier() {
        let udi = "(01)24198325591992(11)900224(17)150300(10)6572(21)8197";
        assert_eq!(element(udi, "10"), Ok(Some("6572")));
        assert_eq!(element(udi, "99"), Ok(None));
        assert_eq!(element("no udi", "10"), Err(Unreadable));
        assert_eq!(date("900224").unwrap().to_iso(), "1990-02-24");
        assert_eq!(date("150300").unwrap().to_iso(), "2015-03");
        assert_eq!(date("151301"), Err(Unreadable));
    }
}
