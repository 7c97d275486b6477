//! Units of doses: their spellings in sigs and in structured fields, and what converts into what.

use super::Amount;

/// What a unit measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dimension {
    /// Counted in milligrams.
    Mass,
    /// Counted in millilitres. A teaspoon is 5 mL and a tablespoon 15 mL, as labels in the US say.
    Volume,
    /// International units and units of insulin.
    Activity,
    /// Counted in milliequivalents.
    Equivalents,
    /// Counted in millimoles.
    Substance,
    /// Pieces of a dose form: they never convert.
    Form,
}

macro_rules! units {
    ($($unit:ident: $name:literal, $dimension:ident $numerator:literal/$denominator:literal, $words:literal, $codes:literal;)*) => {
        /// A unit of a dose.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum DoseUnit {
            $(#[doc = concat!("`", $name, "`")] $unit,)*
        }

        impl DoseUnit {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$unit,)*];

            /// How results write it: `tablet`, `mg`, `mcg`, `mL`, `unit`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$unit => $name,)* }
            }

            /// What it measures.
            pub fn dimension(self) -> Dimension {
                match self { $(Self::$unit => Dimension::$dimension,)* }
            }

            /// How many of the base unit of its dimension it is.
            fn factor(self) -> Amount {
                match self { $(Self::$unit => Amount::of($numerator, $denominator),)* }
            }

            /// Its spellings in sigs, in lower case.
            fn words(self) -> &'static str {
                match self { $(Self::$unit => $words,)* }
            }

            /// Its codes in UCUM, case-sensitive.
            fn codes(self) -> &'static str {
                match self { $(Self::$unit => $codes,)* }
            }
        }
    };
}

units! {
    Milligram: "mg", Mass 1/1, "mg mgs milligram milligrams", "mg";
    Microgram: "mcg", Mass 1/1000, "mcg mcgs ug microgram micrograms", "ug";
    Nanogram: "ng", Mass 1/1000000, "ng nanogram nanograms", "ng";
    Gram: "g", Mass 1000/1, "g gm gms gram grams", "g";
    Milliliter: "mL", Volume 1/1, "ml mls cc ccs milliliter milliliters millilitre millilitres", "mL ml";
    Liter: "L", Volume 1000/1, "liter liters litre litres", "L l";
    Teaspoon: "tsp", Volume 5/1, "tsp tsps teaspoon teaspoons teaspoonful teaspoonfuls teaspoonsful", "[tsp_m]";
    Tablespoon: "tbsp", Volume 15/1, "tbsp tbsps tablespoon tablespoons tablespoonful tablespoonfuls", "[tbs_m]";
    Unit: "unit", Activity 1/1, "unit units u iu ius", "[IU] [iU] U [USP'U]";
    Milliequivalent: "mEq", Equivalents 1/1, "meq meqs milliequivalent milliequivalents", "meq";
    Millimole: "mmol", Substance 1/1, "mmol mmols millimole millimoles", "mmol";
    Tablet: "tablet", Form 1/1, "tablet tablets tab tabs tabl tbl", "{tablet} {tbl} {tab}";
    Capsule: "capsule", Form 1/1, "capsule capsules cap caps", "{capsule} {cap}";
    Caplet: "caplet", Form 1/1, "caplet caplets", "{caplet}";
    Softgel: "softgel", Form 1/1, "softgel softgels gelcap gelcaps", "{softgel}";
    Pill: "pill", Form 1/1, "pill pills", "{pill}";
    Lozenge: "lozenge", Form 1/1, "lozenge lozenges", "{lozenge}";
    Troche: "troche", Form 1/1, "troche troches", "{troche}";
    Gummy: "gummy", Form 1/1, "gummy gummies", "{gummy}";
    Wafer: "wafer", Form 1/1, "wafer wafers", "{wafer}";
    Piece: "piece", Form 1/1, "piece pieces", "{piece}";
    Puff: "puff", Form 1/1, "puff puffs", "{puff}";
    Inhalation: "inhalation", Form 1/1, "inhalation inhalations", "{inhalation}";
    Actuation: "actuation", Form 1/1, "actuation actuations", "{actuat} {actuation}";
    Spray: "spray", Form 1/1, "spray sprays squirt squirts", "{spray}";
    Drop: "drop", Form 1/1, "drop drops gtt gtts", "[drp] {drop}";
    Patch: "patch", Form 1/1, "patch patches", "{patch}";
    Suppository: "suppository", Form 1/1, "suppository suppositories supp supps", "{suppository}";
    Packet: "packet", Form 1/1, "packet packets pkt pkts sachet sachets", "{packet}";
    Scoop: "scoop", Form 1/1, "scoop scoops scoopful scoopfuls", "{scoop}";
    Capful: "capful", Form 1/1, "capful capfuls capsful", "{capful}";
    Vial: "vial", Form 1/1, "vial vials", "{vial}";
    Ampule: "ampule", Form 1/1, "ampule ampules ampul ampuls amp amps ampoule ampoules", "{ampule}";
    Nebule: "nebule", Form 1/1, "nebule nebules neb nebs", "{nebule}";
    Syringe: "syringe", Form 1/1, "syringe syringes", "{syringe}";
    Pen: "pen", Form 1/1, "pen pens", "{pen}";
    Injection: "injection", Form 1/1, "injection injections", "{injection}";
    Enema: "enema", Form 1/1, "enema enemas", "{enema}";
    Film: "film", Form 1/1, "film films", "{film}";
    Strip: "strip", Form 1/1, "strip strips", "{strip}";
    Ring: "ring", Form 1/1, "ring rings", "{ring}";
    Application: "application", Form 1/1, "application applications", "{application}";
    Applicator: "applicator", Form 1/1, "applicator applicators applicatorful applicatorfuls", "{applicator}";
    Dropperful: "dropperful", Form 1/1, "dropperful dropperfuls", "{dropperful}";
    Inch: "inch", Form 1/1, "inch inches", "[in_i]";
    Dose: "dose", Form 1/1, "dose doses", "{dose}";
}

impl DoseUnit {
    /// The unit that a word of a sig means, in lower case.
    pub fn of_word(word: &str) -> Option<Self> {
        let all = Self::ALL.iter().copied();
        all.into_iter()
            .find(|unit| unit.words().split(' ').any(|spelling| spelling == word))
    }

    /// The unit of a UCUM code, as it is written.
    pub fn of_ucum(code: &str) -> Option<Self> {
        let all = Self::ALL.iter().copied();
        all.into_iter()
            .find(|unit| unit.codes().split(' ').any(|known| known == code))
    }

    /// Whether pieces are counted rather than something measured.
    pub fn is_form(self) -> bool {
        self.dimension() == Dimension::Form
    }

    /// How many of the other unit one of this is; none between units that do not convert.
    pub fn in_terms_of(self, other: Self) -> Option<Amount> {
        if self == other {
            return Some(Amount::ONE);
        }
        let converts = !self.is_form() && self.dimension() == other.dimension();
        converts.then(|| self.factor().divided_by(other.factor()))?
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_spelling_means_two_units() {
        let mut words = BTreeSet::new();
        let mut codes = BTreeSet::new();
        for unit in DoseUnit::ALL {
            for word in unit.words().split(' ') {
                assert!(words.insert(word), "{word}");
                assert_eq!(DoseUnit::of_word(word), Some(*unit));
            }
            for code in unit.codes().split(' ') {
                assert!(codes.insert(code), "{code}");
                assert_eq!(DoseUnit::of_ucum(code), Some(*unit));
            }
        }
        for ambiguous in ["gr", "mu", "m", "cap ful", "ss", "kg", ""] {
            assert_eq!(DoseUnit::of_word(ambiguous), None, "{ambiguous}");
        }
        assert_eq!(DoseUnit::of_ucum("MG"), None, "a megagauss");
    }

    #[test]
    fn only_like_converts_into_like() {
        use DoseUnit::*;
        assert_eq!(Gram.in_terms_of(Milligram), Some(Amount::from(1000)));
        assert_eq!(Microgram.in_terms_of(Milligram), Some(Amount::of(1, 1000)));
        assert_eq!(Teaspoon.in_terms_of(Milliliter), Some(Amount::from(5)));
        assert_eq!(Tablet.in_terms_of(Capsule), None);
        assert_eq!(Milligram.in_terms_of(Milliliter), None);
        assert_eq!(Unit.in_terms_of(Milligram), None);
    }
}
