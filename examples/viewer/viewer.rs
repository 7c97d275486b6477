//! What all requests share.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ehr_archive::{Access, ArchiveReader, ErrorKind, Purpose, Unlock};
use ehr_crypto::epoch::FileEpochStore;
use ehr_crypto::slot::KeyServiceError;
use ehr_crypto::{Credential, DataKey, Error};

use crate::clock;
use crate::options::Options;
use crate::problem::Problem;
use crate::session::{Failures, Sessions};

/// The program's state.
pub(crate) struct Viewer {
    pub(crate) options: Options,
    /// `Host` headers that are answered.
    pub(crate) hosts: Vec<String>,
    pub(crate) scheme: &'static str,
    /// From which tokens of forms are derived.
    secret: DataKey,
    pub(crate) sessions: Sessions,
    failures: Mutex<Failures>,
}

impl Viewer {
    pub(crate) fn new(
        options: Options,
        address: SocketAddr,
        scheme: &'static str,
    ) -> Result<Self, ehr_crypto::Error> {
        let port = address.port();
        let mut hosts = vec![address.to_string()];
        if address.ip().is_loopback() {
            hosts.extend([
                format!("localhost:{port}"),
                format!("127.0.0.1:{port}"),
                format!("[::1]:{port}"),
            ]);
        }
        hosts.extend(options.host.iter().map(|host| host.to_ascii_lowercase()));
        Ok(Viewer {
            sessions: Sessions::new(Duration::from_secs(options.idle)),
            options,
            hosts,
            scheme,
            secret: DataKey::generate()?,
            failures: Mutex::default(),
        })
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.scheme == "https"
    }

    /// The token that every form of a session carries.
    pub(crate) fn form_token(&self, session: &str) -> String {
        ehr_crypto::Digest::keyed(
            ehr_crypto::DigestAlgorithm::Sha256,
            &self.secret,
            &[b"form ", session.as_bytes()],
        )
        .to_string()
    }

    /// Opens the archive for somebody. Failed attempts are counted, and recorded as soon as somebody can write the log.
    pub(crate) fn unlock(
        &self,
        credential: Credential<'_>,
        agent: &str,
        purpose: Purpose,
    ) -> Result<ArchiveReader, Problem> {
        let mut failures = self.failures();
        failures.check()?;
        let recorded = clock::now();
        let access = Access {
            agent,
            recorded: &recorded,
            purpose,
        };
        let store = self.options.epoch_keys.as_ref().map(FileEpochStore::new);
        let mut unlock = Unlock::new(credential);
        if let Some(store) = &store {
            unlock = unlock.with_store(store);
        }
        let mut reader = match ArchiveReader::open(&self.options.archive, unlock, &access) {
            Err(error) => {
                let problem = refused(error);
                if matches!(problem, Problem::WrongKey | Problem::Shares(_)) {
                    failures.add(agent, recorded.clone());
                }
                return Err(problem);
            }
            Ok(reader) => reader,
        };
        while let Some(failure) = failures.next() {
            let access = Access {
                agent: &failure.agent,
                recorded: &failure.recorded,
                purpose,
            };
            reader.failed_unlock(failure.attempts, &access)?;
            failures.recorded();
        }
        Ok(reader)
    }

    fn failures(&self) -> MutexGuard<'_, Failures> {
        self.failures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why an archive did not open: by the key, by the key service, or else.
fn refused(error: ehr_archive::Error) -> Problem {
    if error.is_wrong_key() {
        return Problem::WrongKey;
    }
    let said = match error.kind() {
        ErrorKind::Crypto(error) => error,
        _ => return error.into(),
    };
    match said {
        Error::KeyService(
            KeyServiceError::AccessDenied { .. } | KeyServiceError::NotWrappedHere,
        ) => Problem::WrongKey,
        Error::KeyService(error) => Problem::KeyService(error.to_string()),
        Error::TooFewShares { .. } | Error::BadShares { .. } => Problem::Shares(said.to_string()),
        _ => error.into(),
    }
}
