//! What an extraction is going to touch.

use std::collections::BTreeSet;

use chrono::NaiveDate;

use super::Sha256Digest;

/// One extraction: of which system, by whom, through what, and when.
///
/// Whatever is not named is a gap, so that nothing is permitted by leaving it out.
#[derive(Debug, Clone)]
pub struct ExtractionRequest {
    pub(super) system: String,
    pub(super) today: NaiveDate,
    pub(super) last_day: NaiveDate,
    pub(super) parties: BTreeSet<String>,
    pub(super) stores: BTreeSet<String>,
    pub(super) transfer: Option<Transfer>,
    pub(super) evidence: BTreeSet<Sha256Digest>,
}

/// How patient data travels.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Transfer {
    /// Over no network.
    Offline,
    /// Over these endpoints.
    Endpoints(BTreeSet<String>),
}

impl ExtractionRequest {
    /// An extraction of a system (its URI, that of the mapping document) from today to its last day.
    pub fn new(system: &str, today: NaiveDate, last_day: NaiveDate) -> Self {
        Self {
            system: system.to_owned(),
            today,
            last_day,
            parties: BTreeSet::new(),
            stores: BTreeSet::new(),
            transfer: None,
            evidence: BTreeSet::new(),
        }
    }

    /// With a party that touches patient data.
    pub fn party(mut self, name: &str) -> Self {
        self.parties.insert(name.to_owned());
        self
    }

    /// With a store in which patient data rests, spill files and archive included.
    pub fn store(mut self, name: &str) -> Self {
        self.stores.insert(name.to_owned());
        self
    }

    /// With an endpoint over which patient data travels.
    pub fn endpoint(mut self, name: &str) -> Self {
        let mut endpoints = match self.transfer.take() {
            Some(Transfer::Endpoints(endpoints)) => endpoints,
            _ => BTreeSet::new(),
        };
        endpoints.insert(name.to_owned());
        self.transfer = Some(Transfer::Endpoints(endpoints));
        self
    }

    /// Over no network at all. An endpoint that was named stays named.
    pub fn offline(mut self) -> Self {
        self.transfer.get_or_insert(Transfer::Offline);
        self
    }

    /// With the content of a file of evidence. Its digest is computed here, so that it cannot be claimed.
    pub fn evidence(mut self, content: &[u8]) -> Self {
        self.evidence.insert(Sha256Digest::of(content));
        self
    }
}
