//! Routes of administration, and the side of the body where a sig names one.

macro_rules! routes {
    ($($route:ident: $name:literal, $snomed:literal, $words:literal;)*) => {
        /// By which way a dose enters the body.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Route {
            $(#[doc = concat!("`", $name, "`")] $route,)*
        }

        impl Route {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$route,)*];

            /// How results write it: `oral`, `subcutaneous`.
            pub fn name(self) -> &'static str {
                match self { $(Self::$route => $name,)* }
            }

            /// Its codes in SNOMED CT, NCI Thesaurus and HL7 table 0162.
            fn codes(self) -> &'static str {
                match self { $(Self::$route => $snomed,)* }
            }

            /// The phrases of sigs that mean it, in lower case, parted by `|`.
            pub(super) fn phrases(self) -> &'static str {
                match self { $(Self::$route => $words,)* }
            }
        }
    };
}

routes! {
    Oral: "oral", "26643006 C38288 PO", "po|by mouth|orally|oral|per os|by oral route|by oral|via oral route|oral route|through the mouth|through mouth|via mouth|in the mouth|in mouth|by mouth route|on the tongue|on tongue|on top of the tongue|on top of tongue";
    Sublingual: "sublingual", "37839007 C38300 SL", "sl|sublingual|sublingually|under the tongue|under tongue|beneath the tongue|by sublingual route";
    Buccal: "buccal", "54471007 C38193 BUC", "buccal|buccally|inside the cheek|inside cheek|between cheek and gum";
    Inhalation: "inhalation", "447694001 C38216 IH", "inhalation|by inhalation|via inhalation|inhaled|orally inhaled|by inhalation route|inh|into the lungs|into lungs|in lungs|via nebulizer|by nebulizer|by nebulization|via nebulization|nebulized|per nebulizer|in nebulizer|using nebulizer|neb|nebs|via neb|by neb|per neb|via inhaler|by inhaler|via spacer";
    Nasal: "nasal", "46713006 C38284 NS", "nasal|nasally|intranasal|intranasally|into the nose|in the nose|into nose|in nose|by nasal route";
    Ophthalmic: "ophthalmic", "54485002 C38287 OP", "ophthalmic|ophthalmically|by ophthalmic route";
    Otic: "otic", "10547007 C38192 OT", "otic|by otic route";
    Topical: "topical", "6064005 C38304 TP", "topical|topically|top|by topical route";
    Transdermal: "transdermal", "45890007 C38305 TD", "transdermal|transdermally|by transdermal route";
    Rectal: "rectal", "37161004 C38295 PR", "pr|rectal|rectally|per rectum|by rectum|into the rectum|into rectum|in rectum|in the rectum|intrarectally|by rectal route";
    Vaginal: "vaginal", "16857009 C38313 VG", "pv|vaginal|vaginally|intravaginally|intravaginal|per vagina|into the vagina|into vagina|in vagina|in the vagina|by vaginal route";
    Subcutaneous: "subcutaneous", "34206005 C38299 SC", "sc|sq|sub q|subq|subcut|subcutaneous|subcutaneously|under the skin|under skin|beneath the skin|into the skin|by subcutaneous route|s / c|s / q";
    Intramuscular: "intramuscular", "78421000 C28161 IM", "im|intramuscular|intramuscularly|into the muscle|into muscle|in the muscle|by intramuscular route";
    Intravenous: "intravenous", "47625008 C38276 IV", "iv|intravenous|intravenously|ivpb|iv push|into the vein|into a vein|by intravenous route";
    Intradermal: "intradermal", "372464004 C38238 ID", "intradermal|intradermally";
    Enteral: "enteral", "127490009 C38246 GTT", "enteral|enterally|peg tube|g tube|gtube|ng tube|j tube|feeding tube|nasogastric tube|gastrostomy tube|per g tube|via g tube|by g tube|per gtube|via gtube|per peg|via peg|per peg tube|via peg tube|per ng tube|via ng tube|by ng tube|per tube|via tube|per feeding tube|via feeding tube|by feeding tube|per j tube|via j tube";
}

impl Route {
    /// The route of a code of SNOMED CT, NCI Thesaurus or HL7 table 0162.
    pub fn of_code(code: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|route| route.codes().split(' ').any(|known| known == code))
    }

    /// The route that a text names, such as `by mouth` or `Oral`, if it names nothing else.
    pub fn of_text(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let mut all = Self::ALL.iter().copied();
        all.find(|route| route.phrases().split('|').any(|phrase| phrase == text))
    }
}

/// The side or sides of eyes, ears and nostrils. A dose is for each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Side {
    /// The left one.
    Left,
    /// The right one.
    Right,
    /// Both.
    Both,
    /// One that the sig does not name: "affected eye", "one nostril".
    One,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_phrase_and_no_code_means_two_routes() {
        let mut seen = BTreeSet::new();
        for route in Route::ALL {
            for phrase in route.phrases().split('|').chain(route.codes().split(' ')) {
                assert!(seen.insert(phrase), "{phrase}");
            }
            assert_eq!(Route::of_text(route.name()), Some(*route));
        }
        assert_eq!(Route::of_code("26643006"), Some(Route::Oral));
        assert_eq!(Route::of_text("OD"), None);
    }
}
