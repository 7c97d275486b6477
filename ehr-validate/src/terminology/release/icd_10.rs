//! ICD-10-CM and ICD-10-PCS: the order files of CMS and CDC.
//!
//! Fixed width: order number (1–5), code without dot (7–13), 0 for a header and 1 for a code that
//! claims may carry (15), short title (17–76), long title (78 on).

use std::io::BufRead;

use encoding_rs::UTF_8;

use super::lines::Lines;
use super::{File, Release};
use crate::code_format::{icd_10_cm, icd_10_pcs};
use crate::terminology::concept::Validity;
use crate::terminology::{TableBuilder, TerminologyError, system};

/// Reads an order file of ICD-10-CM. Put the releases of several years together with
/// [`TableBuilder::followed_by`], so that dates of service of all of them can be judged.
pub fn read_cm(
    release: &Release,
    order: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    read(system::ICD_10_CM, release, order, |code| {
        icd_10_cm::parse(code).is_ok()
    })
}

/// Reads an order file of ICD-10-PCS. Its headers have three to six characters.
pub fn read_pcs(
    release: &Release,
    order: File<impl BufRead>,
) -> Result<TableBuilder, TerminologyError> {
    read(system::ICD_10_PCS, release, order, |code| {
        code.len() < 7 || icd_10_pcs::check(code).is_ok()
    })
}

fn read(
    system: &str,
    release: &Release,
    order: File<impl BufRead>,
    is_code: impl Fn(&str) -> bool,
) -> Result<TableBuilder, TerminologyError> {
    let mut table = TableBuilder::new(system, release).valid_from_release();
    let mut lines = Lines::of(order, UTF_8);
    while let Some(line) = lines.next()? {
        let code = line.columns(7, 13);
        if !is_code(code) {
            return Err(line.expected(7, "a code without dot"));
        }
        let billable = match line.columns(15, 15) {
            "0" => false,
            "1" => true,
            _ => return Err(line.expected(15, "0 for a header or 1 for a code")),
        };
        let (short, long) = (line.columns(17, 76), line.columns(78, 500));
        let title = if long.is_empty() { short } else { long };
        if title.is_empty() {
            return Err(line.expected(78, "a title"));
        }
        let draft = table.draft(code);
        draft.display = Some(title.to_owned());
        if short != title && !short.is_empty() {
            draft.synonyms.push(short.to_owned());
        }
        let (from, to) = (None, None);
        draft.validity = vec![Validity { from, to, billable }];
    }
    match table.is_empty() {
        true => Err(TerminologyError::NoCode {
            file: lines.name().to_owned(),
        }),
        false => Ok(table),
    }
}
