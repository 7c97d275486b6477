//! The list for review as a file.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use ehr_model::value::Text;
use ehr_validate::linkage::Linkage;

/// Writes the pairs, the surest first. The file appears when it is whole.
pub(crate) fn write(file: &Path, linkage: &Linkage, ids: &[Text]) -> io::Result<()> {
    let mut pairs: Vec<_> = linkage.candidates().iter().collect();
    pairs.sort_by(|a, b| {
        let surest = b.probability.total_cmp(&a.probability);
        a.grade
            .cmp(&b.grade)
            .then(surest)
            .then((a.a, a.b).cmp(&(b.a, b.b)))
    });
    let unfinished = file.with_extension("csv.unfinished");
    let mut out = BufWriter::new(File::create(&unfinished)?);
    writeln!(out, "id_a,id_b,probability,grade")?;
    for pair in pairs {
        let (a, b) = (quoted(&ids[pair.a as usize]), quoted(&ids[pair.b as usize]));
        // Downwards, so that no rounding lifts a pair over a threshold.
        let probability = (pair.probability * 1e6).floor() / 1e6;
        writeln!(out, "{a},{b},{probability:.6},{}", pair.grade.as_str())?;
    }
    out.into_inner()
        .map_err(io::IntoInnerError::into_error)?
        .sync_all()?;
    fs::rename(unfinished, file)
}

/// An identifier as a field of delimited text.
fn quoted(id: &Text) -> String {
    let id = id.expose();
    if id.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", id.replace('"', "\"\""))
    } else {
        id.to_owned()
    }
}
