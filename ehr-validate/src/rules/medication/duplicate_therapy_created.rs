use std::collections::HashMap;

use ehr_model::kind::Medication;

use super::entry::{is_active, known_drugs, knows_drugs, names, product};
use super::pair::{routes, steps};
use crate::Context;
use crate::compare::ChartPair;
use crate::concept;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::terminology::Terminology;

rule! {
    /// Active medication that stands in the target more often than in the source
    ///
    /// ## What it does
    ///
    /// Counts the active medications of one drug and route in source and target: by their ingredients
    /// where a table of RxNorm is loaded, otherwise by code and by name. The target must not have more
    /// than the source, unless the source has none.
    ///
    /// ## Why it matters
    ///
    /// A drug that is listed twice is prescribed and taken twice.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// See whether order, statement and fill of one drug became three medications, or whether a second
    /// run added what was there.
    ///
    /// ### Who uses the data
    ///
    /// Ask the patient what is taken, and close the entry that is too many.
    ///
    /// ## Source
    ///
    /// An engineering default; duplicate therapy is what pharmacies check for by law (OBRA 1990).
    DuplicateTherapyCreated {
        code: "duplicate-therapy-created", category: Plausibility, severity: Warning, since: "0.1.0", scope: Comparison,
        covers: ["MED-020"],
    }
}

impl Rule for DuplicateTherapyCreated {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn compare(
        &self,
        pair: &ChartPair<'_>,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let known = knows_drugs(context.terminology);
        let mut before: HashMap<String, usize> = HashMap::new();
        for (_, medication) in pair
            .source()
            .of::<Medication>()
            .filter(|(_, m)| is_active(m))
        {
            if let Some(key) = key(medication, known) {
                *before.entry(key).or_default() += 1;
            }
        }
        let mut after: HashMap<String, usize> = HashMap::new();
        for (record, medication) in pair
            .target()
            .of::<Medication>()
            .filter(|(_, m)| is_active(m))
        {
            let Some(key) = key(medication, known) else {
                continue;
            };
            let mut subject = findings.applies_to(record);
            let allowed = before.get(&key).copied().unwrap_or(usize::MAX);
            let count = after.entry(key).or_default();
            *count += 1;
            if *count > allowed {
                subject.violated_at("medication");
            }
        }
        Ok(())
    }
}

/// Drug and route.
fn key(medication: &Medication, known: Option<&Terminology>) -> Option<String> {
    let by_table = known.and_then(|known| {
        let drugs = known_drugs(medication, known);
        let mut ingredients: Vec<_> = drugs.iter().flat_map(|drug| drug.ingredients()).collect();
        ingredients.sort_unstable();
        ingredients.dedup();
        (!ingredients.is_empty()).then(|| ingredients.join("+"))
    });
    let by_code = || {
        let coding = product(medication)?.coding.first()?;
        Some(format!(
            "{}|{}",
            concept::text(&coding.system)?,
            concept::text(&coding.code)?
        ))
    };
    let by_name = || names(medication).next().map(str::to_lowercase);
    let drug = by_table.or_else(by_code).or_else(by_name)?;
    let routes = routes(&steps(medication))
        .into_iter()
        .map(|route| route.name());
    Some(
        std::iter::once(drug.as_str())
            .chain(routes)
            .collect::<Vec<_>>()
            .join(" "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::medication::fixture::*;
    use crate::rules::testing::found_between;

    fn list(keys: &[(&str, &str)]) -> Vec<ehr_model::record::Record> {
        keys.iter()
            .map(|(key, name)| medication(key, &[ACTIVE, (NAME, name)]))
            .collect()
    }

    #[test]
    fn fires() {
        let target = list(&[("a", "warfarin"), ("b", "Warfarin ")]);
        assert_eq!(
            found_between(&DuplicateTherapyCreated, list(&[("a", "warfarin")]), target),
            ["Medication b medication"]
        );
    }

    #[test]
    fn stays_silent() {
        let two = [("a", "warfarin"), ("b", "warfarin")];
        assert_eq!(
            found_between(&DuplicateTherapyCreated, list(&two), list(&two)),
            NONE
        );
        assert_eq!(
            found_between(&DuplicateTherapyCreated, list(&[]), list(&two)),
            NONE
        );
        let other = list(&[("a", "warfarin"), ("b", "heparin")]);
        assert_eq!(
            found_between(&DuplicateTherapyCreated, list(&[("a", "warfarin")]), other),
            NONE
        );
        let stopped = vec![
            medication("a", &[ACTIVE, (NAME, "warfarin")]),
            medication("b", &[("status", "stopped"), (NAME, "warfarin")]),
        ];
        assert_eq!(
            found_between(
                &DuplicateTherapyCreated,
                list(&[("a", "warfarin")]),
                stopped
            ),
            NONE
        );
    }
}
