use ehr_model::chart::Chart;

use crate::Context;
use crate::code_format::Format;
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Taxonomy code, CLIA number or employer number that cannot be one.
    ///
    /// ## What it does
    ///
    /// Looks at the forms: a provider taxonomy code has nine digits or letters and an X; a CLIA
    /// number two digits, a D and seven digits; an employer identification number nine digits, with
    /// a hyphen behind the second or without. The three are one check of a form.
    ///
    /// ## Why it matters
    ///
    /// Claims name these numbers, and payers compare them.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Correct them in the records of the practice before the first claim.
    ///
    /// ### Who uses the data
    ///
    /// Nothing, if you do not bill.
    ///
    /// ## Source
    ///
    /// NUCC, health care provider taxonomy; CMS, CLIA; IRS, employer identification numbers.
    MalformedRegistrationNumber {
        code: "malformed-registration-number", category: Conformance, severity: Warning, since: "0.1.0",
        covers: ["COD-035"],
    }
}

impl Rule for MalformedRegistrationNumber {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (format, types) in [
            (Format::Taxonomy, [].as_slice()),
            (Format::Clia, &["CLIA"]),
            (Format::Ein, &["EN"]),
        ] {
            let wanted = Wanted::SystemsAndTypes(format.systems(), types);
            judge(chart, context, findings, wanted, |code| {
                Judgement::violated_if(format.check(&code.code).is_err())
            });
        }
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
        for code in ["207Q00000", "207Q00000Y", "0"] {
            let fields = [
                (
                    "qualification[0].code.coding[0].system",
                    "http://nucc.org/provider-taxonomy",
                ),
                ("qualification[0].code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Practitioner, "a", &fields)];
            assert_eq!(
                found(&MalformedRegistrationNumber, records),
                ["Practitioner a qualification[0].code.coding[0]"],
                "{code}"
            );
        }
        for code in ["05X2081492", "5D2081492"] {
            let fields = [
                ("identifier[0].system", "urn:oid:2.16.840.1.113883.4.7"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Organization, "a", &fields)];
            assert_eq!(
                found(&MalformedRegistrationNumber, records),
                ["Organization a identifier[0]"],
                "{code}"
            );
        }
        for code in ["1234567", "99-9999999"] {
            let fields = [
                ("identifier[0].system", "urn:oid:2.16.840.1.113883.4.4"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Organization, "a", &fields)];
            assert_eq!(
                found(&MalformedRegistrationNumber, records),
                ["Organization a identifier[0]"],
                "{code}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for code in ["207Q00000X"] {
            let fields = [
                (
                    "qualification[0].code.coding[0].system",
                    "http://nucc.org/provider-taxonomy",
                ),
                ("qualification[0].code.coding[0].code", code),
            ];
            let records = vec![record(Kind::Practitioner, "a", &fields)];
            assert_eq!(found(&MalformedRegistrationNumber, records), none, "{code}");
        }
        for code in ["05D2081492"] {
            let fields = [
                ("identifier[0].system", "urn:oid:2.16.840.1.113883.4.7"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Organization, "a", &fields)];
            assert_eq!(found(&MalformedRegistrationNumber, records), none, "{code}");
        }
        for code in ["12-3456789"] {
            let fields = [
                ("identifier[0].system", "urn:oid:2.16.840.1.113883.4.4"),
                ("identifier[0].value", code),
            ];
            let records = vec![record(Kind::Organization, "a", &fields)];
            assert_eq!(found(&MalformedRegistrationNumber, records), none, "{code}");
        }
    }
}
