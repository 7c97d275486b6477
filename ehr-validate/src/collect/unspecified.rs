//! Diagnoses that say nothing closer, before and after.

use ehr_model::chart::Chart;
use ehr_model::datatype::CodeableConcept;
use ehr_model::issue::Issue;
use ehr_model::kind::Problem;

use crate::concept::{codes_in, says_any};
use crate::rules::{UnspecifiedCodesIncreased, is_coded};
use crate::validation::RuleCounts;

/// Fewer coded problems than this say nothing about a share.
const FEWEST: u64 = 100;

/// By how much the share may grow: two of a hundred.
const TOLERATED: (u64, u64) = (2, 100);

const ICD10: &str = "http://hl7.org/fhir/sid/icd-10-cm";

/// Counts coded problems, and those whose code is unspecified, on both sides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnspecifiedCodes {
    source: Share,
    target: Share,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Share {
    unspecified: u64,
    all: u64,
}

impl UnspecifiedCodes {
    /// Counts the problems of the two charts of a patient.
    pub fn collect(&mut self, source: &Chart, target: &Chart) {
        self.source.count(source);
        self.target.count(target);
    }

    /// Adds the counts of another part of the run.
    pub fn merge(&mut self, other: &Self) {
        for (mine, others) in [
            (&mut self.source, other.source),
            (&mut self.target, other.target),
        ] {
            mine.unspecified += others.unspecified;
            mine.all += others.all;
        }
    }

    /// For the rule [`UnspecifiedCodesIncreased`]: it judges the run as one.
    pub fn finish(&self) -> (RuleCounts, Vec<Issue>) {
        let enough = self.source.all >= FEWEST && self.target.all >= FEWEST;
        // a/b > c/d + t/u, without fractions
        let wide = |number: u64| u128::from(number);
        let (tolerated, of) = (wide(TOLERATED.0), wide(TOLERATED.1));
        let (source, target) = (self.source, self.target);
        let grown = wide(target.unspecified) * wide(source.all) * of
            > (wide(source.unspecified) * of + tolerated * wide(source.all)) * wide(target.all);
        super::judged(
            &UnspecifiedCodesIncreased::METADATA,
            enough.then_some(("code", grown)),
        )
    }
}

impl Share {
    fn count(&mut self, chart: &Chart) {
        let codes = chart
            .of::<Problem>()
            .filter_map(|(_, problem)| problem.code.value());
        for code in codes.filter(|code| is_coded(code)) {
            self.all += 1;
            self.unspecified += u64::from(is_unspecified(code));
        }
    }
}

fn is_unspecified(code: &CodeableConcept) -> bool {
    let ends_in_nine = |code: &str| {
        code.split_once('.').is_some_and(|(_, rest)| {
            rest.trim_end_matches(|c: char| c.is_ascii_alphabetic())
                .ends_with('9')
        })
    };
    says_any(code, &["unspecified", "nos"]) || codes_in(code, ICD10).any(ends_in_nine)
}
