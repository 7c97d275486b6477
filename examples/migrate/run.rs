//! The line from end to end.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use ehr_archive::{ArchiveId, ArchiveOptions, ArchiveWriter};
use ehr_crypto::DataKey;
use ehr_mapping::Error;
use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::scope::ScopePolicy;
use ehr_mapping::writer::BundleFolder;
use ehr_model::fhir::BatchTag;
use ehr_model::value::Date;
use ehr_validate::collect::Population;
use ehr_validate::reconciliation::reconcile;
use ehr_validate::report::RunVerdict;
use ehr_validate::rounds::Round;
use ehr_validate::{Context, Directory, Ruleset, Validator};
use examples::clock::{self, stamp};
use examples::production::Unmet;
use serde_json::json;

use crate::Failure;
use crate::export;
use crate::options::Options;
use crate::patient::{Counts, Stage};
use crate::production::{Production, Proof};
use crate::progress::Progress;
use crate::report::{Made, Written, batch_id};
use crate::round::Ledger;
use crate::set_aside::SetAside;
use crate::sink::{Sink, seal_rejects};
use crate::staging::Staging;
use crate::summary::Summary;

/// Where the result goes when nobody says.
const DEFAULT_OUT: &str = "target/migration";
/// The code system of batch tags.
const BATCH_SYSTEM: &str = "urn:ehr:migration-batch";

/// How a run ended.
pub(crate) enum Ending {
    /// With a result, which may be used or not.
    Run(RunVerdict),
    /// Not begun: a production run for which something is missing.
    Refused(Vec<Unmet>),
}

/// Migrates, and says whether the result may be used.
pub(crate) fn migrate(options: &Options) -> Result<Ending, Failure> {
    let out = options
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(DEFAULT_OUT));
    let now = clock::now();
    let as_of = options.as_of.unwrap_or(now.date_naive());

    // a production run is admitted, or refused, before anybody looks at the export
    let mut production = None;
    if let (Some(_), Some(map)) = (&options.production, &options.map) {
        let document = examples::export::read_document(map)?;
        match Production::admit(options, &document, now)? {
            Ok(admitted) => production = Some(admitted),
            Err(unmet) => return Ok(Ending::Refused(unmet)),
        }
    }
    let folder = export::open(options.source.as_deref())?;
    let document = export::document(options, &*folder)?;
    let plan = document.compile()?;
    let mut staging = Staging::create(&out, options.out.is_some())?;
    let progress = Progress::new();

    let mut settings = ExtractionOptions::new(&staging.path("spill"));
    settings.threads = options.threads.max(1);
    settings.lineage = options.lineage;
    let extraction = match production.as_mut().map(Production::gate) {
        Some(gate) => {
            let gate = gate.ok_or("the permit of the production run was used")?;
            Extraction::open_production(&plan, &*folder, settings, gate)?
        }
        None => Extraction::open_rehearsal(&plan, &*folder, settings)?,
    };
    let fingerprint = extraction.fingerprint().to_string();
    let mut opened = Vec::new();
    if let Some(production) = &production {
        match production.confirm(&fingerprint) {
            Ok(clearance) => {
                let under = extraction.production();
                opened = serde_json::to_vec(&json!({ "opened": under, "clearance": clearance }))?;
            }
            Err(unmet) => return Ok(Ending::Refused(unmet)),
        }
    }
    progress.mapping(extraction.rows());

    let (key, made_key) = staging.archive_key(options.key.as_deref())?;
    let batch_id = batch_id(&plan, &extraction, options, as_of);
    let batch = BatchTag::new(BATCH_SYSTEM, batch_id.as_str());
    let mut scope = ScopePolicy::new(options.scope.into(), as_of);
    if let Some(since) = options.since {
        scope.since = since;
    }
    let ruleset = Ruleset::all();
    let inputs = examples::round::inputs(&fingerprint, &plan.digest().to_string(), &ruleset);
    let last_round = production.as_ref().map(Production::last_round);
    let ledger = Ledger::begin(options, &key, inputs, &stamp(now), last_round)?;
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
    let report = Written::new(&Made {
        plan: &plan,
        fingerprint,
        batch: &batch_id,
        as_of,
        ruleset: validator.ruleset(),
        scope: &scope,
        counts: &counts,
        reconciliation: &reconciliation,
    })?;
    report.write(&staging.path("report"))?;
    set_aside.write(&staging.path("report"))?;
    let archived = archive.finish(&report.json)?;
    drop(stage);
    let mut findings = Round::new(validator.ruleset(), &counts.validation);
    findings.merge(&counts.findings);
    drop(extraction); // removes the spill files
    let _ = fs::remove_dir_all(staging.path("spill"));

    let round = ledger.as_ref().map(|ledger| {
        let mut issues = counts.validation.issues.clone();
        issues.merge(&counts.issues);
        let round = ledger.ended(&stamp(clock::now()));
        round.complete(
            &report.report,
            &counts.tally,
            &reconciliation,
            &issues,
            findings,
        )
    });
    let signer = production.as_ref().map(Production::signer);
    if let (Some(production), Some(ledger), Some(round)) = (production, &ledger, &round) {
        let proof = Proof {
            report: &report,
            round,
            sealed_round: &ledger.seal(round)?,
            opened,
        };
        production.prove(&staging, &key, &archived, proof)?;
    }
    staging.publish()?;
    if let (Some(ledger), Some(round)) = (ledger, round) {
        ledger.write(&round)?;
    }
    progress.done();
    let verdict = report.report.verdict();
    let summary = Summary {
        report: &report,
        counts: &counts,
        set_aside: set_aside.len(),
        out: &out,
        made_key: made_key.as_deref(),
        signer: signer.as_deref(),
    };
    summary.print(options.json)?;
    Ok(Ending::Run(verdict))
}
