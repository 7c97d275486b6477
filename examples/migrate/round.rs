//! The record that a round leaves: aborted from its first minute, complete once it has ended.

use std::fs;
use std::path::PathBuf;

use ehr_crypto::DataKey;
use ehr_validate::rounds::{RoundInputs, RoundKind, RoundRecord, SealedRound};

use crate::Failure;
use crate::options::Options;
use crate::staging::at;

/// The record of a round that is under way.
pub(crate) struct Ledger {
    path: PathBuf,
    key: DataKey,
    record: RoundRecord,
}

impl Ledger {
    /// Writes the record of an aborted round, which stands if the run does not come to its end. A
    /// production run follows the last round that was rehearsed.
    pub(crate) fn begin(
        options: &Options,
        key: &DataKey,
        inputs: RoundInputs,
        now: &str,
        rehearsed: Option<&SealedRound>,
    ) -> Result<Option<Self>, Failure> {
        let Some(path) = options.round.clone() else {
            return Ok(None);
        };
        if path.exists() {
            return Err(
                format!("{}: the record of a round is there already", path.display()).into(),
            );
        }
        let key = examples::round::key(key)?;
        let mut record = RoundRecord::new(inputs, now, now);
        if let Some(last) = rehearsed {
            record = record.after(last);
            record.kind = RoundKind::Production;
        } else if let Some(after) = &options.after {
            record = record.after(&examples::round::read(after, &key)?);
        }
        let ledger = Self { path, key, record };
        ledger.write(&ledger.record)?;
        Ok(Some(ledger))
    }

    /// The key under which findings are recognised again.
    pub(crate) fn key(&self) -> &DataKey {
        &self.key
    }

    /// The record with the time at which the round ended.
    pub(crate) fn ended(&self, now: &str) -> RoundRecord {
        let mut record = self.record.clone();
        record.finished = now.to_owned();
        record
    }

    /// A record as it stands in its file.
    pub(crate) fn seal(&self, record: &RoundRecord) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        record.write(&self.key, &mut bytes)?;
        Ok(bytes)
    }

    /// Writes a record as a whole or not at all.
    pub(crate) fn write(&self, record: &RoundRecord) -> Result<(), Failure> {
        let bytes = self.seal(record)?;
        let partial = self.path.with_extension("partial");
        fs::write(&partial, bytes).map_err(at(&partial))?;
        fs::rename(&partial, &self.path).map_err(at(&self.path))
    }
}
