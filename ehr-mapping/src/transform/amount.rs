//! Numbers as exports write them.

/// `$1,234.50` without the dollar and the separators.
pub(super) fn plain_amount(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (sign, rest) = match rest
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inner) if sign.is_empty() => ("-", inner), // accountants write negative amounts in parentheses
        _ => (sign, rest),
    };
    let rest = rest.strip_prefix('$').unwrap_or(rest);
    without_thousands(rest).map(|rest| format!("{sign}{rest}"))
}

/// `1,234.50` without the separators; `None` unless they stand every three digits.
pub(super) fn without_thousands(text: &str) -> Option<String> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text),
    };
    let (whole, fraction) = rest
        .split_once('.')
        .map_or((rest, None), |(whole, fraction)| (whole, Some(fraction)));
    let mut groups = whole.split(',');
    let first = groups.next()?;
    if whole.contains(',')
        && (first.is_empty() || first.len() > 3 || !groups.all(|group| group.len() == 3))
    {
        return None;
    }
    let whole = whole.replace(',', "");
    Some(match fraction {
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{whole}"),
    })
}

pub(super) fn split_comparator(text: &str) -> (&str, &str) {
    for comparator in ["<=", ">=", "<", ">"] {
        if let Some(rest) = text.strip_prefix(comparator) {
            return (comparator, rest.trim_start());
        }
    }
    ("", text)
}
