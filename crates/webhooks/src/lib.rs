//! Webhooks by Standard Webhooks (<https://www.standardwebhooks.com>): secrets, signatures, the retry schedule, rules of
//! addresses, and the delivery itself.
//!
//! A name is resolved once for each delivery, its addresses are checked, and the connection goes to one of those, so that
//! no name leads into a private network. Redirects are not followed, and proxies of the environment are not used.

mod address;
mod cipher;
mod delivery;
mod message_id;
mod networks;
mod resolver;
mod schedule;
mod secret;
mod signature;

pub use address::{BadAddress, EndpointUrl, MAX_URL_CHARS};
pub use cipher::{NONCE_BYTES, SecretCipher, UnreadableSecret};
pub use delivery::{Courier, CourierError, MAX_ANSWER_BYTES, Message, Outcome, TIMEOUT, Verdict};
pub use message_id::message_id;
pub use networks::Networks;
pub use schedule::{ATTEMPTS, next_delay_ms};
pub use secret::{BadSecret, SECRET_PREFIX, Secret};
pub use signature::{HEADER_ID, HEADER_SIGNATURE, HEADER_TIMESTAMP, signature};
