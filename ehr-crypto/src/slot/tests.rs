//! What opens which slot, and what no slot may do.

use super::passphrase::{MAX_ITERATIONS, PBKDF2};
use super::*;

const PASSPHRASE: &str = "correct horse battery staple";

fn data_key() -> DataKey {
    DataKey::from_bytes([0xa7; 32])
}

#[test]
fn a_key_slot_goes_through_json_and_opens_for_its_key_only() {
    let lock = DataKey::from_bytes([1; 32]);
    let slot = Slot::for_key("office", &lock, b"archive 1", &data_key()).unwrap();
    let json = serde_json::to_string(&slot).unwrap();
    assert!(
        json.starts_with(r#"{"label":"office","kind":"key","wrapped":""#),
        "{json}"
    );
    assert!(!json.contains(&"a7".repeat(8)) && !json.contains(&"01".repeat(8)));

    let slot: Slot = serde_json::from_str(&json).unwrap();
    let opened = slot.open(Credential::Key(&lock), b"archive 1").unwrap();
    assert_eq!(opened.expose_bytes(), data_key().expose_bytes());
    assert!(matches!(
        slot.open(Credential::Key(&lock), b"archive 2"),
        Err(Error::WrongKey)
    ));
    assert!(matches!(
        slot.open(Credential::Key(&data_key()), b"archive 1"),
        Err(Error::WrongKey)
    ));
    assert!(matches!(
        slot.open(Credential::Passphrase(PASSPHRASE), b"archive 1"),
        Err(Error::WrongKey)
    ));
}

#[test]
fn a_passphrase_slot_opens_for_its_passphrase_only() {
    let slot = Slot::for_passphrase("owner", PASSPHRASE, b"archive 1", &data_key()).unwrap();
    let json = serde_json::to_string(&slot).unwrap();
    assert!(
        json.contains(r#""kdf":"pbkdf2-hmac-sha512","iterations":600000"#),
        "{json}"
    );
    let slot: Slot = serde_json::from_str(&json).unwrap();
    let opened = slot
        .open(Credential::Passphrase(PASSPHRASE), b"archive 1")
        .unwrap();
    assert_eq!(opened.expose_bytes(), data_key().expose_bytes());
    let wrong = slot.open(
        Credential::Passphrase("correct horse battery stable"),
        b"archive 1",
    );
    assert!(matches!(wrong, Err(Error::WrongKey)));
    assert!(Slot::for_passphrase("owner", "fourteen chars", b"", &data_key()).is_err());
}

#[test]
fn the_right_slot_is_found_among_many_even_of_later_kinds() {
    let [a, b] = [1, 2].map(|byte| DataKey::from_bytes([byte; 32]));
    let later: Slot = serde_json::from_str(r#"{"label":"cloud","kind":"kms","arn":"x"}"#).unwrap();
    let slots = [
        later,
        Slot::for_key("a", &a, b"x", &data_key()).unwrap(),
        Slot::for_key("b", &b, b"x", &data_key()).unwrap(),
    ];
    assert!(open_any(&slots, Credential::Key(&b), b"x").is_ok());
    assert!(matches!(
        open_any(&slots, Credential::Key(&data_key()), b"x"),
        Err(Error::WrongKey)
    ));
    assert!(matches!(
        open_any(&[], Credential::Key(&b), b"x"),
        Err(Error::WrongKey)
    ));
}

#[test]
fn a_slot_cannot_ask_for_endless_work() {
    for iterations in [0, MAX_ITERATIONS + 1] {
        let json = format!(
            r#"{{"label":"","kind":"passphrase","kdf":"{PBKDF2}","iterations":{iterations},"salt":"","wrapped":""}}"#
        );
        let slot: Slot = serde_json::from_str(&json).unwrap();
        let error = slot
            .open(Credential::Passphrase(PASSPHRASE), b"")
            .err()
            .unwrap();
        assert_eq!(
            error.to_string(),
            "the key slot is not usable: its number of iterations is out of bounds"
        );
    }
}

#[test]
fn a_slot_of_a_later_kind_is_never_written_without_what_it_held() {
    let later: Slot = serde_json::from_str(r#"{"label":"cloud","kind":"hsm","arn":"x"}"#).unwrap();
    assert_eq!(later.description(), "written by a later version");
    assert!(serde_json::to_string(&later).is_err());
}

#[test]
fn a_slot_that_cannot_be_used_does_not_stand_in_the_way() {
    let broken: Slot = serde_json::from_str(
        r#"{"label":"","kind":"passphrase","kdf":"scrypt","iterations":1,"salt":"","wrapped":""}"#,
    )
    .unwrap();
    let slots = [
        broken,
        Slot::for_passphrase("owner", PASSPHRASE, b"x", &data_key()).unwrap(),
    ];
    assert!(open_any(&slots, Credential::Passphrase(PASSPHRASE), b"x").is_ok());
    let error = open_any(&slots[..1], Credential::Passphrase(PASSPHRASE), b"x").unwrap_err();
    assert_eq!(
        error.to_string(),
        "the key slot is not usable: its key derivation is not known to this version"
    );
}

#[test]
fn rewrap_changes_one_lock_and_nothing_else() {
    let [a, b, new] = [1, 2, 3].map(|byte| DataKey::from_bytes([byte; 32]));
    let slots = [
        Slot::for_key("a", &a, b"x", &data_key()).unwrap(),
        Slot::for_key("b", &b, b"x", &data_key()).unwrap(),
    ];
    let json = |slots: &[Slot]| serde_json::to_value(slots).unwrap();
    let wrap = |key: &DataKey| Slot::for_key("b", &new, b"x", key);
    let rotated = rewrap(&slots, Credential::Key(&b), b"x", wrap).unwrap();
    assert_eq!(json(&rotated)[0], json(&slots)[0]);
    let opened = open_any(&rotated, Credential::Key(&new), b"x").unwrap();
    assert_eq!(opened.expose_bytes(), data_key().expose_bytes());
    assert!(open_any(&rotated, Credential::Key(&a), b"x").is_ok());
    assert!(open_any(&rotated, Credential::Key(&b), b"x").is_err());
    assert!(rewrap(&slots, Credential::Key(&new), b"x", wrap).is_err());
}

#[cfg(feature = "argon2")]
#[test]
fn argon2id_stands_in_the_slot_with_its_cost() {
    let slot = Slot::for_passphrase_argon2id("owner", PASSPHRASE, b"x", &data_key()).unwrap();
    let json = serde_json::to_string(&slot).unwrap();
    assert!(
        json.contains(r#""kdf":"argon2id","iterations":3,"memory_kib":262144,"lanes":4,"salt":"#),
        "{json}"
    );
    assert_eq!(
        slot.description(),
        "passphrase, argon2id, 256 MiB, 3 passes, 4 lanes"
    );
    let again: Slot = serde_json::from_str(&json).unwrap();
    assert!(again.open(Credential::Passphrase(PASSPHRASE), b"x").is_ok());
    let wrong = again.open(Credential::Passphrase("another long passphrase"), b"x");
    assert!(matches!(wrong, Err(Error::WrongKey)));
    for (old, new) in [
        ("262144", "1048577"),
        (r#""lanes":4"#, r#""lanes":65"#),
        (r#""lanes":4,"#, ""),
    ] {
        let slot: Slot = serde_json::from_str(&json.replace(old, new)).unwrap();
        let refused = slot.open(Credential::Passphrase(PASSPHRASE), b"x");
        assert!(matches!(refused, Err(Error::Slot { .. })), "{new}");
    }
}

#[cfg(not(feature = "argon2"))]
#[test]
fn argon2id_is_refused_by_name_without_its_feature() {
    let slot: Slot = serde_json::from_str(
        r#"{"label":"","kind":"passphrase","kdf":"argon2id","iterations":3,"memory_kib":262144,"lanes":4,"salt":"","wrapped":""}"#,
    )
    .unwrap();
    let error = slot
        .open(Credential::Passphrase(PASSPHRASE), b"")
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the key slot is not usable: it was written with Argon2id, which this program was built without"
    );
}

#[cfg(feature = "shamir")]
mod shares {
    use super::*;

    fn typed(shares: &[Share], numbers: &[u8]) -> Vec<Share> {
        numbers
            .iter()
            .map(|&number| {
                Share::from_code(&shares[usize::from(number) - 1].expose_code()).unwrap()
            })
            .collect()
    }

    #[test]
    fn every_group_of_three_opens_and_no_two_do() {
        let (slot, shares) = Slot::for_shares("board", (3, 5), b"x", &data_key()).unwrap();
        assert_eq!(slot.description(), "shares, 3 of 5");
        let json = serde_json::to_string(&slot).unwrap();
        let slot: Slot = serde_json::from_str(&json).unwrap();
        for group in 0_u8..32 {
            let numbers: Vec<u8> = (1..=5).filter(|bit| group >> (bit - 1) & 1 == 1).collect();
            let brought = typed(&shares, &numbers);
            let opened = slot.open(Credential::Shares(&brought), b"x");
            match numbers.len() {
                0 => assert!(matches!(opened, Err(Error::WrongKey))),
                found @ 1..=2 => assert!(matches!(
                    opened,
                    Err(Error::TooFewShares { found: told, needed: 3 }) if told == found
                )),
                _ => assert_eq!(opened.unwrap().expose_bytes(), data_key().expose_bytes()),
            }
        }
        let twice = typed(&shares, &[4, 4, 4, 1]);
        assert!(matches!(
            slot.open(Credential::Shares(&twice), b"x"),
            Err(Error::TooFewShares { found: 2, .. })
        ));
        let others = typed(&shares, &[1, 2, 3]);
        assert!(matches!(
            slot.open(Credential::Shares(&others), b"y"),
            Err(Error::WrongKey)
        ));
    }

    #[test]
    fn a_bad_share_is_named_and_does_not_stop_enough_good_ones() {
        let (slot, shares) = Slot::for_shares("board", (2, 4), b"x", &data_key()).unwrap();
        let mut brought = typed(&shares, &[1, 3]);
        brought[1].value[7] ^= 1;
        let error = slot.open(Credential::Shares(&brought), b"x").unwrap_err();
        assert_eq!(error.to_string(), "not what was dealt: share 3");
        brought.extend(typed(&shares, &[4]));
        assert_eq!(slot.bad_shares(&brought), [3]);
        assert!(slot.open(Credential::Shares(&brought), b"x").is_ok());
        // one number in the place of another
        let mut brought = typed(&shares, &[1, 2]);
        brought[1].number = 9;
        assert_eq!(slot.bad_shares(&brought), [9]);
    }

    #[test]
    fn the_same_shares_open_all_slots_of_a_deal() {
        let (one, two) = (data_key(), DataKey::generate().unwrap());
        let keys: [(&[u8], &DataKey); 2] = [(b"one", &one), (b"two", &two)];
        let (slots, shares) = Slot::for_shares_of_all("board", (2, 3), &keys).unwrap();
        let brought = typed(&shares, &[3, 1]);
        for (slot, (context, key)) in slots.iter().zip(keys) {
            assert_eq!(slot.kind(), SlotKind::Shares { needed: 2 });
            let opened = slot.open(Credential::Shares(&brought), context).unwrap();
            assert_eq!(opened.expose_bytes(), key.expose_bytes());
            assert!(slot.open(Credential::Shares(&brought), b"else").is_err());
        }
    }

    #[test]
    fn shares_of_another_slot_open_nothing() {
        let (slot, _) = Slot::for_shares("a", (2, 3), b"x", &data_key()).unwrap();
        let (other, shares) = Slot::for_shares("b", (2, 3), b"x", &data_key()).unwrap();
        assert!(matches!(
            slot.open(Credential::Shares(&shares), b"x"),
            Err(Error::WrongKey)
        ));
        assert!(open_any(&[slot, other], Credential::Shares(&shares), b"x").is_ok());
    }

    #[test]
    fn codes_are_checked_as_they_are_typed() {
        let (slot, shares) = Slot::for_shares("a", (2, 2), b"x", &data_key()).unwrap();
        let code = shares[0].expose_code();
        assert_eq!(code.len(), 64 + 15);
        assert_eq!(format!("{:?}", shares[0]), "Share(number 1, secret)");
        assert!(
            !serde_json::to_string(&slot)
                .unwrap()
                .contains(&encoding::to_hex(&shares[0].value[..]))
        );
        let slip = if code.ends_with('0') { "1" } else { "0" };
        for (text, reason) in [
            (
                format!("{}{slip}", &code[..code.len() - 1]),
                "its checksum does not match",
            ),
            (code[..70].to_owned(), "it has not 64 letters and digits"),
            ("U".to_owned(), "it holds a letter that never occurs in one"),
            (
                data_key().expose_recovery_code().to_string(),
                "it has not 64 letters and digits",
            ),
        ] {
            let error = Share::from_code(&text).unwrap_err();
            assert_eq!(error.to_string(), format!("not a share: {reason}"));
        }
        for (needed, count) in [(1, 3), (4, 3), (0, 0)] {
            assert!(Slot::for_shares("a", (needed, count), b"x", &data_key()).is_err());
        }
        assert!(Slot::for_shares("a", (255, 255), b"x", &data_key()).is_ok());
    }
}

mod service {
    use super::*;

    /// Wraps with a key of its own, and can be out of reach.
    struct Stub {
        key: DataKey,
        down: bool,
    }

    impl KeyWrapper for Stub {
        fn service(&self) -> &str {
            "stub"
        }

        fn key(&self) -> &str {
            "ehr"
        }

        fn wrap_key(&self, key: &DataKey, context: &[u8]) -> Result<String, KeyServiceError> {
            let sealed = seal(&self.key, context, key.expose_bytes());
            Ok(encoding::to_hex(
                &sealed.map_err(|_| KeyServiceError::NotWrappedHere)?,
            ))
        }

        fn unwrap_key(&self, wrapped: &str, context: &[u8]) -> Result<DataKey, KeyServiceError> {
            if self.down {
                return Err(KeyServiceError::Busy { status: 503 });
            }
            let opened = open(&self.key, context, &encoding::from_hex(wrapped).unwrap());
            DataKey::from_slice(&opened.map_err(|_| KeyServiceError::NotWrappedHere)?)
                .map_err(|_| KeyServiceError::NotWrappedHere)
        }
    }

    #[test]
    fn a_service_wraps_and_unwraps() {
        let mut stub = Stub {
            key: DataKey::from_bytes([8; 32]),
            down: false,
        };
        let slot = Slot::for_service("vault", &stub, b"x", &data_key()).unwrap();
        let json = serde_json::to_string(&slot).unwrap();
        assert!(
            json.starts_with(r#"{"label":"vault","kind":"service","service":"stub","key":"ehr","#)
        );
        assert_eq!(slot.description(), "stub with ehr");
        let opened = slot.open(Credential::Service(&stub), b"x").unwrap();
        assert_eq!(opened.expose_bytes(), data_key().expose_bytes());
        assert!(matches!(
            slot.open(Credential::Service(&stub), b"y"),
            Err(Error::KeyService(KeyServiceError::NotWrappedHere))
        ));
        stub.down = true;
        assert!(matches!(
            open_any(&[slot], Credential::Service(&stub), b"x"),
            Err(Error::KeyService(KeyServiceError::Busy { status: 503 }))
        ));
    }
}
