//! From names with prefixes to the names of nodes.
//!
//! A document writes a few hundred different names many thousand times. What a name means depends
//! on the namespaces that are declared where it stands, so each set of declarations is a scope
//! with a number, and the meaning of a written name is remembered together with its scope.

use std::ops::Range;
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

/// A written name and what it means in one scope. It fits twice in a cache line.
#[derive(Clone, Copy)]
struct Remembered {
    print: Print,
    /// Where in the text the name was written.
    start: u32,
    scope: u32,
    meaning: Meaning,
}

/// The first eight bytes of a name, the last eight, its length, and whether it is an attribute's:
/// all of a name, unless it is longer than sixteen bytes. No name has the length 0.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Print {
    first: u64,
    last: u64,
    length: u16,
    attribute: bool,
}

/// A power of two above the number of names in common documents; two names in one place only
/// cost time.
const PLACES: usize = 1024;

/// The names of one document and the namespaces at the present place.
pub(super) struct Namespace<'t> {
    text: &'t str,
    names: Names,
    known_before: usize,
    places: Vec<Remembered>,
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
    pub(super) fn over(base: Arc<Names>, text: &'t str) -> Self {
        let mut names = Names::over(base);
        let known_before = names.len();
        let nothing = Remembered {
            print: Print::of(&[], false),
            start: 0,
            scope: 0,
            meaning: Meaning {
                id: names.intern("#text"),
                inline: false,
                is_type: false,
            },
        };
        Self {
            text,
            known_before,
            names,
            places: vec![nothing; PLACES],
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

    /// What a name of the text means here.
    #[inline]
    pub(super) fn meaning(
        &mut self,
        name: Range<usize>,
        attribute: bool,
    ) -> Result<Meaning, IssueCode> {
        let written = &self.text[name.clone()];
        if written.len() > MAX_NAME {
            return Err(XML_TOO_MANY_NAMES);
        }
        let print = Print::of(written.as_bytes(), attribute);
        let place = print.place();
        let known = &self.places[place];
        if known.print == print && known.scope == self.scope && !written.is_empty() {
            let start = known.start as usize;
            if written.len() <= 16 || &self.text[start..start + written.len()] == written {
                return Ok(known.meaning);
            }
        }
        let meaning = self.resolve(written, attribute)?;
        self.places[place] = Remembered {
            print,
            start: name.start as u32,
            scope: self.scope,
            meaning,
        };
        Ok(meaning)
    }

    #[cold]
    fn resolve(&mut self, written: &str, attribute: bool) -> Result<Meaning, IssueCode> {
        let (prefix, local) = match memchr::memchr(b':', written.as_bytes()) {
            Some(colon) if is_name(&written[..colon]) => written.split_at(colon),
            Some(_) => return Err(XML_NOT_WELL_FORMED),
            None => ("", written),
        };
        let local = local.strip_prefix(':').unwrap_or(local);
        if !is_name(local) {
            return Err(XML_NOT_WELL_FORMED);
        }
        let space = match prefix {
            // the default namespace is not for attributes
            "" if attribute => Some(Space::None),
            "" => self.space(prefix),
            _ => self.space(prefix).filter(|space| *space != Space::None),
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
            inline: !attribute && INLINE.contains(&&*self.buffer),
            is_type: attribute && self.buffer == "@xsi:type",
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

impl Print {
    #[inline]
    fn of(name: &[u8], attribute: bool) -> Self {
        let (first, last) = match (name.first_chunk::<8>(), name.last_chunk::<8>()) {
            (Some(first), Some(last)) => (u64::from_le_bytes(*first), u64::from_le_bytes(*last)),
            _ => match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
                (Some(first), Some(last)) => (
                    u64::from(u32::from_le_bytes(*first)),
                    u64::from(u32::from_le_bytes(*last)),
                ),
                _ => {
                    let fold = |short, byte: &u8| short << 8 | u64::from(*byte);
                    (name.iter().fold(0, fold), 0)
                }
            },
        };
        Self {
            first,
            last,
            length: name.len() as u16,
            attribute,
        }
    }

    /// Where the name is remembered.
    #[inline]
    fn place(self) -> usize {
        let rest = u64::from(self.length) << 1 | u64::from(self.attribute);
        let mixed = self.first ^ self.last.rotate_left(29) ^ rest;
        (mixed.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 54) as usize % PLACES
    }
}
