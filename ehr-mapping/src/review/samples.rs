//! Values of patients beside the lines that read them: for a review behind closed doors.

use std::collections::BTreeMap;

use ehr_model::value::Text;

use crate::mapper::LeafFate;

/// Distinct values shown of one column: enough to see the shape, too few to be a copy of the chart.
const VALUES_OF_ONE_COLUMN: usize = 3;
/// Longer values, such as notes, are cut: their beginning shows what they are.
const CHARACTERS_OF_ONE_VALUE: usize = 60;

/// A few values of each column of a table, by file and column. They hide themselves until a sheet is written with them.
#[derive(Debug, Clone, Default)]
pub struct SampleValues(BTreeMap<(String, String), Vec<Text>>);

impl SampleValues {
    /// Looks at a leaf, as [`Books::settle_with`](crate::extraction::Books::settle_with) shows them.
    pub fn collect(&mut self, leaf: &LeafFate<'_>) {
        self.add(&leaf.address().source, &leaf.path(), leaf.expose());
    }

    /// Adds the values of another part of the run.
    pub fn merge(&mut self, other: &Self) {
        for ((source, path), values) in &other.0 {
            for value in values {
                self.add(source, path, value.expose());
            }
        }
    }

    /// The values of a column. Names of files differ in case between document and disk.
    pub(crate) fn of(&self, source: &str, path: &str) -> impl Iterator<Item = &Text> {
        let key = (source.to_ascii_lowercase(), path.to_owned());
        self.0.get(&key).into_iter().flatten()
    }

    fn add(&mut self, source: &str, path: &str, value: &str) {
        let values = self
            .0
            .entry((source.to_ascii_lowercase(), path.to_owned()))
            .or_default();
        let short: String = value.chars().take(CHARACTERS_OF_ONE_VALUE).collect();
        let known = values.iter().any(|known| known.expose() == short);
        if !known && values.len() < VALUES_OF_ONE_COLUMN {
            values.push(Text::from(short.as_str()));
        }
    }
}
