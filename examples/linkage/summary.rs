//! What was found, for people and as JSON. No value of a person.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ehr_model::value::Text;
use ehr_validate::linkage::{
    BlockingReport, Linkage, MERGE_THRESHOLD, MatchGrade, REVIEW_THRESHOLD,
};
use serde_json::{Value, json};

pub(crate) struct Summary {
    records: usize,
    /// Rows whose identifier another row has as well.
    repeated_ids: usize,
    pairs: usize,
    grades: [usize; 3],
    held_back: Vec<(String, usize)>,
    clusters: usize,
    conflicts: usize,
    blocking: Vec<BlockingReport>,
    file: PathBuf,
    seconds: f64,
}

const GRADES: [MatchGrade; 3] = [
    MatchGrade::Certain,
    MatchGrade::Probable,
    MatchGrade::Possible,
];

impl Summary {
    pub(crate) fn of(linkage: &Linkage, ids: &[Text], file: &Path, time: Duration) -> Self {
        let candidates = linkage.candidates();
        let grades =
            GRADES.map(|grade| candidates.iter().filter(|pair| pair.grade == grade).count());
        let mut held: HashMap<String, usize> = HashMap::new();
        let sure = candidates
            .iter()
            .filter(|pair| pair.probability >= MERGE_THRESHOLD);
        for guard in sure.filter_map(|pair| pair.guard) {
            let name = serde_json::to_value(guard).ok();
            let name = name.as_ref().and_then(Value::as_str).unwrap_or_default();
            *held.entry(name.to_owned()).or_default() += 1;
        }
        let mut held_back: Vec<_> = held.into_iter().collect();
        held_back.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let mut seen: HashMap<&str, usize> = HashMap::new();
        for id in ids {
            *seen.entry(id.expose()).or_default() += 1;
        }
        Self {
            records: linkage.records(),
            repeated_ids: seen.values().filter(|count| **count > 1).sum(),
            pairs: candidates.len(),
            grades,
            held_back,
            clusters: linkage.clusters().len(),
            conflicts: linkage
                .clusters()
                .iter()
                .filter(|one| !one.conflicts.is_empty())
                .count(),
            blocking: linkage.blocking().to_vec(),
            file: file.to_owned(),
            seconds: time.as_secs_f64(),
        }
    }

    pub(crate) fn to_json(&self) -> Value {
        let [certain, probable, possible] = self.grades;
        let held_back: serde_json::Map<String, Value> = self
            .held_back
            .iter()
            .map(|(guard, count)| (guard.clone(), json!(count)))
            .collect();
        json!({
            "records": self.records,
            "rows_with_repeated_id": self.repeated_ids,
            "pairs": self.pairs,
            "merge_proposals": certain,
            "grades": { "certain": certain, "probable": probable, "possible": possible },
            "held_back_by_guard": held_back,
            "clusters": self.clusters,
            "clusters_with_conflicts": self.conflicts,
            "thresholds": { "merge": MERGE_THRESHOLD, "review": REVIEW_THRESHOLD },
            "blocking": self.blocking,
            "pairs_csv": self.file.display().to_string(),
            "seconds": (self.seconds * 1000.0).round() / 1000.0,
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [certain, probable, possible] = self.grades;
        let compared: u64 = self.blocking.iter().map(|rule| rule.compared).sum();
        writeln!(f, "records          {:>9}", self.records)?;
        if self.repeated_ids > 0 {
            writeln!(
                f,
                "repeated ids     {:>9} rows have an id that another row has",
                self.repeated_ids
            )?;
        }
        writeln!(f, "pairs compared   {compared:>9}")?;
        for rule in self
            .blocking
            .iter()
            .filter(|rule| rule.oversized_blocks > 0)
        {
            writeln!(
                f,
                "  {} blocks of one {:?} were too large: {} pairs left to the other rules",
                rule.oversized_blocks, rule.rule, rule.pairs_left_out
            )?;
        }
        writeln!(
            f,
            "merge proposals  {certain:>9} pairs of grade certain; a person decides"
        )?;
        writeln!(
            f,
            "to review        {:>9} pairs: {probable} probable, {possible} possible",
            probable + possible
        )?;
        for (guard, count) in &self.held_back {
            writeln!(f, "  {count} held back by the guard {guard}")?;
        }
        writeln!(
            f,
            "clusters         {:>9}, {} of them with a conflict",
            self.clusters, self.conflicts
        )?;
        writeln!(f, "written          {}", self.file.display())?;
        writeln!(f, "time             {:.2} s", self.seconds)
    }
}
