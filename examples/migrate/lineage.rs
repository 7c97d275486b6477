//! Lineage: addresses only, never values.

use ehr_model::record::Record;
use serde_json::json;

/// Appends one line: the resource, and for each of its sources the address, the line of the
/// mapping document, and field by field the path in the source.
pub(crate) fn write_line(record: &Record, document: &str, out: &mut Vec<u8>) {
    let sources: Vec<_> = record
        .provenance
        .iter()
        .map(|provenance| {
            let fields: Vec<_> = provenance
                .fields
                .iter()
                .map(|field| json!({ "field": field.field, "path": field.source_path, "line": field.mapping_line }))
                .collect();
            json!({
                "address": provenance.address,
                "mapping": format!("{document}:{}", provenance.mapping_line),
                "fields": fields,
            })
        })
        .collect();
    let line = json!({ "resource": format!("{}/{}", record.kind().fhir(), record.id), "sources": sources });
    out.extend_from_slice(line.to_string().as_bytes());
    out.push(b'\n');
}
