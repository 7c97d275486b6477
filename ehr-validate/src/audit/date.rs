//! One date as it is written: its format, its parts, and what its numbers say of their order.

#[cfg(test)]
mod tests;

/// Days that stand for "unknown" in the systems that write them.
const PLACEHOLDERS: [(u16, u8, u8); 13] = [
    (0, 0, 0),
    (1, 1, 1),
    (1111, 11, 11),
    (1600, 1, 1),
    (1700, 1, 1),
    (1753, 1, 1),
    (1800, 1, 1),
    (1899, 12, 30),
    (1899, 12, 31),
    (1900, 1, 1),
    (1901, 1, 1),
    (2999, 12, 31),
    (9999, 12, 31),
];

/// The names of months; the first three letters are the abbreviation.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Years of dates that are written without anything between their digits: other numbers have
/// eight digits too.
const COMPACT_YEARS: std::ops::RangeInclusive<u16> = 1850..=2100;

/// How the parts of a day stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum DayForm {
    /// Year, month, day.
    Iso { separator: char, padded: bool },
    /// Two numbers, of which one is the month, and the year.
    Numbers {
        separator: char,
        padded: bool,
        long_year: bool,
    },
    /// Day, month in letters, year.
    DayName {
        separator: Option<char>,
        padded: bool,
        long_year: bool,
        full: bool,
    },
    /// Month in letters, day, year.
    NameDay {
        comma: bool,
        space: bool,
        full: bool,
    },
    /// Eight digits.
    Compact,
}

/// What follows the day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(super) struct TimeForm(pub(super) String);

/// A date as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WrittenDate {
    pub(super) form: DayForm,
    pub(super) time: TimeForm,
    /// 0 to 99 where the year was written with two digits.
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) day: u8,
}

impl WrittenDate {
    /// Reads a value that is a date and nothing else.
    pub(super) fn read(value: &str) -> Option<Self> {
        let (date, length) = Self::read_start(value, true)?;
        (length == value.len()).then_some(date)
    }

    /// Visits the dates inside of a text. Digits without anything between them are none there.
    pub(super) fn each_inside(text: &str, mut visit: impl FnMut(Self)) {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let begins =
                bytes[at].is_ascii_alphanumeric() && (at == 0 || !is_part_of_number(bytes, at - 1));
            if !begins {
                at += 1;
                continue;
            }
            let found = Self::read_start(&text[at..], false).filter(|(_, length)| {
                let end = at + length;
                let next = |at: usize, is: fn(&u8) -> bool| bytes.get(at).is_some_and(is);
                let goes_on =
                    next(end, |byte| b"/-.".contains(byte)) && next(end + 1, u8::is_ascii_digit);
                !goes_on && !next(end, u8::is_ascii_alphanumeric)
            });
            match found {
                Some((date, length)) => {
                    visit(date);
                    at += length;
                }
                None => {
                    let word = bytes[at..]
                        .iter()
                        .take_while(|byte| byte.is_ascii_alphanumeric());
                    at += word.count().max(1);
                }
            }
        }
    }

    /// A date at the beginning of a text, and how many bytes it takes.
    fn read_start(text: &str, whole: bool) -> Option<(Self, usize)> {
        let bytes = text.as_bytes();
        let first = digits(bytes, 0);
        let (form, (year, month, day), mut at) = match first {
            0 => name_first(bytes)?,
            4 => year_first(bytes)?,
            1 | 2 => day_or_month_first(bytes, first, whole)?,
            8 | 12 | 14 if whole => {
                let (year, month, day) = (
                    number(bytes, 0, 4)?,
                    number(bytes, 4, 2)?,
                    number(bytes, 6, 2)?,
                );
                let known = COMPACT_YEARS.contains(&year)
                    || PLACEHOLDERS.contains(&(year, month as u8, day as u8));
                if !known {
                    return None;
                }
                (DayForm::Compact, (year, month, day), 8)
            }
            _ => return None,
        };
        let (month, day) = (u8::try_from(month).ok()?, u8::try_from(day).ok()?);
        let zero = (year, month, day) == (0, 0, 0);
        let numbers = matches!(form, DayForm::Numbers { .. });
        if !zero && (month == 0 || day == 0 || day > 31 || month > if numbers { 31 } else { 12 }) {
            return None;
        }
        let time = match form {
            DayForm::Compact => compact_time(bytes, &mut at)?,
            _ => time(bytes, &mut at),
        };
        let date = Self {
            form,
            time,
            year,
            month,
            day,
        };
        Some((date, at))
    }

    /// Whether the year has all its digits.
    pub(super) fn has_century(&self) -> bool {
        !matches!(
            self.form,
            DayForm::Numbers {
                long_year: false,
                ..
            } | DayForm::DayName {
                long_year: false,
                ..
            }
        )
    }

    pub(super) fn is_placeholder(&self) -> bool {
        self.has_century() && PLACEHOLDERS.contains(&(self.year, self.month, self.day))
    }

    /// Whether there is such a day; of two numbers, in either order.
    pub(super) fn is_possible(&self) -> bool {
        let year = i32::from(if self.has_century() { self.year } else { 2000 });
        let exists = |month: u8, day: u8| {
            chrono::NaiveDate::from_ymd_opt(year, u32::from(month), u32::from(day)).is_some()
        };
        let numbers = matches!(self.form, DayForm::Numbers { .. });
        exists(self.month, self.day) || numbers && exists(self.day, self.month)
    }
}

/// The digits from a place on.
fn digits(bytes: &[u8], at: usize) -> usize {
    bytes[at.min(bytes.len())..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
}

fn number(bytes: &[u8], at: usize, length: usize) -> Option<u16> {
    let digits = bytes.get(at..at + length)?;
    let text = std::str::from_utf8(digits).ok()?;
    text.bytes()
        .all(|byte| byte.is_ascii_digit())
        .then(|| text.parse().ok())?
}

type Parts = (DayForm, (u16, u16, u16), usize);

/// `2020-01-31`, `2020/1/31`, `2020.01.31`.
fn year_first(bytes: &[u8]) -> Option<Parts> {
    let separator = *bytes.get(4).filter(|byte| b"-/.".contains(byte))?;
    let months = digits(bytes, 5);
    let days_at = 5 + months + 1;
    if !(1..=2).contains(&months) || bytes.get(5 + months) != Some(&separator) {
        return None;
    }
    let days = digits(bytes, days_at);
    if !(1..=2).contains(&days) {
        return None;
    }
    let parts = (
        number(bytes, 0, 4)?,
        number(bytes, 5, months)?,
        number(bytes, days_at, days)?,
    );
    let form = DayForm::Iso {
        separator: char::from(separator),
        padded: months == 2 && days == 2,
    };
    Some((form, parts, days_at + days))
}

/// `01/31/2020`, `31.1.20`, `31 Jan 2020`, `31JAN2020`.
fn day_or_month_first(bytes: &[u8], first: usize, whole: bool) -> Option<Parts> {
    let separator = *bytes.get(first)?;
    if separator.is_ascii_alphabetic() {
        return day_and_name(bytes, first, None, first);
    }
    let next = first + 1;
    if bytes.get(next).is_some_and(u8::is_ascii_alphabetic) {
        return b" -/."
            .contains(&separator)
            .then(|| day_and_name(bytes, next, Some(char::from(separator)), first))?;
    }
    if !b"/-.".contains(&separator) {
        return None;
    }
    let second = digits(bytes, next);
    let year_at = next + second + 1;
    if !(1..=2).contains(&second) || bytes.get(next + second) != Some(&separator) {
        return None;
    }
    let years = digits(bytes, year_at);
    // inside of a text 1.2.10 is a version and 1-2-10 anything
    if years != 4 && (years != 2 || !whole && separator != b'/') {
        return None;
    }
    let parts = (
        number(bytes, year_at, years)?,
        number(bytes, 0, first)?,
        number(bytes, next, second)?,
    );
    let form = DayForm::Numbers {
        separator: char::from(separator),
        padded: first == 2 && second == 2,
        long_year: years == 4,
    };
    Some((form, parts, year_at + years))
}

fn day_and_name(
    bytes: &[u8],
    at: usize,
    separator: Option<char>,
    day_digits: usize,
) -> Option<Parts> {
    let (month, length, full) = month_name(bytes, at)?;
    let mut year_at = at + length;
    if separator.is_some() {
        if bytes.get(year_at) == Some(&b',') || bytes.get(year_at) == Some(&b'.') {
            year_at += 1;
        }
        let between = *bytes.get(year_at)?;
        if !b" -/.".contains(&between) {
            return None;
        }
        year_at += 1;
    }
    let years = digits(bytes, year_at);
    if years != 4 && years != 2 {
        return None;
    }
    let form = DayForm::DayName {
        separator,
        padded: day_digits == 2,
        long_year: years == 4,
        full,
    };
    let parts = (
        number(bytes, year_at, years)?,
        month,
        number(bytes, 0, day_digits)?,
    );
    Some((form, parts, year_at + years))
}

/// `Jan 31, 2020`, `January 31 2020`.
fn name_first(bytes: &[u8]) -> Option<Parts> {
    let (month, length, full) = month_name(bytes, 0)?;
    let mut at = length;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
    }
    if bytes.get(at) != Some(&b' ') {
        return None;
    }
    at += 1;
    let days = digits(bytes, at);
    if !(1..=2).contains(&days) {
        return None;
    }
    let day = number(bytes, at, days)?;
    at += days;
    let comma = bytes.get(at) == Some(&b',');
    at += usize::from(comma);
    let space = bytes.get(at) == Some(&b' ');
    at += usize::from(space);
    (digits(bytes, at) == 4).then_some(())?;
    let form = DayForm::NameDay { comma, space, full };
    Some((form, (number(bytes, at, 4)?, month, day), at + 4))
}

/// The month whose name or abbreviation stands at a place, its length, and whether it is the name.
fn month_name(bytes: &[u8], at: usize) -> Option<(u16, usize, bool)> {
    let length = bytes[at.min(bytes.len())..]
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let word = std::str::from_utf8(&bytes[at..at + length]).ok()?;
    let matches = |name: &str| {
        word.eq_ignore_ascii_case(name)
            || word.eq_ignore_ascii_case(&name[..3])
            || name == "september" && word.eq_ignore_ascii_case("sept")
    };
    let place = MONTHS.iter().position(|name| matches(name))?;
    Some((
        place as u16 + 1,
        length,
        length > 4 || length == MONTHS[place].len() && length > 3,
    ))
}

/// A time behind a day, in the notation of mapping documents; nothing where there is none.
fn time(bytes: &[u8], at: &mut usize) -> TimeForm {
    let mut form = String::new();
    let mut here = *at;
    match bytes.get(here) {
        Some(b'T' | b't') => {
            form.push('T');
            here += 1;
        }
        Some(b' ') => {
            form.push(' ');
            here += 1;
            if bytes[here..].starts_with(b"@ ") {
                form.push_str("@ ");
                here += 2;
            }
        }
        _ => return TimeForm::default(),
    }
    let hours = digits(bytes, here);
    if hours == 4 && form.ends_with("@ ") {
        *at = here + 4;
        return TimeForm(form + "hhmm");
    }
    if !(1..=2).contains(&hours)
        || bytes.get(here + hours) != Some(&b':')
        || digits(bytes, here + hours + 1) != 2
    {
        return TimeForm::default();
    }
    let hour = if hours == 2 { "hh" } else { "h" };
    form.push_str(hour);
    form.push_str(":mm");
    here += hours + 3;
    if bytes.get(here) == Some(&b':') && digits(bytes, here + 1) == 2 {
        form.push_str(":ss");
        here += 3;
        if bytes.get(here) == Some(&b'.') && digits(bytes, here + 1) > 0 {
            form.push_str(".s");
            here += 1 + digits(bytes, here + 1);
        }
    }
    let space = usize::from(bytes.get(here) == Some(&b' '));
    let half = bytes.get(here + space..here + space + 2);
    if half.is_some_and(|half| half.eq_ignore_ascii_case(b"AM") || half.eq_ignore_ascii_case(b"PM"))
    {
        form.push_str(if space == 1 { " AM" } else { "AM" });
        here += space + 2;
    }
    offset(bytes, &mut here, &mut form);
    *at = here;
    TimeForm(form)
}

/// The time of a point that is written in digits only, with its offset.
fn compact_time(bytes: &[u8], at: &mut usize) -> Option<TimeForm> {
    let mut form = String::new();
    match digits(bytes, *at) {
        0 => {}
        4 => form.push_str("hhmm"),
        6 => form.push_str("hhmmss"),
        _ => return None,
    }
    *at += form.len();
    if !form.is_empty() && bytes.get(*at) == Some(&b'.') {
        let decimals = digits(bytes, *at + 1);
        if decimals > 0 {
            form.push_str(".s");
            *at += 1 + decimals;
        }
    }
    offset(bytes, at, &mut form);
    Some(TimeForm(form))
}

fn offset(bytes: &[u8], at: &mut usize, form: &mut String) {
    match bytes.get(*at) {
        Some(b'Z') => {
            form.push('Z');
            *at += 1;
        }
        Some(b'+' | b'-') if digits(bytes, *at + 1) == 4 => {
            form.push_str("+hhmm");
            *at += 5;
        }
        Some(b'+' | b'-')
            if digits(bytes, *at + 1) == 2
                && bytes.get(*at + 3) == Some(&b':')
                && digits(bytes, *at + 4) == 2 =>
        {
            form.push_str("+hh:mm");
            *at += 6;
        }
        _ => {}
    }
}

/// Whether a byte belongs to the number or word that goes on behind it.
fn is_part_of_number(bytes: &[u8], at: usize) -> bool {
    bytes[at].is_ascii_alphanumeric()
        || b"/-.".contains(&bytes[at]) && at > 0 && bytes[at - 1].is_ascii_digit()
}
