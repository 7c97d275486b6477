//! What a rule knows besides the chart: the day of the run, the shared records, local code systems.

use std::collections::HashMap;

use ehr_model::record::{Kind, Record, RecordId};
use ehr_model::value::Date;

use crate::codes::ChartCodes;
use crate::terminology::Terminology;

/// What a rule knows besides the chart. Nothing here is looked up: no clock, no network.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Context<'a> {
    /// The day that counts as today.
    pub as_of: Date,
    /// Practitioners, organizations and places that all charts share.
    pub directory: Option<&'a Directory>,
    /// Code systems of the legacy system that the practice declares as its own.
    pub local_systems: &'a [String],
    /// The code systems whose tables are loaded.
    pub terminology: Option<&'a Terminology>,
    /// The codes of the chart that is being checked, if they were looked up for all rules.
    pub(crate) codes: Option<&'a ChartCodes<'a>>,
}

impl<'a> Context<'a> {
    /// A context of a day, without shared records and without local code systems.
    pub fn new(as_of: Date) -> Self {
        Self {
            as_of,
            directory: None,
            local_systems: &[],
            terminology: None,
            codes: None,
        }
    }

    /// With the records that all charts share.
    pub fn directory(self, directory: &'a Directory) -> Self {
        Self {
            directory: Some(directory),
            ..self
        }
    }

    /// With code systems that the practice declares as its own.
    pub fn local_systems(self, local_systems: &'a [String]) -> Self {
        Self {
            local_systems,
            ..self
        }
    }

    /// With the tables of code systems. A rule that needs a table which is not there says so; it
    /// never passes for want of it.
    pub fn with_terminology(self, terminology: &'a Terminology) -> Self {
        Self {
            terminology: Some(terminology),
            ..self
        }
    }
}

/// The ids of the records that all charts share, with their kinds.
#[derive(Debug, Clone, Default)]
pub struct Directory(HashMap<RecordId, Kind>);

impl Directory {
    /// Whether a record of this kind has this id.
    pub fn contains(&self, kind: Kind, id: RecordId) -> bool {
        self.0.get(&id) == Some(&kind)
    }

    /// Adds the id of a record.
    pub fn insert(&mut self, kind: Kind, id: RecordId) {
        self.0.insert(id, kind);
    }
}

impl FromIterator<(Kind, RecordId)> for Directory {
    fn from_iter<I: IntoIterator<Item = (Kind, RecordId)>>(records: I) -> Self {
        Self(records.into_iter().map(|(kind, id)| (id, kind)).collect())
    }
}

impl<'r> FromIterator<&'r Record> for Directory {
    fn from_iter<I: IntoIterator<Item = &'r Record>>(records: I) -> Self {
        records
            .into_iter()
            .map(|record| (record.kind(), record.id))
            .collect()
    }
}
