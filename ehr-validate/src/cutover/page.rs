//! The cutover as one page, without any script.

use std::io::Write;

use askama::Template;
use serde::Serialize;

use super::{
    CutoverStatus, InFlightClaim, ObligationState, ObligationStatus, TaskState, TaskStatus,
};
use crate::Error;
use crate::report::page as text;

/// How many claims the page lists; the JSON has them all. A page of more is not read.
const LISTED: usize = 200;

#[derive(Template)]
#[template(path = "cutover.html")]
struct Page<'s> {
    status: &'s CutoverStatus,
    claims: Option<&'s [InFlightClaim]>,
}

impl CutoverStatus {
    /// Writes the status as one page, with the claims in flight where they are known.
    ///
    /// # Errors
    ///
    /// If writing fails.
    pub fn write_html(
        &self,
        claims: Option<&[InFlightClaim]>,
        mut to: impl Write,
    ) -> Result<(), Error> {
        let page = Page {
            status: self,
            claims,
        };
        let html = page
            .render()
            .map_err(|error| Error::Write(std::io::Error::other(error)))?;
        Ok(to.write_all(html.as_bytes())?)
    }
}

impl Page<'_> {
    fn visible(&self, name: impl AsRef<str>) -> String {
        text::visible(name.as_ref())
    }

    /// What the caption says of claims that are not listed.
    fn unlisted(&self, claims: &[InFlightClaim]) -> String {
        match claims.len() > LISTED {
            true => format!("; the first {LISTED} of {}, the JSON has all", claims.len()),
            false => String::new(),
        }
    }

    fn listed<'c>(&self, claims: &'c [InFlightClaim]) -> &'c [InFlightClaim] {
        &claims[..claims.len().min(LISTED)]
    }

    fn tasks_in(&self, state: TaskState) -> usize {
        let tasks = self.status.tasks.iter();
        tasks.filter(|one| one.state == state).count()
    }

    fn tasks_done(&self) -> usize {
        self.tasks_in(TaskState::Done)
    }

    fn tasks_overdue(&self) -> usize {
        self.tasks_in(TaskState::Overdue)
    }

    fn obligations_met(&self) -> usize {
        let all = self.status.obligations.iter();
        all.filter(|one| one.state == ObligationState::Met).count()
    }

    fn task(&self, one: &TaskStatus) -> String {
        words(&one.state)
    }

    fn obligation(&self, one: &ObligationStatus) -> String {
        words(&one.state)
    }

    fn stage(&self, one: &InFlightClaim) -> String {
        words(&one.stage)
    }
}

/// The words of a state, as JSON names it.
fn words(state: &impl Serialize) -> String {
    let name = serde_json::to_value(state).unwrap_or_default();
    name.as_str().unwrap_or_default().replace('-', " ")
}
