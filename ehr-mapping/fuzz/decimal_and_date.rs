//! Any text as a decimal or a date: what was read is written, and read again it is the same.
#![no_main]

use std::cmp::Ordering;

use ehr_model::value::{Decimal, PartialDate};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

fuzz_target!(|text: &str| {
    if let Ok(decimal) = Decimal::parse(text) {
        let written = decimal.expose();
        assert!(is_json_number(written));
        assert_eq!(Decimal::parse(written).as_ref(), Ok(&decimal));
        assert!(
            !is_json_number(text) || written == text,
            "digits were changed"
        );
        if let Some(value) = decimal.value() {
            let again = Decimal::parse(&value.to_string()).expect("a number is printed as one");
            assert_eq!(again.value(), Some(value));
        }
    } else {
        assert!(!is_json_number(text), "a JSON number was refused");
    }
    if let Ok(date) = PartialDate::parse(text) {
        let written = date.to_iso();
        assert_eq!(PartialDate::parse(&written), Ok(date));
        assert!(date.earliest() <= date.latest());
        assert_eq!(date.compare(&date), Some(Ordering::Equal));
        assert!(written.starts_with(&date.date_part().to_iso()));
        if let Some(offset) = date.offset_minutes() {
            assert_eq!(date.with_offset(offset), date);
        }
        let digits = |text: &str| text.bytes().filter(u8::is_ascii_digit).count();
        assert!(
            written.ends_with('Z') || digits(&written) == digits(text),
            "precision changed"
        );
    }
});

fn is_json_number(text: &str) -> bool {
    let first = text.as_bytes().first();
    first.is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-')
        && text.as_bytes().last().is_some_and(u8::is_ascii_digit)
        && serde_json::from_str::<&RawValue>(text).is_ok()
}
