//! The files of a release, in the order in which `--help` lists them.

use std::cell::RefCell;
use std::error::Error;

use ehr_model::value::Date;
use ehr_validate::terminology::TableBuilder;
use ehr_validate::terminology::release::{
    File, Release, cvx, gem, hcpcs, icd_9, icd_10, loinc, mvx, ndc, nppes, rxnorm, snomed,
};

use crate::options::{Of, Options};

pub(crate) fn read(options: &Options) -> Result<TableBuilder, Box<dyn Error>> {
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
