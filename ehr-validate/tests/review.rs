//! Review packets: pages, answers, known faults.

use std::collections::{BTreeMap, BTreeSet};

use ehr_model::chart::Chart;
use ehr_model::datatype::{HumanName, Reference};
use ehr_model::kind::{Medication, Patient, Practitioner, Problem};
use ehr_model::provenance::{FieldProvenance, Provenance, SourceAddress};
use ehr_model::record::{Kind, Namespace, Record, ResourceType as _};
use ehr_model::source::{Arena, Names, TreeBuilder};
use ehr_model::value::Date;
use ehr_validate::Context;
use ehr_validate::faults::{AS_OF, textbook};
use ehr_validate::review::{
    AnswerError, Answers, EntryState, FolderError, PacketBuilder, ReviewPacket, Written,
};
use ehr_validate::sampling::{Draw, SamplingFrame, SamplingPlan};

/// What a hostile chart says.
const HOSTILE: &str = "</td><script>alert('x')</script><img src=x onerror=alert(1)>\u{202e}\"'";

/// A copy of the textbook for another patient.
fn chart(number: u32) -> Chart {
    let namespace = Namespace::of_system(&format!("urn:practice:{number}"));
    let mut records: Vec<Record> = textbook().records;
    let ids: BTreeMap<_, _> = records
        .iter()
        .map(|record| {
            (
                record.id,
                namespace.id(record.kind(), &record.id.to_string()),
            )
        })
        .collect();
    for record in &mut records {
        record.id = ids[&record.id];
        record.redirect_references(|_, id| ids.get(&id).copied());
    }
    Chart::new(records, Vec::new())
}

fn charts() -> Vec<Chart> {
    (0..40).map(chart).collect()
}

fn plan() -> SamplingPlan {
    let mut plan = SamplingPlan::new(11);
    plan.seeded_faults = 20;
    plan
}

fn draw(plan: &SamplingPlan, charts: &[Chart]) -> Draw {
    let context = Context::new(Date::parse(AS_OF).unwrap());
    let mut frame = SamplingFrame::default();
    charts.iter().for_each(|chart| frame.add(chart, &context));
    plan.draw(&frame)
}

fn packet(plan: &SamplingPlan, draw: &Draw, pairs: &[(&Chart, &Chart)]) -> ReviewPacket {
    let mut packet = PacketBuilder::new(plan, draw);
    for (source, target) in pairs {
        packet.add(source, target, &Written::default());
    }
    packet.finish().unwrap()
}

/// The answer to an item, that flags the fields for which `flags` says so.
fn answer(
    packet: &ReviewPacket,
    item: usize,
    flags: impl Fn(&str, bool) -> bool,
) -> serde_json::Value {
    let mut decisions = serde_json::Map::new();
    for (e, entry) in packet.items()[item - 1].entries.iter().enumerate() {
        for (f, field) in entry.fields.iter().enumerate() {
            let decision = match flags(&field.path, field.differs) {
                true => "flag",
                false => "accept",
            };
            decisions.insert(format!("e{e}f{f}"), decision.into());
        }
    }
    serde_json::json!({
        "schema": "ehr-review-answer/1", "packet": packet.digest(), "item": item,
        "reviewer": "Invented Reviewer", "role": "physician", "signed": "2031-05-02",
        "decisions": decisions, "notes": {},
    })
}

#[test]
fn a_careful_review_of_a_good_migration_passes_and_catches_the_known_faults() {
    let (charts, plan) = (charts(), plan());
    let draw = draw(&plan, &charts);
    let pairs: Vec<_> = charts.iter().map(|chart| (chart, chart)).collect();
    let packet = packet(&plan, &draw, &pairs);
    assert_eq!(packet.seeded_faults(), 20);
    assert_eq!(packet.items().len(), draw.packet.len());
    let mut answers = Answers::new(&packet);
    for item in packet.items() {
        let answer = answer(&packet, item.number, |_, differs| differs);
        answers.read(answer.to_string().as_bytes()).unwrap();
    }
    assert_eq!(answers.open().count(), 0);
    let review = answers.review();
    assert_eq!((review.seeded, review.caught), (20, 20));
    assert!(review.wrong.values().all(|wrong| !wrong));
    // a fault may show in a second field too, but never on another page
    let findings = answers.findings();
    let known: BTreeSet<usize> = findings
        .iter()
        .filter(|finding| finding.known_fault)
        .map(|finding| finding.item)
        .collect();
    assert!(findings.iter().all(|finding| known.contains(&finding.item)));
    let results = answers.results(&plan.digest());
    assert_eq!(results.catch_rate.unwrap().caught, 20);

    // who accepts everything catches nothing, and proves nothing
    let mut blind = Answers::new(&packet);
    for item in packet.items() {
        let answer = answer(&packet, item.number, |_, _| false);
        blind.read(answer.to_string().as_bytes()).unwrap();
    }
    let results = blind.results(&plan.digest());
    assert_eq!(results.claims[0].wrong_at_most, 40);
    assert!(!results.passed());
}

#[test]
fn a_flag_makes_a_chart_wrong_and_what_is_open_counts() {
    let (charts, mut plan) = (charts(), plan());
    plan.seeded_faults = 0;
    let draw = draw(&plan, &charts);
    let mut targets = charts.clone();
    let broken = draw.packet.iter().find_map(|unit| {
        let at = charts
            .iter()
            .position(|chart| chart.patient().unwrap().id == *unit)?;
        let medication = targets[at]
            .records
            .iter_mut()
            .find(|record| record.kind() == Kind::Medication)?;
        let medication = Medication::of_mut(&mut medication.resource)?;
        medication.status = ehr_model::value::Field::Empty;
        Some(*unit)
    });
    let pairs: Vec<_> = charts.iter().zip(&targets).collect();
    let packet = packet(&plan, &draw, &pairs);
    let wrong = packet
        .items()
        .iter()
        .find(|item| Some(item.unit) == broken)
        .unwrap();
    assert_eq!(wrong.differences(), 1);
    assert!(
        wrong
            .entries
            .iter()
            .any(|entry| entry.state == EntryState::Differs)
    );
    let mut answers = Answers::new(&packet);
    for item in packet.items().iter().skip(1) {
        let answer = answer(&packet, item.number, |_, differs| differs);
        answers.read(answer.to_string().as_bytes()).unwrap();
    }
    assert_eq!(answers.open().collect::<Vec<_>>(), [1]);
    if wrong.number > 1 {
        let finding = &answers.findings()[0];
        assert_eq!(
            (finding.item, finding.field.as_str()),
            (wrong.number, "status")
        );
        assert_eq!(answers.review().wrong.get(&wrong.unit), Some(&true));
    }
    assert!(!answers.results(&plan.digest()).passed());
}

#[test]
fn the_same_seed_gives_the_same_packet() {
    let (charts, plan) = (charts(), plan());
    let draw = draw(&plan, &charts);
    let pairs: Vec<_> = charts.iter().map(|chart| (chart, chart)).collect();
    let turned: Vec<_> = pairs.iter().rev().copied().collect();
    let (one, other) = (packet(&plan, &draw, &pairs), packet(&plan, &draw, &turned));
    let pages =
        |packet: &ReviewPacket| -> Vec<_> { packet.expose_pages().map(Result::unwrap).collect() };
    assert_eq!(one.digest(), other.digest());
    assert_eq!(pages(&one), pages(&other));
}

#[test]
fn hostile_text_stays_text() {
    let mut source = chart(1);
    for record in &mut source.records {
        if let Some(patient) = Patient::of_mut(&mut record.resource) {
            patient.name[0].family.set(HOSTILE.into());
        }
        if let Some(problem) = Problem::of_mut(&mut record.resource) {
            problem
                .code
                .set(Default::default())
                .text
                .set(HOSTILE.into());
        }
    }
    let charts = [source.clone()];
    let mut plan = plan();
    plan.seeded_faults = 0;
    let draw = draw(&plan, &charts);
    let packet = packet(&plan, &draw, &[(&source, &source)]);
    assert!(!format!("{packet:?}").contains("alert"));
    let mut shown = 0;
    for page in packet.expose_pages() {
        let (name, html) = page.unwrap();
        assert!(!name.contains("alert"));
        let script = html.find("<script>").map_or(html.len(), |at| at);
        let (body, rest) = html.split_at(script);
        assert!(
            !body.contains("<script") && !body.contains("<img"),
            "{name}"
        );
        assert!(
            !rest.contains("alert(") && !html.contains('\u{202e}'),
            "{name}"
        );
        shown += body.matches("&#60;script&#62;alert(&#39;x&#39;)").count();
    }
    assert!(shown > 0, "the text is there, as text");
}

#[test]
fn answers_that_do_not_fit_are_refused_and_change_nothing() {
    let charts = [chart(1)];
    let mut plan = plan();
    plan.seeded_faults = 0;
    let draw = draw(&plan, &charts);
    let packet = packet(&plan, &draw, &[(&charts[0], &charts[0])]);
    let good = answer(&packet, 1, |_, _| true);
    let mut answers = Answers::new(&packet);
    let mut refused = |change: fn(&mut serde_json::Value)| {
        let mut value = good.clone();
        change(&mut value);
        answers.read(value.to_string().as_bytes()).unwrap_err()
    };
    assert_eq!(
        refused(|answer| answer["packet"] = "sha256:0".into()).to_string(),
        "the answer to item 1 is to another packet, or the charts have changed since"
    );
    assert_eq!(
        refused(|answer| answer["schema"] = "x/2".into()),
        AnswerError::UnknownVersion
    );
    assert_eq!(
        refused(|answer| answer["item"] = 99.into()).to_string(),
        "the packet has no item 99"
    );
    assert_eq!(
        refused(|answer| answer["role"] = " ".into()).to_string(),
        "the answer to item 1 is not signed: it lacks the role of the reviewer"
    );
    assert_eq!(
        refused(|answer| answer["decisions"]["e999f0"] = "flag".into()).to_string(),
        "item 1 has fewer fields than the answer decides"
    );
    assert!(matches!(
        refused(|answer| answer["decisions"]["e0f0"] = "maybe".into()),
        AnswerError::Damaged { .. }
    ));
    assert!(
        answers
            .read(b"{\"schema\":")
            .unwrap_err()
            .to_string()
            .starts_with("the answer is damaged at line 1")
    );
    assert!(answers.is_empty() && answers.findings().is_empty());
}

#[test]
fn what_stood_in_the_old_system_is_shown_verbatim() {
    let mut names = Names::default();
    let column = names.intern("BIRTH");
    let text = "07/14/93";
    let mut builder = TreeBuilder::new("patients.csv".into(), names.into(), text, Arena::default());
    builder.leaf(column, 0, text.len());
    let row = builder.address(12, 13, 0).finish();
    let mut source = chart(1);
    let patient = &mut source.records[0];
    let address = SourceAddress::new("patients.csv").record(12);
    let mut provenance = Provenance::new(address, 3);
    provenance.fields.push(FieldProvenance::new(
        "birthDate".into(),
        Some("BIRTH".into()),
        4,
    ));
    patient.provenance = vec![provenance];
    let mut plan = plan();
    plan.seeded_faults = 0;
    let charts = [source.clone()];
    let draw = draw(&plan, &charts);
    let mut builder = PacketBuilder::new(&plan, &draw);
    builder.add(&source, &source, &Written::of([&row]));
    let packet = builder.finish().unwrap();
    let fields = packet
        .items()
        .iter()
        .flat_map(|item| &item.entries)
        .flat_map(|entry| &entry.fields);
    let written: Vec<_> = fields
        .filter_map(|field| Some((field.path.as_str(), field.written.as_ref()?.expose())))
        .collect();
    assert_eq!(written, [("birthDate", "07/14/93")]);
}

#[test]
fn a_blind_packet_tells_neither_the_side_nor_what_differs() {
    let charts = charts();
    let mut open = plan();
    let mut blind = open.clone();
    blind.blind = true;
    assert_ne!(open.digest(), blind.digest());
    let draw_open = draw(&open, &charts);
    let draw_blind = draw(&blind, &charts);
    let pairs: Vec<_> = charts.iter().map(|chart| (chart, chart)).collect();
    let marked = packet(&open, &draw_open, &pairs);
    let packet = packet(&blind, &draw_blind, &pairs);
    // the known faults are the same ones, and answers to one packet are none to the other
    assert_eq!(packet.seeded_faults(), marked.seeded_faults());
    assert_ne!(packet.digest(), marked.digest());

    let tells = |html: &str| {
        let body = html.split("</style>").nth(1).unwrap().to_owned();
        let words = [
            "class=\"mark\"",
            "differs",
            "missing in",
            "not in the old",
            "New system",
            "Source",
        ];
        words.into_iter().any(|word| body.contains(word))
    };
    for page in packet.expose_pages().skip(1) {
        let (name, html) = page.unwrap();
        assert!(!tells(&html), "{name}");
        // a note can be written on every field, not only where something is marked
        let notes = html.matches("<input class=\"note\"").count();
        assert_eq!(notes, html.matches("<fieldset").count());
    }
    let open_pages = marked.expose_pages().skip(1);
    assert!(open_pages.into_iter().any(|page| tells(&page.unwrap().1)));
    let index = packet.expose_pages().next().unwrap().unwrap().1;
    assert!(!index.contains(&format!("seed {}", blind.seed)));

    // the sides and the order change from entry to entry
    let entries = || packet.items().iter().flat_map(|item| &item.entries);
    let (all, turned) = (
        entries().count(),
        entries().filter(|entry| entry.turned).count(),
    );
    assert!(
        (all * 2 / 5..all * 3 / 5).contains(&turned),
        "{turned} of {all}"
    );
    let order = |packet: &ReviewPacket| -> Vec<_> {
        let items = packet.items().iter().flat_map(|item| &item.entries);
        items.map(|entry| entry.source.or(entry.target)).collect()
    };
    let (mut one, mut other) = (order(&marked), order(&packet));
    assert_ne!(one, other);
    one.sort();
    other.sort();
    assert_eq!(one, other, "nothing is lost on the way");

    // who looks well catches every fault, by the places that the page gave
    let mut answers = Answers::new(&packet);
    for item in packet.items() {
        let answer = answer(&packet, item.number, |_, differs| differs);
        answers.read(answer.to_string().as_bytes()).unwrap();
    }
    let review = answers.review();
    assert_eq!((review.seeded, review.caught), (20, 20));
    assert!(answers.results(&blind.digest()).plan.blind);
    assert!(
        !answers.results(&open.digest()).passed(),
        "another plan was registered"
    );
    open.blind = false; // an open plan is written as it always was
    assert!(!serde_json::to_string(&open).unwrap().contains("blind"));
}

#[test]
fn the_columns_of_a_blind_page_are_the_sides_as_turned() {
    let (charts, mut plan) = ([chart(1)], plan());
    (plan.seeded_faults, plan.blind) = (0, true);
    let draw = draw(&plan, &charts);
    let mut target = charts[0].clone();
    for record in &mut target.records {
        if let Some(medication) = Medication::of_mut(&mut record.resource) {
            medication.status = ehr_model::value::Field::Empty;
        }
        if let Some(patient) = Patient::of_mut(&mut record.resource) {
            patient.name[0].family.set("Otherwise".into());
        }
    }
    let packet = packet(&plan, &draw, &[(&charts[0], &target)]);
    let mut seen = 0;
    for (item, page) in packet.items().iter().zip(packet.expose_pages().skip(1)) {
        let html = page.unwrap().1;
        for (e, entry) in item.entries.iter().enumerate() {
            for (f, field) in entry
                .fields
                .iter()
                .enumerate()
                .filter(|(_, field)| field.differs)
            {
                let row = html
                    .split("<tr")
                    .find(|row| row.contains(&format!("name=\"e{e}f{f}\"")));
                let cells: Vec<&str> = row
                    .unwrap()
                    .split("<td class=\"compared\">")
                    .skip(1)
                    .collect();
                let (first, second) = match entry.turned {
                    true => (&field.target, &field.source),
                    false => (&field.source, &field.target),
                };
                for (cell, value) in cells.iter().zip([first, second]) {
                    let shown = value.as_ref().map_or("nothing", |value| value.expose());
                    assert!(cell.contains(&format!(">{shown}<")), "{cell}: {shown}");
                }
                seen += 1;
            }
        }
    }
    assert!(seen >= 2, "{seen}");
}

#[test]
fn a_reference_to_what_all_share_is_shown_in_words_and_followed_under_new_ids() {
    let id = |number: u32| {
        let namespace = Namespace::of_system(&format!("urn:shared:{number}"));
        namespace.id(Kind::Practitioner, "p")
    };
    let practitioner = |number: u32| {
        let mut resource = Kind::Practitioner.empty_resource();
        if let Some(practitioner) = Practitioner::of_mut(&mut resource) {
            let mut name = HumanName::default();
            name.family.set("Invented".into());
            practitioner.name.push(name);
        }
        Record {
            id: id(number),
            provenance: Vec::new(),
            resource,
        }
    };
    let with = |number: u32| {
        let mut chart = chart(1);
        for record in &mut chart.records {
            if let Some(problem) = Problem::of_mut(&mut record.resource) {
                let recorder = Reference::to(Kind::Practitioner, id(number));
                problem.recorder = ehr_model::value::Field::Value(recorder);
            }
        }
        chart
    };
    let (source, target) = (with(1), with(2));
    let mut plan = plan();
    plan.seeded_faults = 0;
    let draw = draw(&plan, std::slice::from_ref(&source));
    let differences = |shared: bool| {
        let mut builder = PacketBuilder::new(&plan, &draw);
        if shared {
            let (one, other) = (practitioner(1), practitioner(2));
            builder.shared(
                &Chart::new(vec![one], Vec::new()),
                &Chart::new(vec![other], Vec::new()),
            );
        }
        builder.add(&source, &target, &Written::default());
        let packet = builder.finish().unwrap();
        let fields: Vec<_> = packet
            .items()
            .iter()
            .flat_map(|item| &item.entries)
            .flat_map(|entry| &entry.fields)
            .filter(|field| {
                field
                    .source
                    .as_ref()
                    .is_some_and(|text| text.expose().starts_with("Practitioner"))
            })
            .map(|field| {
                (
                    field.differs,
                    field.source.as_ref().unwrap().expose().contains(": "),
                )
            })
            .collect();
        assert!(!fields.is_empty());
        fields
    };
    assert!(
        differences(true)
            .iter()
            .all(|field| *field == (false, true))
    );
    assert!(
        differences(false)
            .iter()
            .all(|field| *field == (true, false))
    );
}

#[test]
fn a_packet_is_written_whole_or_not_at_all_and_answers_come_from_a_folder() {
    let (charts, mut plan) = ([chart(1)], plan());
    plan.seeded_faults = 0;
    let draw = draw(&plan, &charts);
    let packet = packet(&plan, &draw, &[(&charts[0], &charts[0])]);
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("packet");
    packet.write_with_phi(&folder).unwrap();
    let pages = std::fs::read_dir(&folder).unwrap().count();
    assert_eq!(pages, packet.items().len() + 1);
    let refused = packet.write_with_phi(&folder).unwrap_err().to_string();
    assert!(refused.ends_with("packet: is there already"), "{refused}");
    let nowhere = home.path().join("no/such/folder");
    assert!(matches!(
        packet.write_with_phi(&nowhere),
        Err(FolderError::Io { .. })
    ));
    assert_eq!(
        std::fs::read_dir(home.path()).unwrap().count(),
        1,
        "nothing half-written"
    );

    let answers = home.path().join("answers");
    std::fs::create_dir(&answers).unwrap();
    for item in packet.items() {
        let answer = answer(&packet, item.number, |_, _| false).to_string();
        std::fs::write(answers.join(format!("{}.json", item.number)), answer).unwrap();
    }
    std::fs::write(answers.join("notes.txt"), "not an answer").unwrap();
    let mut read = Answers::new(&packet);
    read.read_folder(&answers).unwrap();
    assert_eq!((read.len(), read.open().count()), (packet.items().len(), 0));
    std::fs::write(answers.join("x.json"), "{").unwrap();
    let refused = Answers::new(&packet)
        .read_folder(&answers)
        .unwrap_err()
        .to_string();
    assert!(
        refused.contains("x.json: the answer is damaged at line 1"),
        "{refused}"
    );
}

#[test]
fn a_chart_that_was_not_given_is_missed() {
    let charts = [chart(1), chart(2)];
    let mut plan = plan();
    plan.seeded_faults = 0;
    let draw = draw(&plan, &charts);
    let mut builder = PacketBuilder::new(&plan, &draw);
    builder.add(&charts[0], &charts[0], &Written::default());
    assert!(builder.finish().unwrap_err().missing >= 1);
}
