//! What references mean where the record itself does not say it.

/// Of references as they are written, the keys that they mean: a Bundle says what its URNs are.
///
/// `Debug` is not derived: keys may hold names of patients.
#[derive(Clone, Default)]
pub(crate) struct Links(Box<str>);

/// Stands between a reference and its key, and behind the key.
const SEPARATORS: [char; 2] = ['\u{1f}', '\u{1e}'];

impl Links {
    /// Links that were written by [`Links::text`].
    pub(crate) fn read(text: &str) -> Self {
        Self(text.into())
    }

    /// The links as text.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// Links of pairs of a reference and its key.
    pub(crate) fn of<'p>(pairs: impl Iterator<Item = (&'p str, String)>) -> Self {
        let mut text = String::new();
        let plain = |part: &str| !part.contains(SEPARATORS);
        for (reference, key) in pairs.filter(|(reference, key)| plain(reference) && plain(key)) {
            text.push_str(reference);
            text.push(SEPARATORS[0]);
            text.push_str(&key);
            text.push(SEPARATORS[1]);
        }
        Self(text.into())
    }

    /// The key that a reference means, or the reference itself.
    pub(crate) fn resolve<'l>(&'l self, reference: &'l str) -> &'l str {
        if self.0.is_empty() {
            return reference;
        }
        let found = self.0.split_terminator(SEPARATORS[1]).find_map(|pair| {
            let (written, key) = pair.split_once(SEPARATORS[0])?;
            (written == reference).then_some(key)
        });
        found.unwrap_or(reference)
    }
}

impl std::fmt::Debug for Links {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Links({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_survive_as_text() {
        let links = Links::of(
            [
                ("urn:uuid:a", "Patient/a".to_owned()),
                ("x", "y\u{1e}".to_owned()),
            ]
            .into_iter(),
        );
        let links = Links::read(links.text());
        assert_eq!(links.resolve("urn:uuid:a"), "Patient/a");
        assert_eq!(links.resolve("x"), "x");
        assert_eq!(Links::default().resolve("b"), "b");
        assert_eq!(format!("{links:?}"), "Links(21 bytes)");
    }
}
