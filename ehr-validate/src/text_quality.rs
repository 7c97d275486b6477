//! Texts that were read in the wrong encoding, or cut off.

/// What UTF-8 looks like where it was read as Windows-1252, and what stands for a lost character.
const MARKS: &[&str] = &["â€", "Ã", "Â", "\u{fffd}", "ï»¿"];

/// Whether a text shows that it was read in the wrong encoding.
///
/// "Ã" and "Â" are letters of their own; only before a character that follows them in broken UTF-8 do
/// they count.
pub(crate) fn is_garbled(text: &str) -> bool {
    MARKS.iter().any(|mark| {
        text.match_indices(mark).any(|(at, mark)| match mark {
            "Ã" | "Â" => {
                let next = text[at + mark.len()..].chars().next();
                next.is_some_and(|next| {
                    matches!(
                        next,
                        '\u{80}'
                            ..='\u{bf}'
                                | '€'
                                | '™'
                                | 'œ'
                                | 'Š'
                                | 'š'
                                | 'Ž'
                                | 'ž'
                                | 'Ÿ'
                                | '„'
                                | '…'
                                | '†'
                                | '‡'
                                | 'ˆ'
                                | '‰'
                                | '‹'
                                | '‘'
                                | '’'
                                | '“'
                                | '”'
                                | '•'
                                | '–'
                                | '—'
                                | '˜'
                                | '›'
                    )
                })
            }
            _ => true,
        })
    })
}

/// Whether a text holds a control character other than tabulator and ends of lines.
pub(crate) fn has_control_character(text: &str) -> bool {
    text.chars()
        .any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{c}'))
}

/// Lengths at which columns and cells cut texts off.
const CUTS: &[usize] = &[4000, 32_767, 65_535];

/// Whether a text is exactly as long as a column, in bytes or in characters.
pub(crate) fn is_cut_off(text: &str) -> bool {
    text.len() >= CUTS[0] && (CUTS.contains(&text.len()) || CUTS.contains(&text.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_encodings_are_seen_and_letters_are_not() {
        for text in ["MuÃ±oz", "itâ€™s", "37Â°C", "caf\u{fffd}"] {
            assert!(is_garbled(text), "{text}");
        }
        for text in ["Muñoz", "SÃO PAULO", "Âme", "it’s", "37 °C", ""] {
            assert!(!is_garbled(text), "{text}");
        }
    }

    #[test]
    fn a_text_of_the_length_of_a_column_was_cut_off() {
        assert!(is_cut_off(&"x".repeat(4000)));
        assert!(is_cut_off(&"é".repeat(4000)));
        assert!(!is_cut_off(&"x".repeat(4001)));
        assert!(!is_cut_off(""));
    }
}
