//! Writes the review sheet of a mapping document, and reads it back from its reviewers.
//!
//! ```text
//! cargo run --example review-sheet -- --map FILE --out DIR [--source DIR] [--show-patient-values] [--json]
//! cargo run --example review-sheet -- --map FILE --read SHEET.xlsx [--out DIR] [--json]
//! ```
//!
//! Reading writes the proposed document into the folder of `--out`; the document itself is never touched. The program
//! ends with 0, with 1 if a reviewer rejected or would change something, and with 2 for an error.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod rehearsal;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use ehr_mapping::document::MappingDocument;
use ehr_mapping::review::{Judgement, Review, ReviewSheet};
use examples::export::{self, Failure};
use serde_json::json;

/// Writes the review sheet of a mapping document, or reads it back.
#[derive(Debug, Parser)]
#[command(name = "review-sheet")]
struct Options {
    /// Mapping document
    #[arg(long, value_name = "FILE")]
    map: PathBuf,
    /// Folder for review.html and review.xlsx, or for the proposed document
    #[arg(long, value_name = "DIR", required_unless_present = "read")]
    out: Option<PathBuf>,
    /// Workbook that comes back from a reviewer
    #[arg(long, value_name = "FILE")]
    read: Option<PathBuf>,
    /// Folder, ZIP file or file with an export of invented or consented data: rows of code maps are counted
    #[arg(long, conflicts_with = "read")]
    source: Option<PathBuf>,
    /// Put a few values of patients of the export into the sheet
    #[arg(long, requires = "source")]
    show_patient_values: bool,
    /// Print JSON instead of lines for people
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Writes or reads, and says whether nobody would have anything otherwise.
fn run(options: &Options) -> Result<bool, Failure> {
    let document = export::read_document(&options.map)?;
    match &options.read {
        Some(workbook) => read(options, &document, workbook),
        None => write(options, &document).map(|()| true),
    }
}

fn write(options: &Options, document: &MappingDocument) -> Result<(), Failure> {
    let mut sheet = ReviewSheet::new(document)?;
    if let Some(source) = &options.source {
        let (uses, samples) = rehearsal::run(document, source)?;
        sheet = sheet.with_uses(&uses);
        if options.show_patient_values {
            sheet = sheet.with_samples(&samples);
        }
    }
    let out = options.out.as_deref().unwrap_or(Path::new("."));
    fs::create_dir_all(out)?;
    fs::write(out.join("review.html"), sheet.to_html())?;
    fs::write(out.join("review.xlsx"), sheet.to_xlsx()?)?;
    let (digest, lines, codes) = (sheet.digest(), sheet.lines().len(), sheet.codes().len());
    let drafts = sheet
        .lines()
        .iter()
        .filter(|line| line.draft.is_some())
        .count();
    if options.json {
        println!(
            "{}",
            json!({"digest": digest, "lines": lines, "drafts": drafts, "code_rows": codes})
        );
    } else {
        println!("{lines} lines ({drafts} drafts), {codes} rows of code maps\ndocument {digest}");
        println!("{}", out.join("review.html").display());
        println!("{}", out.join("review.xlsx").display());
    }
    Ok(())
}

fn read(options: &Options, document: &MappingDocument, workbook: &Path) -> Result<bool, Failure> {
    let review = Review::from_xlsx(&fs::read(workbook)?, document)?;
    let proposal = review.propose(document)?;
    if let Some(out) = options.out.as_deref().filter(|_| !proposal.is_unchanged()) {
        fs::create_dir_all(out)?;
        fs::write(out.join(document.name()), &proposal.text)?;
        for (name, content) in &proposal.files {
            let name = Path::new(name).file_name().unwrap_or_default();
            fs::write(out.join(name), content)?;
        }
    }
    if options.json {
        println!("{}", serde_json::to_string(&review)?);
    } else {
        for one in review.lines.iter().chain(&review.codes) {
            let judgement = one
                .judgement
                .map_or("open".to_owned(), |one| format!("{one:?}").to_lowercase());
            println!("{} {judgement} {}", one.id, one.comment);
        }
        for edit in &review.edits {
            println!(
                "{}/{}: {} should be {}",
                edit.map, edit.code, edit.was, edit.target
            );
        }
        println!("{} without a decision", review.open);
    }
    let mut judgements = review.lines.iter().chain(&review.codes);
    let content =
        judgements.all(|one| !matches!(one.judgement, Some(Judgement::Change | Judgement::Reject)));
    Ok(content && proposal.is_unchanged())
}
