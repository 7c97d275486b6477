//! The four characters that an interchange declares in its first segment.

/// How long an ISA segment is, the segment terminator included: every element of it has a fixed
/// width, and that is how the separators are found before anything can be split.
pub const ISA_LENGTH: usize = 106;

/// Where an ISA segment has its element separators.
const ELEMENT_SEPARATORS: [usize; 16] = [
    3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103,
];

/// Where ISA11 stands: the repetition separator since version 00402, a letter before.
const ISA11: usize = 82;

/// Where ISA16 stands, the component separator.
const ISA16: usize = 104;

/// The separators of one interchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Separators {
    /// Between elements.
    pub element: u8,
    /// Between the components of a composite element.
    pub component: u8,
    /// Between the repetitions of an element; versions before 00402 have none.
    pub repetition: Option<u8>,
    /// After every segment. May be a line end.
    pub segment: u8,
}

impl Separators {
    /// What an ISA segment declares, if such a segment begins here.
    ///
    /// The separators must be ASCII, no letters, digits or spaces, different from each other, and
    /// stand where the fixed widths put them.
    pub fn of(isa: &[u8]) -> Option<Self> {
        let isa = isa.get(..ISA_LENGTH)?;
        let separators = Self {
            element: isa[3],
            component: isa[ISA16],
            repetition: Some(isa[ISA11]).filter(|byte| is_separator(*byte) && !is_line_end(*byte)),
            segment: isa[ISA_LENGTH - 1],
        };
        let Self {
            element,
            component,
            repetition,
            segment,
        } = separators;
        let plausible = isa.starts_with(b"ISA")
            && ELEMENT_SEPARATORS.iter().all(|at| isa[*at] == element)
            && [element, component, segment].into_iter().all(is_separator)
            && !is_line_end(component)
            && element != component
            && !isa[..ISA_LENGTH - 1]
                .iter()
                .any(|byte| *byte == segment || is_line_end(*byte))
            && repetition.is_none_or(|byte| byte != element && byte != component);
        plausible.then_some(separators)
    }
}

/// Whether a byte may separate: no letter, digit or space, and no part of a longer character.
fn is_separator(byte: u8) -> bool {
    byte.is_ascii() && !byte.is_ascii_alphanumeric() && byte != b' '
}

fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

/// Whether a byte between segments means nothing: a line end or a space after the terminator.
pub(super) fn is_filler(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}
