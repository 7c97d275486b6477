//! Any text: a sig is read or refused, and every dose of what is read is written in the text.
#![no_main]

use ehr_validate::dose::{Amount, Sig, Strength};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = Strength::parse(text);
    match Sig::parse(text) {
        Err(unparsed) => assert!(text.get(unparsed.span).is_some()),
        Ok(sig) => {
            let _ = sig.daily();
            for step in &sig.steps {
                for end in [step.dose.low, step.dose.high].into_iter().flatten() {
                    assert!(end > Amount::ZERO);
                    assert!(!end.is_whole() || is_written(text, end), "a dose from nowhere");
                }
                let ordered = |low: Option<Amount>, high| low.is_none() || low <= high;
                assert!(ordered(step.dose.low, step.dose.high));
                assert!(ordered(step.times_per_day.low, step.times_per_day.high));
            }
        }
    }
});

/// A whole number above what words and Roman numerals can say stands in the text as digits.
fn is_written(text: &str, dose: Amount) -> bool {
    const LARGEST_WORD: u32 = 90;
    let digits: String = text.chars().filter(|c| *c != ',').collect();
    dose <= Amount::from(LARGEST_WORD) || digits.contains(&dose.to_json())
}
