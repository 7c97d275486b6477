//! The viewer over the loopback, without a browser.

pub(crate) mod archive;
mod client;
pub(crate) mod hostile;
mod safety;
mod tls;
mod views;
mod ways;
