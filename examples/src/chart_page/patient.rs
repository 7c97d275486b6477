//! Whose chart it is, with what must be seen first.

use ehr_archive::CatalogueEntry;
use serde_json::Value;

use super::words::{field, joined, label, words};
use super::{Chart, Names};

/// The head of every page about a patient.
pub struct Person {
    /// As the catalogue has it, or the number of the entry.
    pub name: String,
    /// Numbers of the chart.
    pub mrns: String,
    /// As the source says it.
    pub birth_date: String,
    /// What else the head says, with its words.
    pub details: Vec<(&'static str, String)>,
    /// What must be seen first.
    pub allergies: Vec<Warning>,
    /// The number of the patient's resource.
    pub number: Option<usize>,
}

/// An allergy or intolerance in the head.
pub struct Warning {
    /// To what, with reactions.
    pub text: String,
    /// It is said not to be there, or no more.
    pub is_past: bool,
    /// A reaction was severe, or criticality is high.
    pub is_severe: bool,
}

/// Details of the head, and the fields that say them.
const DETAILS: [(&str, &str); 8] = [
    ("Sex", "gender"),
    ("Died", "deceasedDateTime"),
    ("Deceased", "deceasedBoolean"),
    ("Marital status", "maritalStatus"),
    ("Address", "address"),
    ("Contact", "telecom"),
    ("Language", "communication"),
    ("Other names", "name"),
];

impl Person {
    /// What the catalogue knows.
    pub fn of_entry(entry: &CatalogueEntry) -> Self {
        let name = entry.names().first().cloned().unwrap_or_default();
        Person {
            name: if name.is_empty() {
                format!("Entry {}", entry.ordinal())
            } else {
                name
            },
            mrns: masked(entry.mrns()),
            birth_date: entry.birth_date().unwrap_or("not known").to_owned(),
            details: Vec::new(),
            allergies: Vec::new(),
            number: None,
        }
    }

    /// What the chart says as well.
    pub fn with_chart(mut self, chart: &Chart) -> Self {
        if let Some((number, patient)) = chart.of_type("Patient").next() {
            self.number = Some(number);
            self.details = details(patient, &chart.names);
            let numbers = joined(
                patient["identifier"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .filter(|number| !is_ssn(number))
                    .map(number_of),
                ", ",
            );
            if !numbers.is_empty() {
                self.mrns = numbers;
            }
        }
        self.allergies = chart
            .of_type("AllergyIntolerance")
            .map(|(_, allergy)| warning(allergy, &chart.names))
            .collect();
        self.allergies
            .sort_by_key(|warning| (warning.is_past, !warning.is_severe));
        self
    }
}

/// Numbers of a catalogue's entry on one line. What has the form of a social security number shows its last four digits.
#[must_use]
pub fn masked(numbers: &[String]) -> String {
    let shown = numbers.iter().map(|number| {
        let form: String = number
            .chars()
            .map(|sign| if sign.is_ascii_digit() { '9' } else { sign })
            .collect();
        if form == "999-99-9999" {
            format!("•••-••-{}", &number[7..])
        } else {
            number.clone()
        }
    });
    joined(shown, ", ")
}

/// Nine digits as a social security number is written, which is how `migrate` keeps one; somebody may search without the
/// hyphens.
#[must_use]
pub fn with_hyphens(number: &str) -> Option<String> {
    let digits = number.trim();
    let is_one = digits.len() == 9 && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_one.then(|| format!("{}-{}-{}", &digits[..3], &digits[3..5], &digits[5..]))
}

/// A social security number is no number of a chart; it stands with all about the person.
fn is_ssn(identifier: &Value) -> bool {
    let mut codings = identifier["type"]["coding"]
        .as_array()
        .into_iter()
        .flatten();
    identifier["system"] == "http://hl7.org/fhir/sid/us-ssn"
        || codings.any(|coding| coding["code"] == "SS")
}

fn number_of(identifier: &Value) -> String {
    let usage = identifier["use"]
        .as_str()
        .filter(|usage| *usage == "old")
        .map_or("", |_| "(old)");
    joined(
        [
            identifier["value"].as_str().unwrap_or_default().to_owned(),
            usage.to_owned(),
        ],
        " ",
    )
}

fn details(patient: &Value, names: &Names) -> Vec<(&'static str, String)> {
    let known = DETAILS.iter().map(|(title, name)| {
        let said = match *name {
            // The first name is in the head.
            "name" => joined(
                patient["name"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .skip(1)
                    .map(|name| words(name, names)),
                "; ",
            ),
            "communication" => joined(
                patient["communication"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|item| label(&item["language"], names)),
                "; ",
            ),
            "maritalStatus" => label(&patient["maritalStatus"], names),
            name => field(patient, name, names),
        };
        (*title, said)
    });
    known.filter(|(_, said)| !said.is_empty()).collect()
}

fn warning(allergy: &Value, names: &Names) -> Warning {
    let code = |field: &str| {
        allergy[field]["coding"][0]["code"]
            .as_str()
            .unwrap_or_default()
    };
    let reactions = allergy["reaction"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|reaction| label(&reaction["manifestation"], names));
    let (what, reactions) = (label(&allergy["code"], names), joined(reactions, ", "));
    let what = if what.is_empty() {
        "unnamed".to_owned()
    } else {
        what
    };
    let states = [code("verificationStatus"), code("clinicalStatus")];
    let past: Vec<&str> = states
        .into_iter()
        .filter(|state| ["refuted", "entered-in-error", "inactive", "resolved"].contains(state))
        .collect();
    let text = if reactions.is_empty() {
        what
    } else {
        format!("{what} ({reactions})")
    };
    Warning {
        is_past: !past.is_empty(),
        text: joined([text, past.join(", ")], " – "),
        is_severe: allergy["criticality"] == "high"
            || allergy["reaction"]
                .as_array()
                .into_iter()
                .flatten()
                .any(|reaction| reaction["severity"] == "severe"),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn a_social_security_number_shows_its_last_four_digits() {
        let numbers = ["MRN 7", "999-00-0007", "999000007", "99-900-0007"];
        assert_eq!(
            masked(&numbers.map(str::to_owned)),
            "MRN 7, •••-••-0007, 999000007, 99-900-0007"
        );
    }
}
