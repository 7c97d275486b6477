//! A server on loopback that reads requests as they come over the wire.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::Value;

/// One request as it was received.
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// Names in lower case, in the order of the wire.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut found = self.headers.iter().filter(|(known, _)| known == name);
        let value = found.next().map(|(_, value)| value.as_str());
        assert!(found.next().is_none(), "{name} twice");
        value
    }

    /// The body as JSON with exactly these names.
    pub(crate) fn json(&self, names: &[&str]) -> Value {
        let json: Value = serde_json::from_slice(&self.body).expect("a body of JSON");
        let mut found: Vec<&str> = json
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        found.sort_unstable();
        assert_eq!(found, names);
        json
    }
}

/// Answers until the test ends; `answer` gives status and body. Returns the address and what went wrong in `answer`.
pub(crate) fn serve(
    answer: impl Fn(&Request) -> (u16, Value) + Send + Sync + 'static,
) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let wrong = Arc::new(Mutex::new(Vec::new()));
    let (answer, told) = (Arc::new(answer), Arc::clone(&wrong));
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let (answer, told) = (Arc::clone(&answer), Arc::clone(&told));
            let socket = socket.unwrap();
            std::thread::spawn(move || {
                let work = std::panic::AssertUnwindSafe(|| talk(socket, &*answer));
                if let Err(panic) = std::panic::catch_unwind(work) {
                    let text = panic.downcast_ref::<String>().cloned();
                    told.lock()
                        .unwrap()
                        .push(text.unwrap_or_else(|| "a check failed".to_owned()));
                }
            });
        }
    });
    (address, wrong)
}

fn talk(mut socket: TcpStream, answer: &dyn Fn(&Request) -> (u16, Value)) {
    let mut reader = BufReader::new(socket.try_clone().unwrap());
    while let Some(request) = read(&mut reader) {
        let (status, json) = answer(&request);
        let body = match json {
            Value::Null => String::new(),
            json => json.to_string(),
        };
        let head = format!(
            "HTTP/1.1 {status} x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        // 204 has no body and no length
        let head = if status == 204 {
            "HTTP/1.1 204 x\r\n\r\n".to_owned()
        } else {
            head
        };
        socket.write_all((head + &body).as_bytes()).unwrap();
    }
}

fn read(reader: &mut impl BufRead) -> Option<Request> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let [method, path, "HTTP/1.1"] = words[..] else {
        panic!("not a request line");
    };
    let (method, path) = (method.to_owned(), path.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let mut request = Request {
        method,
        path,
        headers,
        body: Vec::new(),
    };
    assert!(
        request.header("transfer-encoding").is_none(),
        "a body without its length"
    );
    let len = request
        .header("content-length")
        .map_or(0, |len| len.parse().unwrap());
    request.body = vec![0; len];
    reader.read_exact(&mut request.body).unwrap();
    Some(request)
}
