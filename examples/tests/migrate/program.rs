//! Running the built example.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// A day that counts as today, so that results do not depend on the calendar.
pub(crate) const AS_OF: &str = "2021-04-01";

/// The example, ready for arguments. It cannot see the corpus or a terminal.
pub(crate) fn migrate() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let mut command = Command::new(PROGRAM.get_or_init(|| crate::program::find("migrate")));
    command
        .env_remove("EHR_CORPUS")
        .env_remove("RUST_BACKTRACE");
    command
}

/// Runs the example with arguments.
pub(crate) fn run<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Output {
    migrate().args(arguments).output().unwrap()
}

/// Runs the example on the sample practice, as of a fixed day; it must end with go.
pub(crate) fn run_sample(out: &Path, more: &[&str]) -> Output {
    let mut command = migrate();
    command.arg("--out").arg(out).args(["--as-of", AS_OF]);
    let output = command.args(more).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
    output
}

/// All that a run printed.
pub(crate) fn printed(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

/// The folder with the sample practice.
pub(crate) fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample")
}
