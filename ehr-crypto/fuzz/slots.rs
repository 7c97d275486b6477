//! Any text as slots and receipts: reading ends, a slot opens for nobody by accident, and what is written reads back.
#![no_main]

use ehr_crypto::epoch::DestructionReceipt;
use ehr_crypto::{Credential, DataKey, Slot};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(slot) = serde_json::from_str::<Slot>(text) {
        let key = DataKey::from_bytes([7; 32]);
        assert!(slot.open(Credential::Key(&key), b"fuzz").is_err());
        assert!(slot.open(Credential::Shares(&[]), b"fuzz").is_err());
        // no passphrase: a slot may ask for much work, within its bounds
        assert!(!slot.description().is_empty());
        if let Ok(json) = serde_json::to_string(&slot) {
            let again: Slot = serde_json::from_str(&json).expect("what was written");
            assert_eq!(
                json,
                serde_json::to_string(&again).expect("it was written before")
            );
        }
    }
    if let Ok(receipt) = serde_json::from_str::<DestructionReceipt>(text) {
        let json = serde_json::to_string(&receipt).expect("a receipt can be written");
        assert!(
            serde_json::from_str::<DestructionReceipt>(&json).is_ok_and(|again| again == receipt)
        );
    }
});
