//! What the format of a cell says about its number.

/// A number format, as far as it changes what a number means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Format {
    /// Whether a year, month or day is shown.
    pub(super) date: bool,
    /// Whether an hour or second is shown.
    pub(super) time: bool,
    /// Zeros and characters between them, as in `00000` for a ZIP code; `None` if anything else.
    pub(super) digits: Option<String>,
}

impl Format {
    /// Reads the first section of a format code, which is for positive numbers.
    pub(super) fn parse(code: &str) -> Self {
        let (mut month, mut day, mut clock) = (false, false, false);
        let mut digits = Some(String::new());
        let mut characters = code.chars();
        while let Some(character) = characters.next() {
            let literal = match character {
                ';' => break,
                '"' => characters.by_ref().take_while(|c| *c != '"').collect(),
                '\\' => characters.next().map(String::from).unwrap_or_default(),
                // a space as wide as the next character, or the next one as often as it fits
                '_' | '*' => {
                    characters.next();
                    digits = None;
                    continue;
                }
                '[' => {
                    let inner: String = characters.by_ref().take_while(|c| *c != ']').collect();
                    clock |= matches!(
                        &*inner.to_ascii_lowercase(),
                        "h" | "hh" | "m" | "mm" | "s" | "ss"
                    );
                    digits = None;
                    continue;
                }
                '0' | '-' | '(' | ')' | ' ' | '/' => String::from(character),
                other => {
                    match other.to_ascii_lowercase() {
                        'y' | 'd' => day = true,
                        'm' => month = true,
                        'h' | 's' => clock = true,
                        _ => {}
                    }
                    digits = None;
                    continue;
                }
            };
            // a literal zero would be taken for a place
            if literal.contains('0') && character != '0' {
                digits = None;
            }
            if let Some(digits) = &mut digits {
                digits.push_str(&literal);
            }
        }
        Self {
            date: day || (month && !clock),
            time: clock,
            digits: digits.filter(|digits| digits.matches('0').count() > 1),
        }
    }

    /// A whole number as it is shown, with its leading zeros.
    pub(super) fn show(&self, number: u64) -> Option<String> {
        let pattern = self.digits.as_ref()?;
        let number = number.to_string();
        let places = pattern.matches('0').count();
        let padded = format!("{number:0>places$}");
        let (mut surplus, mut rest) = padded.split_at(padded.len() - places);
        let mut shown = String::new();
        for character in pattern.chars() {
            if character == '0' {
                // what has no place stands before the first one
                shown.push_str(std::mem::take(&mut surplus));
                let (digit, behind) = rest.split_at(1);
                shown.push_str(digit);
                rest = behind;
            } else {
                shown.push(character);
            }
        }
        Some(shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_say_date_time_or_digits() {
        let say = |code| {
            let format = Format::parse(code);
            (format.date, format.time, format.digits)
        };
        let date = (true, false, None);
        for code in [
            "m/d/yyyy",
            "mm-dd-yy",
            "yyyy\\-mm\\-dd",
            "mmm-yy",
            "[$-409]d-mmm-yy;@",
            "mmmm",
        ] {
            assert_eq!(say(code), date, "{code}");
        }
        for code in ["h:mm AM/PM", "mm:ss.0", "[h]:mm:ss"] {
            assert_eq!(say(code), (false, true, None), "{code}");
        }
        assert_eq!(say("m/d/yy h:mm"), (true, true, None));
        assert_eq!(say("General"), (false, false, None));
        assert_eq!(say("0"), (false, false, None));
        assert_eq!(say("0.00"), (false, false, None));
        assert_eq!(say("#,##0"), (false, false, None));
        assert_eq!(say("00000"), (false, false, Some("00000".into())));
        assert_eq!(
            say("000\\-00\\-0000"),
            (false, false, Some("000-00-0000".into()))
        );
    }

    #[test]
    fn leading_zeros_are_shown() {
        let show = |code, number| Format::parse(code).show(number);
        assert_eq!(show("00000", 2139).as_deref(), Some("02139"));
        assert_eq!(
            show("000\\-00\\-0000", 12_345_678).as_deref(),
            Some("012-34-5678")
        );
        assert_eq!(show("00\"x\"00", 12345).as_deref(), Some("123x45"));
        assert_eq!(show("General", 5), None);
    }
}
