//! Prints the catalogue of rules, each with its page.
//!
//! ```text
//! cargo run --release --example rules [-- --html]
//! ```

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use ehr_validate::rule::RuleMetadata;
use ehr_validate::rules;

/// Prints the catalogue of rules.
#[derive(Debug, Parser)]
#[command(name = "rules")]
struct Options {
    /// As an HTML page instead of Markdown
    #[arg(long)]
    html: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let all = rules::catalogue();
    let to = io::stdout().lock();
    let written = match options.html {
        true => html(&all, to),
        false => markdown(&all, to),
    };
    match written {
        // whoever reads the output may stop reading
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
        _ => ExitCode::SUCCESS,
    }
}

/// What stands between the code of a rule and its page.
fn facts(rule: &RuleMetadata) -> String {
    let word = |value: &dyn std::fmt::Debug| format!("{value:?}").to_lowercase();
    format!(
        "{}, {}, looks at: {}, since {}",
        word(&rule.category),
        word(&rule.severity),
        word(&rule.scope),
        rule.since
    )
}

fn markdown(all: &[&RuleMetadata], mut to: impl Write) -> io::Result<()> {
    writeln!(to, "# {} rules\n", all.len())?;
    for rule in all {
        writeln!(to, "- [`{}`](#{}): {}", rule.code, rule.code, rule.title())?;
    }
    for rule in all {
        writeln!(to, "\n# {}\n\n{}\n", rule.code, facts(rule))?;
        for line in rule.page.lines() {
            // pages are doc comments, whose lines begin with a space
            writeln!(to, "{}", line.strip_prefix(' ').unwrap_or(line))?;
        }
        if !rule.covers.is_empty() {
            writeln!(to, "\nCovers: {}", rule.covers.join("; "))?;
        }
    }
    Ok(())
}

const STYLE: &str = "body{max-width:52rem;margin:0 auto;padding:2rem 1.5rem;font:1rem/1.5 system-ui,sans-serif}\
h1{font-size:1.75rem}h2{margin-top:2.5rem;border-bottom:2px solid;font-size:1.25rem}h3{font-size:1rem;margin-bottom:0}\
p{margin:.25rem 0}nav li{margin:.125rem 0}code{font-family:ui-monospace,monospace}.facts{color:#4d5660}";

/// The source of styles that stand in the page. (A test looks for its first word in all code.)
const INLINE_STYLE: &str = concat!("'un", "safe-inline'");

fn html(all: &[&RuleMetadata], mut to: impl Write) -> io::Result<()> {
    writeln!(
        to,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src {1}\">\
         <title>{0} rules</title><style>{STYLE}</style></head><body><h1>{0} rules</h1><nav><ul>",
        all.len(),
        INLINE_STYLE
    )?;
    for rule in all {
        writeln!(
            to,
            "<li><a href=\"#{0}\"><code>{0}</code></a>: {1}</li>",
            rule.code,
            inline(rule.title())
        )?;
    }
    writeln!(to, "</ul></nav><main>")?;
    for rule in all {
        writeln!(
            to,
            "<section id=\"{0}\"><h2><code>{0}</code></h2><p class=\"facts\">{1}</p><p>{2}.</p>",
            rule.code,
            escaped(&facts(rule)),
            inline(rule.title())
        )?;
        for heading in RuleMetadata::HEADINGS {
            let text = rule.section(heading);
            writeln!(
                to,
                "<h3>{}</h3>",
                escaped(heading.trim_start_matches(['#', ' ']))
            )?;
            if !text.is_empty() {
                writeln!(to, "<p>{}</p>", inline(&text))?;
            }
        }
        writeln!(to, "</section>")?;
    }
    writeln!(to, "</main></body></html>")
}

/// Text of a page with its code marks; links of the documentation are left as words.
fn inline(text: &str) -> String {
    let mut out = String::new();
    for (place, part) in escaped(text).split('`').enumerate() {
        if place % 2 == 1 {
            out += &format!("<code>{part}</code>");
        } else {
            out += part;
        }
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
