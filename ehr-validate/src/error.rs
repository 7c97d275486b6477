//! What can fail here: a name that no rule has, and writing.

/// Why something was refused. Findings about a chart are never errors; they are issues.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No rule has this code.
    #[error("no rule has the code `{code}`")]
    NoSuchRule {
        /// The code that was asked for.
        code: String,
    },
    /// Two rules of a ruleset have the same code.
    #[error("two rules have the code `{code}`")]
    DuplicateRule {
        /// The code.
        code: &'static str,
    },
    /// A list of persons names none of the columns that linkage compares.
    #[error("the first line names no column that says who somebody is, such as `last` or `dob`")]
    NoPersonColumn,
    /// A list of persons names a column twice.
    #[error("column {column} of the first line has the name of a column before it")]
    ColumnTwice {
        /// The number of the column, from 1.
        column: usize,
    },
    /// A row has more fields than there are columns, so that none of them can be trusted.
    #[error("line {line} has {fields} fields, but the first line names {columns} columns")]
    RowTooLong {
        /// The line where the row begins.
        line: u64,
        /// How many fields it has.
        fields: usize,
        /// How many columns the header names.
        columns: usize,
    },
    /// A list of persons cannot be read.
    #[error("cannot read the list of persons at line {line}: {kind}")]
    ReadPersons {
        /// The line.
        line: u64,
        /// What went wrong.
        kind: std::io::ErrorKind,
    },
    /// A round cannot be written as it is.
    #[error(transparent)]
    Round(#[from] crate::rounds::ReadRoundError),
    /// The report cannot be written.
    #[error("cannot write the report: {0}")]
    Write(#[from] std::io::Error),
}

#[cfg(test)]
mod tests {
    use crate::Ruleset;
    use crate::rules::BirthDateInFuture;

    #[test]
    fn messages_name_the_code() {
        let unknown = Ruleset::all().select(&["orphan-reference", "invalid-data"]);
        assert_eq!(
            unknown.unwrap_err().to_string(),
            "no rule has the code `invalid-data`"
        );
        let twice = Ruleset::all().with(Box::new(BirthDateInFuture));
        assert_eq!(
            twice.unwrap_err().to_string(),
            "two rules have the code `birth-date-in-future`"
        );
    }

    #[test]
    fn a_selection_allows_the_others() {
        let rules = Ruleset::all();
        let all = rules.rules().count();
        let rules = rules.select(&["orphan-reference"]).unwrap();
        assert_eq!(rules.rules().count(), 1);
        assert_eq!(rules.allowed().count(), all - 1);
    }
}
