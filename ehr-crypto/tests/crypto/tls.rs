//! Handshakes on loopback with OpenSSL on the other side.

use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ehr_crypto::tls::rustls::{ClientConnection, RootCertStore, ServerConnection, Stream};
use ehr_crypto::tls::{
    check_connection, client_config, read_certificates, read_private_key, server_config,
};
use tempfile::TempDir;

/// What OpenSSL needs to be willing to speak the versions of the last century.
const ANYTHING: &str = "ALL:@SECLEVEL=0";
/// Protocol option, cipher list, and whether it may connect.
const CASES: &[(&str, &str, bool)] = &[
    ("-tls1", ANYTHING, false),
    ("-tls1_1", ANYTHING, false),
    ("-tls1_2", ANYTHING, true),
    ("-tls1_2", "ECDHE-ECDSA-AES128-GCM-SHA256", true),
    ("-tls1_2", "ECDHE-ECDSA-AES128-SHA256", false),
    ("-tls1_2", "ECDHE-ECDSA-AES256-SHA", false),
    ("-tls1_3", ANYTHING, true),
];

/// A folder with a certificate for localhost and its key; `None`, and a line that says so, without OpenSSL.
#[allow(clippy::print_stderr)]
fn certificate() -> Option<TempDir> {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("openssl")
        .args([
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:prime256v1",
            "-nodes",
        ])
        .args([
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
            "-days",
            "2",
            "-subj",
            "/CN=localhost",
        ])
        .args([
            "-addext",
            "subjectAltName=DNS:localhost",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
        ])
        .current_dir(folder.path())
        .stderr(Stdio::null())
        .status();
    if made.is_ok_and(|status| status.success()) {
        Some(folder)
    } else {
        eprintln!("skipped: no openssl that makes a certificate");
        None
    }
}

/// Whether `openssl s_client` connects to a port of this machine and gets an answer.
fn openssl_connects(folder: &Path, port: u16, version: &str, ciphers: &str) -> bool {
    let mut client = Command::new("openssl")
        .args([
            "s_client",
            "-connect",
            &format!("127.0.0.1:{port}"),
            "-servername",
            "localhost",
        ])
        .args([
            version,
            "-cipher",
            ciphers,
            "-CAfile",
            "cert.pem",
            "-verify_return_error",
            "-quiet",
        ])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _ = client.stdin.as_mut().unwrap().write_all(b"hello\n");
    let output = client.wait_with_output().unwrap();
    output.stdout.starts_with(b"well met")
}

struct Served(Child);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// `openssl s_server` on a free port, answering once it listens.
fn openssl_server(folder: &Path, version: &str, ciphers: &str) -> (Served, u16) {
    let port = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let child = Command::new("openssl")
        .args([
            "s_server",
            "-accept",
            &port.to_string(),
            "-cert",
            "cert.pem",
            "-key",
            "key.pem",
        ])
        .args([version, "-cipher", ciphers, "-rev", "-quiet"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let served = Served(child);
    for _ in 0..200 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return (served, port);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("openssl s_server does not listen");
}

#[test]
fn our_server_refuses_old_versions_and_old_suites() {
    let Some(folder) = certificate() else { return };
    let folder = folder.path();
    let chain = read_certificates(&folder.join("cert.pem")).unwrap();
    let key = read_private_key(&folder.join("key.pem")).unwrap();
    let config = Arc::new(server_config(chain, key).unwrap());
    for &(version, ciphers, expected) in CASES {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let config = Arc::clone(&config);
        let server = std::thread::spawn(move || {
            let (mut socket, _) = listener.accept().unwrap();
            socket
                .set_read_timeout(Some(Duration::from_secs(20)))
                .unwrap();
            let mut connection = ServerConnection::new(config).unwrap();
            let mut stream = Stream::new(&mut connection, &mut socket);
            let mut line = [0; 6];
            stream.read_exact(&mut line).ok()?;
            stream.write_all(b"well met\n").ok()?;
            connection.send_close_notify();
            connection.complete_io(&mut socket).ok()?;
            check_connection(&connection).ok()
        });
        let connected = openssl_connects(folder, port, version, ciphers);
        assert_eq!(connected, expected, "{version} {ciphers}");
        assert_eq!(
            server.join().unwrap().is_some(),
            expected,
            "{version} {ciphers}"
        );
    }
}

#[test]
fn our_client_refuses_old_versions_and_old_suites() {
    let Some(folder) = certificate() else { return };
    let folder = folder.path();
    let mut roots = RootCertStore::empty();
    for certificate in read_certificates(&folder.join("cert.pem")).unwrap() {
        roots.add(certificate).unwrap();
    }
    let config = Arc::new(client_config(roots).unwrap());
    for &(version, ciphers, expected) in CASES {
        let (_server, port) = openssl_server(folder, version, ciphers);
        let name = "localhost".try_into().unwrap();
        let mut connection = ClientConnection::new(Arc::clone(&config), name).unwrap();
        let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut stream = Stream::new(&mut connection, &mut socket);
        let mut line = [0; 6];
        let answered = stream
            .write_all(b"hello\n")
            .and_then(|()| stream.read_exact(&mut line));
        assert_eq!(answered.is_ok(), expected, "{version} {ciphers}");
        assert_eq!(
            check_connection(&connection).is_ok(),
            expected,
            "{version} {ciphers}"
        );
        if expected {
            assert_eq!(&line, b"olleh\n");
        }
    }
}

/// The refusals above mean something only if this OpenSSL can do what was refused.
#[allow(clippy::print_stderr)]
#[test]
fn openssl_itself_speaks_what_is_refused() {
    let Some(folder) = certificate() else { return };
    let folder = folder.path();
    for &(version, ciphers, _) in CASES {
        let (_server, port) = openssl_server(folder, version, ciphers);
        let mut client = Command::new("openssl")
            .args(["s_client", "-connect", &format!("127.0.0.1:{port}")])
            .args([version, "-cipher", ciphers, "-quiet"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        client
            .stdin
            .as_mut()
            .unwrap()
            .write_all(b"hello\n")
            .unwrap();
        let mut line = [0; 6];
        let answered = client.stdout.as_mut().unwrap().read_exact(&mut line);
        let _ = client.kill();
        let _ = client.wait();
        let works = answered.is_ok() && &line == b"olleh\n";
        if !works && version.starts_with("-tls1") && ["-tls1", "-tls1_1"].contains(&version) {
            eprintln!("skipped: this openssl has no {version}, so its refusal shows nothing");
        } else {
            assert!(works, "{version} {ciphers}");
        }
    }
}

#[test]
fn files_that_are_no_certificates_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.pem");
    fs::write(&path, "no certificate\n").unwrap();
    let error = read_certificates(&path).unwrap_err();
    assert_eq!(
        error.to_string(),
        "TLS: the file holds no certificates in PEM form"
    );
    let error = read_private_key(&path).unwrap_err();
    assert_eq!(
        error.to_string(),
        "TLS: the file holds no private key in PEM form"
    );
    assert!(client_config(RootCertStore::empty()).is_err());
}
