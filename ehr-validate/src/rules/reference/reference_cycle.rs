use std::collections::HashMap;

use ehr_model::element::Leaf;
use ehr_model::record::RecordId;

use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::walk;
use ehr_model::chart::Chart;

rule! {
    /// Entries that are part of themselves.
    ///
    /// ## What it does
    ///
    /// Follows "part of", "has member", "replaces", "parent" and "prior prescription" from entry to
    /// entry of one kind. Whoever comes back to where the way began is named.
    ///
    /// ## Why it matters
    ///
    /// A target that opens the tree of visits or panels never comes to an end, or refuses the whole
    /// chart.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Look at the row whose parent is itself; many systems write the own key where there is no
    /// parent.
    ///
    /// ### Who uses the data
    ///
    /// Expect that visits or panels are shown flat.
    ///
    /// ## Source
    ///
    /// HL7 FHIR R4, Encounter.partOf and Observation.hasMember are trees; engineering default.
    ReferenceCycle {
        code: "reference-cycle", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["REF-004"],
    }
}

impl Rule for ReferenceCycle {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let mut edges: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
        for record in &chart.records {
            for field in TREES {
                let mut on_leaf = |_: &walk::Path<'_>, leaf: &Leaf<'_>| match leaf {
                    Leaf::Target(kind, id) if *kind == record.kind() => {
                        edges.entry(record.id).or_default().push(*id);
                    }
                    _ => {}
                };
                walk::field(
                    record.resource.element(),
                    field,
                    &mut on_leaf,
                    &mut |_, _| {},
                );
            }
        }
        for record in chart
            .records
            .iter()
            .filter(|record| edges.contains_key(&record.id))
        {
            let mut subject = findings.applies_to(record);
            if comes_back(record.id, &edges) {
                let mut field = "partOf";
                walk::references(record.resource.element(), &mut |path, _, _| {
                    if let Some(tree) = TREES.iter().find(|tree| **tree == path.top()) {
                        field = tree;
                    }
                });
                subject.violated_at(field);
            }
        }
        Ok(())
    }
}

/// Fields that make trees.
const TREES: &[&str] = &[
    "hasMember",
    "parent",
    "partOf",
    "priorPrescription",
    "replaces",
];

fn comes_back(start: RecordId, edges: &HashMap<RecordId, Vec<RecordId>>) -> bool {
    let mut seen = Vec::new();
    let mut open = edges.get(&start).cloned().unwrap_or_default();
    while let Some(id) = open.pop() {
        if id == start {
            return true;
        }
        if !seen.contains(&id) {
            seen.push(id);
            open.extend(edges.get(&id).into_iter().flatten());
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;
    use ehr_model::record::Record;

    const NONE: [&str; 0] = [];

    fn visit(key: &str, parent: &str) -> Record {
        record(
            Kind::Encounter,
            key,
            &[("partOf.reference", &format!("Encounter/{parent}"))],
        )
    }

    #[test]
    fn fires() {
        assert_eq!(
            found(&ReferenceCycle, vec![visit("a", "a")]),
            ["Encounter a partOf"]
        );
        let ring = vec![
            visit("a", "b"),
            visit("b", "c"),
            visit("c", "a"),
            visit("d", "a"),
        ];
        assert_eq!(
            found(&ReferenceCycle, ring),
            [
                "Encounter a partOf",
                "Encounter b partOf",
                "Encounter c partOf"
            ]
        );
    }

    #[test]
    fn stays_silent() {
        let tree = vec![
            visit("a", "c"),
            visit("b", "c"),
            visit("c", "d"),
            visit("d", "z"),
        ];
        assert_eq!(found(&ReferenceCycle, tree), NONE);
        let same_visit = record(
            Kind::Observation,
            "a",
            &[("encounter.reference", "Encounter/a")],
        );
        assert_eq!(found(&ReferenceCycle, vec![same_visit]), NONE);
    }
}
