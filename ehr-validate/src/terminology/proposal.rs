//! What the General Equivalence Mappings propose for a code of ICD-9-CM. They never decide: CMS made
//! them for translating rules and statistics, not records.

use super::Concept;

/// What is proposed for a code.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Proposal {
    /// The map does not have the code.
    Unknown,
    /// The map says that there is no equivalent.
    NoMap,
    /// One code, which may still be only nearly the same.
    One(Candidate),
    /// Several, of which a person chooses.
    Several(Vec<Candidate>),
}

/// One code that is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Candidate {
    /// The code.
    pub code: String,
    /// Means nearly the same, not the same.
    pub approximate: bool,
    /// Says it only together with the codes of the other choices of its scenario.
    pub combination: bool,
    /// Which way to translate it belongs to.
    pub scenario: u8,
    /// Which place of the combination it fills.
    pub choice: u8,
}

impl Proposal {
    pub(super) fn of(concept: Option<Concept<'_>>) -> Self {
        let Some(concept) = concept else {
            return Self::Unknown;
        };
        let mut candidates: Vec<_> = concept
            .targets()
            .filter(|target| !target.code.is_empty())
            .map(|target| Candidate {
                code: target.code.to_owned(),
                approximate: target.approximate,
                combination: target.combination,
                scenario: target.scenario,
                choice: target.choice,
            })
            .collect();
        if candidates.len() == 1 && !candidates[0].combination {
            return Self::One(candidates.remove(0));
        }
        match candidates.is_empty() {
            true => Self::NoMap,
            false => Self::Several(candidates),
        }
    }

    /// Whether a person has to decide: all but one code that means the same.
    pub fn needs_review(&self) -> bool {
        !matches!(self, Self::One(candidate) if !candidate.approximate)
    }
}
