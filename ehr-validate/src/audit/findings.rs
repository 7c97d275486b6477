//! From counts to findings.

use std::sync::Arc;

use ehr_model::profile::{
    CodeEvidence, ColumnProfile, DateOrder, DateProfile, SourceProfile, TableProfile, ValueShape,
};

use super::file::{DocumentIndex, FileCounts};
use super::finding::{Finding, FindingCode};
use super::people::DuplicatePatients;
use super::proposal;

/// A column is of a code system where so many in a thousand of its values are; what is left over
/// is then malformed.
const NEARLY_ALL: u64 = 900;

/// All findings, the worst first, then by place.
pub(super) fn findings(
    profile: &SourceProfile,
    duplicates: &DuplicatePatients,
    files: &FileCounts,
    index: Option<&DocumentIndex>,
    as_of_year: i32,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for table in &profile.tables {
        of_table(table, as_of_year, &mut found);
        for column in &table.columns {
            of_column(table, column, &mut found);
        }
    }
    let mut told: Vec<(&Arc<str>, &Arc<str>)> = Vec::new();
    for relation in &profile.relations {
        let place = (&relation.table, &relation.column);
        let (count, matched) = (relation.orphans, relation.matched);
        if count.count > 0 && !told.contains(&place) {
            told.push(place);
            let detail = format!("not in {}.{}", relation.to_table, relation.to_column);
            found.push(
                Finding::new(
                    FindingCode::OrphanKeys,
                    count.count,
                    count.count + matched.count,
                )
                .at(&relation.table, Some(&relation.column))
                .exact(count.exact)
                .detail(detail),
            );
        }
    }
    of_patients(duplicates, &mut found);
    of_files(files, index, &mut found);
    found.sort_by(|a, b| {
        let key = |one: &Finding| {
            (
                one.severity,
                one.code,
                one.table.clone(),
                one.column.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    found
}

fn of_table(table: &TableProfile, as_of_year: i32, found: &mut Vec<Finding>) {
    let all = table.records + table.unreadable;
    let mut add = |code, count: u64, of, exact, detail: String| {
        if count > 0 {
            let finding = Finding::new(code, count, of).at(&table.name, None);
            found.push(finding.exact(exact).detail(detail));
        }
    };
    let none = String::new;
    add(
        FindingCode::UnreadableRecords,
        table.unreadable,
        all,
        true,
        none(),
    );
    if table.format.is_table()
        || matches!(table.format, ehr_model::profile::TableFormat::Tree { .. })
    {
        let repeated = table.duplicates;
        add(
            FindingCode::DuplicateRows,
            repeated.count,
            table.records,
            repeated.exact,
            none(),
        );
    }
    if let Some(ages) = proposal::Ages::of(table, as_of_year) {
        let detail = format!(
            "before {} by `{}`",
            ages.outdated_before,
            table.dated_by.as_deref().unwrap_or_default()
        );
        add(
            FindingCode::OutdatedRecords,
            ages.outdated,
            table.records,
            true,
            detail,
        );
    }
}

fn of_column(table: &TableProfile, column: &ColumnProfile, found: &mut Vec<Finding>) {
    let mut add = |code, count: u64, of, detail: String| {
        if count > 0 {
            found.push(
                Finding::new(code, count, of)
                    .at(&table.name, Some(&column.name))
                    .detail(detail),
            );
        }
    };
    let said = column.filled - column.missing_words;
    let is_row = table.format.is_table();
    if is_row && table.records > 0 && column.filled == 0 {
        add(
            FindingCode::EmptyColumn,
            table.records,
            table.records,
            String::new(),
        );
    }
    let constant = column.distinct.exact && column.distinct.count == 1;
    if is_row && table.records > 2 && column.filled == table.records && constant {
        add(
            FindingCode::ConstantColumn,
            column.filled,
            table.records,
            String::new(),
        );
    }
    add(
        FindingCode::MissingWords,
        column.missing_words,
        column.filled,
        String::new(),
    );
    add(
        FindingCode::Mojibake,
        column.mojibake,
        column.filled,
        String::new(),
    );
    add(
        FindingCode::LostCharacters,
        column.replaced,
        column.filled,
        String::new(),
    );
    for (length, count) in &column.lengths.at_limit {
        // one text of just this length may be whole
        if *count > 1 || *length >= 4000 {
            let detail = format!("exactly {length} characters long, none is longer");
            add(FindingCode::TruncatedTexts, *count, column.filled, detail);
        }
    }
    if let Some(dates) = &column.dates {
        of_dates(dates, said, &mut add);
    }
    of_codes(column, said, &mut add);
}

fn of_dates(dates: &DateProfile, said: u64, add: &mut impl FnMut(FindingCode, u64, u64, String)) {
    let all = dates.count();
    let of = if dates.inside_text {
        all
    } else {
        said.max(all)
    };
    let most = dates.formats.first().map_or(0, |format| format.count);
    if dates.formats.len() > 1 || !dates.inside_text && most < said {
        let mut formats: Vec<String> = dates
            .formats
            .iter()
            .map(|format| format!("{} {}", format.count, format.format))
            .collect();
        if !dates.inside_text && all < said {
            formats.push(format!("{} no date", said - all));
        }
        add(
            FindingCode::MixedDateFormats,
            of - most,
            of,
            formats.join(", "),
        );
    }
    match dates.order {
        DateOrder::Unknown if dates.ambiguous > 0 => {
            let detail = "no number is above 12".to_owned();
            add(FindingCode::DayMonthAmbiguous, dates.ambiguous, of, detail);
        }
        DateOrder::Mixed => {
            let detail = format!(
                "{} have the month first, {} the day, {} may be either",
                dates.month_first, dates.day_first, dates.ambiguous
            );
            add(
                FindingCode::DayMonthAmbiguous,
                dates.ambiguous.max(1),
                of,
                detail,
            );
        }
        _ => {}
    }
    add(
        FindingCode::PlaceholderDates,
        dates.placeholders,
        of,
        String::new(),
    );
    add(
        FindingCode::ImpossibleDates,
        dates.impossible,
        of,
        String::new(),
    );
    if !dates.inside_text {
        add(FindingCode::FutureDates, dates.future, of, String::new());
    }
}

fn of_codes(
    column: &ColumnProfile,
    said: u64,
    add: &mut impl FnMut(FindingCode, u64, u64, String),
) {
    let Some(first) = column.code() else { return };
    let coded = |evidence| matches!(evidence, CodeEvidence::CheckDigit | CodeEvidence::Table);
    if let Some(second) = column.codes.get(1)
        && (coded(first.evidence) || coded(second.evidence))
        && first.system != second.system
        && first.count + second.count <= said
    {
        let detail = format!(
            "{} {}, {} {}",
            first.count, first.name, second.count, second.name
        );
        add(FindingCode::MixedCodeSystems, second.count, said, detail);
    }
    if coded(first.evidence) && first.count * 1000 >= said * NEARLY_ALL && first.count < said {
        let detail = format!("not of the form of {}", first.name);
        add(
            FindingCode::MalformedCodes,
            said - first.count,
            said,
            detail,
        );
    }
    for code in &column.codes {
        if let (Some(unknown), true) = (code.unknown, code.count * 2 > said) {
            add(
                FindingCode::UnknownCodes,
                unknown,
                code.count,
                code.name.to_owned(),
            );
        }
        if let (Some(retired), true) = (code.retired, code.count * 2 > said) {
            add(
                FindingCode::RetiredCodes,
                retired,
                code.count,
                code.name.to_owned(),
            );
        }
    }
    debug_assert!(column.shape != ValueShape::Date || column.codes.is_empty());
}

fn of_patients(duplicates: &DuplicatePatients, found: &mut Vec<Finding>) {
    if duplicates.pairs() > 0 {
        let detail = format!(
            "pairs of {} descriptions: {} certain, {} probable, {} possible",
            duplicates.compared, duplicates.certain, duplicates.probable, duplicates.possible
        );
        let finding = Finding::new(
            FindingCode::DuplicatePatients,
            duplicates.pairs(),
            duplicates.compared,
        );
        found.push(finding.detail(detail));
    }
    if duplicates.same_number > 0 {
        let count = duplicates.same_number;
        found.push(Finding::new(
            FindingCode::PatientsDiffer,
            count,
            duplicates.compared,
        ));
    }
}

fn of_files(files: &FileCounts, index: Option<&DocumentIndex>, found: &mut Vec<Finding>) {
    let mut add = |code, count, of| {
        if count > 0 {
            found.push(Finding::new(code, count, of));
        }
    };
    add(FindingCode::UnreadableFiles, files.unreadable, files.files);
    add(FindingCode::MixedEncodings, files.mixed, files.files);
    match index {
        Some(index) => {
            let rows = index.found + index.without_file;
            add(FindingCode::IndexWithoutDocument, index.without_file, rows);
            let without = index.without_row.min(files.documents);
            add(FindingCode::DocumentsWithoutIndex, without, files.documents);
        }
        None => add(
            FindingCode::DocumentsWithoutIndex,
            files.documents,
            files.documents,
        ),
    }
}
