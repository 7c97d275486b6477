//! Names that people are called by.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One formal name a line, then what its bearers are called. Written for this crate from common
/// knowledge of the United States; public domain.
const TABLE: &str = include_str!("nicknames.txt");

static GROUPS: LazyLock<HashMap<&str, Vec<u16>>> = LazyLock::new(|| {
    let mut groups: HashMap<&str, Vec<u16>> = HashMap::new();
    let lines = TABLE.lines().filter(|line| !line.is_empty());
    for (group, line) in lines.enumerate() {
        for name in line.split(' ') {
            groups.entry(name).or_default().push(group as u16);
        }
    }
    groups
});

/// The lines of the table that a folded name stands on.
pub(crate) fn groups(name: &str) -> &'static [u16] {
    GROUPS.get(name).map_or(&[], Vec::as_slice)
}

/// Whether two names stand on one line.
pub(crate) fn share_a_group(a: &[u16], b: &[u16]) -> bool {
    a.iter().any(|group| b.contains(group))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn related(a: &str, b: &str) -> bool {
        share_a_group(groups(a), groups(b))
    }

    #[test]
    fn nicknames_belong_to_their_formal_names() {
        assert!(
            related("elizabeth", "beth")
                && related("bob", "robert")
                && related("peggy", "margaret")
        );
        assert!(
            related("liz", "betty")
                && related("chris", "christopher")
                && related("chris", "christine")
        );
        assert!(
            !related("christopher", "christine") && !related("john", "james") && !related("", "")
        );
    }

    #[test]
    fn the_table_is_folded_and_no_line_repeats_a_name() {
        for line in TABLE.lines() {
            let mut names: Vec<_> = line.split(' ').collect();
            assert!(
                names.len() > 1 && line.bytes().all(|b| b.is_ascii_lowercase() || b == b' '),
                "{line}"
            );
            names.sort_unstable();
            let all = names.len();
            names.dedup();
            assert_eq!(names.len(), all, "{line}");
        }
    }
}
