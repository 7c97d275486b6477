//! Check digits and shapes of the codes and numbers that US records carry.
//!
//! Every format is a module with a pure function: `check` where there is nothing to take apart,
//! `parse` where there is. Both say what is wrong, and how it was meant where only one reading is
//! left. Whether a code exists is for a [table](crate::terminology) to say.
//!
//! ```
//! use ehr_validate::code_format::{Fault, cvx, npi, sctid};
//!
//! assert!(npi::check("1234567893").is_ok());
//! assert_eq!(npi::check("1234567839").unwrap_err().fault, Fault::CheckDigit);
//! assert_eq!(sctid::parse("73211009")?.component(), sctid::Component::Concept);
//!
//! let lost = cvx::check("3").unwrap_err();
//! assert_eq!(lost.fault, Fault::LostZeros);
//! assert_eq!(lost.repair.unwrap().expose(), "03");
//! # Ok::<(), ehr_validate::code_format::Malformed>(())
//! ```

pub mod address;
mod check_digit;
pub mod claim_line;
pub mod clia;
pub mod cvx;
pub mod dea;
pub mod ein;
mod format;
pub mod hcpcs;
pub mod icd_10_cm;
pub mod icd_10_pcs;
pub mod icd_9_cm;
pub mod loinc;
mod malformed;
pub mod medicare;
pub mod mvx;
pub mod ndc;
pub mod npi;
pub mod phone;
pub mod rxcui;
pub mod sctid;
mod shape;
pub mod ssn;
pub mod taxonomy;
pub mod ucum;
pub mod udi;

pub use format::Format;
pub use malformed::{Fault, Malformed};
