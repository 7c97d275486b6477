//! A compiled mapping document. A plan that exists is valid.

use std::collections::HashMap;
use std::sync::Arc;

use ehr_crypto::Digest;
use ehr_model::catalogue::FieldPath;
use ehr_model::element::LeafType;
use ehr_model::issue::IssueCode;
use ehr_model::record::{Kind, Namespace, RecordId};
use ehr_model::value::DataAbsentReason;

use ehr_model::source::Names;
use foldhash::fast::RandomState;

use crate::code_map::CodeMap;
use crate::csv::Dialect;
use crate::datatype::{ReadElement, ReadField, ReadLeaf};
use crate::format::Format;
use crate::path::SourcePath;
use crate::source::SourceFile;
use crate::transform::Transform;

/// Separates the parts of a source key; no export has it inside a value.
pub(crate) const KEY_SEPARATOR: char = '\u{1f}';

/// A compiled mapping document.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The name of the document.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
    /// Its title.
    pub(crate) title: String,
    /// The URI of the source system.
    pub(crate) system: String,
    pub(crate) namespace: Namespace,
    pub(crate) digest: Digest,
    /// Minutes east of UTC for times that carry no offset.
    pub(crate) time_zone: Option<i16>,
    /// Spellings of "no value".
    pub(crate) missing: Vec<String>,
    pub(crate) dialect: Dialect,
    pub(crate) tables: Vec<Table>,
    pub(crate) blocks: Vec<Block>,
    /// Of each table, which blocks may have work for a record.
    pub(crate) dispatch: Vec<Dispatch>,
    pub(crate) code_maps: Vec<CodeMap>,
    pub(crate) rules: Vec<Rule>,
    pub(crate) files: Vec<FileRule>,
    pub(crate) joins: Vec<Join>,
    /// Whether a key that is a UUID is the id of its record.
    pub(crate) keep_uuids: bool,
    /// The names that paths speak of; trees are parsed over them.
    pub(crate) names: Arc<Names>,
    /// The documents that this one extends, in the order of their numbers from 1.
    pub(crate) extended: Vec<String>,
}

impl Plan {
    /// The name of the document.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The version of the document.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The title of the document.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The URI of the source system.
    pub fn system(&self) -> &str {
        &self.system
    }

    /// The digest that a sign-off names.
    pub fn digest(&self) -> &Digest {
        &self.digest
    }

    /// The document and the line in it that a line number of provenance or lineage names: `None` for
    /// the document itself, else the shipped document that it extends.
    pub fn line(&self, line: u32) -> (Option<&str>, u32) {
        let (document, line) = crate::document::split_line(line);
        let name = document
            .checked_sub(1)
            .and_then(|number| self.extended.get(number));
        (name.map(String::as_str), line)
    }

    /// The formats that the document reads.
    pub fn formats(&self) -> std::collections::BTreeSet<Format> {
        self.tables.iter().map(|table| table.format).collect()
    }

    /// Whether records may name several identifiers of their patient.
    pub(crate) fn has_aliases(&self) -> bool {
        self.tables.iter().any(|table| !table.also.is_empty())
    }

    /// The namespace from which the ids of all records derive.
    pub fn namespace(&self) -> Namespace {
        self.namespace
    }

    /// The code systems that the document declares as the source's own: those whose URI begins
    /// with that of the source system.
    pub fn local_systems(&self) -> Vec<String> {
        let constants = self
            .blocks
            .iter()
            .flat_map(|block| &block.constants)
            .filter_map(
                |constant| match (&constant.value, constant.path.spec().name) {
                    (Constant::Text(text), "system") => Some(text.as_str()),
                    _ => None,
                },
            );
        let coded = self
            .blocks
            .iter()
            .flat_map(|block| &block.fields)
            .filter_map(|field| match &field.source {
                FieldSource::Coded(source) => match &source.system {
                    CodeSystemSource::Constant(system) => Some(system.as_str()),
                    _ => None,
                },
                _ => None,
            });
        let mapped = self
            .code_maps
            .iter()
            .flat_map(CodeMap::targets)
            .flat_map(|(_, target)| {
                // a map may give systems as targets, or codes of a local system
                [target.system.as_str(), target.code.as_str()]
            });
        let mut systems: Vec<String> = constants
            .chain(coded)
            .chain(mapped)
            .filter(|system| system.starts_with(&self.system))
            .map(str::to_owned)
            .collect();
        systems.sort_unstable();
        systems.dedup();
        systems
    }

    /// The id of the record with a key.
    ///
    /// Keys of what belongs to a patient count within that patient: an export that gives one visit
    /// number to two patients then makes two visits, and a row that names the visit of another
    /// patient points at nothing, which is an issue and not a chart of the wrong person.
    pub(crate) fn record_id(&self, kind: Kind, key: &str, patient: Option<RecordId>) -> RecordId {
        if self.keep_uuids
            && let Some(kept) = kept_uuid(key)
        {
            return kept;
        }
        match patient {
            Some(patient) if !kind.is_shared() && kind != Kind::Patient => {
                self.namespace.id_within(patient, kind, key)
            }
            _ => self.namespace.id(kind, key),
        }
    }
}

/// Which blocks of a table may have work for a record, told by the value of one column: of thirty
/// kinds of resources in one source, a record is one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Dispatch {
    pub(crate) column: Option<Column>,
    /// By the value of the column.
    by_value: HashMap<String, Turns, RandomState>,
    /// For all other values.
    otherwise: Turns,
}

/// The numbers of blocks, of each turn in the order of the document: what completes records comes
/// after all that makes them, and what points at whatever was made comes last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Turns([Vec<usize>; Self::COUNT]);

impl Turns {
    /// How many turns there are.
    pub(crate) const COUNT: usize = 3;

    /// The blocks of a turn.
    pub(crate) fn blocks(&self, turn: usize) -> &[usize] {
        &self.0[turn]
    }

    fn add(&mut self, number: usize, block: &Block) {
        let turn = match block.late {
            true => 2,
            false => usize::from(block.append.is_some()),
        };
        // a block may name a word twice
        if self.0[turn].last() != Some(&number) {
            self.0[turn].push(number);
        }
    }
}

impl Dispatch {
    /// The dispatch of each table.
    pub(crate) fn of_tables(tables: &[Table], blocks: &[Block]) -> Vec<Self> {
        (0..tables.len())
            .map(|table| Self::of_table(table, blocks))
            .collect()
    }

    fn of_table(table: usize, blocks: &[Block]) -> Self {
        let own = || {
            let numbered = blocks.iter().enumerate();
            numbered.filter(move |(_, block)| block.table == table)
        };
        // conditions of a block that is at a node are asked there
        let column = own()
            .filter(|(_, block)| block.at.is_none())
            .find_map(|(_, block)| block.when.iter().find_map(Condition::words))
            .map(|(column, _)| column);
        let words = |block: &'_ Block| -> Option<Vec<String>> {
            let on = |condition: &Condition| {
                let (found, words) = condition.words()?;
                (Some(found) == column).then(|| words.to_vec())
            };
            block
                .when
                .iter()
                .find_map(on)
                .filter(|_| block.at.is_none())
        };
        let mut dispatch = Self {
            column,
            ..Self::default()
        };
        for (_, block) in own() {
            for word in words(block).into_iter().flatten() {
                dispatch.by_value.entry(word).or_default();
            }
        }
        for (number, block) in own() {
            match words(block) {
                Some(words) => {
                    for word in words {
                        dispatch
                            .by_value
                            .entry(word)
                            .or_default()
                            .add(number, block);
                    }
                }
                None => {
                    dispatch.otherwise.add(number, block);
                    for turns in dispatch.by_value.values_mut() {
                        turns.add(number, block);
                    }
                }
            }
        }
        dispatch
    }

    /// The blocks, given the value of the column.
    pub(crate) fn turns(&self, value: Option<&str>) -> &Turns {
        value
            .and_then(|value| self.by_value.get(value))
            .unwrap_or(&self.otherwise)
    }
}

/// The UUID that ends a key such as `Patient/0a1b…`.
fn kept_uuid(key: &str) -> Option<RecordId> {
    let end = key.rsplit('/').next().unwrap_or(key);
    let uuid = uuid::Uuid::try_parse(end).ok()?;
    (end.len() == uuid::fmt::Hyphenated::LENGTH).then(|| RecordId::from(uuid))
}

/// A column of a table, as a position in [`Table::columns`].
pub(crate) type Column = usize;

/// A table of rows, or a source of trees.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    pub(crate) name: Arc<str>,
    pub(crate) format: Format,
    /// Of a source: which records of the format it takes; the first source that takes one has it.
    pub(crate) when: Vec<Condition>,
    /// Of a source: its records are set aside with this code.
    pub(crate) reject: Option<IssueCode>,
    /// Of a source: the value by which its records are counted apart.
    pub(crate) books_by: Option<Column>,
    /// Of a source: whose patient a record has that names none: that of the record with this key.
    pub(crate) through: Option<Key>,
    /// Of a source: other identifiers of the patient that its records name.
    pub(crate) also: Vec<Alias>,
    /// Of a source: whether its records are looked up by their own keys.
    pub(crate) lookup: bool,
    /// Of a source: what orders the records of a patient, before file and place.
    pub(crate) order: Option<Column>,
    /// Of a source: how its records spell "delete what was said before".
    pub(crate) delete: Option<Arc<str>>,
    pub(crate) file: String,
    pub(crate) columns: Vec<ColumnSpec>,
    /// Header in the file (as it is) to the name used in the document.
    pub(crate) aliases: HashMap<String, String>,
    pub(crate) patient: PatientKey,
    pub(crate) may_be_missing: bool,
    /// Columns that a join reads; a leaf there counts as mapped when nothing else takes it.
    pub(crate) joined_columns: Vec<Column>,
}

impl Table {
    /// The file of the export that the table reads: of two names that differ in case, the first.
    pub(crate) fn file_in<'f>(&self, files: &'f [SourceFile]) -> Option<&'f SourceFile> {
        files
            .iter()
            .find(|file| file.name.eq_ignore_ascii_case(&self.file))
    }
}

#[derive(Debug, Clone)]
pub(crate) struct ColumnSpec {
    pub(crate) name: Arc<str>,
    pub(crate) required: bool,
    /// Of a source: the path, from the node that a map is at.
    pub(crate) path: Option<SourcePath>,
}

#[derive(Debug, Clone)]
pub(crate) enum PatientKey {
    /// The rows belong to no patient.
    Shared,
    /// The patient's key stands in the row.
    Column(Column),
    /// The patient's key stands in the tree.
    Key(Key),
    /// The patient is found through another table.
    Via {
        column: Column,
        table: usize,
        key: Column,
    },
}

/// One `[[map]]`.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) table: usize,
    /// Of a source: the nodes of a record at which the block works; without, its root.
    pub(crate) at: Option<Column>,
    pub(crate) kind: Kind,
    pub(crate) key: Key,
    pub(crate) same_key: SameKey,
    /// Whether records of other documents that say the same under another key are one entry.
    pub(crate) merge_same_content: bool,
    pub(crate) when: Vec<Condition>,
    /// The number of the record's list to which each row adds a value.
    pub(crate) append: Option<usize>,
    pub(crate) create: bool,
    /// What comes from the source; constants follow in their own list because they complete.
    pub(crate) fields: Vec<FieldMap>,
    pub(crate) constants: Vec<ConstantMap>,
    pub(crate) each: Vec<Each>,
    /// The reference to the patient.
    pub(crate) patient: Option<FieldPath>,
    /// Whether it points at whatever other blocks made, and so comes after them.
    pub(crate) late: bool,
    /// Of what it points at by a node alone, those nodes: without what was made there it makes nothing.
    pub(crate) pointers: Vec<Option<Column>>,
    pub(crate) line: u32,
}

impl Block {
    /// The columns of its own table that the block reads into the record.
    pub(crate) fn columns(&self) -> impl Iterator<Item = Column> {
        let key = self.key.columns();
        let when = self
            .when
            .iter()
            .filter(|condition| matches!(condition.test, Test::In(_)))
            .map(|condition| condition.column);
        let fields = self.fields.iter().flat_map(|field| match &field.source {
            FieldSource::Value(source) if source.join.is_some() => Vec::new(),
            FieldSource::Value(source) => vec![source.column],
            FieldSource::Coded(source) => {
                let system = match &source.system {
                    CodeSystemSource::Column { column, .. } => Some(*column),
                    _ => None,
                };
                let optional = [source.display, source.text, system];
                std::iter::once(source.code)
                    .chain(optional.into_iter().flatten())
                    .collect()
            }
            FieldSource::Reference(source) => source
                .key
                .iter()
                .flat_map(Key::columns)
                .chain(source.display.as_ref().map(|(column, _)| *column))
                .collect(),
            FieldSource::File(source) => vec![source.column],
            FieldSource::Datatype(source) => vec![source.column],
            FieldSource::Withdrawal => Vec::new(),
        });
        key.chain(when).chain(fields)
    }
}

/// What happens where two source records have one key but not the same content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum SameKey {
    /// Both stay, each with an id of its own, and an issue says so.
    #[default]
    KeepBoth,
    /// They speak of one thing: what the later one adds is added, what it says otherwise replaces
    /// what stood there, and an issue names the field.
    Merge,
    /// The later one stands in place of the earlier one, which stays in the archive.
    Latest,
}

/// A list of the record that is filled from several nodes below the one that the block is at.
#[derive(Debug, Clone)]
pub(crate) struct Each {
    pub(crate) at: Column,
    pub(crate) when: Vec<Condition>,
    /// The number of the list.
    pub(crate) list: usize,
    pub(crate) fields: Vec<FieldMap>,
    pub(crate) constants: Vec<ConstantMap>,
}

/// The key of a record: the parts of the first alternative of which any is filled.
#[derive(Debug, Clone, Default)]
pub(crate) struct Key {
    pub(crate) alternatives: Vec<Vec<KeyPart>>,
}

impl Key {
    /// The columns of all alternatives.
    pub(crate) fn columns(&self) -> impl Iterator<Item = Column> {
        self.alternatives
            .iter()
            .flatten()
            .filter_map(KeyPart::column)
    }
}

/// Numbers under one authority: those of each node that the path leads to.
#[derive(Debug, Clone)]
pub(crate) struct Alias {
    /// The literals before the number, each with the separator of keys behind it.
    pub(crate) authority: String,
    pub(crate) number: Column,
    pub(crate) via: Vec<Transform>,
}

#[derive(Debug, Clone)]
pub(crate) enum KeyPart {
    Column(Column, Vec<Transform>),
    Literal(String),
    /// The place among the rows of the patient that have the same key otherwise.
    Ordinal,
    /// The name under which other records of the format refer to this one.
    Own(Vec<Transform>),
    /// The place among the nodes of one source record that have the same key otherwise.
    OrdinalInRecord,
    /// What stands in the subtree, or in the one that a path leads to, for what has no key of its
    /// own.
    Content(Option<Column>),
}

impl KeyPart {
    /// The column that the part reads.
    pub(crate) fn column(&self) -> Option<Column> {
        match self {
            Self::Column(column, _) => Some(*column),
            Self::Literal(_)
            | Self::Ordinal
            | Self::OrdinalInRecord
            | Self::Own(_)
            | Self::Content(_) => None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Condition {
    pub(crate) column: Column,
    pub(crate) test: Test,
}

impl Condition {
    /// The column and the words of an `in` condition.
    fn words(&self) -> Option<(Column, &[String])> {
        match &self.test {
            Test::In(words) => Some((self.column, words)),
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Filled,
    Empty,
}

impl Test {
    /// Whether a value passes; `None` is an empty cell.
    pub(crate) fn holds(&self, value: Option<&str>) -> bool {
        let among =
            |words: &[String]| value.is_some_and(|value| words.iter().any(|word| word == value));
        match self {
            Self::In(words) => among(words),
            Self::NotIn(words) => !among(words),
            Self::Filled => value.is_some(),
            Self::Empty => value.is_none(),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct FieldMap {
    pub(crate) path: FieldPath,
    pub(crate) source: FieldSource,
    pub(crate) when: Vec<Condition>,
    /// Only where the line before, which fills the same field, found nothing.
    pub(crate) otherwise: bool,
    pub(crate) absent: Option<DataAbsentReason>,
    pub(crate) line: u32,
}

#[derive(Debug, Clone)]
pub(crate) struct ConstantMap {
    pub(crate) path: FieldPath,
    pub(crate) value: Constant,
    /// How many elements down the path it shares with a line that reads the source: it then
    /// stands only where that element got a value. 0: it always stands.
    pub(crate) completes: usize,
    pub(crate) when: Vec<Condition>,
    pub(crate) line: u32,
}

#[derive(Debug, Clone)]
pub(crate) enum Constant {
    Text(String),
    Boolean(bool),
    Integer(i64),
}

impl Constant {
    /// The constant on its way into a field.
    pub(crate) fn leaf(&self) -> ehr_model::element::Leaf<'_> {
        use ehr_model::element::Leaf;
        match self {
            Self::Text(text) => Leaf::Text(text.as_str().into()),
            Self::Boolean(value) => Leaf::Boolean(*value),
            Self::Integer(value) => Leaf::Integer(*value),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) enum FieldSource {
    Value(ValueSource),
    Coded(Box<CodedSource>),
    Reference(Box<ReferenceSource>),
    File(Box<FileSource>),
    Datatype(DatatypeSource),
    /// What earlier records said in this field no longer holds.
    Withdrawal,
}

#[derive(Debug, Clone)]
pub(crate) struct ValueSource {
    pub(crate) column: Column,
    /// Where the column stands in another table.
    pub(crate) join: Option<usize>,
    /// Reads the subtree before the transforms.
    pub(crate) datatype: Option<ReadLeaf>,
    pub(crate) transforms: Vec<Transform>,
    pub(crate) code_map: Option<usize>,
    pub(crate) leaf: LeafType,
    /// Whether every node that the path leads to adds a value to the list.
    pub(crate) every: bool,
}

/// What a datatype reads a subtree into.
#[derive(Debug, Clone, Copy)]
pub(crate) enum ReadInto {
    Element(ReadElement),
    Field(ReadField),
}

/// A subtree that a datatype reads as a whole.
#[derive(Debug, Clone)]
pub(crate) struct DatatypeSource {
    pub(crate) column: Column,
    pub(crate) read: ReadInto,
    /// Whether every node that the path leads to adds a value to the list.
    pub(crate) every: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct CodedSource {
    pub(crate) code: Column,
    pub(crate) transforms: Vec<Transform>,
    pub(crate) system: CodeSystemSource,
    pub(crate) display: Option<Column>,
    pub(crate) text: Option<Column>,
    pub(crate) translate: Option<usize>,
    pub(crate) code_path: FieldPath,
    pub(crate) system_path: FieldPath,
    pub(crate) display_path: FieldPath,
    /// Of a CodeableConcept only.
    pub(crate) concept: Option<ConceptPaths>,
}

#[derive(Debug, Clone)]
pub(crate) struct ConceptPaths {
    pub(crate) text: FieldPath,
    pub(crate) user_selected: FieldPath,
    pub(crate) target_system: FieldPath,
    pub(crate) target_code: FieldPath,
    pub(crate) target_display: FieldPath,
}

#[derive(Debug, Clone)]
pub(crate) enum CodeSystemSource {
    None,
    Constant(String),
    Column {
        column: Column,
        code_map: Option<usize>,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct ReferenceSource {
    /// `None` is whatever was made.
    pub(crate) kind: Option<Kind>,
    /// The node at which the block that makes the other record is.
    pub(crate) at: Option<Column>,
    pub(crate) key: Option<Key>,
    /// Whether every node adds a reference to the list.
    pub(crate) every: bool,
    pub(crate) display: Option<(Column, FieldPath)>,
    /// The reference itself, and its target.
    pub(crate) reference: FieldPath,
    pub(crate) target: FieldPath,
}

#[derive(Debug, Clone)]
pub(crate) struct FileSource {
    pub(crate) column: Column,
    pub(crate) data: FieldPath,
    pub(crate) size: FieldPath,
    pub(crate) content_type: FieldPath,
    pub(crate) pages: FieldPath,
    pub(crate) sha_256: FieldPath,
    /// The column holds the text of the document and not the name of a file.
    pub(crate) inline: bool,
}

/// A row of another table, found by the value of a column.
#[derive(Debug, Clone)]
pub(crate) struct Join {
    pub(crate) on: Column,
    pub(crate) table: usize,
    pub(crate) key: Column,
}

#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) table: usize,
    /// Columns, or subtrees. Empty: whole rows.
    pub(crate) columns: Vec<Column>,
    pub(crate) when: Vec<Condition>,
    /// Only subtrees of which no line took anything.
    pub(crate) untouched: bool,
    pub(crate) archive: bool,
    pub(crate) reason: Arc<str>,
}

#[derive(Debug, Clone)]
pub(crate) struct FileRule {
    pub(crate) pattern: String,
    pub(crate) archive: bool,
    pub(crate) reason: Arc<str>,
}

impl FileRule {
    /// Whether the rule names a file; `*` at the end stands for anything.
    pub(crate) fn names(&self, file: &str) -> bool {
        match self.pattern.strip_suffix('*') {
            Some(start) => {
                file.len() >= start.len()
                    && file.is_char_boundary(start.len())
                    && file[..start.len()].eq_ignore_ascii_case(start)
            }
            None => file.eq_ignore_ascii_case(&self.pattern),
        }
    }
}
