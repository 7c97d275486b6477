//! Numbers as sigs write them: digits, fractions, words, Roman numerals, ranges.

use super::cursor::Cursor;
use super::token::TokenKind;
use crate::dose::{Amount, AmountRange, DoseUnit};

const WORDS: &[(&str, u32)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("eighteen", 18),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("ninety", 90),
];

const FRACTIONS: &[(&str, u32, u32)] = &[
    ("one half", 1, 2),
    ("1 half", 1, 2),
    ("a half", 1, 2),
    ("half", 1, 2),
    ("one third", 1, 3),
    ("a third", 1, 3),
    ("two thirds", 2, 3),
    ("one quarter", 1, 4),
    ("a quarter", 1, 4),
    ("quarter", 1, 4),
    ("one fourth", 1, 4),
    ("a fourth", 1, 4),
    ("three quarters", 3, 4),
    ("three fourths", 3, 4),
];

/// Larger ones are easily something else: `x` is times, `l` an eye that sees badly.
const ROMAN: &[(&str, u32)] = &[
    ("i", 1),
    ("ii", 2),
    ("iii", 3),
    ("iv", 4),
    ("v", 5),
    ("vi", 6),
];

/// Denominators of halved and quartered tablets; `5/325` is the strength of two drugs.
const DENOMINATORS: &[u32] = &[2, 3, 4, 8];

/// A number, perhaps said again in brackets: `2 (two)`. Two that differ are no number.
pub(super) fn number(cursor: &mut Cursor<'_>) -> Option<Amount> {
    cursor.read(|c| {
        let amount = plain(c)?;
        let again = c.read(|c| {
            if !c.eat("(") {
                return None;
            }
            let again = plain(c)?;
            c.eat(")").then_some(again)
        });
        match again {
            Some(again) if again != amount => None,
            _ => Some(amount),
        }
    })
}

/// One number or a range: `1-2`, `1 to 2`, `one or two`. The lower end must be the lower one.
pub(super) fn range(cursor: &mut Cursor<'_>) -> Option<AmountRange> {
    cursor.read(|c| {
        let low = number(c)?;
        let high = c.read(|c| {
            c.one_of("-|to|or").then_some(())?;
            number(c)
        });
        let Some(high) = high else {
            return Some(AmountRange::exactly(low));
        };
        let again = c.read(|c| {
            c.eat("(").then_some(())?;
            let low = plain(c)?;
            c.one_of("-|to|or").then_some(())?;
            let high = plain(c)?;
            c.eat(")").then_some((low, high))
        });
        let agrees = again.is_none_or(|again| again == (low, high));
        (low < high && agrees).then(|| AmountRange::between(low, high))
    })
}

/// A whole number that is not zero.
pub(super) fn whole(cursor: &mut Cursor<'_>) -> Option<u32> {
    cursor.read(|c| number(c)?.whole().filter(|whole| *whole > 0))
}

/// A Roman numeral, only where a dose form stands behind it: `ii tabs`.
pub(super) fn roman(cursor: &mut Cursor<'_>) -> Option<Amount> {
    cursor.read(|c| {
        let word = c.next()?;
        let (_, value) = ROMAN.iter().find(|(roman, _)| *roman == word.text)?;
        is_form(c).then(|| Amount::from(*value))
    })
}

fn is_form(cursor: &Cursor<'_>) -> bool {
    cursor
        .peek()
        .and_then(|token| DoseUnit::of_word(&token.text))
        .is_some_and(DoseUnit::is_form)
}

fn plain(c: &mut Cursor<'_>) -> Option<Amount> {
    let amount = digits(c).or_else(|| words(c))?;
    (amount > Amount::ZERO).then_some(amount)
}

/// `2`, `0.5`, `1/2`, `1 1/2`, `1-1/2`, `1½`, `1 and 1/2`.
fn digits(cursor: &mut Cursor<'_>) -> Option<Amount> {
    cursor.read(|c| {
        if let Some(fraction) = fraction(c).or_else(|| half_words(c)) {
            return Some(fraction);
        }
        let TokenKind::Number(amount) = c.next()?.kind else {
            return None;
        };
        if !amount.is_whole() {
            return no_slash(c).then_some(amount);
        }
        let part = c.read(|c| {
            let glued = c.peek().is_some_and(|token| token.glued);
            match c.peek()?.text.as_str() {
                "-" if glued => {
                    c.next();
                    c.peek()?.glued.then(|| fraction(c))?
                }
                "and" => {
                    c.next();
                    fraction(c).or_else(|| half_words(c))
                }
                _ => fraction(c),
            }
        });
        match part {
            Some(part) => amount.plus(part),
            None => no_slash(c).then_some(amount),
        }
    })
}

/// `1/2` and `½`; never `5/325`, never a date.
fn fraction(cursor: &mut Cursor<'_>) -> Option<Amount> {
    cursor.read(|c| {
        let numerator = match c.next()?.kind {
            TokenKind::Fraction(amount) => return Some(amount),
            TokenKind::Number(amount) => amount.whole()?,
            _ => return None,
        };
        let slash = c.peek().is_some_and(|token| token.glued) && c.eat("/");
        let denominator = c.next().filter(|token| slash && token.glued)?;
        let TokenKind::Number(denominator) = denominator.kind else {
            return None;
        };
        let denominator = denominator.whole()?;
        let proper = DENOMINATORS.contains(&denominator) && (1..denominator).contains(&numerator);
        (proper && no_slash(c)).then(|| Amount::of(numerator, denominator))
    })
}

/// No further digits over a slash.
fn no_slash(c: &Cursor<'_>) -> bool {
    let slash = c.peek().is_some_and(|token| token.text == "/");
    let number = |kind| matches!(kind, TokenKind::Number(_) | TokenKind::Unclear);
    !(slash && c.second().is_some_and(|token| number(token.kind)))
        || c.second().is_some_and(|token| token.text == "24") // 8/24 h is a ceiling
}

fn words(cursor: &mut Cursor<'_>) -> Option<Amount> {
    cursor.read(|c| {
        if let Some(half) = half_words(c) {
            return Some(half);
        }
        let value = number_word(c)?;
        let unit = match value {
            20 | 30 | 40 | 50 => c.read(|c| {
                c.eat("-");
                number_word(c).filter(|unit| *unit < 10)
            }),
            _ => None,
        };
        let amount = Amount::from(value + unit.unwrap_or(0));
        let half = c.read(|c| {
            c.eat("-");
            c.eat("and").then_some(())?;
            c.eat("-");
            half_words(c).or_else(|| fraction(c))
        });
        match half {
            Some(half) => amount.plus(half),
            None => Some(amount),
        }
    })
}

fn number_word(cursor: &mut Cursor<'_>) -> Option<u32> {
    cursor.read(|c| {
        let word = &c.next()?.text;
        let (_, value) = WORDS.iter().find(|(known, _)| known == word)?;
        Some(*value)
    })
}

fn half_words(cursor: &mut Cursor<'_>) -> Option<Amount> {
    let found = cursor.any(FRACTIONS.iter().map(|(words, _, _)| *words))?;
    let (_, numerator, denominator) = FRACTIONS.iter().find(|(words, _, _)| *words == found)?;
    Some(Amount::of(*numerator, *denominator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dose::sig::token::tokens;

    fn read(text: &str) -> Option<String> {
        let tokens = tokens(text);
        let mut cursor = Cursor::new(&tokens);
        let found = range(&mut cursor)?;
        if !cursor.is_at_end() {
            return None;
        }
        let (low, high) = (found.low?.to_json(), found.high?.to_json());
        Some(if low == high {
            low
        } else {
            format!("{low}..{high}")
        })
    }

    #[test]
    fn every_spelling() {
        for (text, number) in [
            ("2", "2"),
            (".5", "0.5"),
            ("1/2", "0.5"),
            ("1 1/2", "1.5"),
            ("1-1/2", "1.5"),
            ("1½", "1.5"),
            ("1 ½", "1.5"),
            ("1 and 1/2", "1.5"),
            ("one and a half", "1.5"),
            ("one-half", "0.5"),
            ("twenty-five", "25"),
            ("2 (two)", "2"),
            ("one (1)", "1"),
            ("1-2", "1..2"),
            ("1 - 2", "1..2"),
            ("one to two", "1..2"),
            ("1 or 2", "1..2"),
            ("1/2-1", "0.5..1"),
            ("1/2 to 1 1/2", "0.5..1.5"),
            ("4-6 (four to six)", "4..6"),
        ] {
            assert_eq!(read(text).as_deref(), Some(number), "{text}");
        }
    }

    #[test]
    fn what_is_no_single_number() {
        for text in [
            "5/325",
            "1/2/24",
            "2-1",
            "0",
            "2 (three)",
            "1,5",
            "10/20",
            "1 5",
            "a",
            "1-1",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
