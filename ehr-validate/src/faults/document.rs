//! Faults in documents.

use ehr_model::datatype::Attachment;
use ehr_model::kind::Document;
use ehr_model::record::Kind;
use ehr_model::value::Field;

use super::{Fault, Mutation};

const DATA: &str = "content[0].attachment.data";

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "document-without-content",
        "document-without-content",
        |m| {
            let fits = |d: &Document| {
                attachment(d).is_some_and(|a| {
                    bytes(a).is_some()
                        && a.content_type.value().is_some()
                        && a.url.value().is_none()
                })
            };
            let document = m.change(DATA, fits)?;
            document.content.first_mut()?.attachment.value_mut()?.data = Field::Empty;
            Some(())
        },
    ),
    Fault::new(
        "document-digest-mismatch",
        "document-digest-mismatch",
        |m| {
            let has_bytes = |d: &Document| attachment(d).and_then(bytes).is_some();
            let document = m.change("content[0].attachment.sha256", has_bytes)?;
            let attachment = document.content.first_mut()?.attachment.value_mut()?;
            attachment.sha_256 = Field::Value("0".repeat(64).into());
            Some(())
        },
    ),
    Fault::new("document-cut-off", "document-bytes-changed", |m| {
        write(m, |_| true, |bytes| bytes.truncate(bytes.len() / 2))
    }),
    Fault::new("document-lost", "document-bytes-changed", |m| {
        m.remove(|d: &Document| {
            attachment(d)
                .and_then(bytes)
                .is_some_and(|bytes| !bytes.is_empty())
        })
    }),
    Fault::new("pdf-cut-off", "document-that-does-not-open", |m| {
        write(
            m,
            |bytes| bytes.starts_with(b"%PDF"),
            |bytes| bytes.truncate(12),
        )
    }),
    Fault::new("pdf-encrypted", "document-that-does-not-open", |m| {
        write(
            m,
            |bytes| bytes.starts_with(b"%PDF"),
            |bytes| {
                let at = bytes.len() - b"%%EOF".len();
                bytes.splice(at..at, *b"<</Encrypt 5 0 R>>\n");
            },
        )
    }),
    Fault::new(
        "document-page-count-changed",
        "document-page-count-changed",
        |m| m.overwrite(Kind::Document, "content[0].attachment.pages", "7"),
    ),
    Fault::new(
        "document-of-another-patient",
        "document-of-another-patient",
        |m| {
            write(
                m,
                |bytes| find(bytes, b"extension=\"").is_some(),
                |bytes| {
                    if let Some(at) = find(bytes, b"extension=\"") {
                        bytes[at + b"extension=\"".len()] = b'Z';
                    }
                },
            )
        },
    ),
    Fault::new("media-type-mismatch", "media-type-mismatch", |m| {
        let fits = |d: &Document| {
            attachment(d)
                .and_then(bytes)
                .is_some_and(|bytes| !bytes.starts_with(b"\xff\xd8"))
        };
        let document = m.change("content[0].attachment.contentType", fits)?;
        let attachment = document.content.first_mut()?.attachment.value_mut()?;
        attachment.content_type = Field::Value("image/jpeg".into());
        Some(())
    }),
    Fault::new("document-type-lost", "document-type-lost", |m| {
        m.clear(Kind::Document, "type")
    }),
    Fault::new("garbled-text", "garbled-text", |m| {
        write(m, is_words, |bytes| bytes.extend("37.2 Â°C".bytes()))
    }),
    Fault::new("text-cut-off", "text-cut-off", |m| {
        write(m, is_words, |bytes| bytes.resize(4000, b'x'))
    }),
    Fault::new("signature-lost", "document-signature-lost", |m| {
        m.clear(Kind::Document, "authenticator")
    }),
    Fault::new("addendum-lost-its-note", "document-signature-lost", |m| {
        m.clear(Kind::Document, "relatesTo")
    }),
    Fault::new("broken-narrative-link", "broken-narrative-link", |m| {
        write(
            m,
            |bytes| find(bytes, b"\"#").is_some(),
            |bytes| {
                if let Some(at) = find(bytes, b"\"#") {
                    bytes.insert(at + 2, b'q');
                }
            },
        )
    }),
];

fn write(m: &mut Mutation, fits: fn(&[u8]) -> bool, change: fn(&mut Vec<u8>)) -> Option<()> {
    let fitting = |d: &Document| attachment(d).and_then(bytes).is_some_and(fits);
    let document = m.change(DATA, fitting)?;
    let attachment = document.content.first_mut()?.attachment.value_mut()?;
    let mut changed = bytes(attachment)?.to_vec();
    change(&mut changed);
    attachment.data = Field::Value(changed.into());
    Some(())
}

fn attachment(document: &Document) -> Option<&Attachment> {
    document.content.first()?.attachment.value()
}

fn bytes(attachment: &Attachment) -> Option<&[u8]> {
    Some(attachment.data.value()?.expose())
}

fn is_words(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.is_ascii()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}
