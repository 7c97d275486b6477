//! Bad input ends with 2 and a message that says where, and leaves nothing behind.

use std::fs;
use std::path::Path;
use std::process::Output;

use crate::migrate::export::Export;
use crate::migrate::program::{printed, run};
use crate::migrate::result::files;

#[test]
fn the_unchanged_export_is_good() {
    let export = Export::sample();
    let output = export.run(&export.out(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
}

#[test]
fn a_table_without_a_file() {
    fails(
        |export| fs::remove_file(export.file("VISIT.TXT")).unwrap(),
        &["VISIT.TXT: the export has no such file; table `visits` needs it"],
    );
}

#[test]
fn a_folder_in_place_of_a_table() {
    fails(
        |export| {
            fs::remove_file(export.file("VISIT.TXT")).unwrap();
            fs::create_dir(export.file("VISIT.TXT")).unwrap();
        },
        &["VISIT.TXT: the export has no such file; table `visits` needs it"],
    );
}

#[test]
fn a_header_with_other_columns() {
    fails(
        |export| export.replace("PATIENT.TXT", "CHART|LNAME|", "CHARTNO|SURNAME|"),
        &["PATIENT.TXT: line 1: the header lacks CHART, LNAME; table `patients` needs them"],
    );
}

#[test]
fn another_delimiter() {
    fails(
        |export| {
            export.replace(
                "harbor-street.toml",
                "delimiter = \"|\"",
                "delimiter = \",\"",
            )
        },
        &["PATIENT.TXT: line 1: the header lacks CHART, LNAME,"],
    );
}

#[test]
fn a_header_that_names_a_column_twice() {
    fails(
        |export| export.replace("PATIENT.TXT", "CHART|LNAME|FNAME|", "CHART|LNAME|LNAME|"),
        &["PATIENT.TXT: columns 2 and 3 have the same name"],
    );
}

#[test]
fn an_empty_file() {
    fails(
        |export| fs::write(export.file("VISIT.TXT"), "").unwrap(),
        &["VISIT.TXT"],
    );
}

#[test]
fn a_binary_file_in_place_of_a_table() {
    let noise: Vec<u8> = (0..100_000u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    for bytes in [
        noise.clone(),
        [b"%PDF-1.4\n", &noise[..]].concat(),
        vec![0; 4096],
    ] {
        fails(
            |export| fs::write(export.file("VISIT.TXT"), &bytes).unwrap(),
            &["VISIT.TXT"],
        );
    }
}

#[test]
fn a_document_that_is_not_toml() {
    fails(
        |export| {
            export.replace(
                "harbor-street.toml",
                "file    = \"VISIT.TXT\"",
                "file    = \"VISIT.TXT",
            )
        },
        &["harbor-street.toml:", " | file    = \"VISIT.TXT\n", "^"],
    );
}

#[test]
fn a_document_with_several_mistakes_names_them_all() {
    fails(
        |export| {
            let name = "harbor-street.toml";
            export.replace(name, "= \"PREVNAME\"", "= \"MAIDENNAME\"");
            export.replace(name, "\"deceasedDateTime\" ", "\"deceasedDate\" ");
            export.replace(
                name,
                "{ from = \"SEX\", map = \"gender\" }",
                "{ from = \"SEX\", map = \"sexes\" }",
            );
            export.replace(
                name,
                "via = [\"strip-prefix(LEG-)\"]",
                "via = [\"strip-beginning(LEG-)\"]",
            );
        },
        &[
            "harbor-street.toml:",
            "`MAIDENNAME`",
            "`deceasedDate`",
            "`sexes`",
            "`strip-beginning",
            "^^^",
        ],
    );
}

#[test]
fn every_mistake_of_a_document_has_its_line_and_column() {
    let export = Export::sample();
    export.replace("harbor-street.toml", "= \"PREVNAME\"", "= \"MAIDENNAME\"");
    let text = fs::read_to_string(export.map()).unwrap();
    let (line, content) = text
        .lines()
        .enumerate()
        .find(|(_, line)| line.contains("MAIDENNAME"))
        .unwrap();
    let output = export.run(&export.out(), &[]);
    let place = format!(
        "harbor-street.toml:{}:{}:",
        line + 1,
        content.find("\"MAID").unwrap() + 1
    );
    assert!(
        printed(&output).contains(&place),
        "{place} is not in {}",
        printed(&output)
    );
}

#[test]
fn a_code_map_without_its_file() {
    fails(
        |export| fs::remove_file(export.file("map-diagnoses.csv")).unwrap(),
        &["map-diagnoses.csv"],
    );
}

#[test]
fn a_code_map_with_two_meanings_for_a_code() {
    fails(
        |export| {
            export.replace(
                "map-diagnoses.csv",
                "\nHTN,I10,",
                "\nHTN,I15.9,Other,equivalent\nHTN,I10,",
            )
        },
        &[
            "harbor-street.toml:",
            "row 2 of `map-diagnoses.csv` translates a code for the second time",
        ],
    );
}

#[test]
fn folders_and_files_that_are_not_there() {
    let export = Export::sample();
    let nowhere = export.file("nowhere");
    let before = files(&export.parent());
    let (source, map, out) = (export.source(), export.map(), export.out());
    let cases = [
        [&nowhere, &map, &out],
        [&source, &nowhere, &out],
        [&source, &source, &out], // a folder in place of the document
    ];
    for [source, map, out] in cases {
        let output = run([
            "--source".as_ref(),
            source.as_os_str(),
            "--map".as_ref(),
            map.as_os_str(),
            "--out".as_ref(),
            out.as_os_str(),
        ]);
        let wrong = if source == &export.source() {
            map
        } else {
            source
        };
        is_clean_error(&output, &[wrong.to_str().unwrap()]);
        assert!(
            files(&export.parent()) == before,
            "something was left behind"
        );
    }
}

#[test]
fn a_file_in_place_of_the_folder_is_an_export_of_one_file() {
    let export = Export::sample();
    let (map, out) = (export.map(), export.out());
    let (map, out) = (map.as_os_str(), out.as_os_str());
    let output = run([
        "--source".as_ref(),
        map,
        "--map".as_ref(),
        map,
        "--out".as_ref(),
        out,
    ]);
    is_clean_error(
        &output,
        &["the export has no such file; table `patients` needs it"],
    );
}

#[test]
fn an_export_without_a_known_format_asks_for_its_document() {
    let export = Export::sample();
    let (source, out) = (export.source(), export.out());
    let output = run([
        "--source".as_ref(),
        source.as_os_str(),
        "--out".as_ref(),
        out.as_os_str(),
    ]);
    is_clean_error(&output, &["no file of a known format", "--map"]);
}

#[test]
fn key_files_that_hold_no_key() {
    let export = Export::sample();
    let key = export.file("wrong.key");
    for text in [
        None,
        Some(""),
        Some("# only a comment\n"),
        Some("not a key\n"),
        Some("\u{0}\u{1}"),
    ] {
        if let Some(text) = text {
            fs::write(&key, text).unwrap();
        }
        let before = files(&export.parent());
        let output = export.run(&export.out(), &["--key", key.to_str().unwrap()]);
        is_clean_error(&output, &["wrong.key"]);
        assert!(
            files(&export.parent()) == before,
            "something was left behind"
        );
    }
}

#[test]
fn a_damaged_key_beside_the_result_is_not_replaced() {
    let export = Export::sample();
    fs::write(export.parent().join("out.key"), "damaged\n").unwrap();
    let before = files(&export.parent());
    is_clean_error(&export.run(&export.out(), &[]), &["out.key"]);
    assert!(files(&export.parent()) == before, "something was changed");
}

#[test]
fn a_result_folder_that_is_not_empty() {
    let export = Export::sample();
    fs::create_dir(export.out()).unwrap();
    fs::write(export.out().join("letter.txt"), "mine").unwrap();
    let before = files(&export.parent());
    is_clean_error(
        &export.run(&export.out(), &[]),
        &["out: the folder is not empty; choose another --out"],
    );
    assert!(files(&export.parent()) == before, "something was changed");
}

#[test]
fn an_empty_result_folder_is_taken() {
    let export = Export::sample();
    fs::create_dir(export.out()).unwrap();
    let output = export.run(&export.out(), &[]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
}

#[test]
fn a_result_folder_that_cannot_be_made() {
    let export = Export::sample();
    let file = export.parent().join("file");
    fs::write(&file, "mine").unwrap();
    let before = files(&export.parent());
    for out in [file.clone(), file.join("out"), file.join("deeper/out")] {
        is_clean_error(&export.run(&out, &[]), &["file"]);
        assert!(files(&export.parent()) == before, "something was changed");
    }
    if cfg!(target_os = "linux") {
        is_clean_error(&export.run(Path::new("/proc/out"), &[]), &["/proc/"]);
    }
}

#[test]
fn folders_above_the_result_do_not_stay_behind() {
    let export = Export::sample();
    fs::write(export.file("VISIT.TXT"), "").unwrap();
    let before = files(&export.parent());
    is_clean_error(
        &export.run(&export.parent().join("new/deeper/out"), &[]),
        &["VISIT.TXT"],
    );
    assert!(
        files(&export.parent()) == before,
        "something was left behind"
    );
}

#[test]
fn a_command_line_that_says_nothing_sensible() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let out = out.to_str().unwrap();
    let cases: &[&[&str]] = &[
        &["--out", out, "--source", out],
        &["--out", out, "--map", out],
        &["--out", out, "--since", "yesterday"],
        &["--out", out, "--as-of", "2021-02-30"],
        &["--out", out, "--scope", "most"],
        &["--out", out, "--threads", "many"],
        &["--out", out, "surplus"],
        &["--out", ""],
        &["--out", "/"],
    ];
    for arguments in cases {
        is_clean_error(&run(*arguments), &[]);
        assert!(
            files(folder.path()).keys().all(String::is_empty),
            "{arguments:?}"
        );
    }
}

/// A changed sample practice must fail and say all of this.
fn fails(change: impl FnOnce(&Export), said: &[&str]) {
    let export = Export::sample();
    change(&export);
    fs::write(export.parent().join("neighbour.txt"), "mine").unwrap();
    let before = files(&export.parent());
    is_clean_error(&export.run(&export.out(), &[]), said);
    assert!(
        files(&export.parent()) == before,
        "something was left behind"
    );
}

/// Exit 2, a message on standard error that says all of this, no word of a panic.
fn is_clean_error(output: &Output, said: &[&str]) {
    let text = printed(output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(output.stdout.is_empty(), "{text}");
    assert!(text.starts_with("error: "), "{text}");
    assert!(
        !text.contains("panicked") && !text.contains(".rs:"),
        "{text}"
    );
    for part in said {
        assert!(text.contains(part), "{part:?} is not in {text}");
    }
}
