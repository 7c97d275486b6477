//! What an entry says, as one text that is equal where the content is.

use std::collections::HashMap;
use std::fmt::Write as _;

use chrono::Datelike as _;
use ehr_crypto::Digest;
use ehr_model::element::Leaf;
use ehr_model::record::{Record, RecordId};
use ehr_model::value::PartialDate;

use super::identity::identity;
use crate::walk;

/// What of an entry is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// Everything, identifiers too.
    Whole,
    /// Everything but identifiers: each system gives its own.
    All,
    /// Everything but dates and times.
    ButDates,
    /// Everything but what the entry is about.
    ButMeaning,
}

/// What an entry says. References count by the ids of the target, where `counterparts` knows them;
/// without counterparts they are left out.
pub(super) fn content(
    record: &Record,
    part: Part,
    counterparts: Option<&HashMap<RecordId, RecordId>>,
) -> String {
    let meaning = identity(record.kind()).meaning;
    let mut out = String::new();
    walk::leaves(record.resource.element(), &mut |path, leaf| {
        let identifies = path.passes("identifier") || path.passes("masterIdentifier");
        if identifies && part != Part::Whole {
            return;
        }
        if part == Part::ButDates && matches!(leaf, Leaf::Date(_)) {
            return;
        }
        if part == Part::ButMeaning && meaning.contains(&path.top()) {
            return;
        }
        let value = match leaf {
            Leaf::Target(_, id) => match counterparts {
                Some(known) => known.get(id).unwrap_or(id).to_string(),
                None => return,
            },
            Leaf::Text(text) => match normalise(text) {
                Some(text) => text,
                None => return,
            },
            leaf => leaf_key(leaf),
        };
        let _ = writeln!(out, "{path}={value}");
    });
    out
}

/// Words without regard to case and space; nothing where there are none.
pub(crate) fn normalise(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase));
    }
    (!out.is_empty()).then_some(out)
}

/// A leaf as text, equal where the amount, the point in time or the bytes are.
pub(crate) fn leaf_key(leaf: &Leaf<'_>) -> String {
    match leaf {
        Leaf::Text(text) => text.trim().to_owned(),
        Leaf::Boolean(value) => value.to_string(),
        Leaf::Integer(value) => value.to_string(),
        Leaf::Decimal(value) => match value.value() {
            Some(amount) => amount.to_string(),
            None => value.expose().to_owned(),
        },
        Leaf::Date(date) => instant(date),
        Leaf::Bytes(bytes) => Digest::sha256(bytes).to_string(),
        Leaf::Target(_, id) => id.to_string(),
        _ => String::new(),
    }
}

/// A point in time with an offset is the same one whatever the offset: minutes of UTC, and the rest.
fn instant(date: &PartialDate) -> String {
    let iso = date.to_iso();
    let Some(offset) = date.offset_minutes().filter(|_| date.has_time()) else {
        return iso;
    };
    let number = |range| {
        iso.get(range)
            .and_then(|digits: &str| digits.parse::<i64>().ok())
    };
    let (Some(hour), Some(minute)) = (number(11..13), number(14..16)) else {
        return iso;
    };
    let days = i64::from(date.earliest().num_days_from_ce());
    let minutes = days * 1440 + hour * 60 + minute - i64::from(offset);
    let rest = &iso[16..];
    let seconds = rest.find(['Z', '+', '-']).map_or(rest, |end| &rest[..end]);
    format!("{minutes}{seconds}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_in_time_is_the_same_at_any_offset() {
        let key = |text| instant(&PartialDate::parse(text).unwrap());
        let utc = key("2020-01-01T00:30:15Z");
        assert_eq!(utc, key("2019-12-31T19:30:15-05:00"));
        assert_ne!(utc, key("2020-01-01T00:30:16Z"));
        assert_ne!(utc, key("2020-01-01T00:30:15"));
        assert_ne!(key("2020"), key("2020-01-01"));
    }

    #[test]
    fn words_are_the_same_whatever_case_and_space() {
        assert_eq!(normalise("  Peanut\n butter "), normalise("peanut Butter"));
        assert_eq!(normalise(" \t"), None);
    }
}
