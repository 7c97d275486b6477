//! Escapes inside of texts.

/// As MySQL reads text in quotes: `\%` and `\_` keep their backslash, and a backslash before a
/// character that means nothing vanishes.
pub(super) fn unescape_mysql(text: &[u8], quote: u8, out: &mut Vec<u8>) {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(quote, b'\\', &text[at..]) {
        out.extend_from_slice(&text[at..at + found]);
        at += found;
        match (text[at], text.get(at + 1)) {
            (b'\\', Some(next)) => match next {
                b'0' => out.push(0),
                b'b' => out.push(8),
                b'n' => out.push(b'\n'),
                b'r' => out.push(b'\r'),
                b't' => out.push(b'\t'),
                b'Z' => out.push(0x1A),
                b'%' | b'_' => out.extend([b'\\', *next]),
                _ => out.push(*next),
            },
            (byte, _) => out.push(byte),
        }
        at = (at + 2).min(text.len());
    }
    out.extend_from_slice(&text[at..]);
}

/// As PostgreSQL reads `E'..'`.
pub(super) fn unescape_postgresql(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'\'', b'\\', &text[at..]) {
        out.extend_from_slice(&text[at..at + found]);
        at += found;
        if text[at] == b'\'' {
            out.push(b'\'');
            at = (at + 2).min(text.len());
            continue;
        }
        at += 1;
        let wide = match text.get(at) {
            Some(b'u') => 4,
            Some(b'U') => 8,
            _ => 0,
        };
        let code = text
            .get(at + 1..at + 1 + wide)
            .filter(|digits| wide > 0 && !digits.is_empty());
        let code = code
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .and_then(char::from_u32);
        match code {
            Some(code) => {
                out.extend_from_slice(code.encode_utf8(&mut [0; 4]).as_bytes());
                at += 1 + wide;
            }
            // half of a pair, or no number: invalid, and so rejected
            None if wide > 0 => {
                out.push(0xFF);
                at += 1;
            }
            None => at = backslash_byte(text, at, &mut out),
        }
    }
    out.extend_from_slice(&text[at..]);
    out
}

/// What follows a backslash in PostgreSQL, in `E'..'` and in `COPY`; the place behind it.
pub(super) fn backslash_byte(text: &[u8], at: usize, out: &mut Vec<u8>) -> usize {
    let Some(&byte) = text.get(at) else {
        out.push(b'\\');
        return at;
    };
    let number = |from: usize, most: usize, radix: u32| {
        let digits = text[from..]
            .iter()
            .take(most)
            .map_while(|byte| char::from(*byte).to_digit(radix));
        digits.fold((0u32, 0), |(value, count), digit| {
            (value * radix + digit, count + 1)
        })
    };
    match byte {
        b'b' => out.push(8),
        b'f' => out.push(12),
        b'n' => out.push(b'\n'),
        b'r' => out.push(b'\r'),
        b't' => out.push(b'\t'),
        b'v' => out.push(11),
        b'0'..=b'7' => {
            let (value, count) = number(at, 3, 8);
            out.push(value as u8);
            return at + count;
        }
        b'x' => match number(at + 1, 2, 16) {
            (_, 0) => out.push(b'x'),
            (value, count) => {
                out.push(value as u8);
                return at + 1 + count;
            }
        },
        _ => out.push(byte),
    }
    at + 1
}
