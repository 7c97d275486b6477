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
//! Limits: an archive has one accession, which is complete when it is finished, and one key that opens all of it. Erasing
//! single patients, retention rules and legal holds are not part of this version.

mod access_log;
mod audit_event;
mod catalogue;
mod description;
mod entry;
mod error;
pub mod evidence;
mod files;
mod fold;
mod keys;
mod names;
mod object;
mod reader;
mod sealer;
mod verify;
mod writer;
mod zip;

pub use audit_event::{Access, Purpose};
pub use description::Counts;
pub use entry::{Cohort, ObjectClass, ObjectEntry, PatientEntry};
pub use error::{Address, Error, ErrorKind};
pub use names::{ArchiveId, ObjectId};
pub use object::Object;
pub use reader::{ArchiveReader, CatalogueEntry, MAX_FOUND, ObjectInfo, OpenEntry};
pub use sealer::{SealedEntry, Sealer};
pub use verify::{VerifyReport, verify};
pub use writer::{ArchiveOptions, ArchiveWriter, Resumed, Summary};
