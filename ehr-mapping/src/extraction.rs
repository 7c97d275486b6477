//! Reading an export patient by patient in bounded memory.
//!
//! An export is split by table, a chart by patient. Opening an extraction reads every file once
//! and sorts its rows into partitions by patient; the partitions lie in spill files that are
//! sealed under a key which exists only in memory. Then each partition is mapped on its own, so
//! that memory is bounded by a partition and not by the export, and partitions go in parallel.
//!
//! There is no door without a name: [`Extraction::open_production`] asks for an `ExtractionPermit` and an approved
//! mapping document, [`Extraction::open_rehearsal`] marks its books.
//!
//! The order of patients is the order of their ids, whatever the number of partitions and threads.

mod container;
mod file;
mod find;
mod identities;
mod partition;
mod partitions;
mod production;
mod spill;
mod trees;
mod unclaimed;

pub use file::map_file;
pub use production::{ProductionGate, ProductionRecord};

use std::collections::{BTreeSet, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ehr_crypto::Digest;
use ehr_model::issue::{Issue, IssueCode, Severity};
use ehr_model::record::RecordId;
use ehr_model::reject::Reject;
use ehr_model::source::Arena;
use ehr_model::source::Fate;
use ehr_model::tally::{RecordCounts, RunKind, Tally};

use crate::Error;
use crate::mapper::{Binding, LeafFate, Mapper, PatientUnit, Row, SharedIndex};
use crate::plan::{PatientKey, Plan};
use crate::source::{ClaimedFiles, SourceFolder};
use crate::tree;
use partition::Partitioner;
use partitions::Partitions;
use spill::{Reasons, SpilledReject, SpilledRow, Spills};

/// A row has no value where the key of its patient should stand.
pub const PATIENT_KEY_MISSING: IssueCode = IssueCode::new("patient-key-missing");
/// The row through which the patient is found is not there.
pub const PATIENT_NOT_FOUND: IssueCode = IssueCode::new("patient-not-found");
/// A record, or the rows through which its patient is found, name different patients.
pub const PATIENT_AMBIGUOUS: IssueCode = IssueCode::new("patient-ambiguous");
/// Records say of identifiers that they are one patient, and among them are two numbers of one
/// authority: nobody is merged, and each record that says so has this issue.
pub const PATIENT_IDENTIFIERS_CONFLICT: IssueCode = IssueCode::new("patient-identifiers-conflict");
/// A record names two identifiers of its patient: all that either of them names is one chart.
pub const PATIENT_IDENTIFIERS_JOINED: IssueCode = IssueCode::new("patient-identifiers-joined");
/// No source of the mapping document takes a record of its format.
pub const RECORD_WITHOUT_SOURCE: IssueCode = IssueCode::new("record-without-source");
/// A file of the export that the mapping document does not name, of no format that has a mark.
pub const SOURCE_FILE_UNCLAIMED: IssueCode = IssueCode::new("source-file-unclaimed");
/// A file of the export without a byte, which the mapping document does not name.
pub const SOURCE_FILE_EMPTY: IssueCode = IssueCode::new("source-file-empty");
/// A file of the export in a format that the mapping document does not read.
pub const SOURCE_FILE_OF_OTHER_FORMAT: IssueCode = IssueCode::new("source-file-of-other-format");

/// Raw bytes of one partition: small enough that several, with what is made of them, fit beside
/// each other in memory, large enough that a patient rarely dominates it.
pub const DEFAULT_PARTITION_BYTES: u64 = 2 << 20;
/// At most about this many spill files are written at once, well below the 1,024 that systems
/// allow a process by default, with 64 KiB each. What is too large then is split afterwards.
const MAX_SPILLS: u64 = 256;

/// How an extraction works.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ExtractionOptions {
    /// Where spill files are written; created, and emptied again when the extraction ends.
    pub spill: PathBuf,
    /// Raw bytes of one partition.
    pub partition_bytes: u64,
    /// How many partitions are mapped at once.
    pub threads: usize,
    /// Whether records note, field by field, where their values stood.
    pub lineage: bool,
    /// Whether units count how often each row of a code map was used: for a review sheet.
    pub count_codes: bool,
}

impl ExtractionOptions {
    /// One thread, without lineage.
    pub fn new(spill: &Path) -> Self {
        Self {
            spill: spill.to_owned(),
            partition_bytes: DEFAULT_PARTITION_BYTES,
            threads: 1,
            lineage: false,
            count_codes: false,
        }
    }
}

/// An export that was read and sorted by patient.
pub struct Extraction<'p> {
    plan: &'p Plan,
    options: ExtractionOptions,
    bindings: Vec<Option<Binding>>,
    partitions: Partitions,
    rejects: Spills,
    /// The files that were read, by the numbers that rows carry.
    source_names: Vec<Arc<str>>,
    reasons: Reasons,
    shared_text: Vec<SpilledRow>,
    shared_index: SharedIndex,
    files: ClaimedFiles<'p>,
    tally: Tally,
    issues: Vec<Issue>,
    fingerprint: Digest,
    rows: u64,
    production: Option<ProductionRecord>,
}

/// Settles the books of a unit once it is known what migrates.
pub struct Books<'e> {
    plan: &'e Plan,
    bindings: &'e [Option<Binding>],
}

impl Books<'_> {
    /// The books of a unit, given which of its records migrate.
    pub fn settle(&self, unit: &PatientUnit<'_>, migrates: impl Fn(RecordId) -> bool) -> Tally {
        self.settle_with(unit, migrates, |_| ())
    }

    /// The books of a unit, with the fate of every leaf: for those who check what the books say.
    pub fn settle_with(
        &self,
        unit: &PatientUnit<'_>,
        migrates: impl Fn(RecordId) -> bool,
        mut visit: impl FnMut(&LeafFate<'_>),
    ) -> Tally {
        let migrating: HashSet<RecordId> = unit
            .chart
            .records
            .iter()
            .map(|record| record.id)
            .filter(|id| migrates(*id))
            .collect();
        unit.tally(
            self.plan,
            self.bindings,
            &migrating,
            &mut |row, leaf, fate, reason| {
                visit(&LeafFate::new(row, leaf, fate, reason));
            },
        )
    }
}

impl<'p> Extraction<'p> {
    /// Reads an export of patients who never agreed to a rehearsal: checks the permit and the sign-offs, then every
    /// header, then sorts all rows by patient. Its books are those of a production run.
    ///
    /// # Errors
    ///
    /// The export is not listed before the gate is passed, and nothing is read from any table while one lacks its
    /// file or a column.
    pub fn open_production(
        plan: &'p Plan,
        folder: &'p dyn SourceFolder,
        options: ExtractionOptions,
        gate: ProductionGate<'_>,
    ) -> Result<Self, Error> {
        let record = gate.pass(plan)?;
        Self::open(plan, folder, options, Some(record))
    }

    /// Reads an export of invented data, or of data whose use for rehearsals was agreed, without permit and sign-off.
    /// Its books say that they are of a rehearsal, and so does every sum they go into.
    ///
    /// # Errors
    ///
    /// Nothing is read from any table while one lacks its file or a column.
    pub fn open_rehearsal(
        plan: &'p Plan,
        folder: &'p dyn SourceFolder,
        options: ExtractionOptions,
    ) -> Result<Self, Error> {
        Self::open(plan, folder, options, None)
    }

    /// Under which permit and sign-offs the export was opened; none for a rehearsal.
    pub fn production(&self) -> Option<&ProductionRecord> {
        self.production.as_ref()
    }

    /// Checks every header first, then sorts all rows by patient.
    fn open(
        plan: &'p Plan,
        folder: &'p dyn SourceFolder,
        options: ExtractionOptions,
        production: Option<ProductionRecord>,
    ) -> Result<Self, Error> {
        let files = folder
            .list()
            .map_err(Error::io("the export", "listing its files"))?;
        let mut containers = container::find(plan, folder, &files)?;
        let sources = find::find_sources(plan, folder, &files, &mut containers)?;
        let trees = find::find_trees(plan, folder, &files, &sources)?;
        let tables = sources.iter().flatten().filter(|source| !source.inside);
        let total: u64 = tables.map(|source| source.bytes).sum();
        let total = total + containers.iter().map(|one| one.bytes).sum::<u64>();
        let total = total + trees.iter().map(|tree| tree.bytes).sum::<u64>();
        let most = MAX_SPILLS / partition::spill_sets(plan);
        let count = (total / options.partition_bytes.max(1) + 1).min(most.max(1)) as usize;

        let mut partitioner = Partitioner::new(
            plan,
            folder,
            &sources,
            &trees,
            &containers,
            &options.spill,
            count,
        )?;
        partitioner.run()?;
        let sorted = partitioner.finish(options.partition_bytes, &options.spill)?;
        let bindings: Vec<Option<Binding>> = sources
            .into_iter()
            .map(|source| source.map(|source| source.binding))
            .collect();

        let mut extraction = Self {
            plan,
            bindings,
            partitions: sorted.partitions,
            rejects: sorted.rejects,
            source_names: sorted.files,
            reasons: sorted.reasons,
            shared_text: sorted.shared,
            shared_index: SharedIndex::default(),
            files: ClaimedFiles::new(folder, files.clone()),
            tally: sorted.tally,
            issues: sorted.issues,
            fingerprint: sorted.fingerprint,
            rows: sorted.rows,
            options,
            production,
        };
        let rows = extraction.parse(&extraction.shared_text);
        let index = SharedIndex::new(plan, &extraction.bindings, &rows);
        extraction.shared_index = index;
        let mut tally = std::mem::take(&mut extraction.tally);
        let mut issues = std::mem::take(&mut extraction.issues);
        let read = extraction.read_files();
        unclaimed::tables(plan, &read, folder, &files, &mut tally, &mut issues)?;
        (extraction.tally, extraction.issues) = (tally, issues);
        Ok(extraction)
    }

    /// The digest of all tables that were read, names and bytes.
    pub fn fingerprint(&self) -> Digest {
        self.fingerprint
    }

    /// How many rows belong to patients.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Settles the books of units.
    pub fn books(&self) -> Books<'_> {
        Books {
            plan: self.plan,
            bindings: &self.bindings,
        }
    }

    /// The records that all patients share: practitioners, organizations, places.
    pub fn shared(&self) -> PatientUnit<'_> {
        self.mapper().map(None, self.parse(&self.shared_text))
    }

    /// How many partitions there are. The same export, document and
    /// [`ExtractionOptions::partition_bytes`] give the same partitions, so that a program may keep
    /// the result of each, leave out those that it has after a crash, or spread them over machines.
    pub fn partitions(&self) -> usize {
        self.partitions.len()
    }

    /// Maps the patients of one partition, in the order of their ids.
    pub fn partition<T>(
        &self,
        number: usize,
        work: &impl Fn(PatientUnit<'_>, &Books<'_>) -> T,
    ) -> Result<Vec<T>, Error> {
        let mut rows: Vec<SpilledRow> = Vec::new();
        self.partitions.read(number, |bytes| {
            rows.push(SpilledRow::read(bytes));
            Ok(())
        })?;
        rows.sort_by_key(|row| (row.patient, row.place, row.position.number));
        let books = self.books();
        let mapper = self.mapper();
        let mut results = Vec::new();
        for group in rows.chunk_by(|a, b| a.patient == b.patient) {
            let unit = mapper.map(Some(group[0].patient), self.parse(group));
            results.push(work(unit, &books));
        }
        Ok(results)
    }

    /// Maps all patients. `work` runs on several threads, one patient a call; `emit` gets the
    /// results in the order of patient ids, on the calling thread.
    pub fn patients<T: Send>(
        &self,
        work: impl Fn(PatientUnit<'_>, &Books<'_>) -> T + Sync,
        mut emit: impl FnMut(T) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let threads = self.options.threads.max(1);
        let mut first = 0;
        while first < self.partitions() {
            let wave = first..(first + threads).min(self.partitions());
            first = wave.end;
            for results in self.wave(wave, &work) {
                for result in results? {
                    emit(result)?;
                }
            }
        }
        Ok(())
    }

    /// Maps a few partitions at once. A wave and not a queue, so that results which wait for their
    /// turn are bounded.
    fn wave<T: Send>(
        &self,
        numbers: Range<usize>,
        work: &(impl Fn(PatientUnit<'_>, &Books<'_>) -> T + Sync),
    ) -> Vec<Result<Vec<T>, Error>> {
        if numbers.len() == 1 {
            return vec![self.partition(numbers.start, work)];
        }
        std::thread::scope(|scope| {
            let workers: Vec<_> = numbers
                .map(|number| scope.spawn(move || self.partition(number, work)))
                .collect();
            workers
                .into_iter()
                .map(|worker| {
                    worker
                        .join()
                        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
                })
                .collect()
        })
    }

    /// Rows that belong to no chart because they could not be read or placed.
    pub fn rejects(&self, mut emit: impl FnMut(Reject) -> Result<(), Error>) -> Result<(), Error> {
        for number in 0..self.rejects.len() {
            self.rejects.read(number, |bytes| {
                let reject = SpilledReject::read(bytes, &self.source_names, &self.reasons);
                emit(reject)
            })?;
        }
        Ok(())
    }

    /// The books of what belongs to no patient: rejects of the readers, and files. To be asked for
    /// after [`Extraction::patients`], which reads the documents that rows name.
    pub fn remainder(&self) -> (Tally, Vec<Issue>) {
        let mut tally = self.tally.clone();
        tally.run = match self.production {
            Some(_) => RunKind::Production,
            None => RunKind::Rehearsal,
        };
        let mut issues = self.issues.clone();
        let read = self.read_files();
        unclaimed::documents(self.plan, &read, &self.files, &mut tally, &mut issues);
        (tally, issues)
    }

    fn mapper(&self) -> Mapper<'_> {
        Mapper::new(
            self.plan,
            &self.bindings,
            &self.shared_index,
            &self.files,
            self.options.lineage,
        )
        .count_codes(self.options.count_codes)
    }

    fn parse<'r>(&self, rows: &'r [SpilledRow]) -> Vec<Row<'r>> {
        let mut parsed: Vec<Row<'r>> = rows.iter().map(|row| self.parse_one(row)).collect();
        let mapper = self.mapper();
        for rows in parsed.chunk_by_mut(|a, b| a.table == b.table) {
            mapper.order(rows);
        }
        parsed
    }

    fn parse_one<'r>(&self, row: &'r SpilledRow) -> Row<'r> {
        let table = row.place.table;
        let record = match &self.bindings[table] {
            Some(binding) => binding
                .cells
                .parse(&row.text, &binding.columns, row.position),
            None => tree::parse(
                self.plan.tables[table].format,
                &row.text,
                &self.source_names[row.place.file],
                row.position,
                &self.plan.names,
                Arena::default(),
            )
            .ok(),
        };
        let record = record.expect("what is no record was rejected when the export was sorted");
        let mut parsed = Row::new(table, record);
        parsed.links = row.links.clone();
        parsed
    }

    /// The files that were read as tables or trees.
    fn read_files(&self) -> BTreeSet<&str> {
        self.source_names.iter().map(|name| &**name).collect()
    }
}

/// Counts a record that was rejected before it reached a chart.
fn count_reject(source: &Arc<str>, leaves: u64, tally: &mut Tally) {
    let books = tally.source(source);
    books.records += rejected_record();
    if leaves > 0 {
        tally.leaves(source, &Arc::from("(record)"), Fate::Rejected, leaves);
    }
}

fn rejected_record() -> RecordCounts {
    let mut counts = RecordCounts::default();
    counts.read = 1;
    counts.rejected = 1;
    counts
}

/// Whether rows of a table belong to patients.
fn has_patient(key: &PatientKey) -> bool {
    !matches!(key, PatientKey::Shared)
}

fn reject_issue(code: IssueCode, address: ehr_model::provenance::SourceAddress) -> Issue {
    Issue::new(code, Severity::Error).at(address)
}
