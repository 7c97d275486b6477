//! What is odd about a document. The codes are permanent.

use ehr_model::issue::IssueCode;

/// The content of a file is not what the ending of its name promises.
pub const MEDIA_TYPE_MISMATCH: IssueCode = IssueCode::new("media-type-mismatch");

/// A file without a byte.
pub const DOCUMENT_EMPTY: IssueCode = IssueCode::new("document-empty");

/// A file that ends before its format does.
pub const DOCUMENT_TRUNCATED: IssueCode = IssueCode::new("document-truncated");

/// A file of pages whose pages cannot be counted: it is encrypted or damaged.
pub const PAGES_UNKNOWN: IssueCode = IssueCode::new("document-pages-unknown");
