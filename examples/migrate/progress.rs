//! A progress bar, where somebody looks at a terminal.

use std::io::IsTerminal;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A bar that is hidden unless standard error is a terminal.
    pub(crate) fn new() -> Self {
        if !std::io::stderr().is_terminal() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new_spinner();
        bar.enable_steady_tick(Duration::from_millis(100));
        bar.set_message("reading the export");
        Self(bar)
    }

    /// Reading is over; now so many rows are mapped.
    pub(crate) fn mapping(&self, rows: u64) {
        let style = ProgressStyle::with_template(
            "{msg} [{bar:40}] {human_pos}/{human_len} rows, {eta} left",
        );
        self.0.set_length(rows);
        if let Ok(style) = style {
            self.0.set_style(style);
        }
        self.0.set_message("mapping");
    }

    pub(crate) fn advance(&self, rows: u64) {
        self.0.inc(rows);
    }

    pub(crate) fn sealing(&self) {
        self.0.set_message("sealing the archive");
    }

    pub(crate) fn done(&self) {
        self.0.finish_and_clear();
    }
}
