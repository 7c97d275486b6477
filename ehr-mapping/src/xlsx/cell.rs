//! What a cell says, as text.

use calamine::{DataRef, ExcelDateTime};
use ehr_model::issue::IssueCode;

use super::format::Format;
use super::reason::{CELL_ERROR, NUMBER_BEYOND_15_DIGITS};

/// What is in a cell.
pub(super) enum Content {
    Nothing,
    Text(String),
    /// Text that needs a look, and why.
    Odd(String, IssueCode),
}

/// The digits that Excel shows, stores and compares.
const DIGITS: usize = 15;

/// The days of the last date of a workbook, 9999-12-31.
const LAST_DAY: f64 = 2_958_465.0;

/// How many days later a workbook of the 1904 system begins.
const DAYS_TO_1904: f64 = 1462.0;

/// Reads a cell. `format` is known for XLSX only.
pub(super) fn content(value: &DataRef<'_>, format: Option<&Format>, epoch_1904: bool) -> Content {
    Content::Text(match value {
        DataRef::Empty => return Content::Nothing,
        DataRef::Error(error) => return Content::Odd(error.to_string(), CELL_ERROR),
        DataRef::Float(long) if long.abs() >= 1e15 && long.abs() < 1e21 => {
            return Content::Odd(number(*long), NUMBER_BEYOND_15_DIGITS);
        }
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(true) => "TRUE".to_owned(),
        DataRef::Bool(false) => "FALSE".to_owned(),
        DataRef::Int(number) => shown(format, *number as f64).unwrap_or_else(|| number.to_string()),
        DataRef::Float(number) => shown(format, *number).unwrap_or_else(|| self::number(*number)),
        DataRef::DateTime(moment) => date_time(moment, format, epoch_1904),
    })
}

/// A whole number in a format of digits.
fn shown(format: Option<&Format>, number: f64) -> Option<String> {
    let whole = (0.0..1e15).contains(&number) && number.fract() == 0.0;
    whole.then(|| format?.show(number as u64)).flatten()
}

/// A number with the digits that a person sees in the cell's own editor.
pub(super) fn number(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let shortest = format!("{number:e}");
    let digits = shortest
        .bytes()
        .take_while(|byte| *byte != b'e')
        .filter(u8::is_ascii_digit)
        .count();
    // 0.30000000000000004 is what a sum of 0.1 and 0.2 is stored as
    let scientific = match digits > DIGITS {
        true => format!("{number:.*e}", DIGITS - 1),
        false => shortest,
    };
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let mantissa = match mantissa.contains('.') {
        true => mantissa.trim_end_matches('0').trim_end_matches('.'),
        false => mantissa,
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if !(-10..=20).contains(&exponent) {
        return format!("{mantissa}E{exponent:+}");
    }
    let (sign, mantissa) = match mantissa.strip_prefix('-') {
        Some(mantissa) => ("-", mantissa),
        None => ("", mantissa),
    };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let plain = match usize::try_from(exponent) {
        Err(_) => format!(
            "0.{}{digits}",
            "0".repeat(exponent.unsigned_abs() as usize - 1)
        ),
        Ok(places) if places + 1 >= digits.len() => {
            format!("{digits}{}", "0".repeat(places + 1 - digits.len()))
        }
        Ok(places) => format!("{}.{}", &digits[..=places], &digits[places + 1..]),
    };
    format!("{sign}{plain}")
}

/// A serial number that is shown as a date, as a time, or as both.
fn date_time(moment: &ExcelDateTime, format: Option<&Format>, epoch_1904: bool) -> String {
    let serial = moment.as_f64();
    if moment.is_duration() {
        return duration(serial);
    }
    let last = if epoch_1904 {
        LAST_DAY - DAYS_TO_1904
    } else {
        LAST_DAY
    };
    let first = if epoch_1904 { 0.0 } else { 1.0 };
    let shows_date = format.is_none_or(|format| format.date || !format.time);
    let shows_time = match format {
        Some(format) => format.time,
        None => serial.fract() != 0.0,
    };
    // the day before the first is no date; with a time it is only that
    let in_range = (0.0..last + 1.0).contains(&serial);
    if !in_range || (serial < first && !shows_time) {
        return number(serial);
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let mut time = format!("{hour:02}:{minute:02}:{second:02}");
    if milli > 0 {
        time = format!("{time}.{milli:03}");
    }
    if serial < first || (!shows_date && serial < 1.0) {
        time
    } else if shows_time || time != "00:00:00" {
        format!("{date}T{time}")
    } else {
        date
    }
}

/// Hours that do not end with the day, as in `[h]:mm:ss`.
fn duration(days: f64) -> String {
    let seconds = (days.abs() * 86_400.0).round();
    if !seconds.is_finite() || seconds > 1e12 {
        return number(days);
    }
    let seconds = seconds as u64;
    let sign = if days < 0.0 && seconds > 0 { "-" } else { "" };
    format!(
        "{sign}{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_a_person_sees() {
        for (value, shown) in [
            (0.0, "0"),
            (-0.0, "0"),
            (42.0, "42"),
            (-42.0, "-42"),
            (98.6, "98.6"),
            (0.1 + 0.2, "0.3"),
            (112.416_000_000_000_01, "112.416"),
            (1234.5678, "1234.5678"),
            (0.000_012_5, "0.0000125"),
            (-0.5, "-0.5"),
            (123_456_789_012_345.0, "123456789012345"),
            (1_234_567_890_123_456.0, "1234567890123460"),
            (1e20, "100000000000000000000"),
            (1e21, "1E+21"),
            (2.5e300, "2.5E+300"),
            (1.5e-12, "1.5E-12"),
            (9_999_999_999_999_998.0, "10000000000000000"),
            (100.0, "100"),
            (1e-10, "0.0000000001"),
        ] {
            assert_eq!(number(value), shown);
        }
    }

    #[test]
    fn what_is_written_back_is_the_same_number_up_to_15_digits() {
        for bits in (0..u64::MAX).step_by(usize::MAX / 10_007) {
            let value = f64::from_bits(bits);
            if value.is_finite() {
                let back: f64 = number(value).parse().unwrap();
                let difference = ((back - value) / value).abs();
                assert!(
                    value == 0.0 || difference < 1e-14 || value.abs() < 1e-300,
                    "{value:e}"
                );
            }
        }
    }
}
