//! Small archives for the tests.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_archive::*;
use ehr_crypto::DataKey;
use uuid::Uuid;

pub(crate) const ACCESS: Access<'static> = Access {
    agent: "jdoe",
    recorded: "2026-02-01T10:00:00-05:00",
    purpose: Purpose::Operations,
};

/// An entry that owns its values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) patient: Option<u128>,
    pub(crate) mrns: Vec<String>,
    pub(crate) names: Vec<String>,
    pub(crate) birth_date: Option<String>,
    pub(crate) cohort: &'static str,
    pub(crate) objects: Vec<SampleObject>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SampleObject {
    pub(crate) class: ObjectClass,
    pub(crate) media_type: String,
    pub(crate) source_id: String,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) fn key() -> DataKey {
    DataKey::from_bytes([0x4b; 32])
}

pub(crate) fn options(id: &str) -> ArchiveOptions {
    ArchiveOptions {
        archive_id: ArchiveId::new(id).unwrap(),
        created: "2026-01-31T09:30:00-05:00".into(),
        software: "tests 1.0".into(),
    }
}

/// Patients of two cohorts, and something that belongs to nobody.
pub(crate) fn samples(count: usize) -> Vec<Sample> {
    let object = |class, media_type: &str, source_id: String, bytes: Vec<u8>| SampleObject {
        class,
        media_type: media_type.into(),
        source_id,
        bytes,
    };
    let names = [
        "Hernández, María",
        "O'Brien, Séan",
        "Nguyễn Thị Đào",
        "Łukasz Groß",
    ];
    (0..count)
        .map(|number| match number % 5 {
            4 => Sample {
                patient: None,
                mrns: vec![],
                names: vec![],
                birth_date: None,
                cohort: "keep",
                objects: vec![object(
                    ObjectClass::Rejects,
                    "text/csv",
                    format!("rejects {number}"),
                    b"1,2,3".to_vec(),
                )],
            },
            _ => Sample {
                patient: Some(number as u128 + 1),
                mrns: vec![format!("MRN {number:04}")],
                names: vec![names[number % names.len()].to_owned()],
                birth_date: Some(format!("19{:02}-0{}", number % 100, number % 9 + 1)),
                cohort: ["2041", "2050-minor"][number % 2],
                objects: vec![
                    object(
                        ObjectClass::Chart,
                        "application/fhir+json",
                        "chart".into(),
                        format!("{{\"resourceType\":\"Bundle\",\"number\":{number}}}").into_bytes(),
                    ),
                    object(
                        ObjectClass::Document,
                        "application/pdf",
                        format!("scan/{number}.pdf"),
                        vec![number as u8; 50],
                    ),
                ],
            },
        })
        .collect()
}

impl Sample {
    /// Hands the entry to a function that wants it borrowed.
    pub(crate) fn append(&self, writer: &mut ArchiveWriter, cursor: &[u8]) -> Result<(), Error> {
        let sealed = self.seal(&writer.sealer())?;
        writer.append_sealed(sealed, cursor)
    }

    pub(crate) fn seal(&self, sealer: &Sealer) -> Result<SealedEntry, Error> {
        let cohort = Cohort::new(self.cohort)?;
        let objects: Vec<ObjectEntry<'_>> = self
            .objects
            .iter()
            .map(|object| ObjectEntry {
                class: object.class,
                media_type: &object.media_type,
                source_id: &object.source_id,
                bytes: &object.bytes,
            })
            .collect();
        let Some(patient) = self.patient else {
            return sealer.seal_unassigned(cohort, &objects);
        };
        sealer.seal(&PatientEntry {
            patient_id: Uuid::from_u128(patient),
            mrns: &self.mrns.iter().map(String::as_str).collect::<Vec<_>>(),
            names: &self.names.iter().map(String::as_str).collect::<Vec<_>>(),
            birth_date: self.birth_date.as_deref(),
            cohort,
            facts: RetentionFacts::default(),
            objects: &objects,
        })
    }
}

pub(crate) fn write(path: &Path, id: &str, samples: &[Sample]) -> Summary {
    let mut writer = ArchiveWriter::create(path, options(id), &key()).unwrap();
    for (number, sample) in samples.iter().enumerate() {
        sample
            .append(&mut writer, number.to_string().as_bytes())
            .unwrap();
    }
    writer.finish(b"the books balance").unwrap()
}

pub(crate) fn open(path: &Path) -> Result<ArchiveReader, Error> {
    ArchiveReader::open(path, &key(), &ACCESS)
}

/// Everything that an archive holds, as it was given.
pub(crate) fn read_all(path: &Path) -> Result<Vec<Sample>, Error> {
    let mut reader = open(path)?;
    let mut samples = Vec::new();
    for entry in reader.list(0, MAX_FOUND, &ACCESS)? {
        let mut objects = Vec::new();
        let opened = reader.open_entry(&entry, &ACCESS)?;
        for info in opened.objects() {
            let object = opened.read(info.id)?;
            objects.push(SampleObject {
                class: object.class().unwrap(),
                media_type: object.media_type().to_owned(),
                source_id: object.source_id().to_owned(),
                bytes: object.into_bytes(),
            });
        }
        samples.push(Sample {
            patient: entry.patient_id().map(|id| id.as_u128()),
            mrns: entry.mrns().to_vec(),
            names: entry.names().to_vec(),
            birth_date: entry.birth_date().map(str::to_owned),
            cohort: ["2041", "2050-minor", "keep"]
                .into_iter()
                .find(|cohort| *cohort == entry.cohort())
                .unwrap(),
            objects,
        });
    }
    Ok(samples)
}

/// All files below a folder with their content.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for item in fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

/// Makes a folder hold exactly these files.
pub(crate) fn copy(from: &Path, to: &Path) {
    for (path, bytes) in files(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::write(target, bytes).unwrap();
    }
}
