//! Why a record was rejected. The codes are permanent.

use ehr_model::issue::IssueCode;

/// The text is not JSON (RFC 8259).
pub const JSON_NOT_WELL_FORMED: IssueCode = IssueCode::new("json-not-well-formed");

/// An object holds two members of the same name; which one counts nobody can tell.
pub const JSON_DUPLICATE_MEMBER: IssueCode = IssueCode::new("json-duplicate-member");

/// A `null` outside of an array. FHIR knows it only as a place holder between repetitions.
pub const JSON_NULL_MEMBER: IssueCode = IssueCode::new("json-null-member");

/// Objects and arrays deeper inside one another than [`MAX_DEPTH`](super::MAX_DEPTH).
pub const JSON_NESTED_TOO_DEEPLY: IssueCode = IssueCode::new("json-nested-too-deeply");

/// A number of more digits than the tokenizer reads, some four thousand.
pub const JSON_NUMBER_TOO_LONG: IssueCode = IssueCode::new("json-number-too-long");

/// More values than [`MAX_VALUES`](super::MAX_VALUES).
pub const JSON_TOO_MANY_VALUES: IssueCode = IssueCode::new("json-too-many-values");

/// Well-formed JSON that has no `resourceType` and is no entry of a Bundle.
pub const NOT_A_FHIR_RESOURCE: IssueCode = IssueCode::new("not-a-fhir-resource");

/// An element of `Bundle.entry` that is no object.
pub const NOT_A_BUNDLE_ENTRY: IssueCode = IssueCode::new("not-a-bundle-entry");

/// The manifest of a bulk export, which lists its files and holds no resource.
pub const BULK_EXPORT_MANIFEST: IssueCode = IssueCode::new("bulk-export-manifest");

/// Bytes that are not UTF-8, the only encoding of JSON between systems.
pub const UNDECODABLE_BYTES: IssueCode = IssueCode::new("undecodable-bytes");

/// A line of NDJSON longer than [`MAX_LINE`](super::MAX_LINE).
pub const RECORD_TOO_LONG: IssueCode = IssueCode::new("record-too-long");

/// A resource of FHIR DSTU2 (1.0), whose elements mean other things than those of R4.
pub const FHIR_VERSION_DSTU2: IssueCode = IssueCode::new("fhir-version-dstu2");

/// A resource of FHIR STU3 (3.0), whose elements mean other things than those of R4.
pub const FHIR_VERSION_STU3: IssueCode = IssueCode::new("fhir-version-stu3");

/// A resource of FHIR R5 (5.0), whose elements mean other things than those of R4.
pub const FHIR_VERSION_R5: IssueCode = IssueCode::new("fhir-version-r5");

/// A `modifierExtension` changes what a resource means, and nobody said how.
pub const MODIFIER_EXTENSION: IssueCode = IssueCode::new("modifier-extension");

/// `implicitRules` change what a resource means, and nobody said how.
pub const IMPLICIT_RULES: IssueCode = IssueCode::new("implicit-rules");

/// A reference to a contained resource that is not contained.
pub const CONTAINED_MISSING: IssueCode = IssueCode::new("contained-missing");

/// Base64 that does not decode to bytes.
pub const BASE64_UNREADABLE: IssueCode = IssueCode::new("base64-unreadable");
