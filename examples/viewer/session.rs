//! Who has unlocked the archive, for how long, and who tried and could not.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, header};
use ehr_archive::{ArchiveReader, Purpose};

use crate::problem::Problem;
use examples::chart_page::Names;

/// A session ends after a working day, however busy it is.
const LONGEST: Duration = Duration::from_secs(8 * 60 * 60);
/// More people at once do not sit before one loopback.
const MAX_SESSIONS: usize = 64;
/// After so many wrong keys one after the other everybody waits.
const MAX_FAILURES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(30);
/// Kept until somebody can write the log; later ones of the same agent are counted, those of others not kept.
const MAX_AGENTS: usize = 1000;

/// One person's open archive.
pub(crate) struct Session {
    pub(crate) reader: ArchiveReader,
    pub(crate) agent: String,
    pub(crate) purpose: Purpose,
    /// Entries for which the glass was broken.
    pub(crate) emergencies: BTreeSet<u64>,
    /// What charts call people and places that all patients share.
    pub(crate) directory: Names,
    /// The token of its forms.
    pub(crate) token: String,
}

/// All sessions. The keys of one are wiped when it is dropped.
pub(crate) struct Sessions {
    idle: Duration,
    open: Mutex<HashMap<String, Open>>,
}

struct Open {
    session: Arc<Mutex<Session>>,
    began: Instant,
    seen: Instant,
}

impl Session {
    /// Why it looks at an entry.
    pub(crate) fn purpose_for(&self, ordinal: Option<u64>) -> Purpose {
        match ordinal {
            Some(ordinal) if self.emergencies.contains(&ordinal) => Purpose::BreakGlass,
            _ => self.purpose,
        }
    }
}

impl Sessions {
    pub(crate) fn new(idle: Duration) -> Self {
        Sessions {
            idle,
            open: Mutex::default(),
        }
    }

    pub(crate) fn idle(&self) -> Duration {
        self.idle
    }

    /// The session of a cookie, which counts as seen now.
    pub(crate) fn get(&self, id: &str) -> Option<Arc<Mutex<Session>>> {
        self.sweep();
        let mut open = self.open();
        let found = open.get_mut(id)?;
        found.seen = Instant::now();
        Some(Arc::clone(&found.session))
    }

    /// Whether a session is open, which does not count as seeing it.
    pub(crate) fn is_open(&self, id: &str) -> bool {
        self.sweep();
        self.open().contains_key(id)
    }

    pub(crate) fn insert(&self, id: String, session: Session) -> Result<(), Problem> {
        self.sweep();
        let mut open = self.open();
        if open.len() >= MAX_SESSIONS {
            return Err(Problem::Busy);
        }
        let now = Instant::now();
        let session = Arc::new(Mutex::new(session));
        open.insert(
            id,
            Open {
                session,
                began: now,
                seen: now,
            },
        );
        Ok(())
    }

    pub(crate) fn remove(&self, id: &str) {
        let removed = self.open().remove(id);
        drop(removed);
    }

    /// Drops the sessions whose time is up.
    pub(crate) fn sweep(&self) {
        let now = Instant::now();
        let is_alive = |open: &Open| now - open.seen < self.idle && now - open.began < LONGEST;
        self.open().retain(|_, open| is_alive(open));
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Attempts to unlock that failed and are not in the log yet.
#[derive(Default)]
pub(crate) struct Failures {
    unrecorded: Vec<Failure>,
    in_a_row: u32,
    last: Option<Instant>,
}

/// The failed attempts of one agent.
pub(crate) struct Failure {
    pub(crate) agent: String,
    pub(crate) recorded: String,
    pub(crate) attempts: u64,
}

impl Failures {
    /// Whether another attempt is heard now.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        let waits = self.last.is_some_and(|last| last.elapsed() < PAUSE);
        if self.in_a_row >= MAX_FAILURES && waits {
            return Err(Problem::Paused);
        }
        Ok(())
    }

    pub(crate) fn add(&mut self, agent: &str, recorded: String) {
        self.in_a_row += 1;
        self.last = Some(Instant::now());
        if let Some(failure) = self
            .unrecorded
            .iter_mut()
            .find(|failure| failure.agent == agent)
        {
            failure.attempts += 1;
            failure.recorded = recorded;
        } else if self.unrecorded.len() < MAX_AGENTS {
            self.unrecorded.push(Failure {
                agent: agent.to_owned(),
                recorded,
                attempts: 1,
            });
        }
    }

    pub(crate) fn next(&mut self) -> Option<&Failure> {
        self.in_a_row = 0;
        self.unrecorded.last()
    }

    /// The last one given is in the log.
    pub(crate) fn recorded(&mut self) {
        self.unrecorded.pop();
    }
}

/// The session that a browser names. Under TLS its name binds the cookie to this host.
pub(crate) fn of_headers(headers: &HeaderMap, is_tls: bool) -> Option<String> {
    let name = cookie_name(is_tls);
    let cookies = headers
        .get_all(header::COOKIE)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    let mut pairs = cookies
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    let (_, id) = pairs.find(|(found, _)| *found == name)?;
    Some(id.to_owned())
}

/// The header that makes a browser name a session; without one, forget it.
pub(crate) fn cookie(id: Option<&str>, is_tls: bool) -> String {
    let secure = if is_tls { "; Secure" } else { "" };
    let age = if id.is_none() { "; Max-Age=0" } else { "" };
    format!(
        "{}={}; Path=/; HttpOnly; SameSite=Strict{secure}{age}",
        cookie_name(is_tls),
        id.unwrap_or_default()
    )
}

/// A name for a session that nobody can guess.
pub(crate) fn new_id() -> Result<String, Problem> {
    let bytes: [u8; 32] = ehr_crypto::key::random_bytes()?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn cookie_name(is_tls: bool) -> &'static str {
    if is_tls {
        "__Host-ehr-viewer"
    } else {
        "ehr-viewer"
    }
}
