//! What kind of statement stands here, and where it ends.

use ehr_model::issue::IssueCode;

use super::keyword::{BEGINNINGS, CHANGES, FRAMES, HARMLESS, OBJECTS};
use super::lexer::{Kind, Lexer, Next, is_word};
use super::reason::{
    COMPUTED_VALUE, LARGE_OBJECT, STATEMENT_CHANGES_DATA, STATEMENT_CHANGES_TABLE,
    UNKNOWN_STATEMENT,
};
use super::variant::Variant;

/// What becomes of a statement that holds no rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    CreateTable,
    /// Harmless before the first row of the table.
    DropTable,
    Use,
    Skip(&'static str),
    Bad(IssueCode),
}

/// The end of a statement.
pub(super) enum End {
    /// Its text ends at `text`; reading goes on at `next`.
    At {
        text: usize,
        next: usize,
    },
    More,
}

/// Finds the end of the statement that begins with `bytes`.
pub(super) fn end(bytes: &[u8], variant: Variant, delimiter: &[u8], last: bool) -> End {
    let mut lexer = Lexer {
        bytes,
        at: 0,
        variant,
        last,
    };
    let mut previous = 0;
    let mut depth = 0u32;
    let mut words = Vec::new();
    // SQL bodies of PostgreSQL hold statements without quotes around them
    let mut atomic = 0u32;
    loop {
        let token = match lexer.next() {
            Next::Token(token) => token,
            Next::More => return End::More,
            Next::End => {
                return End::At {
                    text: previous,
                    next: bytes.len(),
                };
            }
        };
        let here = &bytes[token.start..];
        if atomic == 0 && here.starts_with(delimiter) {
            let next = token.start + delimiter.len();
            return End::At {
                text: previous,
                next,
            };
        }
        if !last && here.len() < delimiter.len() {
            return End::More;
        }
        // a word may run into a delimiter such as `$$` or `//`, which no word holds
        if token.kind == Kind::Word {
            if words.len() < 12 {
                words.push(lexer.text(token));
            }
            let is = |word| lexer.is(token, word);
            if variant == Variant::PostgreSql && starts(&words, "CREATE") {
                match atomic {
                    0 => atomic = u32::from(is("ATOMIC")),
                    _ if is("CASE") || is("BEGIN") => atomic += 1,
                    _ if is("END") => atomic -= 1,
                    _ => {}
                }
            }
            if variant == Variant::SqlServer && token.begins_line && token.start > 0 {
                if is("GO") && ends_line(&bytes[token.end..]) {
                    return End::At {
                        text: previous,
                        next: token.start,
                    };
                }
                let whole_batch = object(&words).is_some_and(|object| {
                    ["TRIGGER", "FUNCTION", "PROCEDURE", "PROC", "VIEW"].contains(&object)
                }) || starts(&words, "MERGE");
                let part = is("SET") && (starts(&words, "UPDATE") || starts(&words, "ALTER"));
                if depth == 0 && !whole_batch && !part && BEGINNINGS.iter().any(|word| is(word)) {
                    return End::At {
                        text: previous,
                        next: token.start,
                    };
                }
            }
        }
        match token.kind {
            Kind::Sign(b'(') => depth += 1,
            Kind::Sign(b')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        previous = token.end;
    }
}

/// Whether nothing but a count follows on the line, as after `GO`.
pub(super) fn ends_line(rest: &[u8]) -> bool {
    let end = rest
        .iter()
        .find(|byte| !b" \t;".contains(byte) && !byte.is_ascii_digit());
    end.is_none_or(|byte| b"\r\n".contains(byte))
}

/// What becomes of a statement.
pub(super) fn action(text: &[u8], variant: Variant) -> Action {
    let words = words(text, variant);
    let first = match words.first() {
        // with a sign before it, it is no statement
        Some(first) if text.first().is_some_and(|byte| is_word(*byte)) => first,
        _ => return Action::Bad(UNKNOWN_STATEMENT),
    };
    let is = |word: &str| first.eq_ignore_ascii_case(word.as_bytes());
    let has = |word: &str| {
        words
            .iter()
            .any(|found| found.eq_ignore_ascii_case(word.as_bytes()))
    };
    for (place, verb) in ["CREATE", "ALTER", "DROP"].into_iter().enumerate() {
        if !is(verb) {
            continue;
        }
        return match object(&words) {
            Some("TABLE") if place == 0 => Action::CreateTable,
            Some("TABLE") if place == 1 => alter_table(text, variant),
            Some("TABLE") => Action::DropTable,
            Some(object) => match OBJECTS.iter().find(|(name, _)| *name == object) {
                Some((_, kinds)) => Action::Skip(kinds[place]),
                None => Action::Bad(UNKNOWN_STATEMENT),
            },
            None => Action::Skip(verb),
        };
    }
    if is("USE") {
        return Action::Use;
    }
    if is("INSERT") || is("REPLACE") {
        return Action::Bad(COMPUTED_VALUE);
    }
    if is("SELECT") {
        let into = variant != Variant::MySql && has("INTO");
        return match has("LOWRITE") || has("LO_FROM_BYTEA") || has("LO_PUT") {
            true => Action::Bad(LARGE_OBJECT),
            false if into => Action::Bad(STATEMENT_CHANGES_DATA),
            false => Action::Skip("SELECT"),
        };
    }
    if FRAMES.iter().any(|frame| is(frame)) {
        if let Some(frame) = FRAMES.iter().find(|frame| is(frame))
            && !CHANGES.iter().any(|change| has(change))
        {
            return Action::Skip(frame);
        }
        return Action::Bad(STATEMENT_CHANGES_DATA);
    }
    if CHANGES
        .iter()
        .chain(&["BULK", "COPY", "ROLLBACK", "DO", "RENAME", "RESTORE"])
        .any(|change| is(change))
    {
        return Action::Bad(STATEMENT_CHANGES_DATA);
    }
    match HARMLESS.iter().find(|word| is(word)) {
        Some(word) => Action::Skip(word),
        None => Action::Bad(UNKNOWN_STATEMENT),
    }
}

/// What an `ALTER TABLE` does: keys and defaults do not matter, columns do.
fn alter_table(text: &[u8], variant: Variant) -> Action {
    const KEYS: [&str; 14] = [
        "CONSTRAINT",
        "PRIMARY",
        "UNIQUE",
        "KEY",
        "INDEX",
        "FULLTEXT",
        "SPATIAL",
        "FOREIGN",
        "CHECK",
        "DEFAULT",
        "PARTITION",
        "GENERATED",
        "SIGNATURE",
        "FULL",
    ];
    let words = words(text, variant);
    let mut words = words.iter().skip(2).peekable();
    while let Some(word) = words.next() {
        let is = |name: &str| word.eq_ignore_ascii_case(name.as_bytes());
        let key = words.peek().is_some_and(|next| {
            KEYS.iter()
                .any(|key| next.eq_ignore_ascii_case(key.as_bytes()))
        });
        if is("RENAME") || is("CHANGE") || ((is("ADD") || is("DROP")) && !key) {
            // `ALTER COLUMN x DROP NOT NULL`, `.. ADD IDENTITY`
            let column = words.peek().is_some_and(|next| {
                ["NOT", "IDENTITY", "EXPRESSION"]
                    .iter()
                    .any(|word| next.eq_ignore_ascii_case(word.as_bytes()))
            });
            if !column {
                return Action::Bad(STATEMENT_CHANGES_TABLE);
            }
        }
    }
    Action::Skip("ALTER TABLE")
}

/// The words and names of a statement outside of texts; names in quotes stand as an empty word.
fn words(text: &[u8], variant: Variant) -> Vec<&[u8]> {
    let mut lexer = Lexer {
        bytes: text,
        at: 0,
        variant,
        last: true,
    };
    let mut words = Vec::new();
    while let Next::Token(token) = lexer.next() {
        match token.kind {
            Kind::Word => words.push(lexer.text(token)),
            Kind::Quoted => words.push(b""),
            Kind::Sign(_) => {}
        }
    }
    words
}

/// The kind of object that a `CREATE`, `ALTER` or `DROP` is about.
fn object(words: &[&[u8]]) -> Option<&'static str> {
    let verb = words.first()?;
    ["CREATE", "ALTER", "DROP"]
        .iter()
        .find(|word| verb.eq_ignore_ascii_case(word.as_bytes()))?;
    // CREATE DEFINER=`x`@`y` SQL SECURITY DEFINER VIEW, CREATE UNIQUE NONCLUSTERED INDEX
    words[1..].iter().take(10).find_map(|word| {
        let object = OBJECTS
            .iter()
            .find(|(name, _)| word.eq_ignore_ascii_case(name.as_bytes()));
        object.map(|(name, _)| *name)
    })
}

fn starts(words: &[&[u8]], word: &str) -> bool {
    words
        .first()
        .is_some_and(|first| first.eq_ignore_ascii_case(word.as_bytes()))
}
