//! Documents: files that a row names, and notes that stand in a column.

use ehr_model::element::Leaf;
use ehr_model::issue::Issue;
use ehr_model::value::DataAbsentReason;

use super::{Filling, Origin};
use crate::documents::{Facts, Pages};
use crate::mapper::DOCUMENT_FILE_MISSING;
use crate::plan::{FieldMap, FileSource};

/// The media type of a note that stands in a column.
const INLINE_TEXT: &str = "text/plain; charset=utf-8";

impl Filling<'_, '_, '_, '_> {
    /// Puts the bytes of a document into an attachment.
    pub(super) fn file(&mut self, source: &FileSource, field: &FieldMap) -> bool {
        let row = self.at.row;
        let Some((cell, node)) = self.cell(source.column) else {
            return false;
        };
        let from = Some((row, node));
        if source.inline {
            self.attach(source, cell.as_bytes().to_vec(), INLINE_TEXT, (row, node));
            return true;
        }
        let name = cell.trim();
        let Some(bytes) = self.mapper.files.read(name) else {
            self.refuse(DOCUMENT_FILE_MISSING, &field.path, from);
            let added = self.added;
            let attachment = self.record().resource.element_mut();
            source
                .data
                .set_absent(attachment, added, DataAbsentReason::Unknown);
            return false;
        };
        let facts = Facts::of(&bytes, name);
        if let Pages::Counted(pages) = facts.pages {
            self.put(&source.pages, Leaf::Integer(pages.into()), None);
        }
        self.put_text(&source.sha_256, &facts.digest.to_string(), None);
        for found in &facts.issues {
            let record = self.record();
            let issue = Issue::new(found.code, found.severity)
                .about(record.kind(), record.id)
                .field(field.path.text().clone())
                .at(row.record.address().path(row.record.path(node)));
            self.made.issues.push(issue);
        }
        self.attach(source, bytes, facts.media_type, (row, node));
        true
    }

    fn attach(
        &mut self,
        source: &FileSource,
        bytes: Vec<u8>,
        media_type: &str,
        from: Origin<'_, '_>,
    ) {
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        self.put(&source.size, Leaf::Integer(size), None);
        self.put(&source.data, Leaf::Bytes(bytes.into()), Some(from));
        self.put_text(&source.content_type, media_type, None);
    }
}
