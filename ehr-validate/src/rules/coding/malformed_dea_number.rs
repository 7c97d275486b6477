use ehr_model::chart::Chart;
use ehr_model::kind::Practitioner;
use ehr_model::record::ResourceType;

use crate::Context;
use crate::code_format::{Format, dea};
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// DEA number that cannot be one, or of somebody else.
    ///
    /// ## What it does
    ///
    /// Looks at every identifier of the DEA system or type: two letters, or a letter and a 9, and
    /// seven digits of which the last is the check digit. The second letter must be the initial of
    /// the last name of the practitioner, where the record has one; 9 stands for a registrant
    /// without.
    ///
    /// ## Why it matters
    ///
    /// A prescription of a controlled substance with such a number is void.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Compare with the certificate. After a change of name the old initial is lawful; allow the
    /// finding then.
    ///
    /// ### Who uses the data
    ///
    /// Do not prescribe with the number before it is corrected.
    ///
    /// ## Source
    ///
    /// DEA, check digit of registration numbers; 21 CFR 1301.
    MalformedDeaNumber {
        code: "malformed-dea-number", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-031"],
    }
}

impl Rule for MalformedDeaNumber {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let wanted = Wanted::SystemsAndTypes(Format::Dea.systems(), &["DEA"]);
        judge(chart, context, findings, wanted, |code| {
            if dea::check(&code.code).is_err() {
                return Judgement::Violated;
            }
            let practitioner = Practitioner::of(&code.record.resource);
            let mut names = practitioner
                .into_iter()
                .flat_map(|practitioner| &practitioner.name)
                .filter_map(|name| name.family.value())
                .peekable();
            // An earlier name is as good as the current one.
            let fits = names.peek().is_none()
                || names.any(|family| dea::fits_name(&code.code, family.expose()));
            Judgement::violated_if(!fits)
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    #[test]
    fn fires() {
        for code in ["AP5836728", "AP583672", "15836727"] {
            let fields = [
                ("identifier[0].system", "urn:oid:2.16.840.1.113883.4.814"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Practitioner, "a", &fields)];
            assert_eq!(
                found(&MalformedDeaNumber, records),
                ["Practitioner a identifier[0]"],
                "{code}"
            );
        }
        let fields = [
            ("identifier[0].system", "urn:oid:2.16.840.1.113883.4.814"),
            ("identifier[0].value", "AP5836727"),
            ("name[0].family", "Quill"),
        ];
        assert_eq!(
            found(
                &MalformedDeaNumber,
                vec![record(Kind::Practitioner, "a", &fields)]
            ),
            ["Practitioner a identifier[0]"]
        );
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["AP5836727", "A91234563"] {
            let fields = [
                ("identifier[0].system", "urn:oid:2.16.840.1.113883.4.814"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Practitioner, "a", &fields)];
            assert_eq!(found(&MalformedDeaNumber, records), none, "{code}");
        }
        let fields = [
            ("identifier[0].system", "urn:oid:2.16.840.1.113883.4.814"),
            ("identifier[0].value", "AP5836727"),
            ("name[0].family", "Quill"),
            ("name[1].family", "Prior"),
        ];
        assert_eq!(
            found(
                &MalformedDeaNumber,
                vec![record(Kind::Practitioner, "a", &fields)]
            ),
            none
        );
    }
}
