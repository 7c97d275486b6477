//! `state/CURRENT`: the signed list of what is in force. None of the files that it lists can be put back alone.

use std::fmt::Write;

use ehr_crypto::{Digest, SigningKey, VerifyingKey, tree};

use crate::access_log::LogHead;
use crate::error::Located;
use crate::files::{Folder, Written};
use crate::names::{self, CURRENT, FORMAT, STATE, SUITE, TAG_MANIFEST};
use crate::{ArchiveId, Error, ErrorKind};

/// Ten thousand purged packs are a line of 120 bytes each.
const MAX_CURRENT_LEN: u64 = 1 << 24;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Current {
    pub(crate) epoch: u32,
    /// The access log has at least this many entries, and these have this root.
    pub(crate) log_size: u64,
    pub(crate) log_root: Digest,
    /// How often the state was changed. The access log names the last change too, so that an old state is recognized.
    pub(crate) change: u64,
    /// What signs the access log; in the first archives, the key that signs everything.
    pub(crate) log_key: Option<VerifyingKey>,
    /// Packs that were deleted after everything in them was erased.
    pub(crate) purged: Vec<(Digest, String)>,
    pub(crate) files: Vec<(Digest, String)>,
}

impl Current {
    pub(crate) fn new(
        epoch: u32,
        log_size: u64,
        log_root: tree::Hash,
        files: Vec<Written>,
    ) -> Self {
        let mut current = Current {
            epoch,
            log_size,
            log_root: Digest::from_sha256(log_root),
            change: 0,
            log_key: None,
            purged: Vec::new(),
            files: Vec::new(),
        };
        current.set_files(
            files
                .into_iter()
                .map(|file| (file.sha256, file.path))
                .collect(),
        );
        current
    }

    pub(crate) fn set_files(&mut self, mut files: Vec<(Digest, String)>) {
        files.sort_unstable_by(|a, b| a.1.cmp(&b.1));
        self.files = files;
    }

    /// Numbers of the accessions.
    pub(crate) fn bags(&self) -> Vec<u32> {
        let bags = self.files.iter().filter_map(|(_, path)| {
            names::bag_of(path).filter(|bag| *path == names::in_bag(*bag, TAG_MANIFEST))
        });
        bags.collect()
    }

    /// The file in force among those of one stem, such as `state/slots.3.json` or `state/slots.json` for `slots`.
    pub(crate) fn small_file(&self, stem: &str) -> Option<&(Digest, String)> {
        let prefix = format!("{STATE}/{stem}.");
        self.files
            .iter()
            .find(|(_, path)| path.starts_with(&prefix))
    }

    pub(crate) fn is_purged(&self, path: &str) -> bool {
        self.purged.iter().any(|(_, purged)| purged == path)
    }

    pub(crate) fn lists(&self, path: &str) -> bool {
        self.files.iter().any(|(_, listed)| listed == path)
    }

    /// Where the access log stood when the state was written.
    pub(crate) fn log_head(&self) -> LogHead {
        LogHead {
            size: self.log_size,
            root: self.log_root.as_bytes().try_into().unwrap_or_default(),
        }
    }

    /// Compares a file with the digest that is signed here.
    pub(crate) fn check_file(&self, folder: &Folder, path: &str) -> Result<(), Error> {
        let sha256 = folder.digest(path)?.sha256;
        if self
            .files
            .iter()
            .any(|(digest, listed)| listed == path && *digest == sha256)
        {
            Ok(())
        } else {
            Err(ErrorKind::Changed {
                what: "files of different states are mixed",
            })
            .in_file(path)
        }
    }

    pub(crate) fn sign(&self, archive: &ArchiveId, key: &SigningKey) -> Result<String, Error> {
        let mut text = format!(
            "{}/current\nformat {FORMAT}\nsuite {SUITE}\nepoch {}\nlog {} {}\n",
            archive.signer(),
            self.epoch,
            self.log_size,
            self.log_root
        );
        if self.change > 0 {
            let _ = writeln!(text, "change {}", self.change);
        }
        if let Some(key) = &self.log_key {
            let _ = writeln!(text, "logkey {key}");
        }
        for (word, list) in [("purged", &self.purged), ("sha256", &self.files)] {
            for (sha256, path) in list {
                let _ = writeln!(text, "{word} {sha256} {path}");
            }
        }
        Ok(key.sign(&text)?)
    }

    pub(crate) fn read(
        folder: &Folder,
        archive: &ArchiveId,
        key: &VerifyingKey,
    ) -> Result<Self, Error> {
        let note = folder.read_text(CURRENT, MAX_CURRENT_LEN)?;
        Self::of_note(&note, archive, key).in_file(CURRENT)
    }

    /// The list in a signed note.
    pub(crate) fn of_note(
        note: &str,
        archive: &ArchiveId,
        key: &VerifyingKey,
    ) -> Result<Self, Error> {
        let text = key.verify(note)?;
        Ok(Self::parse(text, Some(archive)).ok_or_else(malformed)?)
    }

    /// Reads the list before its signature can be verified: the key is wrapped in one of the files that it names.
    pub(crate) fn read_unverified(folder: &Folder) -> Result<Self, Error> {
        let note = folder.read_text(CURRENT, MAX_CURRENT_LEN)?;
        let text = note.rfind("\n\n").map(|end| &note[..=end]);
        text.and_then(|text| Self::parse(text, None))
            .ok_or_else(malformed)
            .in_file(CURRENT)
    }

    fn parse(text: &str, archive: Option<&ArchiveId>) -> Option<Self> {
        let mut lines = text.lines().peekable();
        let origin = lines.next()?.strip_suffix("/current")?;
        let format = lines.next()?.strip_prefix("format ")?;
        let suite = lines.next()?.strip_prefix("suite ")?;
        if archive.is_some_and(|archive| origin != archive.signer())
            || format != FORMAT
            || suite != SUITE
        {
            return None;
        }
        let epoch = lines.next()?.strip_prefix("epoch ")?.parse().ok()?;
        let (log_size, log_root) = lines.next()?.strip_prefix("log ")?.split_once(' ')?;
        let mut optional = |word: &str| {
            lines
                .next_if(|line| line.starts_with(word))
                .map(|line| line[word.len()..].to_owned())
        };
        let change = optional("change ");
        let log_key = optional("logkey ");
        let change = change.map_or(Some(0), |number| number.parse().ok())?;
        let log_key = match log_key {
            Some(key) => Some(key.parse().ok()?),
            None => None,
        };
        let (mut purged, mut files) = (Vec::new(), Vec::new());
        for line in lines {
            let (word, rest) = line.split_once(' ')?;
            let (sha256, path) = rest.split_once(' ')?;
            let file = (sha256.parse().ok()?, path.to_owned());
            match word {
                "purged" if files.is_empty() => purged.push(file),
                "sha256" => files.push(file),
                _ => return None,
            }
        }
        Some(Current {
            epoch,
            log_size: log_size.parse().ok()?,
            log_root: log_root.parse().ok()?,
            change,
            log_key,
            purged,
            files,
        })
    }
}

fn malformed() -> ErrorKind {
    ErrorKind::Malformed {
        what: "the list of current files",
    }
}

#[cfg(test)]
mod tests {
    use ehr_crypto::DataKey;

    use super::*;

    #[test]
    fn current_goes_round_for_its_own_archive_only() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::new(folder.path());
        folder.create_folder("state").unwrap();
        let id = ArchiveId::new("a").unwrap();
        let key = SigningKey::from_seed(&id.signer(), DataKey::from_bytes([1; 32])).unwrap();
        let file = |path: &str| Written {
            path: path.into(),
            len: 1,
            sha256: Digest::sha256(b"x"),
        };
        let files = [
            "state/slots.json",
            "bag-000002/tagmanifest-sha256.txt",
            "bag-2/tagmanifest-sha256.txt",
        ];
        let mut current = Current::new(1, 3, [7; 32], files.map(file).into());
        for change in [0, 5] {
            current.change = change;
            folder
                .write(CURRENT, current.sign(&id, &key).unwrap().as_bytes())
                .unwrap();
            assert_eq!(
                Current::read(&folder, &id, key.verifying_key()).unwrap(),
                current
            );
            assert_eq!(Current::read_unverified(&folder).unwrap(), current);
            current.log_key = Some(key.verifying_key().clone());
            current.purged = vec![(
                Digest::sha256(b"y"),
                "bag-000001/data/packs/pack-000000.zip".into(),
            )];
        }
        assert_eq!(current.bags(), [2]);
        assert_eq!(current.small_file("slots").unwrap().1, "state/slots.json");
        assert!(current.small_file("slot").is_none());
        let other = ArchiveId::new("b").unwrap();
        assert!(Current::read(&folder, &other, key.verifying_key()).is_err());
    }
}
