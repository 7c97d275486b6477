//! Running the built example.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::SystemTime;
use std::{env, fs};

/// A day that counts as today, so that results do not depend on the calendar.
pub(crate) const AS_OF: &str = "2021-04-01";

/// The example, ready for arguments. It cannot see the corpus or a terminal.
pub(crate) fn migrate() -> Command {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    let mut command = Command::new(PROGRAM.get_or_init(|| find_program("migrate")));
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

/// `cargo test` of the package or the workspace builds the example; a single test target does not,
/// and then it is built here.
pub(crate) fn find_program(example: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    let profile = test.ancestors().nth(2).unwrap();
    let name = format!("{example}{}", env::consts::EXE_SUFFIX);
    let program = profile.join("examples").join(name);
    if !is_fresh(&program) {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut build = Command::new(cargo);
        build.args([
            "build",
            "--quiet",
            "--package",
            "examples",
            "--example",
            example,
        ]);
        build.current_dir(env!("CARGO_MANIFEST_DIR"));
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(
            build.status().unwrap().success(),
            "the example is not built"
        );
    }
    assert!(program.is_file(), "{} is not there", program.display());
    program
}

/// Whether a program is there and younger than all sources that cargo lists beside it.
fn is_fresh(program: &Path) -> bool {
    let modified = |path: &Path| -> Option<SystemTime> { fs::metadata(path).ok()?.modified().ok() };
    let Ok(list) = fs::read_to_string(program.with_extension("d")) else {
        return false;
    };
    let Some((built, (_, sources))) = modified(program).zip(list.split_once(": ")) else {
        return false;
    };
    let sources = sources.trim().replace("\\ ", "\0");
    let mut sources = sources.split(' ').map(|source| source.replace('\0', " "));
    sources.all(|source| modified(Path::new(&source)).is_some_and(|changed| changed <= built))
}
