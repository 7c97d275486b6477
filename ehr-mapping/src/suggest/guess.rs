//! From columns to fields, each with its confidence and reason.

use ehr_model::profile::{CodeEvidence, ColumnProfile, SourceProfile, TableProfile, ValueShape};
use ehr_model::record::Kind;

use super::kind::Guessed;
use super::synonyms::{self, How, squashed};
use super::{DraftLine, LEAST_CONFIDENCE};

/// What the name of a column is worth: the usual one, and one of the others.
const USUAL_NAME: u8 = 60;
const OTHER_NAME: u8 = 55;
/// What a shape, a code system or a key adds that fits the field, and what one takes that does not.
const FITS: u8 = 25;
const CONTRADICTS: u8 = 35;
/// No guess is surer.
const SUREST: u8 = 95;

/// The guesses for a table, the surest for a field first.
pub(super) fn lines(
    profile: &SourceProfile,
    table: &Guessed<'_>,
    tables: &[Guessed<'_>],
) -> Vec<DraftLine> {
    let Some(kind) = table.kind else {
        return Vec::new();
    };
    let mut all = Vec::new();
    for synonym in synonyms::of(kind) {
        let mut found: Vec<DraftLine> = table
            .profile
            .columns
            .iter()
            .filter_map(|column| {
                let place = synonym.place(&squashed(&column.name))?;
                let worth = if place == 0 { USUAL_NAME } else { OTHER_NAME };
                let mut why = vec![format!("the column is called `{}`", column.name)];
                let (more, less) = evidence(
                    profile,
                    table.profile,
                    column,
                    synonym.how,
                    tables,
                    &mut why,
                );
                let confidence = (worth + more).saturating_sub(less).min(SUREST);
                Some(DraftLine {
                    table: table.profile.name.to_string(),
                    column: column.name.to_string(),
                    kind,
                    field: synonym.field.to_owned(),
                    confidence,
                    reason: why.join("; "),
                    active: confidence >= LEAST_CONFIDENCE,
                })
            })
            .collect();
        found.sort_by_key(|line| std::cmp::Reverse(line.confidence));
        for (place, line) in found.iter_mut().enumerate() {
            if place > 0 {
                line.active = false;
                line.reason += "; another column is the surer guess";
            }
        }
        all.extend(found);
    }
    all
}

/// What speaks for a guess beside the name, and what against it.
fn evidence(
    profile: &SourceProfile,
    here: &TableProfile,
    column: &ColumnProfile,
    how: How,
    tables: &[Guessed<'_>],
    why: &mut Vec<String>,
) -> (u8, u8) {
    if here.records == 0 {
        why.push("no record shows more".to_owned());
        return (0, 0);
    }
    if column.filled == 0 {
        why.push("no record has a value".to_owned());
        return (0, 0);
    }
    let mut says = |fits: bool, reason: String| {
        why.push(reason);
        if fits { (FITS, 0) } else { (0, CONTRADICTS) }
    };
    match how {
        How::Date => match &column.dates {
            Some(dates) if column.shape == ValueShape::Date => {
                let formats: Vec<_> = dates.formats.iter().map(|one| one.format.clone()).collect();
                says(true, format!("values are dates: {}", formats.join(", ")))
            }
            _ => says(false, "values are no dates".to_owned()),
        },
        How::Code => match column.code() {
            Some(code) if code.count * 2 > column.filled => {
                let share = code.count * 100 / column.filled.max(1);
                let sure = code.evidence != CodeEvidence::Shape;
                why.push(format!("{share} % have the form of {}", code.name));
                (if sure { FITS } else { FITS / 2 }, 0)
            }
            _ => {
                why.push("the code system is not known: it stays a local one".to_owned());
                (0, 0)
            }
        },
        How::Reference(kind) => {
            let target = tables.iter().find(|table| {
                let named = table.kind.map(Kind::name) == Some(kind);
                named
                    && profile
                        .references(&here.name, &column.name)
                        .any(|relation| relation.to_table == table.profile.name)
            });
            match target {
                Some(target) => says(
                    true,
                    format!("values are keys of `{}`", target.profile.name),
                ),
                None => says(false, format!("no table of {kind} has these keys")),
            }
        }
        How::Text | How::Lower if column.shape == ValueShape::Date => {
            says(false, "values are dates".to_owned())
        }
        How::Zip | How::Phone | How::Identifier(_) => match column.code() {
            Some(code) => says(true, format!("values have the form of {}", code.name)),
            None => (0, 0),
        },
        How::Closed => {
            let few = column.distinct.count <= 8;
            says(few, format!("{} different values", column.distinct.count))
        }
        How::Text | How::Lower => (FITS / 2, 0),
    }
}
