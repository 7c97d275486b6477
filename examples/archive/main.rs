//! Works with an archive: lists, finds, shows, verifies, releases, holds, retains, shreds, gives out and rotates keys, exports,
//! reads the log.
//!
//! ```text
//! cargo run --release --example migrate
//! cargo run --release --example archive -- --archive target/migration/archive --key target/migration.key --agent me list
//! ```
//!
//! Every command is recorded in the archive's access log with `--agent` and `--purpose`. The program ends with 0 if all is
//! well, 1 if something was found wrong, and 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod custody;
mod handing_out;
mod holders;
mod options;
mod reading;

use std::process::ExitCode;

use clap::Parser;
use examples::export::Failure;

use crate::options::{Command, Options};

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Whether all was well.
fn run(options: &Options) -> Result<bool, Failure> {
    let session = options.session()?;
    match &options.command {
        Command::List { from, limit } => reading::list(&session, *from, *limit),
        Command::Find {
            mrn,
            name,
            born,
            tolerant,
        } => reading::find(
            &session,
            mrn.as_deref(),
            name.as_deref(),
            born.as_deref(),
            *tolerant,
        ),
        Command::Show { entry, object } => reading::show(&session, *entry, object.as_deref()),
        Command::Verify { kept } => reading::verify(&session, kept.as_deref()),
        Command::Release(release) => handing_out::release(&session, release),
        Command::Export { to, parquet } => handing_out::export(&session, to, *parquet),
        Command::Holders => holders::list(&session),
        Command::Grant(grant) => holders::grant(&session, grant),
        Command::Revoke { label } => holders::revoke(&session, label),
        Command::Log => reading::log(&session),
        Command::Hold(hold) => custody::hold(&session, hold),
        Command::Retain { rules, from, limit } => {
            custody::retain(&session, rules.as_deref(), *from, *limit)
        }
        Command::Shred {
            entries,
            order,
            keep_index,
            purge,
        } => custody::shred(&session, entries, order.as_deref(), *keep_index, *purge),
        Command::Rotate { label, new_key } => custody::rotate(&session, label, new_key),
    }
}
