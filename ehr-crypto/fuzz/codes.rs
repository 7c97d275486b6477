//! Any text as a recovery code or a share: what is read is written the same, and is typed again with the same result.
#![no_main]

use ehr_crypto::DataKey;
use ehr_crypto::slot::Share;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    if let Some((key, _)) = input.split_first_chunk::<32>() {
        let code = DataKey::from_bytes(*key).expose_recovery_code();
        let read = DataKey::from_recovery_code(&code).expect("what was written");
        assert_eq!(read.expose_bytes(), key);
        assert!(Share::from_code(&code).is_err());
    }
    let Ok(text) = std::str::from_utf8(input) else {
        return;
    };
    if let Ok(key) = DataKey::from_recovery_code(text) {
        let again =
            DataKey::from_recovery_code(&key.expose_recovery_code()).expect("what was written");
        assert_eq!(again.expose_bytes(), key.expose_bytes());
    }
    if let Ok(share) = Share::from_code(text) {
        let again = Share::from_code(&share.expose_code()).expect("what was written");
        assert_eq!(again.expose_code(), share.expose_code());
    }
});
