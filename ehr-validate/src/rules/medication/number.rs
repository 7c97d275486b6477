//! Numbers of a sig that are misread with ease.

use crate::dose::Amount;

/// A number that is misread with ease.
pub(super) struct RiskyNumber {
    /// What it says.
    pub(super) value: Amount,
    /// What a hasty reader makes of it.
    pub(super) misreadings: Vec<Amount>,
    /// Whether it should have been written otherwise: a naked point or a trailing zero.
    pub(super) is_error_prone: bool,
}

/// The numbers of a text that are misread with ease.
pub(super) fn risky_numbers(text: &str) -> impl Iterator<Item = RiskyNumber> + '_ {
    let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == ',';
    text.split(move |c| !is_part(c))
        .map(|number| number.trim_end_matches(['.', ',']))
        .filter_map(risky_number)
}

fn risky_number(written: &str) -> Option<RiskyNumber> {
    if let Some((whole, decimals)) = written.split_once('.') {
        let whole = whole.replace(',', "");
        if decimals.is_empty() || !decimals.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits = format!("{whole}{decimals}");
        let value = Amount::parse(&format!("0{whole}.{decimals}"))?;
        let trailing = decimals.bytes().all(|b| b == b'0');
        let misreadings = [digits.as_str(), decimals, whole.as_str()]
            .into_iter()
            .filter_map(|digits| match digits.trim_start_matches('0') {
                "" if digits.is_empty() => None,
                "" => Amount::parse("0"),
                digits => Amount::parse(digits),
            })
            .filter(|misread| *misread != value)
            .collect();
        return Some(RiskyNumber {
            value,
            misreadings,
            is_error_prone: whole.is_empty() || trailing,
        });
    }
    // 1,250: one to three digits, then groups of three
    let mut groups = written.split(',');
    let first = groups.next()?;
    let others: Vec<_> = groups.collect();
    let lawful = (1..=3).contains(&first.len()) && others.iter().all(|group| group.len() == 3);
    if others.is_empty() || !lawful {
        return None;
    }
    let value = Amount::parse(&written.replace(',', ""))?;
    let as_decimal = written.replacen(',', ".", 1).replace(',', "");
    let last = others.last().map(|group| group.trim_start_matches('0'));
    let misreadings = [Some(as_decimal.as_str()), Some(first), last]
        .into_iter()
        .flatten()
        .filter_map(Amount::parse)
        .collect();
    Some(RiskyNumber {
        value,
        misreadings,
        is_error_prone: false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_error_prone_and_what_is_not() {
        let prone = |text| risky_numbers(text).any(|number| number.is_error_prone);
        assert!(prone("take .5 mg"));
        assert!(prone("take 5.0 mg"));
        assert!(!prone("take 0.5 mg"));
        assert!(!prone("take 2.50 mg."));
        assert!(!prone("take 5 mg. Daily"));
        assert!(!prone("take 1,250 mg"));
    }
}
