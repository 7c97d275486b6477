//! The chart of one patient.

use crate::issue::Issue;
use crate::record::{Kind, Record, RecordId, ResourceType};

/// Everything known about one patient, in the order of [`Kind::ALL`] and, within a kind, of the source.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct Chart {
    /// The records; the first is the patient, where the source had one.
    pub records: Vec<Record>,
    /// What is wrong with them.
    pub issues: Vec<Issue>,
}

impl Chart {
    /// A chart of records, put into order.
    pub fn new(mut records: Vec<Record>, issues: Vec<Issue>) -> Self {
        records.sort_by_key(Record::kind);
        Self { records, issues }
    }

    /// The patient, if the source had one.
    pub fn patient(&self) -> Option<&Record> {
        self.records
            .first()
            .filter(|record| record.kind() == Kind::Patient)
    }

    /// The records of one kind with their content.
    ///
    /// ```
    /// use ehr_model::chart::Chart;
    /// use ehr_model::kind::Allergy;
    /// assert_eq!(Chart::default().of::<Allergy>().count(), 0);
    /// ```
    pub fn of<T: ResourceType>(&self) -> impl Iterator<Item = (&Record, &T)> {
        self.records
            .iter()
            .filter_map(|record| T::of(&record.resource).map(|content| (record, content)))
    }

    /// The record with an id.
    pub fn record(&self, id: RecordId) -> Option<&Record> {
        self.records.iter().find(|record| record.id == id)
    }
}
