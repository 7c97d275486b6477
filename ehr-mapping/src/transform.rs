//! Named transforms: the closed list of what may happen to a value between source and field.

mod amount;
mod date_format;
mod gs1;
#[cfg(test)]
mod tests;
mod value;

pub(crate) use date_format::DateFormat;
pub(crate) use value::{Value, ValueKind};

use amount::{plain_amount, split_comparator, without_thousands};

use std::borrow::Cow;

use ehr_model::value::Decimal;

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

fn borrowed_or_owned<'a>(
    text: Cow<'a, str>,
    part: impl for<'t> Fn(&'t str) -> &'t str,
) -> Cow<'a, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(part(text)),
        Cow::Owned(text) => Cow::Owned(part(&text).to_owned()),
    }
}

fn split_last_word(text: &str) -> (&str, &str) {
    let text = text.trim();
    text.rsplit_once(char::is_whitespace)
        .map_or(("", text), |(words, last)| (words.trim_end(), last))
}
