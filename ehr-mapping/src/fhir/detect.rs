//! Whether a file looks like FHIR.

use std::io::Read;

use flate2::read::MultiGzDecoder;

use super::input::{GZIP, MARK};
use super::structure::{plain_string, skip_space, skip_value, walk_object};

/// How much of a compressed file is looked at.
const DECOMPRESSED: u64 = 64 << 10;

/// Whether the first bytes of a file (64 KiB will do) look like FHIR JSON, NDJSON, the manifest of
/// a bulk export, or one of those compressed by gzip.
pub fn detect(start: &[u8]) -> bool {
    if start.starts_with(&GZIP) {
        // damaged or only begun: what came out until then is looked at
        let mut text = Vec::new();
        let _ = MultiGzDecoder::new(start)
            .take(DECOMPRESSED)
            .read_to_end(&mut text);
        return is_fhir(&text);
    }
    is_fhir(start)
}

fn is_fhir(text: &[u8]) -> bool {
    let mut rest = text.strip_prefix(MARK).unwrap_or(text);
    loop {
        rest = &rest[skip_space(rest, 0)..];
        if rest.first() == Some(&b'{') && object_is_fhir(rest) {
            return true;
        }
        // the first line of NDJSON may be a damaged one
        let Some(end) = memchr::memchr2(b'\n', b'\r', rest) else {
            return false;
        };
        rest = &rest[end..];
        if !matches!(rest.get(skip_space(rest, 0)), Some(b'{')) {
            return false;
        }
    }
}

/// Whether an object, or as much as is there of it, has a type.
fn object_is_fhir(bytes: &[u8]) -> bool {
    let (mut is_resource, mut time, mut output) = (false, false, false);
    let end = walk_object(bytes, 0, |member| {
        match member.name {
            b"resourceType" => is_resource |= is_type(bytes, member.value),
            b"transactionTime" => time = true,
            b"output" => output = true,
            _ => {}
        }
        skip_value(bytes, member.value)
    });
    if is_resource || (time && output) {
        return true;
    }
    // a Bundle may begin with entries that go on beyond the bytes at hand
    end.is_none() && {
        let name = b"\"resourceType\"";
        memchr::memmem::find_iter(bytes, name).any(|at| {
            let colon = skip_space(bytes, at + name.len());
            bytes.get(colon) == Some(&b':') && is_type(bytes, skip_space(bytes, colon + 1))
        })
    }
}

fn is_type(bytes: &[u8], at: usize) -> bool {
    plain_string(bytes, at).is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn fhir_is_told_from_other_json() {
        for text in [
            r#"{"resourceType":"Patient"}"#,
            "\u{FEFF}\n { \"id\" : \"1\",\r\n \"resourceType\" : \"Patient\"",
            "{\"resourceType\":\"Pati\n{\"resourceType\":\"Patient\"}\n",
            r#"{"transactionTime":"2024","request":"x","output":[]}"#,
            r#"{"entry":[{"resource":{"resourceType":"Patient","id"#,
        ] {
            assert!(detect(text.as_bytes()), "{text}");
            let mut packed = flate2::write::GzEncoder::new(Vec::new(), Default::default());
            packed.write_all(text.as_bytes()).unwrap();
            assert!(detect(&packed.finish().unwrap()), "{text}");
        }
        for text in [
            "",
            "{",
            "{}",
            "[]",
            r#"{"resourceType":1}"#,
            r#"{"a":{"resourceType":"Patient"}}"#,
            r#"{"name":"package","dependencies":{}}"#,
            "id,name\n1,{\"resourceType\":\"Patient\"}\n",
            "MSH|^~\\&|",
            "<ClinicalDocument>",
        ] {
            assert!(!detect(text.as_bytes()), "{text}");
        }
        assert!(!detect(&GZIP));
    }
}
