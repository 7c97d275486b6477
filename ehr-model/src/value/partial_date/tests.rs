use super::*;
use proptest::prelude::*;

fn date(text: &str) -> PartialDate {
    PartialDate::parse(text).unwrap()
}

#[test]
fn precision_survives() {
    for text in [
        "2006",
        "2006-01",
        "2006-01-17",
        "2006-01-17T08:30",
        "2006-01-17T08:30Z",
        "2006-01-17T08:30:05",
        "2006-01-17T08:30:05-05:00",
        "2006-01-17T08:30:05.120+05:30",
        "2016-02-29",
        "2016-12-31T23:59:60Z",
    ] {
        assert_eq!(date(text).to_iso(), text);
    }
}

#[test]
fn what_is_no_date_is_refused() {
    for text in [
        "",
        "06",
        "2006-",
        "2006-13",
        "2006-02-30",
        "2015-02-29",
        "0000",
        "2006-1-7",
        "2006-01-17T",
        "2006-01-17T24:00",
        "2006-01-17T08",
        "2006-01-17T08:30:05.",
        "2006-01-17T08:30:05+15:00",
        "2006-01-17X08:30",
        "20060117",
        "2006-01-17Z",
    ] {
        assert!(PartialDate::parse(text).is_err(), "{text}");
    }
}

#[test]
fn order_is_open_where_precision_is() {
    assert_eq!(
        date("2005").compare(&date("2006-01-01")),
        Some(Ordering::Less)
    );
    assert_eq!(date("2006").compare(&date("2006-05")), None);
    assert_eq!(
        date("2006-01-17").compare(&date("2006-01-17")),
        Some(Ordering::Equal)
    );
    assert_eq!(
        date("2006-01-17T23:30:00-05:00").compare(&date("2006-01-18T04:30:00Z")),
        Some(Ordering::Equal)
    );
    assert_eq!(
        date("2006-01-17T23:30:00").compare(&date("2006-01-17T23:30:00Z")),
        None
    );
}

#[test]
fn a_date_has_no_time() {
    assert_eq!(Date::parse("2006-01-17T08:30"), Err(DateError::TimeInDate));
    assert!(Date::parse("1954").is_ok());
}

proptest! {
    #[test]
    fn write_then_read_is_identity(year in 1u16..=9999, month in 1u8..=12, day in 1u8..=28, hour in 0u8..24,
        minute in 0u8..60, second in 0u8..60, nanos in 0u32..1_000_000_000, digits in 1u8..=9, offset in -840i16..=840) {
        let nanos = nanos / 10u32.pow(9 - u32::from(digits)) * 10u32.pow(9 - u32::from(digits));
        let written = PartialDate::day(year, month, day).unwrap()
            .at(hour, minute, Some(second), Some((nanos, digits)), Some(offset)).unwrap();
        prop_assert_eq!(PartialDate::parse(&written.to_iso()).unwrap(), written);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,32}") {
        if let Ok(read) = PartialDate::parse(&text) {
            prop_assert_eq!(PartialDate::parse(&read.to_iso()).unwrap(), read);
        }
    }
}
