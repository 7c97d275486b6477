//! Documents: their bytes, their kind, whose they are.

mod attachments;
mod header;
mod media;
mod texts;

use super::room;

room! {
    broken_narrative_link: BrokenNarrativeLink,
    document_bytes_changed: DocumentBytesChanged,
    document_digest_mismatch: DocumentDigestMismatch,
    document_of_another_patient: DocumentOfAnotherPatient,
    document_page_count_changed: DocumentPageCountChanged,
    document_signature_lost: DocumentSignatureLost,
    document_that_does_not_open: DocumentThatDoesNotOpen,
    document_type_lost: DocumentTypeLost,
    document_without_content: DocumentWithoutContent,
    garbled_text: GarbledText,
    media_type_mismatch: MediaTypeMismatch,
    text_cut_off: TextCutOff,
}
