//! Named transforms: the closed list of what may happen to a value between source and field.

mod date_format;
mod gs1;

pub(crate) use date_format::DateFormat;

use std::borrow::Cow;
use std::fmt;

use ehr_model::value::{DataAbsentReason, Decimal, PartialDate};

/// A value on its way through transforms. `Debug` shows the type only.
#[derive(Clone, PartialEq)]
pub(crate) enum Value<'a> {
    Text(Cow<'a, str>),
    Date(PartialDate),
    Decimal(Decimal),
    Integer(i64),
    Boolean(bool),
    List(Vec<Cow<'a, str>>),
    /// There is nothing left, and that is an answer: a result without a comparator has none.
    Nothing,
    /// The source says why there is no value.
    Absent(DataAbsentReason),
}

/// The type of a value, for the checks at load time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    Text,
    Date,
    Decimal,
    Integer,
    Boolean,
    List,
}

/// One step between a source value and a field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Transform {
    Trim,
    Upper,
    Lower,
    CollapseSpaces,
    Digits,
    Prefix(String),
    StripPrefix(String),
    StripSuffix(String),
    Date(Vec<DateFormat>),
    /// The first of the hundred years that `YY` may mean, for the date formats behind it.
    TwoDigitYears(u16),
    DatePart,
    Decimal,
    DecimalComma,
    Money,
    Integer,
    Boolean {
        yes: Vec<String>,
        no: Vec<String>,
    },
    Split(String),
    Gs1(String),
    Gs1Date,
    Zip,
    Comparator,
    AfterComparator,
    LastWord,
    AllButLastWord,
    /// The key that a FHIR reference means, if it is one to this type, or to any.
    ReferenceKey(Option<String>),
}

/// What a chain of transforms did besides the value.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Trace {
    /// How often [`Transform::DatePart`] dropped a time of day.
    pub(crate) dropped: u64,
    /// The alternative that read the value, of those that the chain has.
    pub(crate) branch: Option<u16>,
}

/// A value does not read as what the transform expects. Carries nothing of the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable;

/// The policy under which [`Transform::DatePart`] counts what it dropped.
pub(crate) const DATE_PART_POLICY: &str = "time of day dropped where the field takes a date";

impl Transform {
    /// Reads a list such as `["two-digit-years(1930)", "date(MM/DD/YY)"]`; the error is for people.
    pub(crate) fn parse_one(text: &str) -> Result<Self, String> {
        let (name, arguments) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => {
                let inner = rest
                    .strip_suffix(')')
                    .ok_or_else(|| format!("`{text}` lacks its closing parenthesis"))?;
                (name, Some(inner))
            }
        };
        let none = |transform| match arguments {
            None => Ok(transform),
            Some(_) => Err(format!("`{name}` takes nothing in parentheses")),
        };
        let one =
            |what: &str| arguments.ok_or_else(|| format!("`{name}` needs {what} in parentheses"));
        match name {
            "trim" => none(Self::Trim),
            "upper" => none(Self::Upper),
            "lower" => none(Self::Lower),
            "collapse-spaces" => none(Self::CollapseSpaces),
            "digits" => none(Self::Digits),
            "prefix" => Ok(Self::Prefix(one("a text")?.to_owned())),
            "strip-prefix" => Ok(Self::StripPrefix(one("a text")?.to_owned())),
            "strip-suffix" => Ok(Self::StripSuffix(one("a text")?.to_owned())),
            "date" => {
                let formats = one("formats")?
                    .split(',')
                    .map(|format| DateFormat::parse(format.trim()));
                Ok(Self::Date(formats.collect::<Result<_, _>>()?))
            }
            "two-digit-years" => {
                let year = one("the first year")?;
                year.parse()
                    .map(Self::TwoDigitYears)
                    .map_err(|_| format!("`{year}` is no year"))
            }
            "date-part" => none(Self::DatePart),
            "decimal" => none(Self::Decimal),
            "decimal-comma" => none(Self::DecimalComma),
            "money" => none(Self::Money),
            "integer" => none(Self::Integer),
            "boolean" => {
                let words = one("words, as in `boolean(Y/N)`")?;
                let (yes, no) = words
                    .split_once('/')
                    .ok_or("`boolean` separates true and false by `/`")?;
                let list = |words: &str| {
                    words
                        .split(',')
                        .map(|word| word.trim().to_owned())
                        .collect::<Vec<_>>()
                };
                let (yes, no) = (list(yes), list(no));
                match yes.iter().find(|word| no.contains(word)) {
                    Some(word) => Err(format!("`{word}` cannot mean both true and false")),
                    None => Ok(Self::Boolean { yes, no }),
                }
            }
            "split" => match one("a separator")? {
                "" => Err("`split` needs a separator in parentheses".to_owned()),
                separator => Ok(Self::Split(separator.to_owned())),
            },
            "gs1" => Ok(Self::Gs1(one("an application identifier")?.to_owned())),
            "gs1-date" => none(Self::Gs1Date),
            "zip" => none(Self::Zip),
            "comparator" => none(Self::Comparator),
            "after-comparator" => none(Self::AfterComparator),
            "last-word" => none(Self::LastWord),
            "all-but-last-word" => none(Self::AllButLastWord),
            "reference-key" => Ok(Self::ReferenceKey(arguments.map(str::to_owned))),
            _ => Err(format!("there is no transform `{name}`")),
        }
    }

    /// The type that comes out, given the type that goes in; the error is for people.
    pub(crate) fn output(&self, input: ValueKind) -> Result<ValueKind, String> {
        let wanted = match self {
            Self::DatePart => ValueKind::Date,
            _ => ValueKind::Text,
        };
        if input != wanted {
            return Err(format!(
                "this transform takes {}, and {} arrives here",
                wanted.with_article(),
                input.with_article()
            ));
        }
        Ok(match self {
            Self::Date(_) | Self::DatePart | Self::Gs1Date => ValueKind::Date,
            Self::Decimal | Self::DecimalComma | Self::Money => ValueKind::Decimal,
            Self::Integer => ValueKind::Integer,
            Self::Boolean { .. } => ValueKind::Boolean,
            Self::Split(_) => ValueKind::List,
            _ => ValueKind::Text,
        })
    }

    /// Whether it reads years of two digits, which say no century.
    pub(crate) fn reads_short_years(&self) -> bool {
        matches!(self, Self::Date(formats) if formats.iter().any(DateFormat::has_short_year))
    }

    /// Applies a chain, and notes what it did.
    pub(crate) fn apply_all<'a>(
        chain: &[Self],
        value: Value<'a>,
        trace: &mut Trace,
    ) -> Result<Value<'a>, Unreadable> {
        let mut value = value;
        let mut first_year = None;
        for transform in chain {
            value = match (transform, value) {
                (Self::TwoDigitYears(year), value) => {
                    first_year = Some(*year);
                    value
                }
                (Self::Date(formats), Value::Text(text)) => {
                    let mut numbered = (0u16..).zip(formats);
                    let read = numbered.find_map(|(number, format)| {
                        Some((number, format.read(text.trim(), first_year)?))
                    });
                    let (number, date) = read.ok_or(Unreadable)?;
                    if formats.len() > 1 {
                        trace.branch = Some(number);
                    }
                    Value::Date(date)
                }
                (Self::DatePart, Value::Date(date)) => {
                    trace.dropped += u64::from(date.has_time());
                    Value::Date(date.date_part())
                }
                (transform, Value::Text(text)) => {
                    let value = transform.apply_to_text(text)?;
                    if let Value::Boolean(value) = value {
                        trace.branch = Some(u16::from(!value));
                    }
                    value
                }
                (_, value @ (Value::Nothing | Value::Absent(_))) => value,
                _ => return Err(Unreadable),
            };
        }
        Ok(value)
    }

    fn apply_to_text<'a>(&self, text: Cow<'a, str>) -> Result<Value<'a>, Unreadable> {
        let decimal = |text: &str| {
            Decimal::parse(text)
                .map(Value::Decimal)
                .map_err(|_| Unreadable)
        };
        Ok(match self {
            Self::Trim => Value::Text(borrowed_or_owned(text, |text| text.trim())),
            Self::Upper => Value::Text(text.to_uppercase().into()),
            Self::Lower => Value::Text(text.to_lowercase().into()),
            Self::CollapseSpaces => {
                Value::Text(text.split_whitespace().collect::<Vec<_>>().join(" ").into())
            }
            Self::Digits => Value::Text(
                text.chars()
                    .filter(char::is_ascii_digit)
                    .collect::<String>()
                    .into(),
            ),
            Self::Prefix(prefix) => Value::Text(format!("{prefix}{text}").into()),
            Self::StripPrefix(prefix) => Value::Text(borrowed_or_owned(text, |text| {
                text.strip_prefix(prefix.as_str()).unwrap_or(text)
            })),
            Self::StripSuffix(suffix) => Value::Text(borrowed_or_owned(text, |text| {
                text.strip_suffix(suffix.as_str()).unwrap_or(text)
            })),
            Self::Decimal => decimal(text.trim())?,
            Self::DecimalComma => {
                let swapped = text.trim().chars().map(|c| match c {
                    '.' => ',',
                    ',' => '.',
                    other => other,
                });
                let swapped: String = swapped.collect();
                decimal(&without_thousands(&swapped).ok_or(Unreadable)?)?
            }
            Self::Money => decimal(&plain_amount(text.trim()).ok_or(Unreadable)?)?,
            Self::Integer => Value::Integer(text.trim().parse().map_err(|_| Unreadable)?),
            Self::Boolean { yes, no } => {
                let said = |words: &[String]| {
                    words
                        .iter()
                        .any(|word| word.eq_ignore_ascii_case(text.trim()))
                };
                match (said(yes), said(no)) {
                    (true, false) => Value::Boolean(true),
                    (false, true) => Value::Boolean(false),
                    _ => return Err(Unreadable),
                }
            }
            Self::Split(separator) => Value::List(
                text.split(separator.as_str())
                    .map(str::trim)
                    .filter(|part| !part.is_empty())
                    .map(|part| Cow::Owned(part.to_owned()))
                    .collect(),
            ),
            Self::Gs1(identifier) => match gs1::element(&text, identifier) {
                Ok(Some(value)) => Value::Text(value.to_owned().into()),
                Ok(None) => Value::Nothing,
                Err(Unreadable) => return Err(Unreadable),
            },
            Self::Gs1Date => Value::Date(gs1::date(&text)?),
            Self::Zip => match text.trim() {
                zip if zip.len() == 9 && zip.bytes().all(|b| b.is_ascii_digit()) => {
                    Value::Text(format!("{}-{}", &zip[..5], &zip[5..]).into())
                }
                zip => Value::Text(zip.to_owned().into()),
            },
            Self::Comparator => match split_comparator(text.trim()).0 {
                "" => Value::Nothing,
                comparator => Value::Text(comparator.to_owned().into()),
            },
            Self::AfterComparator => Value::Text(split_comparator(text.trim()).1.to_owned().into()),
            Self::LastWord => Value::Text(split_last_word(&text).1.to_owned().into()),
            Self::AllButLastWord => match split_last_word(&text).0 {
                "" => Value::Nothing,
                words => Value::Text(words.to_owned().into()),
            },
            Self::ReferenceKey(resource_type) => {
                match crate::fhir::reference_key(&text, resource_type.as_deref()) {
                    Some(key) => Value::Text(key.into()),
                    None => Value::Nothing,
                }
            }
            Self::Date(_) | Self::TwoDigitYears(_) | Self::DatePart => return Err(Unreadable),
        })
    }
}

impl fmt::Debug for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Date(_) => "Date(..)",
            Self::Decimal(_) => "Decimal(..)",
            Self::Integer(_) => "Integer(..)",
            Self::Boolean(_) => "Boolean(..)",
            Self::List(_) => "List(..)",
            Self::Nothing => "Nothing",
            Self::Absent(_) => "Absent",
        })
    }
}

impl ValueKind {
    /// The word for people.
    pub(crate) fn with_article(self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Date => "a date",
            Self::Decimal => "a decimal",
            Self::Integer => "an integer",
            Self::Boolean => "a boolean",
            Self::List => "a list",
        }
    }
}

fn borrowed_or_owned<'a>(
    text: Cow<'a, str>,
    part: impl for<'t> Fn(&'t str) -> &'t str,
) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(part(text)),
        Cow::Owned(text) => Cow::Owned(part(&text).to_owned()),
    }
}

/// `$1,234.50` without the dollar and the separators.
fn plain_amount(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (sign, rest) = match rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inner) if sign.is_empty() => ("-", inner), // accountants write negative amounts in parentheses
        _ => (sign, rest),
    };
    let rest = rest.strip_prefix('$').unwrap_or(rest);
    without_thousands(rest).map(|rest| format!("{sign}{rest}"))
}

/// `1,234.50` without the separators; `None` unless they stand every three digits.
fn without_thousands(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = rest
        .split_once('.')
        .map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    if whole.contains(',')
        && (first.is_empty() || first.len() > 3 || !groups.all(|group| group.len() == 3))
    {
        return None;
    }
    let whole = whole.replace(',', "");
    Some(match fraction {
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{whole}"),
    })
}

fn split_last_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.rsplit_once(char::is_whitespace)
        .map_or(("", text), |(words, last)| (words.trim_end(), last))
}

fn split_comparator(text: &str) -> (&str, &str) {
    for comparator in ["<=", ">=", "<", ">"] {
        if let Some(rest) = text.strip_prefix(comparator) {
            return (comparator, rest.trim_start());
        }
    }
    ("", text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(chain: &[&str], text: &str) -> Result<Value<'static>, Unreadable> {
        let chain: Vec<_> = chain
            .iter()
            .map(|one| Transform::parse_one(one).unwrap())
            .collect();
        Transform::apply_all(
            &chain,
            Value::Text(text.to_owned().into()),
            &mut Trace::default(),
        )
    }

    fn text(value: Result<Value<'_>, Unreadable>) -> String {
        match value {
            Ok(Value::Text(text)) => text.into_owned(),
            Ok(Value::Date(date)) => date.to_iso(),
            Ok(Value::Decimal(decimal)) => decimal.expose().to_owned(),
            Ok(Value::Nothing) => "nothing".to_owned(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn text_to_text() {
        assert_eq!(text(run(&["trim", "upper"], " ab ")), "AB");
        assert_eq!(text(run(&["collapse-spaces"], " a  b ")), "a b");
        assert_eq!(text(run(&["digits"], "(617) 555-0142")), "6175550142");
        assert_eq!(text(run(&["strip-prefix(LEG-)"], "LEG-7")), "7");
        assert_eq!(text(run(&["zip"], "020611630")), "02061-1630");
        assert_eq!(text(run(&["zip"], "02061")), "02061");
        assert_eq!(text(run(&["last-word"], "Ann Marie Roe")), "Roe");
        assert_eq!(
            text(run(&["all-but-last-word"], "Ann Marie Roe")),
            "Ann Marie"
        );
        assert_eq!(text(run(&["all-but-last-word"], "Roe")), "nothing");
    }

    #[test]
    fn dates_keep_the_precision_of_their_format() {
        assert_eq!(text(run(&["date(MM/DD/YYYY)"], "02/03/2021")), "2021-02-03");
        assert_eq!(
            text(run(&["date(M/D/YYYY, MM/YYYY, YYYY)"], "07/1999")),
            "1999-07"
        );
        assert_eq!(
            text(run(
                &["two-digit-years(1930)", "date(MM/DD/YY)"],
                "02/03/29"
            )),
            "2029-02-03"
        );
        assert_eq!(
            text(run(
                &["two-digit-years(1930)", "date(MM/DD/YY)"],
                "02/03/30"
            )),
            "1930-02-03"
        );
        assert_eq!(run(&["date(MM/DD/YY)"], "02/03/29"), Err(Unreadable));
        assert_eq!(run(&["date(MM/DD/YYYY)"], "02/30/2021"), Err(Unreadable));
        assert_eq!(
            text(run(
                &["date(MM/DD/YYYY hh:mm)", "date-part"],
                "02/03/2021 14:05"
            )),
            "2021-02-03"
        );
    }

    #[test]
    fn numbers_are_exact_or_refused() {
        assert_eq!(text(run(&["money"], "$1,234.50")), "1234.50");
        assert_eq!(text(run(&["money"], "(12.00)")), "-12.00");
        assert_eq!(run(&["money"], "1,23.50"), Err(Unreadable));
        assert_eq!(text(run(&["decimal-comma"], "1.234,5")), "1234.5");
        assert_eq!(run(&["decimal"], "12 mg"), Err(Unreadable));
    }

    #[test]
    fn comparators_are_told_from_numbers() {
        assert_eq!(text(run(&["comparator"], "<0.5")), "<");
        assert_eq!(text(run(&["comparator"], "0.5")), "nothing");
        assert_eq!(text(run(&["after-comparator", "decimal"], ">= 60")), "60");
    }

    #[test]
    fn references_become_keys_of_their_type() {
        let key = |via: &str, reference: &str| text(run(&[via], reference));
        for (reference, patient, any) in [
            ("Patient/p1", "Patient/p1", "Patient/p1"),
            (
                "https://x.example/r4/Patient/p1/_history/2",
                "Patient/p1",
                "Patient/p1",
            ),
            ("Group/g1", "nothing", "Group/g1"),
            ("urn:uuid:0A1B", "Patient/0a1b", "nothing"),
            ("#p1", "nothing", "nothing"),
            ("Patient?identifier=x|1", "nothing", "nothing"),
        ] {
            assert_eq!(
                key("reference-key(Patient)", reference),
                patient,
                "{reference}"
            );
            assert_eq!(key("reference-key", reference), any, "{reference}");
        }
    }

    #[test]
    fn booleans_take_their_words_only() {
        assert_eq!(run(&["boolean(Y,1/N,0)"], "y"), Ok(Value::Boolean(true)));
        assert_eq!(run(&["boolean(Y,1/N,0)"], "maybe"), Err(Unreadable));
        assert!(Transform::parse_one("boolean(Y/Y)").is_err());
    }

    #[test]
    fn mistakes_in_a_chain_are_explained() {
        assert_eq!(
            Transform::parse_one("shout").unwrap_err(),
            "there is no transform `shout`"
        );
        assert_eq!(
            Transform::parse_one("trim(x)").unwrap_err(),
            "`trim` takes nothing in parentheses"
        );
        assert_eq!(
            Transform::parse_one("date").unwrap_err(),
            "`date` needs formats in parentheses"
        );
        let wrong = Transform::DatePart.output(ValueKind::Text).unwrap_err();
        assert_eq!(
            wrong,
            "this transform takes a date, and a text arrives here"
        );
    }
}
