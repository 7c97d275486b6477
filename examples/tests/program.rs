//! Runs the programs as their users do.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::SystemTime;

/// Runs an example in a folder.
pub(crate) fn run(example: &str, arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(find(example));
    command.args(arguments).current_dir(folder);
    command.output().unwrap()
}

/// `cargo test` of the package or the workspace builds the example; a single test target does not,
/// and then it is built here.
pub(crate) fn find(example: &str) -> PathBuf {
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
        if cfg!(feature = "network") {
            build.args(["--features", "network"]);
        }
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
