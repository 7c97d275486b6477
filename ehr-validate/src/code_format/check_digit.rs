//! The check digits of ISO/IEC 7812 (Luhn), SNOMED CT (Verhoeff), GS1 (modulo 10) and HIBCC (modulo 43).

/// Whether digits end with their Luhn check digit.
pub(super) fn luhn(digits: impl DoubleEndedIterator<Item = u8>) -> bool {
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(index, digit)| {
            let digit = u32::from(digit - b'0');
            match index % 2 {
                0 => digit,
                _ => digit * 2 / 10 + digit * 2 % 10,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Whether digits end with their GS1 check digit: weights 1 and 3 from the right.
pub(super) fn gs1(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| u32::from(digit - b'0') * if index % 2 == 0 { 1 } else { 3 })
        .sum();
    sum.is_multiple_of(10)
}

/// The multiplication of the dihedral group of the pentagon.
const DIHEDRAL: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];

/// The permutation of a digit by its place from the right.
const PERMUTATION: [[u8; 10]; 8] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 5, 7, 6, 2, 8, 3, 0, 9, 4],
    [5, 8, 0, 3, 7, 9, 6, 1, 4, 2],
    [8, 9, 1, 6, 0, 4, 3, 5, 2, 7],
    [9, 4, 5, 3, 1, 2, 6, 8, 7, 0],
    [4, 2, 8, 6, 5, 7, 3, 9, 0, 1],
    [2, 7, 9, 3, 8, 0, 6, 4, 1, 5],
    [7, 0, 4, 6, 9, 1, 3, 2, 5, 8],
];

/// Whether digits end with their Verhoeff check digit.
pub(super) fn verhoeff(digits: &[u8]) -> bool {
    let mut check = 0;
    for (index, digit) in digits.iter().rev().enumerate() {
        let permuted = PERMUTATION[index % 8][usize::from(digit - b'0')];
        check = DIHEDRAL[usize::from(check)][usize::from(permuted)];
    }
    check == 0
}

/// The alphabet of Code 39, in which HIBCC counts modulo 43.
const CODE_39: &[u8; 43] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%";

/// Whether text ends with its HIBCC check character; false where a character is not of Code 39.
pub(super) fn hibcc(text: &[u8]) -> bool {
    let Some((last, body)) = text.split_last() else {
        return false;
    };
    let value = |character: &u8| CODE_39.iter().position(|known| known == character);
    let sum: Option<usize> = body.iter().map(value).sum();
    sum.is_some_and(|sum| value(last) == Some(sum % 43))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples() {
        assert!(luhn(b"79927398713".iter().copied()));
        assert!(!luhn(b"79927398710".iter().copied()));
        assert!(verhoeff(b"2363") && !verhoeff(b"2364"));
        assert!(gs1(b"4006381333931") && !gs1(b"4006381333932"));
        // HIBC Supplier Labeling Standard: primary message +A123BJC5D6E71 has the check character G.
        assert!(hibcc(b"+A123BJC5D6E71G") && !hibcc(b"+A123BJC5D6E71H"));
    }
}
