//! What an audit can find.

use std::sync::Arc;

use ehr_model::issue::Severity;
use serde::Serialize;

macro_rules! codes {
    ($($(#[doc = $doc:literal])* $name:ident, $code:literal, $severity:ident, $clean:literal;)*) => {
        /// What is wrong. Codes are permanent.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum FindingCode {
            $($(#[doc = $doc])* $name,)*
        }

        impl FindingCode {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as it is written.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// How bad it is.
            pub const fn severity(self) -> Severity {
                match self { $(Self::$name => Severity::$severity,)* }
            }

            /// What to do about it before the migration.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$name => $clean,)* }
            }
        }
    };
}

codes! {
    /// A column writes dates in several formats.
    MixedDateFormats, "mixed-date-formats", Warning, "List every format in the `date` transform of the column, and check a sample of each.";
    /// Nothing tells whether the month or the day comes first, or both do.
    DayMonthAmbiguous, "day-month-ambiguous", Error, "Ask the vendor which comes first; do not guess from the practice's country.";
    /// Days that stand for "unknown".
    PlaceholderDates, "placeholder-dates", Warning, "Name them under `missing`, so that they become absent and are counted.";
    /// Days that are in no calendar.
    ImpossibleDates, "impossible-dates", Error, "Correct them in the source; they cannot be read and would be rejected.";
    /// Days after the day of the audit, in a column of what happened.
    FutureDates, "future-dates", Warning, "Check whether they are planned events, or slips of the century.";
    /// Spellings of "nothing" among values.
    MissingWords, "missing-words", Information, "Name them under `missing`, or they become text in a chart.";
    /// Values of a code system that do not have its form.
    MalformedCodes, "malformed-codes", Error, "Correct them in the source or give them rows in a code map.";
    /// Codes of several systems in one column.
    MixedCodeSystems, "mixed-code-systems", Warning, "Map the column with a condition for each system; a system that is guessed wrong changes the meaning.";
    /// Codes that the table of their system does not have.
    UnknownCodes, "unknown-codes", Warning, "Find what was meant; a code that nobody knows migrates as text only.";
    /// Codes that were retired.
    RetiredCodes, "retired-codes", Information, "They stay valid for old records; give active entries a current code.";
    /// References to records that are not there.
    OrphanKeys, "orphan-keys", Error, "Ask for the missing records; an orphan cannot be put into a chart.";
    /// Records that repeat another one value by value.
    DuplicateRows, "duplicate-rows", Warning, "Decide whether they are events of their own; if so, the key needs `#`.";
    /// Patients that may be there twice.
    DuplicatePatients, "duplicate-patients", Error, "Review the list of the `linkage` example and merge in the source; nothing is merged here.";
    /// One number with descriptions of a person that differ.
    PatientsDiffer, "patient-descriptions-differ", Warning, "Check whether the number was used again for somebody else.";
    /// Documents that no index names.
    DocumentsWithoutIndex, "documents-without-index", Error, "Ask for the index; a document without a patient can only be archived.";
    /// Rows of an index whose document is not there.
    IndexWithoutDocument, "index-without-document", Error, "Ask for the missing files.";
    /// Records that cannot be read.
    UnreadableRecords, "unreadable-records", Error, "Look at them in the export; they would be kept as they are and nowhere else.";
    /// Files that cannot be read as what they are.
    UnreadableFiles, "unreadable-files", Error, "Ask for the files again.";
    /// Lines of two encodings in one file.
    MixedEncodings, "mixed-encodings", Error, "Ask for an export in one encoding; some letters of names are wrong in any reading.";
    /// Letters that were broken by an earlier conversion.
    Mojibake, "mojibake", Error, "They were broken before this export; correct them in the source.";
    /// Characters that an earlier conversion lost.
    LostCharacters, "lost-characters", Error, "What stood there is not in this export any more; ask for another one.";
    /// Texts exactly as long as databases cut them, and none is longer.
    TruncatedTexts, "truncated-texts", Error, "Ask for the whole texts; what is cut off is not in the export.";
    /// A column without any value.
    EmptyColumn, "empty-column", Information, "Leave it out by a rule, so that a later export with values in it is seen.";
    /// A column with one value in all records.
    ConstantColumn, "constant-column", Information, "It tells nothing apart; usually it is left out by a rule.";
    /// Records that are older than any duty to keep them at hand.
    OutdatedRecords, "outdated-records", Information, "Consider the archive for them; see the proposal.";
}

impl Serialize for FindingCode {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.as_str())
    }
}

/// Something that an audit found: where, how often, and of how many. Holds no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// What is wrong.
    pub code: FindingCode,
    /// How bad it is.
    pub severity: Severity,
    /// The table, where it is about one.
    pub table: Option<Arc<str>>,
    /// The column, where it is about one.
    pub column: Option<Arc<str>>,
    /// How often.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// Whether both are counted, and not estimated from a sample.
    pub exact: bool,
    /// More about it: formats, names of code systems and tables, never values.
    pub detail: String,
}

impl Finding {
    pub(super) fn new(code: FindingCode, count: u64, of: u64) -> Self {
        Self {
            code,
            severity: code.severity(),
            table: None,
            column: None,
            count,
            of,
            exact: true,
            detail: String::new(),
        }
    }

    pub(super) fn at(mut self, table: &Arc<str>, column: Option<&Arc<str>>) -> Self {
        self.table = Some(table.clone());
        self.column = column.cloned();
        self
    }

    pub(super) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    pub(super) fn exact(mut self, exact: bool) -> Self {
        self.exact = exact;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_say_what_to_do() {
        let mut codes: Vec<_> = FindingCode::ALL.iter().map(|code| code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), FindingCode::ALL.len());
        for code in FindingCode::ALL {
            assert!(code.advice().ends_with('.'), "{}", code.as_str());
        }
    }
}
