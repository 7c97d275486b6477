//! The patient in the header of a document. Nothing more is read of it.

use ehr_model::value::PartialDate;

/// What a header says about its patient.
pub(super) struct Header {
    /// Ids of the patient.
    pub(super) ids: Vec<String>,
    /// The date of birth.
    pub(super) birth: Option<PartialDate>,
}

/// The header of a C-CDA document or a DICOM file.
pub(super) fn header(bytes: &[u8]) -> Option<Header> {
    if bytes.get(128..132) == Some(b"DICM") {
        return Some(dicom(&bytes[132..]));
    }
    let xml = std::str::from_utf8(bytes).ok().filter(|xml| is_ccda(xml))?;
    let start = xml.find("<recordTarget")?;
    let target = &xml[start..];
    let target = &target[..target.find("</recordTarget").unwrap_or(target.len())];
    // The ids of the patient stand before the patient, those of organizations behind.
    let own = &target[..target
        .find("<patient>")
        .or_else(|| target.find("<patient "))
        .unwrap_or(target.len())];
    let ids = attributes(own, "extension").filter(|id| !id.trim().is_empty());
    let birth = target
        .find("<birthTime")
        .and_then(|at| attributes(&target[at..], "value").next());
    Some(Header {
        ids: ids.map(|id| id.trim().to_owned()).collect(),
        birth: birth.and_then(day),
    })
}

/// Whether a text is a C-CDA document.
pub(super) fn is_ccda(xml: &str) -> bool {
    xml.trim_start_matches('\u{feff}')
        .trim_start()
        .starts_with('<')
        && xml.contains("<ClinicalDocument")
}

/// The values of an attribute, wherever it stands in a tag.
pub(super) fn attributes<'x>(xml: &'x str, name: &'x str) -> impl Iterator<Item = &'x str> {
    xml.match_indices(name).filter_map(move |(at, _)| {
        let before = xml.as_bytes().get(at.checked_sub(1)?)?;
        let rest = xml[at + name.len()..]
            .trim_start()
            .strip_prefix('=')?
            .trim_start();
        let quote = rest
            .chars()
            .next()
            .filter(|quote| matches!(quote, '"' | '\''))?;
        let (value, _) = rest[1..].split_once(quote)?;
        before.is_ascii_whitespace().then_some(value)
    })
}

/// Patient id and date of birth of a data set in explicit little endian, which is nearly every file.
fn dicom(bytes: &[u8]) -> Header {
    let text = |tag: [u8; 4], form: &[u8; 2]| {
        let wanted = [&tag[..], form].concat();
        let at = bytes.windows(6).position(|window| window == wanted)? + 6;
        let length = usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
        let value = std::str::from_utf8(bytes.get(at + 2..at + 2 + length)?).ok()?;
        let value = value.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        (!value.is_empty()).then(|| value.to_owned())
    };
    Header {
        ids: text([0x10, 0, 0x20, 0], b"LO").into_iter().collect(),
        birth: text([0x10, 0, 0x30, 0], b"DA").as_deref().and_then(day),
    }
}

/// The day at the beginning of a time such as `19840317120000`; a year or a month alone is kept so.
fn day(text: &str) -> Option<PartialDate> {
    let digits = text.trim();
    let number = |range: std::ops::Range<usize>| digits.get(range)?.parse::<u16>().ok();
    let year = number(0..4)?;
    match (number(4..6), number(6..8)) {
        (Some(month), Some(day)) => {
            PartialDate::day(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?).ok()
        }
        (Some(month), None) => PartialDate::year_month(year, u8::try_from(month).ok()?).ok(),
        _ => PartialDate::year_only(year).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patient_of_a_dicom_file_is_read() {
        let mut file = vec![0; 128];
        file.extend(b"DICM");
        file.extend(b"\x10\0\x20\0LO\x06\0T-2041");
        file.extend(b"\x10\0\x30\0DA\x08\x0019840317");
        let header = header(&file).unwrap();
        assert_eq!(header.ids, ["T-2041"]);
        assert_eq!(header.birth.unwrap().to_iso(), "1984-03-17");
        assert!(super::header(b"DICM").is_none());
    }

    #[test]
    fn an_attribute_is_found_by_its_whole_name() {
        let xml = r#"<a ID="1" myID="2" ID = '3' IDs="4" x="ID"/>"#;
        assert_eq!(attributes(xml, "ID").collect::<Vec<_>>(), ["1", "3"]);
    }
}
