//! What one value looks like.

use ehr_model::profile::ValueShape;

use super::date::WrittenDate;

/// Spellings of "nothing", in small letters.
const MISSING_WORDS: [&str; 20] = [
    "null",
    "nil",
    "n/a",
    "na",
    "none",
    "\\n",
    "nan",
    "unknown",
    "unk",
    "not available",
    "not applicable",
    "not recorded",
    "unspecified",
    "-",
    "--",
    ".",
    "?",
    "tbd",
    "#n/a",
    "(null)",
];

/// Words that mean yes and no, in small letters.
const BOOLEANS: [&str; 8] = ["y", "n", "yes", "no", "true", "false", "t", "f"];

/// A phrase is at most so long; longer texts are sentences.
const PHRASE: usize = 80;

pub(super) enum Seen {
    /// A spelling of "nothing".
    Missing,
    Date(WrittenDate),
    Is(ValueShape),
}

pub(super) fn look_at(value: &str) -> Seen {
    if value.len() <= 14 {
        let lower = value.to_ascii_lowercase();
        if MISSING_WORDS.contains(&lower.as_str()) {
            return Seen::Missing;
        }
        if BOOLEANS.contains(&lower.as_str()) {
            return Seen::Is(ValueShape::Boolean);
        }
    }
    if let Some(date) = WrittenDate::read(value) {
        return Seen::Date(date);
    }
    Seen::Is(shape(value))
}

fn shape(value: &str) -> ValueShape {
    if is_uuid(value) {
        ValueShape::Uuid
    } else if let Some(shape) = number(value) {
        shape
    } else if is_time(value) {
        ValueShape::Time
    } else if value.contains(char::is_whitespace) {
        match value.len() {
            ..=PHRASE => ValueShape::Words,
            _ => ValueShape::Narrative,
        }
    } else if is_email(value) {
        ValueShape::Email
    } else if value.contains("://") || value.starts_with("www.") {
        ValueShape::Url
    } else if value.len() > PHRASE {
        ValueShape::Narrative
    } else if value.bytes().any(|byte| byte.is_ascii_digit()) || value.len() <= 12 {
        ValueShape::Code
    } else {
        ValueShape::Words
    }
}

fn is_uuid(value: &str) -> bool {
    value.len() == 36
        && value.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

fn number(value: &str) -> Option<ValueShape> {
    let digits = value.strip_prefix(['-', '+']).unwrap_or(value);
    let all = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match digits.split_once('.') {
        None if all(digits) => Some(ValueShape::Integer),
        Some((whole, part)) if (all(whole) || whole.is_empty()) && all(part) => {
            Some(ValueShape::Decimal)
        }
        _ => None,
    }
}

fn is_time(value: &str) -> bool {
    let bytes = value.as_bytes();
    let two = |at: usize| {
        bytes
            .get(at..at + 2)
            .is_some_and(|pair| pair.iter().all(u8::is_ascii_digit))
    };
    two(0)
        && bytes.get(2) == Some(&b':')
        && two(3)
        && (bytes.len() == 5 || bytes.len() >= 8 && bytes[5] == b':' && two(6))
}

fn is_email(value: &str) -> bool {
    value.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !host.contains('@') && !host.ends_with('.')
    })
}

/// Whether a value shows that UTF-8 was read as Windows-1252 somewhere: `Ã©`, `â€™`, `Â°`.
pub(super) fn is_mojibake(value: &str) -> bool {
    let mut before = '\0';
    for letter in value.chars() {
        let continues = matches!(letter, '\u{80}'..='\u{bf}')
            || matches!(
                letter,
                '€' | '‚'
                    | 'ƒ'
                    | '„'
                    | '…'
                    | '†'
                    | '‡'
                    | 'ˆ'
                    | '‰'
                    | 'Š'
                    | '‹'
                    | 'Œ'
                    | 'Ž'
                    | '‘'
                    | '’'
                    | '“'
                    | '”'
                    | '•'
                    | '–'
                    | '—'
                    | '˜'
                    | '™'
                    | 'š'
                    | '›'
                    | 'œ'
                    | 'ž'
                    | 'Ÿ'
            );
        if continues && matches!(before, 'Â' | 'Ã' | 'â' | 'Å' | 'Ä') {
            return true;
        }
        before = letter;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_look_like_what_they_are() {
        for (value, shape) in [
            ("b37f7960-7e9e-f3f7-f891-79ae4f632406", ValueShape::Uuid),
            ("-12", ValueShape::Integer),
            ("1.50", ValueShape::Decimal),
            ("08:30", ValueShape::Time),
            ("ada@example.org", ValueShape::Email),
            ("https://example.org", ValueShape::Url),
            ("E11.9", ValueShape::Code),
            ("Y", ValueShape::Boolean),
            ("Essential hypertension", ValueShape::Words),
        ] {
            let Seen::Is(found) = look_at(value) else {
                panic!("{value}")
            };
            assert_eq!(found, shape, "{value}");
        }
        assert!(matches!(look_at("N/A"), Seen::Missing));
        assert!(matches!(look_at("2020-01-31"), Seen::Date(_)));
    }

    #[test]
    fn broken_letters_are_told_from_whole_ones() {
        for broken in ["JosÃ©", "itâ€™s", "37 Â°C"] {
            assert!(is_mojibake(broken), "{broken}");
        }
        for whole in ["José", "château", "37 °C", "it’s", "Ångström"] {
            assert!(!is_mojibake(whole), "{whole}");
        }
    }
}
