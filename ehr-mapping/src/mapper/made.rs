//! What the mapping of one patient has made so far.

use std::collections::{HashMap, HashSet};

use ehr_model::catalogue::FieldPath;
use ehr_model::issue::Issue;
use ehr_model::record::{Kind, Record, RecordId};
use ehr_model::source::NodeId;
use foldhash::fast::RandomState;

use super::{At, SourceKey};
use crate::code_map::CodeUses;

/// Stands in a source key where the place among equal keys goes.
pub(super) const ORDINAL: char = '\u{1e}';
/// Stands where the place among equal keys of the same source record goes.
pub(super) const ORDINAL_IN_RECORD: char = '\u{1d}';

/// What is known of records, by their ids.
pub(crate) type ById<T> = HashMap<RecordId, T, RandomState>;

/// What the mapping of one patient, or of the shared tables, has made so far.
#[derive(Default)]
pub(super) struct Made {
    /// Whose records they are; `None` for those that all patients share.
    pub(super) patient: Option<RecordId>,
    pub(super) records: Vec<Record>,
    pub(super) index: ById<usize>,
    pub(super) keys: ById<SourceKey>,
    pub(super) issues: Vec<Issue>,
    pub(super) policies: HashMap<&'static str, u64>,
    pub(super) code_uses: CodeUses,
    /// Records that become one with those of other documents that say the same.
    pub(super) mergeable: HashSet<RecordId, RandomState>,
    /// How often each key with an ordinal was seen.
    pub(super) ordinals: HashMap<(Kind, String), u32, RandomState>,
    /// Of the record at work, the fields in which what was said before no longer holds.
    pub(super) withdrawn: Vec<FieldPath>,
    /// What was made at each node of a tree, by the first one and by all after it.
    pub(super) at: HashMap<(*const (), NodeId), Vec<(Kind, RecordId)>, RandomState>,
    /// Of each join, the rows of this patient by the value of its key.
    pub(super) joins: HashMap<usize, HashMap<String, Vec<usize>>>,
}

impl Made {
    /// What was made at a node, of this kind or of any.
    pub(super) fn made_at(&self, at: At<'_, '_>, kind: Option<Kind>) -> Option<(Kind, RecordId)> {
        let made = self.at.get(&at.place())?;
        let mut made = made.iter().copied();
        made.find(|(one, _)| kind.is_none_or(|kind| kind == *one))
    }

    /// Gives a key with an ordinal its number: rows that are equal otherwise are told apart by
    /// their order.
    pub(super) fn numbered(&mut self, kind: Kind, key: String, at: At<'_, '_>) -> String {
        let (mark, counted) = if key.contains(ORDINAL) {
            (ORDINAL, key.clone())
        } else if key.contains(ORDINAL_IN_RECORD) {
            let record = at.row.record.address();
            let counted = format!(
                "{key}{ORDINAL}{}{ORDINAL}{:?}",
                record.source, record.record
            );
            (ORDINAL_IN_RECORD, counted)
        } else {
            return key;
        };
        let count = self.ordinals.entry((kind, counted)).or_default();
        *count += 1;
        key.replace(mark, &count.to_string())
    }
}
