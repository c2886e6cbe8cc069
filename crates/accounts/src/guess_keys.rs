//! Keyed hashes of what failed attempts are counted by.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use souk_domain::AccountId;
use souk_identity::{Guesser, MailAddress, TokenHash};
use souk_store::CountedGuesser;

/// Key by which guessers are hashed, so that the table tells no addresses.
#[derive(Debug, Clone)]
pub(crate) struct GuessKeys([u8; 32]);

impl GuessKeys {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    fn guesser(&self, kind: Guesser, domain: &str, value: &[u8]) -> CountedGuesser {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key may have any length");
        mac.update(domain.as_bytes());
        mac.update(&[0]);
        mac.update(value);
        CountedGuesser {
            kind,
            key: TokenHash(mac.finalize().into_bytes().into()),
        }
    }

    /// Whoever tries the address of an account, known or not.
    pub(crate) fn account(&self, mail: &MailAddress) -> CountedGuesser {
        self.guesser(Guesser::Account, "account", mail.as_str().as_bytes())
    }

    /// Whoever tries passwords with a link. Nobody who has no link is counted with them.
    pub(crate) fn link(&self, hash: TokenHash) -> CountedGuesser {
        self.guesser(Guesser::Account, "link", &hash.0)
    }

    /// A device that signed in before.
    pub(crate) fn device(&self, nonce: &[u8]) -> CountedGuesser {
        self.guesser(Guesser::Device, "device", nonce)
    }

    /// Somebody who is signed in and is asked for the password again.
    pub(crate) fn session(&self, account: AccountId) -> CountedGuesser {
        let value = account.0.to_be_bytes();
        self.guesser(Guesser::Device, "session", &value)
    }

    /// Unknown devices at the second factor of an account.
    pub(crate) fn factor(&self, account: AccountId) -> CountedGuesser {
        self.guesser(Guesser::Account, "factor", &account.0.to_be_bytes())
    }

    /// A device that signed in before, at the second factor.
    pub(crate) fn factor_of_device(&self, nonce: &[u8]) -> CountedGuesser {
        self.guesser(Guesser::Device, "factor of device", nonce)
    }

    /// Sessions of an account that are asked for the second factor again.
    pub(crate) fn factor_of_session(&self, account: AccountId) -> CountedGuesser {
        let value = account.0.to_be_bytes();
        self.guesser(Guesser::Device, "factor of session", &value)
    }

    /// Everybody in a network.
    pub(crate) fn network(&self, network: &str) -> CountedGuesser {
        self.guesser(Guesser::Network, "network", network.as_bytes())
    }
}
