//! Amounts: quantities with their units, decimals, whole numbers.

use ehr_model::element::{Element, FieldSpec, Leaf, SafetyClass};
use ehr_model::value::Decimal;

use super::FieldWalk;
use super::text::leaf_text;
use crate::compare::allowance::Allowance;
use crate::compare::difference::{DifferenceClass, Pattern};
use crate::dose::{Amount, AmountRange, DoseUnit, Factor};

/// By how much two amounts may differ after a conversion, which is not exact in binary.
const CONVERSION_ERROR: f64 = 1e-9;

/// What a quantity says.
struct Measure {
    value: Option<Decimal>,
    unit: Option<String>,
    code: Option<String>,
}

/// How the units of two quantities stand to each other.
enum Units {
    Same,
    /// The code says the same, the words are another spelling.
    Spelling,
    /// The target adds the code of the unit that the source wrote out.
    Coded,
    /// The first field that differs.
    Differ(&'static str, DifferenceClass),
}

impl FieldWalk<'_> {
    pub(super) fn quantities(&mut self, a: &dyn Element, b: &dyn Element, safety: SafetyClass) {
        let (one, other) = (Measure::of(a), Measure::of(b));
        self.named(a, b, "comparator", safety);
        match units(&one, &other) {
            Units::Same => {}
            Units::Spelling => self.allow(Allowance::UnitSpelling),
            Units::Coded => self.allow(Allowance::AddedTranslations),
            Units::Differ(field, class) => {
                if same_amount(&one, &other) {
                    return self.allow(Allowance::EquivalentUnits);
                }
                let is_swap = class == DifferenceClass::Changed;
                let class = match self.is_dose && is_swap {
                    true => DifferenceClass::DoseFactor,
                    false => class,
                };
                let pattern = is_swap.then_some(Pattern::UnitChanged);
                self.report_at(field, class, pattern, safety);
            }
        }
        self.named(a, b, "value", safety);
    }

    /// The field with this name, on both sides.
    pub(super) fn named(
        &mut self,
        a: &dyn Element,
        b: &dyn Element,
        name: &str,
        safety: SafetyClass,
    ) {
        if let Some(number) = a.spec().number(name) {
            let field = &a.spec().fields[number];
            self.field(field, a.slot(number), b.slot(number), safety, false);
        }
    }

    pub(super) fn decimals(&mut self, a: &Decimal, b: &Decimal, safety: SafetyClass) {
        match (a.value(), b.value()) {
            (Some(one), Some(other)) if one == other => {
                if a.expose() != b.expose() {
                    self.allow(Allowance::TrailingZeros);
                }
            }
            (None, None) if a.expose() == b.expose() => {}
            _ => {
                let pattern = match self.is_money {
                    true => Some(Pattern::AmountOff),
                    false => factor(Amount::of_decimal(a), Amount::of_decimal(b)),
                };
                self.report(self.amount_class(), pattern, safety);
            }
        }
    }

    pub(super) fn integers(&mut self, field: &FieldSpec, a: i64, b: i64, safety: SafetyClass) {
        let amount = |number: i64| u32::try_from(number).ok().map(Amount::from);
        let (class, pattern) = match field.name {
            "order" | "sequence" | "rank" => (DifferenceClass::Changed, Some(Pattern::RankChanged)),
            _ => (self.amount_class(), factor(amount(a), amount(b))),
        };
        self.report(class, pattern, safety);
    }

    fn amount_class(&self) -> DifferenceClass {
        match self.is_dose {
            true => DifferenceClass::DoseFactor,
            false => DifferenceClass::Changed,
        }
    }
}

impl Measure {
    fn of(element: &dyn Element) -> Self {
        let value = element.spec().number("value");
        let value = value.and_then(|number| match element.slot(number).leaf(0) {
            Some(Leaf::Decimal(value)) => Some(value),
            _ => None,
        });
        Self {
            value,
            unit: leaf_text(element, "unit"),
            code: leaf_text(element, "code"),
        }
    }

    /// What the unit is converted by.
    fn symbol(&self) -> Option<&str> {
        self.code.as_deref().or(self.unit.as_deref())
    }
}

fn units(one: &Measure, other: &Measure) -> Units {
    use DifferenceClass::{Changed, Extra, Missing, WeakenedCoding};
    match (&one.code, &other.code) {
        (Some(a), Some(b)) if a != b => return Units::Differ("code", Changed),
        (Some(_), None) if other.unit.is_some() => return Units::Differ("code", WeakenedCoding),
        (Some(_), None) => return Units::Differ("code", Missing),
        _ => {}
    }
    match (&one.unit, &other.unit) {
        (Some(a), Some(b)) if a != b => match is_spelling(a, b) {
            true => Units::Spelling,
            false => Units::Differ("unit", Changed),
        },
        (Some(a), None) => match &other.code {
            Some(code) if code == a || is_spelling(a, code) => Units::Spelling,
            _ => Units::Differ("unit", Missing),
        },
        // words beside the code that the source has
        (None, Some(unit)) => match &one.code {
            Some(code) if code == unit || is_spelling(code, unit) => Units::Spelling,
            Some(_) => Units::Differ("unit", Changed),
            None => Units::Differ("unit", Extra),
        },
        (unit, _) => match (&one.code, &other.code, unit) {
            (None, Some(code), Some(unit)) if code == unit || is_spelling(unit, code) => {
                Units::Coded
            }
            (None, Some(_), _) => Units::Differ("code", Extra),
            _ => Units::Same,
        },
    }
}

/// Whether two words are spellings of one unit: not one of them may be unknown.
fn is_spelling(a: &str, b: &str) -> bool {
    let unit = |text: &str| {
        let word = DoseUnit::of_word(&text.trim().to_lowercase());
        DoseUnit::of_ucum(text.trim()).or(word)
    };
    a.trim() == b.trim() || unit(a).is_some_and(|one| unit(b) == Some(one))
}

/// Whether UCUM converts one amount into the other.
fn same_amount(one: &Measure, other: &Measure) -> bool {
    let (Some(a), Some(b)) = (number(&one.value), number(&other.value)) else {
        return false;
    };
    let (Some(from), Some(to)) = (one.symbol(), other.symbol()) else {
        return false;
    };
    // the words of the unit must not say something else than its code
    let agrees = |measure: &Measure| match (&measure.unit, &measure.code) {
        (Some(unit), Some(code)) => {
            is_spelling(unit, code) || octofhir_ucum::validate(unit).is_err()
        }
        _ => true,
    };
    if from == to || !agrees(one) || !agrees(other) {
        return false;
    }
    octofhir_ucum::convert(a, from, to)
        .is_ok_and(|converted| (converted - b).abs() <= CONVERSION_ERROR * b.abs().max(1e-300))
}

fn number(value: &Option<Decimal>) -> Option<f64> {
    value.as_ref()?.expose().parse().ok()
}

/// What one amount is of the other, where it has a name.
fn factor(one: Option<Amount>, other: Option<Amount>) -> Option<Pattern> {
    let range = |amount| AmountRange {
        low: amount,
        high: amount,
    };
    Some(match Factor::between(range(one), range(other))? {
        Factor::Double => Pattern::Double,
        Factor::Half => Pattern::Half,
        Factor::TenTimes => Pattern::TenTimes,
        Factor::Tenth => Pattern::Tenth,
        Factor::HundredTimes => Pattern::HundredTimes,
        Factor::Hundredth => Pattern::Hundredth,
        Factor::ThousandTimes { .. } => Pattern::ThousandTimes,
        Factor::Thousandth { .. } => Pattern::Thousandth,
        Factor::OtherUnit => Pattern::UnitChanged,
        _ => return None,
    })
}
