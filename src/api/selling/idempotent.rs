//! Requests with an `Idempotency-Key`: the same one gets the same answer, whatever breaks in between.

use poem::http::StatusCode;
use poem_openapi::types::{ParseFromJSON, ToJSON};
use sha2::{Digest, Sha256};
use souk_domain::{InvalidField, OrderGroupId};
use souk_store::{Claim, HeldKey, IdempotentRequest};

use crate::{error::ApiError, http::TenantContext};

/// Name of the header.
const HEADER: &str = "Idempotency-Key";

/// Key of a request, checked.
pub(super) struct Key {
    held: HeldKey,
    hash: String,
}

impl Key {
    /// Takes a key for a request; `content` is all that decides what it does.
    ///
    /// # Errors
    /// If there is none, or it has too few or odd characters.
    pub(super) fn of(
        key: Option<String>,
        caller: String,
        content: &impl std::fmt::Debug,
    ) -> Result<Self, ApiError> {
        let needed =
            "is required: send 16 to 255 visible characters, another one for each purchase";
        let key = key.ok_or_else(|| ApiError::parameter(HEADER, needed))?;
        // RFC 9651 writes strings in quotes; clients send both forms.
        let key = key.trim().trim_matches('"').to_owned();
        let is_visible = key.bytes().all(|byte| (0x21..=0x7e).contains(&byte));
        if !(16..=255).contains(&key.len()) || !is_visible {
            return Err(ApiError::parameter(HEADER, needed));
        }
        let attempt = format!("{:032x}", rand::random::<u128>());
        Ok(Self {
            held: HeldKey {
                caller,
                key,
                attempt,
            },
            hash: hex::encode(Sha256::digest(format!("{content:?}"))),
        })
    }

    /// Returns the key, as a transaction writes what it made.
    pub(super) fn held(&self) -> &HeldKey {
        &self.held
    }

    fn request(&self) -> IdempotentRequest<'_> {
        IdempotentRequest {
            key: &self.held,
            hash: &self.hash,
        }
    }

    /// Does the work once, and returns its answer now and each time after. The work gets the purchase that an attempt made which
    /// died. The answer is stored as it is, so that no token may be in it. What fails for a reason that may pass is forgotten.
    ///
    /// # Errors
    /// If the work fails, is under way elsewhere, or the key was used for something else.
    pub(super) async fn once<T: ToJSON + ParseFromJSON>(
        &self,
        context: &TenantContext,
        now_ms: i64,
        work: impl AsyncFnOnce(Option<OrderGroupId>) -> Result<T, ApiError>,
    ) -> Result<T, ApiError> {
        let keys = context
            .app
            .store
            .scope(context.tenant.id)
            .idempotency_keys();
        let group = match keys.claim(self.request(), now_ms).await? {
            Claim::Begun { group } => group,
            Claim::Answered(answer) => {
                let answer = T::parse_from_json_string(&answer);
                return answer.map_err(|error| ApiError::internal(error.into_message()));
            }
            Claim::UnderWay => {
                let message = "the same request is under way: wait for its answer";
                return Err(ApiError::Conflict(InvalidField::new(HEADER, message)));
            }
            Claim::OtherRequest => {
                let message = "was used for another request: send a new one";
                return Err(ApiError::Unprocessable(InvalidField::new(HEADER, message)));
            }
        };
        let answer = match work(group).await {
            Ok(answer) => answer,
            Err(error) => {
                // A refusal can be mended and asked again with the same key, and a failure may be over soon. What it made stays known.
                keys.forget(self.request()).await?;
                return Err(error);
            }
        };
        let text = answer.to_json_string();
        let status = StatusCode::CREATED.as_u16();
        keys.answer(self.request(), status, &text).await?;
        Ok(answer)
    }
}
