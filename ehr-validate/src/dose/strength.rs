//! The strength of a product by its RxNorm name: how much of each ingredient in one unit of it.
//!
//! `Amoxicillin 500 MG Oral Capsule` has 500 mg in a capsule, `Amoxicillin 50 MG/ML Oral Suspension`
//! 50 mg in a mL, `insulin glargine 100 UNT/ML Pen Injector` 100 units in a mL. Packs hold several
//! products and have no one strength; neither has a name that does not follow RxNorm's grammar.

use super::{Amount, DoseUnit};

/// The strength of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Strength {
    /// Of each ingredient, in the order of the name.
    pub ingredients: Vec<IngredientStrength>,
}

/// How much of an ingredient is in how much of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct IngredientStrength {
    /// How much of the ingredient.
    pub amount: Amount,
    /// In which unit.
    pub unit: DoseUnit,
    /// In one of what: a mL, a tablet, a puff.
    pub per: DoseUnit,
}

/// Why a name gives no strength.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NoStrength {
    /// Several products in one package.
    #[error("a pack has several strengths")]
    Pack,
    /// No number with a unit.
    #[error("the name states no strength")]
    Unstated,
    /// A unit that is none of a strength, or a strength over an unknown piece.
    #[error("the unit of the strength is not understood")]
    Unit,
    /// A number that has two readings.
    #[error("the number of the strength is not certain")]
    Number,
}

/// What a dose form is counted in, in RxNorm's words and in the short ones of legacy systems.
const FORMS: &[(&str, DoseUnit)] = &[
    ("tablet", DoseUnit::Tablet),
    ("capsule", DoseUnit::Capsule),
    ("lozenge", DoseUnit::Lozenge),
    ("suppository", DoseUnit::Suppository),
    ("transdermal system", DoseUnit::Patch),
    ("medicated patch", DoseUnit::Patch),
    ("patch", DoseUnit::Patch),
    ("chewing gum", DoseUnit::Piece),
    ("sublingual film", DoseUnit::Film),
    ("buccal film", DoseUnit::Film),
    ("oral film", DoseUnit::Film),
    ("vaginal ring", DoseUnit::Ring),
    ("wafer", DoseUnit::Wafer),
    (" tab", DoseUnit::Tablet),
    (" cap", DoseUnit::Capsule),
];

impl Strength {
    /// Reads an RxNorm name. The brand in square brackets is not looked at.
    ///
    /// ```
    /// use ehr_validate::dose::{Amount, DoseUnit, Strength};
    /// let strength = Strength::parse("acetaminophen 325 MG / oxycodone hydrochloride 5 MG Oral Tablet")?;
    /// assert_eq!(strength.ingredients.len(), 2);
    /// assert_eq!(strength.ingredients[1].amount, Amount::from(5));
    /// assert_eq!(strength.ingredients[1].per, DoseUnit::Tablet);
    /// # Ok::<(), ehr_validate::dose::NoStrength>(())
    /// ```
    pub fn parse(name: &str) -> Result<Self, NoStrength> {
        let name = name.split('[').next().unwrap_or_default().trim();
        if name.starts_with('{')
            || name.to_lowercase().ends_with(" pack")
            || name.contains("} Pack")
        {
            return Err(NoStrength::Pack);
        }
        let lower = name.to_lowercase();
        let form = FORMS
            .iter()
            .find(|(words, _)| lower.contains(words))
            .map(|(_, unit)| *unit);
        let mut ingredients = Vec::new();
        for part in name.split(" / ") {
            ingredients.push(ingredient(part, form)?);
        }
        Ok(Self { ingredients })
    }

    /// The strength, if there is one ingredient.
    pub fn single(&self) -> Option<IngredientStrength> {
        match self.ingredients[..] {
            [one] => Some(one),
            _ => None,
        }
    }
}

/// `Amoxicillin 500 MG`, with the form behind the last one. The last number with a unit counts:
/// `12 HR`, `24 HR` stand before it and are the length of a release, `0.5 ML` the size of a syringe.
fn ingredient(part: &str, form: Option<DoseUnit>) -> Result<IngredientStrength, NoStrength> {
    let part = apart(&part.to_uppercase());
    let words: Vec<&str> = part.split_whitespace().collect();
    for (index, pair) in words.windows(2).enumerate().rev() {
        let (number, unit) = (pair[0], pair[1]);
        let over = index > 0 && words[index - 1] == "/";
        if over || !number.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            continue;
        }
        if matches!(unit, "HR" | "ML" | "ACTUAT" | "HOUR" | "HOURS") {
            continue;
        }
        // "vitamin B 12 Oral Tablet" has a number and no unit
        let unit = rxnorm_unit(unit).ok_or(NoStrength::Unit)?;
        let amount = Amount::parse(number).filter(|amount| *amount > Amount::ZERO);
        let mut amount = amount.ok_or(NoStrength::Number)?;
        // "5-325 MG" is the strength of two
        if index > 0 && words[index - 1].ends_with(['-', '/']) && words[index - 1] != "/" {
            return Err(NoStrength::Number);
        }
        let mut behind = words[index + 2..].iter().copied();
        let per = match behind.next() {
            Some("/") => {
                let mut over = behind.next();
                if let Some(count) = over.and_then(Amount::parse) {
                    amount = amount.divided_by(count).ok_or(NoStrength::Number)?;
                    over = behind.next();
                }
                match over {
                    Some("ML") => Some(DoseUnit::Milliliter),
                    Some("MG") => Some(DoseUnit::Milligram),
                    Some("ACTUAT" | "ACT") => Some(DoseUnit::Actuation),
                    _ => None,
                }
            }
            _ => form,
        };
        return Ok(IngredientStrength {
            amount,
            unit,
            per: per.ok_or(NoStrength::Unit)?,
        });
    }
    Err(NoStrength::Unstated)
}

/// `250MG/5ML` as `250 MG / 5 ML`; `5/325` stays one word, which is no number.
fn apart(part: &str) -> String {
    let mut out = String::with_capacity(part.len() + 8);
    let mut before = ' ';
    let mut chars = part.chars().peekable();
    while let Some(c) = chars.next() {
        let slash = c == '/'
            && !(before.is_ascii_digit() && chars.peek().is_some_and(char::is_ascii_digit));
        if slash {
            out.push_str(" / ");
        } else {
            if before.is_ascii_digit() && c.is_alphabetic() {
                out.push(' ');
            }
            out.push(c);
        }
        before = c;
    }
    out
}

fn rxnorm_unit(unit: &str) -> Option<DoseUnit> {
    Some(match unit {
        "MG" => DoseUnit::Milligram,
        "MCG" | "UG" => DoseUnit::Microgram,
        "GM" | "G" => DoseUnit::Gram,
        "UNT" | "IU" | "UNITS" => DoseUnit::Unit,
        "MEQ" => DoseUnit::Milliequivalent,
        "MMOL" => DoseUnit::Millimole,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> Result<Vec<String>, NoStrength> {
        let shown = |one: &IngredientStrength| {
            format!(
                "{} {}/{}",
                one.amount.to_json(),
                one.unit.name(),
                one.per.name()
            )
        };
        Strength::parse(name).map(|strength| strength.ingredients.iter().map(shown).collect())
    }

    #[test]
    fn rxnorm_names() {
        for (name, strength) in [
            ("Amoxicillin 500 MG Oral Capsule", "500 mg/capsule"),
            ("Amoxicillin 50 MG/ML Oral Suspension", "50 mg/mL"),
            (
                "Acetaminophen 500 MG Oral Tablet [Tylenol]",
                "500 mg/tablet",
            ),
            (
                "Levothyroxine Sodium 0.1 MG Oral Tablet [Synthroid]",
                "0.1 mg/tablet",
            ),
            (
                "24 HR Metformin hydrochloride 500 MG Extended Release Oral Tablet",
                "500 mg/tablet",
            ),
            (
                "insulin glargine 100 UNT/ML Injectable Solution",
                "100 unit/mL",
            ),
            ("3 ML insulin lispro 100 UNT/ML Pen Injector", "100 unit/mL"),
            (
                "0.3 ML enoxaparin sodium 100 MG/ML Prefilled Syringe",
                "100 mg/mL",
            ),
            (
                "NDA020503 200 ACTUAT albuterol 0.09 MG/ACTUAT Metered Dose Inhaler",
                "0.09 mg/actuation",
            ),
            ("72 HR Fentanyl 0.025 MG/HR Transdermal System", ""),
            ("cholecalciferol 1000 UNT Oral Tablet", "1000 unit/tablet"),
            (
                "potassium chloride 20 MEQ Extended Release Oral Tablet",
                "20 mEq/tablet",
            ),
            ("hydrocortisone 10 MG/ML Topical Cream", "10 mg/mL"),
            ("nicotine 2 MG Chewing Gum", "2 mg/piece"),
            ("Lisinopril 10 mg tablet", "10 mg/tablet"),
            ("Lisinopril 10mg tab", "10 mg/tablet"),
            ("Amoxicillin 250 mg/5 mL suspension", "50 mg/mL"),
            ("Amoxicillin 400MG/5ML susp", "80 mg/mL"),
        ] {
            match strength {
                "" => assert_eq!(read(name), Err(NoStrength::Unit), "{name}"),
                _ => assert_eq!(read(name), Ok(vec![strength.to_owned()]), "{name}"),
            }
        }
    }

    #[test]
    fn combinations_and_packs() {
        assert_eq!(
            read("Acetaminophen 325 MG / HYDROcodone Bitartrate 5 MG Oral Tablet"),
            Ok(vec!["325 mg/tablet".to_owned(), "5 mg/tablet".to_owned()])
        );
        let pack = "{21 (ethinyl estradiol 0.035 MG / norethindrone 1 MG Oral Tablet) / 7 (inert 1 MG Oral Tablet) } Pack";
        assert_eq!(read(pack), Err(NoStrength::Pack));
    }

    #[test]
    fn other_names_say_nothing() {
        for (name, why) in [
            ("Amoxicillin", NoStrength::Unstated),
            ("vitamin B 12 Oral Tablet", NoStrength::Unit),
            ("Amoxicillin 500 MG", NoStrength::Unit),
            ("Amoxicillin 1,5 MG Oral Tablet", NoStrength::Number),
            ("hydrocortisone 1 % Topical Cream", NoStrength::Unit),
            ("Hydrocodone 5/325 mg tablet", NoStrength::Number),
            ("Hydrocodone 5-325 mg tablet", NoStrength::Number),
            ("", NoStrength::Unstated),
        ] {
            assert_eq!(read(name), Err(why), "{name}");
        }
        assert_eq!(NoStrength::Pack.to_string(), "a pack has several strengths");
    }
}
