//! Reviews as admins send them.

use poem_openapi::Object;
use serde::Deserialize;
use souk_store::ReviewInput;

/// A review to be written.
#[derive(Debug, Object, Deserialize)]
pub struct ReviewBody {
    /// Author.
    #[oai(validator(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    pub author: String,
    /// 1 to 5.
    #[oai(validator(minimum(value = "1"), maximum(value = "5")))]
    pub rating: u8,
    /// Title.
    #[oai(nullable, validator(max_length = 500))]
    pub title: Option<String>,
    /// Plain text.
    #[oai(default, validator(max_length = 20000))]
    #[serde(default)]
    pub body: String,
}

/// Rejection of a review.
#[derive(Debug, Object, Deserialize)]
pub struct ReviewRejectionBody {
    /// Reason, which the author sees.
    #[oai(validator(min_length = 1, max_length = 1000))]
    pub reason: String,
}

/// Answer to a review.
#[derive(Debug, Object, Deserialize)]
pub struct ReviewAnswerBody {
    /// Plain text.
    #[oai(validator(min_length = 1, max_length = 5000))]
    pub text: String,
}

impl From<ReviewBody> for ReviewInput {
    fn from(body: ReviewBody) -> Self {
        Self {
            author: body.author,
            rating: body.rating,
            title: body.title,
            body: body.body,
        }
    }
}
