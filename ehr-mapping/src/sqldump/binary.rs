//! Bytes that a dump writes as hex digits.

use chrono::{Datelike, Days, NaiveDate};

/// The bytes behind the value of a binary column: hex digits, with or without `0x` or `\x` before.
///
/// `None` if it is anything else. The result is a patient's data.
///
/// ```
/// use ehr_mapping::sqldump::bytes;
/// assert_eq!(bytes("255044"), Some(b"%PD".to_vec()));
/// assert_eq!(bytes("\\x255044"), bytes("0x255044"));
/// assert_eq!(bytes("25504"), None);
/// ```
pub fn bytes(value: &str) -> Option<Vec<u8>> {
    let digits = ["0x", "0X", "\\x"]
        .iter()
        .find_map(|mark| value.strip_prefix(mark))
        .unwrap_or(value);
    digits.len().is_multiple_of(2).then_some(())?;
    let nibble = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    digits
        .as_bytes()
        .chunks_exact(2)
        .map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?))
        .collect()
}

/// Lower-case hex digits.
pub(super) fn to_hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Types whose values SQL Server scripted as bytes until 2012: `CAST(0x00009B8400000000 AS DateTime)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    Date,
    DateTime,
    SmallDateTime,
    DateTime2,
    Time,
}

impl Moment {
    pub(super) fn of_type(name: &[u8]) -> Option<Self> {
        let name: Vec<u8> = name
            .iter()
            .take_while(|byte| **byte != b'(')
            .filter(|byte| !b"[] ".contains(byte))
            .map(u8::to_ascii_lowercase)
            .collect();
        Some(match &*name {
            b"date" => Self::Date,
            b"datetime" => Self::DateTime,
            b"smalldatetime" => Self::SmallDateTime,
            b"datetime2" => Self::DateTime2,
            b"time" => Self::Time,
            _ => return None,
        })
    }

    /// The date or time as SQL Server shows it, or `None` if the bytes are none of this type.
    pub(super) fn read(self, digits: &str) -> Option<String> {
        let bytes = bytes(digits)?;
        let big = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte))
        };
        let little = |bytes: &[u8]| {
            bytes
                .iter()
                .rev()
                .fold(0u64, |sum, byte| sum << 8 | u64::from(*byte))
        };
        match (self, &*bytes) {
            // days from 1900 and three-hundredths of a second
            (Self::DateTime, [.., _, _, _, _]) if bytes.len() <= 8 => {
                let (days, ticks) = bytes.split_at(bytes.len() - 4);
                let days = i64::from(big(days) as u32 as i32);
                let milliseconds = (big(ticks) * 10 + 1) / 3;
                Some(format!("{} {}", day(1900, days)?, clock(milliseconds, 3)?))
            }
            (Self::SmallDateTime, [.., _, _]) if bytes.len() <= 4 => {
                let (days, minutes) = bytes.split_at(bytes.len() - 2);
                let time = clock(big(minutes) * 60, 0)?;
                Some(format!("{} {time}", day(1900, big(days) as i64)?))
            }
            // days from year 1; the fourth byte, if any, is empty
            (Self::Date, [a, b, c] | [a, b, c, 0]) => day(1, little(&[*a, *b, *c]) as i64),
            (Self::Time, [scale @ 0..=7, ticks @ ..]) if ticks.len() == width(*scale) => {
                clock(little(ticks), *scale)
            }
            (Self::DateTime2, [scale @ 0..=7, rest @ ..]) if rest.len() == width(*scale) + 3 => {
                let (ticks, days) = rest.split_at(width(*scale));
                let time = clock(little(ticks), *scale)?;
                Some(format!("{} {time}", day(1, little(days) as i64)?))
            }
            _ => None,
        }
    }
}

/// How many bytes a time with that many decimals takes.
fn width(scale: u8) -> usize {
    match scale {
        0..=2 => 3,
        3 | 4 => 4,
        _ => 5,
    }
}

fn day(year: i32, days: i64) -> Option<String> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
    let date = match u64::try_from(days) {
        Ok(days) => first.checked_add_days(Days::new(days))?,
        Err(_) => first.checked_sub_days(Days::new(days.unsigned_abs()))?,
    };
    // the last day of SQL Server, and the last that is written with four digits
    (date.year() <= 9999).then(|| date.to_string())
}

/// A time of day, given in units of that many decimals of a second.
fn clock(units: u64, decimals: u8) -> Option<String> {
    let base = 10u64.pow(u32::from(decimals));
    let (seconds, fraction) = (units / base, units % base);
    if seconds >= 86_400 {
        return None;
    }
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let time = format!("{hours:02}:{minutes:02}:{seconds:02}");
    Some(match decimals {
        0 => time,
        _ => format!("{time}.{fraction:0width$}", width = usize::from(decimals)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_old_scripts_are_read() {
        let read = |kind: Moment, digits| kind.read(digits).unwrap();
        assert_eq!(
            read(Moment::DateTime, "0000000000000000"),
            "1900-01-01 00:00:00.000"
        );
        assert_eq!(
            read(Moment::DateTime, "0000A3B100C5C100"),
            "2014-09-25 12:00:00.000"
        );
        assert_eq!(
            read(Moment::DateTime, "FFFF2E4600000000"),
            "1753-01-01 00:00:00.000"
        );
        assert_eq!(
            read(Moment::DateTime, "0000000000000001"),
            "1900-01-01 00:00:00.003"
        );
        assert_eq!(
            read(Moment::DateTime, "0000000000000002"),
            "1900-01-01 00:00:00.007"
        );
        assert_eq!(
            read(Moment::SmallDateTime, "A3B102D0"),
            "2014-09-25 12:00:00"
        );
        assert_eq!(read(Moment::Date, "00000000"), "0001-01-01");
        assert_eq!(read(Moment::Date, "5B950A"), "1900-01-01");
        assert_eq!(
            read(Moment::DateTime2, "0700000000005B950A"),
            "1900-01-01 00:00:00.0000000"
        );
        assert_eq!(read(Moment::Time, "00C0A800"), "12:00:00");
        assert_eq!(Moment::Date.read("FFFFFF"), None);
        assert_eq!(Moment::Time.read("00FFFFFF"), None);
        assert_eq!(Moment::DateTime.read("0"), None);
    }
}
