//! A rehearsal that counts and looks.

use std::path::Path;

use ehr_mapping::code_map::CodeUses;
use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::review::SampleValues;
use examples::export::{self, Failure};

/// Counts how often rows of code maps are used, and keeps a few values.
pub(crate) fn run(
    document: &MappingDocument,
    source: &Path,
) -> Result<(CodeUses, SampleValues), Failure> {
    let (plan, folder) = (document.compile()?, export::open(source)?);
    let spill = std::env::temp_dir().join(format!("ehr-review-{}", std::process::id()));
    let mut settings = ExtractionOptions::new(&spill);
    settings.count_codes = true;
    let extraction = Extraction::open_rehearsal(&plan, &*folder, settings)?;
    let (mut uses, mut samples) = (extraction.shared().code_uses, SampleValues::default());
    extraction.patients(
        |unit, books| {
            let mut values = SampleValues::default();
            books.settle_with(&unit, |_| true, |leaf| values.collect(leaf));
            (unit.code_uses, values)
        },
        |(part, values)| {
            uses.merge(&part);
            samples.merge(&values);
            Ok(())
        },
    )?;
    Ok((uses, samples))
}
