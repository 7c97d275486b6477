//! States and ZIP codes of the United States Postal Service.

use std::sync::LazyLock;

use super::shape::{digits, fits, strictly};
use super::{Fault, Malformed};

/// State, territory or military region, and the first three digits of its ZIP codes.
const PREFIXES: &str = include_str!("address/zip3.tsv");

/// ZIP codes that a post office of the neighbouring state serves, by the first three digits or whole:
/// places at a border, where the prefix does not tell the state.
const ACROSS_BORDERS: [(&str, &str); 13] = [
    ("06390", "NY"), // Fishers Island, reached from Connecticut
    ("20331", "MD"),
    ("20335", "MD"),
    ("42223", "TN"), // Fort Campbell
    ("63673", "IL"), // Saint Mary, beyond the old bed of the Mississippi
    ("68119", "IA"),
    ("68120", "IA"),
    ("71233", "MS"),
    ("73949", "TX"), // Texhoma
    ("75502", "AR"), // Texarkana
    ("83414", "WY"), // Alta
    ("86515", "NM"), // Window Rock
    ("97635", "CA"), // New Pine Creek
];

/// A place with its ranges of prefixes.
type Place = (&'static str, Vec<(u16, u16)>);

static PLACES: LazyLock<Vec<Place>> = LazyLock::new(|| {
    let number = |text: &str| text.parse().unwrap_or(u16::MAX);
    let range = |text: &'static str| match text.split_once('-') {
        Some((low, high)) => (number(low), number(high)),
        None => (number(text), number(text)),
    };
    PREFIXES
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(state, ranges)| (state, ranges.split(' ').map(range).collect()))
        .collect()
});

/// Whether this is one of the 59 codes of states, the District and territories, or AA, AE, AP.
pub fn is_state(code: &str) -> bool {
    PLACES.iter().any(|(state, _)| *state == code)
}

/// Two capital letters that the Postal Service knows.
pub fn check_state(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        if is_state(code) {
            return Ok(());
        }
        let found = code.chars().count();
        if found != 2 {
            return Err(Fault::Length {
                found,
                expected: "2",
            }
            .into());
        }
        let (found, expected) = ("another code", "a state of the USPS");
        Err(Fault::Kind { found, expected }.into())
    })
}

/// Five digits, or nine with or without a hyphen. Where zeros in front were lost, the repair is
/// given if the prefix is one that begins with zero.
pub fn check_zip(code: &str) -> Result<(), Malformed> {
    strictly(code, |code| {
        if ["99999", "99999-9999", "999999999"]
            .iter()
            .any(|form| fits(code, form))
        {
            return match code.starts_with("00000") || code.starts_with("99999") {
                true => Err(Fault::Placeholder.into()),
                false => Ok(()),
            };
        }
        let (zip, plus) = code.split_once('-').unwrap_or((code, ""));
        digits(zip)?;
        digits(plus)?;
        let padded = match (zip.len(), plus.len()) {
            (3..=4, 0) => format!("{zip:0>5}"),
            (3..=4, 4) => format!("{zip:0>5}-{plus}"),
            (7..=8, 0) => format!("{zip:0>9}"),
            _ => {
                let (found, expected) = (zip.len() + plus.len(), "5 or 9");
                return Err(Fault::Length { found, expected }.into());
            }
        };
        Err(match states_of(&padded).next() {
            Some(_) => Malformed::repaired(Fault::LostZeros, padded),
            None => Fault::LostZeros.into(),
        })
    })
}

/// Whether a ZIP code lies in a state; no answer where one of both is not known.
pub fn zip_fits_state(zip: &str, state: &str) -> Option<bool> {
    if check_zip(zip).is_err() || !is_state(state) {
        return None;
    }
    let across = ACROSS_BORDERS.contains(&(&zip[..5], state));
    Some(across || states_of(zip).any(|known| known == state))
}

/// The states that the first three digits belong to.
fn states_of(zip: &str) -> impl Iterator<Item = &'static str> + use<> {
    let prefix = zip.get(..3).and_then(|prefix| prefix.parse::<u16>().ok());
    PLACES.iter().filter_map(move |(state, ranges)| {
        let prefix = prefix?;
        let inside = ranges
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&prefix));
        inside.then_some(*state)
    })
}
