//! `[document]` and `[csv]`.

use crate::csv::{Dialect, Escape};
use crate::document::read::{Mistakes, Table as TomlTable};
use crate::format::Format;

/// The format of documents that read several.
const MIXED: &str = "mixed";

#[derive(Default)]
pub(super) struct Head {
    /// The format of its tables; `None` for documents of several formats.
    pub(super) format: Option<Format>,
    pub(super) name: String,
    pub(super) version: String,
    pub(super) title: String,
    pub(super) system: String,
    pub(super) time_zone: Option<i16>,
    pub(super) missing: Vec<String>,
    pub(super) keep_uuids: bool,
}

pub(super) fn head(root: &TomlTable<'_, '_>, mistakes: &Mistakes<'_>) -> Head {
    let Some(table) = root.table("document", "`document`") else {
        if root.get("document").is_none() {
            mistakes.add(0..0, "the document needs a head: `[document]`");
        }
        return Head::default();
    };
    table.only(&[
        "name",
        "version",
        "title",
        "format",
        "system",
        "time-zone",
        "missing",
        "extends",
        "keep-uuids",
    ]);
    let text = |key: &str| {
        table
            .required_str(key)
            .map_or(String::new(), |text| text.text.to_owned())
    };
    let format = table.required_str("format").and_then(|name| {
        let format = Format::from_name(name.text);
        if format.is_none() && name.text != MIXED {
            let names: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
            mistakes.add(
                name.span,
                format!(
                    "there is no reader for format `{}`; there are {}, and {MIXED} for several",
                    name.text,
                    names.join(", ")
                ),
            );
        }
        format
    });
    let time_zone = table.str("time-zone").and_then(|zone| {
        let minutes = offset_minutes(zone.text);
        if minutes.is_none() {
            mistakes.add(
                zone.span,
                "a time zone is `Z` or an offset such as `-05:00`",
            );
        }
        minutes
    });
    Head {
        format,
        keep_uuids: table.bool("keep-uuids", false),
        name: text("name"),
        version: text("version"),
        title: table
            .str("title")
            .map_or(String::new(), |title| title.text.to_owned()),
        system: text("system"),
        time_zone,
        missing: table
            .strs("missing")
            .iter()
            .map(|word| word.text.to_owned())
            .collect(),
    }
}

pub(super) fn dialect(root: &TomlTable<'_, '_>, mistakes: &Mistakes<'_>) -> Dialect {
    let default = Dialect::default();
    let Some(table) = root.table("csv", "`csv`") else {
        return default;
    };
    table.only(&["delimiter", "quote", "escape", "encoding", "header"]);
    let delimiter = table
        .str("delimiter")
        .map_or(default.delimiter(), |delimiter| {
            match delimiter.text.as_bytes() {
                [byte] => *byte,
                _ => {
                    mistakes.add(delimiter.span, "the delimiter is one ASCII character");
                    default.delimiter()
                }
            }
        });
    let quote = table
        .str("quote")
        .map_or(default.quote(), |quote| match quote.text.as_bytes() {
            [] => None,
            [byte] => Some(*byte),
            _ => {
                mistakes.add(quote.span, "the quote is one ASCII character, or empty");
                None
            }
        });
    let escape = table
        .str("escape")
        .map_or(default.escape(), |escape| match escape.text {
            "doubled" => Escape::Doubled,
            "backslash" => Escape::Backslash,
            _ => {
                mistakes.add(escape.span, "`escape` is `doubled` or `backslash`");
                default.escape()
            }
        });
    let dialect = Dialect::new(delimiter, quote, escape).unwrap_or_else(|error| {
        mistakes.add(table.span.clone(), error.to_string());
        default
    });
    let dialect = match table.str("encoding") {
        None => dialect,
        Some(label) => match encoding_rs::Encoding::for_label(label.text.as_bytes()) {
            None => {
                mistakes.add(label.span, format!("there is no encoding `{}`", label.text));
                dialect
            }
            Some(encoding) => dialect.with_encoding(encoding).unwrap_or_else(|error| {
                mistakes.add(label.span, error.to_string());
                dialect
            }),
        },
    };
    dialect.with_header(table.bool("header", true))
}

fn offset_minutes(zone: &str) -> Option<i16> {
    if zone == "Z" {
        return Some(0);
    }
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes): (i16, i16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}
