//! Builds the table of a code system from an official release, for `check --table` and whoever
//! embeds `ehr_validate::terminology`.
//!
//! ```text
//! cargo run --release --example tables -- --of icd-10-cm --release "ICD-10-CM FY2025" \
//!     --date 2024-10-01 --out icd-10-cm.table [--json] icd10cm-order-2025.txt
//! ```
//!
//! The files are named in the order in which `--help` lists them for a system. A file that is not
//! laid out as its publisher says is an error with its line, and no table is written.

// a program for people prints; the libraries never do
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::cell::RefCell;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use chrono::NaiveDate;
use clap::{Parser, ValueEnum};
use ehr_model::value::Date;
use ehr_validate::terminology::release::{
    File, Release, cvx, gem, hcpcs, icd_9, icd_10, loinc, mvx, ndc, nppes, rxnorm, snomed,
};
use ehr_validate::terminology::{Table, TableBuilder};
use serde_json::json;

/// A release and the files of it, in this order.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Of {
    /// Order file of ICD-10-CM
    #[value(name = "icd-10-cm")]
    Icd10Cm,
    /// Order file of ICD-10-PCS
    #[value(name = "icd-10-pcs")]
    Icd10Pcs,
    /// Titles of ICD-9-CM diagnoses
    #[value(name = "icd-9-cm")]
    Icd9Cm,
    /// Titles of ICD-9-CM procedures
    #[value(name = "icd-9-procedures")]
    Icd9Procedures,
    /// GEM of diagnoses from ICD-9-CM
    #[value(name = "gem-9-to-10")]
    Gem9To10,
    /// GEM of diagnoses from ICD-10-CM
    #[value(name = "gem-10-to-9")]
    Gem10To9,
    /// Loinc.csv, and MapTo.csv where there is one
    Loinc,
    /// RXNCONSO.RRF, RXNREL.RRF, RXNSAT.RRF, and RXNCUI.RRF of a full release
    Rxnorm,
    /// The same files: the map from National Drug Codes to RxNorm
    NdcToRxnorm,
    /// Snapshots of concepts, of historical associations, and of descriptions (one or more)
    Snomed,
    /// cvx.xml or cvx.txt, and tradename.xml where there is one
    Cvx,
    /// mvx.xml or mvx.txt
    Mvx,
    /// product.txt and package.txt of the NDC directory
    Ndc,
    /// Fixed-width file of HCPCS codes
    Hcpcs,
    /// Providers of NPPES
    Nppes,
}

/// Builds the table of a code system from an official release.
#[derive(Debug, Parser)]
#[command(name = "tables")]
struct Options {
    /// What the files are
    #[arg(long)]
    of: Of,
    /// Name of the release, kept in the table
    #[arg(long)]
    release: String,
    /// Day from which the release is in force
    #[arg(long, value_name = "YYYY-MM-DD")]
    date: NaiveDate,
    /// File to write; it must not exist
    #[arg(long)]
    out: PathBuf,
    /// Print JSON instead of a line for people
    #[arg(long)]
    json: bool,
    /// The files of the release
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    if options.out.try_exists()? {
        return Err("--out names a file that exists".into());
    }
    read(options)?.write(&options.out)?;
    let table = Table::open(&options.out)?;
    let (codes, bytes) = (table.len(), table.size());
    if options.json {
        let json = json!({
            "format": "ehr-tables/1",
            "system": table.system(),
            "target": table.target(),
            "release": table.release(),
            "date": table.date().to_string(),
            "codes": codes,
            "bytes": bytes,
        });
        println!("{}", serde_json::to_string_pretty(&json)?);
    } else {
        println!("{codes} codes of {} in {bytes} bytes", table.system());
    }
    Ok(())
}

fn read(options: &Options) -> Result<TableBuilder, Box<dyn Error>> {
    let release = Release::new(&options.release, Date::parse(&options.date.to_string())?);
    let files = RefCell::new(options.files.iter());
    let more = || {
        files
            .borrow_mut()
            .next()
            .map(|path| File::open(path))
            .transpose()
    };
    let next = || -> Result<_, Box<dyn Error>> {
        Ok(more()?.ok_or("a file of the release is missing; see --help")?)
    };
    let first = next()?;
    let is_xml = options.files[0]
        .extension()
        .is_some_and(|ending| ending.eq_ignore_ascii_case("xml"));
    let table = match options.of {
        Of::Icd10Cm => icd_10::read_cm(&release, first)?,
        Of::Icd10Pcs => icd_10::read_pcs(&release, first)?,
        Of::Icd9Cm => icd_9::read_diagnoses(&release, first)?,
        Of::Icd9Procedures => icd_9::read_procedures(&release, first)?,
        Of::Gem9To10 => gem::read_icd_9_to_10(&release, first)?,
        Of::Gem10To9 => gem::read_icd_10_to_9(&release, first)?,
        Of::Hcpcs => hcpcs::read(&release, first)?,
        Of::Nppes => nppes::read(&release, first)?,
        Of::Ndc => ndc::read(&release, first, next()?)?,
        Of::Mvx if is_xml => mvx::read_xml(&release, first)?,
        Of::Mvx => mvx::read_text(&release, first)?,
        Of::Loinc => {
            let terms = loinc::read(&release, first)?;
            match more()? {
                Some(map_to) => loinc::read_map_to(terms, map_to)?,
                None => terms,
            }
        }
        Of::Cvx => {
            let codes = match is_xml {
                true => cvx::read_xml(&release, first)?,
                false => cvx::read_text(&release, first)?,
            };
            match more()? {
                Some(products) => cvx::read_products(codes, products)?,
                None => codes,
            }
        }
        Of::Rxnorm | Of::NdcToRxnorm => {
            let files = rxnorm::Files {
                names: first,
                relations: next()?,
                attributes: next()?,
                history: more()?,
            };
            let both = rxnorm::read(&release, files)?;
            match options.of {
                Of::Rxnorm => both.concepts,
                _ => both.ndc,
            }
        }
        Of::Snomed => {
            let associations = next()?;
            let mut descriptions = vec![next()?];
            while let Some(file) = more()? {
                descriptions.push(file);
            }
            snomed::read(
                &release,
                snomed::Files {
                    concepts: first,
                    descriptions,
                    associations,
                },
            )?
        }
    };
    match more()? {
        Some(_) => Err("more files than the release has; see --help".into()),
        None => Ok(table),
    }
}
