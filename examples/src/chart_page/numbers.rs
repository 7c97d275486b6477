//! Numbers of JSON as strings, because `4.10` must not become `4.1` on its way to a page.

/// The same JSON with every number in quotation marks.
pub(super) fn quoted(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 16);
    let mut rest = json;
    while let Some(at) = rest.find(|c: char| c == '"' || c == '-' || c.is_ascii_digit()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = if rest.starts_with('"') {
            string_end(rest)
        } else {
            number_end(rest)
        };
        let (token, after) = rest.split_at(end);
        if token.starts_with('"') {
            out.push_str(token);
        } else {
            out.extend(["\"", token, "\""]);
        }
        rest = after;
    }
    out + rest
}

/// Behind the closing quotation mark; the end of the text if there is none.
fn string_end(text: &str) -> usize {
    let mut is_escaped = true; // the opening mark
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn number_end(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_digit() || "+-.eE".contains(c)))
        .unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn digits_stay_as_they_were_written() {
        for (json, expected) in [
            (r#"{"a":4.10,"b":-0.0e+5}"#, r#"{"a":"4.10","b":"-0.0e+5"}"#),
            (
                r#"["1 \"2\\",3,"\\",null,true]"#,
                r#"["1 \"2\\","3","\\",null,true]"#,
            ),
            (r#"{"7":"é8"}"#, r#"{"7":"é8"}"#),
            (r#""open 5"#, r#""open 5"#),
            ("", ""),
        ] {
            assert_eq!(quoted(json), expected);
        }
    }
}
