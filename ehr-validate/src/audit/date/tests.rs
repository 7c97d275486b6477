use super::*;

fn parts(value: &str) -> Option<(u16, u8, u8)> {
    WrittenDate::read(value).map(|date| (date.year, date.month, date.day))
}

#[test]
fn dates_are_read_as_they_are_written() {
    let day = Some((2020, 1, 31));
    for written in [
        "2020-01-31",
        "2020/1/31",
        "01/31/2020",
        "1-31-2020",
        "31 Jan 2020",
        "31JAN2020",
        "31-January-2020",
        "Jan 31, 2020",
        "January 31 2020",
        "20200131",
        "202001311405",
        "20200131140500.000-0600",
        "2020-01-31T14:05:00Z",
        "2020-01-31 14:05",
        "1/31/2020 2:05 PM",
        "31 Jan 2020 @ 1405",
    ] {
        assert_eq!(parts(written), day, "{written}");
    }
    let order = WrittenDate::read("31/01/2020").unwrap();
    assert_eq!((order.month, order.day), (31, 1), "as they stand");
}

#[test]
fn numbers_and_words_are_no_dates() {
    for written in [
        "",
        "2020",
        "73211009",
        "8480-6",
        "1.2.840.10008",
        "555-12-3456",
        "120/80",
        "12/31",
        "99999999",
        "maybe",
        "May",
        "2020-13-01",
        "0/0/0",
        "2020-01-31x",
        "312-867-4209",
    ] {
        assert_eq!(parts(written), None, "{written}");
    }
}

#[test]
fn placeholders_and_impossible_days_are_told() {
    for written in [
        "1900-01-01",
        "01/01/1900",
        "0000-00-00",
        "99991231",
        "9999-12-31T00:00:00",
    ] {
        let date = WrittenDate::read(written).unwrap();
        assert!(date.is_placeholder(), "{written}");
    }
    assert!(!WrittenDate::read("2021-02-29").unwrap().is_possible());
    assert!(WrittenDate::read("2020-02-29").unwrap().is_possible());
    assert!(WrittenDate::read("29/02/2020").unwrap().is_possible());
    assert!(!WrittenDate::read("1/1/00").unwrap().is_placeholder());
}

#[test]
fn dates_inside_of_texts_are_found() {
    let mut found = Vec::new();
    WrittenDate::each_inside(
        "Seen 03/04/2019 and again 12 Dec 2020; OID 1.2.2020.5, ratio 1/2/2020/3, call 312-867-4209, due 2021-05-06.",
        |date| found.push((date.year, date.month, date.day)),
    );
    assert_eq!(found, [(2019, 3, 4), (2020, 12, 12), (2021, 5, 6)]);
}
