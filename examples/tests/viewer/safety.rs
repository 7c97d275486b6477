//! What the server refuses, and what it says to browsers.

use std::thread::sleep;
use std::time::Duration;

use crate::viewer::archive::{self, code};
use crate::viewer::client::{Client, Server};
use crate::viewer::views::chart_of;

#[test]
fn foreign_hosts_and_origins_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    archive::write(folder.path());
    let server = Server::start(folder.path(), &["--host", "archive.example"]);
    let mut client = Client::unlocked(&server, "jdoe", &code());
    let port = server.address.rsplit(':').next().unwrap().to_owned();
    for (host, status) in [
        (server.address.clone(), 200),
        (format!("localhost:{port}"), 200),
        (format!("[::1]:{port}"), 200),
        ("archive.example".into(), 200),
        ("ARCHIVE.example".into(), 200),
        (format!("evil.example:{port}"), 421),
        ("127.0.0.1".into(), 421),
        (format!("127.0.0.1:{port}.evil.example"), 421),
        (String::new(), 421),
    ] {
        let answer = client.request("GET", "/", &[("Host", &host)], b"");
        assert_eq!(answer.status, status, "{host:?}");
        assert_eq!(
            answer.text().contains("Find a patient"),
            status == 200,
            "{host:?}"
        );
    }
    let twice = format!(
        "GET / HTTP/1.1\r\nHost: {0}\r\nHost: evil.example\r\nCookie: {1}\r\nConnection: close\r\n\r\n",
        server.address, client.cookie
    );
    assert!(server.send(twice.as_bytes()).status >= 400);
    let none = format!("GET / HTTP/1.0\r\nCookie: {}\r\n\r\n", client.cookie);
    assert!(server.send(none.as_bytes()).status >= 400);
    let token = client.get("/").token();
    let body = format!("token={token}&mrn=7");
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let own = format!("http://{}", server.address);
    for (header, value, status) in [
        ("Origin", own.as_str(), 200),
        ("Origin", "http://evil.example", 403),
        ("Origin", "null", 403),
        ("Origin", &own.replace("http:", "https:"), 403),
        ("Sec-Fetch-Site", "same-origin", 200),
        ("Sec-Fetch-Site", "cross-site", 403),
        ("Sec-Fetch-Site", "same-site", 403),
    ] {
        assert_eq!(
            client
                .request("POST", "/", &[kind, (header, value)], body.as_bytes())
                .status,
            status,
            "{header}: {value}"
        );
    }
}

#[test]
fn a_form_without_the_token_of_its_session_does_nothing() {
    let folder = tempfile::tempdir().unwrap();
    archive::write(folder.path());
    let server = Server::start(folder.path(), &[]);
    let mut client = Client::unlocked(&server, "jdoe", &code());
    let mut other = Client::unlocked(&server, "other", &code());
    let foreign = other.get("/").token();
    assert_ne!(foreign, client.get("/").token());
    for path in ["/", "/lock", "/chart/0/break-glass", "/chart/0/release"] {
        for token in ["", "0", foreign.as_str()] {
            let answer = client.post_without_token(
                path,
                &[
                    ("mrn", "MRN 7"),
                    ("reason", "a long enough reason"),
                    ("token", token),
                ],
            );
            assert_eq!(answer.status, 403, "{path} {token:?}");
        }
        assert_eq!(
            client.post_without_token(path, &[("mrn", "MRN 7")]).status,
            403,
            "{path}"
        );
    }
    assert_eq!(client.get("/").status, 200, "nobody locked it");
    // The form to unlock with has one as well, so that nobody is logged in as somebody else.
    let mut fresh = Client::new(&server);
    assert_eq!(
        fresh.unlock_with_token("jdoe", "code", &code(), "0").status,
        403
    );
    let token = fresh.get("/unlock").token();
    let cookie = std::mem::take(&mut fresh.cookie);
    assert_eq!(
        fresh
            .unlock_with_token("jdoe", "code", &code(), &token)
            .status,
        403
    );
    fresh.cookie.clone_from(&cookie);
    assert_eq!(
        fresh
            .unlock_with_token("jdoe", "code", &code(), &token)
            .status,
        303
    );
    assert_ne!(fresh.cookie, cookie, "the session has a new name");
}

#[test]
fn a_session_ends_when_nobody_asks_and_when_it_is_locked() {
    let folder = tempfile::tempdir().unwrap();
    archive::write(folder.path());
    let server = Server::start(folder.path(), &["--idle", "2"]);
    let mut client = Client::unlocked(&server, "jdoe", &code());
    let address = chart_of(&mut client, "MRN 7");
    for _ in 0..4 {
        sleep(Duration::from_millis(700));
        let answer = client.get(&address);
        assert_eq!(answer.status, 200, "looking keeps it alive");
        assert_eq!(answer.header("refresh"), Some("3; url=/unlock?ended"));
    }
    let cookie = client.cookie.clone();
    assert!(
        client
            .get("/unlock?ended")
            .text()
            .contains("is unlocked in this browser")
    );
    assert_eq!(
        client.cookie, cookie,
        "a page that was left alone does not take the session away"
    );
    sleep(Duration::from_millis(2600));
    let answer = client.get(&address);
    assert_eq!(
        (answer.status, answer.header("location")),
        (303, Some("/unlock?ended"))
    );
    assert!(!answer.text().contains("Thistlewood"));

    let mut client = Client::unlocked(&server, "jdoe", &code());
    let cookie = client.cookie.clone();
    assert_eq!(client.post("/lock", &[]).status, 303);
    client.cookie = cookie;
    assert_eq!(client.get(&address).status, 303);
    client.cookie = "ehr-viewer=guess".into();
    assert_eq!(client.get(&address).status, 303);
}

#[test]
fn after_five_wrong_keys_everybody_waits() {
    let folder = tempfile::tempdir().unwrap();
    archive::write(folder.path());
    let server = Server::start(folder.path(), &[]);
    let mut client = Client::new(&server);
    let wrong = ehr_crypto::DataKey::from_bytes([1; 32]).expose_recovery_code();
    for _ in 0..5 {
        assert_eq!(client.unlock("mallory", "code", &wrong).status, 403);
    }
    assert_eq!(client.unlock("jdoe", "code", &code()).status, 429);
}

#[test]
fn every_answer_tells_browsers_what_not_to_do() {
    let folder = tempfile::tempdir().unwrap();
    archive::write(folder.path());
    let server = Server::start(folder.path(), &[]);
    let mut client = Client::new(&server);
    let unlock = client.get("/unlock");
    let cookie = unlock.header("set-cookie").unwrap();
    assert!(
        cookie.contains("httponly") && cookie.contains("samesite=strict"),
        "{cookie}"
    );
    let mut client = Client::unlocked(&server, "jdoe", &code());
    let address = chart_of(&mut client, "MRN 7");
    for path in [
        "/",
        "/nowhere",
        "/style.css",
        &address,
        &format!("{address}/document/9/0"),
        "/unlock",
    ] {
        let answer = client.get(path);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self';")
                && !policy.contains(concat!("un", "safe")),
            "{path}: {policy}"
        );
        assert!(!policy.contains("script"), "no source of scripts is named");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "deny"),
            ("cache-control", "no-store"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
    }
}

#[test]
fn documents_are_what_their_bytes_say_and_never_a_page() {
    let folder = tempfile::tempdir().unwrap();
    archive::write(folder.path());
    let server = Server::start(folder.path(), &[]);
    let mut client = Client::unlocked(&server, "jdoe", &code());
    let address = chart_of(&mut client, "MRN 7");
    let document = format!("{address}/document/9");
    for (part, kind, disposition) in [
        (0, "text/plain; charset=utf-8", "attachment"),
        (1, "text/plain; charset=utf-8", "attachment"),
        (2, "application/pdf", "inline"),
        (3, "application/octet-stream", "attachment"),
        (4, "text/plain; charset=utf-8", "attachment"),
        (5, "image/png", "inline"),
    ] {
        let answer = client.get(&format!("{document}/{part}/raw"));
        assert_eq!(answer.header("content-type"), Some(kind), "{part}");
        assert!(
            answer
                .header("content-disposition")
                .unwrap()
                .starts_with(disposition),
            "{part}"
        );
        let policy = answer.header("content-security-policy").unwrap();
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'self'"),
            "{part}: {policy}"
        );
        assert!(
            policy.contains("; sandbox;") || part == 2,
            "{part}: {policy}"
        );
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(client.get(&format!("{document}/{part}")).status, 200);
    }
    let html = client.get(&format!("{document}/1")).text();
    assert!(html.contains("&#60;script&#62;alert(1)") && !html.contains("<script"));
    assert!(
        client
            .get(&format!("{document}/2"))
            .text()
            .contains("<iframe")
    );
    assert_eq!(client.get(&format!("{document}/6/raw")).status, 404);
    assert_eq!(
        client.get(&format!("{address}/document/1/0/raw")).status,
        404
    );
}

#[test]
fn a_network_is_not_served_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    archive::write(folder.path());
    let program = crate::program::find("viewer");
    let output = std::process::Command::new(program)
        .args(["--listen", "0.0.0.0:0", "--archive"])
        .arg(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        said,
        "error: 0.0.0.0 is not the loopback: give --tls-cert and --tls-key\n"
    );
}
