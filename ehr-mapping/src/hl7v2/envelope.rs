//! What batch and file headers and trailers promise, against what was read.

use ehr_model::issue::IssueCode;

use super::reason::{BATCH_COUNT_MISMATCH, BATCH_NOT_CLOSED, FILE_COUNT_MISMATCH, FILE_NOT_CLOSED};
use crate::raw::Position;

/// The batch and the file that are open.
#[derive(Default)]
pub(super) struct Envelope {
    file: Option<Position>,
    batch: Option<Position>,
    /// Since the batch began, or the last one ended.
    messages: u64,
    batches: u64,
}

type Issues = Vec<(IssueCode, Position)>;

impl Envelope {
    pub(super) fn message(&mut self) {
        self.messages += 1;
    }

    pub(super) fn file_header(&mut self, at: Position, issues: &mut Issues) {
        self.end(issues);
        self.file = Some(at);
    }

    pub(super) fn batch_header(&mut self, at: Position, issues: &mut Issues) {
        self.leave_batch(issues);
        self.batches += 1;
        self.batch = Some(at);
        self.messages = 0;
    }

    pub(super) fn batch_trailer(&mut self, line: &[u8], at: Position, issues: &mut Issues) {
        if self.batch.take().is_none() {
            self.batches += 1;
        }
        if !agrees(line, |count| count == self.messages) {
            issues.push((BATCH_COUNT_MISMATCH, at));
        }
        self.messages = 0;
    }

    pub(super) fn file_trailer(&mut self, line: &[u8], at: Position, issues: &mut Issues) {
        self.leave_batch(issues);
        // messages without a batch header are one batch or none
        let loose = u64::from(self.messages > 0);
        if !agrees(line, |count| {
            (self.batches..=self.batches + loose).contains(&count)
        }) {
            issues.push((FILE_COUNT_MISMATCH, at));
        }
        *self = Self::default();
    }

    /// Nothing follows.
    pub(super) fn end(&mut self, issues: &mut Issues) {
        self.leave_batch(issues);
        if let Some(at) = self.file {
            issues.push((FILE_NOT_CLOSED, at));
        }
        *self = Self::default();
    }

    fn leave_batch(&mut self, issues: &mut Issues) {
        if let Some(at) = self.batch.take() {
            issues.push((BATCH_NOT_CLOSED, at));
            self.messages = 0;
        }
    }
}

/// Whether the count of a trailer is the right one; it may be left out.
fn agrees(line: &[u8], right: impl Fn(u64) -> bool) -> bool {
    let Some((separator, rest)) = line.get(3..).and_then(<[u8]>::split_first) else {
        return true;
    };
    let count = rest.split(|byte| byte == separator).next().unwrap_or(rest);
    let count = count.trim_ascii();
    let number = || std::str::from_utf8(count).ok()?.parse().ok();
    count.is_empty() || number().is_some_and(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_or_not() {
        for (line, agreed) in [
            (&b"BTS|2"[..], true),
            (b"BTS| 2 |comment", true),
            (b"BTS*02*", true),
            (b"BTS", true),
            (b"BTS||comment", true),
            (b"BTS|3", false),
            (b"BTS|two", false),
            (b"BTS|99999999999999999999", false),
            (b"BTS|\xFF", false),
        ] {
            assert_eq!(
                agrees(line, |count| count == 2),
                agreed,
                "{}",
                line.escape_ascii()
            );
        }
    }
}
