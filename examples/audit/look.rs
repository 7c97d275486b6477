//! Shows every record of an export to the audit, several files at a time.

use std::sync::atomic::{AtomicUsize, Ordering};

use ehr_mapping::documents::Index;
use ehr_mapping::raw_export::{RawExport, RawFile, RawItem};
use ehr_mapping::source::SourceFolder;
use ehr_validate::audit::{Audit, AuditOptions, AuditReport, DocumentIndex, ExportFile};
use examples::export::Failure;

/// Audits all files of an export.
pub(crate) fn audit(
    folder: &dyn SourceFolder,
    options: AuditOptions,
    threads: usize,
) -> Result<AuditReport, Failure> {
    let export = RawExport::open(folder)?;
    let mut audit = Audit::new(options);
    let next = AtomicUsize::new(0);
    let parts: Vec<Audit> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let mut part = audit.part();
                let (export, next) = (&export, &next);
                scope.spawn(move || {
                    while let Some(file) = export.files().get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        look_at(export, file, &mut part);
                    }
                    part
                })
            })
            .collect();
        workers
            .into_iter()
            .filter_map(|worker| worker.join().ok())
            .collect()
    });
    if parts.len() < threads {
        return Err("a thread of the audit stopped; nothing was written".into());
    }
    for part in parts {
        audit.merge(part);
    }
    if let Some(index) = Index::detect(folder)? {
        let column = index.columns[index.name].clone();
        let missing = index.without_file.len() as u64;
        let strangers = index.without_row.len() as u64;
        audit.index(DocumentIndex::new(
            index.file, column, index.rows, missing, strangers,
        ));
    }
    Ok(audit.finish())
}

fn look_at(export: &RawExport<'_>, file: &RawFile, audit: &mut Audit) {
    let mut mixed = false;
    let read =
        export.read(file, &mut |item| {
            let (RawItem::Table(table)
            | RawItem::Record { table, .. }
            | RawItem::Unreadable { table }) = &item
            else {
                mixed = true;
                return;
            };
            let columns: Vec<&str> = match item {
                RawItem::Table(table) => table.columns.iter().map(String::as_str).collect(),
                _ => Vec::new(),
            };
            let id = audit.table(&table.name, table.format.clone(), &columns);
            match item {
                RawItem::Record { record, .. } => audit.observe(id, record),
                RawItem::Unreadable { .. } => audit.unreadable(id),
                RawItem::Table(_) | RawItem::OtherEncoding => {}
            }
        });
    let mut seen = ExportFile::new(file.kind_name(), file.bytes);
    seen.encoding = file.encoding.as_deref();
    seen.mixed = mixed;
    seen.document = file.is_document();
    seen.unreadable = read.is_err();
    audit.file(&seen);
}
