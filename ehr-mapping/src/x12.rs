//! X12 interchanges: claims, payments and their acknowledgements.
//!
//! [`Reader`] cuts a file into records and keeps the text of each as it was written; [`parse`]
//! turns that text into a tree. 837 professional, institutional and dental, 835, 277CA, 999 and
//! 997 are read by the loops of their implementation guides (005010 and 004010); any other
//! transaction is a list of segments.
//!
//! ```
//! use std::sync::Arc;
//! use ehr_mapping::raw::RawRecord;
//! use ehr_mapping::x12::{Reader, parse};
//! use ehr_model::source::{Arena, Names, NodeId, SourceRecord};
//!
//! let file = "\
//! ISA*00*          *00*          *ZZ*CLINIC         *ZZ*PAYER          *240101*1200*^*00501*000000001*0*T*:~
//! GS*HC*CLINIC*PAYER*20240101*1200*1*X*005010X222A1~
//! ST*837*0001*005010X222A1~
//! BHT*0019*00*1*20240101*1200*CH~
//! HL*1**20*1~
//! NM1*85*2*CLINIC*****XX*1234567893~
//! HL*2*1*22*0~
//! SBR*P*18~
//! NM1*IL*1*DOE*JANE~
//! CLM*A-17*120***11:B:1~
//! HI*ABK:J4520~
//! SE*10*0001~
//! GE*1*1~
//! IEA*1*000000001~
//! ";
//! /// The names of the children, an inherited one in brackets.
//! fn children(record: &SourceRecord<'_>, node: NodeId) -> Vec<String> {
//!     let name = |child| record.names().name(record.name(child)).to_string();
//!     record.children(node).map(|child| match record.is_inherited(child) {
//!         true => format!("({})", name(child)),
//!         false => name(child),
//!     }).collect()
//! }
//!
//! let names = Arc::new(Names::default());
//! let mut reader = Reader::new(file.as_bytes(), "claims.837")?;
//! let source = reader.source().clone();
//! let mut found = Vec::new();
//! while let Some(RawRecord::Text(raw)) = reader.next_raw()? {
//!     let record = parse(raw.expose_text(), &source, raw.position(), &names, Arena::default())?;
//!     found.push(children(&record, NodeId::ROOT).join(" "));
//!     if raw.position().line == 7 {
//!         let claim = (0..record.len()).map(NodeId::at).find(|node| record.path(*node) == "2000B/2300");
//!         assert_eq!(children(&record, claim.unwrap()), ["CLM", "HI"]);
//!         let code = record.filled_leaves().last().unwrap();
//!         assert_eq!(record.path(code), "2000B/2300/HI/HI01/2");
//!         assert_eq!(record.expose(code), Some("J4520"));
//!     }
//! }
//! assert_eq!(found, [
//!     "(ISA) (GS) (ST) (BHT) 2000A",
//!     "(ISA) (GS) (ST) (BHT) (2000A) 2000B",
//!     "ISA GS ST BHT SE GE IEA",
//! ]);
//! assert!(reader.issues().is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Records
//!
//! The unit of work is a patient, and so a transaction is many records. Each shows what stands
//! above it: those nodes are *inherited*, so that a mapping reads them and the books count them
//! once, in the record where they stand.
//!
//! | transaction | own record | inherits |
//! | --- | --- | --- |
//! | 837 | each `2000A` (billing provider), without those below | interchange, group, heading |
//! | | each `2000B` (subscriber), with its claims if the subscriber is the patient | and its `2000A` |
//! | | each `2000C` (patient), with its claims; the first one below a `2000B` without claims also has that as its own | and its `2000B`, without claims |
//! | 835 | each `2100` (claim payment) | interchange, group, heading and the `2000` that it stands in |
//! | 277CA | each `2000D` (patient) | interchange, group, heading, its `2000A`, `2000B`, `2000C` |
//! | all | the *header record*: what is left of the transaction, from ST to SE, so the `2000` and PLB of an 835, the `2000A` to `2000C` of a 277CA, and all of a 999, a 997 and any transaction that is read as a list | interchange and group |
//!
//! ISA, GS, GE, IEA and TA1 belong to the header record beside which they stand, and the header
//! record comes last, when it is complete. A hierarchical level of a code that the guide does not
//! have is a record of its own, never a part of the patient before it.
//!
//! # Trees
//!
//! ```text
//! ISA GS ST BHT REF                              segments of the envelope and the heading
//! 1000A/NM1/NM103                                loop / segment / element
//! 2000A/2010AA/NM1/NM109                         billing provider
//! 2000B/SBR/SBR01   2000B/2010BA/NM1/NM103       subscriber; 2010BB, in 4010 institutional 2010BC: payer
//! 2000C/PAT         2000C/2010CA/NM1/NM103       patient, if not the subscriber
//! 2000B/2300/CLM/CLM05/1                         claim, in 2000B or in 2000C; components by number
//! 2000B/2300/HI/HI02/2                           2310A to 2310F by NM101
//! 2000B/2300/2320/SBR   2320/CAS   2320/2330B    other payers
//! 2000B/2300/2400/SV1/SV101/2                    service lines: 2410, 2420A to 2420H, 2430, 2440
//! BPR TRN 1000A 1000B 2000/TS3 PLB               835, header record
//! 2100/CLP/CLP01   2100/CAS   2100/2110/SVC      835, claim payment
//! 2000D/2100D  2000D/2200D/STC/STC01/1  2220D    277CA
//! AK1 2000/AK2 2000/2100/IK3 2000/2100/2110/IK4  999 (997: AK2/AK2, AK2/AK3/AK3)
//! ```
//!
//! Levels stand side by side at the top, so that a path is the same whether it is inherited or
//! not. An element that repeats is a node for each repetition. An element with a component
//! separator has a child for each component that is not empty; any other has its value itself.
//! Empty elements are no nodes. Values are as they were written, with their blanks, and nothing
//! is interpreted.
//!
//! # What becomes of what
//!
//! Every byte ends in the own segments of one record, in a [`BadRecord`](crate::raw::BadRecord),
//! or is a blank or a line end between records. Separators are whatever an ISA segment declares;
//! line ends and spaces after a terminator mean nothing, inside of an element they are kept.
//!
//! | in the file | what it becomes |
//! | --- | --- |
//! | text outside of interchanges | [`TEXT_OUTSIDE_INTERCHANGE`] |
//! | bytes that mean nothing in the encoding; a NUL | [`UNDECODABLE_BYTES`]; [`NUL_BYTE`] |
//! | more than [`MAX_RECORD`] bytes, or no terminator | [`RECORD_TOO_LONG`] |
//! | a context that cannot be shown, or of more than [`MAX_CONTEXT`] bytes | [`CONTEXT_UNREADABLE`]; [`CONTEXT_TOO_LONG`] for the records that would show it |
//! | a binary segment (BIN, BDS) | the data are one value, by the length before them; or [`BINARY_LENGTH_WRONG`], when it is parsed |
//! | more than [`MAX_ELEMENTS`] elements | [`TOO_MANY_ELEMENTS`], when it is parsed |
//! | a segment that the guide does not foresee there | a node of the innermost open loop, and [`SEGMENT_OUT_OF_PLACE`] from [`parse_with_issues`]. A name or a level of an unknown role opens the loop of the base standard: `1000`, `2000`, `2010`, `2310`, `2330`, `2420` |
//! | text where a segment id should be | a node `SEGMENT` whose first leaf `SEGMENT00` is that text, because names are shown in reports; and [`SEGMENT_ID_UNKNOWN`] |
//! | control numbers and counts that contradict each other | [`Reader::issues`] |
//!
//! # Text
//!
//! The text of a record is what it inherits and then its own segments, verbatim. Before what it
//! inherits stands its length in bytes, in digits on a line of its own; [`own_text`] gives the
//! rest. So the text always begins with an ISA segment, after that line, and says by itself how it
//! is to be split.

mod answers;
mod context;
mod cut;
mod datatype;
mod envelope;
mod error;
mod find;
mod guide;
mod input;
mod reader;
mod reason;
mod record;
mod segment;
mod separators;
mod split;
mod vocabulary;

#[cfg(test)]
mod tests;

pub use answers::{FolderAnswers, answers, read_answers};
pub(crate) use datatype::DATATYPES;
pub use datatype::{
    CLAIM_NOT_BALANCED, CODE_LIST_UNKNOWN, CONTACT_KIND_UNKNOWN, DATE_UNREADABLE,
    LINE_NOT_BALANCED, NUMBER_UNREADABLE, ORIGINAL_CLAIM_MISSING, PAYER_ORDER_UNKNOWN,
    PROCEDURE_UNQUALIFIED,
};
pub use error::{Error, Unreadable};
pub use find::detect;
pub use input::{MAX_CONTEXT, MAX_RECORD};
pub use reader::Reader;
pub use reason::{
    BINARY_LENGTH_WRONG, CONTEXT_TOO_LONG, CONTEXT_UNREADABLE, DUPLICATE_CONTROL_NUMBER,
    GROUP_COUNT_DIFFERS, GROUP_NOT_CLOSED, GROUP_NUMBER_DIFFERS, GUIDE_UNKNOWN, HIERARCHY_BROKEN,
    INTERCHANGE_NOT_CLOSED, INTERCHANGE_NUMBER_DIFFERS, NOT_A_RECORD, NUL_BYTE, RECORD_TOO_LONG,
    SEGMENT_COUNT_DIFFERS, SEGMENT_ID_UNKNOWN, SEGMENT_NOT_TERMINATED, SEGMENT_OUT_OF_PLACE,
    SEGMENT_OUTSIDE_TRANSACTION, TEXT_OUTSIDE_INTERCHANGE, TOO_MANY_ELEMENTS,
    TRAILER_WITHOUT_HEADER, TRANSACTION_COUNT_DIFFERS, TRANSACTION_NOT_CLOSED,
    TRANSACTION_NUMBER_DIFFERS, UNDECODABLE_BYTES,
};
pub use record::{Checked, own_text, parse, parse_with_issues};
pub use separators::{ISA_LENGTH, Separators};
pub use split::{Segment, Segments, Value, Values, segments};
pub use vocabulary::MAX_ELEMENTS;
