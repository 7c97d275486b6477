use super::*;

fn run(chain: &[&str], text: &str) -> Result<Value<'static>, Unreadable> {
    let chain: Vec<_> = chain
        .iter()
        .map(|one| Transform::parse_one(one).unwrap())
        .collect();
    Transform::apply_all(
        &chain,
        Value::Text(text.to_owned().into()),
        &mut Trace::default(),
    )
}

fn text(value: Result<Value<'_>, Unreadable>) -> String {
    match value {
        Ok(Value::Text(text)) => text.into_owned(),
        Ok(Value::Date(date)) => date.to_iso(),
        Ok(Value::Decimal(decimal)) => decimal.expose().to_owned(),
        Ok(Value::Nothing) => "nothing".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn text_to_text() {
    assert_eq!(text(run(&["trim", "upper"], " ab ")), "AB");
    assert_eq!(text(run(&["collapse-spaces"], " a  b ")), "a b");
    assert_eq!(text(run(&["digits"], "(617) 555-0142")), "6175550142");
    assert_eq!(text(run(&["strip-prefix(LEG-)"], "LEG-7")), "7");
    assert_eq!(text(run(&["zip"], "020611630")), "02061-1630");
    assert_eq!(text(run(&["zip"], "02061")), "02061");
    assert_eq!(text(run(&["last-word"], "Ann Marie Roe")), "Roe");
    assert_eq!(
        text(run(&["all-but-last-word"], "Ann Marie Roe")),
        "Ann Marie"
    );
    assert_eq!(text(run(&["all-but-last-word"], "Roe")), "nothing");
}

#[test]
fn dates_keep_the_precision_of_their_format() {
    assert_eq!(text(run(&["date(MM/DD/YYYY)"], "02/03/2021")), "2021-02-03");
    assert_eq!(
        text(run(&["date(M/D/YYYY, MM/YYYY, YYYY)"], "07/1999")),
        "1999-07"
    );
    assert_eq!(
        text(run(
            &["two-digit-years(1930)", "date(MM/DD/YY)"],
            "02/03/29"
        )),
        "2029-02-03"
    );
    assert_eq!(
        text(run(
            &["two-digit-years(1930)", "date(MM/DD/YY)"],
            "02/03/30"
        )),
        "1930-02-03"
    );
    assert_eq!(run(&["date(MM/DD/YY)"], "02/03/29"), Err(Unreadable));
    assert_eq!(run(&["date(MM/DD/YYYY)"], "02/30/2021"), Err(Unreadable));
    assert_eq!(
        text(run(
            &["date(MM/DD/YYYY hh:mm)", "date-part"],
            "02/03/2021 14:05"
        )),
        "2021-02-03"
    );
}

#[test]
fn numbers_are_exact_or_refused() {
    assert_eq!(text(run(&["money"], "$1,234.50")), "1234.50");
    assert_eq!(text(run(&["money"], "(12.00)")), "-12.00");
    assert_eq!(run(&["money"], "1,23.50"), Err(Unreadable));
    assert_eq!(text(run(&["decimal-comma"], "1.234,5")), "1234.5");
    assert_eq!(run(&["decimal"], "12 mg"), Err(Unreadable));
}

#[test]
fn comparators_are_told_from_numbers() {
    assert_eq!(text(run(&["comparator"], "<0.5")), "<");
    assert_eq!(text(run(&["comparator"], "0.5")), "nothing");
    assert_eq!(text(run(&["after-comparator", "decimal"], ">= 60")), "60");
}

#[test]
fn references_become_keys_of_their_type() {
    let key = |via: &str, reference: &str| text(run(&[via], reference));
    for (reference, patient, any) in [
        ("Patient/p1", "Patient/p1", "Patient/p1"),
        (
            "https://x.example/r4/Patient/p1/_history/2",
            "Patient/p1",
            "Patient/p1",
        ),
        ("Group/g1", "nothing", "Group/g1"),
        ("urn:uuid:0A1B", "Patient/0a1b", "nothing"),
        ("#p1", "nothing", "nothing"),
        ("Patient?identifier=x|1", "nothing", "nothing"),
    ] {
        assert_eq!(
            key("reference-key(Patient)", reference),
            patient,
            "{reference}"
        );
        assert_eq!(key("reference-key", reference), any, "{reference}");
    }
}

#[test]
fn booleans_take_their_words_only() {
    assert_eq!(run(&["boolean(Y,1/N,0)"], "y"), Ok(Value::Boolean(true)));
    assert_eq!(run(&["boolean(Y,1/N,0)"], "maybe"), Err(Unreadable));
    assert!(Transform::parse_one("boolean(Y/Y)").is_err());
}

#[test]
fn mistakes_in_a_chain_are_explained() {
    assert_eq!(
        Transform::parse_one("shout").unwrap_err(),
        "there is no transform `shout`"
    );
    assert_eq!(
        Transform::parse_one("trim(x)").unwrap_err(),
        "`trim` takes nothing in parentheses"
    );
    assert_eq!(
        Transform::parse_one("date").unwrap_err(),
        "`date` needs formats in parentheses"
    );
    let wrong = Transform::DatePart.output(ValueKind::Text).unwrap_err();
    assert_eq!(
        wrong,
        "this transform takes a date, and a text arrives here"
    );
}
