//! JSON as text: without its blanks, and with its numbers as they were written.

/// The same JSON on one line.
pub(crate) fn compact(json: &str) -> String {
    scan(json, false)
}

/// The same JSON with every number as a string, so that no digit is lost on the way to a person.
pub(crate) fn with_quoted_numbers(json: &str) -> String {
    scan(json, true)
}

fn scan(json: &str, quote: bool) -> String {
    let mut out = String::with_capacity(json.len());
    let (mut in_string, mut is_escaped, mut in_number) = (false, false, false);
    for letter in json.chars() {
        if in_string {
            in_string = is_escaped || letter != '"';
            is_escaped = !is_escaped && letter == '\\';
            out.push(letter);
            continue;
        }
        let is_numeric = letter.is_ascii_digit()
            || matches!(letter, '-' | '+' | '.')
            || (in_number && matches!(letter, 'e' | 'E'));
        if quote && is_numeric != in_number {
            out.push('"');
        }
        in_number = is_numeric;
        in_string = letter == '"';
        if !letter.is_ascii_whitespace() {
            out.push(letter);
        }
    }
    if quote && in_number {
        out.push('"');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_go_and_digits_stay() {
        let json = "{ \"a\" : [ 1.10 , -2e+05 ],\n \"b 1\": \"x \\\" 3 \\\\\", \"c\": true }";
        assert_eq!(
            compact(json),
            r#"{"a":[1.10,-2e+05],"b 1":"x \" 3 \\","c":true}"#
        );
        assert_eq!(
            with_quoted_numbers(json),
            r#"{"a":["1.10","-2e+05"],"b 1":"x \" 3 \\","c":true}"#
        );
        assert_eq!(with_quoted_numbers("7"), "\"7\"");
        let value: serde_json::Value = serde_json::from_str(&with_quoted_numbers(json)).unwrap();
        assert_eq!(value["a"][0], "1.10");
    }
}
