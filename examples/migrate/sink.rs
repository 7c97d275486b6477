//! Where results of patients arrive, one after the other: files, archive and counts.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use ehr_archive::ArchiveWriter;
use ehr_mapping::Error;
use ehr_mapping::extraction::Extraction;
use ehr_mapping::writer::{FhirFolder, SourceBundles};
use ehr_model::reject::Reject;

use crate::Failure;
use crate::archive;
use crate::options::Options;
use crate::patient::{Counts, Outcome, Stage};
use crate::set_aside::SetAside;
use crate::staging::{Staging, at};

/// Rejects are sealed in groups, so that memory stays bounded.
const REJECTS_PER_ENTRY: usize = 1_000;

/// Where results of patients arrive, one after the other.
pub(crate) struct Sink {
    fhir: FhirFolder,
    bundles: Option<SourceBundles>,
    lineage: Option<(PathBuf, BufWriter<File>)>,
    pub(crate) counts: Counts,
}

impl Sink {
    pub(crate) fn create(
        staging: &Staging,
        options: &Options,
        counts: Counts,
    ) -> Result<Self, Failure> {
        let lineage = if options.lineage {
            let path = staging.path("lineage.ndjson");
            let file = File::create(&path).map_err(at(&path))?;
            Some((path, BufWriter::new(file)))
        } else {
            None
        };
        Ok(Self {
            fhir: FhirFolder::create(staging.path("fhir"))?,
            bundles: match options.bundles {
                true => Some(SourceBundles::create(staging.path("bundles"))?),
                false => None,
            },
            lineage,
            counts,
        })
    }

    pub(crate) fn take(
        &mut self,
        mut outcome: Outcome,
        archive: &mut ArchiveWriter,
    ) -> Result<(), Failure> {
        self.fhir.append(std::mem::take(&mut outcome.lines))?;
        if let Some(bundles) = &mut self.bundles {
            bundles.append(outcome.bundles)?;
        }
        if let Some((path, file)) = &mut self.lineage {
            file.write_all(&outcome.lineage).map_err(at(path))?;
        }
        outcome.transaction?;
        if let Some(sealed) = outcome.sealed? {
            archive.append_sealed(sealed, b"")?;
        }
        self.counts.merge(&outcome.counts);
        Ok(())
    }

    /// Ends the files; resources are counted where they arrived.
    pub(crate) fn finish(self) -> Result<Counts, Failure> {
        let mut counts = self.counts;
        let arrived = self.fhir.finish()?;
        counts.issues.extend(&arrived.issues);
        // what several patients bring stands in the files once, and is made as often
        for (name, resources) in arrived.written.into_iter().chain(arrived.repeated) {
            counts.written.add_resources(name, resources);
        }
        if let Some(bundles) = self.bundles {
            bundles.finish()?;
        }
        if let Some((path, file)) = self.lineage {
            let file = file
                .into_inner()
                .map_err(|error| at(&path)(error.into_error()))?;
            file.sync_all().map_err(at(&path))?;
        }
        Ok(counts)
    }
}

/// Seals what could not be read or placed, and lists it.
pub(crate) fn seal_rejects(
    extraction: &Extraction<'_>,
    stage: &Stage<'_>,
    archive: &mut ArchiveWriter,
    counts: &mut Counts,
    set_aside: &mut SetAside,
) -> Result<(), Failure> {
    let mut waiting: Vec<Reject> = Vec::new();
    let mut seal = |waiting: &mut Vec<Reject>| -> Result<(), Error> {
        if !waiting.is_empty() {
            let sealed = archive::rejects_entry(waiting, &stage.sealer).map_err(Error::stage)?;
            archive.append_sealed(sealed, b"").map_err(Error::stage)?;
            waiting.clear();
        }
        Ok(())
    };
    extraction.rejects(|reject| {
        counts.rejects.count(&reject);
        set_aside.reject(&reject);
        waiting.push(reject);
        if waiting.len() == REJECTS_PER_ENTRY {
            seal(&mut waiting)
        } else {
            Ok(())
        }
    })?;
    seal(&mut waiting)?;
    Ok(())
}
