//! The mapping documents that come with the crate.

use super::MappingDocument;
use crate::format::Format;

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
    ("fhir-r4", include_str!("../../documents/fhir-r4.toml"), &[]),
    ("hl7v2", include_str!("../../documents/hl7v2.toml"), &[]),
    ("x12-837", include_str!("../../documents/x12-837.toml"), &[]),
    ("x12-835", include_str!("../../documents/x12-835.toml"), &[]),
    (
        "synthea-csv",
        include_str!("../../documents/synthea-csv.toml"),
        &[],
    ),
];

/// The documents that read a format.
fn of_format(format: Format) -> &'static [&'static str] {
    match format {
        Format::Ccda => &["ccda-r2.1"],
        Format::Fhir => &["fhir-r4"],
        Format::Hl7v2 => &["hl7v2"],
        Format::X12 => &["x12-837", "x12-835"],
        Format::Csv | Format::SqlDump | Format::Xlsx => &[],
    }
}

/// A document that extends those of all formats at once.
pub(super) fn for_formats(
    formats: impl IntoIterator<Item = Format>,
    system: &str,
) -> Option<MappingDocument> {
    let names: Vec<&str> = formats
        .into_iter()
        .flat_map(of_format)
        .copied()
        .filter(|name| find(name).is_some())
        .collect();
    if names.is_empty() {
        return None;
    }
    let quoted: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
    let text = format!(
        "[document]\nname = \"shipped\"\nversion = {:?}\ntitle = \"Shipped mapping: {}\"\nformat = \"mixed\"\nsystem = {system:?}\nextends = [{}]\n",
        env!("CARGO_PKG_VERSION"),
        names.join(", "),
        quoted.join(", "),
    );
    MappingDocument::parse("shipped.toml", &text).ok()
}

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
