//! Reviews as customers send them.

use poem_openapi::Object;
use serde::Deserialize;
use souk_domain::{
    Change,
    reviews::{ReviewChanges, ReviewDraft},
};

/// A review to be written.
#[derive(Debug, Object, Deserialize)]
pub struct NewReviewBody {
    /// 1 to 5.
    #[oai(validator(minimum(value = "1"), maximum(value = "5")))]
    pub rating: u8,
    /// Title.
    #[oai(nullable, validator(max_length = 120))]
    pub title: Option<String>,
    /// Plain text; may be empty.
    #[oai(default, validator(max_length = 5000))]
    #[serde(default)]
    pub body: String,
    /// Display name, which everybody sees; that of the account if absent.
    #[oai(nullable, validator(max_length = 80))]
    pub name: Option<String>,
}

/// Changes of a review; what is absent stays.
#[derive(Debug, Object, Deserialize)]
pub struct ReviewChangesBody {
    /// 1 to 5.
    #[oai(nullable, validator(minimum(value = "1"), maximum(value = "5")))]
    pub rating: Option<u8>,
    /// Title; blank takes it away.
    #[oai(nullable, validator(max_length = 120))]
    pub title: Option<String>,
    /// Plain text; may be empty.
    #[oai(nullable, validator(max_length = 5000))]
    pub body: Option<String>,
    /// Display name, which everybody sees.
    #[oai(nullable, validator(max_length = 80))]
    pub name: Option<String>,
}

impl From<NewReviewBody> for ReviewDraft {
    fn from(body: NewReviewBody) -> Self {
        Self {
            rating: body.rating,
            title: body.title,
            body: body.body,
            name: body.name,
        }
    }
}

impl From<ReviewChangesBody> for ReviewChanges {
    fn from(body: ReviewChangesBody) -> Self {
        Self {
            rating: body.rating,
            // The domain takes a blank title for none.
            title: body.title.map_or(Change::Keep, Change::Set),
            body: body.body,
            name: body.name,
        }
    }
}
