use ehr_model::chart::Chart;

use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

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
    }
}

impl Rule for IdentifierSharedByPatients {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(&self, _: &Chart, _: &Context<'_>, _: &mut Findings) -> Result<(), CannotCheck> {
        Ok(())
    }
}
