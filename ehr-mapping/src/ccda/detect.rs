//! Whether a file looks like C-CDA.

use quick_xml::Reader;
use quick_xml::events::Event;

use super::input::encoding;

/// Whether the first bytes of a file are those of a C-CDA document: XML whose document element is
/// `ClinicalDocument` in `urn:hl7-org:v3`, in any encoding.
pub fn detect(start: &[u8]) -> bool {
    let Ok((encoding, mark, _)) = encoding(start) else {
        return false;
    };
    // the last character may be cut
    let (text, _) = encoding.decode_without_bom_handling(&start[mark..]);
    let mut reader = Reader::from_str(&text);
    loop {
        let tag = match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => tag,
            Ok(Event::Text(text)) if text.trim_ascii().is_empty() => continue,
            // a document type is refused later, which says more than an unknown format
            Ok(Event::Decl(_) | Event::PI(_) | Event::Comment(_) | Event::DocType(_)) => continue,
            _ => return false,
        };
        let (local, prefix) = tag.name().decompose();
        let declaration = match prefix {
            Some(prefix) => format!("xmlns:{}", prefix.into_inner()),
            None => "xmlns".to_owned(),
        };
        let declared = tag.attributes().flatten();
        let mut declared = declared.filter(|attribute| attribute.key.as_ref() == declaration);
        return local.into_inner() == "ClinicalDocument"
            && declared.any(|attribute| &*attribute.value == "urn:hl7-org:v3");
    }
}
