//! The draft as TOML.

use std::fmt::Write as _;

use ehr_model::profile::{TableFormat, TableProfile};
use ehr_model::record::Kind;

use super::DraftLine;
use super::kind::Guessed;
use super::synonyms::{self, How};

/// What a line of the draft says of itself.
const REVIEW: &str = "REVIEW";

/// What records need and exports seldom say. `unknown` is a status of FHIR; where there is none,
/// the value is a guess like any other.
const NEEDED: [(Kind, &str, &str); 16] = [
    (Kind::Encounter, "status", "unknown"),
    (Kind::Medication, "status", "unknown"),
    (Kind::Medication, "intent", "order"),
    (Kind::Immunization, "status", "completed"),
    (Kind::Procedure, "status", "unknown"),
    (Kind::Observation, "status", "unknown"),
    (Kind::CarePlan, "status", "unknown"),
    (Kind::CarePlan, "intent", "plan"),
    (Kind::Coverage, "status", "active"),
    (Kind::Claim, "status", "active"),
    (Kind::Claim, "use", "claim"),
    (Kind::Appointment, "status", "booked"),
    (Kind::Document, "status", "current"),
    (
        Kind::Patient,
        "identifier[1].system",
        "http://hl7.org/fhir/sid/us-ssn",
    ),
    (
        Kind::Practitioner,
        "identifier[1].system",
        "http://hl7.org/fhir/sid/us-npi",
    ),
    (
        Kind::Organization,
        "identifier[1].system",
        "http://hl7.org/fhir/sid/us-npi",
    ),
];

pub(super) fn document(tables: &[Guessed<'_>], lines: &[DraftLine], system: &str) -> String {
    let mut out = String::from(
        "# A first mapping document, drafted from an audit. Every line is a guess: its confidence and its reason\n\
         # stand above it. Look at each, correct it, and take its REVIEW away. What is switched off was not sure\n\
         # enough. What no line takes is unaccounted, and the balance shows it.\n\n",
    );
    let formats: Vec<_> = tables
        .iter()
        .map(|table| format_of(table.profile))
        .collect();
    let format = match formats.first() {
        Some(first) if formats.iter().all(|format| format == first) => first,
        _ => "mixed",
    };
    let _ = write!(
        out,
        "[document]\nname    = \"draft\"\nversion = \"0.1.0\"\ntitle   = \"Draft from an audit, for review\"\nformat  = {}\nsystem  = {}\n",
        quoted(format),
        quoted(system),
    );
    let delimited = tables.iter().find_map(|table| match &table.profile.format {
        TableFormat::Csv(file) => Some(file),
        _ => None,
    });
    if let Some(file) = delimited {
        let _ = write!(
            out,
            "\n[csv]\ndelimiter = {}\nencoding  = {}\n",
            quoted(&file.delimiter.to_string()),
            quoted(&file.encoding),
        );
    }
    for table in tables.iter().filter(|table| is_placed(table)) {
        table_of(table, format, &mut out);
    }
    for table in tables {
        match table.kind {
            Some(kind) if is_placed(table) => map_of(table, kind, lines, tables, system, &mut out),
            _ => {
                let _ = write!(
                    out,
                    "\n# {REVIEW} table {}: no map; {}{}. Its values are unaccounted.\n",
                    commented(&table.profile.name),
                    commented(&table.reason),
                    if table.patient.is_none() {
                        ", and no column finds the patient"
                    } else {
                        ""
                    },
                );
            }
        }
    }
    if out.contains("map = \"draft-gender\"") {
        out += "\n[code-map.draft-gender]\nsystem = \"http://hl7.org/fhir/administrative-gender\"\n\
                rows   = [[\"M\", \"male\"], [\"F\", \"female\"], [\"Male\", \"male\"], [\"Female\", \"female\"], \
                [\"MALE\", \"male\"], [\"FEMALE\", \"female\"]]\n";
    }
    out
}

/// Whether the rows of a table belong to a patient or to all.
fn is_placed(table: &Guessed<'_>) -> bool {
    table.patient.is_some() || table.kind.is_some_and(Kind::is_shared)
}

fn table_of(table: &Guessed<'_>, format: &str, out: &mut String) {
    let profile = table.profile;
    let file = match &profile.format {
        TableFormat::Csv(file) => file
            .file
            .rsplit('/')
            .next()
            .unwrap_or(&file.file)
            .to_owned(),
        TableFormat::Xlsx { sheet } => sheet.clone(),
        _ => profile.name.to_string(),
    };
    let columns: Vec<_> = profile
        .columns
        .iter()
        .map(|column| quoted(&column.name))
        .collect();
    let _ = write!(out, "\n[[table]]\nname    = {}\n", quoted(&profile.name));
    if format == "mixed" {
        let _ = writeln!(out, "format  = {}", quoted(format_of(profile)));
    }
    let _ = writeln!(
        out,
        "file    = {}\ncolumns = [{}]",
        quoted(&file),
        columns.join(", ")
    );
    match &table.patient {
        Some((column, why)) => {
            let _ = writeln!(
                out,
                "patient = {}   # {REVIEW} {}",
                quoted(column),
                commented(why)
            );
        }
        None => {
            let _ = writeln!(
                out,
                "shared  = true   # {REVIEW} {}",
                commented(&table.reason)
            );
        }
    }
}

fn map_of(
    table: &Guessed<'_>,
    kind: Kind,
    lines: &[DraftLine],
    tables: &[Guessed<'_>],
    system: &str,
    out: &mut String,
) {
    let key: Vec<_> = table.key.iter().map(|column| quoted(column)).collect();
    let mut key = key.join(", ");
    if table.key.len() > 1 {
        key += ", \"#\"";
    }
    let _ = write!(
        out,
        "\n# {REVIEW} {} are {}: {}\n[[map]]\nfrom = {}\nto   = {}\nkey  = [{key}]\n\n[map.fields]\n",
        commented(&table.profile.name),
        kind.name(),
        commented(&table.reason),
        quoted(&table.profile.name),
        quoted(kind.name()),
    );
    let own: Vec<&DraftLine> = lines
        .iter()
        .filter(|line| *line.table == *table.profile.name)
        .collect();
    for (_, field, value) in NEEDED.iter().filter(|(of, ..)| *of == kind) {
        let completes = field.strip_suffix(".system").is_none_or(|stem| {
            own.iter()
                .any(|line| line.active && line.field.starts_with(stem))
        });
        if completes {
            // only what says that nothing is known, or what system a drafted line is of, may stand
            let (off, why) = match *value {
                "unknown" => ("", "the export does not say, which FHIR calls unknown"),
                _ if field.ends_with(".system") => ("", "the system of the value below"),
                _ => (
                    "# off: ",
                    "the record needs it, and the export does not say",
                ),
            };
            let _ = writeln!(
                out,
                "# 0.40 {REVIEW}: {why}\n{off}\"{field}\" = {{ value = {} }}",
                quoted(value)
            );
        }
    }
    for line in own {
        let off = if line.active { "" } else { "# off: " };
        let _ = writeln!(
            out,
            "# 0.{:02} {REVIEW}: {}\n{off}{}",
            line.confidence,
            commented(&line.reason),
            field_of(line, table.profile, tables, system)
        );
    }
}

/// The line of a guess.
fn field_of(
    line: &DraftLine,
    table: &TableProfile,
    tables: &[Guessed<'_>],
    system: &str,
) -> String {
    let column = quoted(&line.column);
    let how = synonyms::of(line.kind)
        .find(|synonym| synonym.field == line.field)
        .map_or(How::Text, |synonym| synonym.how);
    let profile = table.column(&line.column);
    let value = match how {
        How::Text | How::Phone | How::Identifier(_) => column,
        How::Lower => format!("{{ from = {column}, via = [\"lower\"] }}"),
        How::Zip => format!("{{ from = {column}, via = [\"zip\"] }}"),
        How::Closed => format!("{{ from = {column}, map = \"draft-gender\" }}"),
        How::Date => {
            let dates = profile.and_then(|column| column.dates.as_ref());
            let formats: Vec<String> = dates
                .map(|dates| dates.formats.iter().map(|one| one.format.clone()).collect())
                .unwrap_or_default();
            // ISO dates are read as they are
            if formats
                .iter()
                .all(|format| format.starts_with("YYYY-MM-DD"))
            {
                column
            } else {
                format!(
                    "{{ from = {column}, via = [\"date({})\"] }}",
                    formats.join(", ")
                )
            }
        }
        How::Code => {
            let code = profile.and_then(|column| {
                column
                    .code()
                    .filter(|code| code.count * 2 > column.filled)
                    .and_then(|code| code.system)
            });
            let local = format!(
                "{system}/{}",
                synonyms::squashed(&format!("{}{}", table.name, line.column))
            );
            let uri = code.map_or(local, str::to_owned);
            let display = display_of(table, &line.column);
            let display =
                display.map_or_else(String::new, |name| format!(", display = {}", quoted(&name)));
            format!("{{ code = {column}, system = {}{display} }}", quoted(&uri))
        }
        How::Reference(kind) => {
            debug_assert!(
                tables
                    .iter()
                    .any(|table| table.kind.map(Kind::name) == Some(kind))
                    || !line.active
            );
            format!("{{ reference = {}, key = [{column}] }}", quoted(kind))
        }
    };
    format!("{} = {value}", quoted(&line.field))
}

/// The column beside a code that says it in words: `DESCRIPTION` beside `CODE`.
fn display_of(table: &TableProfile, column: &str) -> Option<String> {
    let name = synonyms::squashed(column);
    let stem = name.strip_suffix("code").unwrap_or(&name);
    let number: String = name.chars().filter(char::is_ascii_digit).collect();
    let wanted = [
        format!("{stem}description"),
        format!("{stem}desc"),
        format!("{stem}name"),
        format!("{stem}text"),
        format!("description{number}"),
    ];
    let usable = |place: usize| place < 4 || !number.is_empty() || stem.is_empty();
    wanted.iter().enumerate().find_map(|(place, wanted)| {
        let mut columns = table.columns.iter();
        let found = columns.find(|one| synonyms::squashed(&one.name) == *wanted)?;
        usable(place).then(|| found.name.to_string())
    })
}

/// The document without the lines that do not compile; `None` where that cannot be done by lines.
pub(super) fn switched_off(text: &str, failed: &[(usize, String)]) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut changed = false;
    for (number, message) in failed {
        let at = number.checked_sub(1)?;
        let line = lines.get(at)?;
        if line.starts_with('#') {
            continue; // switched off by an earlier mistake of its block
        }
        let first_line = message.lines().next().unwrap_or_default();
        let note = commented(first_line);
        if line.starts_with('"') {
            lines[at] = format!("# off: {line}   # {note}");
        } else {
            // a mistake of a block as a whole: from its heading to the next one
            let start = (0..=at)
                .rev()
                .find(|place| lines[*place].starts_with("[["))?;
            let end = (start + 1..lines.len())
                .find(|place| {
                    lines[*place].starts_with("[[") || lines[*place].starts_with("[code-map")
                })
                .unwrap_or(lines.len());
            for line in &mut lines[start..end] {
                if !line.starts_with('#') && !line.is_empty() {
                    *line = format!("# off: {line}");
                }
            }
            lines[start] += &format!("   # {note}");
        }
        changed = true;
    }
    changed.then(|| lines.join("\n") + "\n")
}

/// Whether the line of a guess stands in the document, and not only as a comment.
pub(super) fn stands(text: &str, line: &DraftLine) -> bool {
    let from = format!("from = {}", quoted(&line.table));
    let Some(block) = text
        .split("[[map]]")
        .find(|block| block.lines().any(|text| text == from))
    else {
        return false;
    };
    let start = format!("{} = ", quoted(&line.field));
    let column = quoted(&line.column);
    block
        .lines()
        .any(|text| text.starts_with(&start) && text.contains(&column))
}

fn format_of(table: &TableProfile) -> &'static str {
    match table.format {
        TableFormat::SqlDump => "sqldump",
        TableFormat::Xlsx { .. } => "xlsx",
        _ => "csv",
    }
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a string is JSON, which TOML reads alike")
}

/// A text inside of a comment, which ends with its line.
fn commented(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_control() { ' ' } else { letter })
        .collect()
}
