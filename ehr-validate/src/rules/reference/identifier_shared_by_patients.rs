use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// One identifier on several patients.
    ///
    /// ## What it does
    ///
    /// Compares the identifiers of all patients of a run. Two patients share one where system and
    /// value are the same. A record that another record of the person replaced is left out. The
    /// work is done by `PatientIdentifiers`, because a chart by itself cannot show it; a run that
    /// does not use it has nothing to which the rule applies.
    ///
    /// ## Why it matters
    ///
    /// A target that finds patients by identifier puts both charts into one, or opens the wrong
    /// one. Either way a clinician reads the allergies of somebody else.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Find out whether the two are one person: then link the records, never merge them unseen.
    /// If they are two, the number was given twice or is a placeholder such as 999-99-9999: say so
    /// in the mapping document, so that the placeholder becomes an absent value.
    ///
    /// ### Who uses the data
    ///
    /// Check name and date of birth, and never the number alone, until the pair is resolved.
    ///
    /// ## Source
    ///
    /// ONC SAFER Guide, Patient Identification; OHDSI Data Quality Dashboard, check `isPrimaryKey`.
    IdentifierSharedByPatients {
        code: "identifier-shared-by-patients", category: Conformance, severity: Error, since: "0.1.0",
        scope: Run, covers: ["REF-002"],
    }
}

impl Rule for IdentifierSharedByPatients {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ehr_crypto::DataKey;
    use ehr_model::chart::Chart;
    use ehr_model::record::Kind;

    use super::*;
    use crate::collect::identifiers::PatientIdentifiers;
    use crate::rules::testing::record;
    use crate::{Ruleset, ValidationReport, Verdict};

    fn verdict(values: [&str; 2]) -> Verdict {
        let key = DataKey::from_bytes([1; DataKey::LEN]);
        let mut identifiers = PatientIdentifiers::new(Arc::new(key));
        for (patient, value) in ["a", "b"].into_iter().zip(values) {
            let fields = [
                ("identifier[0].system", "urn:mrn"),
                ("identifier[0].value", value),
            ];
            let patient = record(Kind::Patient, patient, &fields);
            identifiers.collect(&Chart::new(vec![patient], Vec::new()));
        }
        let (counts, issues) = identifiers.finish();
        let mut report = ValidationReport::default();
        let rule = IdentifierSharedByPatients;
        report.add(rule.metadata().code, counts, &issues);
        let rules = Ruleset::empty().with(Box::new(rule)).unwrap();
        report.checks(&rules)[0].verdict
    }

    #[test]
    fn fires() {
        assert_eq!(verdict(["17", "17"]), Verdict::Failed);
    }

    #[test]
    fn stays_silent() {
        assert_eq!(verdict(["17", "18"]), Verdict::Passed);
    }
}
