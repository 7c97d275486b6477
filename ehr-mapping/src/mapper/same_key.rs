//! Two source records with one key.

use ehr_model::issue::{Issue, Severity};
use ehr_model::record::{Record, RecordId};
use uuid::Uuid;

use super::{
    DUPLICATE_KEY, DUPLICATE_RECORD, Made, Mapper, PATIENT_IDENTITY_CONFLICT, Row,
    SOURCES_DISAGREE, SUPERSEDED, WITHDRAWN, identity,
};
use crate::plan::{KEY_SEPARATOR, SameKey};

impl Mapper<'_> {
    /// Same key: the same content is one entry with both addresses; of other content the block says
    /// what it means. Returns the id of the entry that remains.
    pub(super) fn settle_same_key(
        &self,
        policy: SameKey,
        first: usize,
        second: usize,
        (rows, row): (&[Row<'_>], &Row<'_>),
        made: &mut Made,
    ) -> RecordId {
        // what was opened and stayed empty is nothing that a later record said
        for at in [first, second] {
            made.records[at].resource.element_mut().prune();
        }
        // one source record never says a thing twice to correct itself
        let policy = match policy {
            SameKey::Latest if made_from(&made.records[first], row) => SameKey::KeepBoth,
            policy => policy,
        };
        let same = self
            .same_content(first, second, made)
            .filter(|_| made.withdrawn.is_empty());
        let (target, code, severity) = match (same, policy) {
            (Some(same), _) => (Some(same), DUPLICATE_RECORD, Severity::Information),
            (None, SameKey::KeepBoth) => (None, DUPLICATE_KEY, Severity::Error),
            (None, SameKey::Merge) => (Some(first), DUPLICATE_RECORD, Severity::Information),
            (None, SameKey::Latest) => (Some(first), SUPERSEDED, Severity::Information),
        };
        let kind = made.records[first].kind();
        let about = made.records[target.unwrap_or(first)].id;
        let address = made.records[second]
            .provenance
            .first()
            .map(|provenance| provenance.address.clone());
        let issue = |code, severity, field: Option<&'static str>| {
            let issue = Issue::new(code, severity).about(kind, about);
            let issue = match &address {
                Some(address) => issue.at(address.clone()),
                None => issue,
            };
            match field {
                Some(field) => issue.field(field),
                None => issue,
            }
        };
        // people and places stand wherever they act
        if !(kind.is_shared() && code == DUPLICATE_RECORD && made.patient.is_some()) {
            made.issues.push(issue(code, severity, None));
        }
        let Some(target) = target.filter(|_| second + 1 == made.records.len()) else {
            return made.records[second].id;
        };
        let copy = made.records.pop().expect("it was made in this call");
        made.index.remove(&copy.id);
        made.keys.remove(&copy.id);
        if same.is_none() {
            let (known, other) = (&made.records[target], &copy);
            for field in identity::conflicts(known, other) {
                for address in
                    [known, other].map(|one| one.provenance.first().map(|one| one.address.clone()))
                {
                    let conflict = Issue::new(PATIENT_IDENTITY_CONFLICT, Severity::Fatal);
                    let conflict = conflict.about(kind, about).field(field);
                    made.issues.push(match address {
                        Some(address) => conflict.at(address),
                        None => conflict,
                    });
                }
            }
        }
        match (same, policy) {
            (None, SameKey::Merge) => {
                let record = &mut made.records[target];
                for path in &made.withdrawn {
                    if path.clear(record.resource.element_mut(), 0) {
                        let gone = issue(WITHDRAWN, Severity::Warning, None);
                        made.issues.push(gone.field(path.text().clone()));
                    }
                }
                let mut fields = Vec::new();
                record
                    .resource
                    .merge(&copy.resource, &mut |field| fields.push(field));
                for field in fields {
                    made.issues
                        .push(issue(SOURCES_DISAGREE, Severity::Warning, Some(field)));
                }
            }
            (None, SameKey::Latest) => {
                made.records[target].resource = copy.resource;
                // what the earlier ones said stands in the archive only
                for earlier in rows.iter().filter(|earlier| !std::ptr::eq(*earlier, row)) {
                    earlier.rename_output(about, RecordId::from(Uuid::nil()));
                }
            }
            _ => {}
        }
        made.records[target].provenance.extend(copy.provenance);
        row.rename_output(copy.id, about);
        about
    }

    /// Of the records that share a key, the one that says the same as the last of them.
    fn same_content(&self, first: usize, second: usize, made: &Made) -> Option<usize> {
        let key = &made.keys[&made.records[first].id];
        let copies = (2u32..).map_while(|copy| {
            let numbered = format!("{}{KEY_SEPARATOR}#{copy}", key.key);
            made.index
                .get(&self.plan.record_id(key.kind, &numbered, made.patient))
                .copied()
        });
        std::iter::once(first)
            .chain(copies)
            .filter(|at| *at != second)
            .find(|at| made.records[*at].resource == made.records[second].resource)
    }
}

/// Whether a record was made from this row.
fn made_from(record: &Record, row: &Row<'_>) -> bool {
    let address = row.record.address();
    let mut made_from = record.provenance.iter().map(|made| &made.address);
    made_from.any(|from| from.source == address.source && from.record == address.record)
}
