use std::collections::HashSet;
use std::sync::LazyLock;

use ehr_model::chart::Chart;

use crate::Context;
use crate::codes::{Judgement, Wanted, judge};
use crate::rule::{CannotCheck, Findings, Rule, RuleMetadata, rule};

rule! {
    /// Code of a code system that nobody knows.
    ///
    /// ## What it does
    ///
    /// Looks at the system of every coding. It must be a canonical URI of the list that ships with
    /// this rule, the `urn:oid:` form of an OID of that list, or one of the local systems that the
    /// practice declares. The list holds the code systems of FHIR R4, HL7 v2 and v3, US Core 6.1.0
    /// and those that US records use, such as SNOMED CT, LOINC, RxNorm and CVX. A coding without a
    /// system is left out; it claims none.
    ///
    /// ## Why it matters
    ///
    /// A code means what its system says. With a misspelt system, a bare OID or the OID of a value
    /// set, no target finds the meaning: the code is shown as text, or dropped.
    ///
    /// ## What to do
    ///
    /// ### Who loads the data
    ///
    /// Correct the system in the mapping document. If the code is local to the legacy system, give it
    /// a URI under the name of the practice and declare that; never relabel a local code as LOINC or
    /// RxNorm. If a public system is missing in the list, declare it and tell us.
    ///
    /// ### Who uses the data
    ///
    /// Read such an entry by its text, and do not count on alerts that work by code.
    ///
    /// ## Source
    ///
    /// FHIR R4, Coding.system and the registry of code systems; HL7 OID registry.
    UnknownCodeSystem {
        code: "unknown-code-system", category: Conformance, severity: Error, since: "0.1.0",
        covers: ["COD-027"],
    }
}

/// URI, OIDs separated by spaces, name; a line each, below a header.
const SYSTEMS: &str = include_str!("unknown_code_system/systems.tsv");

struct Known {
    uris: HashSet<&'static str>,
    oids: HashSet<&'static str>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    let mut known = Known {
        uris: HashSet::new(),
        oids: HashSet::new(),
    };
    for line in SYSTEMS.lines().skip(1) {
        let mut columns = line.split('\t');
        known.uris.extend(columns.next());
        known
            .oids
            .extend(columns.next().into_iter().flat_map(str::split_whitespace));
    }
    known
});

impl Rule for UnknownCodeSystem {
    fn metadata(&self) -> &'static RuleMetadata {
        &Self::METADATA
    }

    fn check(
        &self,
        chart: &Chart,
        context: &Context<'_>,
        findings: &mut Findings,
    ) -> Result<(), CannotCheck> {
        let codings = Wanted::Datatype("Coding");
        judge(chart, context, findings, codings, |coding| {
            coding.system().map_or(Judgement::LeftOut, |system| {
                Judgement::violated_if(!is_known(&system, context))
            })
        });
        Ok(())
    }
}

fn is_known(system: &str, context: &Context<'_>) -> bool {
    let by_oid = || {
        system
            .strip_prefix("urn:oid:")
            .is_some_and(|oid| KNOWN.oids.contains(oid))
    };
    KNOWN.uris.contains(system)
        || by_oid()
        || context.local_systems.iter().any(|local| local == system)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::testing::{AS_OF, found, found_in, record};
    use ehr_model::element::{ElementSpec, LeafType, ValueType};
    use ehr_model::record::{Kind, Record};
    use ehr_model::value::Date;

    fn coded(key: &str, system: &str) -> Record {
        let fields = [
            ("code.coding[0].system", "http://snomed.info/sct"),
            ("code.coding[1].system", system),
        ];
        record(Kind::Problem, key, &fields)
    }

    #[test]
    fn fires() {
        for system in [
            "http://snomed.info/sct/",
            "ICD10",
            "2.16.840.1.113883.6.96",
            "urn:oid:2.16.840.1.113883.1.11.19563",
            "urn:practice:problems",
        ] {
            assert_eq!(
                found(&UnknownCodeSystem, vec![coded("a", system)]),
                ["Problem a code.coding[1]"],
                "{system}"
            );
        }
    }

    #[test]
    fn stays_silent() {
        let none: [&str; 0] = [];
        for system in [
            "http://loinc.org",
            "urn:oid:2.16.840.1.113883.6.238",
            "urn:oid:2.16.840.1.113883.12.292",
            "urn:oid:2.16.840.1.113883.5.4",
            "http://terminology.hl7.org/CodeSystem/v2-0203",
        ] {
            assert_eq!(
                found(&UnknownCodeSystem, vec![coded("a", system)]),
                none,
                "{system}"
            );
        }
        let local = ["urn:practice:problems".to_owned()];
        let context = Context::new(Date::parse(AS_OF).unwrap()).local_systems(&local);
        let chart = vec![coded("a", "urn:practice:problems")];
        assert_eq!(found_in(&UnknownCodeSystem, chart, context), none);
    }

    #[test]
    fn the_list_is_sorted_and_has_no_line_twice() {
        let uris: Vec<_> = SYSTEMS
            .lines()
            .skip(1)
            .filter_map(|line| line.split('\t').next())
            .collect();
        assert!(uris.len() > 1000);
        assert!(uris.is_sorted_by(|a, b| a < b));
        for line in SYSTEMS.lines() {
            assert_eq!(line.split('\t').count(), 3, "{line}");
        }
    }

    /// The writer puts the systems of closed code sets into the output itself.
    #[test]
    fn every_system_of_the_model_is_known() {
        fn systems(spec: &ElementSpec, depth: usize, out: &mut HashSet<&'static str>) {
            for field in spec.fields.iter().filter(|_| depth < 8) {
                match field.value {
                    ValueType::Leaf(LeafType::Code { system, .. }) => {
                        out.insert(system);
                    }
                    ValueType::Element(inner) => systems(inner(), depth + 1, out),
                    _ => {}
                }
            }
        }
        let mut all = HashSet::new();
        for kind in Kind::ALL {
            systems(kind.spec(), 0, &mut all);
        }
        let mut unknown: Vec<_> = all.difference(&KNOWN.uris).collect();
        unknown.sort_unstable();
        assert!(unknown.is_empty(), "{unknown:?}");
    }
}
