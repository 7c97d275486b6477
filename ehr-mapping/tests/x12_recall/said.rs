//! What a file says, by field positions.

use std::collections::BTreeMap;

use super::{Facts, amount};

/// Segments as elements as components, by the separators where ISA has them.
pub(crate) fn segments(file: &[u8]) -> Vec<Vec<Vec<String>>> {
    let text = String::from_utf8_lossy(file);
    let start = text.find("ISA").expect("an interchange");
    let bytes = text.as_bytes();
    let (element, component) = (bytes[start + 3] as char, bytes[start + 104] as char);
    let terminator = bytes[start + 105] as char;
    text[start..]
        .split(terminator)
        .map(|segment| segment.trim())
        .filter(|segment| !segment.is_empty())
        .map(|segment| {
            let elements = segment.split(element);
            elements
                .map(|one| one.split(component).map(str::to_owned).collect())
                .collect()
        })
        .collect()
}

pub(crate) fn at(segment: &[Vec<String>], element: usize, component: usize) -> &str {
    segment
        .get(element)
        .and_then(|parts| parts.get(component - 1))
        .map_or("", |text| text.trim())
}

/// The facts of a file, by position.
pub(crate) fn said(file: &[Vec<Vec<String>>]) -> Facts {
    let mut facts = Facts::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut member = String::new();
    let (mut born, mut id) = (String::new(), String::new());
    let (mut line, mut diagnoses, mut adjustments) = (0, 0, 0);
    let (mut above, mut set) = ("", "");
    let number = |seen: &mut BTreeMap<String, usize>, number: &str| {
        let count = seen.entry(number.to_owned()).or_default();
        *count += 1;
        format!("{number}#{count}")
    };
    let put = |facts: &mut Facts, id: &str, what: String, value: &str| {
        // a period of one day is that day
        let value = match value.split_once('-') {
            Some((start, end)) if start == end => start,
            _ => value,
        };
        if !value.is_empty() {
            facts.insert((id.to_owned(), what), value.to_owned());
        }
    };
    for segment in file {
        let name = at(segment, 0, 1);
        match name {
            "ST" => {
                set = at(segment, 1, 1);
                id.clear();
            }
            "HL" => {
                id.clear();
                born.clear();
                above = "HL";
            }
            "NM1" if set == "837" => {
                if at(segment, 1, 1) == "IL" && above == "HL" {
                    member = at(segment, 9, 1).to_owned();
                }
                if at(segment, 8, 1) == "XX" {
                    put(&mut facts, "", format!("npi {}", at(segment, 9, 1)), "here");
                }
            }
            "NM1" if at(segment, 1, 1) == "QC" => {
                put(&mut facts, &id, "member".into(), at(segment, 9, 1));
            }
            "DMG" if above == "HL" => born = at(segment, 2, 1).to_owned(),
            "CLM" => {
                above = "CLM";
                (line, diagnoses) = (0, 0);
                id = number(&mut seen, at(segment, 1, 1));
                put(&mut facts, &id, "charge".into(), at(segment, 2, 1));
                put(&mut facts, &id, "member".into(), &member);
                put(&mut facts, &id, "born".into(), &born);
            }
            "HI" => {
                for one in 1..segment.len() {
                    let of_diagnosis = [
                        "BK", "BF", "BJ", "BN", "PR", "ABK", "ABF", "ABJ", "ABN", "APR",
                    ]
                    .contains(&at(segment, one, 1));
                    if of_diagnosis {
                        let code = at(segment, one, 2).replace('.', "");
                        put(&mut facts, &id, format!("diagnosis {diagnoses}"), &code);
                        diagnoses += 1;
                    }
                }
            }
            "SBR" if above != "HL" => above = "SBR",
            "LX" if set == "837" => {
                line += 1;
                above = "LX";
            }
            "SV1" | "SV2" => {
                let shift = usize::from(name == "SV2");
                put(
                    &mut facts,
                    &id,
                    format!("line {line} charge"),
                    at(segment, 2 + shift, 1),
                );
                put(
                    &mut facts,
                    &id,
                    format!("line {line} units"),
                    at(segment, 4 + shift, 1),
                );
                put(
                    &mut facts,
                    &id,
                    format!("line {line} code"),
                    at(segment, 1 + shift, 2),
                );
                for modifier in 3..=6 {
                    let value = at(segment, 1 + shift, modifier);
                    let what = format!("line {line} modifier {}", modifier - 3);
                    put(&mut facts, &id, what, value);
                }
            }
            "LIN" => put(
                &mut facts,
                &id,
                format!("line {line} drug"),
                at(segment, 3, 1),
            ),
            "DTP" if at(segment, 1, 1) == "472" => {
                put(
                    &mut facts,
                    &id,
                    format!("line {line} date"),
                    at(segment, 3, 1),
                );
            }
            "DTP" if at(segment, 1, 1) == "434" => {
                put(&mut facts, &id, "date".into(), at(segment, 3, 1));
            }
            "CLP" => {
                (line, adjustments) = (0, 0);
                id = number(
                    &mut seen,
                    &format!("{}/{}", at(segment, 1, 1), at(segment, 2, 1)),
                );
                put(&mut facts, &id, "charge".into(), at(segment, 3, 1));
                put(&mut facts, &id, "paid".into(), at(segment, 4, 1));
                put(&mut facts, &id, "payer number".into(), at(segment, 7, 1));
            }
            "CAS" if set == "835" => {
                for reason in (2..=17).step_by(3) {
                    let value = format!(
                        "{} {} {}",
                        at(segment, 1, 1),
                        at(segment, reason, 1),
                        at(segment, reason + 1, 1)
                    );
                    if !at(segment, reason, 1).is_empty() {
                        put(&mut facts, &id, format!("adjustment {adjustments}"), &value);
                        adjustments += 1;
                    }
                }
            }
            "SVC" => {
                line += 1;
                put(
                    &mut facts,
                    &id,
                    format!("line {line} code"),
                    at(segment, 1, 2),
                );
                put(
                    &mut facts,
                    &id,
                    format!("line {line} charge"),
                    at(segment, 2, 1),
                );
                put(
                    &mut facts,
                    &id,
                    format!("line {line} paid"),
                    at(segment, 3, 1),
                );
            }
            "DTM" if ["472", "150"].contains(&at(segment, 1, 1)) => {
                put(
                    &mut facts,
                    &id,
                    format!("line {line} date"),
                    at(segment, 2, 1),
                );
            }
            "BPR" => put(&mut facts, "", "transfer".into(), at(segment, 2, 1)),
            "TRN" => put(&mut facts, "", "trace".into(), at(segment, 2, 1)),
            _ => {}
        }
    }
    facts
}

/// Charges of claims and of lines, what was paid, adjusted, and settled with providers.
pub(crate) fn sums_said(file: &[Vec<Vec<String>>]) -> [i128; 5] {
    let mut sums = [0; 5];
    let mut set = "";
    for segment in file {
        let value = |element: usize| amount(at(segment, element, 1));
        match (at(segment, 0, 1), set) {
            ("ST", _) => set = at(segment, 1, 1),
            ("CLM", "837") => sums[0] += value(2),
            ("CLP", "835") => {
                sums[0] += value(3);
                sums[2] += value(4);
            }
            ("SV1" | "SV3", "837") => sums[1] += value(2),
            ("SV2", "837") => sums[1] += value(3),
            ("SVC", "835") => sums[1] += value(2),
            ("CAS", "837" | "835") => sums[3] += (3..=18).step_by(3).map(value).sum::<i128>(),
            ("PLB", "835") => sums[4] += (4..=14).step_by(2).map(value).sum::<i128>(),
            _ => {}
        }
    }
    sums
}
