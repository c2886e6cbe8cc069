//! Opening what lies in the data folder: the lock, the database, the keys.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use souk_accounts::{AccountSecrets, AccountService, System};
use souk_commerce::CommerceService;
use souk_domain::{Currency, Language};
use souk_indexer::connections;
use souk_redis::Redis;
use souk_store::{DatabaseOptions, NewTenant, Store, StoreError};
use souk_telemetry::traces;

use crate::{
    config::{AccountsSection, Config, DataConfig, Secret, SellingSection, WebhooksSection},
    webhooks::WebhookService,
};

/// The data folder, locked: no other process serves from it while this lives.
#[derive(Debug)]
pub struct DataFolder {
    _lock: File,
}

/// A data folder that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// It cannot be made or written.
    #[error(
        "the data folder {} cannot be written; choose another with --data-dir or SOUK_DATA_DIR, or allow it",
        .0.display()
    )]
    Unwritable(PathBuf, #[source] io::Error),
    /// Someone else has it.
    #[error(
        "another souk{holder} serves from {}; stop it, or choose another folder with --data-dir or SOUK_DATA_DIR",
        .folder.display()
    )]
    Taken {
        /// The folder.
        folder: PathBuf,
        /// Its process, as far as it is known.
        holder: String,
    },
}

impl DataFolder {
    /// Makes the folder if needed, and locks it.
    ///
    /// # Errors
    /// If it cannot be written, or another process holds the lock.
    pub fn lock(data: &DataConfig) -> Result<Self, DataFolderError> {
        let unwritable = |error| DataFolderError::Unwritable(data.dir.clone(), error);
        fs::create_dir_all(&data.dir).map_err(unwritable)?;
        let mut lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(data.lock_file())
            .map_err(unwritable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // The holder's process id is a courtesy; without it the message is still right.
                let _ = lock.read_to_string(&mut holder);
                let holder = match holder.trim() {
                    "" => String::new(),
                    id => format!(" (process {id})"),
                };
                return Err(DataFolderError::Taken {
                    folder: data.dir.clone(),
                    holder,
                });
            }
            Err(TryLockError::Error(error)) => return Err(unwritable(error)),
        }
        note_holder(&mut lock).map_err(unwritable)?;
        Ok(Self { _lock: lock })
    }
}

fn note_holder(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", std::process::id())
}

/// Brings the schema up to date and answers what was applied.
///
/// # Errors
/// If the database cannot be reached or refuses.
pub async fn migrate(config: &Config) -> anyhow::Result<Vec<String>> {
    let options = database_options(config)?;
    souk_migrations::migrate_url(&options.url)
        .await
        .with_context(|| format!("{} cannot be migrated", database_name(config)))
}

/// The database, its schema up to date.
///
/// # Errors
/// If it cannot be reached or migrated.
pub async fn store(config: &Config) -> anyhow::Result<Store> {
    let options = DatabaseOptions {
        acquire_timeout: Duration::from_millis(config.database.acquire_timeout_ms),
        ..database_options(config)?
    };
    open_store(config, options).await
}

/// Opens the database for writing in batches, whose long statements are neither logged nor ended.
///
/// # Errors
/// As [`store`].
pub async fn store_for_batches(config: &Config) -> anyhow::Result<Store> {
    let options = DatabaseOptions {
        slow_query: None,
        statement_timeout: None,
        ..database_options(config)?
    };
    open_store(config, options).await
}

async fn open_store(config: &Config, options: DatabaseOptions) -> anyhow::Result<Store> {
    migrate(config).await?;
    let store = Store::connect(&options)
        .await
        .with_context(|| format!("{} cannot be opened", database_name(config)))?;
    Ok(store.traced(traces::traceparent))
}

/// Accounts, with the installation's secrets.
///
/// # Errors
/// If the database fails or the cost of passwords is out of range.
pub async fn accounts(
    config: &Config,
    store: &Store,
    redis: Option<&Redis>,
) -> anyhow::Result<AccountService> {
    let surroundings = Arc::new(System);
    let secrets = AccountSecrets::read(store, surroundings.as_ref()).await;
    let secrets = secrets.context("the secrets of accounts cannot be read")?;
    let accounts = AccountService::new(
        store.clone(),
        config.accounts(),
        &secrets,
        redis,
        surroundings,
    );
    accounts.context("SOUK_PASSWORD_MEMORY_KIB and its companions cannot be used together")
}

/// Opens selling.
///
/// # Errors
/// If a provider is unknown, or the database fails.
pub async fn commerce(config: &Config, store: &Store) -> anyhow::Result<CommerceService> {
    let token_key = store.installation_secret("order_tokens", rand::random());
    let token_key = token_key
        .await
        .context("the secret of purchases' tokens cannot be read")?;
    Ok(CommerceService::new(
        store.clone(),
        config.selling(),
        config.payment_providers()?,
        token_key,
    ))
}

/// Opens webhooks.
///
/// # Errors
/// If the database fails, or the HTTP client cannot be set up.
pub async fn webhooks(config: &Config, store: &Store) -> anyhow::Result<WebhookService> {
    let key = store.installation_secret("webhook_secrets", rand::random());
    let key = key
        .await
        .context("the key that secrets of webhooks are encrypted with cannot be read")?;
    Ok(WebhookService::new(config.webhook_networks(), key)?)
}

/// Adds the marketplace that an installation begins with, and answers whether it did: one that has any keeps those.
///
/// # Errors
/// If the database fails.
pub async fn add_first_marketplace(store: &Store) -> Result<bool, StoreError> {
    if !store.tenants().list().await?.is_empty() {
        return Ok(false);
    }
    let first = NewTenant {
        slug: "default".to_owned(),
        name: "Souk".to_owned(),
        hosts: vec![],
        language: Language::English,
        currency: Currency::EUR,
    };
    store.tenants().add(first).await?;
    Ok(true)
}

/// Returns the options of the database; makes the data folder if the database lies in it.
fn database_options(config: &Config) -> Result<DatabaseOptions, DataFolderError> {
    if config.database.url.is_none() {
        let dir = &config.data.dir;
        fs::create_dir_all(dir).map_err(|error| DataFolderError::Unwritable(dir.clone(), error))?;
    }
    Ok(connections::database(config, "souk"))
}

fn database_name(config: &Config) -> String {
    match &config.database.url {
        Some(_) => "the PostgreSQL database at DATABASE_URL".to_owned(),
        None => format!("the database {}", config.data.database_file().display()),
    }
}

/// The key of the admin API.
#[derive(Debug)]
pub struct ChosenKey {
    /// The key.
    pub key: Secret,
    /// True if it was made just now, so that its owner has to be told of it.
    pub is_new: bool,
}

/// The configured admin key, else the one in the data folder, else a new one, kept there.
///
/// # Errors
/// If the file cannot be read or written.
pub fn admin_key(config: &Config) -> anyhow::Result<ChosenKey> {
    if let Some(key) = known_admin_key(config)? {
        return Ok(ChosenKey { key, is_new: false });
    }
    let file = config.data.admin_key_file();
    let key = format!(
        "{:032x}{:032x}",
        rand::random::<u128>(),
        rand::random::<u128>()
    );
    fs::create_dir_all(&config.data.dir)
        .and_then(|()| write_private(&file, &key))
        .with_context(|| format!("{} cannot be written", file.display()))?;
    Ok(ChosenKey {
        key: Secret::from(key),
        is_new: true,
    })
}

/// The configured admin key, else the one in the data folder.
///
/// # Errors
/// If there is none, or the file cannot be read.
pub fn existing_admin_key(config: &Config) -> anyhow::Result<Secret> {
    known_admin_key(config)?.with_context(|| {
        format!(
            "SOUK_ADMIN_KEY is not set and {} does not exist; the first `souk serve` makes a key, or --data-dir says \
             where one is",
            config.data.admin_key_file().display()
        )
    })
}

fn known_admin_key(config: &Config) -> anyhow::Result<Option<Secret>> {
    if let Some(key) = &config.admin.key {
        return Ok(Some(key.clone()));
    }
    let file = config.data.admin_key_file();
    match fs::read_to_string(&file) {
        Ok(text) if text.trim().len() >= 16 => Ok(Some(Secret::from(text.trim().to_owned()))),
        Ok(_) => bail!(
            "{} holds no key; delete it to have one made",
            file.display()
        ),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", file.display())),
    }
}

/// Writes a file that only its owner may read, from its first moment.
fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(dir: &Path) -> Config {
        let mut config = Config::default();
        config.data.dir = dir.to_owned();
        config
    }

    #[test]
    fn a_folder_serves_one_process() {
        let folder = tempfile::tempdir().unwrap();
        let data = config(folder.path()).data;
        let held = DataFolder::lock(&data).unwrap();
        let refused = DataFolder::lock(&data).unwrap_err().to_string();
        let own_id = std::process::id().to_string();
        assert!(
            refused.contains(&own_id) && refused.contains("--data-dir"),
            "{refused}"
        );
        drop(held);
        DataFolder::lock(&data).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let refused = DataFolder::lock(&config(&file.join("data")).data).unwrap_err();
        assert!(refused.to_string().contains("file/data"), "{refused}");
    }

    #[cfg(unix)]
    #[test]
    fn a_made_key_is_kept_private_and_found_again() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().unwrap();
        let config = config(folder.path());
        let made = admin_key(&config).unwrap();
        let found = admin_key(&config).unwrap();
        assert!(made.is_new && !found.is_new);
        assert_eq!(made.key.expose(), found.key.expose());
        let mode = fs::metadata(config.data.admin_key_file())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
