//! What to migrate, to archive and to clean, and what each strategy would take along.

use std::sync::Arc;

use ehr_model::profile::{SourceProfile, TableFormat, TableProfile};
use ehr_model::record::DataClass;
use serde::Serialize;

use super::finding::Finding;
use super::words::words;

/// Records of this many years count as recent: a patient seen within three years is an established
/// one under the billing rules of CPT.
const RECENT_YEARS: i32 = 3;
/// Records of adults are older than any duty to keep them in most states after ten years (AHIMA
/// retention tables); HIPAA itself asks for six.
const OUTDATED_YEARS: i32 = 10;

/// Words in the names of tables whose content must not get lost: problems, allergies, medications,
/// immunizations, procedures.
const SAFETY_CRITICAL: [&str; 13] = [
    "allerg",
    "medic",
    "rx",
    "prescri",
    "drug",
    "problem",
    "condition",
    "diagnos",
    "immun",
    "vaccin",
    "proced",
    "dx",
    "meds",
];

/// What becomes of the records of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fate {
    /// To the new system, and to the archive as well.
    Migrate,
    /// To the archive only.
    Archive,
    /// A person has to correct it first.
    Clean,
}

/// A line of the proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Proposal {
    /// What is proposed.
    pub fate: Fate,
    /// The table.
    pub table: Arc<str>,
    /// How many records.
    pub records: u64,
    /// Why.
    pub reason: String,
}

/// A way to migrate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum StrategyName {
    /// Everything.
    Full,
    /// All that is safety-critical, and the rest as far as it is recent.
    Hybrid,
    /// What is recent.
    Partial,
}

/// What a strategy would take along. Whether a patient is active shows only in mapped charts, so
/// that the numbers of the hybrid and the partial one are upper bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Strategy {
    /// Its name.
    pub name: StrategyName,
    /// Records that would migrate.
    pub migrated: u64,
    /// Records that would stay in the archive only.
    pub archived: u64,
    /// Of those that migrate, records without a date, which migrate because nothing tells.
    pub undated: u64,
    /// Tables that would stay behind as a whole.
    pub tables_archived: u64,
}

/// How old the records of a table are.
pub(super) struct Ages {
    pub(super) outdated_before: i32,
    pub(super) outdated: u64,
    recent: u64,
    undated: u64,
}

impl Ages {
    pub(super) fn of(table: &TableProfile, as_of_year: i32) -> Option<Self> {
        let column = table.column(table.dated_by.as_deref()?)?;
        let dates = column.dates.as_ref()?;
        let from = |year: i32| -> u64 {
            let years = dates.years.iter().filter(|(of, _)| i32::from(**of) >= year);
            years.map(|(_, count)| count).sum()
        };
        let dated = from(0);
        let outdated_before = as_of_year - OUTDATED_YEARS;
        Some(Self {
            outdated_before,
            outdated: dated - from(outdated_before),
            recent: from(as_of_year - RECENT_YEARS),
            undated: table.records.saturating_sub(dated),
        })
    }
}

pub(super) fn proposals(
    profile: &SourceProfile,
    findings: &[Finding],
    as_of_year: i32,
) -> Vec<Proposal> {
    let mut all = Vec::new();
    for table in &profile.tables {
        let add = |fate, records, reason: &str| Proposal {
            fate,
            table: table.name.clone(),
            records,
            reason: reason.to_owned(),
        };
        if table.records == 0 {
            continue;
        }
        let (fate, reason) = match (&table.format, table.class) {
            (TableFormat::Lines, _) => (Fate::Archive, "text without columns, kept as documents"),
            (TableFormat::Tree { format: "xml" }, _) => {
                (Fate::Archive, "a format without a reader, kept as it is")
            }
            _ if is_safety_critical(table) => (Fate::Migrate, "safety-critical, whatever its age"),
            (_, DataClass::StructuredClinical) => (Fate::Migrate, "structured clinical data"),
            (_, DataClass::Unstructured) => {
                (Fate::Migrate, "documents, attached to their patients")
            }
            (_, DataClass::Administrative) => (Fate::Migrate, "patients, people and places"),
            (_, DataClass::Billing) => (
                Fate::Migrate,
                "open claims and coverage; closed ones may stay in the archive",
            ),
            _ => (Fate::Migrate, ""),
        };
        let outdated = match Ages::of(table, as_of_year) {
            Some(ages) if fate == Fate::Migrate && !is_safety_critical(table) => ages.outdated,
            _ => 0,
        };
        all.push(add(fate, table.records - outdated, reason));
        if outdated > 0 {
            let reason = format!("older than {OUTDATED_YEARS} years");
            all.push(add(Fate::Archive, outdated, &reason));
        }
        let to_clean = findings.iter().filter(|finding| {
            finding.table.as_ref() == Some(&table.name)
                && finding.severity <= ehr_model::issue::Severity::Error
        });
        for finding in to_clean {
            let place = finding
                .column
                .as_ref()
                .map(|column| format!(" in `{column}`"))
                .unwrap_or_default();
            let reason = format!("{}{place}", finding.code.as_str());
            all.push(add(Fate::Clean, finding.count, &reason));
        }
    }
    all.sort_by(|a, b| (a.fate, &a.table, &a.reason).cmp(&(b.fate, &b.table, &b.reason)));
    all
}

pub(super) fn strategies(profile: &SourceProfile, as_of_year: i32) -> Vec<Strategy> {
    let all = [
        StrategyName::Full,
        StrategyName::Hybrid,
        StrategyName::Partial,
    ];
    all.into_iter()
        .map(|name| {
            let mut strategy = Strategy {
                name,
                migrated: 0,
                archived: 0,
                undated: 0,
                tables_archived: 0,
            };
            for table in &profile.tables {
                let ages = Ages::of(table, as_of_year);
                let (recent, undated) = match &ages {
                    Some(ages) => (ages.recent, ages.undated),
                    None => (0, table.records),
                };
                let whole = name == StrategyName::Full
                    || name == StrategyName::Hybrid && is_safety_critical(table);
                let migrated = if whole {
                    table.records
                } else {
                    recent + undated
                };
                strategy.migrated += migrated;
                strategy.archived += table.records - migrated.min(table.records);
                strategy.undated += undated;
                strategy.tables_archived += u64::from(migrated == 0 && table.records > 0);
            }
            strategy
        })
        .collect()
}

fn is_safety_critical(table: &TableProfile) -> bool {
    table.class == DataClass::StructuredClinical
        && words(&table.name).iter().any(|word| {
            SAFETY_CRITICAL
                .iter()
                .any(|stem| word == stem || stem.len() > 2 && word.starts_with(stem))
        })
}
