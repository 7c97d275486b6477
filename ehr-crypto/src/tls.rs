//! Configurations of `rustls` for a server and a client that move patient data: TLS 1.2 and 1.3, AEAD cipher suites with
//! forward secrecy, nothing else, whatever later versions of `rustls` offer.
//!
//! The list is what NIST SP 800-52 rev. 2 asks of a server with the suites taken out that it merely permits. Resumption
//! is as `rustls` does it; early data is off, because a request in it can be played back.
//!
//! ```no_run
//! use ehr_crypto::tls;
//!
//! let chain = tls::read_certificates("server.pem".as_ref())?;
//! let key = tls::read_private_key("server.key".as_ref())?;
//! let config = tls::server_config(chain, key)?; // for rustls, axum-server, hyper, …
//! # Ok::<(), ehr_crypto::Error>(())
//! ```

use std::fs;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{
    CipherSuite, ClientConfig, CommonState, ProtocolVersion, RootCertStore, ServerConfig,
    SupportedProtocolVersion,
};
use zeroize::Zeroizing;

use crate::Error;

pub use rustls;

/// The protocol versions that are spoken.
pub const VERSIONS: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];

/// The cipher suites that are spoken; those with ChaCha20 are not offered under FIPS.
pub const CIPHER_SUITES: &[CipherSuite] = &[
    CipherSuite::TLS13_AES_256_GCM_SHA384,
    CipherSuite::TLS13_AES_128_GCM_SHA256,
    CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
];

/// A server with a certificate chain, its own certificate first, and the key of that one.
pub fn server_config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<ServerConfig, Error> {
    let builder =
        ServerConfig::builder_with_provider(provider()).with_protocol_versions(VERSIONS)?;
    let config = builder.with_no_client_auth().with_single_cert(chain, key)?;
    Ok(config)
}

/// A server that lets in only clients with a certificate that leads to one of `clients`.
pub fn server_config_with_client_certificates(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    clients: RootCertStore,
) -> Result<ServerConfig, Error> {
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(clients), provider())
        .build()
        .map_err(|_| Error::TlsPolicy {
            reason: "there is no certificate that clients could lead to",
        })?;
    let builder =
        ServerConfig::builder_with_provider(provider()).with_protocol_versions(VERSIONS)?;
    let config = builder
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)?;
    Ok(config)
}

/// A client that trusts servers whose certificate leads to one of `roots`, and no others.
pub fn client_config(roots: RootCertStore) -> Result<ClientConfig, Error> {
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .map_err(|_| Error::TlsPolicy {
            reason: "there is no certificate that servers could lead to",
        })?;
    let builder =
        ClientConfig::builder_with_provider(provider()).with_protocol_versions(VERSIONS)?;
    Ok(builder.with_webpki_verifier(verifier).with_no_client_auth())
}

/// Refuses a connection that was not agreed on by this module's rules: for one whose configuration was made elsewhere.
/// Call it when the handshake is complete and before the first byte of data.
pub fn check_connection(connection: &CommonState) -> Result<(), Error> {
    let suite = connection
        .negotiated_cipher_suite()
        .map(|suite| suite.suite());
    check(connection.protocol_version(), suite)
}

fn check(version: Option<ProtocolVersion>, suite: Option<CipherSuite>) -> Result<(), Error> {
    let reason = match (version, suite) {
        (None, _) | (_, None) => "the handshake is not complete",
        (Some(ProtocolVersion::TLSv1_2 | ProtocolVersion::TLSv1_3), Some(suite)) => {
            if CIPHER_SUITES.contains(&suite) {
                return Ok(());
            }
            "the cipher suite is not an AEAD with forward secrecy"
        }
        _ => "the protocol version is below TLS 1.2",
    };
    Err(Error::TlsPolicy { reason })
}

/// Reads the certificates of a PEM file, of which there must be one.
pub fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let text = fs::read(path)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(Error::TlsPolicy {
            reason: "the file holds no certificates in PEM form",
        }),
    }
}

/// Reads the first private key of a PEM file.
pub fn read_private_key(path: &Path) -> Result<PrivateKeyDer<'static>, Error> {
    let text = Zeroizing::new(fs::read(path)?);
    PrivateKeyDer::from_pem_slice(&text).map_err(|_| Error::TlsPolicy {
        reason: "the file holds no private key in PEM form",
    })
}

/// The primitives, from the library that the rest of the crate uses, cut down to [`CIPHER_SUITES`].
fn provider() -> Arc<CryptoProvider> {
    let mut provider = whole_provider();
    provider
        .cipher_suites
        .retain(|suite| CIPHER_SUITES.contains(&suite.suite()));
    Arc::new(provider)
}

#[cfg(any(feature = "aws-lc", feature = "fips"))]
fn whole_provider() -> CryptoProvider {
    rustls::crypto::aws_lc_rs::default_provider()
}

#[cfg(not(any(feature = "aws-lc", feature = "fips")))]
fn whole_provider() -> CryptoProvider {
    rustls::crypto::ring::default_provider()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_that_is_spoken_is_an_aead() {
        let spoken = provider();
        assert!(spoken.cipher_suites.len() >= 6);
        for suite in &spoken.cipher_suites {
            let name = format!("{:?}", suite.suite());
            assert!(
                name.contains("_GCM_") || name.contains("_POLY1305_"),
                "{name}"
            );
            assert!(
                name.starts_with("TLS13_") || name.starts_with("TLS_ECDHE_"),
                "{name}"
            );
        }
        assert_eq!(spoken.fips(), cfg!(feature = "fips"));
    }

    #[test]
    fn weak_connections_are_refused_by_name() {
        let gcm = Some(CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256);
        let cbc = Some(CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256);
        for (version, suite, expected) in [
            (Some(ProtocolVersion::TLSv1_2), gcm, None),
            (
                Some(ProtocolVersion::TLSv1_2),
                cbc,
                Some("the cipher suite is not an AEAD with forward secrecy"),
            ),
            (
                Some(ProtocolVersion::TLSv1_1),
                gcm,
                Some("the protocol version is below TLS 1.2"),
            ),
            (
                Some(ProtocolVersion::SSLv3),
                gcm,
                Some("the protocol version is below TLS 1.2"),
            ),
            (None, None, Some("the handshake is not complete")),
        ] {
            let found = check(version, suite).err().map(|error| error.to_string());
            assert_eq!(found, expected.map(|reason| format!("TLS: {reason}")));
        }
    }
}
