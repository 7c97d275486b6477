//! Archives as their users see them: written, read, damaged, interrupted.

mod access_log;
mod accessions;
mod canary;
mod corpus;
mod custodian;
mod damage;
mod directories;
mod disk_full;
mod evidence;
mod golden;
mod kill;
mod log_kill;
mod other_programs;
mod packs;
#[cfg(feature = "parquet")]
mod parquet;
mod release;
mod resume;
mod roll_back;
mod round_trip;
mod sample;
mod search;
mod shred;
mod testkit;
mod vectors;
