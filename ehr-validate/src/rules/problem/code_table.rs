//! Tables of codes: ICD-10-CM by prefix, SNOMED CT by code.

use ehr_model::datatype::CodeableConcept;

use crate::concept::codes_in;

const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";
const SNOMED: &str = "http://snomed.info/sct";

/// The lines of a table whose code a concept has: `icd10` or `snomed`, code, further cells.
pub(super) fn lines_of<'t>(
    table: &'t [Vec<&'t str>],
    concept: &CodeableConcept,
) -> Option<&'t [&'t str]> {
    let found = |system: &str, code: &str| {
        table.iter().find(|line| match (line[0], system) {
            ("icd10", ICD10) => is_below(code, line[1]),
            ("snomed", SNOMED) => code == line[1],
            _ => false,
        })
    };
    let icd = codes_in(concept, ICD10).find_map(|code| found(ICD10, code));
    let line = icd.or_else(|| codes_in(concept, SNOMED).find_map(|code| found(SNOMED, code)))?;
    line.get(2..)
}

/// Reads a table of at least three columns.
pub(super) fn read(table: &'static str) -> Vec<Vec<&'static str>> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    let cells = lines.map(|line| line.split('\t').collect::<Vec<_>>());
    cells.filter(|cells| cells.len() >= 3).collect()
}

/// Whether an ICD-10-CM code stands at or below another one, with or without its point.
fn is_below(code: &str, above: &str) -> bool {
    let mut code = code.bytes().filter(|byte| *byte != b'.');
    above.bytes().filter(|byte| *byte != b'.').all(|byte| {
        code.next()
            .is_some_and(|other| other.eq_ignore_ascii_case(&byte))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_stands_below_its_chapter_with_and_without_the_point() {
        assert!(is_below("E11.9", "E11"));
        assert!(is_below("e119", "E11.9"));
        assert!(!is_below("E1", "E11"));
        assert!(!is_below("E10.9", "E11"));
    }

    #[test]
    fn every_line_of_every_table_can_be_read() {
        for (name, table) in [
            ("chronic", include_str!("chronic.tsv")),
            ("implausible", include_str!("implausible.tsv")),
        ] {
            let lines = table.lines().filter(|line| !line.starts_with('#')).count();
            let read = read(table);
            assert_eq!(read.len(), lines, "{name}");
            let is_known = |line: &Vec<&str>| ["icd10", "snomed"].contains(&line[0]);
            assert!(read.iter().all(is_known), "{name}");
        }
    }
}
