//! The line from end to end.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use chrono::{DateTime, NaiveDate};
use ehr_archive::{ArchiveId, ArchiveOptions, ArchiveWriter};
use ehr_crypto::DataKey;
use ehr_mapping::Error;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::plan::Plan;
use ehr_mapping::scope::ScopePolicy;
use ehr_mapping::writer::{BundleFolder, FhirFolder, SourceBundles};
use ehr_model::fhir::BatchTag;
use ehr_model::reject::Reject;
use ehr_model::value::Date;
use ehr_validate::collect::Population;
use ehr_validate::reconciliation::reconcile;
use ehr_validate::report::{
    DocumentFacts, Report, ReportParts, RunFacts, RunVerdict, ScopeSummary, SoftwareFacts,
};
use ehr_validate::rounds::Round;
use ehr_validate::{Context, Directory, Ruleset, Validator};

use crate::Failure;
use crate::archive;
use crate::export;
use crate::options::Options;
use crate::patient::{Counts, Outcome, Stage};
use crate::progress::Progress;
use crate::round::Ledger;
use crate::set_aside::SetAside;
use crate::staging::{Staging, at};
use crate::summary;

/// Where the result goes when nobody says.
const DEFAULT_OUT: &str = "target/migration";
/// The code system of batch tags.
const BATCH_SYSTEM: &str = "urn:ehr:migration-batch";
/// Rejects are sealed in groups, so that memory stays bounded.
const REJECTS_PER_ENTRY: usize = 1_000;

/// Migrates, and says whether the result may be used.
pub(crate) fn migrate(options: &Options) -> Result<RunVerdict, Failure> {
    let out = options
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(DEFAULT_OUT));
    let now = now();
    let as_of = options.as_of.unwrap_or(now.date_naive());

    let folder = export::open(options.source.as_deref())?;
    let document = export::document(options, &*folder)?;
    let plan = document.compile()?;
    let mut staging = Staging::create(&out, options.out.is_some())?;
    let progress = Progress::new();

    let mut extraction_options = ExtractionOptions::new(&staging.path("spill"));
    extraction_options.threads = options.threads.max(1);
    extraction_options.lineage = options.lineage;
    let extraction = Extraction::open_rehearsal(&plan, &*folder, extraction_options)?;
    progress.mapping(extraction.rows());

    let (key, made_key) = staging.archive_key(options.key.as_deref())?;
    let batch_id = batch_id(&plan, &extraction, options, as_of);
    let batch = BatchTag::new(BATCH_SYSTEM, batch_id.as_str());
    let mut scope = ScopePolicy::new(options.scope.into(), as_of);
    if let Some(since) = options.since {
        scope.since = since;
    }
    let ruleset = Ruleset::all();
    let inputs = examples::round::inputs(
        &extraction.fingerprint().to_string(),
        &plan.digest().to_string(),
        &ruleset,
    );
    let ledger = Ledger::begin(options, &key, inputs, &stamp(now))?;
    let archive_options = ArchiveOptions {
        archive_id: ArchiveId::random()?,
        created: stamp(now),
        software: format!("ehr migrate {}", env!("CARGO_PKG_VERSION")),
    };
    let mut archive = ArchiveWriter::create(&staging.path("archive"), archive_options, &key)?;

    let validator = Validator::new(ruleset);
    let population = Population::new(Arc::new(DataKey::generate()?));
    let local_systems: Vec<String> = plan.local_systems();
    let shared = extraction.shared();
    let directory: Directory = shared.chart.records.iter().collect();
    let today = Date::parse(&as_of.to_string())?;
    let transactions = match options.transactions {
        true => Some(BundleFolder::create(staging.path("transactions"))?),
        false => None,
    };
    let stage = Stage {
        plan: &plan,
        document: document.name(),
        validator: &validator,
        context: Context::new(today)
            .directory(&directory)
            .local_systems(&local_systems),
        directory: &directory,
        scope: &scope,
        batch: &batch,
        sealer: archive.sealer(),
        retention: options.retention(),
        population: population.clone(),
        lineage: options.lineage,
        transactions: transactions.as_ref(),
        bundles: options.bundles,
        round_key: ledger.as_ref().map(Ledger::key),
    };

    let mut sink = Sink::create(&staging, options, Counts::new(population))?;
    let shared_outcome = stage.shared(&shared, &extraction.books());
    drop(shared);
    sink.take(shared_outcome, &mut archive)?;
    extraction.patients(
        |unit, books| stage.work(unit, books),
        |outcome| {
            progress.advance(outcome.rows);
            sink.take(outcome, &mut archive).map_err(Error::stage)
        },
    )?;
    let mut set_aside = SetAside::new(&*folder)?;
    seal_rejects(
        &extraction,
        &stage,
        &mut archive,
        &mut sink.counts,
        &mut set_aside,
    )?;
    progress.sealing();

    let (remainder, issues) = extraction.remainder();
    sink.counts.tally.merge(&remainder);
    sink.counts.issues.extend(&issues);
    set_aside.files(&issues);
    let mut counts = sink.finish()?;
    let population = counts.population.clone();
    population.add_to(&mut counts.validation);

    let reconciliation = reconcile(&counts.tally, &counts.made, &counts.written);
    let mut decided = ScopeSummary::new(scope.mode.to_string());
    for ((rule, decision), entries) in &counts.decisions {
        decided.decide(rule.clone(), decision.to_string(), *entries);
    }
    let mut run = RunFacts::default();
    run.document = DocumentFacts::new(plan.name(), plan.version(), plan.digest().to_string());
    run.batch = batch_id;
    run.as_of = as_of.to_string();
    run.software = SoftwareFacts::new("ehr migrate", env!("CARGO_PKG_VERSION"));
    run.source_fingerprint = extraction.fingerprint().to_string();
    let report = Report::new(ReportParts {
        run: &run,
        tally: &counts.tally,
        rejects: &counts.rejects,
        reconciliation: &reconciliation,
        ruleset: validator.ruleset(),
        validation: &counts.validation,
        other_issues: &counts.issues,
        scope: &decided,
    });
    let mut json = Vec::new();
    report.write_json(&mut json)?;
    write_report(&report, &json, &staging.path("report"))?;
    set_aside.write(&staging.path("report"))?;
    archive.finish(&json)?;
    drop(stage);
    let mut findings = Round::new(validator.ruleset(), &counts.validation);
    findings.merge(&counts.findings);
    drop(extraction); // removes the spill files
    let _ = fs::remove_dir_all(staging.path("spill"));
    staging.publish()?;
    if let Some(ledger) = ledger {
        let mut issues = counts.validation.issues.clone();
        issues.merge(&counts.issues);
        let round = ledger.ended(&stamp(self::now()));
        let round = round.complete(&report, &counts.tally, &reconciliation, &issues, findings);
        ledger.write(&round)?;
    }
    progress.done();

    let mut stdout = std::io::stdout().lock();
    let printed = if options.json {
        stdout.write_all(&json)
    } else {
        summary::write(
            stdout,
            &report,
            &counts,
            set_aside.len(),
            &out,
            made_key.as_deref(),
        )
    };
    match printed {
        // whoever reads the output may stop reading; the result is there
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
        printed => printed?,
    }
    Ok(report.verdict())
}

/// Where results of patients arrive, one after the other.
struct Sink {
    fhir: FhirFolder,
    bundles: Option<SourceBundles>,
    lineage: Option<(PathBuf, BufWriter<File>)>,
    counts: Counts,
}

impl Sink {
    fn create(staging: &Staging, options: &Options, counts: Counts) -> Result<Self, Failure> {
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

    fn take(&mut self, outcome: Outcome, archive: &mut ArchiveWriter) -> Result<(), Failure> {
        self.fhir.append(&outcome.lines)?;
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
    fn finish(self) -> Result<Counts, Failure> {
        let mut counts = self.counts;
        let arrived = self.fhir.finish()?;
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

fn seal_rejects(
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

fn write_report(report: &Report, json: &[u8], folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(at(folder))?;
    let path = folder.join("report.json");
    fs::write(&path, json).map_err(at(&path))?;
    let path = folder.join("index.html");
    let mut html = Vec::new();
    report.write_html(&mut html)?;
    fs::write(&path, html).map_err(at(&path))
}

/// The batch is named by what decides its content, so that the same run has the same name.
fn batch_id(
    plan: &Plan,
    extraction: &Extraction<'_>,
    options: &Options,
    as_of: NaiveDate,
) -> String {
    let since = options
        .since
        .map(|since| since.to_string())
        .unwrap_or_default();
    let text = format!(
        "batch {} {} {:?} {since} {as_of}",
        plan.digest(),
        extraction.fingerprint(),
        options.scope
    );
    plan.namespace().name(&text).to_string()
}

fn now() -> DateTime<chrono::Utc> {
    let seconds = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs());
    DateTime::from_timestamp(i64::try_from(seconds).unwrap_or(0), 0).unwrap_or_default()
}

fn stamp(now: DateTime<chrono::Utc>) -> String {
    now.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
