//! Archives as their users see them: written, read, damaged, interrupted.

mod canary;
mod corpus;
mod damage;
mod evidence;
mod golden;
mod other_programs;
mod packs;
mod resume;
mod round_trip;
mod sample;
mod vectors;
