//! Names of tables and columns as people mean them.

/// A name in small letters and digits, without anything between them.
pub(super) fn squashed(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect()
}

/// The words of a name: `BIRTH_DATE`, `birthDate` and `Birth Date` are two.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before = '_';
    for letter in name.chars() {
        let new = !letter.is_ascii_alphanumeric()
            || letter.is_ascii_uppercase() && before.is_ascii_lowercase();
        if new {
            words.push(String::new());
        }
        if letter.is_ascii_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.push(letter.to_ascii_lowercase());
        }
        before = letter;
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The name of a table without folder, ending and plural: `out/Patients.csv` is `patient`.
pub(super) fn stem(table: &str) -> String {
    let name = table.rsplit(['/', '\\']).next().unwrap_or(table);
    let name = name.split('.').next().unwrap_or(name);
    let name = squashed(name);
    match name.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => name.strip_suffix('s').unwrap_or(&name).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        assert_eq!(words("BIRTH_DATE"), ["birth", "date"]);
        assert_eq!(words("birthDate"), ["birth", "date"]);
        assert_eq!(squashed("Birth Date"), "birthdate");
        assert_eq!(stem("out/Allergies.csv"), "allergy");
        assert_eq!(stem("PATIENT.TXT"), "patient");
    }
}
