//! Pairs for clerical review, and what keeps a pair from being proposed for a merge.

use super::comparison::{
    Comparison, NOT_COMPARED, Pattern, dob, first, last, middle, sex, ssn, suffix,
};

/// From this probability a pair that no [`Guard`] holds back is proposed for a merge.
///
/// Above it the share of wrong pairs is far below one in a thousand, because most pairs lie near 1.
pub const MERGE_THRESHOLD: f64 = 0.99;
/// From this probability a pair is as likely one person as not.
pub const PROBABLE_THRESHOLD: f64 = 0.5;
/// From this probability a person should look at the pair.
pub const REVIEW_THRESHOLD: f64 = 0.25;

/// From this product of two probabilities a pair of their outer records is listed as well: a person
/// who moved and then married has two records with nothing in common but the one between.
pub(crate) const IMPLIED_THRESHOLD: f64 = 0.98;
/// What two links that imply a pair are worth beside the pair's own looks; on generated households
/// and on FEBRL 19 of 20 such pairs were right.
const IMPLIED: f64 = 0.9;

/// How sure a pair is, as FHIR's match-grade says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum MatchGrade {
    /// At [`MERGE_THRESHOLD`] and with no guard: proposed for a merge, which a person decides.
    Certain,
    /// At [`PROBABLE_THRESHOLD`].
    Probable,
    /// At [`REVIEW_THRESHOLD`].
    Possible,
    /// Below it.
    CertainlyNot,
}

/// Why a pair is never proposed for a merge, however likely it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Guard {
    /// First name and date of birth both disagree.
    FirstNameAndBirthDateDisagree,
    /// The first names disagree or one is missing: twins share all else.
    FirstName,
    /// The dates of birth disagree, or agree weakly and no number agrees: Jr and Sr share all else.
    BirthDate,
    /// The generation suffixes disagree.
    Suffix,
    /// Sex disagrees, or the first names are alike at most and the middle names give no support, and
    /// no number agrees: a twin, a sibling.
    OtherPerson,
    /// Together with another pair it would make one person of two records that do not look like one.
    ClusterConflict,
    /// The pair itself does not look like one person; two others imply it.
    Implied,
}

/// A pair of records that may be one person.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Candidate {
    /// The number of the record that was added first.
    pub a: u32,
    /// The number of the other record.
    pub b: u32,
    /// The probability that both are of one person.
    pub probability: f64,
    /// How sure the pair is.
    pub grade: MatchGrade,
    /// What holds it back from a merge proposal.
    pub guard: Option<Guard>,
    /// The record that both are linked to, where the pair is listed because of that alone. Then
    /// its own weights say less than its probability.
    pub implied_by: Option<u32>,
    pub(crate) pattern: Pattern,
}

impl Candidate {
    pub(crate) fn new(a: u32, b: u32, probability: f64, pattern: Pattern) -> Self {
        let guard = guard(&pattern);
        Self {
            a,
            b,
            probability,
            grade: MatchGrade::of(probability, guard),
            guard,
            implied_by: None,
            pattern,
        }
    }

    pub(crate) fn implied(a: u32, b: u32, by: u32, product: f64, pattern: Pattern) -> Self {
        let guard = guard(&pattern).or(Some(Guard::Implied));
        let probability = product * IMPLIED;
        Self {
            a,
            b,
            probability,
            grade: MatchGrade::of(probability, guard),
            guard,
            implied_by: Some(by),
            pattern,
        }
    }

    /// Whether the pair is proposed for a merge.
    pub fn is_merge_proposal(&self) -> bool {
        self.grade == MatchGrade::Certain
    }

    pub(crate) fn hold_back(&mut self, guard: Guard) {
        self.guard = self.guard.or(Some(guard));
        self.grade = MatchGrade::of(self.probability, self.guard);
    }
}

impl MatchGrade {
    fn of(probability: f64, guard: Option<Guard>) -> Self {
        match probability {
            p if p >= MERGE_THRESHOLD && guard.is_none() => Self::Certain,
            p if p >= PROBABLE_THRESHOLD => Self::Probable,
            p if p >= REVIEW_THRESHOLD => Self::Possible,
            _ => Self::CertainlyNot,
        }
    }

    /// The name as `pairs.csv` and FHIR write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Probable => "probable",
            Self::Possible => "possible",
            Self::CertainlyNot => "certainly-not",
        }
    }
}

/// What holds a pattern back, the gravest first.
fn guard(pattern: &Pattern) -> Option<Guard> {
    let first = pattern.level(Comparison::FirstName);
    let date = pattern.level(Comparison::BirthDate);
    let number = matches!(pattern.level(Comparison::Ssn), ssn::EXACT | ssn::ONE_DIGIT);
    let first_disagrees = first == first::DIFFERS;
    let date_disagrees = date == dob::DIFFERS;
    let last = pattern
        .level(Comparison::LastName)
        .min(pattern.level(Comparison::LastNameOfWoman));
    if first_disagrees && date_disagrees {
        return Some(Guard::FirstNameAndBirthDateDisagree);
    }
    if pattern.level(Comparison::Suffix) == suffix::DIFFERS {
        return Some(Guard::Suffix);
    }
    if first_disagrees || first == NOT_COMPARED && !(number && last == last::EXACT) {
        return Some(Guard::FirstName);
    }
    let weak_date = matches!(date, NOT_COMPARED | dob::TWO_PARTS);
    let only_like = date != dob::EXACT && !pattern.shares_contact();
    if date_disagrees || (weak_date || only_like) && !number {
        return Some(Guard::BirthDate);
    }
    let other_sex = pattern.level(Comparison::Sex) == sex::DIFFERS;
    let unlike = matches!(
        first,
        first::ALIKE | first::SOUNDS | first::INITIAL | first::IS_MIDDLE
    ) || first != first::EXACT
        && pattern.level(Comparison::MiddleName) == middle::DIFFERS;
    if (other_sex || unlike) && !number {
        return Some(Guard::OtherPerson);
    }
    None
}
