//! Review packets: what clinicians look at, field by field, and what they answer.
//!
//! A packet is a folder of static pages that open from a file without a network: one page a chart or
//! billing claim, source and target side by side, differences marked. A reviewer accepts or flags every
//! field and saves the answer as a file; without a script the page prints and is filled in by hand.
//! The same plan, charts and seed give the same packet, so that answers are read back without a key that
//! could be lost, and no page tells which charts hold known faults.
//!
//! In a blind packet ([`SamplingPlan::blind`](crate::sampling::SamplingPlan::blind)) nothing is marked,
//! and nobody is told which side is which system. Whoever marks what the program found is led by it;
//! whoever does not know it finds, or misses, what is there.
//!
//! **A packet holds data of patients.** That is its purpose; [`ReviewPacket::expose_pages`] is the only
//! way to get one.
//!
//! ```
//! use ehr_validate::faults::{AS_OF, textbook};
//! use ehr_validate::review::{PacketBuilder, Written};
//! use ehr_validate::sampling::{SamplingFrame, SamplingPlan};
//! use ehr_validate::Context;
//!
//! let context = Context::new(ehr_model::value::Date::parse(AS_OF)?);
//! let chart = textbook();
//! let mut frame = SamplingFrame::default();
//! frame.add(&chart, &context);
//! let plan = SamplingPlan::new(4711);
//! let draw = plan.draw(&frame);
//!
//! let mut packet = PacketBuilder::new(&plan, &draw);
//! packet.add(&chart, &chart, &Written::default());
//! let packet = packet.finish()?;
//! assert!(packet.items().iter().all(|item| item.differences() == 0));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod align;
mod answer;
mod blind;
mod folder;
mod item;
mod packet;
mod page;
mod seeding;
mod written;

pub use answer::{AnswerError, Answers, Decision, Finding};
pub use folder::FolderError;
pub use item::{EntryState, ReviewEntry, ReviewField, ReviewItem};
pub use packet::{IncompletePacket, PacketBuilder, ReviewPacket};
pub use seeding::SeededFault;
pub use written::Written;
