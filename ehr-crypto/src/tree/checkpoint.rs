//! A signed statement of a log's size and root (C2SP tlog-checkpoint).

use super::Hash;
use crate::{Error, SigningKey, VerifyingKey, encoding};

/// Size and root of a log at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// Which log this is; the same in all its checkpoints.
    pub origin: String,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
}

impl Checkpoint {
    /// The checkpoint as a signed note.
    pub fn sign(&self, key: &SigningKey) -> Result<String, Error> {
        if self.origin.is_empty() || self.origin.contains(char::is_control) {
            return Err(Error::Note {
                reason: "the origin of a checkpoint is one line of text",
            });
        }
        key.sign(&format!(
            "{}\n{}\n{}\n",
            self.origin,
            self.size,
            encoding::to_base64(&self.root)
        ))
    }

    /// Reads a checkpoint after its signature was verified.
    pub fn verify(note: &str, key: &VerifyingKey) -> Result<Self, Error> {
        let wrong = Error::Note {
            reason: "a checkpoint is origin, size and root, each on its line",
        };
        let mut lines = key.verify(note)?.lines();
        let (Some(origin), Some(size), Some(root), None) =
            (lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(wrong);
        };
        match (size.parse::<u64>(), encoding::from_base64(root)?.try_into()) {
            (Ok(number), Ok(root)) if number.to_string() == size && !origin.is_empty() => {
                Ok(Checkpoint {
                    origin: origin.to_owned(),
                    size: number,
                    root,
                })
            }
            _ => Err(wrong),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DataKey;

    #[test]
    fn goes_round_and_refuses_other_texts() {
        let key = SigningKey::from_seed("log.example", DataKey::from_bytes([1; 32])).unwrap();
        let checkpoint = Checkpoint {
            origin: "log.example".into(),
            size: 20_852_163,
            root: [7; 32],
        };
        let note = checkpoint.sign(&key).unwrap();
        assert!(note.starts_with(
            "log.example\n20852163\nBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=\n\n— log.example "
        ));
        assert_eq!(
            Checkpoint::verify(&note, key.verifying_key()).unwrap(),
            checkpoint
        );

        let root = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";
        for text in [
            "a\n1\n",
            &format!("a\n01\n{root}\n"),
            &format!("a\n1\n{root}\nmore\n"),
            "a\n1\nBwc=\n",
        ] {
            let note = key.sign(text).unwrap();
            assert!(
                Checkpoint::verify(&note, key.verifying_key()).is_err(),
                "{text:?}"
            );
        }
    }
}
