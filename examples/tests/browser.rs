//! What the gate shows to a browser, all of it invented: archives for the viewer, and the pages that programs write.

#![expect(clippy::print_stdout, reason = "a test says that it was skipped")]

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use ehr_crypto::{DataKey, key};

use crate::migrate::program::{AS_OF, sample};
use crate::program::run;
use crate::viewer::{archive, hostile};

/// Leaves in the folder of `EHR_BROWSER_DIR` the archives `plain` and `hostile`, the key of both, a wrong one, and `pages/`.
#[test]
fn archives_and_pages_for_a_browser() {
    let Some(folder) = env::var_os("EHR_BROWSER_DIR").map(PathBuf::from) else {
        println!("skipped: pages for a browser: no EHR_BROWSER_DIR");
        return;
    };
    fs::create_dir_all(&folder).unwrap();
    archive::write(&folder.join("plain"));
    hostile::write(&folder.join("hostile"));
    let keys = [
        ("archive.key", archive::key()),
        ("wrong.key", DataKey::from_bytes([1; 32])),
    ];
    for (name, secret) in keys {
        key::file::create(&folder.join(name), &secret, "invented").unwrap();
    }

    let pages = folder.join("pages");
    crate::after_go_live::answers(&folder.join("answers"), 10);
    let (source, map) = (sample(), sample().join("harbor-street.toml"));
    let (source, map) = (source.to_str().unwrap(), map.to_str().unwrap());
    let cutover_at = "2021-04-01T06:00:00-05:00";
    let programs: [(&str, &[&str]); 6] = [
        ("migrate", &["--as-of", AS_OF]),
        ("audit", &["--source", source, "--map", map]),
        (
            "review-sheet",
            &["--source", source, "--map", map, "--show-patient-values"],
        ),
        (
            "cutover",
            &[
                "--source", source, "--map", map, "--waves", "default", "--at", cutover_at,
            ],
        ),
        (
            "monitor",
            &["--answers", "answers", "--go-live", "2031-05-02"],
        ),
        (
            "review",
            &[
                "--source", source, "--map", map, "--seed", "7", "draw", "--phi",
            ],
        ),
    ];
    fs::create_dir(&pages).unwrap();
    for (program, arguments) in programs {
        let out = pages.join(program);
        let arguments = [arguments, &["--out", out.to_str().unwrap()]].concat();
        let output = run(program, &arguments, &folder);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        // no-go and an alarm are answers
        assert!(
            matches!(output.status.code(), Some(0 | 1)),
            "{program}: {said}"
        );
        assert!(has_page(&out), "{program} wrote no page: {said}");
    }
}

fn has_page(folder: &Path) -> bool {
    let mut items = fs::read_dir(folder)
        .unwrap()
        .map(|item| item.unwrap().path());
    items.any(|path| {
        path.is_dir() && has_page(&path) || path.extension().is_some_and(|end| end == "html")
    })
}
