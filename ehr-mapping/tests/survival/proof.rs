//! The comparison of a plain scan with the books and the output, and what is to be said of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::plan::Plan;
use ehr_mapping::source::MemoryFolder;
use ehr_model::provenance::SourceAddress;
use ehr_model::record::RecordId;
use ehr_model::reject::Reject;
use ehr_model::source::Fate;

use super::explained::{Explained, Says};
use super::output::Said;
use super::{Value, support};

/// How many different values of a path are shown.
const SHOWN: usize = 12;

/// The figures of a format.
#[derive(Default)]
pub(crate) struct Proof {
    values: u64,
    fates: BTreeMap<&'static str, u64>,
    /// By path: which values how often: all are those of the public corpus.
    lies: BTreeMap<String, BTreeMap<String, u64>>,
    explained: u64,
}

/// What the books say of a leaf, and whether the output bears it out.
struct Told {
    fate: Fate,
    stands: Stands,
    named: bool,
    /// The records that took it.
    by: Vec<RecordId>,
}

/// A leaf: its file, its path, its value.
type Key = (String, String, String);

/// What came out of an export.
#[derive(Default)]
struct Outcome {
    told: HashMap<Key, Vec<Told>>,
    said: HashMap<RecordId, Said>,
    /// The records that were made of what others refer to by this name.
    named: HashMap<String, HashSet<RecordId>>,
    rejects: Vec<(String, Vec<u8>)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    InItsRecords,
    Within,
    Elsewhere,
    Explained,
    Nowhere,
}

impl Proof {
    /// Runs an export and compares.
    pub(crate) fn of(
        &mut self,
        plan: &Plan,
        folder: &MemoryFolder,
        values: Vec<Value>,
        table: &'static [Explained],
        named_as: fn(&str) -> String,
    ) {
        let spill = tempfile::tempdir().expect("a temporary folder");
        let extraction = Extraction::open(plan, folder, ExtractionOptions::new(spill.path()))
            .unwrap_or_else(|error| panic!("{error}"));
        let settle = |unit: ehr_mapping::mapper::PatientUnit<'_>,
                      books: &ehr_mapping::extraction::Books<'_>| {
            let mut outcome = Outcome::default();
            let records = unit.chart.records.iter();
            outcome.said = records.map(|one| (one.id, Said::by(one))).collect();
            let issues = unit.chart.issues.iter();
            let issues: Vec<_> = issues.filter_map(|one| one.address.as_ref()).collect();
            // what is referred to by name, and what the records were made of
            let mut names_of: HashMap<SourceAddress, (Vec<String>, Vec<RecordId>)> = HashMap::new();
            books.settle_with(
                &unit,
                |_| true,
                |leaf| {
                    let (text, path, address) = (leaf.expose(), leaf.path(), leaf.address());
                    let short = named_as(&path);
                    let by = leaf.records();
                    let own = by.iter().filter_map(|id| outcome.said.get(id));
                    let own: Vec<&Said> = own.collect();
                    let stands = match leaf.fate {
                        Fate::Mapped if own.iter().any(|one| one.has(text)) => Stands::InItsRecords,
                        Fate::Mapped if own.iter().any(|one| one.has_within(text)) => {
                            Stands::Within
                        }
                        Fate::Mapped if explains(table, &short, text, &own) => Stands::Explained,
                        _ => Stands::Nowhere,
                    };
                    let named = leaf.fate == Fate::Rejected
                        && issues.iter().any(|issue| names(issue, &address, &path));
                    match path.as_str() {
                        "resourceType" => names_of
                            .entry(address.clone())
                            .or_default()
                            .0
                            .push(format!("{text}/")),
                        "id" => names_of
                            .entry(address.clone())
                            .or_default()
                            .0
                            .push(format!("/{text}")),
                        "entry/fullUrl" | "identifier/value" => {
                            names_of
                                .entry(address.clone())
                                .or_default()
                                .0
                                .push(text.to_owned());
                        }
                        _ => {}
                    }
                    names_of.entry(address.clone()).or_default().1.extend(&by);
                    let key = (address.source.to_string(), short, plain(text));
                    let told = Told {
                        fate: leaf.fate,
                        stands,
                        named,
                        by,
                    };
                    outcome.told.entry(key).or_default().push(told);
                },
            );
            for (mut names, records) in names_of.into_values() {
                // a resource is referred to by its type and its id
                let kind = names.iter().find(|one| one.ends_with('/')).cloned();
                let id = names.iter().find(|one| one.starts_with('/')).cloned();
                if let (Some(kind), Some(id)) = (kind, id) {
                    names.push(format!("{}{id}", kind.trim_end_matches('/')));
                }
                for name in names {
                    outcome.named.entry(name).or_default().extend(&records);
                }
            }
            let rejects = unit.rejects.iter();
            outcome.rejects = rejects.map(bytes).collect();
            outcome
        };
        let mut all = settle(extraction.shared(), &extraction.books());
        extraction
            .patients(settle, |one| {
                all.merge(one);
                Ok(())
            })
            .unwrap_or_else(|error| panic!("{error}"));
        extraction
            .rejects(|reject| {
                all.rejects.push(bytes(&reject));
                Ok(())
            })
            .unwrap_or_else(|error| panic!("{error}"));
        for value in values {
            let key = (value.file, value.path, plain(&value.text));
            let mut told = all.told.get_mut(&key).and_then(Vec::pop);
            if let Some(told) = &mut told
                && (told.fate, told.stands) == (Fate::Mapped, Stands::Nowhere)
            {
                if all.refers(&key, told) {
                    told.stands = Stands::InItsRecords;
                } else if all.said.values().any(|one| one.has(&key.2)) {
                    told.stands = Stands::Elsewhere;
                }
            }
            if let Some(want) = std::env::var_os("EHR_LIE").and_then(|w| w.into_string().ok())
                && let Some(told) = &told
                && (told.fate, told.stands) == (Fate::Mapped, Stands::Nowhere)
                && want.split(';').any(|w| {
                    let (p, v) = w.split_once('=').unwrap_or((w, ""));
                    key.1.ends_with(p) && key.2.starts_with(v)
                })
            {
                println!("LIE {} {} {:?}", key.0, key.1, key.2);
                for id in &told.by {
                    println!(
                        "    {}",
                        all.said
                            .get(id)
                            .map_or("", |s| &s.line)
                            .chars()
                            .take(3000)
                            .collect::<String>()
                    );
                }
            }
            self.value(key, told, &all.rejects);
        }
    }

    fn value(
        &mut self,
        (file, path, text): Key,
        told: Option<Told>,
        rejects: &[(String, Vec<u8>)],
    ) {
        self.values += 1;
        let in_a_reject = || {
            rejects.iter().any(|(source, bytes)| {
                *source == file && memchr::memmem::find(bytes, text.as_bytes()).is_some()
            })
        };
        let fate = match &told {
            None if in_a_reject() => "rejected with its record",
            None => {
                self.lie("seen by nobody", &path, &text);
                return;
            }
            Some(told) => match (told.fate, told.stands) {
                (Fate::Mapped, Stands::InItsRecords) => "mapped, in the record that took it",
                (Fate::Mapped, Stands::Within) => {
                    if std::env::var_os("EHR_SHOW").is_some() {
                        self.lie("within", &path, &text);
                    }
                    "mapped, as a part of a longer value"
                }
                (Fate::Mapped, Stands::Elsewhere) => {
                    if std::env::var_os("EHR_SHOW").is_some() {
                        self.lie("elsewhere", &path, &text);
                    }
                    "mapped, in another record of the chart"
                }
                (Fate::Mapped, Stands::Explained) => {
                    self.explained += 1;
                    "mapped, in other words"
                }
                (Fate::Mapped, Stands::Nowhere) => {
                    self.lie("mapped", &path, &text);
                    return;
                }
                (Fate::Rejected, _) if told.named => "rejected, named by an issue",
                (Fate::Rejected, _) if in_a_reject() => "rejected with its record",
                (Fate::Rejected, _) => {
                    self.lie("rejected without an issue", &path, &text);
                    return;
                }
                (Fate::Archived, _) => "archived",
                (Fate::Ignored, _) => "ignored by a rule",
                (Fate::Unaccounted, _) => "unaccounted",
                _ => "of an unknown fate",
            },
        };
        *self.fates.entry(fate).or_default() += 1;
    }

    fn lie(&mut self, what: &str, path: &str, text: &str) {
        let parts: Vec<&str> = path.rsplitn(5, '/').take(4).collect();
        let path: Vec<&str> = parts.into_iter().rev().collect();
        let key = format!("{what}: {}", path.join("/"));
        let shown: String = text.chars().take(40).collect();
        let values = self.lies.entry(key).or_default();
        *values.entry(shown).or_default() += 1;
    }

    /// Says the figures; fails where a lie is left.
    pub(crate) fn conclude(self, format: &str, least: u64) {
        support::say(&format!(
            "{format}: {} values {:?}",
            self.values, self.fates
        ));
        let count = |values: &BTreeMap<String, u64>| values.values().sum::<u64>();
        let mut lies: Vec<_> = self.lies.iter().collect();
        lies.sort_by_key(|(_, values)| std::cmp::Reverse(count(values)));
        let lies: Vec<String> = lies
            .iter()
            .map(|(path, values)| {
                let shown: Vec<_> = values.iter().take(SHOWN).collect();
                format!("{} {path}: {shown:?}", count(values))
            })
            .collect();
        assert!(self.values >= least, "the corpus is not there");
        assert!(lies.is_empty(), "{format}:\n{}", lies.join("\n"));
    }
}

impl Outcome {
    fn merge(&mut self, other: Self) {
        for (key, told) in other.told {
            self.told.entry(key).or_default().extend(told);
        }
        self.said.extend(other.said);
        for (name, records) in other.named {
            self.named.entry(name).or_default().extend(records);
        }
        self.rejects.extend(other.rejects);
    }

    /// Whether a reference of FHIR leads to the record that was made of what it names.
    fn refers(&self, (_, path, text): &Key, told: &Told) -> bool {
        // a search names an identifier, which stays one where nobody has it
        let name = text
            .split_once('|')
            .map_or(text.as_str(), |(_, value)| value);
        if !path.ends_with("reference") {
            return false;
        }
        let own = || told.by.iter().filter_map(|id| self.said.get(id));
        if name != text && own().any(|said| said.has(name)) {
            return true;
        }
        let Some(targets) = self.named.get(name) else {
            // what the chart has no kind for is referred to by its name in the source
            let id = name.rsplit(['/', ':']).next().unwrap_or(name);
            return own().any(|said| said.has_within(id));
        };
        own()
            .flat_map(|said| &said.references)
            .any(|id| targets.iter().any(|target| target.to_string() == *id))
    }
}

/// XML says a space where a line ends inside of an attribute.
fn plain(text: &str) -> String {
    text.replace("\r\n", " ").replace(['\r', '\n', '\t'], " ")
}

/// The file of a reject and its bytes.
fn bytes(reject: &Reject) -> (String, Vec<u8>) {
    let source = reject.address.source.to_string();
    (source, reject.verbatim.expose().to_vec())
}

/// Whether the address of an issue is that of a leaf, or of what it stands in.
fn names(issue: &SourceAddress, record: &SourceAddress, path: &str) -> bool {
    let same = issue.source == record.source && issue.record == record.record;
    same && issue.path.as_ref().is_none_or(|named| {
        path.strip_prefix(&**named)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            || named.starts_with(path)
    })
}

fn explains(table: &[Explained], path: &str, text: &str, own: &[&Said]) -> bool {
    table
        .iter()
        .filter(|one| path.ends_with(one.path))
        .any(|one| match one.says {
            Says::As(words) => words
                .iter()
                .any(|(from, to)| *from == text && own.iter().any(|said| said.has_word(to))),
            Says::Kind(words) => words.contains(&text),
            Says::Any => true,
        })
}
