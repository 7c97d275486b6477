//! Which resources stand in which table, and in which columns.

mod care;
mod clinical;

/// How the table of a section is made.
pub(super) struct Layout {
    pub(super) id: &'static str,
    pub(super) title: &'static str,
    pub(super) kinds: &'static [&'static str],
    /// Fields that date a resource, the first that says something.
    pub(super) dates: &'static [&'static str],
    pub(super) columns: &'static [(&'static str, &'static [&'static str])],
}

/// In the order in which a clinician looks. Observations and documents have pages of their own making.
pub(super) fn layouts() -> impl Iterator<Item = &'static Layout> {
    clinical::LAYOUTS.iter().chain(&care::LAYOUTS)
}
