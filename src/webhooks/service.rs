//! Endpoints: their URLs and secrets.

use souk_domain::{InvalidField, TenantId, WebhookEndpointId};
use souk_store::{Scope, StoreError, WebhookEndpoint, WebhookEndpointInput};
use souk_webhooks::{Courier, CourierError, Networks, Secret, SecretCipher, UnreadableSecret};

/// Time for which a secret is good after another has replaced it, in milliseconds.
const OLD_SECRET_MS: i64 = 24 * 3_600_000;

/// An endpoint that cannot be made or changed.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// A field breaks a rule.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The database fails or refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Rules and secrets of endpoints; cheap to clone.
#[derive(Debug, Clone)]
pub struct WebhookService {
    courier: Courier,
    cipher: SecretCipher,
}

impl WebhookService {
    /// Creates the service with a key of the installation, which encrypts secrets.
    ///
    /// # Errors
    /// If the HTTP client cannot be set up.
    pub fn new(networks: Networks, key: [u8; 32]) -> Result<Self, CourierError> {
        Ok(Self {
            courier: Courier::new(networks)?,
            cipher: SecretCipher::new(key),
        })
    }

    /// Adds an endpoint, and returns it with its secret.
    ///
    /// # Errors
    /// If its URL breaks a rule, or the store refuses it.
    pub async fn add(
        &self,
        scope: &Scope,
        mut input: WebhookEndpointInput,
        now_ms: i64,
    ) -> Result<(WebhookEndpoint, Secret), WebhookError> {
        input.url = self.checked(&input.url).await?;
        let (secret, sealed) = self.new_secret(scope.tenant());
        let endpoint = scope.webhooks().add(&input, sealed, now_ms).await?;
        Ok((endpoint, secret))
    }

    /// Replaces what an endpoint says, if it still is in the state that `if_match` names.
    ///
    /// # Errors
    /// If its URL breaks a rule, or the store refuses it.
    pub async fn replace(
        &self,
        scope: &Scope,
        id: WebhookEndpointId,
        mut input: WebhookEndpointInput,
        if_match: &str,
        now_ms: i64,
    ) -> Result<WebhookEndpoint, WebhookError> {
        input.url = self.checked(&input.url).await?;
        let webhooks = scope.webhooks();
        Ok(webhooks.replace(id, &input, Some(if_match), now_ms).await?)
    }

    /// Gives an endpoint another secret, and returns both. The old one is good for 24 more hours.
    ///
    /// # Errors
    /// If there is no such endpoint, or the database fails.
    pub async fn rotate_secret(
        &self,
        scope: &Scope,
        id: WebhookEndpointId,
        now_ms: i64,
    ) -> Result<(WebhookEndpoint, Secret), StoreError> {
        let (secret, sealed) = self.new_secret(scope.tenant());
        let old_ends_at_ms = now_ms.saturating_add(OLD_SECRET_MS);
        let webhooks = scope.webhooks();
        let endpoint = webhooks.rotate_secret(id, sealed, old_ends_at_ms, now_ms);
        Ok((endpoint.await?, secret))
    }

    /// Decrypts secrets of a tenant.
    ///
    /// # Errors
    /// If one was not encrypted for the tenant with the key of this installation.
    pub(super) fn open(
        &self,
        tenant: TenantId,
        sealed: &[Vec<u8>],
    ) -> Result<Vec<Secret>, UnreadableSecret> {
        let opened = sealed
            .iter()
            .map(|sealed| self.cipher.open(tenant.0, sealed));
        opened.collect()
    }

    pub(super) fn courier(&self) -> &Courier {
        &self.courier
    }

    async fn checked(&self, url: &str) -> Result<String, InvalidField> {
        let checked = self.courier.check(url).await;
        let url = checked.map_err(|fault| InvalidField::new("url", fault.to_string()))?;
        Ok(url.as_str().to_owned())
    }

    fn new_secret(&self, tenant: TenantId) -> (Secret, Vec<u8>) {
        let secret = Secret::generate();
        let sealed = self.cipher.seal(tenant.0, &secret, rand::random());
        (secret, sealed)
    }
}
