//! The report as a contract, as a page, and its verdict.

use std::path::Path;
use std::sync::Arc;

use ehr_model::issue::{IssueCode, Severity};
use ehr_model::record::Kind;
use ehr_model::source::Fate;
use ehr_model::tally::Tally;
use ehr_validate::reconciliation::{MadeCounts, WrittenCounts, reconcile};
use ehr_validate::report::{
    DocumentFacts, ReasonCode, RejectCounts, Report, ReportParts, RunFacts, RunVerdict,
    ScopeSummary, SoftwareFacts,
};
use ehr_validate::rule::Threshold;
use ehr_validate::validation::{IssueCounts, RuleCounts};
use ehr_validate::{Ruleset, ValidationReport};

/// Names of files and columns are hostile input.
const HOSTILE: &str = "</td><script>alert(1)</script>\"'&\u{202e}.csv";

struct Run {
    facts: RunFacts,
    tally: Tally,
    made: MadeCounts,
    written: WrittenCounts,
    ruleset: Ruleset,
    validation: ValidationReport,
    issues: IssueCounts,
    rejects: RejectCounts,
    scope: ScopeSummary,
}

impl Run {
    /// A run of which everything is proven.
    fn proven() -> Self {
        let mut facts = RunFacts::default();
        facts.document = DocumentFacts::new("elm-street-legacy", "14", "sha256:9f2c41d07be8a3");
        facts.batch = "2031-05-01-rehearsal-3".into();
        facts.as_of = "2031-05-01".into();
        facts.software = SoftwareFacts::new("migrate", "0.1.0");
        facts.source_fingerprint = "sha256:51ab77e0c4d9".into();

        let mut tally = Tally::default();
        for (name, records, mapped, archived, ignored) in [
            ("patients.csv", 1_162, 24_402, 0, 1_162),
            ("encounters.csv", 53_346, 591_806, 53_346, 0),
            ("allergies.csv", 597, 5_970, 0, 0),
            ("observations.csv", 299_697, 1_884_123, 301_442, 0),
            ("payer_transitions.csv", 3_801, 0, 22_806, 7_602),
        ] {
            let name: Arc<str> = name.into();
            let column: Arc<str> = "CODE".into();
            tally.leaves(&name, &column, Fate::Mapped, mapped);
            tally.leaves(&name, &column, Fate::Archived, archived);
            tally.leaves(&name, &column, Fate::Ignored, ignored);
            let counts = &mut tally.source(&name).records;
            counts.read = records;
            counts.mapped = records;
        }
        let reason: Arc<str> = "derived from the payments, which migrate".into();
        tally.rule(&reason, 0, 8_764);
        tally.policy(&"time zone America/New_York".into(), 352_091);

        let (mut made, mut written) = (MadeCounts::default(), WrittenCounts::default());
        for (kind, number) in [
            (Kind::Patient, 1_162),
            (Kind::Encounter, 53_346),
            (Kind::Allergy, 597),
            (Kind::Observation, 299_697),
            (Kind::Claim, 4_120),
        ] {
            made.made.add(kind, number);
            written.kinds.add(kind, number);
            written.add_resources(kind.fhir(), number);
        }
        made.made.open_claims = 213;
        written.kinds.open_claims = 213;

        let mut scope = ScopeSummary::new("full history");
        scope.decide("every entry", "migrate", 358_922);
        Self {
            facts,
            tally,
            made,
            written,
            ruleset: ruleset(),
            validation: ValidationReport::default(),
            issues: IssueCounts::default(),
            rejects: RejectCounts::default(),
            scope,
        }
    }

    /// A run with something wrong in every part.
    fn open() -> Self {
        let mut run = Self::proven();
        let (file, column): (Arc<str>, Arc<str>) = (HOSTILE.into(), "<b>PHONE</b>".into());
        run.tally.leaves(&file, &column, Fate::Mapped, 600);
        run.tally.leaves(&file, &column, Fate::Unaccounted, 597);
        run.tally.leaves(&file, &column, Fate::Rejected, 12);
        let long: Arc<str> = "ClinicalDocument/component/structuredBody/component[3]/section/entry/act/entryRelationship/observation/value/@nullFlavor".into();
        run.tally.leaves(&file, &long, Fate::Unaccounted, 3);
        let counts = &mut run.tally.source(&file).records;
        (counts.read, counts.mapped, counts.rejected) = (600, 598, 2);
        let reason: Arc<str> =
            "<img src=x onerror=alert(1)> fax numbers of the old practice".into();
        run.tally.rule(&reason, 4, 1_204);
        run.rejects.add(IssueCode::new("unreadable-row"), 1, 9);
        run.rejects.add(IssueCode::new("patient-not-found"), 1, 3);

        run.made.archived.add(Kind::Encounter, 41_200);
        run.written.kinds.kinds.insert(Kind::Encounter, 12_146);
        run.written.types.insert("Encounter".into(), 12_145);
        run.written.kinds.kinds.insert(Kind::Allergy, 594);
        run.written.types.insert("AllergyIntolerance".into(), 594);
        run.made.archived.open_claims = 3;

        let mut rules = Vec::new();
        for (rule, _) in run.ruleset.rules() {
            rules.push(*rule.metadata());
        }
        for (number, rule) in rules.iter().enumerate() {
            let mut counts = RuleCounts::default();
            counts.denominator = 1_000 * number as u64;
            counts.numerator = if number % 3 == 1 { number as u64 } else { 0 };
            counts.errored = u64::from(number == 9);
            run.validation.add(rule.code, counts, &[]);
            run.issues
                .add(rule.code, rule.severity, counts.numerator * 2 + 1);
        }
        let (info, warning) = (Severity::Information, Severity::Warning);
        run.issues
            .add(IssueCode::new("unmapped-code"), warning, 1_417);
        run.issues
            .add(IssueCode::new("local-time-without-zone"), info, 352_091);
        run.ruleset = run.ruleset.allow("event-before-birth").unwrap();
        run.scope = ScopeSummary::new("active patients, three years");
        run.scope
            .decide("encounter older than 2028-05-01", "archive only", 41_200);
        run.scope.decide(HOSTILE, "migrate", 12_146);
        run
    }

    fn report(&self) -> Report {
        let reconciliation = reconcile(&self.tally, &self.made, &self.written);
        Report::new(ReportParts {
            run: &self.facts,
            tally: &self.tally,
            rejects: &self.rejects,
            reconciliation: &reconciliation,
            ruleset: &self.ruleset,
            validation: &self.validation,
            other_issues: &self.issues,
            scope: &self.scope,
        })
    }
}

fn json(report: &Report) -> String {
    let mut out = Vec::new();
    report.write_json(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn html(report: &Report) -> String {
    let mut out = Vec::new();
    report.write_html(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn codes(run: &Run) -> Vec<ReasonCode> {
    let report = run.report();
    assert_eq!(
        report.verdict() == RunVerdict::Go,
        report.reasons().is_empty()
    );
    report.reasons().iter().map(|reason| reason.code).collect()
}

#[test]
fn a_proven_run_goes() {
    assert_eq!(codes(&Run::proven()), []);
}

#[test]
fn nothing_read_proves_nothing() {
    let mut run = Run::proven();
    run.tally = Tally::default();
    assert_eq!(codes(&run), [ReasonCode::NothingRead]);
}

#[test]
fn open_books_stop_the_run() {
    let mut run = Run::proven();
    let name: Arc<str> = "patients.csv".into();
    run.tally.leaves(&name, &"SSN".into(), Fate::Unaccounted, 7);
    assert_eq!(codes(&run), [ReasonCode::BooksOpen]);
    assert_eq!(run.report().reasons()[0].count, 7);

    let mut run = Run::proven();
    run.tally.source(&name).records.read += 1;
    assert_eq!(codes(&run), [ReasonCode::BooksOpen]);

    // A path that does not close, although the sums of its source do.
    let mut run = Run::proven();
    let source = run.tally.source(&name);
    source.paths.get_mut("CODE").unwrap().mapped -= 1;
    assert_eq!(codes(&run), [ReasonCode::BooksOpen]);
}

#[test]
fn a_reject_that_is_not_kept_stops_the_run() {
    let mut run = Run::proven();
    let counts = &mut run.tally.source(&"patients.csv".into()).records;
    counts.read += 1;
    counts.rejected += 1;
    assert_eq!(codes(&run), [ReasonCode::RejectsMissing]);
    run.rejects.add(IssueCode::new("unreadable-row"), 1, 4);
    assert_eq!(codes(&run), []);
}

#[test]
fn a_difference_between_source_and_target_stops_the_run() {
    let mut run = Run::proven();
    run.written.kinds.add(Kind::Allergy, 1);
    run.written.add_resources("AllergyIntolerance", 1);
    run.made.archived.open_claims = 1;
    assert_eq!(codes(&run), [ReasonCode::ReconciliationOpen]);
    assert_eq!(run.report().reasons()[0].count, 2);

    let mut run = Run::proven();
    run.written.add_resources("Basic", 1);
    assert_eq!(codes(&run), [ReasonCode::ReconciliationOpen]);
}

#[test]
fn fatal_issues_and_rules_that_were_not_checked_stop_the_run() {
    let mut run = Run::proven();
    run.issues
        .add(IssueCode::new("unmapped-code"), Severity::Error, 9);
    assert_eq!(codes(&run), []);
    run.issues
        .add(IssueCode::new("patient-not-found"), Severity::Fatal, 1);
    assert_eq!(codes(&run), [ReasonCode::BlockingIssues]);

    let mut run = Run::proven();
    let mut counts = RuleCounts::default();
    counts.errored = 1;
    run.validation
        .add(IssueCode::new("orphan-reference"), counts, &[]);
    assert_eq!(codes(&run), [ReasonCode::RuleErrored]);
}

#[test]
fn a_threshold_is_the_decision_of_the_practice() {
    let verdict = |threshold| {
        let mut run = Run::proven();
        run.ruleset = run.ruleset.tolerate("orphan-reference", threshold).unwrap();
        let mut counts = RuleCounts::default();
        (counts.numerator, counts.denominator) = (1, 1_000);
        run.validation
            .add(IssueCode::new("orphan-reference"), counts, &[]);
        let checks = run.validation.checks(&run.ruleset);
        let check = checks
            .iter()
            .find(|check| check.code.as_str() == "orphan-reference");
        serde_json::to_value(check.unwrap().verdict).unwrap()
    };
    assert_eq!(verdict(Threshold::ZERO), "failed");
    assert_eq!(verdict(Threshold::per_million(999)), "failed");
    assert_eq!(verdict(Threshold::per_million(1_000)), "passed");
}

/// The rules of the kept reports, so that a new rule leaves them as they are.
const RULES: &[&str] = &[
    "active-allergy-without-substance",
    "birth-date-in-future",
    "duplicate-identifier",
    "encounter-end-before-start",
    "event-after-death",
    "event-before-birth",
    "identifier-shared-by-patients",
    "medication-without-dose-or-code",
    "orphan-reference",
    "quantity-without-unit",
    "unknown-code-system",
];

fn ruleset() -> Ruleset {
    let rules = ehr_validate::rules::all().into_iter();
    let kept = rules.filter(|rule| RULES.contains(&rule.metadata().code.as_str()));
    kept.fold(Ruleset::empty(), |set, rule| set.with(rule).unwrap())
}

/// Edit `tests/report/*.json` only to add members: readers of the contract rely on the others.
#[test]
fn the_contract_is_stable() {
    for (name, run) in [("go", Run::proven()), ("no-go", Run::open())] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/report/{name}.json"));
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        let written = json(&run.report());
        assert_eq!(written, json(&run.report()), "{name} depends on the moment");
        if kept != written {
            let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.json"));
            std::fs::write(&new, &written).unwrap();
            panic!(
                "{name}.json differs; what is written now: {}",
                new.display()
            );
        }
    }
}

#[test]
fn the_page_stands_alone_and_escapes_everything() {
    for (name, run) in [("go", Run::proven()), ("no-go", Run::open())] {
        let page = html(&run.report());
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.html"));
        std::fs::write(file, &page).unwrap();
        for forbidden in [
            "<script",
            "<img",
            "<b>PHONE",
            "href=\"http",
            "@import",
            "onload",
        ] {
            assert!(!page.contains(forbidden), "{name}: {forbidden}");
        }
        assert!(!page.contains('\u{202e}'), "{name}: a mark turns the text");
        for needed in [
            "lang=\"en\"",
            "scope=\"col\"",
            "<caption>",
            "name=\"viewport\"",
        ] {
            assert!(page.contains(needed), "{name}: {needed}");
        }
        let opened = |tag: &str| page.matches(&format!("<{tag}")).count();
        let closed = |tag: &str| page.matches(&format!("</{tag}>")).count();
        for tag in ["table", "tr", "section", "svg", "dl", "bdi", "caption"] {
            assert_eq!(opened(tag), closed(tag), "{name}: {tag}");
        }
        assert_eq!(opened("table"), opened("caption"), "{name}");
    }
}

#[test]
fn the_page_says_what_stands_in_the_way() {
    let page = html(&Run::open().report());
    for text in [
        "No-go",
        "The books are open: 600 values or records have no fate.",
        "Reference to a record that is nowhere",
        "Unmapped code",
        "1,417",
        "\u{2212}3",
        "event-before-birth",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(html(&Run::proven().report()).contains("100.00 %"));
}

#[test]
fn a_long_list_is_cut_on_the_page_and_whole_in_the_contract() {
    let mut run = Run::proven();
    for number in 0..500 {
        let name: Arc<str> = format!("document-{number:03}.xml").into();
        run.tally.leaves(&name, &"id".into(), Fate::Mapped, 1);
        let counts = &mut run.tally.source(&name).records;
        (counts.read, counts.mapped) = (1, 1);
    }
    // The last by name, but the first to look at.
    let name: Arc<str> = "zzz.xml".into();
    run.tally.leaves(&name, &"id".into(), Fate::Unaccounted, 1);
    let report = run.report();
    let page = html(&report);
    assert!(page.contains("306 more lines"));
    assert!(page.contains("zzz.xml"));
    assert!(json(&report).contains("document-499.xml"));
}
