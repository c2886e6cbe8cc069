//! Signatures of ids of searches: only ids that this installation gave out within a day are taken back.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use souk_domain::{QueryId, SignedQueryId, TenantId};

use crate::day::day_of;

/// Signs and verifies ids of searches, by HMAC-SHA-256 over tenant, day and id. Cheap to clone.
#[derive(Clone)]
pub struct QueryIdSigner {
    secret: [u8; 32],
}

impl QueryIdSigner {
    /// Signs with the secret that all processes of the installation share.
    pub fn new(secret: [u8; 32]) -> Self {
        Self { secret }
    }

    /// Signs the id of a search that is answered now.
    pub fn sign(&self, tenant: TenantId, id: QueryId, now_ms: i64) -> SignedQueryId {
        SignedQueryId {
            id,
            signature: self.signature(tenant, id, day_of(now_ms)),
        }
    }

    /// Returns the id if it was signed for the tenant today or yesterday.
    pub fn verify(&self, tenant: TenantId, signed: &SignedQueryId, now_ms: i64) -> Option<QueryId> {
        let today = day_of(now_ms);
        let is_of = |day| self.signature(tenant, signed.id, day) == signed.signature;
        (is_of(today) || is_of(today - 1)).then_some(signed.id)
    }

    /// Returns the key under which a text of a tenant is counted and stored: nobody without the secret can find it by
    /// guessing the text.
    pub fn text_key(&self, tenant: TenantId, text: u64) -> u64 {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.secret).expect("a key may have any length");
        // No signature is made of so few bytes.
        mac.update(b"text");
        mac.update(&tenant.0.to_le_bytes());
        mac.update(&text.to_le_bytes());
        let code = mac.finalize().into_bytes();
        let mut first = [0; 8];
        first.copy_from_slice(&code[..8]);
        u64::from_le_bytes(first)
    }

    /// Returns the hashes under which a text may be stored: that of today, and the one without a secret of earlier versions.
    pub fn stored_keys(&self, tenant: TenantId, text: u64) -> Vec<i64> {
        let keys = [self.text_key(tenant, text), text];
        keys.map(u64::cast_signed).into()
    }

    /// The first 64 bits: an online guess hits one in 2^63.
    fn signature(&self, tenant: TenantId, id: QueryId, day: i64) -> u64 {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.secret).expect("a key may have any length");
        mac.update(&tenant.0.to_le_bytes());
        mac.update(&day.to_le_bytes());
        mac.update(&id.text.to_le_bytes());
        mac.update(&id.settings.to_le_bytes());
        mac.update(&id.rest.to_le_bytes());
        let code = mac.finalize().into_bytes();
        let mut first = [0; 8];
        first.copy_from_slice(&code[..8]);
        u64::from_le_bytes(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day::DAY_MS;

    const ID: QueryId = QueryId {
        text: 1,
        settings: 2,
        rest: 3,
    };

    #[test]
    fn id_is_taken_back_for_a_day_by_its_tenant() {
        let signer = QueryIdSigner::new([7; 32]);
        let signed = signer.sign(TenantId(1), ID, 5 * DAY_MS + 9);
        let taken = |tenant, now_ms| signer.verify(TenantId(tenant), &signed, now_ms);
        assert_eq!(taken(1, 5 * DAY_MS), Some(ID));
        assert_eq!(taken(1, 7 * DAY_MS - 1), Some(ID));
        assert_eq!(taken(1, 7 * DAY_MS), None);
        assert_eq!(taken(1, 4 * DAY_MS), None);
        assert_eq!(taken(2, 5 * DAY_MS), None);
        let other = QueryIdSigner::new([8; 32]);
        assert_eq!(other.verify(TenantId(1), &signed, 5 * DAY_MS), None);
    }

    #[test]
    fn text_key_is_the_secret_and_the_tenants() {
        let signer = QueryIdSigner::new([7; 32]);
        let key = signer.text_key(TenantId(1), 5);
        assert_eq!(key, signer.text_key(TenantId(1), 5));
        let others = [
            signer.text_key(TenantId(2), 5),
            signer.text_key(TenantId(1), 6),
            QueryIdSigner::new([8; 32]).text_key(TenantId(1), 5),
            5,
        ];
        assert!(!others.contains(&key));
    }

    #[test]
    fn every_part_is_signed() {
        let signer = QueryIdSigner::new([7; 32]);
        let signed = signer.sign(TenantId(1), ID, 0);
        for id in [
            QueryId { text: 9, ..ID },
            QueryId { settings: 9, ..ID },
            QueryId { rest: 9, ..ID },
        ] {
            let forged = SignedQueryId { id, ..signed };
            assert_eq!(signer.verify(TenantId(1), &forged, 0), None);
        }
    }
}
