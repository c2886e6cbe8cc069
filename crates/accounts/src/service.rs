//! The service: its parts and options.

use std::{fmt, sync::Arc, time::Duration};

use moka::sync::Cache;
use souk_identity::{
    DeviceSigner, HashCost, HashError, PasswordPolicy, SeedCipher, SessionKind, TokenHash,
};
use souk_rate_limit::{Limiter, Quota};
use souk_redis::Redis;
use souk_store::{LiveSession, Store, StoreError};

use crate::{
    error::AccountError,
    guess_keys::GuessKeys,
    hashing::Hashing,
    known_sessions::{KnownSession, Revision},
    link_pages::LinkPages,
    owners::tokens::OwnerTokens,
    surroundings::Surroundings,
};

/// Most sessions in the memory of a process, of less than a kilobyte each.
const MAX_CACHED_SESSIONS: u64 = 50_000;

/// Options of accounts.
#[derive(Debug, Clone)]
pub struct AccountOptions {
    /// Cost of password hashes.
    pub cost: HashCost,
    /// Fewest characters of a password.
    pub min_password_chars: usize,
    /// Hashes computed at once.
    pub cores: usize,
    /// True if roles of staff permit nothing in a session without a proven second factor.
    pub staff_needs_factor: bool,
    /// Most sessions of a shopper.
    pub shopper_sessions: u32,
    /// Most sessions of a seller's people and of staff.
    pub trusted_sessions: u32,
    /// Sign-ins, registrations and resets that a client may ask for in a minute; unlimited if none.
    pub attempts_per_minute: Option<u32>,
    /// Pages that links in mails lead to.
    pub pages: LinkPages,
}

impl AccountOptions {
    pub(crate) fn sessions_of(&self, kind: SessionKind) -> u32 {
        match kind {
            SessionKind::Shopper => self.shopper_sessions,
            SessionKind::Trusted => self.trusted_sessions,
        }
    }
}

/// Secrets of the installation that accounts need. The first process makes them, and all others read them.
#[derive(Clone)]
pub struct AccountSecrets {
    /// Part of every password hash.
    pub pepper: [u8; 32],
    /// Key of device tokens.
    pub devices: [u8; 32],
    /// Key by which guessers are hashed.
    pub guessers: [u8; 32],
    /// Key of the tokens that make first owners.
    pub owners: [u8; 32],
    /// Key of the stored seeds of authenticator apps.
    pub seeds: [u8; 32],
}

impl AccountSecrets {
    /// Reads the secrets, or makes them.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn read(store: &Store, surroundings: &dyn Surroundings) -> Result<Self, StoreError> {
        let secret =
            async |name: &str| store.installation_secret(name, surroundings.random()).await;
        Ok(Self {
            pepper: secret("password_pepper").await?,
            devices: secret("device_tokens").await?,
            guessers: secret("guessers").await?,
            owners: secret("first_owners").await?,
            seeds: secret("factor_seeds").await?,
        })
    }
}

impl fmt::Debug for AccountSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccountSecrets(..)")
    }
}

/// Accounts and sessions. Cheap to clone.
#[derive(Clone)]
pub struct AccountService {
    pub(crate) store: Store,
    pub(crate) options: Arc<AccountOptions>,
    pub(crate) surroundings: Arc<dyn Surroundings>,
    pub(crate) hashing: Hashing,
    pub(crate) devices: DeviceSigner,
    pub(crate) guess_keys: GuessKeys,
    pub(crate) owners: OwnerTokens,
    pub(crate) seeds: SeedCipher,
    pub(crate) limiter: Option<Arc<Limiter>>,
    pub(crate) known: Cache<TokenHash, Arc<KnownSession>>,
    pub(crate) revision: Arc<Revision>,
}

impl fmt::Debug for AccountService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountService")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl AccountService {
    /// Creates the service.
    ///
    /// # Errors
    /// If the cost of hashes is out of range.
    pub fn new(
        store: Store,
        options: AccountOptions,
        secrets: &AccountSecrets,
        redis: Option<&Redis>,
        surroundings: Arc<dyn Surroundings>,
    ) -> Result<Self, HashError> {
        let policy = PasswordPolicy {
            min_chars: options.min_password_chars,
        };
        let (pepper, decoy) = (secrets.pepper, surroundings.random());
        let hashing = Hashing::new(options.cost, policy, pepper, decoy, options.cores)?;
        let quota = options.attempts_per_minute;
        let quota = quota.and_then(|most| Quota::new(most, Duration::from_secs(60)));
        let limiter = quota.map(|quota| Arc::new(Limiter::new("sign_in", quota, redis)));
        Ok(Self {
            store,
            options: Arc::new(options),
            hashing,
            devices: DeviceSigner::new(secrets.devices),
            guess_keys: GuessKeys::new(secrets.guessers),
            owners: OwnerTokens::new(secrets.owners),
            seeds: SeedCipher::new(secrets.seeds),
            limiter,
            known: Cache::new(MAX_CACHED_SESSIONS),
            revision: Arc::default(),
            surroundings,
        })
    }

    /// Returns true if roles of staff permit nothing in this session before a second factor is proven.
    pub fn lacks_factor(&self, live: &LiveSession) -> bool {
        self.options.staff_needs_factor && live.session.factor_at_ms.is_none()
    }

    /// Returns how many hashes of passwords this process computed.
    pub fn computed_hashes(&self) -> u64 {
        self.hashing.computed()
    }

    /// Deletes what is over and forgets clients whose quota is restored.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn tidy(&self) -> Result<u64, AccountError> {
        if let Some(limiter) = &self.limiter {
            limiter.sweep();
        }
        Ok(self
            .store
            .prune_identity(self.surroundings.now_ms())
            .await?)
    }

    /// Counts a sign-in, registration or reset of a client.
    pub(crate) async fn admit(&self, client: &str) -> Result<(), AccountError> {
        let Some(limiter) = self.limiter.as_ref().filter(|_| !client.is_empty()) else {
            return Ok(());
        };
        let decision = limiter.check(client).await;
        if decision.allowed {
            return Ok(());
        }
        let seconds = decision.retry_in.as_secs_f64().ceil();
        Err(AccountError::Wait(seconds as u32))
    }
}
