//! What the list of words finds against what going through all names finds.

use uuid::Uuid;

use super::*;
use crate::{
    Access, ArchiveId, ArchiveOptions, ArchiveWriter, Cohort, PatientEntry, Purpose, RetentionFacts,
};
use ehr_crypto::DataKey;

/// Syllables of which names are made: many that differ by a letter, and many that sound alike.
const FIRST: [&str; 12] = [
    "mar", "kat", "cath", "jo", "phi", "fi", "sch", "sm", "ngu", "her", "fer", "ł",
];
const SECOND: [&str; 10] = [
    "ia", "ya", "rin", "ryn", "lip", "midt", "ith", "yen", "nan", "án",
];
const THIRD: [&str; 8] = ["", "a", "e", "dez", "des", "sen", "son", "s"];

/// Two thousand people whose names are made by chance, always the same.
fn archive(path: &std::path::Path) -> ArchiveReader {
    let access = Access {
        agent: "tests",
        recorded: "2026-02-01T10:00:00Z",
        purpose: Purpose::Operations,
    };
    let options = ArchiveOptions {
        archive_id: ArchiveId::new("a").unwrap(),
        created: "2026-01-31T09:30:00Z".into(),
        software: "tests".into(),
    };
    let key = DataKey::from_bytes([0x4b; 32]);
    let mut writer = ArchiveWriter::create(path, options, &key).unwrap();
    let mut random = random();
    for number in 1..=2000 {
        let name = format!("{}, {}", word(&mut random), word(&mut random));
        let entry = PatientEntry {
            patient_id: Uuid::from_u128(number),
            mrns: &[],
            names: &[&name],
            birth_date: None,
            cohort: Cohort::KEEP,
            facts: RetentionFacts::default(),
            objects: &[],
        };
        writer.append(&entry, b"").unwrap();
    }
    writer.finish(b"").unwrap();
    ArchiveReader::open(path, &key, &access).unwrap()
}

fn random() -> impl FnMut() -> usize {
    let mut state = 41_u64;
    move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 16) as usize
    }
}

fn word(random: &mut impl FnMut() -> usize) -> String {
    let mut pick = |list: &[&str]| list[random() % list.len()].to_owned();
    pick(&FIRST) + &pick(&SECOND) + &pick(&THIRD)
}

/// Recall and precision are whole: both find the same entries, and say the same of each.
#[test]
fn the_list_of_words_finds_what_a_pass_over_all_names_finds() {
    let folder = tempfile::tempdir().unwrap();
    let reader = archive(folder.path());
    assert!(reader.state.has_word_files());
    let mut random = random();
    let (mut found, mut by_kind) = (0, [0; 3]);
    for number in 0..300 {
        let mut name = word(&mut random);
        if number % 2 == 1 {
            // A slip: one letter is left out, doubled, or swapped with the next.
            let mut letters: Vec<char> = name.chars().collect();
            let place = random() % (letters.len() - 1);
            match number % 6 {
                1 => drop(letters.remove(place)),
                3 => letters.insert(place, letters[place]),
                _ => letters.swap(place, place + 1),
            }
            name = letters.into_iter().collect();
        }
        if number % 3 == 0 {
            name = format!("{name} {}", word(&mut random));
        }
        let folded = fold::fold_name(&name);
        let wanted: Vec<&str> = folded.split(' ').collect();
        let expected = scan(&reader, &wanted).unwrap();
        assert_eq!(look_up(&reader, &wanted).unwrap(), expected, "{name}");
        for fits in expected.iter().flat_map(BTreeMap::values) {
            found += 1;
            by_kind[match fits {
                Match::Exact => 0,
                Match::Typo(_) => 1,
                Match::Sound => 2,
            }] += 1;
        }
    }
    // The comparison is one of something with something, of each kind.
    assert!(found > 10_000, "{found}");
    assert!(by_kind.iter().all(|count| *count > 500), "{by_kind:?}");
}
