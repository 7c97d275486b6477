//! The report as one page: what the template shows, in the order in which it shows it.

mod bar;

use askama::Template;
use ehr_model::issue::Severity;
use ehr_model::tally::{LeafCounts, RecordCounts, RunKind};

use self::bar::Bar;
use super::{Report, RunVerdict, SourceBooks};
use crate::Error;
use crate::reconciliation::Line;
use crate::rule::RuleMetadata;
use crate::rules;
use crate::validation::{Check, Verdict};

/// How many lines of a table the page lists; `report.json` has them all. A page of more is not read.
const LISTED: usize = 200;

pub(super) fn render(report: &Report) -> Result<String, Error> {
    let page = Page::of(report);
    page.render()
        .map_err(|error| Error::Write(std::io::Error::other(error)))
}

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'r> {
    report: &'r Report,
    go: bool,
    records: RecordCounts,
    leaves: LeafCounts,
    total: Bar,
    sources: Vec<Source<'r>>,
    open_paths: Vec<(&'r str, &'r str, u64)>,
    severities: Vec<SeverityGroup>,
    lines: Vec<&'r Line>,
}

struct Source<'r> {
    books: &'r SourceBooks,
    bar: Bar,
}

struct SeverityGroup {
    name: &'static str,
    meaning: &'static str,
    issues: Vec<IssueLine>,
}

struct IssueLine {
    code: &'static str,
    title: String,
    count: u64,
    loading: String,
    using: String,
}

impl<'r> Page<'r> {
    /// Whether the books are of a rehearsal, which is no evidence of a production run.
    fn rehearsal(&self) -> bool {
        self.report.run_kind == RunKind::Rehearsal
    }

    fn of(report: &'r Report) -> Self {
        let (mut records, mut leaves) = (RecordCounts::default(), LeafCounts::default());
        for source in &report.sources {
            records += source.records;
            leaves += source.leaves;
        }
        let mut open_paths = Vec::new();
        for source in &report.sources {
            for path in &source.unaccounted_paths {
                open_paths.push((&*source.name, &*path.path, path.leaves));
            }
        }
        let books = &report.reconciliation;
        let first = [&books.patients, &books.encounters, &books.open_claims];
        let others = books
            .kinds
            .iter()
            .filter(|line| !first.iter().any(|first| first.kind == line.kind));
        Self {
            report,
            go: report.verdict == RunVerdict::Go,
            records,
            leaves,
            total: Bar::of(&leaves),
            sources: sources(report),
            open_paths,
            severities: severities(report),
            lines: first.into_iter().chain(others).collect(),
        }
    }

    /// A name from outside.
    fn visible(&self, name: &str) -> String {
        visible(name)
    }

    /// A number as people read it.
    fn n(&self, number: &u64) -> String {
        grouped(*number)
    }

    /// A difference with its sign.
    fn signed(&self, difference: &i64) -> String {
        let digits = grouped(difference.unsigned_abs());
        match difference.signum() {
            -1 => format!("\u{2212}{digits}"),
            1 => format!("+{digits}"),
            _ => digits,
        }
    }

    /// The share of values that have a fate, never rounded up to the whole.
    fn accounted(&self) -> String {
        let fated = self.leaves.nonempty.saturating_sub(self.leaves.unaccounted);
        match self.leaves.nonempty {
            0 => "\u{2013}".to_owned(),
            all => percent(fated, all),
        }
    }

    /// The class and the words for the verdict of a rule.
    fn outcome(&self, check: &Check) -> (&'static str, &'static str) {
        match check.verdict {
            Verdict::Passed => ("passed", "Passed"),
            Verdict::Failed => ("failed", "Failed"),
            Verdict::NotApplicable => ("not-applicable", "Not applicable"),
            Verdict::Errored => ("not-checked", "Not checked"),
            Verdict::WithoutTable => ("not-checked", "No table"),
        }
    }

    /// How a code is written for people.
    fn sentence(&self, code: &str) -> String {
        sentence(code)
    }

    /// How a kind is written for people.
    fn kind(&self, line: &Line) -> String {
        words(line.kind)
    }

    fn listed<'l, T>(&self, lines: &'l [T]) -> &'l [T] {
        &lines[..lines.len().min(LISTED)]
    }

    fn unlisted<T>(&self, lines: &[T]) -> String {
        match lines.len().saturating_sub(LISTED) {
            0 => String::new(),
            more => grouped(more as u64),
        }
    }
}

/// The sources with something to look at come first, so that a long list hides nothing.
fn sources(report: &Report) -> Vec<Source<'_>> {
    let mut sources: Vec<_> = report
        .sources
        .iter()
        .map(|books| Source {
            books,
            bar: Bar::of(&books.leaves),
        })
        .collect();
    let rank = |source: &Source<'_>| {
        let SourceBooks {
            records, leaves, ..
        } = source.books;
        let open = !(records.balances() && leaves.balances());
        (!open, records.rejected + leaves.rejected == 0)
    };
    sources.sort_by_key(rank);
    sources
}

fn severities(report: &Report) -> Vec<SeverityGroup> {
    let known = rules::all();
    let rule = |code: &str| -> Option<&'static RuleMetadata> {
        let checked = report.checks.iter().map(|check| check.rule);
        let mut all = checked.chain(known.iter().map(|rule| rule.metadata()));
        all.find(|rule| rule.code.as_str() == code)
    };
    let groups = [
        (Severity::Fatal, "Fatal", "Blocks the run."),
        (Severity::Error, "Error", "Wrong; somebody must decide."),
        (
            Severity::Warning,
            "Warning",
            "Suspicious; somebody should look.",
        ),
        (Severity::Information, "Information", "Worth knowing."),
    ];
    groups
        .into_iter()
        .map(|(severity, name, meaning)| SeverityGroup {
            name,
            meaning,
            issues: report
                .issues
                .iter()
                .filter(|line| line.severity == severity)
                .map(|line| {
                    let code = line.code.as_str();
                    let rule = rule(code);
                    IssueLine {
                        code,
                        title: rule.map_or_else(|| sentence(code), |rule| rule.title().to_owned()),
                        count: line.count,
                        loading: rule
                            .map(RuleMetadata::advice_for_loading)
                            .unwrap_or_default(),
                        using: rule.map(RuleMetadata::advice_for_using).unwrap_or_default(),
                    }
                })
                .collect(),
        })
        .filter(|group| !group.issues.is_empty())
        .collect()
}

/// A name from outside, with marks that would hide or turn its letters made visible.
pub(crate) fn visible(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_control() || turns_or_hides(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Marks of direction and characters of no width (Unicode TR 36).
fn turns_or_hides(character: char) -> bool {
    matches!(
        character,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
    )
}

/// Two decimals, rounded down: 100 % only where it is all.
pub(crate) fn percent(part: u64, all: u64) -> String {
    let hundredths = u128::from(part) * 10_000 / u128::from(all);
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

/// `unmapped-code` as "Unmapped code".
pub(crate) fn sentence(code: &str) -> String {
    let text = code.replace('-', " ");
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => text,
    }
}

/// `DiagnosticReport` as "Diagnostic report".
fn words(kind: &str) -> String {
    let mut out = String::with_capacity(kind.len() + 4);
    for character in kind.chars() {
        if character.is_ascii_uppercase() && !out.is_empty() {
            out.push(' ');
            out.push(character.to_ascii_lowercase());
        } else {
            out.push(character);
        }
    }
    out
}
