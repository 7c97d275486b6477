//! The viewer with TLS on the loopback.

#![expect(clippy::print_stdout, reason = "a test says that it was skipped")]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use ehr_crypto::tls::rustls::{ClientConnection, RootCertStore, StreamOwned};
use ehr_crypto::tls::{check_connection, client_config, read_certificates};

use crate::viewer::archive;
use crate::viewer::client::Server;

/// Makes a certificate for localhost and its key in a folder; without OpenSSL says so.
fn certificate(folder: &Path) -> bool {
    let subject = ["-subj", "/CN=localhost", "-days", "2"];
    let names = [
        "-addext",
        "subjectAltName=DNS:localhost",
        "-addext",
        "basicConstraints=critical,CA:FALSE",
    ];
    let made = Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-newkey", "ec"])
        .args(["-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-keyout", "key.pem", "-out", "cert.pem"])
        .args(subject)
        .args(names)
        .current_dir(folder)
        .stderr(Stdio::null())
        .status();
    let made = made.is_ok_and(|status| status.success());
    if !made {
        println!("skipped: TLS of the viewer: no openssl that makes a certificate");
    }
    made
}

/// What a browser that trusts these certificates gets.
fn get(server: &Server, roots: RootCertStore, path: &str) -> std::io::Result<String> {
    let config = Arc::new(client_config(roots).unwrap());
    let client = ClientConnection::new(config, "localhost".try_into().unwrap()).unwrap();
    let mut stream = StreamOwned::new(client, TcpStream::connect(&server.address)?);
    let port = server.address.rsplit(':').next().unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    check_connection(&stream.conn).unwrap();
    Ok(answer)
}

#[test]
fn with_a_certificate_nothing_is_said_in_clear() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    archive::write(&archive);
    if !certificate(folder.path()) {
        return;
    }
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (chain, key) = (path("cert.pem"), path("key.pem"));
    let server = Server::start(&archive, &["--tls-cert", &chain, "--tls-key", &key]);
    let mut roots = RootCertStore::empty();
    for certificate in read_certificates(chain.as_ref()).unwrap() {
        roots.add(certificate).unwrap();
    }

    let page = get(&server, roots.clone(), "/unlock").unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("Unlock the archive"));
    let head = page.split("\r\n\r\n").next().unwrap().to_ascii_lowercase();
    assert!(
        head.contains("strict-transport-security: max-age=31536000"),
        "{head}"
    );
    let cookie = head
        .lines()
        .find(|line| line.starts_with("set-cookie: "))
        .unwrap();
    assert!(
        cookie.starts_with("set-cookie: __host-ehr-viewer="),
        "{cookie}"
    );
    assert!(
        cookie.ends_with("; path=/; httponly; samesite=strict; secure"),
        "{cookie}"
    );

    // HTTP in clear gets an alert of TLS at most
    let mut plain = TcpStream::connect(&server.address).unwrap();
    let request = format!("GET /unlock HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    plain.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer);
    assert!(
        answer.len() < 16 && !answer.starts_with(b"HTTP"),
        "{answer:?}"
    );

    // who does not trust the certificate says nothing
    let other = tempfile::tempdir().unwrap();
    assert!(certificate(other.path()));
    let mut foreign = RootCertStore::empty();
    for certificate in read_certificates(&other.path().join("cert.pem")).unwrap() {
        foreign.add(certificate).unwrap();
    }
    let refused = get(&server, foreign, "/unlock").unwrap_err().to_string();
    assert!(refused.contains("certificate"), "{refused}");
    assert!(get(&server, roots, "/unlock").is_ok(), "the server goes on");
}

#[test]
fn with_a_certificate_a_network_is_served() {
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("archive");
    archive::write(&archive);
    if !certificate(folder.path()) {
        return;
    }
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let more = [
        "--tls-cert",
        &path("cert.pem"),
        "--tls-key",
        &path("key.pem"),
    ];
    let program = crate::program::find("viewer");
    let mut child = Command::new(program)
        .args(["--listen", "0.0.0.0:0", "--json", "--archive"])
        .arg(&archive)
        .args(more)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut output, &mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!(said["tls"], true);
    assert!(
        said["url"]
            .as_str()
            .unwrap()
            .starts_with("https://0.0.0.0:")
    );
}
