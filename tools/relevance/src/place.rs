//! Storage and indexing of a catalogue while it is searched.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result};
use clap::ValueEnum;
use souk_catalogue_io::import::{self, ImportArgs, MappedColumn};
use souk_domain::{Currency, Language};
use souk_embeddings::{Embedder, SentenceModel};
use souk_indexer::{Indexer, IndexerConfig};
use souk_search::{
    IndexGenerations, SearchEngine,
    engines::elasticsearch::{ElasticsearchIndex, ElasticsearchOptions},
    engines::sql::{SqlEngine, SqlProjection},
    engines::tantivy::{TantivyIndex, TantivyOptions},
};
use souk_search_service::QueryVectors;
use souk_store::{DatabaseOptions, NewTenant, Store, Tenant};
use tempfile::TempDir;

use crate::say;

/// The tenant that the catalogue is imported into.
const TENANT: &str = "relevance";

/// A cluster that shares a machine with other work may be slow; nobody waits for it here.
const WRITE_TIMEOUT: Duration = Duration::from_secs(300);
/// Changes that the database's search takes up at once.
const PROJECTED_AT_ONCE: u32 = 1_000;

/// Engine that runs the queries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum EngineChoice {
    Tantivy,
    Elasticsearch,
    Database,
}

/// Where everything is.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct PlaceArguments {
    /// Engine that runs the queries.
    #[arg(long, value_enum, default_value = "tantivy")]
    engine: EngineChoice,
    /// Keep catalogue and index in this folder, and use them again if they are there.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<PathBuf>,
    /// Read a field of the catalogue from this column, such as `brand=maker`; may be given many times, and counts when the
    /// catalogue is imported.
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    mapped: Vec<MappedColumn>,
    /// Address of a PostgreSQL database to keep the catalogue in, instead of a file; nothing else may be in it.
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// Address of the cluster to index the catalogue in.
    #[arg(long, value_name = "URL", required_if_eq("engine", "elasticsearch"))]
    elasticsearch: Option<String>,
    /// Prefix of the cluster's index names.
    #[arg(long, value_name = "PREFIX", default_value = "souk-relevance")]
    prefix: String,
    /// Folder of a sentence model to search by meaning with.
    #[arg(long, value_name = "FOLDER")]
    embeddings: Option<PathBuf>,
}

/// An imported and indexed catalogue.
pub(crate) struct Place {
    pub(crate) store: Store,
    pub(crate) tenant: Tenant,
    pub(crate) engine: Arc<dyn SearchEngine>,
    pub(crate) query_vectors: Option<QueryVectors>,
    index: Option<Arc<dyn IndexGenerations>>,
    is_kept: bool,
    _folder: Option<TempDir>,
}

impl Place {
    /// Imports and indexes a catalogue, or finds it where it was kept.
    pub(crate) async fn open(
        arguments: &PlaceArguments,
        catalogue: &std::path::Path,
    ) -> Result<Self> {
        anyhow::ensure!(
            arguments.embeddings.is_none() || arguments.engine == EngineChoice::Tantivy,
            "only the embedded index is searched by meaning"
        );
        let temporary = match &arguments.keep {
            Some(_) => None,
            None => Some(tempfile::tempdir()?),
        };
        let folder = match (&arguments.keep, &temporary) {
            (Some(folder), _) => folder.clone(),
            (None, Some(folder)) => folder.path().to_owned(),
            (None, None) => std::env::temp_dir(),
        };
        std::fs::create_dir_all(&folder)
            .with_context(|| format!("{} cannot be made", folder.display()))?;
        let store = open_store(arguments, &folder).await?;
        let tenant = match store.tenants().by_slug(TENANT).await? {
            Some(tenant) => tenant,
            None => fill(&store, catalogue, &arguments.mapped).await?,
        };
        let (engine, index) = open_engine(arguments, &store, &folder).await?;
        let embedder = arguments.embeddings.as_deref().map(SentenceModel::open);
        let embedder = embedder.transpose()?;
        let embedder = embedder.map(|model| Arc::new(model) as Arc<dyn Embedder>);
        if let Some(index) = &index {
            let mut indexer = Indexer::new(store.clone(), index.clone(), IndexerConfig::default())
                .embedding(embedder.clone());
            indexer.prepare().await?;
            let indexed = indexer.drain(|_| ()).await?;
            indexer.embed().await?;
            say(&format!("{indexed} changes indexed"));
            souk_search::IndexWriter::refresh(index.as_ref()).await?;
        }
        Ok(Self {
            store,
            tenant,
            engine,
            query_vectors: embedder.map(|embedder| QueryVectors::new(embedder, 1)),
            index,
            is_kept: arguments.keep.is_some(),
            _folder: temporary,
        })
    }

    /// Clears away what was not to be kept.
    pub(crate) async fn close(self) -> Result<()> {
        if self.is_kept {
            return Ok(());
        }
        if let Some(index) = &self.index {
            index.remove(self.tenant.id).await?;
        }
        self.store.tenants().remove(&self.tenant.slug, None).await?;
        Ok(())
    }
}

async fn open_store(arguments: &PlaceArguments, folder: &std::path::Path) -> Result<Store> {
    let options = match &arguments.database {
        Some(url) => DatabaseOptions::new(url),
        None => DatabaseOptions::file(&folder.join("catalogue.db")),
    };
    souk_migrations::migrate_url(&options.url).await?;
    Ok(Store::connect(&options).await?)
}

/// A fresh tenant with the catalogue.
async fn fill(
    store: &Store,
    catalogue: &std::path::Path,
    mapped: &[MappedColumn],
) -> Result<Tenant> {
    let tenant = NewTenant {
        slug: TENANT.to_owned(),
        name: "Relevance".to_owned(),
        hosts: vec![],
        language: Language::English,
        currency: Currency::EUR,
    };
    let tenant = store.tenants().add(tenant).await?;
    let import = ImportArgs {
        mapped: mapped.to_vec(),
        ..ImportArgs::of(catalogue)
    };
    let summary = import::run(&import, store, &tenant).await?;
    say(&summary.to_string());
    Ok(tenant)
}

type Opened = (Arc<dyn SearchEngine>, Option<Arc<dyn IndexGenerations>>);

async fn open_engine(
    arguments: &PlaceArguments,
    store: &Store,
    folder: &std::path::Path,
) -> Result<Opened> {
    Ok(match arguments.engine {
        EngineChoice::Database => {
            let projection = SqlProjection::new(store.clone());
            projection.catch_up(PROJECTED_AT_ONCE).await?;
            let engine = SqlEngine::new(store.connection().clone());
            (Arc::new(engine), None)
        }
        EngineChoice::Tantivy => {
            let index = TantivyIndex::open(TantivyOptions::new(folder.join("index")))?;
            let index = Arc::new(index);
            (index.clone(), Some(index))
        }
        EngineChoice::Elasticsearch => {
            let url = arguments.elasticsearch.as_deref().unwrap_or_default();
            let mut options = ElasticsearchOptions::new(url)?;
            options.prefix.clone_from(&arguments.prefix);
            options.replicas = 0;
            options.write_timeout = WRITE_TIMEOUT;
            let index = Arc::new(ElasticsearchIndex::new(options)?);
            (index.clone(), Some(index))
        }
    })
}
