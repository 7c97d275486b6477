use crate::rule::{Rule, RuleMetadata, rule};

rule! {
    /// Element of USCDI of which the target has less than the source.
    ///
    /// ## What it does
    ///
    /// Counts, for each of the ninety-four elements of USCDI v3, the entries of source and target
    /// in which it is filled, and in which it is coded. The target must not have fewer of either.
    /// The field of an issue is the element.
    ///
    /// ## Why it matters
    ///
    /// These elements are what the practice must be able to give to patients and to other
    /// practices. What the migration loses here is asked for by law.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Take the coverage report and look at the elements one by one, the ones with a code first.
    ///
    /// ### Who uses the data
    ///
    /// Expect requests for data that only the archive can answer.
    ///
    /// ## Source
    ///
    /// USCDI v3; 45 CFR 170.213.
    UscdiElementLost {
        code: "uscdi-element-lost", category: Completeness, severity: Error, since: "0.1.0",
        scope: Run, covers: ["USC-001"],
    }
}

impl Rule for UscdiElementLost {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::record;
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    use crate::coverage::Coverage;

    fn of(source: &[(&str, &str)], target: &[(&str, &str)]) -> Vec<String> {
        let patient = |fields: &[_]| record(Kind::Patient, "p", fields);
        let mut part = Coverage::default();
        part.source(&patient(source));
        part.target(&patient(target));
        let mut all = Coverage::default();
        all.merge(&part);
        assert_eq!(UscdiElementLost.metadata().covers, ["USC-001"]);
        let issues = all.lost_elements().1;
        issues
            .iter()
            .map(|issue| issue.field.as_deref().unwrap().to_owned())
            .collect()
    }

    #[test]
    fn fires() {
        let name = [
            ("name[0].family", "Okafor"),
            ("name[0].given[0]", "Ann"),
            ("name[0].given[1]", "B."),
        ];
        assert_eq!(
            of(&name, &name[..2]),
            ["Middle Name (Including middle initial)"]
        );
        let coded = [("race.ombCategory[0].code", "2106-3")];
        assert_eq!(of(&coded, &[("race.text", "White")]), ["Race"]);
        let mail = [
            ("telecom[0].system", "email"),
            ("telecom[0].value", "a@b.example"),
        ];
        assert_eq!(of(&mail, &[]), ["Email Address"]);
    }

    #[test]
    fn stays_silent() {
        let name = [("name[0].family", "Okafor"), ("name[0].given[0]", "Ann")];
        assert_eq!(of(&name, &name), NONE);
        assert_eq!(of(&[], &name), NONE);
        let phone = [
            ("telecom[0].system", "phone"),
            ("telecom[0].value", "1"),
            ("telecom[0].use", "home"),
        ];
        assert_eq!(of(&[("telecom[0].system", "fax")], &phone), NONE);
    }
}
