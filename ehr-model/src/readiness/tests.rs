use super::*;

const SYSTEM: &str = "https://legacy.example/harbor";
const PRACTICE: &str = "Harbor Street Family Practice";

/// The paper behind every item.
const PAPER: &[u8] = b"signed";

fn on(text: &str) -> NaiveDate {
    day(text).unwrap()
}

fn attested() -> Attestation {
    Attestation {
        owner: "Security officer".into(),
        dated: on("2026-02-10"),
        valid_to: on("2026-12-31"),
        evidence: Evidence {
            file: "paper.pdf".into(),
            sha256: Sha256Digest::of(PAPER),
        },
    }
}

fn agreement(party: &str, with: &str) -> BusinessAssociateAgreement {
    BusinessAssociateAgreement {
        party: party.into(),
        with: with.into(),
        role: "conversion".into(),
        systems: vec![SYSTEM.into()],
        signed_on: Some(on("2026-02-10")),
        attestation: attested(),
    }
}

/// A register without a gap.
fn complete() -> RegisterContent {
    let control = SystemControl {
        systems: vec![SYSTEM.into()],
        attestation: attested(),
    };
    RegisterContent {
        agreements: vec![
            agreement("Converters", PRACTICE),
            agreement("Cloud", "Converters"),
        ],
        risk_assessments: vec![RiskAssessment {
            systems: vec![SYSTEM.into()],
            open_high_risks: 0,
            attestation: attested(),
        }],
        encrypted_stores: vec![EncryptedStore {
            store: "host".into(),
            probe: Some(EncryptionProbe {
                tool: "cryptsetup 2.6.1".into(),
                measured_on: on("2026-02-20"),
                encrypted: true,
                cipher: "aes-xts-plain64".into(),
                key_bits: 256,
            }),
            attestation: attested(),
        }],
        tls_endpoints: vec![TlsEndpoint {
            endpoint: "target.example:443".into(),
            probe: Some(TlsProbe {
                tool: "testssl.sh 3.2".into(),
                measured_on: on("2026-02-20"),
                lowest_protocol: "TLSv1.2".into(),
                certificate_verified: true,
                certificate_valid_to: on("2026-06-30"),
            }),
            attestation: attested(),
        }],
        multi_factor_authentication: vec![control.clone()],
        access_logs: vec![control],
        backups: vec![Backup {
            system: SYSTEM.into(),
            sha256: Sha256Digest::of(b"backup"),
            restored_on: Some(on("2026-02-21")),
            attestation: attested(),
        }],
        retention: vec![RetentionSchedule {
            years: 6,
            attestation: attested(),
        }],
        ..RegisterContent::new(PRACTICE)
    }
}

fn read(content: &RegisterContent) -> ReadinessRegister {
    ReadinessRegister::from_json(&content.to_json().unwrap()).unwrap()
}

fn request() -> ExtractionRequest {
    ExtractionRequest::new(SYSTEM, on("2026-03-01"), on("2026-03-03"))
        .party(PRACTICE)
        .party("Converters")
        .party("Cloud")
        .store("host")
        .endpoint("target.example:443")
        .evidence(PAPER)
}

fn codes(content: &RegisterContent, request: &ExtractionRequest) -> Vec<String> {
    match read(content).permit(request) {
        Ok(_) => Vec::new(),
        Err(gaps) => gaps.iter().map(Gap::code).collect(),
    }
}

/// The codes after one change to a register that is otherwise complete.
fn without(change: impl FnOnce(&mut RegisterContent)) -> Vec<String> {
    let mut content = complete();
    change(&mut content);
    codes(&content, &request())
}

#[test]
fn a_complete_register_permits_what_was_asked_and_no_more() {
    let register = read(&complete());
    let permit = register.permit(&request()).unwrap();
    assert_eq!(permit.expires_on(), on("2026-03-03"));
    assert_eq!(permit.register(), register.digest());
    let check = |system, party, today| permit.check(system, party, &register, on(today));
    assert_eq!(check(SYSTEM, "Converters", "2026-03-03"), Ok(()));
    let refused = |result: Result<(), PermitRefusal>, message: &str| {
        assert_eq!(result.unwrap_err().to_string(), message);
    };
    refused(
        check("https://legacy.example/pier", "Converters", "2026-03-02"),
        "permit-of-another-system: the permit is for https://legacy.example/harbor",
    );
    refused(
        check(SYSTEM, "Strangers", "2026-03-02"),
        "party-not-permitted: the permit does not name Strangers",
    );
    refused(
        check(SYSTEM, "Converters", "2026-02-28"),
        "permit-not-yet-valid: the permit was issued on 2026-03-01",
    );
    refused(
        check(SYSTEM, "Converters", "2026-03-04"),
        "permit-expired: the permit ended on 2026-03-03",
    );
}

#[test]
fn a_byte_that_changes_in_the_register_ends_the_permit() {
    let bytes = complete().to_json().unwrap();
    let permit = ReadinessRegister::from_json(&bytes)
        .unwrap()
        .permit(&request())
        .unwrap();
    // a blank more means the same, and is still another file than the one that was looked at
    let changed = ReadinessRegister::from_json(&[&bytes[..], b"\n"].concat()).unwrap();
    let refusal = permit
        .check(SYSTEM, "Cloud", &changed, on("2026-03-01"))
        .unwrap_err();
    assert!(refusal.to_string().starts_with("register-changed: "));
}

#[test]
fn agreements_are_gone_round_in_no_way() {
    assert_eq!(without(|_| ()), [""; 0]);
    assert_eq!(without(|r| drop(r.agreements.pop())), ["baa-missing"]);
    assert_eq!(
        without(|r| r.agreements[0].attestation.valid_to = on("2026-02-28")),
        ["baa-expired", "baa-chain-broken"],
        "the subcontractor falls with its business associate"
    );
    assert_eq!(
        without(|r| r.agreements[1].attestation.valid_to = on("2026-03-02")),
        ["baa-ends-too-early"]
    );
    assert_eq!(
        without(|r| r.agreements[1].signed_on = None),
        ["baa-unsigned"]
    );
    assert_eq!(
        without(|r| r.agreements[1].signed_on = Some(on("2026-03-02"))),
        ["baa-in-future"]
    );
    assert_eq!(
        without(|r| r.agreements[1].attestation.dated = on("2026-03-02")),
        ["baa-in-future"],
        "signed, but not yet in force"
    );
    assert_eq!(
        without(|r| r.agreements[1].systems = vec!["https://legacy.example/pier".into()]),
        ["baa-out-of-scope"]
    );
    // the paper of another party is no paper of this one, whatever the letter case
    assert_eq!(
        without(|r| r.agreements[1].party = "CLOUD".into()),
        ["baa-missing"]
    );
    // two subcontractors that vouch for each other
    assert_eq!(
        without(|r| r.agreements = vec![
            agreement("Converters", "Cloud"),
            agreement("Cloud", "Converters")
        ]),
        ["baa-chain-broken", "baa-chain-broken"]
    );
    // an expired agreement beside one that holds is history
    assert_eq!(
        without(|r| {
            let mut old = agreement("Cloud", "Converters");
            old.attestation.valid_to = on("2026-02-20");
            r.agreements.push(old);
        }),
        [""; 0]
    );
}

#[test]
fn every_safeguard_refuses_by_name() {
    assert_eq!(
        without(|r| r.risk_assessments.clear()),
        ["risk-assessment-missing"]
    );
    assert_eq!(
        without(|r| r.risk_assessments[0].open_high_risks = 1),
        ["risk-assessment-open-high-risks"]
    );
    assert_eq!(
        without(|r| r.encrypted_stores[0].probe = None),
        ["encryption-not-measured"]
    );
    let probe = |change: fn(&mut EncryptionProbe)| {
        without(|r| change(r.encrypted_stores[0].probe.as_mut().unwrap()))
    };
    assert_eq!(probe(|p| p.encrypted = false), ["encryption-too-weak"]);
    assert_eq!(probe(|p| p.cipher = "des3".into()), ["encryption-too-weak"]);
    assert_eq!(
        probe(|p| p.measured_on = on("2026-01-20")),
        ["encryption-expired"]
    );
    assert_eq!(
        probe(|p| p.measured_on = on("2026-03-02")),
        ["encryption-in-future"]
    );
    assert_eq!(without(|r| r.tls_endpoints.clear()), ["tls-missing"]);
    let probe =
        |change: fn(&mut TlsProbe)| without(|r| change(r.tls_endpoints[0].probe.as_mut().unwrap()));
    assert_eq!(
        probe(|p| p.lowest_protocol = "TLSv1.0".into()),
        ["tls-too-weak"]
    );
    assert_eq!(probe(|p| p.certificate_verified = false), ["tls-too-weak"]);
    assert_eq!(
        probe(|p| p.certificate_valid_to = on("2026-03-02")),
        ["tls-ends-too-early"]
    );
    assert_eq!(
        without(|r| r.multi_factor_authentication.clear()),
        ["mfa-missing"]
    );
    assert_eq!(
        without(|r| r.access_logs[0].systems.clear()),
        ["access-log-out-of-scope"]
    );
    assert_eq!(without(|r| r.backups.clear()), ["backup-missing"]);
    assert_eq!(
        without(|r| r.backups[0].restored_on = None),
        ["backup-not-restored"]
    );
    assert_eq!(
        without(|r| r.backups[0].restored_on = Some(on("2026-02-01"))),
        ["backup-dates-reversed"],
        "what was restored was an earlier backup"
    );
    assert_eq!(
        without(|r| r.retention[0].years = 5),
        ["retention-too-weak"]
    );
    assert_eq!(
        without(|r| r.retention[0].attestation.owner = " ".into()),
        ["retention-without-owner"]
    );
}

#[test]
fn evidence_is_shown_and_not_claimed() {
    let mut shown = request();
    shown.evidence.clear();
    let gaps = codes(&complete(), &shown.evidence(b"another file"));
    let not_shown = |code: &&String| code.ends_with("-evidence-not-shown");
    assert_eq!(gaps.iter().filter(not_shown).count(), 9);
    let others: Vec<_> = gaps.iter().filter(|code| !not_shown(code)).collect();
    assert_eq!(others, ["baa-chain-broken"], "{gaps:?}");
}

#[test]
fn what_the_request_leaves_out_is_not_permitted() {
    let empty = ExtractionRequest::new(SYSTEM, on("2026-03-01"), on("2026-02-01")).evidence(PAPER);
    assert_eq!(
        codes(&complete(), &empty),
        [
            "request-dates-reversed",
            "request-not-named",
            "request-not-named",
            "request-not-named"
        ]
    );
    let blank = request().party(" ");
    assert_eq!(
        codes(&complete(), &blank),
        ["request-not-named", "baa-missing"]
    );
    // who named an endpoint does not become offline
    let both = request().endpoint("other.example:443").offline();
    assert_eq!(codes(&complete(), &both), ["tls-missing"]);
}

#[test]
fn a_register_is_read_whole_or_not_at_all() {
    let error = |json: &str| {
        ReadinessRegister::from_json(json.as_bytes())
            .unwrap_err()
            .to_string()
    };
    let unknown = r#"{"version": 1, "organization": "P", "waived": true}"#;
    assert_eq!(
        error(unknown),
        "the register cannot be read (line 1, column 44)"
    );
    let twice = r#"{"version": 1, "organization": "P", "backups": [], "backups": []}"#;
    assert!(error(twice).starts_with("the register cannot be read"));
    assert_eq!(
        error(r#"{"version": 2, "organization": "P"}"#),
        "the register is of version 2; this program reads version 1"
    );
    assert!(day("2026-2-1").is_err() && day("+2026-02-1").is_err() && day("2026-02-30").is_err());
    assert!("AB".repeat(32).parse::<Sha256Digest>().is_err());
    assert_eq!(
        Sha256Digest::of(b"abc").to_string(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
}

#[test]
fn gaps_say_which_and_until_when() {
    let mut content = complete();
    content.agreements[1].attestation.valid_to = on("2026-02-28");
    let gaps = read(&content).permit(&request()).unwrap_err();
    assert_eq!(
        gaps.to_string(),
        "no extraction without a complete register\n  baa-expired: Cloud (valid to 2026-02-28)"
    );
    let json = serde_json::to_string(gaps.iter().next().unwrap()).unwrap();
    assert_eq!(
        json,
        r#"{"code":"baa-expired","subject":"Cloud","valid_to":"2026-02-28"}"#
    );
}

/// A register in which everything happens on one day, and a request for that day.
fn one_day(day: &str) -> (RegisterContent, ExtractionRequest) {
    let mut content = complete();
    let today = on(day);
    let attested = |one: &mut Attestation| (one.dated, one.valid_to) = (today, today);
    for one in &mut content.agreements {
        attested(&mut one.attestation);
        one.signed_on = Some(today);
    }
    attested(&mut content.risk_assessments[0].attestation);
    let store = &mut content.encrypted_stores[0];
    attested(&mut store.attestation);
    let probe = store.probe.as_mut().unwrap();
    (probe.measured_on, probe.key_bits) = (today, MIN_KEY_BITS);
    let endpoint = &mut content.tls_endpoints[0];
    attested(&mut endpoint.attestation);
    let probe = endpoint.probe.as_mut().unwrap();
    (probe.measured_on, probe.certificate_valid_to) = (today, today);
    attested(&mut content.multi_factor_authentication[0].attestation);
    attested(&mut content.access_logs[0].attestation);
    attested(&mut content.backups[0].attestation);
    content.backups[0].restored_on = Some(today);
    attested(&mut content.retention[0].attestation);
    content.retention[0].years = RETENTION_YEARS;
    let mut request = request();
    (request.today, request.last_day) = (today, today);
    (content, request)
}

#[test]
fn the_first_and_the_last_day_count() {
    let (content, request) = one_day("2026-03-01");
    assert_eq!(codes(&content, &request), [""; 0]);
    let register = read(&content);
    let permit = register.permit(&request).unwrap();
    let check = permit.check(SYSTEM, "Cloud", &register, on("2026-03-01"));
    assert_eq!(check, Ok(()));
    // a day more, and nothing of it lasts
    let mut longer = request.clone();
    longer.last_day = on("2026-03-02");
    let ends = |code: &String| code.ends_with("-ends-too-early") || code == "baa-chain-broken";
    let gaps = codes(&content, &longer);
    assert!(gaps.len() >= 9 && gaps.iter().all(ends), "{gaps:?}");
    // a day before, and nothing of it has happened
    let mut before = request;
    before.today = on("2026-02-28");
    let gaps = codes(&content, &before);
    for code in [
        "baa",
        "risk-assessment",
        "encryption",
        "tls",
        "mfa",
        "access-log",
        "backup",
        "retention",
    ] {
        assert!(
            gaps.contains(&format!("{code}-in-future")),
            "{code} {gaps:?}"
        );
    }
}

#[test]
fn a_probe_holds_for_so_many_days_and_no_more() {
    let measured = |days: u64| {
        let day = request().last_day - chrono::Days::new(days);
        without(|r| r.encrypted_stores[0].probe.as_mut().unwrap().measured_on = day)
    };
    assert_eq!(measured(PROBE_VALID_DAYS), [""; 0]);
    assert_eq!(
        measured(PROBE_VALID_DAYS + 1),
        ["encryption-ends-too-early"]
    );
    let weak = without(|r| {
        r.encrypted_stores[0].probe.as_mut().unwrap().key_bits = MIN_KEY_BITS - 1;
    });
    assert_eq!(weak, ["encryption-too-weak"]);
    let nameless = without(|r| r.encrypted_stores[0].probe.as_mut().unwrap().tool = " ".into());
    assert_eq!(nameless, ["encryption-not-measured"]);
    let restored = without(|r| r.backups[0].restored_on = Some(on("2026-03-02")));
    assert_eq!(restored, ["backup-in-future"]);
}
