//! The program, and requests as a browser makes them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::program::find;

/// The running viewer; it ends with the test.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

/// A browser with its cookie.
pub(crate) struct Client<'a> {
    server: &'a Server,
    pub(crate) cookie: String,
}

impl Server {
    pub(crate) fn start(archive: &Path, more: &[&str]) -> Self {
        static PROGRAM: OnceLock<std::path::PathBuf> = OnceLock::new();
        let program = PROGRAM.get_or_init(|| find("viewer"));
        let mut command = Command::new(program);
        command
            .args(["--listen", "127.0.0.1:0", "--json", "--archive"])
            .arg(archive)
            .args(more);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        Server {
            address: said["address"].as_str().unwrap().to_owned(),
            child,
        }
    }

    /// Sends bytes and reads until the server closes.
    pub(crate) fn send(&self, request: &[u8]) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(request).unwrap();
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).unwrap();
        let end = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .expect("an answer has a head");
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        Answer {
            status: head.split(' ').nth(1).unwrap().parse().unwrap(),
            body: bytes[end + 4..].to_vec(),
            head: head.to_ascii_lowercase(),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .into_iter()
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// The token of the page's first form.
    pub(crate) fn token(&self) -> String {
        let text = self.text();
        let from = text
            .find("name=\"token\" value=\"")
            .expect("a page with a form")
            + 20;
        text[from..].split('"').next().unwrap().to_owned()
    }
}

impl<'a> Client<'a> {
    pub(crate) fn new(server: &'a Server) -> Self {
        Client {
            server,
            cookie: String::new(),
        }
    }

    /// A browser that has unlocked the archive.
    pub(crate) fn unlocked(server: &'a Server, agent: &str, code: &str) -> Self {
        let mut client = Client::new(server);
        let answer = client.unlock(agent, "code", code);
        assert_eq!(
            (answer.status, answer.header("location")),
            (303, Some("/")),
            "{}",
            answer.text()
        );
        client
    }

    /// Fills in the form to unlock with.
    pub(crate) fn unlock(&mut self, agent: &str, with: &str, secret: &str) -> Answer {
        let token = self.get("/unlock").token();
        self.unlock_with_token(agent, with, secret, &token)
    }

    pub(crate) fn unlock_with_token(
        &mut self,
        agent: &str,
        with: &str,
        secret: &str,
        token: &str,
    ) -> Answer {
        self.unlock_with_all(agent, &[(with, secret)], token)
    }

    /// The same with several secrets, as shares are.
    pub(crate) fn unlock_with_all(
        &mut self,
        agent: &str,
        secrets: &[(&str, &str)],
        token: &str,
    ) -> Answer {
        let known = [("token", token), ("agent", agent), ("purpose", "treatment")];
        let parts = known.iter().chain(secrets).map(|(name, value)| {
            let file = if *name == "key-file" { "; filename=\"a.key\"" } else { "" };
            format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
        });
        let body = parts.collect::<String>() + "--limit--\r\n";
        self.request(
            "POST",
            "/unlock",
            &[("Content-Type", "multipart/form-data; boundary=limit")],
            body.as_bytes(),
        )
    }

    pub(crate) fn get(&mut self, path: &str) -> Answer {
        self.request("GET", path, &[], b"")
    }

    /// Sends a form with the token of the session.
    pub(crate) fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.get("/").token();
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .copied()
            .chain([("token", token.as_str())])
            .collect();
        self.post_without_token(path, &fields)
    }

    pub(crate) fn post_without_token(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let encode = |text: &str| {
            text.bytes()
                .map(|byte| format!("%{byte:02x}"))
                .collect::<String>()
        };
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        let kind = [("Content-Type", "application/x-www-form-urlencoded")];
        self.request("POST", path, &kind, pairs.join("&").as_bytes())
    }

    pub(crate) fn request(
        &mut self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n",
            body.len()
        );
        if !headers.iter().any(|(name, _)| *name == "Host") {
            head += &format!("Host: {}\r\n", self.server.address);
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        if !self.cookie.is_empty() {
            head += &format!("Cookie: {}\r\n", self.cookie);
        }
        let answer = self.server.send(&[head.as_bytes(), b"\r\n", body].concat());
        if let Some(cookie) = answer.header("set-cookie") {
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        answer
    }
}
