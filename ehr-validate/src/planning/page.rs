//! The estimate as one page, without any script.

use askama::Template;

use super::{Estimate, Hours};
use crate::Error;
use crate::report::page as text;

#[derive(Template)]
#[template(path = "planning.html")]
struct Page<'e> {
    estimate: &'e Estimate,
}

pub(super) fn render(estimate: &Estimate) -> Result<String, Error> {
    Page { estimate }
        .render()
        .map_err(|error| Error::Write(std::io::Error::other(error)))
}

impl Page<'_> {
    /// Whole numbers: more digits would promise more than is known.
    fn whole(&self, number: &f64) -> String {
        text::grouped(number.round().max(0.0) as u64)
    }

    fn range(&self, hours: &Hours) -> String {
        format!(
            "{}\u{2013}{}",
            self.whole(&hours.low),
            self.whole(&hours.high)
        )
    }

    fn n(&self, number: &u64) -> String {
        text::grouped(*number)
    }
}
