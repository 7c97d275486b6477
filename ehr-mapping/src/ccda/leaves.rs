//! Counts the values of a document that is no tree.

use memchr::memchr;

/// About how many values a document holds that cannot be parsed: attributes and texts that are
/// not empty, as far as tags and quotes can be told apart. A reject says so much about what is
/// in it.
pub(super) fn count_leaves(mut rest: &[u8]) -> u64 {
    let mut leaves = 0;
    while !rest.is_empty() {
        let open = memchr(b'<', rest).unwrap_or(rest.len());
        leaves += u64::from(!rest[..open].trim_ascii().is_empty());
        rest = &rest[open..];
        let skipped = [(&b"<!--"[..], &b"-->"[..]), (b"<?", b"?>")]
            .into_iter()
            .find(|(begin, _)| rest.starts_with(begin));
        if let Some((_, end)) = skipped {
            let length = memchr::memmem::find(rest, end).map(|at| at + end.len());
            rest = &rest[length.unwrap_or(rest.len())..];
        } else if let Some(text) = rest.strip_prefix(b"<![CDATA[") {
            let length = memchr::memmem::find(text, b"]]>").unwrap_or(text.len());
            leaves += u64::from(!text[..length].trim_ascii().is_empty());
            rest = text.get(length + 3..).unwrap_or_default();
        } else if !rest.is_empty() {
            let (found, length) = tag(rest);
            leaves += found;
            rest = &rest[length..];
        }
    }
    leaves
}

/// The attributes of a tag that are not empty, and its length.
fn tag(bytes: &[u8]) -> (u64, usize) {
    let mut leaves = 0;
    let mut at = 1;
    let mut name = at;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'>' => return (leaves, at + 1),
            b'<' => break,
            b'"' | b'\'' => {
                let Some(length) = memchr(*byte, &bytes[at + 1..]) else {
                    break;
                };
                let declares = bytes[name..].starts_with(b"xmlns");
                leaves += u64::from(length > 0 && !declares);
                at += length + 1;
                name = at + 1;
            }
            b' ' | b'\t' | b'\r' | b'\n' => name = at + 1,
            _ => {}
        }
        at += 1;
    }
    (leaves, at.max(1))
}
