//! Laws of the sig parser: a canonical sig parses back, nothing panics, no number comes from nowhere.

use std::collections::BTreeSet;

use ehr_validate::dose::{Amount, AmountRange, DoseUnit, Route, Sig};
use proptest::prelude::*;

/// A dose as digits with at most three decimals, never with a trailing zero.
fn dose() -> impl Strategy<Value = String> {
    prop_oneof![
        (1u32..2000).prop_map(|whole| whole.to_string()),
        (0u32..100, 1u32..1000).prop_map(|(whole, part)| {
            let text = format!("{whole}.{part:03}");
            text.trim_end_matches('0').to_owned()
        }),
    ]
}

/// Units as results name them.
fn unit() -> impl Strategy<Value = DoseUnit> {
    // a lone `L` is a misread 1 to this grammar
    let named = DoseUnit::ALL
        .iter()
        .copied()
        .filter(|unit| *unit != DoseUnit::Liter);
    prop::sample::select(named.collect::<Vec<_>>())
}

fn route() -> impl Strategy<Value = Option<Route>> {
    prop::option::of(prop::sample::select(Route::ALL.to_vec()))
}

/// Words of a frequency, and how often a day.
fn frequency() -> impl Strategy<Value = (String, AmountRange)> {
    let exactly = |times, days| AmountRange::exactly(Amount::of(times, days));
    prop_oneof![
        Just(("once daily".to_owned(), exactly(1, 1))),
        Just(("twice daily".to_owned(), exactly(2, 1))),
        (3u32..12).prop_map(move |times| (format!("{times} times a day"), exactly(times, 1))),
        (1u32..72).prop_map(move |hours| (format!("every {hours} hours"), exactly(24, hours))),
        (1u32..12, 1u32..12).prop_map(|(from, more)| {
            let (short, long) = (from, from + more);
            let times = AmountRange::between(Amount::of(24, long), Amount::of(24, short));
            (format!("q{short}-{long}h"), times)
        }),
        (2u32..30).prop_map(move |days| (format!("every {days} days"), exactly(1, days))),
        (2u32..30).prop_map(move |weeks| (format!("every {weeks} weeks"), exactly(1, weeks * 7))),
    ]
}

proptest! {
    #[test]
    fn a_canonical_sig_parses_back(
        low in dose(),
        more in prop::option::of(1u32..50),
        unit in unit(),
        route in route(),
        (words, times) in frequency(),
        as_needed in any::<bool>(),
        days in prop::option::of(1u32..100),
    ) {
        let from = Amount::parse(&low).unwrap();
        let to = more.map_or(from, |more| from.plus(Amount::from(more)).unwrap());
        let amount = match more {
            None => low,
            Some(_) => format!("{low} to {}", to.to_json()),
        };
        let mut text = format!("take {amount} {}", unit.name());
        if let Some(route) = route {
            text.push_str(&format!(" {}", route.name()));
        }
        text.push_str(&format!(" {words}"));
        if let Some(days) = days {
            text.push_str(&format!(" for {days} days"));
        }
        if as_needed {
            text.push_str(" as needed");
        }
        // three decimals that end in zero have two readings and are not made above
        let sig = Sig::parse(&text).map_err(|unparsed| {
            TestCaseError::fail(format!("{text}: {unparsed}"))
        })?;
        prop_assert_eq!(sig.steps.len(), 1);
        let step = &sig.steps[0];
        prop_assert_eq!(step.dose, AmountRange::between(from, to), "{}", text);
        prop_assert_eq!(step.unit, Some(unit));
        prop_assert_eq!(step.times_per_day, times);
        prop_assert_eq!(step.as_needed, as_needed);
        if let Some(route) = route {
            prop_assert_eq!(step.route, Some(route));
        }
        prop_assert_eq!(step.days.single(), days.map(Amount::from));
        prop_assert_eq!(sig.daily().amount, step.dose.times(&times));
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        refused_within(&text)?;
    }

    #[test]
    fn words_of_sigs_in_any_order_give_no_number_from_nowhere(
        words in prop::collection::vec(prop::sample::select(WORDS.to_vec()), 1..14),
        glue in prop::sample::select(vec![" ", "  ", "-", ", ", ""]),
    ) {
        let text = words.join(glue);
        refused_within(&text)?;
        if let Ok(sig) = Sig::parse(&text) {
            stems_from(&text, &sig)?;
        }
    }
}

const WORDS: &[&str] = &[
    "take",
    "1",
    "2",
    "0.25",
    ".5",
    "1/2",
    "5.0",
    "1,250",
    "one",
    "two",
    "half",
    "½",
    "ii",
    "a",
    "tab",
    "tablets",
    "mg",
    "mcg",
    "mL",
    "units",
    "U",
    "puffs",
    "drops",
    "po",
    "by mouth",
    "sc",
    "OD",
    "OU",
    "daily",
    "bid",
    "tid",
    "qid",
    "qod",
    "q",
    "4",
    "6",
    "h",
    "hours",
    "every",
    "day",
    "days",
    "weekly",
    "week",
    "a day",
    "times",
    "x",
    "x 7 days",
    "for",
    "prn",
    "as needed",
    "pain",
    "with meals",
    "qhs",
    "at bedtime",
    "in the morning",
    "and",
    "then",
    ",",
    ".",
    ";",
    "(",
    ")",
    "max",
    "8",
    "per day",
    "in 24 hours",
    "Mon",
    "Wed",
    "Fri",
    "to",
    "or",
    "-",
    "/",
    "once",
    "now",
    "10",
    "500",
    "up to",
    "day 1",
    "alternate",
    "other",
    "as directed",
    "hold",
    "kg",
    "8 am",
    "noon",
];

/// What stays unread is a piece of the text.
fn refused_within(text: &str) -> Result<(), TestCaseError> {
    if let Err(unparsed) = Sig::parse(text) {
        let shown = unparsed.to_string();
        prop_assert!(text.get(unparsed.span.clone()).is_some(), "{shown}");
    }
    Ok(())
}

/// Every dose is a number of the text, or the sum of two of them ("1 1/2"), or one that words name.
fn stems_from(text: &str, sig: &Sig) -> Result<(), TestCaseError> {
    let mut known: BTreeSet<Amount> = BTreeSet::new();
    let digits = text.replace(',', "");
    let numbers = digits.split(|c: char| !c.is_ascii_digit() && c != '.');
    known.extend(numbers.filter_map(|number| Amount::parse(number.trim_end_matches('.'))));
    known.extend([Amount::ONE, Amount::from(2), Amount::of(1, 2)]);
    let pairs: Vec<Amount> = known
        .iter()
        .flat_map(|one| known.iter().filter_map(|other| one.plus(*other)))
        .collect();
    known.extend(pairs);
    for step in &sig.steps {
        for end in [step.dose.low, step.dose.high].into_iter().flatten() {
            prop_assert!(known.contains(&end), "{text}: {}", end.to_json());
        }
        let (low, high) = (step.dose.low, step.dose.high);
        prop_assert!(low.is_none() || low <= high, "{text}");
        let (low, high) = (step.times_per_day.low, step.times_per_day.high);
        prop_assert!(low.is_none() || low <= high, "{text}");
    }
    Ok(())
}
