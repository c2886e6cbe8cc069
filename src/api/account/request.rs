//! Request bodies of accounts.

use poem_openapi::{Enum, Object};
use serde::Deserialize;
use souk_accounts::FactorAnswer;
use souk_domain::{InvalidField, Language};

/// Somebody who registers.
#[derive(Object, Deserialize)]
pub struct RegistrationBody {
    /// Mail address, which is confirmed by a link.
    #[oai(validator(max_length = 254))]
    pub mail: String,
    /// Password of any characters; length counts, and what is easily guessed is refused.
    #[oai(validator(max_length = 256))]
    pub password: String,
    /// Display name.
    #[oai(default, validator(max_length = 200))]
    #[serde(default)]
    pub name: String,
    /// Language of mails, ISO 639-1; the marketplace's if not given.
    #[oai(nullable)]
    pub language: Option<String>,
}

/// Holder of a session's token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum, Deserialize)]
#[oai(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The client: the response has the token, to be sent as `Authorization: Bearer`.
    #[default]
    Token,
    /// The browser: the response sets a cookie that no script reads. The request has to come from a page of the same host.
    Cookie,
}

/// Somebody who signs in.
#[derive(Object, Deserialize)]
pub struct SignInBody {
    /// Mail address.
    #[oai(validator(max_length = 254))]
    pub mail: String,
    /// Password.
    #[oai(validator(max_length = 256))]
    pub password: String,
    /// Holder of the session's token.
    #[oai(default)]
    #[serde(default)]
    pub keep: Keep,
    /// Token of a device that signed in before, which others cannot lock out. Browsers have it as a cookie.
    #[oai(nullable, validator(max_length = 100))]
    pub device_token: Option<String>,
}

/// Confirmation of a new account's address.
#[derive(Object, Deserialize)]
pub struct VerificationBody {
    /// Token of the link.
    #[oai(validator(max_length = 100))]
    pub token: String,
    /// Password of the registration: who confirms an address has to be who registered it.
    #[oai(validator(max_length = 256))]
    pub password: String,
    /// Holder of the session's token.
    #[oai(default)]
    #[serde(default)]
    pub keep: Keep,
}

/// Changes of an account; what is absent stays.
#[derive(Object, Deserialize)]
pub struct AccountBody {
    /// Display name.
    #[oai(nullable, validator(max_length = 200))]
    pub name: Option<String>,
    /// Language of mails, ISO 639-1.
    #[oai(nullable)]
    pub language: Option<String>,
}

/// Change of a password.
#[derive(Object, Deserialize)]
pub struct PasswordBody {
    /// Password until now.
    #[oai(validator(max_length = 256))]
    pub password: String,
    /// New password.
    #[oai(validator(max_length = 256))]
    pub new_password: String,
}

/// Mail address whose password is forgotten.
#[derive(Object, Deserialize)]
pub struct ResetBody {
    /// Mail address.
    #[oai(validator(max_length = 254))]
    pub mail: String,
}

/// Password for an account whose link was mailed.
#[derive(Object, Deserialize)]
pub struct NewPasswordBody {
    /// Token of the link.
    #[oai(validator(max_length = 100))]
    pub token: String,
    /// New password.
    #[oai(validator(max_length = 256))]
    pub password: String,
}

/// Change of a mail address.
#[derive(Object, Deserialize)]
pub struct AddressBody {
    /// New mail address.
    #[oai(validator(max_length = 254))]
    pub mail: String,
    /// Password.
    #[oai(validator(max_length = 256))]
    pub password: String,
}

/// Token of a link that was mailed.
#[derive(Object, Deserialize)]
pub struct LinkBody {
    /// Token of the link.
    #[oai(validator(max_length = 100))]
    pub token: String,
}

/// Answer to an invitation.
#[derive(Object, Deserialize)]
pub struct AcceptanceBody {
    /// Token of the link.
    #[oai(validator(max_length = 100))]
    pub token: String,
    /// Password.
    #[oai(validator(max_length = 256))]
    pub password: String,
    /// Display name; that of the invitation if empty.
    #[oai(default, validator(max_length = 200))]
    #[serde(default)]
    pub name: String,
}

/// First owner of a marketplace.
#[derive(Object, Deserialize)]
pub struct FirstOwnerBody {
    /// Token of the link that the terminal shows.
    #[oai(validator(max_length = 100))]
    pub token: String,
    /// Mail address, which needs no confirmation.
    #[oai(validator(max_length = 254))]
    pub mail: String,
    /// Password.
    #[oai(validator(max_length = 256))]
    pub password: String,
    /// Display name.
    #[oai(default, validator(max_length = 200))]
    #[serde(default)]
    pub name: String,
    /// Language of mails, ISO 639-1; the marketplace's if not given.
    #[oai(nullable)]
    pub language: Option<String>,
}

/// Proof that it is the account's own person.
#[derive(Object, Deserialize)]
pub struct ProofBody {
    /// Password.
    #[oai(validator(max_length = 256))]
    pub password: String,
}

/// Authenticator app to be added.
#[derive(Object, Deserialize)]
pub struct TotpBody {
    /// Name of the app or its device, for the person's own use.
    #[oai(default, validator(max_length = 100))]
    #[serde(default)]
    pub name: String,
    /// Password.
    #[oai(validator(max_length = 256))]
    pub password: String,
}

/// First code of an authenticator app.
#[derive(Object, Deserialize)]
pub struct TotpCodeBody {
    /// Code that the app shows: six digits.
    #[oai(validator(max_length = 20))]
    pub code: String,
}

/// Proof of a second factor: exactly one of the two.
#[derive(Object, Deserialize)]
pub struct FactorBody {
    /// Code that the authenticator app shows: six digits.
    #[oai(nullable, validator(max_length = 20))]
    pub code: Option<String>,
    /// Recovery code, which is used up.
    #[oai(nullable, validator(max_length = 50))]
    pub recovery_code: Option<String>,
}

/// Second step of a sign-in: exactly one of `code` and `recovery_code`.
#[derive(Object, Deserialize)]
pub struct SecondFactorBody {
    /// Token of the first step.
    #[oai(validator(max_length = 100))]
    pub token: String,
    /// Code that the authenticator app shows: six digits.
    #[oai(nullable, validator(max_length = 20))]
    pub code: Option<String>,
    /// Recovery code, which is used up.
    #[oai(nullable, validator(max_length = 50))]
    pub recovery_code: Option<String>,
    /// Token of a device that signed in before, which others cannot lock out. Browsers have it as a cookie.
    #[oai(nullable, validator(max_length = 100))]
    pub device_token: Option<String>,
}

/// Reads the proof of a second factor.
pub(super) fn answer_of(
    code: Option<String>,
    recovery_code: Option<String>,
) -> Result<FactorAnswer, InvalidField> {
    match (code, recovery_code) {
        (Some(code), None) => Ok(FactorAnswer::Code(code)),
        (None, Some(code)) => Ok(FactorAnswer::RecoveryCode(code)),
        _ => {
            let message = "must be there, or else `recovery_code`, but not both";
            Err(InvalidField::new("code", message))
        }
    }
}

/// Reads a language of mails.
pub(in crate::api) fn language_of(text: Option<&str>) -> Result<Option<String>, InvalidField> {
    let read = |code: &str| code.parse::<Language>().map(|language| language.code());
    let language = text.map(read).transpose();
    let language = language.map_err(|error| InvalidField::new("language", error.to_string()));
    Ok(language?.map(str::to_owned))
}
