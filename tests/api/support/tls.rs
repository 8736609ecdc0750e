//! A certificate authority that is not trusted by default.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// A certificate authority, and the TLS server `localhost` with a certificate from this
/// authority.
pub(crate) struct Authority {
    directory: tempfile::TempDir,
    pub(crate) acceptor: TlsAcceptor,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        let directory = tempfile::tempdir().unwrap();
        let authority = Self { directory, acceptor: TlsAcceptor::from(Arc::new(config)) };
        std::fs::write(authority.path(), issuer.pem()).unwrap();
        authority
    }

    /// The value of the variable `SSL_CERT_FILE`.
    pub(crate) fn path(&self) -> PathBuf {
        Path::join(self.directory.path(), "authority.pem")
    }
}
