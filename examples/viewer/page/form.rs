//! Forms, and what came of them.

use askama::Template;
use examples::chart_page::patient::Person;

use super::Frame;
use crate::routes::Ways;

#[derive(Template)]
#[template(path = "viewer/unlock.html")]
pub(crate) struct UnlockPage {
    pub(crate) frame: Frame,
    pub(crate) message: Option<String>,
    pub(crate) ways: Ways,
    pub(crate) agent: String,
    pub(crate) purposes: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "viewer/release.html")]
pub(crate) struct ReleasePage {
    pub(crate) frame: Frame,
    pub(crate) ordinal: u64,
    pub(crate) person: Person,
    /// Types of the chart's resources, with how many there are.
    pub(crate) types: Vec<(String, usize)>,
    pub(crate) message: Option<String>,
}

#[derive(Template)]
#[template(path = "viewer/released.html")]
pub(crate) struct ReleasedPage {
    pub(crate) frame: Frame,
    pub(crate) ordinal: u64,
    pub(crate) person: Person,
    pub(crate) folder: String,
    pub(crate) resources: usize,
    pub(crate) left_out: usize,
    pub(crate) undated: usize,
    pub(crate) files: usize,
    pub(crate) manifest: String,
}

#[derive(Template)]
#[template(path = "viewer/emergency.html")]
pub(crate) struct EmergencyPage {
    pub(crate) frame: Frame,
    pub(crate) ordinal: u64,
}
