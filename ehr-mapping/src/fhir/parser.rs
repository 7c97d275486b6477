//! From JSON to nodes, in one pass over the tokens.

use std::collections::HashSet;
use std::sync::Arc;

use ehr_model::issue::IssueCode;
use ehr_model::source::{Arena, NameId, Names, SourceRecord, TreeBuilder};
use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, Peek};

use super::reason::{
    JSON_DUPLICATE_MEMBER, JSON_NESTED_TOO_DEEPLY, JSON_NOT_WELL_FORMED, JSON_NULL_MEMBER,
    JSON_NUMBER_TOO_LONG, JSON_TOO_MANY_VALUES,
};
use super::record::{ENTRY, MAX_DEPTH, MAX_VALUES};
use crate::raw::Position;

/// From how many members on a set finds duplicates faster than looking at each.
const MANY_MEMBERS: usize = 32;

/// What is wrong, and at which byte of the text.
pub(super) type Wrong = (IssueCode, usize);

/// About how many bytes of JSON make one node.
const BYTES_OF_NODE: usize = 32;

pub(super) struct Parser<'t> {
    text: &'t str,
    /// Where the tokenizer began.
    base: usize,
    json: Jiter<'t>,
    names: Names,
    /// Names met before, by a cheap hash: most members are called like one a few lines above.
    known: [Option<NameId>; 128],
    /// The names of the members of all objects that are open.
    members: Vec<NameId>,
    tree: TreeBuilder<'t>,
    /// How many nodes there are, and how many of them were closed.
    steps: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(
        text: &'t str,
        source: &Arc<str>,
        position: Position,
        names: &Arc<Names>,
        arena: Arena,
    ) -> Self {
        let Position { number, line, byte } = position;
        let mut tree = TreeBuilder::new(source.clone(), names.clone(), text, arena)
            .address(number, line, byte);
        tree.reserve(8 + text.len() / BYTES_OF_NODE);
        Self {
            text,
            base: 0,
            json: Jiter::new(text.as_bytes()),
            names: Names::over(names.clone()),
            known: [None; 128],
            members: Vec::with_capacity(64),
            tree,
            steps: 0,
        }
    }

    /// The members of the text as nodes.
    pub(super) fn resource(&mut self) -> Result<(), Wrong> {
        self.whole(|parser| parser.object(0))
    }

    /// The members of the resource first, as if it stood alone, and then what surrounds it.
    pub(super) fn entry(&mut self) -> Result<(), Wrong> {
        let mut around = Vec::new();
        self.whole(|parser| {
            parser.members(0, |parser, name| {
                let peek = parser.peek()?;
                if peek == Peek::Object && &**parser.names.name(name) == "resource" {
                    parser.object(1)?;
                } else {
                    around.push((name, parser.at()));
                    parser.skip()?;
                }
                Ok(())
            })
        })?;
        if around.is_empty() {
            return Ok(());
        }
        let entry = self.names.intern(ENTRY);
        self.open(entry);
        for (name, at) in around {
            self.base = at;
            let tape = std::mem::replace(&mut self.json, Jiter::new(&[])).into_tape();
            self.json = Jiter::with_tape(&self.text.as_bytes()[at..], tape);
            self.value(name, 1)?;
        }
        self.close();
        Ok(())
    }

    /// Well-formed JSON that is something else.
    pub(super) fn no_resource(&mut self, reason: IssueCode) -> Result<(), Wrong> {
        self.skip()?;
        self.json.finish().map_err(|e| self.wrong(&e))?;
        Err((reason, 0))
    }

    /// Reads an object that is the whole text.
    fn whole(&mut self, read: impl FnOnce(&mut Self) -> Result<(), Wrong>) -> Result<(), Wrong> {
        self.peek()?;
        read(self)?;
        self.json.finish().map_err(|e| self.wrong(&e))
    }

    /// Passes over a value that is only looked at for being JSON.
    fn skip(&mut self) -> Result<(), Wrong> {
        let peek = self.peek()?;
        self.json.known_skip(peek).map_err(|e| self.wrong(&e))
    }

    /// The members of an object as nodes of what is open.
    fn object(&mut self, depth: usize) -> Result<(), Wrong> {
        self.members(depth, |parser, name| parser.value(name, depth + 1))
    }

    fn members(
        &mut self,
        depth: usize,
        mut visit: impl FnMut(&mut Self, NameId) -> Result<(), Wrong>,
    ) -> Result<(), Wrong> {
        if depth >= MAX_DEPTH {
            return Err((JSON_NESTED_TOO_DEEPLY, self.at()));
        }
        let from = self.members.len();
        let mut siblings = false;
        let mut many = HashSet::new();
        let mut first = true;
        loop {
            let key = match first {
                true => self.json.known_object(),
                false => self.json.next_key(),
            };
            first = false;
            let name = match key {
                Ok(Some(key)) => {
                    siblings |= key.starts_with('_');
                    intern(&mut self.names, &mut self.known, key)
                }
                Ok(None) => break,
                Err(error) => return Err(self.wrong(&error)),
            };
            let before = &self.members[from..];
            let duplicate = match before.len() {
                0..MANY_MEMBERS => before.contains(&name),
                MANY_MEMBERS => {
                    many.extend(before.iter().copied());
                    !many.insert(name)
                }
                _ => !many.insert(name),
            };
            if duplicate {
                return Err((JSON_DUPLICATE_MEMBER, self.at()));
            }
            self.members.push(name);
            visit(self, name)?;
        }
        if siblings {
            self.lone_siblings(from);
        }
        self.members.truncate(from);
        Ok(())
    }

    /// What has extensions and no value is a node all the same, so that it is found by its name.
    fn lone_siblings(&mut self, from: usize) {
        for at in from..self.members.len() {
            let name = self.names.name(self.members[at]).clone();
            if let Some(of) = name.strip_prefix('_') {
                let of = self.names.intern(of);
                if !self.members[from..].contains(&of) {
                    self.empty(of);
                }
            }
        }
    }

    fn open(&mut self, name: NameId) {
        self.steps += 1;
        self.tree.open(name);
    }

    fn close(&mut self) {
        self.steps += 1;
        self.tree.close();
    }

    /// A node that holds nothing: `null` in an array, `{}`, `[]`.
    fn empty(&mut self, name: NameId) {
        self.open(name);
        self.tree.close();
    }

    /// The value of a member as nodes of that name.
    fn value(&mut self, name: NameId, depth: usize) -> Result<(), Wrong> {
        match self.peek()? {
            Peek::Array => self.array(name, depth),
            Peek::Null => Err((JSON_NULL_MEMBER, self.at())),
            peek => self.item(name, peek, depth),
        }
    }

    fn array(&mut self, name: NameId, depth: usize) -> Result<(), Wrong> {
        let mut next = self.json.known_array().map_err(|e| self.wrong(&e))?;
        if next.is_none() {
            self.empty(name);
        }
        while let Some(peek) = next {
            if self.steps >= MAX_VALUES {
                return Err((JSON_TOO_MANY_VALUES, self.at()));
            }
            match peek {
                Peek::Null => {
                    self.json.known_null().map_err(|e| self.wrong(&e))?;
                    self.empty(name);
                }
                Peek::Array => {
                    // unknown to FHIR; the inner items keep their places below a node
                    if depth >= MAX_DEPTH {
                        return Err((JSON_NESTED_TOO_DEEPLY, self.at()));
                    }
                    self.open(name);
                    self.array(name, depth + 1)?;
                    self.close();
                }
                peek => self.item(name, peek, depth)?,
            }
            next = self.json.array_step().map_err(|e| self.wrong(&e))?;
        }
        Ok(())
    }

    /// A value that is neither `null` nor an array.
    fn item(&mut self, name: NameId, peek: Peek, depth: usize) -> Result<(), Wrong> {
        let start = self.at();
        if self.steps >= MAX_VALUES {
            return Err((JSON_TOO_MANY_VALUES, start));
        }
        match peek {
            Peek::Object => {
                self.open(name);
                let before = self.steps;
                self.object(depth)?;
                self.tree.close();
                self.steps += usize::from(self.steps > before);
            }
            Peek::String => {
                let of_text = self.text.as_bytes().as_ptr_range();
                let value = match self.json.known_str() {
                    Ok(value) => value,
                    Err(error) => return Err(self.wrong(&error)),
                };
                // the tokenizer borrows from the text unless there was an escape
                if of_text.contains(&value.as_ptr()) {
                    let start = start + 1;
                    self.tree.leaf(name, start, start + value.len());
                } else {
                    self.tree.decoded_leaf(name, value);
                }
                self.steps += 1;
            }
            Peek::True | Peek::False => {
                self.json.known_bool(peek).map_err(|e| self.wrong(&e))?;
                self.leaf_until_here(name, start);
            }
            peek => {
                if let Err(error) = self.json.known_number_bytes(peek) {
                    return Err(self.wrong(&error));
                }
                self.leaf_until_here(name, start);
            }
        }
        Ok(())
    }

    fn leaf_until_here(&mut self, name: NameId, start: usize) {
        let end = self.at();
        self.tree.leaf(name, start, end);
        self.steps += 1;
    }

    fn peek(&mut self) -> Result<Peek, Wrong> {
        self.json.peek().map_err(|error| self.wrong(&error))
    }

    /// The place in the text.
    fn at(&self) -> usize {
        self.base + self.json.current_index()
    }

    fn wrong(&self, error: &JiterError) -> Wrong {
        let reason = match &error.error_type {
            JiterErrorType::JsonError(JsonErrorType::RecursionLimitExceeded) => {
                JSON_NESTED_TOO_DEEPLY
            }
            JiterErrorType::JsonError(JsonErrorType::NumberOutOfRange) => JSON_NUMBER_TOO_LONG,
            _ => JSON_NOT_WELL_FORMED,
        };
        (reason, self.base + error.index)
    }

    /// The finished record: its names are complete only after its last member.
    pub(super) fn finish(mut self) -> SourceRecord<'t> {
        self.tree.names(Arc::new(self.names));
        self.tree.finish()
    }
}

/// The number of a name; looked up only if another one stood last where it belongs.
fn intern(names: &mut Names, known: &mut [Option<NameId>; 128], name: &str) -> NameId {
    if let Some(id) = names.hint(name) {
        return id;
    }
    let bytes = name.as_bytes();
    let (first, last) = match bytes {
        [first, .., last] => (*first, *last),
        [only] => (*only, 0),
        [] => (0, 0),
    };
    let middle = bytes.get(bytes.len() / 2).copied().unwrap_or_default();
    let hash = (bytes.len() * 31)
        ^ (usize::from(first) * 7)
        ^ (usize::from(last) * 3)
        ^ (usize::from(middle) * 13);
    let place = &mut known[hash % 128];
    if let Some(id) = *place
        && &**names.name(id) == name
    {
        return id;
    }
    let id = names.intern(name);
    *place = Some(id);
    id
}
