//! From a resource back to its source and the line of the mapping document.

use std::io::BufRead;

use serde::{Deserialize, Serialize};

/// Where something came from. Addresses, no values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// The source record.
    pub address: String,
    /// The mapping document and the line of it that made the field, else the resource.
    pub mapping: String,
    /// The path in the source record that filled the field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// Why a lineage cannot be searched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TraceError {
    /// Reading failed.
    #[error("the lineage cannot be read at line {line}")]
    Io {
        /// The line, counted from 1.
        line: u64,
        /// What the operating system said.
        #[source]
        source: std::io::Error,
    },
    /// A line is not what a migration writes.
    #[error("line {line} of the lineage names no resource with its sources")]
    Malformed {
        /// The line, counted from 1.
        line: u64,
    },
}

#[derive(Deserialize)]
struct Line {
    resource: String,
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Source {
    address: String,
    mapping: String,
    #[serde(default)]
    fields: Vec<Filled>,
}

#[derive(Deserialize)]
struct Filled {
    field: String,
    path: Option<String>,
    line: u32,
}

impl Trace {
    /// All sources of a resource, or of one of its fields, from the lineage that a migration writes:
    /// one JSON object a resource. A field that no source names is traced as the whole resource.
    ///
    /// # Errors
    ///
    /// If the lineage cannot be read.
    pub fn find(
        lineage: impl BufRead,
        resource: &str,
        field: Option<&str>,
    ) -> Result<Vec<Self>, TraceError> {
        for (number, line) in (1..).zip(lineage.lines()) {
            let line = line.map_err(|source| TraceError::Io {
                line: number,
                source,
            })?;
            if !line.contains(resource) {
                continue;
            }
            let line: Line =
                serde_json::from_str(&line).map_err(|_| TraceError::Malformed { line: number })?;
            if line.resource == resource {
                return Ok(line.traces(field));
            }
        }
        Ok(Vec::new())
    }
}

impl Line {
    fn traces(&self, field: Option<&str>) -> Vec<Trace> {
        let of_field = self.sources.iter().flat_map(|source| {
            let filled = source
                .fields
                .iter()
                .filter(|one| Some(&*one.field) == field);
            filled.map(|one| Trace {
                address: source.address.clone(),
                // the document stands before the last colon, behind it the line of the block
                mapping: match source.mapping.rsplit_once(':') {
                    Some((document, _)) => format!("{document}:{}", one.line),
                    None => source.mapping.clone(),
                },
                path: one.path.clone(),
            })
        });
        let traces: Vec<Trace> = of_field.collect();
        if !traces.is_empty() {
            return traces;
        }
        let whole = self.sources.iter().map(|source| Trace {
            address: source.address.clone(),
            mapping: source.mapping.clone(),
            path: None,
        });
        whole.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINEAGE: &str = r#"{"resource":"Patient/a","sources":[]}
{"resource":"MedicationRequest/b","sources":[{"address":"MEDS.TXT: record 7, line 8","mapping":"harbor-street.toml:210","fields":[{"field":"dosageInstruction[0].text","path":"SIG","line":219}]}]}
"#;

    #[test]
    fn a_field_leads_to_its_line() {
        let find = |field| Trace::find(LINEAGE.as_bytes(), "MedicationRequest/b", field).unwrap();
        let dose = &find(Some("dosageInstruction[0].text"))[0];
        assert_eq!(
            (&*dose.mapping, dose.path.as_deref()),
            ("harbor-street.toml:219", Some("SIG"))
        );
        assert_eq!(dose.address, "MEDS.TXT: record 7, line 8");
        assert_eq!(find(Some("status"))[0].mapping, "harbor-street.toml:210");
        assert_eq!(find(None)[0].mapping, "harbor-street.toml:210");
        assert!(
            Trace::find(LINEAGE.as_bytes(), "Patient/z", None)
                .unwrap()
                .is_empty()
        );
        let broken = Trace::find(&b"\nPatient/z"[..], "Patient/z", None);
        assert_eq!(
            broken.unwrap_err().to_string(),
            "line 2 of the lineage names no resource with its sources"
        );
    }
}
