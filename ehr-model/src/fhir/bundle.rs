//! Several resources of one patient in one FHIR Bundle.

use super::{BatchTag, JsonWriter, ReferenceStyle, write_resource};
use crate::record::Record;

/// What a bundle is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum BundleType {
    /// To be loaded as a whole: each entry puts its resource under its own id.
    Transaction,
    /// To be kept.
    Collection,
}

/// Appends records as a bundle. References between them are `urn:uuid:`, as the full URLs are.
pub fn write_bundle<'r>(
    records: impl IntoIterator<Item = &'r Record>,
    bundle: BundleType,
    batch: &BatchTag,
    out: &mut Vec<u8>,
) {
    begin_bundle(bundle, out);
    for (number, record) in records.into_iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        write_entry(record, bundle, batch, out);
    }
    end_bundle(out);
}

/// Appends what stands before the entries of a bundle, which are separated by commas.
pub fn begin_bundle(bundle: BundleType, out: &mut Vec<u8>) {
    let name = match bundle {
        BundleType::Transaction => "transaction",
        BundleType::Collection => "collection",
    };
    out.extend_from_slice(br#"{"resourceType":"Bundle","type":""#);
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(br#"","entry":["#);
}

/// Appends a record as an entry of a bundle.
pub fn write_entry(record: &Record, bundle: BundleType, batch: &BatchTag, out: &mut Vec<u8>) {
    let style = ReferenceStyle::UrnUuid;
    out.extend_from_slice(br#"{"fullUrl":"#);
    JsonWriter::new(out, style).reference(record.kind(), record.id);
    out.extend_from_slice(br#","resource":"#);
    write_resource(record, batch, style, out);
    if bundle == BundleType::Transaction {
        out.extend_from_slice(br#","request":{"method":"PUT","url":"#);
        JsonWriter::new(out, ReferenceStyle::Relative).reference(record.kind(), record.id);
        out.push(b'}');
    }
    out.push(b'}');
}

/// Appends what stands behind the entries of a bundle.
pub fn end_bundle(out: &mut Vec<u8>) {
    out.extend_from_slice(b"]}");
}
