//! Worked adapters of two key services, and epoch keys kept by them: plain HTTPS with the services' documented JSON, no SDK.
//!
//! An embedder whose service is another one writes the same two methods of [`KeyWrapper`](ehr_crypto::slot::KeyWrapper).

mod data_key;
mod epochs;
mod http;
mod kms;
mod sigv4;
mod vault;

pub use epochs::{EpochKeyService, ServiceEpochStore};
pub use kms::AwsKms;
pub use sigv4::Credentials;
pub use vault::VaultTransit;
