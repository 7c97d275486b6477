//! Runs the programs as their users do.

use std::env;
use std::path::Path;
use std::process::{Command, Output};

/// Runs an example; cargo builds it where it is not fresh.
pub(crate) fn run(example: &str, arguments: &[&str], folder: &Path) -> Output {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args([
        "run",
        "--quiet",
        "--package",
        "examples",
        "--example",
        example,
    ]);
    if !cfg!(debug_assertions) {
        command.arg("--release");
    }
    command
        .arg("--manifest-path")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml"));
    command.arg("--").args(arguments).current_dir(folder);
    command.output().unwrap()
}
