//! The sample practice: a small invented clinic in the layout of an old practice system.

use ehr_mapping::document::{DocumentErrors, MappingDocument};
use ehr_mapping::source::MemoryFolder;

/// The export.
pub fn folder() -> MemoryFolder {
    EXPORT
        .iter()
        .fold(MemoryFolder::default(), |folder, (name, content)| {
            folder.with(*name, *content)
        })
}

/// The mapping document with its code maps.
///
/// # Errors
///
/// None, as long as its TOML is sound; its lines are checked when it is compiled.
pub fn document() -> Result<MappingDocument, DocumentErrors> {
    let document = MappingDocument::parse(
        "harbor-street.toml",
        include_str!("../sample/harbor-street.toml"),
    )?;
    Ok(CODE_MAPS
        .iter()
        .fold(document, |document, (name, content)| {
            document.with_file(*name, *content)
        }))
}

macro_rules! files {
    ($include:ident: $($name:literal),* $(,)?) => {
        &[$(($name, $include!(concat!("../sample/", $name)))),*]
    };
}

const CODE_MAPS: &[(&str, &str)] = files![include_str:
    "map-allergens.csv",
    "map-diagnoses.csv",
    "map-lab-tests.csv",
];

const EXPORT: &[(&str, &[u8])] = files![include_bytes:
    "ALLERGY.TXT",
    "APPT.TXT",
    "CLAIM.TXT",
    "CLAIMLINE.TXT",
    "DOCINDEX.TXT",
    "FAMHX.TXT",
    "IMMUN.TXT",
    "IMPLANT.TXT",
    "INSURANCE.TXT",
    "LABORD.TXT",
    "LABRES.TXT",
    "MEDS.TXT",
    "NOTES.TXT",
    "PATIENT.TXT",
    "PAYER.TXT",
    "PAYMENT.TXT",
    "PROBLEM.TXT",
    "PROCED.TXT",
    "PROVIDER.TXT",
    "README.TXT",
    "REFERRAL.TXT",
    "SITE.TXT",
    "SOCIAL.TXT",
    "VISIT.TXT",
    "VITALS.TXT",
    "notes/N9001.txt",
    "notes/N9002.txt",
    "notes/N9003.txt",
    "scans/D6001.pdf",
    "scans/D6002.pdf",
];

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample");
        let mut found = BTreeSet::new();
        let mut open = vec![root.clone()];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => open.push(path),
                    false => {
                        let name = path
                            .strip_prefix(&root)
                            .unwrap()
                            .to_string_lossy()
                            .replace('\\', "/");
                        found.insert(name);
                    }
                }
            }
        }
        let embedded = CODE_MAPS
            .iter()
            .map(|(name, _)| *name)
            .chain(EXPORT.iter().map(|(name, _)| *name));
        let embedded: BTreeSet<String> = embedded
            .chain(["harbor-street.toml"])
            .map(str::to_owned)
            .collect();
        assert_eq!(embedded, found);
    }
}
