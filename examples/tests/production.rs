//! From the first rehearsal to the production run and its evidence, as the programs do it; and every
//! way round a gate that was thought of.

mod practice;
mod refusals;
mod review;
mod rounds;
mod story;
