//! The report as one page.

use super::Report;
use crate::Error;

pub(super) fn render(_report: &Report) -> Result<String, Error> {
    Ok(String::new())
}
