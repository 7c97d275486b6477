//! Names that columns have for fields.

use ehr_model::record::Kind;

/// The table of synonyms, as it stands beside this file.
const TABLE: &str = include_str!("synonyms.tsv");

/// A field and the names that columns have for it.
pub(super) struct Synonym {
    pub(super) field: &'static str,
    pub(super) how: How,
    names: &'static str,
}

/// How a column fills a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Text,
    Lower,
    Date,
    Code,
    Closed,
    Zip,
    Phone,
    /// An identifier of this system.
    Identifier(&'static str),
    Reference(&'static str),
}

impl Synonym {
    /// Which of the names a column has, counted from 0.
    pub(super) fn place(&self, column: &str) -> Option<usize> {
        self.names.split(' ').position(|name| name == column)
    }
}

/// The synonyms of a kind.
pub(super) fn of(kind: Kind) -> impl Iterator<Item = Synonym> {
    let lines = TABLE.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(move |line| {
        let mut cells = line.split('\t');
        if cells.next()? != kind.name() {
            return None;
        }
        let field = cells.next()?;
        let how = match cells.next()? {
            "text" => How::Text,
            "lower" => How::Lower,
            "date" => How::Date,
            "code" => How::Code,
            "closed" => How::Closed,
            "zip" => How::Zip,
            "phone" => How::Phone,
            "ssn" => How::Identifier("http://hl7.org/fhir/sid/us-ssn"),
            "npi" => How::Identifier("http://hl7.org/fhir/sid/us-npi"),
            how => How::Reference(how.strip_prefix("ref:")?),
        };
        Some(Synonym {
            field,
            how,
            names: cells.next()?,
        })
    })
}

/// A name in small letters and digits, without anything between them.
pub(super) fn squashed(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

#[cfg(test)]
mod tests {
    use ehr_model::catalogue::FieldPath;

    use super::*;

    #[test]
    fn every_line_names_a_field_of_the_catalogue() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let cells: Vec<_> = line.split('\t').collect();
            assert_eq!(cells.len(), 4, "{line}");
            let kind = Kind::from_name(cells[0]).unwrap_or_else(|| panic!("{line}"));
            FieldPath::resolve(kind, cells[1]).unwrap_or_else(|error| panic!("{line}: {error}"));
            assert!(of(kind).any(|synonym| synonym.field == cells[1]), "{line}");
            for name in cells[3].split(' ') {
                assert_eq!(squashed(name), name, "{line}");
            }
        }
    }
}
