//! Lines with separators or of fixed width, each with its number.

use std::borrow::Cow;
use std::io::BufRead;

use chrono::NaiveDate;
use encoding_rs::{Encoding, UTF_8};

use super::File;
use crate::terminology::TerminologyError;

/// The lines of a file.
pub(super) struct Lines<R> {
    file: File<R>,
    encoding: &'static Encoding,
    buffer: Vec<u8>,
    number: u64,
}

/// One line.
pub(super) struct Line<'l> {
    pub(super) text: Cow<'l, str>,
    file: &'l str,
    number: u64,
}

/// The fields of a line.
pub(super) struct Fields<'l> {
    line: &'l Line<'l>,
    fields: Vec<&'l str>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn of(file: File<R>, encoding: &'static Encoding) -> Self {
        Self {
            file,
            encoding,
            buffer: Vec::new(),
            number: 0,
        }
    }

    /// The next line that is not empty.
    pub(super) fn next(&mut self) -> Result<Option<Line<'_>>, TerminologyError> {
        loop {
            self.buffer.clear();
            match self.file.reader.read_until(b'\n', &mut self.buffer) {
                Ok(0) => return Ok(None),
                Ok(_) => self.number += 1,
                Err(source) => {
                    let file = self.file.name.clone();
                    return Err(TerminologyError::Io { file, source });
                }
            }
            while let Some(b'\n' | b'\r') = self.buffer.last() {
                self.buffer.pop();
            }
            if !self.buffer.is_empty() {
                break;
            }
        }
        let mut bytes = self.buffer.as_slice();
        if self.number == 1 {
            bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        }
        let (text, malformed) = self.encoding.decode_without_bom_handling(bytes);
        let line = Line {
            text,
            file: &self.file.name,
            number: self.number,
        };
        match malformed {
            true => Err(line.expected(
                1,
                if self.encoding == UTF_8 {
                    "UTF-8"
                } else {
                    "its encoding"
                },
            )),
            false => Ok(Some(line)),
        }
    }

    /// The header, with the places of the columns that are wanted.
    pub(super) fn header<const N: usize>(
        &mut self,
        separator: char,
        wanted: [&'static str; N],
    ) -> Result<[usize; N], TerminologyError> {
        let file = self.file.name.clone();
        let Some(line) = self.next()? else {
            return Err(TerminologyError::NoCode { file });
        };
        let names: Vec<_> = line
            .text
            .split(separator)
            .map(|name| name.trim_matches('"'))
            .collect();
        let mut places = [0; N];
        for (place, column) in places.iter_mut().zip(wanted) {
            let found = names
                .iter()
                .position(|name| name.eq_ignore_ascii_case(column));
            *place = found.ok_or_else(|| TerminologyError::MissingColumn {
                file: file.clone(),
                column,
            })?;
        }
        Ok(places)
    }

    /// The name of the file.
    pub(super) fn name(&self) -> &str {
        &self.file.name
    }
}

impl<'l> Line<'l> {
    /// An error about a column of this line.
    pub(super) fn expected(&self, column: usize, expected: &'static str) -> TerminologyError {
        TerminologyError::Layout {
            file: self.file.to_owned(),
            line: self.number,
            column,
            expected,
        }
    }

    /// The fields between separators, of which there must be at least so many.
    pub(super) fn fields(
        &'l self,
        separator: char,
        at_least: usize,
    ) -> Result<Fields<'l>, TerminologyError> {
        let fields: Vec<_> = self.text.split(separator).collect();
        if fields.len() < at_least {
            return Err(self.expected(fields.len() + 1, "another field"));
        }
        Ok(Fields { line: self, fields })
    }

    /// The characters from one column to another, both counted from 1 and included; without blanks
    /// around. Empty where the line is shorter.
    pub(super) fn columns(&self, from: usize, to: usize) -> &str {
        let mut at = self.text.char_indices().map(|(at, _)| at);
        let Some(start) = at.nth(from - 1) else {
            return "";
        };
        let end = at.nth(to - from).unwrap_or(self.text.len());
        self.text[start..end].trim()
    }
}

impl<'l> Fields<'l> {
    /// A field, without blanks around.
    pub(super) fn get(&self, place: usize) -> &'l str {
        self.fields.get(place).copied().unwrap_or_default().trim()
    }

    /// A field that must not be empty.
    pub(super) fn code(&self, place: usize) -> Result<&'l str, TerminologyError> {
        match self.get(place) {
            "" => Err(self.expected(place, "a code")),
            code => Ok(code),
        }
    }

    /// A date in one of the forms of `chrono`, or nothing.
    pub(super) fn day(
        &self,
        place: usize,
        form: &str,
    ) -> Result<Option<NaiveDate>, TerminologyError> {
        let text = self.get(place);
        if text.is_empty() {
            return Ok(None);
        }
        match NaiveDate::parse_from_str(text, form) {
            Ok(day) => Ok(Some(day)),
            Err(_) => Err(self.expected(place, "a date")),
        }
    }

    /// An error about a field.
    pub(super) fn expected(&self, place: usize, expected: &'static str) -> TerminologyError {
        self.line.expected(place + 1, expected)
    }
}
