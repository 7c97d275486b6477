//! Rules, verdicts and reconciliation that prove an EHR migration.
//!
//! A [`Validator`] checks charts against a [`Ruleset`] and raises issues; it changes nothing.
//! [`reconciliation`] closes the books of the source against what was written to the target, and
//! [`report`] puts everything into one verdict, as `report.json` and as a page to print. All counts
//! add up, so parts of a run can be checked anywhere and merged. There is no clock and no network,
//! and no value of a patient leaves: issues and reports hold codes, ids, paths and counts.
//!
//! ```
//! use ehr_model::chart::Chart;
//! use ehr_model::kind::Patient;
//! use ehr_model::record::{Kind, Namespace, Record};
//! use ehr_model::value::Date;
//! use ehr_validate::{Context, Ruleset, ValidationReport, Validator, Verdict};
//!
//! let mut patient = Patient::default();
//! patient.birth_date.set(Date::parse("2093-07-14")?); // written as 93
//! let chart = Chart::new(
//!     vec![Record {
//!         id: Namespace::of_system("https://legacy.example").id(Kind::Patient, "4711"),
//!         provenance: Vec::new(),
//!         resource: patient.into(),
//!     }],
//!     Vec::new(),
//! );
//!
//! let validator = Validator::new(Ruleset::all());
//! let context = Context::new(Date::parse("2031-05-01")?);
//! let mut report = ValidationReport::default();
//! let issues = validator.check(&chart, &context, &mut report);
//! assert_eq!(issues[0].code.as_str(), "birth-date-in-future");
//!
//! let checks = report.checks(validator.ruleset());
//! let failed: Vec<_> = checks.iter().filter(|check| check.verdict == Verdict::Failed).collect();
//! assert_eq!((failed[0].numerator, failed[0].denominator), (1, 1));
//! # Ok::<(), ehr_model::value::DateError>(())
//! ```
//!
//! | to … | see |
//! | --- | --- |
//! | look at an export before any mapping, and estimate the work | [`audit`], [`planning`] |
//! | check charts, alone and as source and target, and what only the whole run shows | [`Validator`], [`collect`] |
//! | compare what the target holds with what the source held | [`compare`] |
//! | put known faults into copies, to see that they are found | [`faults`] |
//! | draw a sample that proves something, and let clinicians review it | [`sampling`], [`review`] |
//! | compare rehearsals, and ask whether production may begin | [`rounds`] |
//! | run a cutover, and watch claims and discrepancies after it | [`cutover`], [`monitoring`], [`discrepancies`] |
//! | find duplicate patients | [`linkage`] |
//! | read sigs, dosages and names of drugs into exact amounts | [`dose`] |
//!
//! Every rule is a type of [`rules`] whose documentation is its page: what it does, why it matters,
//! and what to do for who loads and for who uses the data. A rule of your own implements
//! [`Rule`](rule::Rule) and joins with [`Ruleset::with`].

pub mod audit;
pub mod code_format;
mod codes;
pub mod collect;
pub mod compare;
mod concept;
pub mod context;
pub mod coverage;
pub mod cutover;
pub mod discrepancies;
pub mod dose;
mod error;
pub mod faults;
pub mod linkage;
pub mod moment;
pub mod monitoring;
mod own_identifiers;
pub mod planning;
pub mod reconciliation;
pub mod report;
pub mod review;
pub mod rounds;
pub mod rule;
pub mod rules;
mod ruleset;
pub mod sampling;
pub mod terminology;
mod text_quality;
mod time;
pub mod validation;
mod validator;
pub mod walk;

pub use context::{Context, Directory};
pub use error::Error;
pub use ruleset::Ruleset;
pub use terminology::Terminology;
pub use validation::{ValidationReport, Verdict};
pub use validator::Validator;
