//! Texts of reviews, of answers to them and of reasons of refusals.

use crate::{
    Change, InvalidField,
    checks::{at_most, required},
    text::{tidied, tidy_lines},
};

/// Most characters of a title.
pub const MAX_REVIEW_TITLE_CHARS: usize = 120;
/// Most characters of a review, and of an answer to one.
pub const MAX_REVIEW_CHARS: usize = 5_000;
/// Most characters of a display name.
pub const MAX_REVIEWER_CHARS: usize = 80;
/// Most characters of a reason.
pub const MAX_REVIEW_REASON_CHARS: usize = 1_000;
/// Display name of somebody who has none, or whose account is erased.
pub const UNNAMED_REVIEWER: &str = "A customer";

/// Review as a customer typed it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReviewDraft {
    /// 1 to 5.
    pub rating: u8,
    /// Title; blank is none.
    pub title: Option<String>,
    /// Text; may be empty.
    pub body: String,
    /// Display name; that of the account if absent or blank.
    pub name: Option<String>,
}

/// Changes of a review by its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewChanges {
    /// 1 to 5.
    pub rating: Option<u8>,
    /// Title.
    pub title: Change<String>,
    /// Text.
    pub body: Option<String>,
    /// Display name.
    pub name: Option<String>,
}

/// Review whose texts are tidied and within their bounds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewText {
    /// 1 to 5.
    pub rating: u8,
    /// Title.
    pub title: Option<String>,
    /// Text of several lines; may be empty.
    pub body: String,
    /// Display name.
    pub name: String,
}

impl ReviewDraft {
    /// Tidies the texts and checks their bounds. A customer without a display name has the name of the account.
    ///
    /// # Errors
    /// Naming the field at fault.
    pub fn check(self, account_name: &str) -> Result<ReviewText, InvalidField> {
        if !(1..=5).contains(&self.rating) {
            return Err(InvalidField::new(
                "rating",
                "must be a whole number from 1 to 5",
            ));
        }
        let title = self.title.map(|title| tidied(&title));
        let title = title.filter(|title| !title.is_empty());
        at_most(
            "title",
            title.as_deref().unwrap_or(""),
            MAX_REVIEW_TITLE_CHARS,
        )?;
        let body = lines(&self.body);
        at_most("body", &body, MAX_REVIEW_CHARS)?;
        let name = tidied(self.name.as_deref().unwrap_or(""));
        at_most("name", &name, MAX_REVIEWER_CHARS)?;
        Ok(ReviewText {
            rating: self.rating,
            title,
            body,
            name: match name.is_empty() {
                true => name_of_account(account_name),
                false => name,
            },
        })
    }
}

impl ReviewText {
    /// Returns the review with its author's changes.
    ///
    /// # Errors
    /// Naming the field at fault.
    pub fn changed(self, changes: ReviewChanges) -> Result<Self, InvalidField> {
        let draft = ReviewDraft {
            rating: changes.rating.unwrap_or(self.rating),
            title: match changes.title {
                Change::Keep => self.title,
                Change::Remove => None,
                Change::Set(title) => Some(title),
            },
            body: changes.body.unwrap_or(self.body),
            name: changes.name,
        };
        draft.check(&self.name)
    }
}

/// Returns the tidied answer to a review.
///
/// # Errors
/// If it is empty or too long.
pub fn checked_review_answer(text: &str) -> Result<String, InvalidField> {
    let text = lines(text);
    required("text", &text, MAX_REVIEW_CHARS)?;
    Ok(text)
}

/// Returns the tidied reason of a refusal.
///
/// # Errors
/// If it is empty or too long.
pub fn checked_review_reason(reason: &str) -> Result<String, InvalidField> {
    let reason = lines(reason);
    required("reason", &reason, MAX_REVIEW_REASON_CHARS)?;
    Ok(reason)
}

fn lines(text: &str) -> String {
    let mut text = text.to_owned();
    tidy_lines(&mut text);
    text.trim().to_owned()
}

fn name_of_account(name: &str) -> String {
    let name: String = tidied(name)
        .chars()
        .filter(|letter| *letter != '\0')
        .take(MAX_REVIEWER_CHARS)
        .collect();
    match name.trim() {
        "" => UNNAMED_REVIEWER.to_owned(),
        name => name.to_owned(),
    }
}
