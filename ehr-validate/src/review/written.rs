//! What stood in the old system, as it was written there.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ehr_model::provenance::{FieldProvenance, Provenance};
use ehr_model::source::SourceRecord;
use ehr_model::value::Text;

/// At most so many values of the source are shown beside one field.
const SHOWN: usize = 6;

/// The verbatim values of the source records of a chart, found again by the lineage of its fields.
/// Without lineage there is nothing to show. `Debug` shows no value.
#[derive(Debug, Clone, Default)]
pub struct Written {
    records: HashMap<(Arc<str>, Option<u64>), BTreeMap<String, Text>>,
}

impl Written {
    /// The values of source records.
    pub fn of<'s, 'a: 's>(records: impl IntoIterator<Item = &'s SourceRecord<'a>>) -> Self {
        let mut written = Self::default();
        for record in records {
            let address = record.address();
            let values = written
                .records
                .entry((address.source, address.record))
                .or_default();
            for leaf in record.filled_leaves() {
                if let Some(value) = record.expose(leaf) {
                    values.insert(record.path(leaf), Text::from(value));
                }
            }
        }
        written
    }

    /// What filled a field, as it stood in the source.
    pub(super) fn find(&self, provenance: &[Provenance], field: &str) -> Option<Text> {
        provenance.iter().find_map(|provenance| {
            let address = &provenance.address;
            let values = self
                .records
                .get(&(address.source.clone(), address.record))?;
            let filled = provenance.fields.iter().rev();
            let lineage = filled.filter(|lineage| fills(lineage, field));
            // the line that names most of the path
            let lineage = lineage.max_by_key(|lineage| lineage.field.len())?;
            let path = lineage.source_path.as_deref()?;
            if let Some(value) = values.get(path) {
                return Some(value.clone());
            }
            let below = values
                .range(path.to_owned()..)
                .take_while(|(place, _)| place.starts_with(path));
            let below: Vec<String> = below
                .take(SHOWN)
                .map(|(place, value)| format!("{} = {}", &place[path.len()..], value.expose()))
                .collect();
            (!below.is_empty()).then(|| Text::from(below.join("\n")))
        })
    }
}

/// Whether a line that filled an element, or a leaf, filled this one.
fn fills(lineage: &FieldProvenance, field: &str) -> bool {
    let stem = lineage.field.strip_suffix("[x]").unwrap_or(&lineage.field);
    let stem = stem.strip_suffix("[+]").unwrap_or(stem);
    match field.strip_prefix(stem) {
        Some("") => true,
        Some(rest) => rest.starts_with(['.', '[']) || lineage.field.ends_with("[x]"),
        None => false,
    }
}
