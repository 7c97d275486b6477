//! The comparison of a plain scan with the books and the output, and what is to be said of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use ehr_mapping::extraction::{Extraction, ExtractionOptions};
use ehr_mapping::mapper::{SOURCES_DISAGREE, WITHDRAWN};
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
    /// How many values each row of the table explains.
    explained: HashMap<&'static str, u64>,
}

/// What the books say of a leaf, and whether the output bears it out.
struct Told {
    fate: Fate,
    stands: Stands,
    named: bool,
    /// Whether a rule took it, which has a reason.
    ruled: bool,
    /// Where it stands, by the names of the crate.
    path: String,
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
    /// What others refer to by this name.
    named: HashMap<String, Resource>,
    rejects: Vec<(String, Vec<u8>)>,
    /// The records in which a later value took the place of an earlier one.
    disagree: HashSet<RecordId>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    InItsRecords,
    Within,
    InAnother,
    Explained(&'static str),
    /// A later record of the same key said otherwise, and an issue names the field.
    Replaced,
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
        let extraction =
            Extraction::open_rehearsal(plan, folder, ExtractionOptions::new(spill.path()))
                .unwrap_or_else(|error| panic!("{error}"));
        let settle = |unit: ehr_mapping::mapper::PatientUnit<'_>,
                      books: &ehr_mapping::extraction::Books<'_>| {
            let mut outcome = Outcome::default();
            let records = unit.chart.records.iter();
            outcome.said = records.map(|one| (one.id, Said::by(one))).collect();
            let issues = unit.chart.issues.iter();
            outcome.disagree = issues
                .clone()
                .filter(|one| [SOURCES_DISAGREE, WITHDRAWN].contains(&one.code))
                .filter_map(|one| one.record)
                .collect();
            let issues: Vec<_> = issues.filter_map(|one| one.address.as_ref()).collect();
            let mut resources: HashMap<SourceAddress, Resource> = HashMap::new();
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
                        Fate::Mapped => explanation(table, &path, text, &own)
                            .map_or(Stands::Nowhere, Stands::Explained),
                        _ => Stands::Nowhere,
                    };
                    let named = leaf.fate == Fate::Rejected
                        && issues.iter().any(|issue| names(issue, &address, &path));
                    let resource = resources.entry(address.clone()).or_default();
                    resource.leaf(&path, text, &by);
                    let key = (address.source.to_string(), short, plain(text));
                    let told = Told {
                        fate: leaf.fate,
                        stands,
                        named,
                        ruled: leaf.reason.is_some_and(|reason| !reason.is_empty()),
                        path,
                        by,
                    };
                    outcome.told.entry(key).or_default().push(told);
                },
            );
            for resource in resources.into_values() {
                for name in resource.names() {
                    let named = outcome.named.entry(name).or_default();
                    named.records.extend(&resource.records);
                    named.codes.extend(resource.codes.iter().cloned());
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
        let mut sought: HashMap<Key, usize> = HashMap::new();
        for value in values {
            let key = (value.file, value.path, plain(&value.text));
            *sought.entry(key).or_default() += 1;
        }
        for (key, times) in sought {
            // what a record inherits from those above it is in the books of each
            let told = all.told.remove(&key).unwrap_or_default();
            for _ in told.len()..times {
                self.value(&key, None, &all.rejects);
            }
            for mut one in told {
                if (one.fate, one.stands) == (Fate::Mapped, Stands::Nowhere) {
                    if all.refers(&key, &one) || all.points_at(&key, &one) {
                        one.stands = Stands::InItsRecords;
                    } else if one.by.is_empty() && all.said.values().any(|said| said.has(&key.2)) {
                        // of a list that all share, its readers took it over
                        one.stands = Stands::InAnother;
                    } else if one.by.iter().any(|id| all.disagree.contains(id)) {
                        one.stands = Stands::Replaced;
                    }
                }
                self.value(&key, Some(one), &all.rejects);
            }
        }
    }

    fn value(
        &mut self,
        (file, path, text): &Key,
        told: Option<Told>,
        rejects: &[(String, Vec<u8>)],
    ) {
        self.values += 1;
        let in_a_reject = || {
            rejects.iter().any(|(source, bytes)| {
                *source == *file && memchr::memmem::find(bytes, text.as_bytes()).is_some()
            })
        };
        let fate = match &told {
            None if in_a_reject() => "rejected with its record",
            None => {
                self.lie("seen by nobody", path, text);
                return;
            }
            Some(told) => match (told.fate, told.stands) {
                (Fate::Mapped, Stands::InItsRecords) => "mapped, in the record that took it",
                (Fate::Mapped, Stands::Within) => "mapped, as a part of a longer value",
                (Fate::Mapped, Stands::InAnother) => {
                    "mapped, in the record that took over its list"
                }
                (Fate::Mapped, Stands::Explained(reason)) => {
                    *self.explained.entry(reason).or_default() += 1;
                    "mapped, in other words"
                }
                (Fate::Mapped, Stands::Replaced) => {
                    "mapped, replaced by a later one, named by an issue"
                }
                (Fate::Mapped, Stands::Nowhere) => {
                    self.lie("mapped", &told.path, text);
                    return;
                }
                (Fate::Rejected, _) if told.named => "rejected, named by an issue",
                (Fate::Rejected, _) if in_a_reject() => "rejected with its record",
                (Fate::Rejected, _) => {
                    self.lie("rejected without an issue", &told.path, text);
                    return;
                }
                (Fate::Archived | Fate::Ignored, _) if !told.ruled => {
                    self.lie("set aside by no rule", &told.path, text);
                    return;
                }
                (Fate::Archived, _) => "archived by a rule",
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
    pub(crate) fn conclude(self, format: &str, least: u64, table: &[Explained]) {
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
        for (reason, times) in &self.explained {
            support::say(&format!("    {times} {reason}"));
        }
        let idle: Vec<_> = table
            .iter()
            .map(|one| one.reason)
            .filter(|reason| !self.explained.contains_key(reason))
            .collect();
        assert!(self.values >= least, "the corpus is not there");
        assert!(lies.is_empty(), "{format}:\n{}", lies.join("\n"));
        assert!(
            idle.is_empty(),
            "{format}: explanations of nothing: {idle:?}"
        );
    }
}

impl Outcome {
    fn merge(&mut self, other: Self) {
        for (key, told) in other.told {
            self.told.entry(key).or_default().extend(told);
        }
        self.said.extend(other.said);
        for (name, records) in other.named {
            let named = self.named.entry(name).or_default();
            named.records.extend(records.records);
            named.codes.extend(records.codes);
        }
        self.rejects.extend(other.rejects);
        self.disagree.extend(other.disagree);
    }

    /// Whether an id that stands in a pointer is that of a record which the own one refers to.
    fn points_at(&self, (_, path, text): &Key, told: &Told) -> bool {
        let is_id = path.ends_with("/id/@root")
            || path.ends_with("/id/@extension")
            || text.parse::<uuid::Uuid>().is_ok();
        if !is_id {
            return false;
        }
        let own = || told.by.iter().filter_map(|id| self.said.get(id));
        let mut references = own().flat_map(|said| &said.references);
        // where FHIR has no reference, the name of what has the id stands there
        let named = |other: &Said| {
            let name = other.name.as_deref();
            name.is_some_and(|name| own().any(|said| said.has_word(name))) && other.has(text)
        };
        references.any(|id| self.said.get(id).is_some_and(|said| said.has(text)))
            || self.said.values().any(named)
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
        // what the chart has no kind for is referred to by its name in the source
        let id = name.rsplit(['/', ':']).next().unwrap_or(name);
        let by_name = own().any(|said| said.has_within(id));
        let Some(named) = self.named.get(name) else {
            return by_name;
        };
        let mut references = own().flat_map(|said| &said.references);
        by_name
            || references.any(|id| named.records.contains(id))
            // the code of a Medication stands in the prescription itself
            || path.ends_with("medicationReference/reference")
                && own().any(|said| named.codes.iter().any(|code| said.has(code)))
    }
}

/// A resource of FHIR, as others refer to it.
#[derive(Default)]
struct Resource {
    kind: String,
    id: String,
    others: Vec<String>,
    codes: HashSet<String>,
    records: HashSet<RecordId>,
}

impl Resource {
    fn leaf(&mut self, path: &str, text: &str, records: &[RecordId]) {
        self.records.extend(records);
        match path {
            "resourceType" => self.kind = text.to_owned(),
            "id" => self.id = text.to_owned(),
            "contained/id" => self.others.push(format!("#{text}")),
            "entry/fullUrl" | "identifier/value" => self.others.push(text.to_owned()),
            "code/coding/code" | "contained/code/coding/code" => {
                self.codes.insert(text.to_owned());
            }
            _ => {}
        }
    }

    fn names(&self) -> impl Iterator<Item = String> {
        let own = (!self.kind.is_empty()).then(|| format!("{}/{}", self.kind, self.id));
        own.into_iter().chain(self.others.iter().cloned())
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

/// Why a value stands in its records in other words.
fn explanation(table: &[Explained], path: &str, text: &str, own: &[&Said]) -> Option<&'static str> {
    let says = |one: &Explained| match one.says {
        Says::As(words) => words
            .iter()
            .any(|(from, to)| *from == text.trim() && own.iter().any(|said| said.has_word(to))),
        Says::Day => own.iter().any(|said| said.has_day(text)),
        Says::Digits => own.iter().any(|said| said.has_digits(text)),
        Says::Unread(words) => words.contains(&text) && own.is_empty(),
        Says::Kind(words) => words.contains(&text.trim()) && !own.is_empty(),
    };
    let found = table
        .iter()
        .find(|one| one.paths.iter().any(|end| path.ends_with(end)) && says(one));
    found.map(|one| one.reason)
}
