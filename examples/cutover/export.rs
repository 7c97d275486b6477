//! Claims and waves of an export.

use std::path::Path;

use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_validate::cutover::{InFlightClaims, WaveCounts, WavePolicy};
use examples::export::{self, Failure};

use crate::options::Options;

/// Takes the claims of all charts, and counts patients by wave where waves are given.
pub(crate) fn collect(
    source: &Path,
    options: &Options,
    policy: Option<&WavePolicy>,
    claims: &mut InFlightClaims,
) -> Result<Option<WaveCounts>, Failure> {
    let folder = export::open(source)?;
    let plan = export::document(options.map.as_deref(), &*folder, &options.system)?.compile()?;
    let spill = std::env::temp_dir().join(format!("ehr-cutover-{}", std::process::id()));
    let extraction = Extraction::open_rehearsal(&plan, &*folder, ExtractionOptions::new(&spill))?;
    let mut counts = WaveCounts::default();
    extraction.patients(
        |unit, _| unit.chart,
        |chart| {
            claims.chart(&chart);
            if let Some(policy) = policy {
                policy.count(&chart, &mut counts);
            }
            Ok(())
        },
    )?;
    drop(extraction);
    let _ = std::fs::remove_dir_all(&spill);
    Ok(policy.map(|_| counts))
}
