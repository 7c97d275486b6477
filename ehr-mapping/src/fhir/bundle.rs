//! Cuts a Bundle into its entries.

use std::ops::Range;

use ehr_model::issue::IssueCode;

use super::index::Index;
use super::reason::NOT_A_BUNDLE_ENTRY;
use super::structure::{Member, plain_string, skip_space, skip_value, walk_array, walk_object};

/// How many Bundles inside of Bundles are cut, beside the outermost one.
///
/// A response to a batch of searches has one; more are unheard of. Deeper ones stay whole, as
/// nodes of the entry that holds them, so that no recursion runs away.
const MAX_NESTED: usize = 4;

/// A record of the text that was cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it stands.
    pub(super) range: Range<usize>,
    /// What is left out of a Bundle: its entries, which are pieces of their own. Boxed because
    /// there are many entries for one Bundle.
    pub(super) hole: Option<Box<Range<usize>>>,
    /// Why it cannot be read.
    pub(super) bad: Option<IssueCode>,
}

impl Piece {
    pub(super) fn whole(range: Range<usize>) -> Self {
        Self {
            range,
            hole: None,
            bad: None,
        }
    }
}

/// Cuts the object at a place: a Bundle into itself and its entries, in document order, anything
/// else into one piece. Returns its end, or `None` if its brackets do not say where that is.
pub(super) fn cut(
    bytes: &[u8],
    at: usize,
    pieces: &mut Vec<Piece>,
    index: &mut Index,
) -> Option<usize> {
    let mut cutter = Cutter {
        bytes,
        pieces,
        index,
    };
    let slot = cutter.reserve(at);
    match cutter.resource(at, 0) {
        Some(walked) => {
            cutter.fill(slot, at..walked.end, walked.hole);
            Some(walked.end)
        }
        None => {
            cutter.pieces.truncate(slot);
            *cutter.index = Index::default();
            None
        }
    }
}

struct Cutter<'b, 'p> {
    bytes: &'b [u8],
    pieces: &'p mut Vec<Piece>,
    index: &'p mut Index,
}

/// What was seen of a resource.
struct Walked<'b> {
    end: usize,
    resource_type: Option<&'b str>,
    id: Option<&'b str>,
    /// The entries that were cut out.
    hole: Option<Range<usize>>,
}

impl<'b> Cutter<'b, '_> {
    /// Keeps the place before its entries for a piece whose end is not known yet.
    fn reserve(&mut self, at: usize) -> usize {
        self.pieces.push(Piece::whole(at..at));
        self.pieces.len() - 1
    }

    fn fill(&mut self, slot: usize, range: Range<usize>, hole: Option<Range<usize>>) {
        if hole.is_none() {
            self.pieces.truncate(slot + 1);
        }
        self.pieces[slot].range = range;
        self.pieces[slot].hole = hole.map(Box::new);
    }

    fn resource(&mut self, at: usize, nested: usize) -> Option<Walked<'b>> {
        let bytes = self.bytes;
        let (mut resource_type, mut id) = (None, None);
        let mut entries: Option<(Member<'b>, usize)> = None;
        let (mut was_cut, mut twice) = (false, false);
        let end = walk_object(bytes, at, |member| {
            match member.name {
                b"resourceType" => resource_type = plain_string(bytes, member.value),
                b"id" => id = plain_string(bytes, member.value),
                b"entry" if bytes.get(member.value) == Some(&b'[') && nested <= MAX_NESTED => {
                    twice |= entries.is_some();
                    // usually the type is known by now, and the entries are walked only once
                    was_cut = resource_type == Some("Bundle") && !twice;
                    let end = match was_cut {
                        true => self.entries(member.value, nested)?,
                        false => skip_value(bytes, member.value)?,
                    };
                    entries = Some((member, end));
                    return Some(end);
                }
                _ => {}
            }
            skip_value(bytes, member.value)
        })?;
        let hole = match entries {
            Some((member, after)) if resource_type == Some("Bundle") && !twice => {
                if !was_cut {
                    self.entries(member.value, nested)?;
                }
                Some(member_with_comma(bytes, &member, after))
            }
            _ => None,
        };
        Some(Walked {
            end,
            resource_type,
            id,
            hole,
        })
    }

    fn entries(&mut self, at: usize, nested: usize) -> Option<usize> {
        let bytes = self.bytes;
        walk_array(bytes, at, |at| {
            let slot = self.reserve(at);
            if bytes.get(at) != Some(&b'{') {
                let end = skip_value(bytes, at)?;
                self.pieces[slot] = Piece {
                    bad: Some(NOT_A_BUNDLE_ENTRY),
                    ..Piece::whole(at..end)
                };
                return Some(end);
            }
            if let Some(end) = self.entry(at, nested, slot) {
                return Some(end);
            }
            // damaged inside; where it ends is still beyond doubt
            let end = skip_value(bytes, at)?;
            self.fill(slot, at..end, None);
            Some(end)
        })
    }

    fn entry(&mut self, at: usize, nested: usize, slot: usize) -> Option<usize> {
        let bytes = self.bytes;
        let mut full_url = None;
        let mut resource: Option<Walked<'b>> = None;
        let mut twice = false;
        let end = walk_object(bytes, at, |member| match member.name {
            b"resource" if bytes.get(member.value) == Some(&b'{') => {
                twice |= resource.is_some();
                let walked = self.resource(member.value, nested + 1)?;
                let end = walked.end;
                resource = Some(walked);
                Some(end)
            }
            name => {
                if name == b"fullUrl" {
                    full_url = plain_string(bytes, member.value);
                }
                skip_value(bytes, member.value)
            }
        })?;
        let resource = resource.filter(|_| !twice);
        if let Some(Walked {
            resource_type: Some(resource_type),
            id,
            ..
        }) = &resource
        {
            self.index.note(full_url, resource_type, *id);
        }
        self.fill(slot, at..end, resource.and_then(|walked| walked.hole));
        Some(end)
    }
}

/// A member with the comma after it, or before it if it is the last one.
fn member_with_comma(bytes: &[u8], member: &Member<'_>, end: usize) -> Range<usize> {
    let after = skip_space(bytes, end);
    match bytes.get(after) {
        Some(b',') => member.start..after + 1,
        _ => member.comma.unwrap_or(member.start)..end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_text(text: &str) -> Option<Vec<String>> {
        let mut pieces = Vec::new();
        let end = cut(text.as_bytes(), 0, &mut pieces, &mut Index::default())?;
        assert_eq!(end, text.len());
        let text_of = |piece: &Piece| match &piece.hole {
            Some(hole) => {
                text[piece.range.start..hole.start].to_owned() + &text[hole.end..piece.range.end]
            }
            None => text[piece.range.clone()].to_owned(),
        };
        Some(pieces.iter().map(text_of).collect())
    }

    #[test]
    fn a_bundle_comes_before_its_entries() {
        for (text, expected) in [
            (
                r#"{"resourceType":"Bundle","entry":[{"a":1},{"b":2}],"type":"batch"}"#,
                vec![
                    r#"{"resourceType":"Bundle","type":"batch"}"#,
                    r#"{"a":1}"#,
                    r#"{"b":2}"#,
                ],
            ),
            (
                r#"{"entry" : [ {"a":1} ] , "resourceType":"Bundle"}"#,
                vec![r#"{ "resourceType":"Bundle"}"#, r#"{"a":1}"#],
            ),
            (
                r#"{"resourceType":"Bundle","entry":[]}"#,
                vec![r#"{"resourceType":"Bundle"}"#],
            ),
            (
                r#"{"resourceType":"Bundle","entry":[{"fullUrl":"u","resource":{"resourceType":"Bundle","entry":[{"c":3}]}}]}"#,
                vec![
                    r#"{"resourceType":"Bundle"}"#,
                    r#"{"fullUrl":"u","resource":{"resourceType":"Bundle"}}"#,
                    r#"{"c":3}"#,
                ],
            ),
            (
                r#"{"resourceType":"Bundle","entry":[{"a" 1},2,{"b":1}]}"#,
                vec![
                    r#"{"resourceType":"Bundle"}"#,
                    r#"{"a" 1}"#,
                    "2",
                    r#"{"b":1}"#,
                ],
            ),
        ] {
            assert_eq!(cut_text(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_bundle_beyond_doubt_stays_whole() {
        for text in [
            r#"{"resourceType":"List","entry":[{"item":{}}]}"#,
            r#"{"resourceType":"Bundle","entry":{"a":1}}"#,
            r#"{"resourceType":"Bundle","entry":[{"a":1}],"entry":[{"b":1}]}"#,
            r#"{"entry":[{"a":1}],"entry":[{"b":1}],"resourceType":"Bundle"}"#,
        ] {
            assert_eq!(cut_text(text).unwrap(), [text]);
        }
        for broken in [
            r#"{"resourceType":"Bundle","entry":[{"a":1}"#,
            r#"{"resourceType":"Bundle","entry":[{"a":1} {"b":1}]}"#,
            r#"{"resourceType":"Bundle","entry":[{"a":"x]}]}"#,
        ] {
            assert_eq!(cut_text(broken), None, "{broken}");
        }
    }

    #[test]
    fn bundles_inside_of_bundles_end_somewhere() {
        let deep = 50;
        let mut text = r#"{"resourceType":"Bundle","entry":[{"resource":"#.repeat(deep);
        text += "{}";
        text += &"}]}".repeat(deep);
        assert_eq!(cut_text(&text).unwrap().len(), MAX_NESTED + 2);
    }
}
