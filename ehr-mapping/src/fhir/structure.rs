//! The extents of JSON values, by quotes, brackets and separators alone.
//!
//! Whether the text is JSON is for [`parse`](super::parse) to say. Here it is only cut, fast and
//! without building anything, and whatever cannot be cut beyond doubt is left whole.

use memchr::memchr2;

/// The place of the next byte that is not whitespace, or the end.
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\t' | b'\n' | b'\r') = bytes.get(at) {
        at += 1;
    }
    at
}

/// The end of the string whose opening quote stands at a place.
fn skip_string(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at + 1;
    loop {
        at += memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The end of the value that begins at a place; `None` if it has none.
pub(super) fn skip_value(bytes: &[u8], at: usize) -> Option<usize> {
    match bytes.get(at)? {
        b'"' => skip_string(bytes, at),
        b'{' | b'[' => skip_brackets(bytes, at),
        _ => {
            let end = bytes[at..].iter().position(|byte| !is_scalar(*byte));
            let end = end.map_or(bytes.len(), |length| at + length);
            (end > at).then_some(end)
        }
    }
}

fn skip_brackets(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut open = Vec::with_capacity(32);
    loop {
        match bytes.get(at)? {
            b'"' => {
                at = skip_string(bytes, at)?;
                continue;
            }
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            byte @ (b'}' | b']') => {
                if open.pop() != Some(*byte) {
                    return None;
                }
                if open.is_empty() {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// Bytes of numbers, `true`, `false`, `null`, and of whatever somebody wrote in their place.
fn is_scalar(byte: u8) -> bool {
    !matches!(
        byte,
        b' ' | b'\t' | b'\n' | b'\r' | b',' | b':' | b'{' | b'}' | b'[' | b']' | b'"'
    )
}

/// A member of an object while it is walked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Member<'b> {
    /// Its name as it is written, between the quotes.
    pub(super) name: &'b [u8],
    /// Where its name begins, with the quote.
    pub(super) start: usize,
    /// The comma before it.
    pub(super) comma: Option<usize>,
    /// Where its value begins.
    pub(super) value: usize,
}

/// Walks the members of the object at a place and returns its end.
///
/// `visit` returns the end of the member's value; `None` from it ends the walk.
pub(super) fn walk_object<'b>(
    bytes: &'b [u8],
    at: usize,
    mut visit: impl FnMut(Member<'b>) -> Option<usize>,
) -> Option<usize> {
    if bytes.get(at) != Some(&b'{') {
        return None;
    }
    let mut at = skip_space(bytes, at + 1);
    let mut comma = None;
    if bytes.get(at) == Some(&b'}') {
        return Some(at + 1);
    }
    loop {
        if bytes.get(at) != Some(&b'"') {
            return None;
        }
        let end = skip_string(bytes, at)?;
        let colon = skip_space(bytes, end);
        if bytes.get(colon) != Some(&b':') {
            return None;
        }
        let member = Member {
            name: &bytes[at + 1..end - 1],
            start: at,
            comma,
            value: skip_space(bytes, colon + 1),
        };
        let after = skip_space(bytes, visit(member)?);
        match bytes.get(after)? {
            b'}' => return Some(after + 1),
            b',' => comma = Some(after),
            _ => return None,
        }
        at = skip_space(bytes, after + 1);
    }
}

/// Walks the items of the array at a place and returns its end, as [`walk_object`] does.
pub(super) fn walk_array(
    bytes: &[u8],
    at: usize,
    mut visit: impl FnMut(usize) -> Option<usize>,
) -> Option<usize> {
    if bytes.get(at) != Some(&b'[') {
        return None;
    }
    let mut at = skip_space(bytes, at + 1);
    if bytes.get(at) == Some(&b']') {
        return Some(at + 1);
    }
    loop {
        let after = skip_space(bytes, visit(at)?);
        match bytes.get(after)? {
            b']' => return Some(after + 1),
            b',' => at = skip_space(bytes, after + 1),
            _ => return None,
        }
    }
}

/// The text of the string at a place, if it is one and holds no escape.
pub(super) fn plain_string(bytes: &[u8], at: usize) -> Option<&str> {
    if bytes.get(at) != Some(&b'"') {
        return None;
    }
    let end = at + 1 + memchr2(b'"', b'\\', &bytes[at + 1..])?;
    (bytes[end] == b'"').then(|| std::str::from_utf8(&bytes[at + 1..end]).ok())?
}

/// How many values that are not empty a text holds, as well as can be told of one that may not
/// be JSON: strings that are no names, numbers, `true` and `false`.
pub(super) fn leaves(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let end = skip_string(bytes, at).unwrap_or(bytes.len());
                let is_name = bytes.get(skip_space(bytes, end)) == Some(&b':');
                count += u64::from(!is_name && end - at > 2);
                at = end;
            }
            byte if is_scalar(byte) => {
                let end = skip_value(bytes, at).unwrap_or(bytes.len());
                count += u64::from(&bytes[at..end] != b"null");
                at = end;
            }
            _ => at += 1,
        }
    }
    count
}

/// How many lines end in a text: LF, CRLF and CR each end one.
pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    memchr::memchr2_iter(b'\n', b'\r', bytes)
        .filter(|at| bytes[*at] == b'\n' || bytes.get(at + 1) != Some(&b'\n'))
        .count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_where_its_brackets_close() {
        for (text, end) in [
            (r#""a\"b" ,"#, Some(6)),
            (r#"{"a":["]"]} x"#, Some(11)),
            ("12.50,", Some(5)),
            ("null}", Some(4)),
            ("[1,2", None),
            ("[1}", None),
            (r#""open"#, None),
            (r#""open\"#, None),
            (",", None),
            ("", None),
        ] {
            assert_eq!(skip_value(text.as_bytes(), 0), end, "{text}");
        }
    }

    #[test]
    fn members_are_walked_with_their_commas() {
        let text = br#"{ "a" : 1 , "b":[2] }"#;
        let mut seen = Vec::new();
        let end = walk_object(text, 0, |member| {
            seen.push((member.name, member.start, member.comma, member.value));
            skip_value(text, member.value)
        });
        assert_eq!(end, Some(text.len()));
        assert_eq!(
            seen,
            [(&b"a"[..], 2, None, 8), (&b"b"[..], 12, Some(10), 16)]
        );
        for broken in [
            r#"{"a" 1}"#,
            r#"{"a":1 "b":2}"#,
            r#"{"a":1,}"#,
            r#"{a:1}"#,
            "{",
        ] {
            let bytes = broken.as_bytes();
            let end = walk_object(bytes, 0, |member| skip_value(bytes, member.value));
            assert_eq!(end, None, "{broken}");
        }
    }

    #[test]
    fn leaves_are_counted_in_broken_text_too() {
        assert_eq!(
            leaves(br#"{"a":"x","b":[1,true,null,""],"c":{"d":"y"}}"#),
            4
        );
        assert_eq!(leaves(br#"{"a":"x","b":[1,2"#), 3);
        assert_eq!(leaves(b""), 0);
    }
}
