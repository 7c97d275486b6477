//! The viewer over the loopback, without a browser.

mod archive;
mod client;
mod hostile;
mod safety;
mod views;
