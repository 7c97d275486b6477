//! What the mapper raises issues about.

use ehr_model::issue::IssueCode;

/// A value does not read as what its field takes.
pub const VALUE_UNREADABLE: IssueCode = IssueCode::new("value-unreadable");
/// A code has no row in the code map that should translate it; it stays as it is.
pub const CODE_WITHOUT_TRANSLATION: IssueCode = IssueCode::new("code-without-translation");
/// A value has no row in the code map of a field that takes a closed set of codes.
pub const VALUE_WITHOUT_TRANSLATION: IssueCode = IssueCode::new("value-without-translation");
/// Two different source records have the same key.
pub const DUPLICATE_KEY: IssueCode = IssueCode::new("duplicate-key");
/// A source record stands twice with the same content; one entry keeps both addresses.
pub const DUPLICATE_RECORD: IssueCode = IssueCode::new("duplicate-record");
/// Rows that make one record disagree in a field of it.
pub const ROWS_DISAGREE: IssueCode = IssueCode::new("rows-disagree");
/// Two lines of one map fill one field, or two types of one choice, with different values.
pub const VALUES_DISAGREE: IssueCode = IssueCode::new("values-disagree");
/// A row completes a record that no other row made.
pub const PARENT_MISSING: IssueCode = IssueCode::new("parent-missing");
/// A row has no value in the columns of its key.
pub const KEY_MISSING: IssueCode = IssueCode::new("key-missing");
/// A join found no row.
pub const JOIN_ORPHAN: IssueCode = IssueCode::new("join-orphan");
/// A join found several rows that say different things.
pub const JOIN_AMBIGUOUS: IssueCode = IssueCode::new("join-ambiguous");
/// A document names a file that is not in the export.
pub const DOCUMENT_FILE_MISSING: IssueCode = IssueCode::new("document-file-missing");
/// Under one key of a patient, source records name people who differ in birth date, sex or the whole
/// of the name: each of the two has this issue, with the field. What they say stands in one chart,
/// which a person must look at before it goes anywhere.
pub const PATIENT_IDENTITY_CONFLICT: IssueCode = IssueCode::new("patient-identity-conflict");
/// Rows name a patient who has no row of their own.
pub const ORPHAN_PATIENT: IssueCode = IssueCode::new("orphan-patient");
/// Source records say different things of the same thing. Within a chart the later one stands, with both addresses; of a
/// place or person that patients share the first one, and what the other says stands in the archive only.
pub const SOURCES_DISAGREE: IssueCode = IssueCode::new("sources-disagree");
/// A later source record took the place of an earlier one, which stays in the archive.
pub const SUPERSEDED: IssueCode = IssueCode::new("superseded");
/// A record names another one by a key that nothing in the source has.
pub const REFERENCE_WITHOUT_RECORD: IssueCode = IssueCode::new("reference-without-record");
/// A source record says that what was said before is to be deleted; what was said stays, for a
/// person to decide.
pub const EXPLICIT_DELETE: IssueCode = IssueCode::new("explicit-delete");
/// A later source record says that a value of an earlier one no longer holds; the value stands in
/// the archive only.
pub const WITHDRAWN: IssueCode = IssueCode::new("withdrawn");
