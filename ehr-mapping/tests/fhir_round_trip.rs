//! The writer of FHIR and the reader of it check each other: a chart that is written and read again
//! is the same chart, with every field of every kind.
//!
//! Charts are made up from the catalogue, so that a new field is tested as soon as it is there.

use crate::support;

use ehr_mapping::document::MappingDocument;
use ehr_mapping::plan::Plan;
use ehr_mapping::source::MemoryFolder;
use ehr_model::datatype::Reference;
use ehr_model::element::{
    Element, ElementSpec, FieldSpec, Leaf, LeafType, Missing, Slot, ValueType,
};
use ehr_model::fhir::BatchTag;
use ehr_model::fhir::bundle::{BundleType, write_bundle};
use ehr_model::kind::{Appointment, Authorship};
use ehr_model::record::{Kind, Namespace, Record, RecordId, ResourceType as _};
use ehr_model::value::{CodeSet as _, DataAbsentReason, Decimal, PartialDate};
use proptest::prelude::*;

/// How deep elements stand in one another; references of identifiers of references go on for ever.
const DEEPEST: usize = 6;

/// The export of a system that this library wrote into.
const OWN: &str = r#"
[document]
name = "own-export"
version = "1"
format = "fhir"
system = "https://target.example"
extends = ["fhir-r4"]
keep-uuids = true
"#;

fn own() -> Plan {
    MappingDocument::parse("own.toml", OWN)
        .and_then(|document| document.compile())
        .unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        max_shrink_iters: 0, // a seed does not shrink
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn ndjson_comes_back_the_same(seed: u64) {
        let plan = own();
        let mut random = Random(seed);
        for kind in Kind::ALL {
            let written = chart(*kind, &mut random, false);
            let lines: String = written.iter().map(|record| support::line(record) + "\n").collect();
            compare(&plan, &written, lines);
        }
    }

    #[test]
    fn bundles_come_back_the_same(seed: u64) {
        let plan = own();
        let mut random = Random(seed);
        for kind in Kind::ALL {
            // a URN means something only where its resource is
            let written = chart(*kind, &mut random, true);
            for bundle in [BundleType::Collection, BundleType::Transaction] {
                let mut bytes = Vec::new();
                write_bundle(&written, bundle, &BatchTag::new("urn:test:batch", "1"), &mut bytes);
                compare(&plan, &written, String::from_utf8(bytes).expect("FHIR is UTF-8"));
            }
        }
    }
}

fn compare(plan: &Plan, written: &[Record], text: String) {
    let folder = MemoryFolder::default().with("export.json", text);
    let run = support::run(plan, &folder);
    assert_eq!(run.rejects.len(), 0, "{:?}", run.issues);
    for record in written {
        let read = run.records().find(|read| read.id == record.id);
        let read = read.unwrap_or_else(|| panic!("no {} came back", record.kind().name()));
        if read.resource != record.resource {
            let (written, read) = (support::line(record), support::line(read));
            let same = written
                .bytes()
                .zip(read.bytes())
                .take_while(|(a, b)| a == b)
                .count();
            let near = |text: &str| -> String {
                let around = same.saturating_sub(150)..(same + 150).min(text.len());
                String::from_utf8_lossy(&text.as_bytes()[around]).into_owned()
            };
            let kind = record.kind().name();
            panic!(
                "{kind} differs at {same}:\n{}\n{}",
                near(&written),
                near(&read)
            );
        }
    }
    assert_eq!(run.records().count(), written.len());
    let mut open = run.unaccounted();
    open.retain(|(source, _, _)| source != "bundle");
    assert!(open.is_empty(), "{open:?}");
    // what is archived is only how the copy was packed: id, meta, the entry around it
    for (source, books) in run
        .tally
        .sources
        .iter()
        .filter(|(name, _)| ***name != *"bundle")
    {
        for (path, leaves) in &books.paths {
            let packing = ["id", "meta/", "entry/"]
                .iter()
                .any(|start| path.starts_with(start));
            assert!(
                packing || leaves.mapped == leaves.nonempty,
                "{source} {path}"
            );
        }
    }
}

/// A patient, and a record of the kind that is theirs.
fn chart(kind: Kind, random: &mut Random, only_patient: bool) -> Vec<Record> {
    let namespace = Namespace::of_system("https://target.example");
    let patient = namespace.id(Kind::Patient, &random.next().to_string());
    let mut maker = Maker {
        random,
        patient,
        only_patient,
    };
    let mut records = vec![maker.record(Kind::Patient, patient)];
    if kind != Kind::Patient {
        let id = namespace.id(kind, &maker.random.next().to_string());
        records.push(maker.record(kind, id));
    }
    records
}

struct Maker<'r> {
    random: &'r mut Random,
    patient: RecordId,
    only_patient: bool,
}

impl Maker<'_> {
    fn record(&mut self, kind: Kind, id: RecordId) -> Record {
        let mut resource = kind.empty_resource();
        self.fill(resource.element_mut(), 0, kind.patient_field());
        if let Some(authorship) = Authorship::of_mut(&mut resource) {
            authorship
                .target
                .push(Reference::to(Kind::Patient, self.patient));
        }
        if let Some(appointment) = Appointment::of_mut(&mut resource) {
            appointment.participant.truncate(1);
            let actor = appointment.participant[0].actor.set(Reference::default());
            *actor = Reference::to(Kind::Patient, self.patient);
        }
        resource.element_mut().prune();
        Record {
            id,
            provenance: Vec::new(),
            resource,
        }
    }

    /// Fills fields by chance, those that FHIR demands always.
    fn fill(&mut self, element: &mut dyn Element, depth: usize, patient_field: Option<&str>) {
        let spec = element.spec();
        if spec.choice {
            let number = self.random.below(spec.fields.len());
            return self.slot(&spec.fields[number], element.slot_mut(number), depth, true);
        }
        let one = self.random.below(spec.fields.len());
        for (number, field) in spec.fields.iter().enumerate() {
            if patient_field == Some(field.name) {
                let place = element.slot_mut(number).child_mut(0).expect("a reference");
                let reference = place.as_any_mut().downcast_mut::<Reference>();
                *reference.expect("a reference") = Reference::to(Kind::Patient, self.patient);
                continue;
            }
            let demanded =
                field.missing != Missing::Omit || field.required || field.name == "sequence";
            let wanted = demanded || number == one || self.random.below(3) > 0;
            if wanted && (demanded || depth < DEEPEST || is_leaf(field)) {
                self.slot(field, element.slot_mut(number), depth, demanded);
            }
        }
    }

    fn slot(
        &mut self,
        field: &'static FieldSpec,
        slot: &mut dyn Slot,
        depth: usize,
        demanded: bool,
    ) {
        let may_be_absent =
            !field.many && !demanded && !matches!(field.value, ValueType::Leaf(LeafType::Target));
        if may_be_absent && self.random.below(12) == 0 {
            slot.set_absent(self.reason());
            return;
        }
        let count = if field.many {
            1 + self.random.below(2)
        } else {
            1
        };
        for index in 0..count {
            match field.value {
                ValueType::Leaf(leaf) => {
                    let leaf = self.leaf(leaf);
                    slot.set_leaf(index, leaf)
                        .unwrap_or_else(|error| panic!("{}: {error}", field.name));
                }
                ValueType::Element(spec) => {
                    let inner = slot.child_mut(index).expect("an element");
                    self.fill(inner, depth + 1, None);
                    if inner.is_empty() {
                        self.something(inner, spec());
                    }
                }
            }
        }
    }

    /// An element says at least something.
    fn something(&mut self, element: &mut dyn Element, spec: &'static ElementSpec) {
        let leaf = spec
            .fields
            .iter()
            .position(|field| is_leaf(field) && !is_target(field));
        if let Some(number) = leaf {
            self.slot(
                &spec.fields[number],
                element.slot_mut(number),
                DEEPEST,
                true,
            );
        }
    }

    fn reason(&mut self) -> DataAbsentReason {
        let codes = DataAbsentReason::CODES;
        DataAbsentReason::from_code(codes[self.random.below(codes.len())]).expect("one of them")
    }

    fn leaf(&mut self, leaf: LeafType) -> Leaf<'static> {
        let mut pick = |words: &[&'static str]| words[self.random.below(words.len())];
        match leaf {
            LeafType::Code { codes, .. } => Leaf::Text(pick(codes).into()),
            LeafType::Boolean => Leaf::Boolean(pick(&["y", "n"]) == "y"),
            LeafType::Integer => Leaf::Integer(self.random.below(100_000) as i64 - 1000),
            LeafType::Decimal => {
                let digits = pick(&["1.50", "0.003", "-7", "100", "1e2", "2.00", "0.1250"]);
                Leaf::Decimal(Decimal::parse(digits).expect("a decimal"))
            }
            LeafType::Date => date(pick(&["1999", "2020-02", "2021-11-30"])),
            LeafType::DateTime => date(pick(&[
                "1999",
                "2020-02",
                "2021-11-30",
                "2021-11-30T08:15Z",
                "2021-11-30T08:15",
                "2021-11-30T08:15:59",
                "2021-11-30T08:15:59-05:00",
                "2021-11-30T08:15:59.120+01:00",
            ])),
            LeafType::Time => Leaf::Text(pick(&["08:15:00", "23:59:59"]).into()),
            LeafType::Bytes => {
                let length = self.random.below(40);
                Leaf::Bytes(
                    (0..length)
                        .map(|_| self.random.next() as u8)
                        .collect::<Vec<u8>>()
                        .into(),
                )
            }
            LeafType::Target => self.target(),
            _ => Leaf::Text(
                pick(&[
                    "x",
                    "Ada \"Q\" Okafor",
                    "line\nbreak\ttab",
                    " spaces ",
                    "Żółw 東京 \u{1F600}",
                    "a/b|c#d?e=f",
                    "NULL",
                    "\\",
                    "0",
                ])
                .into(),
            ),
        }
    }

    fn target(&mut self) -> Leaf<'static> {
        let kind = Kind::ALL[self.random.below(Kind::ALL.len())];
        if self.only_patient || kind == Kind::Patient {
            return Leaf::Target(Kind::Patient, self.patient);
        }
        let namespace = Namespace::of_system("https://target.example");
        Leaf::Target(kind, namespace.id(kind, &self.random.next().to_string()))
    }
}

fn is_leaf(field: &FieldSpec) -> bool {
    matches!(field.value, ValueType::Leaf(_))
}

fn is_target(field: &FieldSpec) -> bool {
    matches!(field.value, ValueType::Leaf(LeafType::Target))
}

fn date(text: &str) -> Leaf<'static> {
    Leaf::Date(PartialDate::parse(text).expect("a date"))
}

/// Numbers by chance from a seed (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }
}
