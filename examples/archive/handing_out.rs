//! What leaves the archive: a release for a person, an export of everything.

use std::path::Path;

use ehr_archive::release::{ReleaseRequest, Undated};
use examples::export::Failure;

use crate::options::{Release, Session};
use crate::reading::open;

pub(crate) fn release(session: &Session, release: &Release) -> Result<bool, Failure> {
    let mut reader = open(session)?;
    let entries = reader.find_by_mrn(&release.mrn, &session.access())?;
    let types: Vec<&str> = release.types.iter().map(String::as_str).collect();
    let mut request = ReleaseRequest::new(&release.recipient);
    if let Some(name) = &release.authorized_by {
        request = request.authorized_by(name);
    }
    if let (Some(from), Some(to)) = (&release.from, &release.to) {
        let undated = if release.with_undated {
            Undated::Include
        } else {
            Undated::LeaveOut
        };
        request = request.between(from, to, undated);
    }
    if !types.is_empty() {
        request = request.resource_types(&types);
    }
    let summary = reader.release(&entries, &request, &release.into, &session.access())?;
    println!(
        "{} resources and {} files released, {} resources left out; manifest {}",
        summary.resources, summary.files, summary.left_out, summary.manifest
    );
    Ok(true)
}

pub(crate) fn export(session: &Session, to: &Path, parquet: bool) -> Result<bool, Failure> {
    let summary =
        match parquet {
            false => open(session)?.export(to, &session.access())?,
            #[cfg(feature = "parquet")]
            true => open(session)?.export_parquet(to, &session.access())?,
            #[cfg(not(feature = "parquet"))]
            true => return Err(
                "this program was built without Parquet: build it with --features examples/parquet"
                    .into(),
            ),
        };
    for (kind, count) in &summary.resources {
        println!("{count:>9}  {kind}");
    }
    println!(
        "{:>9}  files, {} erased entries left out",
        summary.files, summary.erased
    );
    Ok(true)
}
