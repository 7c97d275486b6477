//! The form asks for what the archive has slots for, and each of them opens it.

use std::path::Path;

use ehr_archive::{Access, Custodian, Purpose, Role};
use ehr_crypto::Credential;
use examples::key_service::VaultTransit;

use crate::key_service::stub::serve;
use crate::key_service::vault::{TOKEN, Transit};
use crate::viewer::archive::{self, agent, code, log};
use crate::viewer::client::{Client, Server};
use crate::viewer::views::chart_of;

const ACCESS: Access<'_> = Access {
    agent: "auditor",
    recorded: "2026-02-01T10:00:00-05:00",
    purpose: Purpose::Operations,
};
const READS: [Role; 3] = [Role::Catalogue, Role::Epoch, Role::Log];
const PASSPHRASE: &str = "eleven invented otters";

fn custodian(path: &Path) -> Custodian {
    Custodian::open(path, &archive::key(), &ACCESS).unwrap()
}

#[track_caller]
fn opens(server: &Server, secrets: &[(&str, &str)]) {
    let mut client = Client::new(server);
    let token = client.get("/unlock").token();
    let answer = client.unlock_with_all("jdoe", secrets, &token);
    assert_eq!(answer.header("location"), Some("/"), "{}", answer.text());
    let chart = chart_of(&mut client, "MRN 7");
    assert!(client.get(&chart).text().contains("Gout"));
}

#[track_caller]
fn refuses(server: &Server, secrets: &[(&str, &str)], status: u16, message: &str) {
    let mut client = Client::new(server);
    let token = client.get("/unlock").token();
    let answer = client.unlock_with_all("mallory", secrets, &token);
    assert_eq!(answer.status, status, "{}", answer.text());
    assert!(answer.text().contains(message), "{}", answer.text());
    for (_, secret) in secrets {
        assert!(!answer.text().contains(secret), "a secret never comes back");
    }
}

#[test]
fn an_archive_with_one_key_asks_for_no_more() {
    let folder = tempfile::tempdir().unwrap();
    archive::write(folder.path());
    let server = Server::start(folder.path(), &[]);
    let form = Client::new(&server).get("/unlock").text();
    assert!(form.contains("name=\"key-file\"") && form.contains("name=\"code\""));
    for absent in ["passphrase", "share", "vault-token"] {
        assert!(!form.contains(&format!("name=\"{absent}\"")), "{absent}");
    }
}

#[test]
fn a_passphrase_and_shares_open_it() {
    let folder = tempfile::tempdir().unwrap();
    archive::write(folder.path());
    let mut custodian = custodian(folder.path());
    let passphrase = Credential::Passphrase(PASSPHRASE);
    custodian
        .grant("office", passphrase, &READS, &ACCESS)
        .unwrap();
    let shares = custodian
        .grant_shares("board", (2, 3), &READS, &ACCESS)
        .unwrap();
    drop(custodian);
    let shares: Vec<String> = shares
        .iter()
        .map(|share| share.expose_code().to_string())
        .collect();

    let server = Server::start(folder.path(), &[]);
    let form = Client::new(&server).get("/unlock").text();
    assert!(form.contains("name=\"passphrase\""));
    assert_eq!(form.matches("name=\"share\"").count(), 2);
    opens(&server, &[("passphrase", PASSPHRASE)]);
    opens(&server, &[("share", &shares[2]), ("share", &shares[0])]);
    opens(&server, &[("code", &code()), ("share", "")]);

    refuses(
        &server,
        &[("passphrase", "twelve invented otters")],
        403,
        "does not open the archive",
    );
    refuses(
        &server,
        &[("share", &shares[1])],
        403,
        "These shares do not open the archive",
    );
    refuses(
        &server,
        &[("share", &shares[1]), ("share", &shares[1])],
        403,
        "These shares do not open",
    );
    refuses(&server, &[("share", "ABCD")], 400, "64 letters and digits");
    refuses(
        &server,
        &[("share", &shares[1]), ("passphrase", PASSPHRASE)],
        400,
        "Give one of them",
    );
    opens(&server, &[("share", &shares[1]), ("share", &shares[0])]);
    let failed: Vec<_> = log(folder.path())
        .into_iter()
        .filter(|event| event["outcome"] == "4")
        .collect();
    assert_eq!(failed.len(), 1, "of one agent");
    assert_eq!(agent(&failed[0]), "mallory");
    assert_eq!(
        failed[0]["entity"][0]["detail"][0]["valueString"], "3",
        "what cannot be a share is no attempt"
    );
}

#[test]
fn a_key_service_opens_it_for_people_with_tokens_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    archive::write(folder.path());
    let transit = Transit::new();
    let (address, wrong) = serve(move |request| transit.answer(request));
    let vault = VaultTransit::new(&address, TOKEN.to_owned(), "ehr").unwrap();
    let service = Credential::Service(&vault);
    custodian(folder.path())
        .grant("vault", service, &READS, &ACCESS)
        .unwrap();

    let without = Server::start(folder.path(), &[]);
    assert!(
        !Client::new(&without)
            .get("/unlock")
            .text()
            .contains("vault-token")
    );
    let other = Server::start(
        folder.path(),
        &["--vault", &address, "--vault-key", "other"],
    );
    assert!(
        !Client::new(&other)
            .get("/unlock")
            .text()
            .contains("vault-token")
    );
    let server = Server::start(folder.path(), &["--vault", &address, "--vault-key", "ehr"]);
    assert!(
        Client::new(&server)
            .get("/unlock")
            .text()
            .contains("name=\"vault-token\"")
    );
    refuses(
        &server,
        &[("vault-token", "hvs.of-nobody")],
        403,
        "does not open the archive",
    );
    refuses(&without, &[("vault-token", TOKEN)], 400, "Give one of them");
    opens(&server, &[("vault-token", TOKEN)]);
    assert_eq!(*wrong.lock().unwrap(), [""; 0]);

    let gone = Server::start(
        folder.path(),
        &["--vault", "http://127.0.0.1:9", "--vault-key", "ehr"],
    );
    refuses(
        &gone,
        &[("vault-token", TOKEN)],
        502,
        "It cannot be unlocked now: the key service cannot be reached",
    );
    // a token does not go over a network in clear
    let program = crate::program::find("viewer");
    let arguments = [
        "--vault",
        "http://vault.example:8200",
        "--vault-key",
        "ehr",
        "--archive",
    ];
    let output = std::process::Command::new(program)
        .args(arguments)
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("begins with https://"));
}
