//! The shape of the repository: who may depend on whom, why a dependency is there, what lies where.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use toml::{Table, Value};

/// The crates, and which of the others each may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("ehr-model", &[]),
    ("ehr-crypto", &[]),
    ("ehr-mapping", &["ehr-crypto", "ehr-model"]),
    ("ehr-validate", &["ehr-crypto", "ehr-model"]),
    ("ehr-archive", &["ehr-crypto", "ehr-model"]),
    ("examples", ALL),
    ("benches", ALL),
];
const ALL: &[&str] = &[
    "ehr-archive",
    "ehr-crypto",
    "ehr-mapping",
    "ehr-model",
    "ehr-validate",
];

/// What a visitor sees.
const TOP_LEVEL: &[&str] = &[
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "benches",
    "ehr-archive",
    "ehr-crypto",
    "ehr-mapping",
    "ehr-model",
    "ehr-validate",
    "examples",
];

#[test]
fn crates_know_only_whom_they_may() {
    for (name, allowed) in MAY_USE {
        for (kind, dependency, _) in dependencies(&manifest(name)) {
            if ALL.contains(&dependency.as_str()) {
                let known = allowed.contains(&dependency.as_str());
                assert!(known, "{name} may not use {dependency} ({kind})");
            }
        }
    }
}

#[test]
fn the_workspace_has_these_members_and_no_other() {
    let root = manifest("");
    let members: BTreeSet<&str> = root["workspace"]["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member.as_str().unwrap())
        .collect();
    assert_eq!(members, MAY_USE.iter().map(|(name, _)| *name).collect());
}

#[test]
fn versions_stand_in_the_root_only() {
    for (name, _) in MAY_USE {
        for (kind, dependency, value) in dependencies(&manifest(name)) {
            let inherited = value.get("workspace").and_then(Value::as_bool) == Some(true);
            assert!(
                inherited,
                "{name}: {dependency} ({kind}) is not `workspace = true`"
            );
        }
    }
}

#[test]
fn every_dependency_has_its_reason_on_its_line() {
    let text = read("Cargo.toml");
    let from = text.find("[workspace.dependencies]\n").unwrap();
    let lines = text[from..]
        .lines()
        .skip(1)
        .take_while(|line| !line.starts_with('['));
    let mut seen = 0;
    for line in lines.filter(|line| line.contains('=') && !line.starts_with('#')) {
        seen += 1;
        let name = line.split([' ', '=']).next().unwrap();
        // a `#` inside of a version or a feature does not occur
        let reason = line.split_once('#').map_or("", |(_, reason)| reason.trim());
        assert!(
            ALL.contains(&name) || reason.len() > 10,
            "{name} has no reason on its line"
        );
    }
    let declared = manifest("")["workspace"]["dependencies"]
        .as_table()
        .unwrap()
        .len();
    assert_eq!(seen, declared, "one line for each dependency");
}

#[test]
fn every_dependency_of_the_root_is_used() {
    let mut used: BTreeSet<String> = BTreeSet::new();
    for (name, _) in MAY_USE {
        used.extend(
            dependencies(&manifest(name))
                .into_iter()
                .map(|(_, name, _)| name),
        );
    }
    let root = manifest("");
    let declared = root["workspace"]["dependencies"].as_table().unwrap();
    let unused: Vec<&String> = declared
        .keys()
        .filter(|name| !used.contains(*name))
        .collect();
    assert!(unused.is_empty(), "{unused:?}");
}

/// It would change how numbers are read in every program that embeds these crates.
#[test]
fn nobody_turns_on_arbitrary_precision() {
    const FEATURE: &str = "arbitrary_precision";
    let mut manifests = vec![(String::new(), manifest(""))];
    manifests.extend(
        MAY_USE
            .iter()
            .map(|(name, _)| ((*name).to_owned(), manifest(name))),
    );
    for (name, manifest) in manifests {
        let text = format!("{manifest:?}"); // without comments
        assert!(!text.contains(FEATURE), "{name}");
    }
    // no dependency of a dependency either
    let mut tree = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    tree.args([
        "tree",
        "--workspace",
        "--offline",
        "--edges",
        "features",
        "--invert",
        "serde_json",
    ]);
    let output = tree.current_dir(root()).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success() && text.contains("raw_value"),
        "the tree cannot be read"
    );
    assert!(!text.contains(FEATURE));
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    let root = manifest("");
    assert_eq!(
        root["workspace"]["lints"]["rust"][concat!("un", "safe_code")].as_str(),
        Some("forbid")
    );
    for (name, _) in MAY_USE {
        let lints = manifest(name)["lints"]["workspace"].as_bool();
        assert_eq!(lints, Some(true), "{name}");
    }
}

#[test]
fn nothing_lies_at_the_top_that_does_not_belong_there() {
    let listed = Command::new("git")
        .arg("ls-files")
        .current_dir(root())
        .output();
    let names: BTreeSet<String> = match listed {
        Ok(output) if output.status.success() && !output.stdout.is_empty() => {
            let text = String::from_utf8(output.stdout).unwrap();
            text.lines()
                .map(|path| path.split('/').next().unwrap().to_owned())
                .collect()
        }
        _ => names(&root())
            .into_iter()
            .filter(|name| name != "target")
            .collect(),
    };
    let visible: Vec<&String> = names.iter().filter(|name| !name.starts_with('.')).collect();
    assert_eq!(visible, TOP_LEVEL);
}

#[test]
fn no_source_file_is_named_mod_or_holds_unchecked_code() {
    let mut sources = 0;
    for (name, _) in MAY_USE {
        for path in files(&root().join(name)) {
            let source = path.starts_with(root().join(name).join("src"));
            assert!(!source || !path.ends_with("mod.rs"), "{}", path.display());
            if path.extension().is_some_and(|extension| extension == "rs") {
                sources += 1;
                let text = fs::read_to_string(&path).unwrap();
                // a policy of a page names what it forbids
                let text = text.replace(concat!("un", "safe-inline"), "");
                let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
                assert!(
                    words.all(|word| word != concat!("un", "safe")),
                    "{}",
                    path.display()
                );
            }
        }
    }
    assert!(sources > 100, "only {sources} files were found");
}

/// Kind, name and value of every dependency of a manifest.
fn dependencies(manifest: &Table) -> Vec<(&'static str, String, Value)> {
    assert!(
        !manifest.contains_key("target"),
        "dependencies of one platform are not looked at"
    );
    let mut found = Vec::new();
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let table = manifest.get(kind).and_then(Value::as_table);
        for (name, value) in table.into_iter().flatten() {
            found.push((kind, name.clone(), value.clone()));
        }
    }
    found
}

fn manifest(member: &str) -> Table {
    let path = Path::new(member).join("Cargo.toml");
    read(path).parse().unwrap()
}

fn read(path: impl AsRef<Path>) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

/// Every file below a folder; build output is left out.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for name in names(folder).into_iter().filter(|name| name != "target") {
        let path = folder.join(name);
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push(path),
        }
    }
    found
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}
