//! HL7 v2 messages, batches and files of them.
//!
//! [`Reader`] cuts a stream into messages and keeps the text of each; [`parse`] turns that text
//! into a [`SourceRecord`](ehr_model::source::SourceRecord). Below both lies a [`Splitter`] that
//! finds the place of every value without an allocation.
//!
//! ```
//! use std::sync::Arc;
//!
//! use ehr_mapping::hl7v2::{Reader, parse, vocabulary};
//! use ehr_mapping::raw::RawRecord;
//! use ehr_model::source::{Arena, Names};
//!
//! let file = b"MSH|^~\\&|LAB|CLINIC|||20240301||ORU^R01|7|P|2.5.1
//! PID|1||77^^^MRN~88||Doe&van^Jane
//! ORC|RE
//! OBR|1||F-1|718-7^Hemoglobin^LN
//! OBX|1|NM|718-7^Hemoglobin^LN||13.4|g/dL
//! NTE|1||hemolyzed \\T\\ repeated
//! ";
//! let mut reader = Reader::new(&file[..], "lab.hl7")?;
//! let source = reader.source().clone();
//! let names = vocabulary(&Arc::new(Names::default()));
//!
//! let Some(RawRecord::Text(text)) = reader.next_raw()? else { panic!("a message was expected") };
//! let record = parse(text.expose_text(), &source, text.position(), &names, Arena::default())?;
//! let leaves: Vec<_> = record
//!     .filled_leaves()
//!     .map(|leaf| format!("{} = {}", record.path(leaf), record.expose(leaf).unwrap_or_default()))
//!     .filter(|leaf| !leaf.starts_with("MSH"))
//!     .collect();
//! assert_eq!(leaves, [
//!     "PID/PID-1 = 1",
//!     "PID/PID-3/1 = 77",
//!     "PID/PID-3/4 = MRN",
//!     "PID/PID-3 = 88",
//!     "PID/PID-5/1/1 = Doe",
//!     "PID/PID-5/1/2 = van",
//!     "PID/PID-5/2 = Jane",
//!     "ORC/ORC-1 = RE",
//!     "ORC/OBR/OBR-1 = 1",
//!     "ORC/OBR/OBR-3 = F-1",
//!     "ORC/OBR/OBR-4/1 = 718-7",
//!     "ORC/OBR/OBR-4/2 = Hemoglobin",
//!     "ORC/OBR/OBR-4/3 = LN",
//!     "ORC/OBR/OBX/OBX-1 = 1",
//!     "ORC/OBR/OBX/OBX-2 = NM",
//!     "ORC/OBR/OBX/OBX-3/1 = 718-7",
//!     "ORC/OBR/OBX/OBX-3/2 = Hemoglobin",
//!     "ORC/OBR/OBX/OBX-3/3 = LN",
//!     "ORC/OBR/OBX/OBX-5 = 13.4",
//!     "ORC/OBR/OBX/OBX-6 = g/dL",
//!     "ORC/OBR/OBX/NTE/NTE-1 = 1",
//!     "ORC/OBR/OBX/NTE/NTE-3 = hemolyzed & repeated",
//! ]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The tree
//!
//! | node | name | |
//! | --- | --- | --- |
//! | segment | `PID` | beneath the root or another segment, see below |
//! | field | `PID-5` | one node a repetition; an empty one before a filled one keeps its place, without a value. MSH-1, BHS-1 and FHS-1 are the field separator itself |
//! | component | `1`, `2`, … | only those that are filled |
//! | sub-component | `1`, `2`, … | only those that are filled |
//! | a line that is no segment | [`STRAY`] | beneath the segment before it |
//! | results of earlier orders | `PRIOR_RESULT` | beneath the order that they are shown with |
//!
//! If only the first part of a field or component is filled, the value stands on the node of the
//! whole: `A`, `A^^` and `A&^` are one leaf `PID-5`, but `^B` is `PID-5/2`. A path that ends in `/1`
//! means the same leaf. `""`, which deletes a value, stays the two quotes. What a field means is
//! not interpreted here, OBX-5 included.
//!
//! # Which segment stands beneath which
//!
//! Where a segment may repeat, its companions stand beneath it, so that each is found with its
//! own; all else stands at the top, in order. That depends on what was sent, not on the
//! structure that a version prescribes, so that a path holds for every version:
//!
//! | beneath | stand |
//! | --- | --- |
//! | the segment before, whichever it is | NTE, PRT, ROL, ARV, ADD. One after a segment that only adds to another (IN2, TQ1, RXR, CTD, PRT …) stands beneath that other; a note on a header stands at the top |
//! | ORC | OBR, RXO, RXE, RXD, RXA, RXG, RXV, RQD, ODS, ODT, BPO, BPX, BTX; without any of these before them, OBX, SPM and TQ1; DG1, CTD, FT1, CTI, BLG, IPC. OBR and the others stand at the top where there is no ORC |
//! | OBR | OBX, SPM, TQ1, DG1, CTD, FT1, CTI, BLG, IPC |
//! | RXO, RXE, RXD, RXA, RXG, RXV | RXR, RXC, CDO, OBX, and TQ1 but for RXD, RXA and RXV |
//! | SPM | SAC, and OBX. In ORU, OBX between a specimen and the first result are results of OBR |
//! | SAC | OBX, INV |
//! | TQ1 | TQ2 |
//! | OBR in OUL | ORC too; and OBR stands beneath SPM, if that comes first |
//! | TXA | CON, OBX. TXA stands at the top; in ORU and OUL beneath the order |
//! | IN1 | IN2, IN3, AUT, RF1 |
//! | PR1 | AUT, GP2 |
//! | AUT, PRD, RF1 | CTD |
//! | FT1 in DFT | PR1, ORC, OBR; DG1 and DRG if diagnoses stand between charges; and in P11 those, GT1 and IN1 |
//! | PRB, GOL, PTH | one another, whichever comes first; OBX, ORC, OBR, VAR |
//! | RGS | AIS, AIG, AIL, AIP |
//! | SCH | TQ1 |
//! | IAM | IAR |
//! | MRG in ADT^A45 | PV1 |
//! | MFE | all that follows |
//! | ORC in OML, OMG, OMQ, OPL | `PRIOR_RESULT` for each PID, PV1 or AL1 that follows an order, with PD1, PV2 and the orders after them |
//!
//! A local segment (`ZPI`) stands at the top, but inside of an order beneath its innermost ORC, OBR,
//! RXO …, SPM or MFE; and one between two segments that stand beneath a third stands there too
//! (`IN1`, `ZIN`, `IN2`).
//!
//! # One record, one patient
//!
//! A message with several PID is several records. Each has the segments before the first PID
//! (with it, those of its group: `EVN` right before a PID belongs to it if each PID has one), which
//! all but the first record *inherit*: they can be read there and count once. In SIU, RGS and
//! what follows belongs to all patients alike, and to the first where it is counted. The text of
//! a record that inherits begins with a line of the reader, `+HEAD TAIL`, and a CR: so many of the
//! bytes that follow, and of the last ones, are inherited. No message begins with `+`.
//!
//! FHS, BHS, BTS and FTS are records of their own. A trailer whose delimiters are not `|^~\&`
//! inherits the declaration of the header before it.
//!
//! # What becomes of what
//!
//! Every byte of the input ends in exactly one place: a text, a bad record, or between them as
//! a line end, a byte order mark, the VT and FS of an MLLP block, or the lone `0x1A` of DOS.
//!
//! | in the file | what it becomes |
//! | --- | --- |
//! | text before the first header or after a trailer | bad: [`TEXT_OUTSIDE_MESSAGE`] |
//! | `MSH` at the start of a line, and no delimiters behind it | bad: [`BAD_DELIMITERS`], up to the next header |
//! | bytes that mean nothing in the character set | bad: [`UNDECODABLE_BYTES`] |
//! | a character set that is not read | bad: [`UNSUPPORTED_CHARACTER_SET`] |
//! | a NUL | bad: [`NUL_BYTE`] |
//! | more than [`MAX_MESSAGE`] bytes, [`MAX_NODES`] nodes | bad: [`MESSAGE_TOO_LONG`]; unreadable: [`TOO_MANY_VALUES`] |
//! | a line that is no segment | [`STRAY`], noticed as [`STRAY_LINE`] |
//! | `\X…\` that is no text | kept as it is, noticed as [`UNDECODABLE_ESCAPE`] |
//! | two patients linked, unlinked or swapped (ADT^A24, A37, A17) | two records, noticed as [`PATIENTS_OF_ONE_EVENT`] |
//! | counts that disagree, trailers that lack | noticed as [`BATCH_COUNT_MISMATCH`], [`FILE_COUNT_MISMATCH`], [`BATCH_NOT_CLOSED`], [`FILE_NOT_CLOSED`], [`BLOCK_NOT_CLOSED`] |
//!
//! A segment is a line of an id, `[A-Z][A-Z0-9]{2}`, and the field separator; without fields, of an
//! id that the standard knows. `MRI` alone is a stray line. A stray line is one leaf.
//!
//! # Character sets
//!
//! MSH-18 names it: `8859/1` to `8859/15`, `ASCII`, `UNICODE UTF-8`, `UNICODE` (which, in bytes, can
//! only be UTF-8), `WINDOWS-125x`, in any usual spelling. Without it a message is UTF-8, or bad:
//! nothing is guessed. A byte order mark makes its file, or the message behind it, UTF-8. `8859/1`
//! is read as Windows-1252, which has characters where it has controls. Character sets that escape
//! sequences switch (`ISO IR87`) are refused as soon as one does.
//!
//! # Escape sequences
//!
//! `\F\ \S\ \T\ \R\ \E\ \P\` become the characters that the header declares, `\.br\` a line feed,
//! `\.sp\` and `\.spN\` as many, and `\X…\` the text of its bytes. All else stays as it is written:
//! what only says how text looks (`\H\ \N\ \.in\ \.ti\ \.fi\ \.nf\ \.ce\`), what switches character sets
//! (`\C…\ \M…\`), what vendors made up (`\Z…\`), and a lone backslash.
#![doc = ""]
#![doc = include_str!("../HL7V2.md")]

mod boundary;
mod charset;
mod datatype;
mod delimiters;
mod envelope;
mod error;
mod escape;
mod group;
mod input;
mod layout;
mod names;
mod patients;
mod reader;
mod reason;
mod record;
mod segment;
mod split;

#[cfg(test)]
mod tests;

pub use boundary::detect;
pub use datatype::{
    BYTES_UNREADABLE, ENCODING_UNKNOWN, EVENT_UNKNOWN, NUMBER_UNREADABLE, NUMBERS_DISAGREE,
    NUMERIC_UNREADABLE, TIME_UNREADABLE, TIMING_NOT_MERGED, TIMING_UNREADABLE, UNIT_NOT_UCUM,
    USE_UNKNOWN, VALUE_TYPE_UNKNOWN,
};
pub(crate) use datatype::{DATATYPES, is_continuation, is_of_another_patient};
pub use delimiters::Delimiters;
pub use error::Error;
pub use names::{STRAY, vocabulary};
pub use reader::{MAX_MESSAGE, Reader};
pub use reason::{
    BAD_DELIMITERS, BATCH_COUNT_MISMATCH, BATCH_NOT_CLOSED, BLOCK_NOT_CLOSED, FILE_COUNT_MISMATCH,
    FILE_NOT_CLOSED, MESSAGE_TOO_LONG, NO_MESSAGE_HEADER, NUL_BYTE, PATIENTS_OF_ONE_EVENT,
    RESULTS_OF_ANOTHER_PATIENT, STRAY_LINE, TEXT_OUTSIDE_MESSAGE, TOO_MANY_VALUES,
    UNDECODABLE_BYTES, UNDECODABLE_ESCAPE, UNSUPPORTED_CHARACTER_SET,
};
pub use record::{MAX_NODES, Unreadable, parse};
pub use split::{Segments, Splitter, Value, Values, segments};
