//! A marketplace to import into.

use std::io::Write;
use std::path::PathBuf;

use souk_catalogue_io::import::{self, ImportArgs, ImportError, ImportSummary};
use souk_domain::{Currency, Language};
use souk_store::{
    DatabaseOptions, NewTenant, ProductKey, ProductListing, ProductRecord, Scope, Store, Tenant,
};
use souk_testkit::TestDatabase;

pub(crate) struct DemoShop {
    pub store: Store,
    pub tenant: Tenant,
    pub folder: tempfile::TempDir,
    _database: TestDatabase,
}

impl DemoShop {
    pub(crate) async fn new() -> Self {
        Self::on(TestDatabase::sqlite().await).await
    }

    pub(crate) async fn on(database: TestDatabase) -> Self {
        let store = Store::connect(&DatabaseOptions::new(database.url()))
            .await
            .unwrap();
        let tenant = NewTenant {
            slug: "fan-market".into(),
            name: "Fan Market".into(),
            hosts: vec![],
            language: Language::default(),
            currency: Currency::EUR,
        };
        let tenant = store.tenants().add(tenant).await.unwrap();
        Self {
            store,
            tenant,
            folder: tempfile::tempdir().unwrap(),
            _database: database,
        }
    }

    pub(crate) fn scope(&self) -> Scope {
        self.store.scope(self.tenant.id)
    }

    /// Writes a file into the test's folder.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    pub(crate) async fn import(&self, args: &ImportArgs) -> Result<ImportSummary, ImportError> {
        import::run(args, &self.store, &self.tenant).await
    }

    /// Imports a text with every default.
    pub(crate) async fn import_text(&self, name: &str, content: impl AsRef<[u8]>) -> ImportSummary {
        let args = ImportArgs::of(self.file(name, content));
        self.import(&args).await.unwrap()
    }

    pub(crate) async fn product(&self, external_id: &str) -> Option<ProductRecord> {
        let key = ProductKey::External(external_id.into());
        self.scope().products().get(&key).await.unwrap()
    }

    /// All products, by id, as far as they do not differ between installations.
    pub(crate) async fn catalogue(&self) -> Vec<serde_json::Value> {
        let listing = ProductListing {
            seller: None,
            limit: 10_000,
            ..ProductListing::default()
        };
        let records = self.scope().products().list(&listing).await.unwrap();
        records
            .into_iter()
            .map(|record| {
                let mut value = serde_json::to_value(&record).unwrap();
                let members = value.as_object_mut().unwrap();
                members.remove("id");
                members.remove("updated_at_ms");
                members.insert("rating_sum".into(), record.rating_sum.into());
                for variant in members["variants"].as_array_mut().unwrap() {
                    let variant = variant.as_object_mut().unwrap();
                    variant.remove("id");
                    let offers = variant.get_mut("offers").and_then(|it| it.as_array_mut());
                    for offer in offers.into_iter().flatten() {
                        let offer = offer.as_object_mut().unwrap();
                        for own in ["id", "product", "variant", "created_at_ms", "updated_at_ms"] {
                            offer.remove(own);
                        }
                    }
                }
                value
            })
            .collect()
    }
}

/// Packed with gzip.
pub(crate) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}
