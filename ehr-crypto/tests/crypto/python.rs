//! The formats against a second program, in Python, that was written from their descriptions.
//!
//! `EHR_PYTHON` names a Python that has the package `cryptography`; without it `python3` is tried.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use ehr_crypto::{DataKey, SigningKey, open, seal};

const PROGRAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/crypto/other.py");

/// `None`, and a line that says so, without a Python that can do it.
#[allow(clippy::print_stderr)]
fn python(arguments: &[&str], input: &[u8]) -> Option<Output> {
    let program = std::env::var_os("EHR_PYTHON").unwrap_or_else(|| "python3".into());
    let mut probe = Command::new(&program);
    let probe = probe
        .args(["-c", "import cryptography"])
        .stderr(Stdio::null());
    if !probe.status().is_ok_and(|status| status.success()) {
        assert!(
            std::env::var_os("EHR_PYTHON").is_none(),
            "EHR_PYTHON lacks cryptography"
        );
        eprintln!("skipped: no Python with the package cryptography");
        return None;
    }
    let mut child = Command::new(program)
        .arg(PROGRAM)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // the program may end without having read everything
    let feed = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    let _ = feed.join().unwrap();
    Some(output)
}

const KEY: [u8; 32] = [0x3b; 32];
const KEY_HEX: &str = "3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b3b";
const CONTEXT: &[u8] = b"c1";
const CONTEXT_HEX: &str = "6331";

#[test]
fn sealed_here_opens_there_and_the_other_way() {
    let key = DataKey::from_bytes(KEY);
    for len in [0, 1, 16_383, 16_384, 16_385, 100_000] {
        let plaintext: Vec<u8> = (0..len).map(|place| (place % 241) as u8).collect();
        let sealed = seal(&key, CONTEXT, &plaintext).unwrap();
        let Some(opened) = python(&["open", KEY_HEX, CONTEXT_HEX], &sealed) else {
            return;
        };
        assert!(
            opened.status.success(),
            "{}",
            String::from_utf8_lossy(&opened.stderr)
        );
        assert!(opened.stdout == plaintext, "{len}");

        let made = python(&["seal", KEY_HEX, CONTEXT_HEX], &plaintext).unwrap();
        assert!(
            open(&key, CONTEXT, &made.stdout).unwrap() == plaintext,
            "{len}"
        );
    }
    let mut sealed = seal(&key, CONTEXT, b"text").unwrap();
    *sealed.last_mut().unwrap() ^= 1;
    let refused = python(&["open", KEY_HEX, CONTEXT_HEX], &sealed).unwrap();
    assert!(!refused.status.success());
}

#[test]
fn a_note_that_is_signed_here_verifies_there() {
    let key = SigningKey::from_seed("log.example", DataKey::from_bytes(KEY)).unwrap();
    let note = key.sign("log.example\n7\ngrößer\n").unwrap();
    let public = key.verifying_key().to_string();
    let Some(verified) = python(&["verify", &public], note.as_bytes()) else {
        return;
    };
    assert!(
        verified.status.success(),
        "{}",
        String::from_utf8_lossy(&verified.stderr)
    );
    let changed = note.replace("\n7\n", "\n8\n");
    let refused = python(&["verify", &public], changed.as_bytes()).unwrap();
    assert!(!refused.status.success());
}

/// The shares of a slot give the lock that opens it, by the formula in the module's description alone.
#[cfg(feature = "shamir")]
#[test]
fn shares_are_put_together_there() {
    use ehr_crypto::Slot;

    let key = DataKey::from_bytes(KEY);
    let (slot, shares) = Slot::for_shares("board", (3, 5), CONTEXT, &key).unwrap();
    let codes: Vec<String> = [4, 0, 2]
        .map(|place: usize| shares[place].expose_code().to_string())
        .to_vec();
    let arguments: Vec<&str> = ["combine"]
        .into_iter()
        .chain(codes.iter().map(String::as_str))
        .collect();
    let Some(combined) = python(&arguments, b"") else {
        return;
    };
    assert!(
        combined.status.success(),
        "{}",
        String::from_utf8_lossy(&combined.stderr)
    );
    let lock_hex = String::from_utf8(combined.stdout).unwrap();
    // and the lock opens what the slot holds
    let json = serde_json::to_value(&slot).unwrap();
    let wrapped = json["wrapped"].as_str().unwrap();
    let wrapped: Vec<u8> = (0..wrapped.len() / 2)
        .map(|place| u8::from_str_radix(&wrapped[2 * place..2 * place + 2], 16).unwrap())
        .collect();
    let context: String = b"ehr-crypto/slot/1 shares c1"
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let opened = python(&["open", lock_hex.trim(), &context], &wrapped).unwrap();
    assert_eq!(opened.stdout, KEY);
}
