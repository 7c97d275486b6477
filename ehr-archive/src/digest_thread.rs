//! A second thread that hashes originals while the first compresses them: where charts compress well, their digest costs as much as
//! their compression.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, Builder, JoinHandle};

use ehr_crypto::Digest;
use zeroize::Zeroizing;

/// A shorter original is hashed on the spot: to hand it over would take as long.
const MIN_LEN: usize = 8 << 10;
/// A longer one is not copied: it is worth a thread of its own, which borrows it.
const MAX_COPY_LEN: usize = 1 << 20;
const NAME: &str = "ehr-archive digests";

/// Begins with the first original that is long enough, and ends when it is dropped.
#[derive(Default)]
pub(crate) struct DigestThread {
    worker: Option<Worker>,
    /// Where there is one core, or no thread to be had.
    is_hopeless: bool,
    /// The last copy, to be used again.
    copy: Zeroizing<Vec<u8>>,
}

struct Worker {
    work: Option<SyncSender<Zeroizing<Vec<u8>>>>,
    /// Never locked: in a mutex, what owns this can be shared between threads.
    done: Mutex<Receiver<(Zeroizing<Vec<u8>>, Digest)>>,
    thread: Option<JoinHandle<()>>,
}

impl DigestThread {
    /// The SHA-256 of `bytes`, and what `meanwhile` gives.
    pub(crate) fn beside<T>(&mut self, bytes: &[u8], meanwhile: impl FnOnce() -> T) -> (Digest, T) {
        if bytes.len() < MIN_LEN || self.is_hopeless {
            return (Digest::sha256(bytes), meanwhile());
        }
        if bytes.len() > MAX_COPY_LEN {
            return self.beside_long(bytes, meanwhile);
        }
        if self.worker.is_none() {
            self.worker = Worker::begin();
            self.is_hopeless = self.worker.is_none();
        }
        let mut copy = std::mem::take(&mut self.copy);
        copy.clear();
        copy.extend_from_slice(bytes);
        let is_sent = self
            .worker
            .as_ref()
            .and_then(|worker| worker.work.as_ref())
            .is_some_and(|work| work.send(copy).is_ok());
        let result = meanwhile();
        let done = self.worker.as_mut().filter(|_| is_sent);
        match done.and_then(Worker::wait) {
            Some((copy, digest)) => {
                self.copy = copy;
                (digest, result)
            }
            // There is no thread, or not any more.
            None => {
                (self.worker, self.is_hopeless) = (None, true);
                (Digest::sha256(bytes), result)
            }
        }
    }

    fn beside_long<T>(&mut self, bytes: &[u8], meanwhile: impl FnOnce() -> T) -> (Digest, T) {
        thread::scope(|scope| {
            let thread = Builder::new().name(NAME.into());
            let hashing = thread.spawn_scoped(scope, || Digest::sha256(bytes));
            let result = meanwhile();
            let digest = hashing.ok().and_then(|hashing| hashing.join().ok());
            (digest.unwrap_or_else(|| Digest::sha256(bytes)), result)
        })
    }
}

impl Worker {
    fn begin() -> Option<Self> {
        if thread::available_parallelism().is_ok_and(|cores| cores.get() == 1) {
            return None;
        }
        let (work, to_do) = sync_channel::<Zeroizing<Vec<u8>>>(1);
        let (finished, done) = sync_channel(1);
        let hash = move || {
            for bytes in to_do {
                let digest = Digest::sha256(&bytes);
                if finished.send((bytes, digest)).is_err() {
                    break;
                }
            }
        };
        let thread = Builder::new().name(NAME.into()).spawn(hash).ok()?;
        Some(Worker {
            work: Some(work),
            done: Mutex::new(done),
            thread: Some(thread),
        })
    }

    fn wait(&mut self) -> Option<(Zeroizing<Vec<u8>>, Digest)> {
        self.done.get_mut().ok()?.recv().ok()
    }
}

impl Drop for Worker {
    /// Waits for the thread, so that no copy of an original outlives the writer.
    fn drop(&mut self) {
        self.work = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digests(thread: &mut DigestThread) {
        for len in [
            0,
            1,
            MIN_LEN - 1,
            MIN_LEN,
            100_000,
            MAX_COPY_LEN,
            MAX_COPY_LEN + 1,
            9,
            50_000,
        ] {
            let bytes: Vec<u8> = (0..len).map(|at| (at % 251) as u8).collect();
            let (digest, result) = thread.beside(&bytes, || len * 2);
            assert_eq!((digest, result), (Digest::sha256(&bytes), len * 2));
        }
    }

    #[test]
    fn digests_are_those_of_one_thread() {
        let mut thread = DigestThread::default();
        digests(&mut thread);
        digests(&mut thread);
        assert!(thread.worker.is_some() || thread.is_hopeless);
    }

    #[test]
    fn a_thread_that_is_gone_is_not_missed() {
        let mut thread = DigestThread::default();
        digests(&mut thread);
        if let Some(worker) = &mut thread.worker {
            worker.work = None;
            worker.thread.take().unwrap().join().unwrap();
        }
        digests(&mut thread);
        assert!(thread.is_hopeless && thread.worker.is_none());
        let mut hopeless = DigestThread {
            is_hopeless: true,
            ..DigestThread::default()
        };
        digests(&mut hopeless);
    }
}
