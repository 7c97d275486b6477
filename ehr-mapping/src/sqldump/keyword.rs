//! Words by which kinds of statements are told apart.

/// Kinds of objects, and what the statements about them are called in counts.
pub(super) const OBJECTS: [(&str, [&str; 3]); 26] = [
    ("TABLE", ["CREATE TABLE", "ALTER TABLE", "DROP TABLE"]),
    ("INDEX", ["CREATE INDEX", "ALTER INDEX", "DROP INDEX"]),
    ("VIEW", ["CREATE VIEW", "ALTER VIEW", "DROP VIEW"]),
    (
        "TRIGGER",
        ["CREATE TRIGGER", "ALTER TRIGGER", "DROP TRIGGER"],
    ),
    (
        "FUNCTION",
        ["CREATE FUNCTION", "ALTER FUNCTION", "DROP FUNCTION"],
    ),
    (
        "PROCEDURE",
        ["CREATE PROCEDURE", "ALTER PROCEDURE", "DROP PROCEDURE"],
    ),
    (
        "PROC",
        ["CREATE PROCEDURE", "ALTER PROCEDURE", "DROP PROCEDURE"],
    ),
    ("EVENT", ["CREATE EVENT", "ALTER EVENT", "DROP EVENT"]),
    (
        "SEQUENCE",
        ["CREATE SEQUENCE", "ALTER SEQUENCE", "DROP SEQUENCE"],
    ),
    ("TYPE", ["CREATE TYPE", "ALTER TYPE", "DROP TYPE"]),
    ("DOMAIN", ["CREATE DOMAIN", "ALTER DOMAIN", "DROP DOMAIN"]),
    (
        "DATABASE",
        ["CREATE DATABASE", "ALTER DATABASE", "DROP DATABASE"],
    ),
    ("SCHEMA", ["CREATE SCHEMA", "ALTER SCHEMA", "DROP SCHEMA"]),
    ("USER", ["CREATE USER", "ALTER USER", "DROP USER"]),
    ("ROLE", ["CREATE ROLE", "ALTER ROLE", "DROP ROLE"]),
    ("LOGIN", ["CREATE LOGIN", "ALTER LOGIN", "DROP LOGIN"]),
    (
        "EXTENSION",
        ["CREATE EXTENSION", "ALTER EXTENSION", "DROP EXTENSION"],
    ),
    (
        "AGGREGATE",
        ["CREATE AGGREGATE", "ALTER AGGREGATE", "DROP AGGREGATE"],
    ),
    (
        "OPERATOR",
        ["CREATE OPERATOR", "ALTER OPERATOR", "DROP OPERATOR"],
    ),
    ("POLICY", ["CREATE POLICY", "ALTER POLICY", "DROP POLICY"]),
    ("RULE", ["CREATE RULE", "ALTER RULE", "DROP RULE"]),
    (
        "STATISTICS",
        ["CREATE STATISTICS", "ALTER STATISTICS", "DROP STATISTICS"],
    ),
    (
        "PUBLICATION",
        [
            "CREATE PUBLICATION",
            "ALTER PUBLICATION",
            "DROP PUBLICATION",
        ],
    ),
    (
        "SYNONYM",
        ["CREATE SYNONYM", "ALTER SYNONYM", "DROP SYNONYM"],
    ),
    (
        "LARGE",
        [
            "CREATE LARGE OBJECT",
            "ALTER LARGE OBJECT",
            "DROP LARGE OBJECT",
        ],
    ),
    (
        "DEFAULT",
        ["CREATE DEFAULT", "ALTER DEFAULT PRIVILEGES", "DROP DEFAULT"],
    ),
];

/// Statements that hold no data, whatever follows.
pub(super) const HARMLESS: [&str; 48] = [
    "SET",
    "LOCK",
    "UNLOCK",
    "GRANT",
    "REVOKE",
    "DENY",
    "COMMENT",
    "ANALYZE",
    "START",
    "COMMIT",
    "SAVEPOINT",
    "RELEASE",
    "PRINT",
    "EXEC",
    "EXECUTE",
    "CALL",
    "END",
    "GO",
    "CHECKPOINT",
    "VACUUM",
    "REINDEX",
    "REFRESH",
    "SECURITY",
    "PREPARE",
    "DEALLOCATE",
    "FLUSH",
    "OPTIMIZE",
    "CHECK",
    "REPAIR",
    "RAISERROR",
    "RECONFIGURE",
    "PRAGMA",
    "CLUSTER",
    "DISCARD",
    "RESET",
    "SHOW",
    "CHANGE",
    "PURGE",
    "WAITFOR",
    "RETURN",
    "THROW",
    "DBCC",
    "BACKUP",
    "ENABLE",
    "DISABLE",
    "ADD",
    "INSTALL",
    "REASSIGN",
];

/// Statements that hold others.
pub(super) const FRAMES: [&str; 6] = ["IF", "ELSE", "BEGIN", "WHILE", "DECLARE", "WITH"];

pub(super) const CHANGES: [&str; 7] = [
    "UPDATE", "DELETE", "REPLACE", "MERGE", "TRUNCATE", "LOAD", "INSERT",
];

/// Words that begin a statement of SQL Server, where the one before needs no end.
pub(super) const BEGINNINGS: [&str; 28] = [
    "INSERT",
    "UPDATE",
    "DELETE",
    "MERGE",
    "TRUNCATE",
    "CREATE",
    "ALTER",
    "DROP",
    "SET",
    "EXEC",
    "EXECUTE",
    "PRINT",
    "USE",
    "IF",
    "ELSE",
    "BEGIN",
    "END",
    "DECLARE",
    "WHILE",
    "GRANT",
    "DENY",
    "REVOKE",
    "COMMIT",
    "ROLLBACK",
    "CHECKPOINT",
    "BULK",
    "DBCC",
    "RAISERROR",
];
