//! One screen at the end.

use std::path::Path;

use ehr_mapping::suggest::Draft;
use ehr_validate::audit::{AuditReport, Fate};

use crate::balance::Balance;

/// How many findings the screen shows.
const SHOWN: usize = 15;

pub(crate) fn print(
    report: &AuditReport,
    draft: Option<&Draft>,
    balance: Option<&Balance>,
    out: &Path,
) {
    let files = &report.files;
    println!(
        "files       {:>9}, {} bytes, {} documents",
        files.files, files.bytes, files.documents
    );
    for class in &report.classes {
        println!(
            "{:<22} {:>4} tables {:>9} records {:>10} values",
            format!("{:?}", class.class),
            class.tables,
            class.records,
            class.values
        );
    }
    let people = &report.duplicate_patients;
    println!(
        "patients    {:>9} described, pairs: {} certain, {} probable, {} possible",
        people.compared, people.certain, people.probable, people.possible
    );
    println!("findings    {:>9}", report.findings.len());
    for finding in report.findings.iter().take(SHOWN) {
        let place = [&finding.table, &finding.column];
        let place: Vec<&str> = place.into_iter().flatten().map(|name| &**name).collect();
        println!(
            "  {:<26} {:>8} of {:>8}  {}  {}",
            finding.code.as_str(),
            finding.count,
            finding.of,
            place.join("."),
            finding.detail
        );
    }
    if report.findings.len() > SHOWN {
        println!("  and {} more", report.findings.len() - SHOWN);
    }
    for strategy in &report.strategies {
        println!(
            "{:<11} {:>9} records migrate, {} stay in the archive",
            format!("{:?}", strategy.name).to_lowercase(),
            strategy.migrated,
            strategy.archived
        );
    }
    let to_clean = report
        .proposals
        .iter()
        .filter(|one| one.fate == Fate::Clean);
    println!("to clean    {:>9} places first", to_clean.count());
    if let Some(draft) = draft {
        println!(
            "draft       {:>9} lines guessed, {} of them switched off, for {} tables: every one is for review",
            draft.lines().len(),
            draft.lines().iter().filter(|line| !line.active).count(),
            draft.tables()
        );
    }
    if let Some(balance) = balance {
        println!(
            "balance     {:>9} values: {} mapped, {} by rules, {} rejected, {} unaccounted",
            balance.values, balance.mapped, balance.ruled, balance.rejected, balance.unaccounted
        );
    }
    println!();
    println!("report      {}", out.join("index.html").display());
    println!("data        {}", out.join("audit.json").display());
    if draft.is_some() {
        println!("draft       {}", out.join("draft.toml").display());
    }
}
