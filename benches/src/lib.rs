//! Programs that compose the five crates.
