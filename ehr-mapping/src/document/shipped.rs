//! The mapping documents that come with the crate.

use super::MappingDocument;

/// Name, text, and the code map files that the text names.
type Shipped = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const SHIPPED: &[Shipped] = &[
    (
        "ccda-r2.1",
        include_str!("../../documents/ccda-r2.1.toml"),
        &[],
    ),
    (
        "synthea-csv",
        include_str!("../../documents/synthea-csv.toml"),
        &[],
    ),
];

pub(super) fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _, _)| *name)
}

pub(super) fn find(name: &str) -> Option<MappingDocument> {
    let (name, text, files) = SHIPPED.iter().find(|(known, _, _)| *known == name)?;
    let document = MappingDocument {
        name: format!("{name}.toml"),
        text: (*text).to_owned(),
        files: files
            .iter()
            .map(|(name, content)| ((*name).to_owned(), (*content).to_owned()))
            .collect(),
    };
    Some(document)
}
