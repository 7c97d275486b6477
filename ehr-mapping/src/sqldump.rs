//! Dump scripts of MySQL, PostgreSQL and SQL Server.
