//! Computation of password hashes: as many at once as there are cores, a bounded number waiting.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use souk_domain::InvalidField;
use souk_identity::{
    HashCost, HashError, Password, PasswordHasher, PasswordPolicy, SALT_BYTES, Verdict,
};
use tokio::{sync::Semaphore, task::spawn_blocking};

use crate::error::AccountError;

/// Most computations that wait for a core; each one under way needs the memory of a hash.
const MAX_WAITING: usize = 32;

/// Computes hashes. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Hashing {
    hasher: Arc<PasswordHasher>,
    policy: PasswordPolicy,
    /// Hash that nobody's password has: what is compared where there is none.
    decoy: Arc<str>,
    cores: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    computed: Arc<AtomicU64>,
}

impl Hashing {
    pub(crate) fn new(
        cost: HashCost,
        policy: PasswordPolicy,
        pepper: [u8; 32],
        decoy: [u8; 32],
        cores: usize,
    ) -> Result<Self, HashError> {
        let hasher = PasswordHasher::new(cost, pepper)?;
        let unknown = Password::read(&hex::encode(decoy)).expect("64 characters are few enough");
        let decoy = hasher.hash(&unknown, salt(decoy))?;
        Ok(Self {
            hasher: Arc::new(hasher),
            policy,
            decoy: decoy.into(),
            cores: Arc::new(Semaphore::new(cores)),
            admitted: Arc::new(Semaphore::new(cores + MAX_WAITING)),
            computed: Arc::default(),
        })
    }

    /// Returns how many hashes were computed.
    pub(crate) fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// Returns the hash of a password that somebody chose. `known` are names that guessers try.
    pub(crate) async fn choose(
        &self,
        field: &'static str,
        typed: String,
        known: Vec<String>,
        random: [u8; 32],
    ) -> Result<String, AccountError> {
        let policy = self.policy;
        self.run(move |hasher, computed| {
            let known: Vec<_> = known.iter().map(String::as_str).collect();
            let password = policy.check(&typed, &known);
            let password = password.map_err(|weak| InvalidField::new(field, weak.to_string()))?;
            computed.fetch_add(1, Ordering::Relaxed);
            Ok(hasher.hash(&password, salt(random))?)
        })
        .await
    }

    /// Compares a password with a hash, or with one that nobody has.
    pub(crate) async fn verify(
        &self,
        typed: String,
        stored: Option<String>,
    ) -> Result<Verdict, AccountError> {
        let decoy = Arc::clone(&self.decoy);
        self.run(move |hasher, computed| {
            let Some(password) = Password::read(&typed) else {
                return Ok(Verdict::Wrong);
            };
            computed.fetch_add(1, Ordering::Relaxed);
            let is_known = stored.is_some();
            let verdict = hasher.verify(&password, stored.as_deref().unwrap_or(&decoy))?;
            Ok(if is_known { verdict } else { Verdict::Wrong })
        })
        .await
    }

    /// Returns a new hash of a password that was right.
    pub(crate) async fn renew(
        &self,
        typed: String,
        random: [u8; 32],
    ) -> Result<Option<String>, AccountError> {
        self.run(move |hasher, computed| {
            let Some(password) = Password::read(&typed) else {
                return Ok(None);
            };
            computed.fetch_add(1, Ordering::Relaxed);
            Ok(Some(hasher.hash(&password, salt(random))?))
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        compute: impl FnOnce(&PasswordHasher, &AtomicU64) -> Result<T, AccountError> + Send + 'static,
    ) -> Result<T, AccountError> {
        let admitted = Arc::clone(&self.admitted).try_acquire_owned();
        let admitted = admitted.map_err(|_| AccountError::Busy)?;
        let core = Arc::clone(&self.cores).acquire_owned().await;
        let core = core.map_err(|_| AccountError::Busy)?;
        let (hasher, computed) = (Arc::clone(&self.hasher), Arc::clone(&self.computed));
        let done = spawn_blocking(move || {
            // Held until it is done, also when nobody waits for it any more.
            let _held = (admitted, core);
            compute(&hasher, &computed)
        });
        done.await.map_err(|_| AccountError::Busy)?
    }
}

fn salt(random: [u8; 32]) -> [u8; SALT_BYTES] {
    let mut salt = [0; SALT_BYTES];
    salt.copy_from_slice(&random[..SALT_BYTES]);
    salt
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn hashing(cores: usize) -> Hashing {
        let cost = HashCost {
            memory_kib: 64,
            passes: 1,
            lanes: 1,
        };
        let policy = PasswordPolicy { min_chars: 15 };
        Hashing::new(cost, policy, [1; 32], [2; 32], cores).unwrap()
    }

    #[tokio::test]
    async fn password_without_account_is_wrong_and_costs_a_hash() {
        let hashing = hashing(1);
        let decoy = "02".repeat(32);
        for typed in ["correct horse battery staple", &decoy] {
            let verdict = hashing.verify(typed.to_owned(), None).await.unwrap();
            assert_eq!(verdict, Verdict::Wrong, "{typed}");
        }
        assert_eq!(hashing.computed(), 2);
    }

    #[tokio::test]
    async fn computations_beyond_cores_and_queue_are_refused() {
        let hashing = hashing(1);
        let (open, opened) = mpsc::channel::<()>();
        let held = hashing.clone();
        let held =
            tokio::spawn(async move { held.run(move |_, _| Ok(opened.recv().is_ok())).await });
        let mut waiting = Vec::new();
        while hashing.admitted.available_permits() > 0 {
            let hashing = hashing.clone();
            let before = hashing.admitted.available_permits();
            let admitted = Arc::clone(&hashing.admitted);
            waiting.push(tokio::spawn(
                async move { hashing.run(|_, _| Ok(())).await },
            ));
            while admitted.available_permits() == before {
                tokio::task::yield_now().await;
            }
        }
        assert!(waiting.len() >= MAX_WAITING);
        let refused = hashing.run(|_, _| Ok(())).await;
        assert!(matches!(refused, Err(AccountError::Busy)), "{refused:?}");
        open.send(()).unwrap();
        assert!(held.await.unwrap().unwrap());
        for waiting in waiting {
            waiting.await.unwrap().unwrap();
        }
        hashing.run(|_, _| Ok(())).await.unwrap();
    }
}
