use ehr_model::datatype::{HumanName, NameUse};
use ehr_model::kind::Patient;

use crate::Context;
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};
use crate::text_quality::is_garbled;
use ehr_model::chart::Chart;

rule! {
    /// Name of a patient that is none, or holds something else.
    ///
    /// ## What it does
    ///
    /// Looks at the current names of the patient for test patients and placeholders ("TEST", "ZZZ",
    /// "UNKNOWN", "BABYBOY", John or Jane Doe), for HTML entities, for letters that were read in
    /// the wrong encoding, and for suffixes such as "Jr" inside the family name.
    ///
    /// ## Why it matters
    ///
    /// Test patients do not belong into the new system, newborns without a name are taken for one
    /// another, and a name in the wrong encoding is not found.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Leave test patients to the archive by a rule of the scope. Mend encodings at the reader,
    /// suffixes by a transform; never a name by hand.
    ///
    /// ### Who uses the data
    ///
    /// Ask for the name at the next visit.
    ///
    /// ## Source
    ///
    /// Minnesota Department of Health, list of junk names; Jane and John Doe; an engineering
    /// default, a site may tune it.
    NameThatIsNone {
        code: "name-that-is-none", category: Plausibility, severity: Warning, since: "0.1.0",
        covers: ["DEM-008"],
    }
}

impl Rule for NameThatIsNone {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        _: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        for (record, patient) in chart.of::<Patient>() {
            for (number, name) in patient.name.iter().enumerate() {
                if matches!(
                    name.use_.value(),
                    Some(NameUse::Old | NameUse::Maiden | NameUse::Nickname)
                ) {
                    continue;
                }
                let mut subject = findings.applies_to(record);
                let family = name
                    .family
                    .value()
                    .map_or("", |family| family.expose().trim());
                if is_junk(family) || has_suffix(family) || is_doe(name, family) {
                    subject.violated_at(format!("name[{number}].family"));
                }
                for (place, given) in name.given.iter().enumerate() {
                    if is_junk(given.expose().trim()) {
                        subject.violated_at(format!("name[{number}].given[{place}]"));
                    }
                }
            }
        }
        Ok(())
    }
}

/// Names that are none, without spaces, hyphens and digits.
const JUNK: &[&str] = &[
    "asdf",
    "baby",
    "babyboy",
    "babygirl",
    "boy",
    "donotuse",
    "dummy",
    "duplicate",
    "fake",
    "female",
    "firstname",
    "girl",
    "infant",
    "lastname",
    "male",
    "missing",
    "newborn",
    "nofirstname",
    "nolastname",
    "noname",
    "none",
    "null",
    "patient",
    "patienttest",
    "test",
    "testing",
    "testpatient",
    "tester",
    "twinboy",
    "twingirl",
    "unidentified",
    "unknown",
    "unnamed",
    "zztest",
];

const SUFFIXES: &[&str] = &["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "md", "m.d."];

fn is_junk(name: &str) -> bool {
    if name.is_empty() {
        return false;
    }
    let letters = || {
        name.bytes()
            .filter(u8::is_ascii_alphabetic)
            .map(|b| b.to_ascii_lowercase())
    };
    let is_listed = JUNK.iter().any(|junk| letters().eq(junk.bytes()));
    let first = letters().next();
    let repeats = name.len() >= 3 && name.bytes().all(|b| Some(b.to_ascii_lowercase()) == first);
    let entity = name.find('&').is_some_and(|at| name[at..].contains(';'));
    is_listed || repeats || entity || is_garbled(name)
}

fn has_suffix(family: &str) -> bool {
    let mut words = family.split([' ', ',']).filter(|word| !word.is_empty());
    let last = words.next_back();
    words.next().is_some()
        && last.is_some_and(|last| SUFFIXES.iter().any(|s| last.eq_ignore_ascii_case(s)))
}

fn is_doe(name: &HumanName, family: &str) -> bool {
    let first = name.given.first().map_or("", |given| given.expose().trim());
    family.eq_ignore_ascii_case("doe")
        && ["john", "jane", "baby"]
            .iter()
            .any(|given| first.eq_ignore_ascii_case(given))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{found, record};
    use ehr_model::record::Kind;

    const NONE: [&str; 0] = [];

    fn of(given: &str, family: &str) -> Vec<String> {
        let fields = [("name[0].given[0]", given), ("name[0].family", family)];
        found(&NameThatIsNone, vec![record(Kind::Patient, "p", &fields)])
    }

    #[test]
    fn fires() {
        let family = ["Patient p name[0].family"];
        let given = ["Patient p name[0].given[0]"];
        assert_eq!(of("Ann", "TEST"), family);
        assert_eq!(of("Ann", "zzz"), family);
        assert_eq!(of("Jane", "Doe"), family);
        assert_eq!(of("Ann", "Okafor Jr."), family);
        assert_eq!(of("Ann", "Mu&ntilde;oz"), family);
        assert_eq!(of("Ann", "MuÃ±oz"), family);
        assert_eq!(of("BABY BOY 2", "Okafor"), given);
        assert_eq!(of("Baby-Girl", "Okafor"), given);
    }

    #[test]
    fn stays_silent() {
        for (given, family) in [
            ("Ann", "Muñoz"),
            ("Amy", "Doe"),
            ("Ann", "Sr"),
            ("Boyd", "Testa"),
            ("Ng", "O"),
            ("Ünal", "Şahin"),
            ("", ""),
            ("Lee", "Smith & Wesson"),
            ("Li", "李"),
        ] {
            assert_eq!(of(given, family), NONE, "{given} {family}");
        }
        let old = [("name[0].family", "Baby"), ("name[0].use", "old")];
        assert_eq!(
            found(&NameThatIsNone, vec![record(Kind::Patient, "p", &old)]),
            NONE
        );
    }
}
