//! Any text as a signed note, a checkpoint and a verifying key: nothing verifies that was not signed.
#![no_main]

use ehr_crypto::tree::Checkpoint;
use ehr_crypto::{DataKey, SigningKey, VerifyingKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let key = SigningKey::from_seed("log.example", DataKey::from_bytes([7; 32])).expect("a name");
    let public = key.verifying_key();
    if let Ok(signed) = public.verify(text) {
        // only somebody with the key could have made it: signing it again gives that very line
        let again = key.sign(signed).expect("it was signed before");
        let line = again.lines().last().expect("a signature");
        assert!(
            text.lines().any(|found| found == line),
            "a note that was not signed verifies"
        );
    }
    if let Ok(note) = key.sign(text) {
        assert_eq!(public.verify(&note).expect("what was signed"), text);
        if let Ok(checkpoint) = Checkpoint::verify(&note, public) {
            assert_eq!(checkpoint.sign(&key).expect("it was read"), note);
        }
    }
    if let Ok(other) = text.parse::<VerifyingKey>() {
        assert_eq!(other.to_string(), text);
    }
});
