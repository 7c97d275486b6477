//! The text of `EVIDENCE`: head, one line a file, one line for each part that has none.

use ehr_crypto::Digest;

use super::{EvidenceError, EvidencePart, RETENTION_YEARS};

const FORMAT: &str = "ehr-evidence/1";

/// What the note says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) title: String,
    pub(super) made: String,
    pub(super) retain_until: String,
    pub(super) files: Vec<Listed>,
    pub(super) absent: Vec<(EvidencePart, String)>,
}

/// A file of the bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Listed {
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) sha256: Digest,
}

impl Note {
    pub(super) fn write(&self) -> String {
        let mut text = format!(
            "{FORMAT}\ntitle {}\nmade {}\nretain-until {}\n",
            self.title, self.made, self.retain_until
        );
        for Listed { path, size, sha256 } in &self.files {
            text += &format!("file {sha256} {size} {path}\n");
        }
        for (part, reason) in &self.absent {
            text += &format!("absent {} {reason}\n", part.as_str());
        }
        text
    }

    pub(super) fn read(text: &str) -> Result<Self, EvidenceError> {
        let mut lines = (1..).zip(text.lines());
        let mut head = |expected: &'static str, prefix: &str| {
            let (line, text) = lines.next().unwrap_or((0, ""));
            let rest = text.strip_prefix(prefix).map(str::to_owned);
            rest.ok_or(EvidenceError::Malformed { line, expected })
        };
        if !head("the format ehr-evidence/1", FORMAT)?.is_empty() {
            return Err(EvidenceError::Malformed {
                line: 1,
                expected: "the format ehr-evidence/1",
            });
        }
        let mut note = Self {
            title: head("the title", "title ")?,
            made: head("the day", "made ")?,
            retain_until: head("the end of retention", "retain-until ")?,
            files: Vec::new(),
            absent: Vec::new(),
        };
        for (line, text) in lines {
            let malformed = EvidenceError::Malformed {
                line,
                expected: "a file with digest, size and path, or an absent part",
            };
            match listed(text) {
                Some(Ok(file)) => note.files.push(file),
                Some(Err(absent)) => note.absent.push(absent),
                None => return Err(malformed),
            }
        }
        Ok(note)
    }
}

fn listed(line: &str) -> Option<Result<Listed, (EvidencePart, String)>> {
    if let Some(absent) = line.strip_prefix("absent ") {
        let (part, reason) = absent.split_once(' ')?;
        return Some(Err((EvidencePart::parse(part)?, reason.to_owned())));
    }
    let mut words = line.strip_prefix("file ")?.splitn(3, ' ');
    let file = Listed {
        sha256: words.next()?.parse().ok()?,
        size: words.next()?.parse().ok()?,
        path: words.next()?.to_owned(),
    };
    is_path(&file.path).then_some(Ok(file))
}

/// `part/name`, so that a note never leads out of the folder.
pub(super) fn is_path(path: &str) -> bool {
    path.split_once('/')
        .is_some_and(|(part, name)| EvidencePart::parse(part).is_some() && is_name(name))
}

pub(super) fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (1..=120).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(plain)
}

pub(super) fn is_line(text: &str) -> bool {
    (1..=200).contains(&text.len()) && !text.contains(char::is_control)
}

/// The same day so many years later; the 29th of February becomes the 1st of March, which keeps more.
pub(super) fn retain_until(day: &str) -> Option<String> {
    let (year, month, date) = (day.get(..4)?, day.get(5..7)?, day.get(8..)?);
    let whole = day.len() == 10 && day.as_bytes()[4] == b'-' && day.as_bytes()[7] == b'-';
    let digits = [year, month, date]
        .iter()
        .all(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let (year, month, date): (u16, u8, u8) =
        (year.parse().ok()?, month.parse().ok()?, date.parse().ok()?);
    let leap = |year: u16| {
        year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
    };
    let days = match month {
        2 => 28 + u8::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !whole || !digits || !(1..=days).contains(&date) {
        return None;
    }
    let end = year + RETENTION_YEARS;
    Some(match (month, date) {
        (2, 29) if !leap(end) => format!("{end:04}-03-01"),
        _ => format!("{end:04}-{month:02}-{date:02}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_years_on() {
        assert_eq!(retain_until("2031-07-05").as_deref(), Some("2037-07-05"));
        assert_eq!(retain_until("2028-02-29").as_deref(), Some("2034-03-01"));
        for wrong in [
            "2031-02-29",
            "2031-13-01",
            "31-07-05",
            "2031-7-05",
            "2031-07-00",
            "2031/07/05",
            "+031-07-05",
            "",
        ] {
            assert_eq!(retain_until(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn paths_stay_inside() {
        assert!(is_path("round/round-2.json"));
        for wrong in [
            "round/../x",
            "../round/x",
            "/etc/passwd",
            "round/a/b",
            "other/x",
            "round/",
            "round/.x",
            "round/a b",
        ] {
            assert!(!is_path(wrong), "{wrong}");
        }
    }
}
