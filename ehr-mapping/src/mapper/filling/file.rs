//! Documents: files that a row names, and notes that stand in a column.

use ehr_model::element::Leaf;
use ehr_model::value::DataAbsentReason;

use super::Filling;
use crate::mapper::DOCUMENT_FILE_MISSING;
use crate::plan::{FieldMap, FileSource};
use crate::source::media_type;

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
        let (bytes, media_type) = if source.inline {
            (cell.as_bytes().to_vec(), INLINE_TEXT)
        } else {
            let Some(bytes) = self.mapper.files.read(cell.trim()) else {
                self.refuse(DOCUMENT_FILE_MISSING, &field.path, from);
                let added = self.added;
                let attachment = self.record().resource.element_mut();
                source
                    .data
                    .set_absent(attachment, added, DataAbsentReason::Unknown);
                return false;
            };
            let media_type = media_type(&bytes);
            (bytes, media_type)
        };
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        self.put(&source.size, Leaf::Integer(size), None);
        self.put(&source.data, Leaf::Bytes(bytes.into()), from);
        self.put_text(&source.content_type, media_type, None);
        true
    }
}
