//! The characters that part a message.

use memchr::memchr3;

/// The characters that part a message, as its header declares them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Delimiters {
    /// Between fields, and right after the id of a segment.
    pub field: u8,
    /// Between the components of a field.
    pub component: u8,
    /// Between the repetitions of a field.
    pub repetition: Option<u8>,
    /// Around an escape sequence.
    pub escape: Option<u8>,
    /// Between the sub-components of a component.
    pub subcomponent: Option<u8>,
    /// Marks a truncated value, since v2.7. It parts nothing.
    pub truncation: Option<u8>,
}

impl Default for Delimiters {
    /// The recommended ones, `|^~\&`: of text that stands outside of any message.
    fn default() -> Self {
        Self {
            field: b'|',
            component: b'^',
            repetition: Some(b'~'),
            escape: Some(b'\\'),
            subcomponent: Some(b'&'),
            truncation: None,
        }
    }
}

impl Delimiters {
    /// What the first two fields of a header (MSH, FHS or BHS) declare, if they can be told apart.
    ///
    /// The encoding characters go by their place; what is not declared does not part. Only
    /// `^~&` is read as it is meant, without an escape character.
    pub fn of(header: &[u8]) -> Option<Self> {
        let (id, rest) = header.split_at_checked(3)?;
        if !matches!(id, b"MSH" | b"FHS" | b"BHS") {
            return None;
        }
        let (&field, rest) = rest.split_first()?;
        let end = memchr3(field, b'\r', b'\n', rest).unwrap_or(rest.len());
        let encoding = &rest[..end];
        let declared = [&[field][..], encoding].concat();
        let distinct = (1..declared.len()).all(|at| !declared[..at].contains(&declared[at]));
        if !(1..=5).contains(&encoding.len())
            || !distinct
            || !declared.iter().all(u8::is_ascii_punctuation)
        {
            return None;
        }
        let at = |place: usize| encoding.get(place).copied();
        let (escape, subcomponent) = match encoding {
            [_, _, b'&'] => (None, Some(b'&')),
            _ => (at(2), at(3)),
        };
        Some(Self {
            field,
            component: encoding[0],
            repetition: at(1),
            escape,
            subcomponent,
            truncation: at(4),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_come_from_the_header() {
        assert_eq!(Delimiters::of(b"MSH|^~\\&|"), Some(Delimiters::default()));
        let truncating = Delimiters::of(b"BHS|^~\\&#|X").unwrap();
        assert_eq!(truncating.truncation, Some(b'#'));
        let bare = Delimiters::of(b"MSH*!*A").unwrap();
        assert_eq!(
            (bare.field, bare.component, bare.repetition),
            (b'*', b'!', None)
        );
        let without_escape = Delimiters::of(b"MSH|^~&|").unwrap();
        assert_eq!(
            (without_escape.escape, without_escape.subcomponent),
            (None, Some(b'&'))
        );
        for wrong in [
            &b"MSH"[..],
            b"MSH|",
            b"MSH||",
            b"MSH|^^\\&|",
            b"MSH|^|~",
            b"MSH|^~\\&amp;|",
            b"MSH|^~\\&#!|",
            b"MSHX^~\\&X",
            b"PID|^~\\&|",
            b"MSH|\xC2\xA7|",
        ] {
            let found = Delimiters::of(wrong);
            if wrong == b"MSH|^|~" {
                assert!(found.is_some());
            } else {
                assert_eq!(found, None, "{}", wrong.escape_ascii());
            }
        }
    }
}
