//! Whether two source records under one number can speak of one person.

use ehr_model::datatype::HumanName;
use ehr_model::kind::{AdministrativeGender, Patient};
use ehr_model::record::{Record, ResourceType as _};
use ehr_model::value::Field;

/// The fields in which two records contradict each other about who the person is. What only one of
/// them says, or says less precisely, contradicts nothing; a name does where no part of any name of
/// the one stands in a name of the other, so that neither a marriage nor a nickname does.
pub(super) fn conflicts(known: &Record, other: &Record) -> Vec<&'static str> {
    let (Some(known), Some(other)) = (Patient::of(&known.resource), Patient::of(&other.resource))
    else {
        return Vec::new();
    };
    let mut fields = Vec::new();
    if let (Field::Value(a), Field::Value(b)) = (&known.birth_date, &other.birth_date)
        && (a.get().latest() < b.get().earliest() || b.get().latest() < a.get().earliest())
    {
        fields.push("birthDate");
    }
    if let (Field::Value(a), Field::Value(b)) = (&known.gender, &other.gender)
        && a != b
        && [a, b].into_iter().all(|sex| {
            matches!(
                sex,
                AdministrativeGender::Male | AdministrativeGender::Female
            )
        })
    {
        fields.push("gender");
    }
    let (a, b) = (words(&known.name), words(&other.name));
    if !a.is_empty() && !b.is_empty() && !a.iter().any(|word| b.contains(word)) {
        fields.push("name");
    }
    fields
}

/// The words of which names are made, in lower case; an initial alone tells nobody apart.
fn words(names: &[HumanName]) -> Vec<String> {
    let texts = names.iter().flat_map(|name| {
        let whole = [&name.family, &name.text].into_iter();
        whole.filter_map(Field::value).chain(&name.given)
    });
    texts
        .flat_map(|text| {
            text.expose()
                .split(|letter: char| !letter.is_alphanumeric())
        })
        .filter(|word| word.chars().count() > 1)
        .map(str::to_lowercase)
        .collect()
}
