//! Texts: the same words, cut off, damaged, or other ones.

use ehr_model::element::{Element, Leaf, SafetyClass};
use unicode_normalization::UnicodeNormalization as _;

use super::FieldWalk;
use crate::compare::allowance::Allowance;
use crate::compare::difference::{DifferenceClass, Pattern};
use crate::dose::{Comparison, DailyAmount, Factor, NotComparable, Regimen, Sig};
use crate::text_quality::is_garbled;

/// Marks that a program puts where it cuts off.
const CUT_MARKS: &[char] = &['.', '…'];

impl FieldWalk<'_> {
    pub(super) fn texts(&mut self, a: &str, b: &str, safety: SafetyClass) {
        if a == b {
            return;
        }
        let (one, other) = (words(a), words(b));
        if one == other {
            return self.allow(Allowance::WhiteSpace);
        }
        if one.nfc().eq(other.nfc()) {
            return self.allow(Allowance::UnicodeForm);
        }
        let is_sig = self.is_dose && self.path.ends_with("].text");
        let factor = is_sig.then(|| sig_factor(a, b)).flatten();
        let (class, pattern) = match factor {
            Some(pattern) => (DifferenceClass::DoseFactor, pattern),
            None => (DifferenceClass::Changed, text_pattern(&one, &other)),
        };
        self.report(class, pattern, safety);
    }
}

/// The text in a field of an element.
pub(super) fn leaf_text(element: &dyn Element, field: &str) -> Option<String> {
    let number = element.spec().number(field)?;
    match element.slot(number).leaf(0)? {
        Leaf::Text(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        _ => None,
    }
}

pub(super) fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// What became of a text, both without superfluous blanks.
pub(super) fn text_pattern(a: &str, b: &str) -> Option<Pattern> {
    let stem = b.trim_end_matches(CUT_MARKS).trim_end();
    if is_garbled(b) && !is_garbled(a) || question_marks(a, b) {
        return Some(Pattern::EncodingDamaged);
    }
    if stem.len() < a.len() && a.starts_with(stem) {
        return Some(Pattern::Truncated);
    }
    let lower = |text: &str| text.to_lowercase();
    (lower(a) == lower(b)).then_some(Pattern::CaseChanged)
}

/// Whether letters beyond ASCII became `?` or are gone, or are bytes read in another encoding.
fn question_marks(a: &str, b: &str) -> bool {
    if a.is_ascii() {
        return false;
    }
    let replaced: String = a
        .chars()
        .map(|c| if c.is_ascii() { c } else { '?' })
        .collect();
    let dropped: String = a.chars().filter(char::is_ascii).collect();
    let as_latin: String = a.bytes().map(char::from).collect();
    [replaced, dropped, words(&as_latin)]
        .iter()
        .any(|damaged| damaged == b)
}

/// By what two sigs differ in the amount a day, where both are understood.
fn sig_factor(a: &str, b: &str) -> Option<Option<Pattern>> {
    let daily = |text| {
        let sig = Sig::parse(text).ok()?;
        let daily = DailyAmount::of(&sig.steps, sig.course);
        Some((daily, Regimen::of_steps(sig.steps, sig.course)))
    };
    let ((one, first), (other, second)) = (daily(a)?, daily(b)?);
    match first.compare(&second) {
        Comparison::Different(factor) => Some(pattern(factor)),
        // one product: its pieces count without their strength
        Comparison::NotComparable(NotComparable::StrengthUnknown) if one.unit == other.unit => {
            let factor = Factor::between(one.amount, other.amount)?;
            (one.amount != other.amount).then(|| pattern(factor))
        }
        _ => None,
    }
}

/// The name of a factor.
pub(super) fn pattern(factor: Factor) -> Option<Pattern> {
    Some(match factor {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_became_of_a_text() {
        for (a, b, wanted) in [
            (
                "take with food daily",
                "take with",
                Some(Pattern::Truncated),
            ),
            (
                "take with food daily",
                "take with...",
                Some(Pattern::Truncated),
            ),
            ("Muñoz", "MuÃ±oz", Some(Pattern::EncodingDamaged)),
            ("Muñoz", "Mu?oz", Some(Pattern::EncodingDamaged)),
            ("Muñoz", "Mu\u{fffd}oz", Some(Pattern::EncodingDamaged)),
            ("Muñoz", "Muoz", Some(Pattern::EncodingDamaged)),
            ("SMITH", "Smith", Some(Pattern::CaseChanged)),
            ("no rash", "rash", None),
            ("take with", "take with...", None),
        ] {
            assert_eq!(text_pattern(a, b), wanted, "{a} {b}");
        }
    }

    #[test]
    fn sigs_differ_by_a_factor() {
        assert_eq!(
            sig_factor("take 1 tablet daily", "take 2 tablets daily"),
            Some(Some(Pattern::Double))
        );
        assert_eq!(sig_factor("take 1 tablet daily", "1 tab po qd"), None);
        assert_eq!(sig_factor("as directed", "2 tabs daily"), None);
    }
}
