//! What was compared and reviewed after a round goes into its record.

use std::fs;
use std::path::Path;

use ehr_crypto::DataKey;
use ehr_validate::rounds::{CompareCounts, RoundRecord};
use ehr_validate::sampling::SampleResults;
use examples::export::Failure;
use examples::round;
use serde::Deserialize;

use crate::options::Attach;

/// Of what `compare --json` printed, what belongs into a round.
#[derive(Deserialize)]
struct Compared {
    format: String,
    source_fingerprint: String,
    round: CompareCounts,
}

pub(crate) fn run(options: &Attach, key: &DataKey) -> Result<(), Failure> {
    let mut record = round::read(&options.round, key)?.record().clone();
    if let Some(path) = &options.samples {
        let samples: SampleResults = json(path)?;
        record.samples = Some(samples);
    }
    if let Some(path) = &options.compare {
        record.compare = Some(compared(path, &record)?);
    }
    let mut sealed = Vec::new();
    record.write(key, &mut sealed)?;
    let at = |error| format!("{}: {error}", options.out.display());
    let mut file = fs::File::create_new(&options.out).map_err(at)?;
    Ok(std::io::Write::write_all(&mut file, &sealed).map_err(at)?)
}

/// The counts of a comparison, if it read the export of the round.
fn compared(path: &Path, record: &RoundRecord) -> Result<CompareCounts, Failure> {
    let compared: Compared = json(path)?;
    if compared.format != "ehr-compare/1" {
        return Err(format!("{}: not what `compare --json` prints", path.display()).into());
    }
    if compared.source_fingerprint != record.inputs.source_fingerprint {
        let number = record.number;
        return Err(format!(
            "{}: the comparison read another export than round {number}",
            path.display()
        )
        .into());
    }
    Ok(compared.round)
}

fn json<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, Failure> {
    let at = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let bytes = fs::read(path).map_err(|error| at(&error))?;
    Ok(serde_json::from_slice(&bytes).map_err(|error| at(&error))?)
}
