//! The comparisons and their levels, with what is believed of each before the data are seen.

/// A comparison of one field, or of fields that agree or disagree together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Comparison {
    /// Street, area, phone and e-mail: one correlated evidence, because a family shares them all.
    Contact,
    /// Last name, where neither record may be of a woman.
    LastName,
    /// Last name of a woman, which marriage may change.
    LastNameOfWoman,
    /// First name.
    FirstName,
    /// Date of birth.
    BirthDate,
    /// Social Security number.
    Ssn,
    /// Middle name.
    MiddleName,
    /// Administrative sex, where the first name does not say it.
    Sex,
    /// Generation suffix.
    Suffix,
    /// Medical record number.
    MedicalRecordNumber,
}

/// A level of a comparison: how far two values agree.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct ComparisonLevel {
    /// The name for people.
    pub name: &'static str,
    /// How often two records of one person are at this level, before the data say better.
    pub m: f64,
    /// The same of two people of one family.
    pub family: f64,
}

/// How many comparisons have levels of their own; contact data have cells.
pub(crate) const COMPARISONS: usize = 10;
/// The level where a value is missing: no evidence either way.
pub(crate) const NOT_COMPARED: u8 = u8::MAX;

/// In the order in which evidence is weighed: what a family shares comes first.
pub(crate) const ALL: [Comparison; COMPARISONS] = [
    Comparison::Contact,
    Comparison::LastName,
    Comparison::LastNameOfWoman,
    Comparison::FirstName,
    Comparison::BirthDate,
    Comparison::Ssn,
    Comparison::MiddleName,
    Comparison::Sex,
    Comparison::Suffix,
    Comparison::MedicalRecordNumber,
];

macro_rules! levels {
    ($table:ident: $($at:literal $name:literal $m:literal $family:literal;)*) => {
        const $table: &[ComparisonLevel] = &[
            $(ComparisonLevel { name: $name, m: $m, family: $family }),*
        ];
    };
    ($module:ident $table:ident: $($constant:ident = $at:literal $name:literal $m:literal $family:literal;)*) => {
        /// Numbers of levels.
        pub(crate) mod $module {
            $(pub(crate) const $constant: u8 = $at;)*
        }
        const $table: &[ComparisonLevel] = &[
            $(ComparisonLevel { name: $name, m: $m, family: $family }),*
        ];
    };
}

levels! { first FIRST:
    EXACT = 0 "same" 0.74 0.008;
    NICKNAME = 1 "nickname" 0.08 0.002;
    TYPO = 2 "one slip or nearly the same" 0.08 0.004;
    ALIKE = 3 "two established names, alike" 0.015 0.008;
    SOUNDS = 4 "sounds alike" 0.01 0.01;
    INITIAL = 5 "initial or beginning" 0.01 0.004;
    IS_MIDDLE = 6 "first is the other's middle name" 0.01 0.005;
    SWAPPED = 7 "first and last name changed about" 0.02 0.0002;
    DIFFERS = 8 "differs" 0.015 0.95;
}

levels! { last LAST:
    EXACT = 0 "same" 0.85 0.80;
    TYPO = 1 "one slip or nearly the same" 0.09 0.03;
    ALIKE = 2 "two established names, alike" 0.01 0.01;
    SOUNDS = 3 "sounds alike" 0.01 0.005;
    PART = 4 "one is part of the other" 0.01 0.01;
    IS_MIDDLE = 5 "last is the other's middle name" 0.005 0.002;
    DIFFERS = 6 "differs" 0.03 0.15;
}

// The numbers are those of the last name of anybody.
levels! { LAST_OF_WOMAN:
    0 "same" 0.78 0.75;
    1 "one slip or nearly the same" 0.08 0.03;
    2 "two established names, alike" 0.01 0.01;
    3 "sounds alike" 0.01 0.005;
    4 "one is part of the other" 0.015 0.015;
    5 "last is the other's middle name" 0.01 0.002;
    6 "differs" 0.10 0.20;
}

levels! { dob DOB:
    EXACT = 0 "same day" 0.86 0.02;
    CENTURY = 1 "same but for the century" 0.005 0.0005;
    SWAPPED = 2 "day and month changed about" 0.02 0.0005;
    ONE_DIGIT = 3 "one slip" 0.05 0.006;
    FIRST_OF_JANUARY = 4 "same year, one the first of January" 0.02 0.001;
    TWO_PARTS = 5 "two of year, month and day" 0.02 0.015;
    PARTIAL = 6 "agrees as far as it is known" 0.005 0.01;
    DIFFERS = 7 "differs" 0.02 0.95;
}

levels! { ssn SSN:
    EXACT = 0 "same" 0.85 0.004;
    ONE_DIGIT = 1 "one slip" 0.05 0.006;
    LAST_FOUR = 2 "same last four" 0.02 0.001;
    DIFFERS = 3 "differs" 0.08 0.989;
}

levels! { middle MIDDLE:
    EXACT = 0 "same" 0.45 0.03;
    INITIAL = 1 "initial" 0.35 0.05;
    TYPO = 2 "one slip or nearly the same" 0.03 0.01;
    DIFFERS = 3 "differs" 0.17 0.91;
}

levels! { sex SEX:
    SAME = 0 "same" 0.985 0.45;
    DIFFERS = 1 "differs" 0.015 0.55;
}

levels! { suffix SUFFIX:
    SAME = 0 "same" 0.6 0.1;
    ONE_SIDED = 1 "only one has one" 0.38 0.75;
    DIFFERS = 2 "differs" 0.02 0.15;
}

levels! { mrn MRN:
    SAME = 0 "same" 0.5 0.0005;
}

impl Comparison {
    /// The levels; none for contact data, which have cells.
    pub fn levels(self) -> &'static [ComparisonLevel] {
        match self {
            Self::Contact => &[],
            Self::LastName => LAST,
            Self::LastNameOfWoman => LAST_OF_WOMAN,
            Self::FirstName => FIRST,
            Self::BirthDate => DOB,
            Self::Ssn => SSN,
            Self::MiddleName => MIDDLE,
            Self::Sex => SEX,
            Self::Suffix => SUFFIX,
            Self::MedicalRecordNumber => MRN,
        }
    }

    /// The name for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Contact => "address, phone and e-mail",
            Self::LastName | Self::LastNameOfWoman => "last name",
            Self::FirstName => "first name",
            Self::BirthDate => "date of birth",
            Self::Ssn => "Social Security number",
            Self::MiddleName => "middle name",
            Self::Sex => "sex",
            Self::Suffix => "suffix",
            Self::MedicalRecordNumber => "medical record number",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beliefs_are_shares_of_one() {
        for (at, comparison) in ALL.iter().enumerate() {
            assert_eq!(*comparison as usize, at);
            let levels = comparison.levels();
            if levels.len() < 2 {
                continue;
            }
            for belief in [
                |level: &ComparisonLevel| level.m,
                |level: &ComparisonLevel| level.family,
            ] {
                let sum: f64 = levels.iter().map(belief).sum();
                assert!((sum - 1.0).abs() < 0.03, "{comparison:?}: {sum}");
            }
        }
        assert_eq!(LAST.len(), LAST_OF_WOMAN.len());
    }
}
