//! A production run opens with a permit and with sign-offs of this very document, and in no other way.

use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};

use ehr_crypto::{DataKey, SigningKey};
use ehr_mapping::Error;
use ehr_mapping::document::MappingDocument;
use ehr_mapping::extraction::{Extraction, ExtractionOptions, ProductionGate};
use ehr_mapping::plan::Plan;
use ehr_mapping::sign_off::{Approval, Decision, Role, SignOff, SignOffPolicy, TrustedReviewer};
use ehr_mapping::source::{MemoryFolder, SourceFile, SourceFolder};
use ehr_model::readiness::{ExtractionPermit, ExtractionRequest, ReadinessRegister, day};
use ehr_model::tally::RunKind;

const DOCUMENT: &str = r#"
[document]
name = "tiny"
version = "1"
format = "csv"
system = "https://legacy.example"

[[table]]
name = "people"
file = "people.csv"
columns = ["id", "surname"]
patient = "id"

[[map]]
from = "people"
to = "Patient"
key = ["id"]

[map.fields]
"identifier[0].value" = "id"
"name[0].family" = "surname"
"#;

const PAPER: &[u8] = b"the signed paper";

/// A complete register of one party, whose agreement ends on a day.
fn register(valid_to: &str) -> Vec<u8> {
    let sha256 = ehr_crypto::Digest::sha256(PAPER);
    let attested = format!(
        r#""attestation": {{"owner": "Officer", "dated": "2026-02-01", "valid_to": "2026-12-31",
            "evidence": {{"file": "paper.pdf", "sha256": "{sha256}"}}}}"#
    );
    let agreement = attested.replace("2026-12-31", valid_to);
    let systems = r#""systems": ["https://legacy.example"]"#;
    format!(
        r#"{{"version": 1, "organization": "Practice",
        "agreements": [{{"party": "Converters", "with": "Practice", "role": "conversion", {systems},
            "signed_on": "2026-02-01", {agreement}}}],
        "risk_assessments": [{{{systems}, "open_high_risks": 0, {attested}}}],
        "encrypted_stores": [{{"store": "host", {attested}, "probe": {{"tool": "cryptsetup 2.6",
            "measured_on": "2026-02-20", "encrypted": true, "cipher": "aes-xts-plain64", "key_bits": 256}}}}],
        "multi_factor_authentication": [{{{systems}, {attested}}}],
        "access_logs": [{{{systems}, {attested}}}],
        "backups": [{{"system": "https://legacy.example", "sha256": "{sha256}",
            "restored_on": "2026-02-02", {attested}}}],
        "retention": [{{"years": 7, {attested}}}]}}"#
    )
    .into_bytes()
}

fn request(system: &str) -> ExtractionRequest {
    let (today, last) = (day("2026-03-01").unwrap(), day("2026-03-03").unwrap());
    ExtractionRequest::new(system, today, last)
        .party("Converters")
        .store("host")
        .offline()
        .evidence(PAPER)
}

fn permit(register: &ReadinessRegister) -> ExtractionPermit {
    register.permit(&request("https://legacy.example")).unwrap()
}

fn document(text: &str) -> MappingDocument {
    MappingDocument::parse("tiny.toml", text).unwrap()
}

fn approval(document: &MappingDocument) -> Approval {
    let today = day("2026-03-01").unwrap();
    let mut policy = SignOffPolicy::default();
    let mut notes = Vec::new();
    for (name, role, seed) in [
        ("Ada", Role::CLINICIAN, 1),
        ("Ben", Role::MIGRATION_LEAD, 2),
    ] {
        let key = SigningKey::from_seed(role, DataKey::from_bytes([seed; DataKey::LEN])).unwrap();
        let role = Role::new(role).unwrap();
        let trusted = TrustedReviewer::new(name, key.verifying_key().clone());
        policy = policy.trust(trusted.in_role(role.clone()));
        let record = SignOff::new(document, name, role, Decision::Accepted, today).unwrap();
        notes.push(record.sign(&key).unwrap());
    }
    policy.approve(document, &notes, today).unwrap()
}

/// A folder that tells whether anybody looked into it.
struct Watched {
    folder: MemoryFolder,
    touched: AtomicBool,
}

impl SourceFolder for Watched {
    fn list(&self) -> std::io::Result<Vec<SourceFile>> {
        self.touched.store(true, Ordering::Relaxed);
        self.folder.list()
    }

    fn open(&self, name: &str) -> std::io::Result<Box<dyn Read + '_>> {
        self.touched.store(true, Ordering::Relaxed);
        self.folder.open(name)
    }
}

/// What kind of run the books are of, or why it was refused; a refusal touches no file.
fn open(plan: &Plan, gate: Option<ProductionGate<'_>>) -> Result<RunKind, Error> {
    let spill = tempfile::tempdir().unwrap();
    let export = Watched {
        folder: MemoryFolder::default().with("people.csv", "id,surname\n7,Okafor\n"),
        touched: AtomicBool::new(false),
    };
    let options = ExtractionOptions::new(spill.path());
    let gated = gate.is_some();
    let opened = match gate {
        Some(gate) => Extraction::open_production(plan, &export, options, gate),
        None => Extraction::open_rehearsal(plan, &export, options),
    };
    let touched = export.touched.load(Ordering::Relaxed);
    assert_eq!(touched, opened.is_ok(), "a refusal looks at no file");
    let extraction = opened?;
    assert_eq!(extraction.production().is_some(), gated);
    Ok(extraction.remainder().0.run)
}

#[test]
fn books_say_of_what_run_they_are() {
    let (document, bytes) = (document(DOCUMENT), register("2026-12-31"));
    let (plan, approval) = (document.compile().unwrap(), approval(&document));
    let register = ReadinessRegister::from_json(&bytes).unwrap();
    let today = day("2026-03-03").unwrap();
    let gate = ProductionGate::new(permit(&register), &register, &approval, "Converters", today);
    assert_eq!(open(&plan, Some(gate)).unwrap(), RunKind::Production);
    assert_eq!(open(&plan, None).unwrap(), RunKind::Rehearsal);
}

#[test]
fn the_gate_is_gone_round_in_no_way() {
    let (right, bytes) = (document(DOCUMENT), register("2026-12-31"));
    let (plan, approved) = (right.compile().unwrap(), approval(&right));
    let register_now = ReadinessRegister::from_json(&bytes).unwrap();
    let refuse = |plan: &Plan, register: &ReadinessRegister, approval, party, today| {
        let today = day(today).unwrap();
        let gate = ProductionGate::new(permit(&register_now), register, approval, party, today);
        open(plan, Some(gate)).unwrap_err().to_string()
    };

    let other = document(&DOCUMENT.replace("https://legacy.example", "https://other.example"));
    let (other_plan, other_approved) = (other.compile().unwrap(), approval(&other));
    assert_eq!(
        refuse(
            &other_plan,
            &register_now,
            &other_approved,
            "Converters",
            "2026-03-01"
        ),
        "permit-of-another-system: the permit is for https://legacy.example"
    );
    assert_eq!(
        refuse(&plan, &register_now, &approved, "Practice", "2026-03-01"),
        "party-not-permitted: the permit does not name Practice"
    );
    assert_eq!(
        refuse(&plan, &register_now, &approved, "Converters", "2026-03-04"),
        "permit-expired: the permit ended on 2026-03-03"
    );
    let shortened = ReadinessRegister::from_json(&register("2026-03-01")).unwrap();
    assert!(
        refuse(&plan, &shortened, &approved, "Converters", "2026-03-01")
            .starts_with("register-changed: ")
    );

    // one byte of the document changed since it was signed: a blank line
    let later = document(&format!("{DOCUMENT}\n"));
    let refusal = refuse(
        &later.compile().unwrap(),
        &register_now,
        &approved,
        "Converters",
        "2026-03-01",
    );
    let (was, is) = (right.digest(), later.digest());
    assert_eq!(
        refusal,
        format!("document-not-approved: the sign-offs are of {was}, and the plan is of {is}")
    );
}

#[test]
fn an_agreement_that_ends_before_the_last_day_issues_no_permit() {
    for (valid_to, code) in [
        ("2026-02-28", "baa-expired"),
        ("2026-03-02", "baa-ends-too-early"),
    ] {
        let register = ReadinessRegister::from_json(&register(valid_to)).unwrap();
        let gaps = register
            .permit(&request("https://legacy.example"))
            .unwrap_err();
        let codes: Vec<String> = gaps.iter().map(|gap| gap.code()).collect();
        assert_eq!(codes, [code]);
    }
}
