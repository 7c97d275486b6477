//! Tables and their columns, as `CREATE TABLE` declares them.

use std::borrow::Cow;

use super::lexer::{Kind, Lexer, Next, Token};
use super::variant::Variant;

/// A table of a dump.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TableSchema {
    /// The name; with its schema unless that is `public` or `dbo`, and with its database unless
    /// that is the first of the dump.
    pub name: String,
    /// The columns in the order of the table, which is the order of leaves.
    pub columns: Vec<Column>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Column {
    /// The name.
    pub name: String,
    /// The type as it is declared, such as `varchar(50)`; empty if it is not.
    pub sql_type: String,
}

impl TableSchema {
    /// A table by its name and columns.
    pub fn new(name: impl Into<String>, columns: Vec<Column>) -> Self {
        Self {
            name: name.into(),
            columns,
        }
    }

    /// The names of the columns.
    pub fn column_names(&self) -> Vec<&str> {
        self.columns.iter().map(|column| &*column.name).collect()
    }
}

impl Column {
    /// A column by its name and type.
    pub fn new(name: impl Into<String>, sql_type: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            sql_type: sql_type.into(),
        }
    }

    /// Whether the column holds bytes, which a script may write as if they were text.
    pub(super) fn is_binary(&self) -> bool {
        let word = self
            .sql_type
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next();
        let word = word.unwrap_or_default().to_ascii_lowercase();
        let types = [
            "blob",
            "tinyblob",
            "mediumblob",
            "longblob",
            "binary",
            "varbinary",
            "bit",
            "bytea",
            "geometry",
            "image",
            "rowversion",
        ];
        types.contains(&&*word)
    }
}

/// Parts of a name with dots: database, schema, table.
pub(super) struct Name {
    parts: Vec<String>,
}

impl Name {
    /// The name that begins with the next token, and the token behind it.
    pub(super) fn read(
        lexer: &mut Lexer<'_>,
        decode: Decode<'_>,
    ) -> Result<(Self, Option<Token>), Incomplete> {
        let mut parts = Vec::new();
        loop {
            let Some(token) = token(lexer)? else {
                return Ok((Self { parts }, None));
            };
            match token.kind {
                Kind::Word | Kind::Quoted => parts.push(identifier(lexer, token, decode)),
                // [db]..[table]
                Kind::Sign(b'.') => {
                    parts.push(String::new());
                    continue;
                }
                Kind::Sign(_) => return Ok((Self { parts }, Some(token))),
            }
            match self::token(lexer)? {
                Some(dot) if dot.kind == Kind::Sign(b'.') => {}
                other => return Ok((Self { parts }, other)),
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    pub(super) fn table(&self) -> &str {
        self.parts.last().map_or("", |part| part)
    }

    /// The schema, unless it is the usual one.
    pub(super) fn schema(&self, variant: Variant) -> Option<&str> {
        let schema = &**self.parts.iter().rev().nth(1)?;
        let usual = match variant {
            Variant::MySql => return None,
            Variant::PostgreSql => schema == "public",
            Variant::SqlServer => schema.eq_ignore_ascii_case("dbo") || schema.is_empty(),
        };
        (!usual).then_some(schema)
    }

    pub(super) fn database(&self, variant: Variant) -> Option<&str> {
        let place = if variant == Variant::MySql { 1 } else { 2 };
        self.parts.iter().rev().nth(place).map(|part| &**part)
    }
}

/// The statement is not all there, or no more input will come.
pub(super) struct Incomplete;

/// How bytes of the file become characters.
pub(super) type Decode<'f> = &'f dyn Fn(&[u8]) -> String;

/// The next token, or `None` at the end.
pub(super) fn token(lexer: &mut Lexer<'_>) -> Result<Option<Token>, Incomplete> {
    match lexer.next() {
        Next::Token(token) => Ok(Some(token)),
        Next::End => Ok(None),
        Next::More => Err(Incomplete),
    }
}

/// A name without its quotes; PostgreSQL folds names without quotes to lower case.
pub(super) fn identifier(lexer: &Lexer<'_>, token: Token, decode: Decode<'_>) -> String {
    let text = lexer.text(token);
    if token.kind != Kind::Quoted {
        let text = decode(text);
        return match lexer.variant {
            Variant::PostgreSql => text.to_lowercase(),
            Variant::MySql | Variant::SqlServer => text,
        };
    }
    let (quote, inner) = match text {
        [quote, inner @ .., _] => (char::from(*quote), inner),
        _ => return decode(text),
    };
    let quote = if quote == '[' { ']' } else { quote };
    let doubled = String::from_iter([quote, quote]);
    decode(inner).replace(&doubled, &quote.to_string())
}

/// What a `CREATE TABLE` says.
pub(super) enum Created {
    Columns(Vec<Column>),
    /// With the columns of these tables first.
    Inherits(Vec<Column>, Vec<Name>),
    /// No columns: `CREATE TABLE .. AS SELECT ..`.
    Unknown,
}

/// Words that begin a line of a table that is no column.
const CONSTRAINTS: [&str; 12] = [
    "PRIMARY",
    "KEY",
    "UNIQUE",
    "INDEX",
    "CONSTRAINT",
    "FULLTEXT",
    "SPATIAL",
    "FOREIGN",
    "CHECK",
    "EXCLUDE",
    "PERIOD",
    "LIKE",
];

/// Words that end the type of a column.
const AFTER_TYPE: [&str; 32] = [
    "NOT",
    "NULL",
    "DEFAULT",
    "PRIMARY",
    "UNIQUE",
    "COMMENT",
    "AUTO_INCREMENT",
    "AUTOINCREMENT",
    "CHARACTER",
    "CHARSET",
    "COLLATE",
    "REFERENCES",
    "CHECK",
    "GENERATED",
    "AS",
    "IDENTITY",
    "CONSTRAINT",
    "ON",
    "KEY",
    "ROWGUIDCOL",
    "SPARSE",
    "VISIBLE",
    "INVISIBLE",
    "STORAGE",
    "COMPRESSION",
    "SRID",
    "VIRTUAL",
    "MASKED",
    "ENCRYPTED",
    "STORED",
    "PERSISTED",
    "FILESTREAM",
];

/// Reads from behind the name of the table.
pub(super) fn create_table(
    lexer: &mut Lexer<'_>,
    next: Option<Token>,
    decode: Decode<'_>,
) -> Created {
    let Some(open) = next else {
        return Created::Unknown;
    };
    if lexer.is(open, "LIKE")
        && let Ok((name, _)) = Name::read(lexer, decode)
    {
        return Created::Inherits(Vec::new(), vec![name]);
    }
    if open.kind != Kind::Sign(b'(') {
        return Created::Unknown;
    }
    let mut columns = Vec::new();
    let mut parents = Vec::new();
    let mut next = token(lexer).ok().flatten();
    while let Some(first) = next {
        if first.kind == Kind::Sign(b')') {
            break;
        }
        if first.kind == Kind::Word && CONSTRAINTS.iter().any(|word| lexer.is(first, word)) {
            if lexer.is(first, "LIKE")
                && let Ok((name, _)) = Name::read(lexer, decode)
            {
                parents.push(name);
            }
            next = end_of_item(lexer, None);
        } else {
            let name = identifier(lexer, first, decode);
            let (sql_type, stop) = column_type(lexer, decode);
            columns.push(Column { name, sql_type });
            next = end_of_item(lexer, stop);
        }
        match next {
            Some(comma) if comma.kind == Kind::Sign(b',') => next = token(lexer).ok().flatten(),
            _ => break,
        }
    }
    // PostgreSQL writes `INHERITS (parent)` behind, and MySQL nothing that matters
    while let Ok(Some(word)) = token(lexer) {
        if lexer.is(word, "INHERITS") && matches!(token(lexer), Ok(Some(_))) {
            while let Ok((name, next)) = Name::read(lexer, decode) {
                parents.push(name);
                if next.is_none_or(|next| next.kind != Kind::Sign(b',')) {
                    break;
                }
            }
        }
        if lexer.is(word, "SELECT") {
            return Created::Unknown;
        }
    }
    if parents.is_empty() {
        Created::Columns(columns)
    } else {
        Created::Inherits(columns, parents)
    }
}

/// The type of a column as it is written, without brackets, and the token that ends it.
fn column_type(lexer: &mut Lexer<'_>, decode: Decode<'_>) -> (String, Option<Token>) {
    let mut text = String::new();
    let mut depth = 0;
    let mut end = lexer.at;
    while let Ok(Some(token)) = token(lexer) {
        match token.kind {
            Kind::Sign(b'(') => depth += 1,
            Kind::Sign(b',' | b')') if depth == 0 => return (text, Some(token)),
            Kind::Sign(b')') => depth -= 1,
            Kind::Word if depth == 0 => {
                let stops = AFTER_TYPE.iter().any(|word| lexer.is(token, word));
                if stops && !(text.is_empty() && lexer.is(token, "CHARACTER")) {
                    return (text, Some(token));
                }
            }
            _ => {}
        }
        if token.start > end && !text.is_empty() && depth == 0 {
            text.push(' ');
        }
        end = token.end;
        let brackets = lexer.variant == Variant::SqlServer && token.kind == Kind::Quoted;
        text.push_str(&match brackets {
            true => identifier(lexer, token, decode),
            false => decode(lexer.text(token)),
        });
    }
    (text, None)
}

/// Goes to the `,` or `)` that ends a column or constraint.
fn end_of_item(lexer: &mut Lexer<'_>, mut next: Option<Token>) -> Option<Token> {
    let mut depth = 0;
    loop {
        let token = match next.take() {
            Some(token) => token,
            None => token(lexer).ok().flatten()?,
        };
        match token.kind {
            Kind::Sign(b'(') => depth += 1,
            Kind::Sign(b',' | b')') if depth == 0 => return Some(token),
            Kind::Sign(b')') => depth -= 1,
            _ => {}
        }
    }
}

/// The names between parentheses, after `(`.
pub(super) fn name_list(
    lexer: &mut Lexer<'_>,
    decode: Decode<'_>,
) -> Result<Option<Vec<String>>, Incomplete> {
    let mut names = Vec::new();
    while let Some(name) = token(lexer)? {
        match name.kind {
            Kind::Word | Kind::Quoted => names.push(identifier(lexer, name, decode)),
            Kind::Sign(b')') => return Ok(Some(names)),
            Kind::Sign(_) => return Ok(None),
        }
        match token(lexer)?.map(|token| token.kind) {
            Some(Kind::Sign(b',')) => {}
            Some(Kind::Sign(b')')) => return Ok(Some(names)),
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// Whether two names of columns are the same.
pub(super) fn same_column(a: &str, b: &str, variant: Variant) -> bool {
    match variant {
        Variant::PostgreSql => a == b,
        Variant::MySql | Variant::SqlServer => {
            a.eq_ignore_ascii_case(b) || a.to_lowercase() == b.to_lowercase()
        }
    }
}

/// Bytes as text, for names: what is no text is shown as such.
pub(super) fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(bytes)
}
