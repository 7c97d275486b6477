//! From names with prefixes to the names of nodes.
//!
//! A document writes a few hundred different names many thousand times. What a name means depends
//! on the namespaces that are declared where it stands, so each set of declarations is a scope
//! with a number, and the meaning of a written name is remembered together with its scope.

use std::sync::Arc;

use ehr_model::issue::IssueCode;
use ehr_model::source::{NameId, Names};

use super::reason::{XML_NOT_WELL_FORMED, XML_TOO_MANY_ATTRIBUTES, XML_TOO_MANY_NAMES};

/// How many different names one document may bring: CDA and its extensions know about 600.
///
/// Each costs a hundred bytes, so that a document of nothing but new names must stop somewhere.
pub const MAX_NAMES: usize = 8192;

/// The longest name in bytes, its namespace included.
pub const MAX_NAME: usize = 1024;

/// How many namespaces may be declared at one place, those of all ancestors included. They are
/// searched one by one.
pub const MAX_NAMESPACES: usize = 256;

const V3: &str = "urn:hl7-org:v3";
const SDTC: &str = "urn:hl7-org:sdtc";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Prefixes as the guides use them. They are good where a document declares nothing else, because
/// fragments and documents of careless writers lack declarations.
const WELL_KNOWN: [(&str, Space); 5] = [
    ("xsi", Space::Instance),
    ("sdtc", Space::Sdtc),
    ("cda", Space::V3),
    ("hl7", Space::V3),
    ("xml", Space::Xml),
];

/// Elements that stand inside a line of narrative.
const INLINE: [&str; 7] = [
    "content",
    "linkHtml",
    "sub",
    "sup",
    "footnote",
    "footnoteRef",
    "renderMultiMedia",
];

/// What a prefix stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    None,
    V3,
    Sdtc,
    Instance,
    Xml,
    /// The place of the URI among those of the document.
    Other(u32),
}

/// What a written name means.
#[derive(Clone, Copy)]
pub(super) struct Meaning {
    pub(super) id: NameId,
    /// An element that stands inside a line of narrative.
    pub(super) inline: bool,
    /// The attribute `xsi:type`, whose value is a name with a prefix.
    pub(super) is_type: bool,
}

/// A name in the text and what it means in one scope.
#[derive(Clone, Copy)]
struct Remembered<'t> {
    written: &'t str,
    scope: u32,
    attribute: bool,
    meaning: Meaning,
}

/// A power of two above the number of names in common documents; two names in one place only
/// cost time.
const PLACES: usize = 1024;

/// The names of one document and the namespaces at the present place.
pub(super) struct Namespace<'t> {
    names: Names,
    known_before: usize,
    places: Vec<Option<Remembered<'t>>>,
    bindings: Vec<Binding<'t>>,
    uris: Vec<String>,
    scope: u32,
    scopes: u32,
    /// Where names are put together.
    buffer: String,
}

struct Binding<'t> {
    prefix: &'t str,
    space: Space,
    depth: u32,
    /// The scope outside.
    outside: u32,
}

impl<'t> Namespace<'t> {
    pub(super) fn over(base: Arc<Names>) -> Self {
        let names = Names::over(base);
        Self {
            known_before: names.len(),
            names,
            places: vec![None; PLACES],
            bindings: Vec::new(),
            uris: Vec::new(),
            scope: 0,
            scopes: 0,
            buffer: String::new(),
        }
    }

    /// The names that the base and the document know.
    pub(super) fn into_names(self) -> Names {
        self.names
    }

    /// The number of a name that no document writes.
    pub(super) fn intern(&mut self, name: &str) -> NameId {
        self.names.intern(name)
    }

    /// Notes a declaration in the start tag of an element at this depth. What changes nothing
    /// opens no scope: many writers repeat `xmlns:xsi` on each value.
    pub(super) fn declare(
        &mut self,
        prefix: &'t str,
        uri: &str,
        depth: u32,
    ) -> Result<(), IssueCode> {
        let now = self.space(prefix).unwrap_or(Space::None);
        let space = match uri {
            "" => Space::None,
            V3 => Space::V3,
            SDTC => Space::Sdtc,
            INSTANCE => Space::Instance,
            XML => Space::Xml,
            _ => match now {
                Space::Other(place) if self.uris[place as usize] == uri => now,
                _ => {
                    self.uris.push(uri.to_owned());
                    Space::Other(self.uris.len() as u32 - 1)
                }
            },
        };
        if space == now {
            return Ok(());
        }
        if self.bindings.len() == MAX_NAMESPACES {
            return Err(XML_TOO_MANY_ATTRIBUTES);
        }
        self.bindings.push(Binding {
            prefix,
            space,
            depth,
            outside: self.scope,
        });
        self.scopes += 1;
        self.scope = self.scopes;
        Ok(())
    }

    /// Forgets what was declared at this depth.
    #[inline]
    pub(super) fn leave(&mut self, depth: u32) {
        while let Some(binding) = self.bindings.last()
            && binding.depth == depth
        {
            self.scope = binding.outside;
            self.bindings.pop();
        }
    }

    /// What a prefix stands for here; `None` if nobody said so.
    pub(super) fn space(&self, prefix: &str) -> Option<Space> {
        let declared = self
            .bindings
            .iter()
            .rev()
            .find(|binding| binding.prefix == prefix)
            .map(|binding| binding.space);
        let known = || WELL_KNOWN.iter().find(|(known, _)| *known == prefix);
        match declared.or_else(|| known().map(|(_, space)| *space)) {
            None if prefix.is_empty() => Some(Space::None),
            space => space,
        }
    }

    /// What the name of an element means here.
    #[inline]
    pub(super) fn element(&mut self, written: &'t str) -> Result<Meaning, IssueCode> {
        self.look_up(written, false)
    }

    /// What the name of an attribute means here.
    #[inline]
    pub(super) fn attribute(&mut self, written: &'t str) -> Result<Meaning, IssueCode> {
        self.look_up(written, true)
    }

    #[inline]
    fn look_up(&mut self, written: &'t str, attribute: bool) -> Result<Meaning, IssueCode> {
        let place = place(written.as_bytes(), attribute);
        if let Some(known) = &self.places[place]
            && known.scope == self.scope
            && known.attribute == attribute
            && known.written == written
        {
            return Ok(known.meaning);
        }
        let meaning = self.resolve(written, attribute)?;
        self.places[place] = Some(Remembered {
            written,
            scope: self.scope,
            attribute,
            meaning,
        });
        Ok(meaning)
    }

    #[cold]
    fn resolve(&mut self, written: &str, attribute: bool) -> Result<Meaning, IssueCode> {
        let (prefix, local) = match written.split_once(':') {
            Some((prefix, local)) if is_name(prefix) => (prefix, local),
            Some(_) => return Err(XML_NOT_WELL_FORMED),
            None => ("", written),
        };
        if !is_name(local) {
            return Err(XML_NOT_WELL_FORMED);
        }
        let space = match (self.space(prefix), attribute) {
            // the default namespace is not for attributes
            (_, true) if prefix.is_empty() => Some(Space::None),
            (Some(Space::None), _) if !prefix.is_empty() => None,
            (space, _) => space,
        };
        self.buffer.clear();
        if attribute {
            self.buffer.push('@');
        }
        match space {
            Some(Space::V3) if attribute => self.buffer.extend(["{", V3, "}", local]),
            Some(Space::None | Space::V3) => self.buffer.push_str(local),
            Some(Space::Sdtc) => self.buffer.extend(["sdtc:", local]),
            Some(Space::Instance) => self.buffer.extend(["xsi:", local]),
            Some(Space::Xml) => self.buffer.extend(["xml:", local]),
            Some(Space::Other(uri)) => {
                let uri = &*self.uris[uri as usize];
                self.buffer.extend(["{", uri, "}", local]);
            }
            None => self.buffer.push_str(written),
        }
        if self.buffer.len() > MAX_NAME {
            return Err(XML_TOO_MANY_NAMES);
        }
        let meaning = Meaning {
            id: self.names.intern(&self.buffer),
            inline: INLINE.contains(&&*self.buffer),
            is_type: self.buffer == "@xsi:type",
        };
        if self.names.len() - self.known_before > MAX_NAMES {
            return Err(XML_TOO_MANY_NAMES);
        }
        Ok(meaning)
    }
}

/// Whether a name is one, as far as ASCII goes; no writer errs beyond that.
fn is_name(name: &str) -> bool {
    let begins = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii();
    let follows = |byte: u8| begins(byte) || byte.is_ascii_digit() || matches!(byte, b'-' | b'.');
    match name.as_bytes() {
        [first, rest @ ..] => begins(*first) && rest.iter().all(|byte| follows(*byte)),
        [] => false,
    }
}

/// Where a name is remembered: by its length, its first eight bytes and its last eight.
#[inline]
fn place(name: &[u8], attribute: bool) -> usize {
    let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
        (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
        _ => {
            let short = name
                .iter()
                .fold(0, |short, byte| short << 8 | u64::from(*byte));
            (short, 0)
        }
    };
    let mixed = (first ^ last.rotate_left(29) ^ (name.len() as u64) << 1 ^ u64::from(attribute))
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 54) as usize % PLACES
}
