//! Objects of a PDF, as they are written.

/// How deep arrays and dictionaries may be nested.
const MAX_DEPTH: usize = 32;

/// An object; texts are not kept, because nothing here needs them.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Object {
    Null,
    Number(i64),
    Name(String),
    Reference(u32),
    Array(Vec<Object>),
    Dictionary(Vec<(String, Object)>),
    /// A text, a fraction or a truth value.
    Other,
}

impl Object {
    /// The value of a key of a dictionary.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Dictionary(entries) => entries
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<i64> {
        match self {
            Self::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Self::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// Reads objects from bytes.
pub(super) struct Parser<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
}

impl Parser<'_> {
    /// The next object, or `None` if there is none.
    pub(super) fn object(&mut self) -> Option<Object> {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Option<Object> {
        if depth > MAX_DEPTH {
            return None;
        }
        self.space();
        match self.bytes.get(self.at)? {
            b'/' => self.name().map(Object::Name),
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                loop {
                    self.space();
                    if self.bytes.get(self.at)? == &b']' {
                        self.at += 1;
                        return Some(Object::Array(items));
                    }
                    items.push(self.nested(depth + 1)?);
                }
            }
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => {
                self.at += 2;
                let mut entries = Vec::new();
                loop {
                    self.space();
                    if self.bytes.get(self.at..self.at + 2)? == b">>" {
                        self.at += 2;
                        return Some(Object::Dictionary(entries));
                    }
                    let name = self.name()?;
                    entries.push((name, self.nested(depth + 1)?));
                }
            }
            b'<' => {
                self.at += memchr::memchr(b'>', &self.bytes[self.at..])? + 1;
                Some(Object::Other)
            }
            b'(' => self.text(),
            b'+' | b'-' | b'.' | b'0'..=b'9' => self.number_or_reference(),
            byte if byte.is_ascii_alphabetic() => Some(match self.word() {
                b"null" => Object::Null,
                b"true" | b"false" => Object::Other,
                _ => return None,
            }),
            _ => None,
        }
    }

    /// Goes past whitespace and comments.
    pub(super) fn space(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                0 | b'\t' | b'\n' | 0x0C | b'\r' | b' ' => self.at += 1,
                b'%' => {
                    let line = &self.bytes[self.at..];
                    self.at += memchr::memchr2(b'\r', b'\n', line).unwrap_or(line.len());
                }
                _ => return,
            }
        }
    }

    /// A key word, which may be empty.
    pub(super) fn word(&mut self) -> &[u8] {
        self.space();
        let start = self.at;
        let length = self.bytes[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic());
        self.at += length.count();
        &self.bytes[start..self.at]
    }

    /// A whole number without a sign.
    pub(super) fn digits(&mut self) -> Option<u64> {
        self.space();
        let start = self.at;
        let length = self.bytes[start..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        self.at += length;
        std::str::from_utf8(&self.bytes[start..self.at])
            .ok()?
            .parse()
            .ok()
    }

    fn name(&mut self) -> Option<String> {
        if self.bytes.get(self.at)? != &b'/' {
            return None;
        }
        self.at += 1;
        let mut name = Vec::new();
        while let Some(byte) = self.bytes.get(self.at) {
            if byte.is_ascii_whitespace() || b"\0()<>[]{}/%".contains(byte) {
                break;
            }
            let hex = |at: usize| {
                self.bytes
                    .get(at)
                    .and_then(|byte| char::from(*byte).to_digit(16))
            };
            match (byte, hex(self.at + 1), hex(self.at + 2)) {
                (b'#', Some(high), Some(low)) => {
                    name.push((high << 4 | low) as u8);
                    self.at += 3;
                }
                _ => {
                    name.push(*byte);
                    self.at += 1;
                }
            }
        }
        Some(String::from_utf8_lossy(&name).into_owned())
    }

    fn text(&mut self) -> Option<Object> {
        let mut depth = 0;
        loop {
            let byte = self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'\\' => self.at += 1,
                b'(' => depth += 1,
                b')' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(Object::Other);
                    }
                }
                _ => {}
            }
        }
    }

    fn number_or_reference(&mut self) -> Option<Object> {
        let start = self.at;
        let length = self.bytes[start..]
            .iter()
            .take_while(|byte| b"+-.0123456789".contains(byte));
        self.at += length.count();
        let text = std::str::from_utf8(&self.bytes[start..self.at]).ok()?;
        let Ok(number) = text.strip_prefix('+').unwrap_or(text).parse::<i64>() else {
            return Some(Object::Other);
        };
        let behind = self.at;
        if let Ok(id) = u32::try_from(number)
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && self.digits().is_some()
            && self.word() == b"R"
        {
            return Some(Object::Reference(id));
        }
        self.at = behind;
        Some(Object::Number(number))
    }
}
