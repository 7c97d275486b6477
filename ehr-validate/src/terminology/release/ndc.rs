//! National Drug Codes: `product.txt` and `package.txt` of the directory of FDA, tab-separated with a
//! header.

use std::collections::HashMap;
use std::io::BufRead;

use encoding_rs::WINDOWS_1252;

use super::lines::Lines;
use super::{File, Release};
use crate::code_format::ndc;
use crate::terminology::concept::{Schedule, Status, Validity};
use crate::terminology::{TableBuilder, TerminologyError, system};

/// What is said of a product, for all its packages.
struct Product {
    name: String,
    generic: String,
    schedule: Option<Schedule>,
}

/// Reads products and packages; the codes are those of the packages.
pub fn read(
    release: &Release,
    products: File<impl BufRead>,
    packages: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    let products = read_products(products)?;
    let mut table = TableBuilder::new(system::NDC, release);
    let mut lines = Lines::of(packages, WINDOWS_1252);
    let columns = [
        "PRODUCTID",
        "NDCPACKAGECODE",
        "STARTMARKETINGDATE",
        "ENDMARKETINGDATE",
        "NDC_EXCLUDE_FLAG",
    ];
    let [product, package, start, end, excluded] = lines.header('\t', columns)?;
    while let Some(line) = lines.next()? {
        let fields = line.fields('\t', 4)?;
        let Ok(code) = ndc::parse(fields.code(package)?) else {
            return Err(fields.expected(package, "a code with two hyphens"));
        };
        let (from, to) = (fields.day(start, "%Y%m%d")?, fields.day(end, "%Y%m%d")?);
        let draft = table.draft(code.digits());
        draft.validity = vec![Validity {
            from,
            to,
            billable: true,
        }];
        // E: expired listing, I: inactivated by FDA, U: uncertified, N or nothing: listed.
        draft.status = Some(match fields.get(excluded) {
            "" | "N" | "Y" => Status::Active,
            _ => Status::Inactive,
        });
        if let Some(product) = products.get(fields.get(product)) {
            draft.display = Some(product.name.clone());
            draft.synonyms = vec![product.generic.clone()];
            draft.schedule = product.schedule;
        }
    }
    match table.is_empty() {
        true => Err(TerminologyError::NoCode {
            file: lines.name().to_owned(),
        }),
        false => Ok(table),
    }
}

fn read_products(
    products: File<impl BufRead>,
) -> Result<HashMap<String, Product>, TerminologyError> {
    let mut all = HashMap::new();
    let mut lines = Lines::of(products, WINDOWS_1252);
    let columns = [
        "PRODUCTID",
        "PROPRIETARYNAME",
        "NONPROPRIETARYNAME",
        "DEASCHEDULE",
    ];
    let [id, name, generic, schedule] = lines.header('\t', columns)?;
    while let Some(line) = lines.next()? {
        let fields = line.fields('\t', 4)?;
        let schedule = match fields.get(schedule) {
            "" => None,
            text => match Schedule::parse(text) {
                Some(known) => Some(known),
                None => return Err(fields.expected(schedule, "CI to CV")),
            },
        };
        let product = Product {
            name: fields.get(name).to_owned(),
            generic: fields.get(generic).to_owned(),
            schedule,
        };
        all.insert(fields.code(id)?.to_owned(), product);
    }
    Ok(all)
}
