//! Which codes of the source became which, counted over all charts of a run.
//!
//! ```
//! use ehr_model::chart::Chart;
//! use ehr_validate::collect::code_maps::CodeMaps;
//!
//! let mut maps = CodeMaps::default();
//! maps.collect(&Chart::default());
//! let (counts, issues) = maps.finish();
//! assert_eq!((counts.denominator, issues.len()), (0, 0));
//! ```

use std::collections::{BTreeMap, BTreeSet};

use ehr_model::chart::Chart;
use ehr_model::element::Element;
use ehr_model::issue::Issue;

use crate::rules::CodesMergedByMap;
use crate::validation::RuleCounts;
use crate::walk;

/// A code with its system.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct CodeOf {
    /// The system.
    pub system: String,
    /// The code.
    pub code: String,
}

/// Collects translations: concepts that carry the source's own coding and others beside it. Codes
/// are few, however many charts there are. Make one for each partition, and
/// [merge](CodeMaps::merge) them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeMaps {
    sources_of: BTreeMap<CodeOf, BTreeSet<CodeOf>>,
    targets_of: BTreeMap<CodeOf, BTreeSet<CodeOf>>,
}

impl CodeMaps {
    /// Collects the translations of a chart.
    pub fn collect(&mut self, chart: &Chart) {
        for record in &chart.records {
            let element = record.resource.element();
            walk::elements(element, "CodeableConcept", &mut |_, concept| {
                self.concept(concept);
            });
        }
    }

    fn concept(&mut self, concept: &dyn Element) {
        let Some(codings) = concept.spec().number("coding") else {
            return;
        };
        let codings = concept.slot(codings);
        if codings.count() < 2 {
            return;
        }
        let all: Vec<_> = (0..codings.count())
            .filter_map(|number| codings.child(number))
            .filter_map(|coding| {
                let chosen = walk::text(coding, "userSelected").is_some_and(|flag| flag == "true");
                let system = walk::text(coding, "system")?.into_owned();
                let code = walk::text(coding, "code")?.into_owned();
                Some((chosen, CodeOf { system, code }))
            })
            .collect();
        let own = all.iter().position(|(chosen, _)| *chosen).unwrap_or(0);
        for (number, (_, target)) in all.iter().enumerate() {
            if number != own {
                let source = &all[own].1;
                self.add(source.clone(), target.clone());
            }
        }
    }

    fn add(&mut self, source: CodeOf, target: CodeOf) {
        self.sources_of
            .entry(target.clone())
            .or_default()
            .insert(source.clone());
        self.targets_of.entry(source).or_default().insert(target);
    }

    /// Adds what was collected in another part of the run.
    pub fn merge(&mut self, other: &Self) {
        for (target, sources) in &other.sources_of {
            for source in sources {
                self.add(source.clone(), target.clone());
            }
        }
    }

    /// Codes that several codes of one source system became: what differed there is now the same.
    pub fn merged(&self) -> impl Iterator<Item = (&CodeOf, &BTreeSet<CodeOf>)> {
        self.sources_of.iter().filter(|(_, sources)| {
            let mut systems: Vec<_> = sources.iter().map(|source| &source.system).collect();
            systems.dedup();
            systems.len() < sources.len()
        })
    }

    /// Codes of the source that became several codes of one system.
    pub fn split(&self) -> impl Iterator<Item = (&CodeOf, &BTreeSet<CodeOf>)> {
        self.targets_of.iter().filter(|(_, targets)| {
            let mut systems: Vec<_> = targets.iter().map(|target| &target.system).collect();
            systems.dedup();
            systems.len() < targets.len()
        })
    }

    /// The codes that were merged, for
    /// [`ValidationReport::add`](crate::ValidationReport::add) under the code of
    /// [`CodesMergedByMap`]. The field of an issue is the code that they became.
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        let rule = CodesMergedByMap::METADATA;
        let issues: Vec<_> = self
            .merged()
            .map(|(target, _)| {
                let field = format!("{}|{}", target.system, target.code);
                Issue::new(rule.code, rule.severity).field(field)
            })
            .collect();
        let counts = RuleCounts {
            numerator: issues.len() as u64,
            denominator: self.sources_of.len() as u64,
            errored: 0,
            without_table: 0,
        };
        (counts, issues)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(system: &str, code: &str) -> CodeOf {
        let (system, code) = (system.to_owned(), code.to_owned());
        CodeOf { system, code }
    }

    #[test]
    fn merged_and_split_codes_add_up_over_parts() {
        let mut one = CodeMaps::default();
        one.add(code("local", "L"), code("sct", "1"));
        let mut two = CodeMaps::default();
        two.add(code("local", "R"), code("sct", "1"));
        two.add(code("local", "R"), code("sct", "2"));
        two.add(code("local", "R"), code("icd", "A"));
        assert_eq!((one.merged().count(), two.merged().count()), (0, 0));
        one.merge(&two);
        assert_eq!(
            one.merged().map(|(target, _)| target).collect::<Vec<_>>(),
            [&code("sct", "1")]
        );
        assert_eq!(
            one.split().map(|(source, _)| source).collect::<Vec<_>>(),
            [&code("local", "R")]
        );
        let (counts, issues) = one.finish();
        assert_eq!((counts.numerator, counts.denominator), (1, 3));
        assert_eq!(issues[0].field.as_deref(), Some("sct|1"));
    }
}
