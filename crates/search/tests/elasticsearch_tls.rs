//! A cluster that speaks TLS under a certificate that nobody else knows.
#![allow(clippy::unwrap_used)]

mod elasticsearch_support;

use std::sync::Arc;

use elasticsearch_support::fake::FakeNode;
use elasticsearch_support::text;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use souk_search::engines::elasticsearch::{ElasticsearchIndex, ElasticsearchOptions, OptionsError};
use souk_search::{SearchEngine, SearchError};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A node that shows a certificate from this authority.
async fn node(authority: &CertifiedIssuer<'static, KeyPair>) -> FakeNode {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    let tls = ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key.into())
        .unwrap();
    let nothing = r#"{"hits":{"total":{"value":0},"hits":[]}}"#;
    let answers = vec![Some((200, nothing.to_owned()))];
    FakeNode::answering_over_tls(TlsAcceptor::from(Arc::new(tls)), answers).await
}

#[tokio::test]
async fn the_authority_that_was_given_is_trusted_and_no_other() {
    let (ours, theirs) = (authority(), authority());
    let folder = tempfile::tempdir().unwrap();
    let certificate = folder.path().join("ca.pem");
    std::fs::write(&certificate, ours.pem()).unwrap();
    for (authority, trusted) in [(&ours, true), (&theirs, false)] {
        let node = node(authority).await;
        let mut options = ElasticsearchOptions::new(&node.url).unwrap();
        options.ca_certificate = Some(certificate.clone());
        let engine = ElasticsearchIndex::new(options).unwrap();
        let page = engine.search(&text("mug")).await;
        assert_eq!(page.is_ok(), trusted, "{page:?}");
        assert_eq!(node.asked().len(), usize::from(trusted));
    }

    let node = node(&ours).await;
    let options = ElasticsearchOptions::new(&node.url).unwrap();
    let unknown = ElasticsearchIndex::new(options).unwrap();
    let page = unknown.search(&text("mug")).await;
    assert!(matches!(page, Err(SearchError::Unavailable(_))), "{page:?}");
}

#[tokio::test]
async fn a_file_without_a_certificate_is_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "no certificate").unwrap();
    for path in [empty, folder.path().join("missing.pem")] {
        let mut options = ElasticsearchOptions::new("https://127.0.0.1:9200").unwrap();
        options.ca_certificate = Some(path);
        let made = ElasticsearchIndex::new(options);
        assert!(
            matches!(made, Err(OptionsError::Certificate { .. })),
            "{made:?}"
        );
    }
}
