//! Finding somebody by a name with a slip in it, among many people.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use ehr_archive::{
    Access, ArchiveReader, ArchiveWriter, Cohort, ErrorKind, PatientEntry, Purpose, Search,
};

use crate::charts::{self, key};

const SEARCHES: usize = 100;
const ACCESS: Access<'static> = Access {
    agent: "bench",
    recorded: "2026-02-01T10:00:00Z",
    purpose: Purpose::Treatment,
};

/// Syllables of invented names.
const ONSETS: [&str; 36] = [
    "ma", "ka", "jo", "li", "ser", "her", "nan", "gar", "lo", "pe", "rod", "mar", "wil", "john",
    "bro", "smi", "tay", "and", "tho", "jack", "whi", "har", "cla", "lew", "rob", "wal", "you",
    "al", "kin", "wri", "sco", "tor", "ngu", "hil", "flo", "gre",
];
const MIDDLES: [&str; 32] = [
    "ri", "tha", "na", "la", "ne", "ti", "ro", "de", "li", "ge", "mi", "ran", "vi", "do", "sa",
    "be", "ke", "no", "mo", "lu", "ce", "ra", "di", "fe", "go", "ha", "je", "po", "re", "su", "ve",
    "zi",
];
const ENDS: [&str; 30] = [
    "a", "ez", "son", "s", "er", "an", "ton", "man", "ia", "o", "berg", "ski", "ley", "ford",
    "well", "by", "in", "dez", "nik", "sen", "ova", "eau", "th", "ck", "mont", "gate", "wood",
    "field", "worth", "ham",
];

pub(crate) fn run(folder: &Path, people: u32) -> Result<(), Box<dyn Error>> {
    let path = folder.join("archive");
    let mut writer = ArchiveWriter::create(&path, charts::options()?, &key())?;
    let mut words = std::collections::HashSet::new();
    for number in 0..people {
        let (family, given) = name(number);
        writer.append(
            &PatientEntry {
                patient_id: uuid::Uuid::from_u128(u128::from(number) + 1),
                mrns: &[],
                names: &[&format!("{family}, {given}")],
                birth_date: Some(&birth_date(number)),
                cohort: Cohort::KEEP,
                facts: Default::default(),
                objects: &[],
            },
            b"",
        )?;
        words.extend([family, given]);
    }
    writer.finish(b"")?;
    let mut reader = ArchiveReader::open(&path, &key(), &ACCESS)?;
    println!(
        "one of {people} people, whose names are of {} words, with a slip in the name, {SEARCHES} times",
        words.len()
    );
    measure("family and given name", &mut reader, people, |number| {
        let (family, given) = name(number);
        (format!("{} {given}", slip(&family, number)), None)
    })?;
    measure(
        "the same with year of birth",
        &mut reader,
        people,
        |number| {
            let (family, given) = name(number);
            let year = birth_date(number)[..4].to_owned();
            (format!("{} {given}", slip(&family, number)), Some(year))
        },
    )?;
    measure("family name alone", &mut reader, people, |number| {
        (slip(&name(number).0, number), None)
    })?;
    drop(reader);
    Ok(fs::remove_dir_all(path)?)
}

fn measure(
    what: &str,
    reader: &mut ArchiveReader,
    people: u32,
    question: impl Fn(u32) -> (String, Option<String>),
) -> Result<(), Box<dyn Error>> {
    let (mut times, mut answers, mut too_many) = (Vec::new(), 0, 0);
    for search in 0..SEARCHES {
        let number = (search as u64 * 7_919_777 % u64::from(people)) as u32;
        let (name, year) = question(number);
        let mut asked = Search::new().name(&name).tolerant();
        if let Some(year) = &year {
            asked = asked.birth_date(year);
        }
        let start = Instant::now();
        let found = reader.find(&asked, &ACCESS);
        times.push(start.elapsed().as_secs_f64() * 1e3);
        match found {
            Ok(found) => {
                let is_found = found
                    .iter()
                    .any(|found| found.entry.ordinal() == u64::from(number));
                assert!(is_found, "search {search}");
                answers += found.len();
            }
            Err(error) if matches!(error.kind(), ErrorKind::TooMany { .. }) => too_many += 1,
            Err(error) => return Err(error.into()),
        }
    }
    times.sort_unstable_by(f64::total_cmp);
    println!(
        "  {what:<28} p50 {:8.2} ms  p95 {:8.2} ms  longest {:8.2} ms  {} answers each, {too_many} too many",
        times[SEARCHES / 2],
        times[SEARCHES * 95 / 100],
        times[SEARCHES - 1],
        answers / SEARCHES,
    );
    Ok(())
}

/// Some names are common and most are rare, as everywhere.
fn name(number: u32) -> (String, String) {
    let mut state = u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x51;
    let mut pick = move |list: &[&'static str]| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let share = (state >> 11) as f64 / (1_u64 << 53) as f64;
        list[(share * share * list.len() as f64) as usize]
    };
    let mut family = [pick(&ONSETS), pick(&MIDDLES), pick(&MIDDLES), pick(&ENDS)].concat();
    if number.is_multiple_of(3) {
        family = [pick(&ONSETS), pick(&MIDDLES), pick(&ENDS)].concat();
    }
    let given = [pick(&ONSETS), pick(&MIDDLES), pick(&ENDS)].concat();
    (family, given)
}

fn birth_date(number: u32) -> String {
    format!(
        "{}-{:02}-{:02}",
        1930 + number % 90,
        number % 12 + 1,
        number % 28 + 1
    )
}

/// Two neighbouring letters in the wrong order, or one left out.
fn slip(name: &str, number: u32) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let place = 1 + number as usize % (letters.len() - 2);
    if number.is_multiple_of(2) {
        letters.swap(place, place + 1);
    } else {
        letters.remove(place);
    }
    letters.into_iter().collect()
}
