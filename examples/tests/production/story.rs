//! The whole way, once.

use std::fs;

use ehr_archive::evidence::{restore_evidence, verify_evidence};
use ehr_archive::{Access, ArchiveReader, Purpose, verify};
use ehr_crypto::key;
use ehr_validate::rounds::{RoundKind, RoundOutcome, RoundRecord};

use super::practice::{Practice, json};

#[test]
fn two_rehearsals_signatures_and_a_register_let_production_run_and_prove_itself() {
    let practice = Practice::rehearsed();
    let (out, run) = practice.produce(&practice.request(), "sample", &[]);
    assert_eq!(run.status.code(), Some(0), "{run:?}");
    let out = practice.path(&out);

    // its books are of a production run, and so is its record, which follows the last rehearsal
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(out.join("report/report.json")).unwrap()).unwrap();
    assert_eq!(report["verdict"], "go", "{report:#}");
    assert!(report.to_string().contains("\"production\""));
    let archive_key = key::file::read(&practice.path("r1.key")).unwrap();
    let round_key = examples::round::key(&archive_key).unwrap();
    let read = |path: &std::path::Path| RoundRecord::read(&fs::read(path).unwrap(), &round_key).unwrap();
    let round = read(&out.with_extension("round.json"));
    let last = read(&practice.path("round-2.json"));
    assert_eq!(round.record().kind, RoundKind::Production);
    assert_eq!(round.record().outcome, RoundOutcome::Complete);
    assert_eq!((round.record().number, round.record().previous.as_deref()), (3, Some(last.seal())));

    // the evidence is whole for anybody with the public key, and says what it lacks
    let signer = fs::read_to_string(practice.path("signer.pub")).unwrap();
    let folder = out.join("evidence");
    let folder_name = folder.to_str().unwrap();
    let verified = practice.done("evidence", &["verify", folder_name, "--signer", &signer, "--json"]);
    let verified = json(&verified);
    assert_eq!(verified["whole"], true, "{verified:#}");
    let absent: Vec<_> = verified["absent"].as_array().unwrap().iter().collect();
    let absent: Vec<_> = absent.iter().map(|one| one["part"].as_str().unwrap()).collect();
    assert_eq!(absent, ["audit", "cutover", "monitoring"]);
    let same = |part: &str, file: &str| {
        let in_bundle = fs::read(folder.join(part)).unwrap();
        assert!(in_bundle == fs::read(practice.path(file)).unwrap(), "{part}");
    };
    same("mapping-document/harbor-street.toml", super::practice::MAP);
    same("sign-off/sign-off-1.txt", "ada.txt");
    same("round/round-2.json", "round-2.json");
    same("register/register.json", "register.json");
    let written = fs::read(out.with_extension("round.json")).unwrap();
    assert!(written == fs::read(folder.join("round/round-3.json")).unwrap());
    assert_eq!(fs::read(folder.join("reconciliation/report.json")).unwrap(), fs::read(out.join("report/report.json")).unwrap());
    assert!(folder.join("sample/round-2-samples.json").is_file());

    // the same bytes are in the archive, kept for six years, and come out of it again
    let archive = out.join("archive");
    assert!(verify(&archive, Some(&archive_key)).is_sound());
    let access = Access {
        agent: "auditor",
        recorded: "2033-01-02T10:00:00Z",
        purpose: Purpose::Operations,
    };
    let mut reader = ArchiveReader::open(&archive, &archive_key, &access).unwrap();
    assert_eq!(reader.accessions().len(), 2);
    let until = verified["retain_until"].as_str().unwrap();
    let cohort = format!("{}-evidence", &until[..4]);
    let found = reader.unassigned(0, 100, &access).unwrap();
    let entry = found.iter().find(|entry| entry.cohort() == cohort).unwrap();
    let entry = reader.open_entry(entry, &access).unwrap();
    let objects: Vec<_> = entry.objects().map(|info| entry.read(info.id).unwrap()).collect();
    let restored = out.join("restored");
    restore_evidence(objects.iter().map(|one| (one.source_id(), one.bytes())), &restored).unwrap();
    let report = verify_evidence(&restored, &signer.parse().unwrap()).unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(report.files, verified["files"].as_u64().unwrap());

    // a byte of it, and it is no evidence
    fs::write(restored.join("sign-off/reviewers.json"), "{}").unwrap();
    let report = verify_evidence(&restored, &signer.parse().unwrap()).unwrap();
    assert_eq!(
        report.findings[0].to_string(),
        "sign-off/reviewers.json: changed since it was signed"
    );
    no_patient_is_named(practice, &folder);
}

/// Evidence travels: no name or birth date of a patient stands in it.
fn no_patient_is_named(practice: &Practice, folder: &std::path::Path) {
    let patients = fs::read_to_string(practice.path("sample/PATIENT.TXT")).unwrap();
    let mut lines = patients.lines();
    let header: Vec<&str> = lines.next().unwrap().split('|').collect();
    let column = |name: &str| header.iter().position(|one| *one == name).unwrap();
    let wanted = [column("LASTNAME"), column("DOB")];
    let mut values: Vec<&str> = lines
        .flat_map(|line| {
            let cells: Vec<&str> = line.split('|').collect();
            wanted.map(|at| cells.get(at).copied().unwrap_or_default())
        })
        .filter(|value| value.len() > 4)
        .collect();
    values.sort_unstable();
    values.dedup();
    assert!(values.len() > 10);
    let mut open = vec![folder.to_owned()];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for value in &values {
            assert!(!text.contains(value), "{}: {value}", path.display());
        }
    }
}
