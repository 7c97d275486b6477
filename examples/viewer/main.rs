//! Looks into an archive with a browser: read-only, on the loopback, every view in the access log before it is shown.
//!
//! ```text
//! cargo run --release --features examples/network --example viewer -- --archive DIR [--listen 127.0.0.1:8471] [--releases DIR] [--json]
//! ```
//!
//! Each person unlocks the archive in the browser, with a key file, a recovery code or a passphrase; the program keeps no key
//! longer than the session. It ends with Ctrl+C.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod clock;
mod fields;
mod guard;
mod media;
mod options;
mod page;
mod problem;
mod routes;
mod server;
mod session;
mod viewer;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use examples::export::Failure;
use serde_json::json;

use options::Options;
use viewer::Viewer;

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(2)
        }
    }
}

fn run(options: Options) -> Result<(), Failure> {
    options.check()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let tls = options.tls()?;
        let listener = tokio::net::TcpListener::bind(options.listen).await?;
        let address = listener.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let url = format!("{scheme}://{address}/");
        if options.json {
            println!(
                "{}",
                json!({"url": url, "address": address.to_string(), "tls": tls.is_some()})
            );
        } else {
            println!(
                "viewer      {url}\narchive     {}\nend         Ctrl+C",
                options.archive.display()
            );
        }
        let viewer = Arc::new(Viewer::new(options, address, scheme)?);
        server::serve(listener, tls, viewer).await
    })
}
