//! An encrypted, verifiable archive of patient charts.
//!
//! An archive is a folder in a documented format (`ehr-archive/1`) that carries its own specification and a reader in
//! Python. It keeps charts, verbatim source records and documents, finds them by record number, name and date of birth,
//! records every access, and shows every change of a single byte.
//!
//! ```
//! use ehr_archive::{Access, ArchiveId, ArchiveOptions, ArchiveReader, ArchiveWriter};
//! use ehr_archive::{Cohort, ObjectClass, ObjectEntry, PatientEntry, Purpose, verify};
//! use ehr_crypto::DataKey;
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("archive");
//! let key = DataKey::generate()?; // keep it: ehr_crypto::key::file::create
//! let options = ArchiveOptions {
//!     archive_id: ArchiveId::random()?,
//!     created: "2026-01-31T09:30:00-05:00".into(),
//!     software: "example 1.0".into(),
//! };
//! let mut writer = ArchiveWriter::create(&path, options, &key)?;
//! writer.append(
//!     &PatientEntry {
//!         patient_id: uuid::Uuid::from_u128(7),
//!         mrns: &["MRN-0042"],
//!         names: &["Hernández, María"],
//!         birth_date: Some("1980-02-29"),
//!         cohort: Cohort::new("2041")?,
//!         facts: Default::default(),
//!         objects: &[ObjectEntry {
//!             class: ObjectClass::Chart,
//!             media_type: "application/fhir+json",
//!             source_id: "chart",
//!             bytes: br#"{"resourceType":"Bundle"}"#,
//!         }],
//!     },
//!     b"row 1",
//! )?;
//! writer.finish(b"the evidence of the migration")?;
//! assert!(verify(&path, Some(&key)).is_sound());
//!
//! let access = Access { agent: "jdoe", recorded: "2026-02-01T10:00:00-05:00", purpose: Purpose::Treatment };
//! let mut reader = ArchiveReader::open(&path, &key, &access)?;
//! let found = reader.find_by_name("hernandez m", &access)?;
//! let chart = reader.open_entry(&found[0], &access)?.chart()?.expect("every patient has a chart");
//! assert_eq!(chart.bytes(), br#"{"resourceType":"Bundle"}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to … | see |
//! | --- | --- |
//! | write, resume, add an accession | [`ArchiveWriter`] |
//! | find and read | [`ArchiveReader`], [`Search`] |
//! | hand out one patient's record | [`release`] |
//! | write everything out as FHIR NDJSON | [`ArchiveReader::export`]; as Parquet tables with the feature `parquet` |
//! | hold, retain, erase, purge, give out keys | [`Custodian`], [`retention`] |
//! | prove without a key what the access log holds | [`AccessLogView`] |
//! | check that nothing was changed or put back | [`verify()`], [`verify_against`], [`release::verify_release`] |
//!
//! Erasing one patient destroys the key of an epoch, which an [`EpochStore`](ehr_crypto::epoch::EpochStore) keeps outside of
//! the archive: begin an archive with [`ArchiveWriter::create_with_store`] if anything may ever have to be erased from it.

mod access_log;
mod audit_event;
mod catalogue;
mod current;
pub mod custodian;
mod description;
mod digest_thread;
mod entry;
mod epoch_files;
mod error;
pub mod evidence;
mod export;
mod files;
mod fold;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz;
mod hex;
mod holds;
mod keys;
mod names;
mod object;
mod ranges;
mod reader;
pub mod release;
pub mod retention;
mod sealer;
mod sort;
mod sound;
mod state;
mod verify;
mod writer;
mod zip;

pub use access_log::{AccessLogView, InclusionProof};
pub use audit_event::{Access, Purpose};
pub use custodian::Custodian;
pub use description::Counts;
pub use entry::{Cohort, ObjectClass, ObjectEntry, PatientEntry};
pub use error::{Address, Error, ErrorKind};
pub use export::ExportSummary;
pub use keys::{Role, Unlock, slots};
pub use names::{ArchiveId, ObjectId};
pub use object::Object;
pub use reader::{
    ArchiveReader, CatalogueEntry, Found, MAX_FOUND, Match, ObjectInfo, OpenEntry, Search,
};
pub use retention::{RetentionFacts, RetentionRules};
pub use sealer::{SealedEntry, Sealer};
pub use verify::{VerifyReport, verify, verify_against, verify_unlocked};
pub use writer::{AccessionOptions, ArchiveOptions, ArchiveWriter, Resumed, Summary};
