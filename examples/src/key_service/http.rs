//! One POST or GET and its answer, with care for what is in it.

use std::io;
use std::time::Duration;

use ehr_crypto::slot::KeyServiceError;
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;
use zeroize::Zeroizing;

/// Longer than any answer of these services.
const MAX_ANSWER: u64 = 64 * 1024;
const TIMEOUT: Duration = Duration::from_secs(20);

/// Sends requests to one address.
pub(super) struct Http {
    agent: Agent,
    address: String,
}

/// Status and JSON of an answer; the JSON is null where there is none.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) json: Value,
}

impl Http {
    /// For an address such as `https://vault.example:8200`. Tokens and keys go over TLS or not beyond this machine.
    pub(super) fn new(address: &str) -> Result<Self, KeyServiceError> {
        let host = address.strip_prefix("http://");
        let host = host.map(|rest| rest.split(['/', '?']).next().unwrap_or(rest));
        let name = host.map(|host| host.rsplit_once(':').map_or(host, |(name, _)| name));
        // a user name before an `@` could look like the host
        let here = name.is_some_and(|name| ["127.0.0.1", "localhost", "[::1]"].contains(&name))
            && !address.contains('@');
        if !here && !address.starts_with("https://") {
            let reason = "the address of a key service begins with https://";
            let error = io::Error::new(io::ErrorKind::InvalidInput, reason);
            return Err(KeyServiceError::Unreachable(error));
        }
        let agent = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .http_status_as_error(false)
            .https_only(!here)
            .max_redirects(0)
            .build()
            .new_agent();
        Ok(Http {
            agent,
            address: address.trim_end_matches('/').to_owned(),
        })
    }

    /// Host and port as the `Host` header has them.
    pub(super) fn host(&self) -> &str {
        let rest = self.address.split_once("://").map_or("", |(_, rest)| rest);
        rest.split('/').next().unwrap_or(rest)
    }

    pub(super) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, KeyServiceError> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let unreachable = |error: ureq::Error| KeyServiceError::Unreachable(error.into_io());
        let invalid = |error: ureq::http::Error| unreachable(error.into());
        let answered = match body {
            [] => self.agent.run(request.body(()).map_err(invalid)?),
            body => self.agent.run(request.body(body).map_err(invalid)?),
        };
        let mut response = answered.map_err(unreachable)?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(MAX_ANSWER);
        let body = Zeroizing::new(body.read_to_vec().map_err(unreachable)?);
        let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Ok(Answer { status, json })
    }
}
