//! Bodies that sellers send.

use poem_openapi::Object;
use serde::Deserialize;
use souk_commerce::SellerPapers;
use souk_domain::{
    AccountId, InvalidField,
    sellers::{PayoutAccount, PayoutAccountInput, TraderDetails, TraderInput},
};
use souk_store::NewSeller;

use crate::api::selling::request::PostalAddressBody;

/// Details of a trader, which buyers see.
#[derive(Debug, Object, Deserialize)]
pub struct TraderBody {
    /// Name of the company or person.
    #[oai(validator(max_length = 200))]
    pub legal_name: String,
    /// Address of the company; its `name` is whom to ask for.
    pub address: PostalAddressBody,
    /// Mail address.
    #[oai(validator(max_length = 254))]
    pub mail: String,
    /// Phone number.
    #[oai(validator(max_length = 50))]
    pub phone: String,
    /// Trade register and number in it.
    #[oai(nullable, validator(max_length = 100))]
    pub register: Option<String>,
    /// Number for the tax on sales.
    #[oai(nullable, validator(max_length = 100))]
    pub vat_id: Option<String>,
}

/// Bank account for payouts.
#[derive(Debug, Object, Deserialize)]
pub struct PayoutAccountBody {
    /// Holder of the account.
    #[oai(validator(max_length = 200))]
    pub holder: String,
    /// IBAN, with or without spaces.
    #[oai(validator(max_length = 50))]
    pub iban: String,
}

/// Application as a seller.
#[derive(Debug, Object, Deserialize)]
pub struct ApplicationBody {
    /// Display name of the shop.
    #[oai(validator(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\x00]*[^\s\x00][^\x00]*$"
    ))]
    pub name: String,
    /// Slug; made from the name if not given.
    #[oai(
        nullable,
        validator(min_length = 1, max_length = 120, pattern = "^[a-z0-9]+(-[a-z0-9]+)*$")
    )]
    pub slug: Option<String>,
    /// Description of the shop, plain text.
    #[oai(default, validator(max_length = 50000))]
    #[serde(default)]
    pub description: String,
    /// Details of the trader; may come later.
    #[oai(nullable)]
    pub trader: Option<TraderBody>,
    /// Bank account; may come later.
    #[oai(nullable)]
    pub payout_account: Option<PayoutAccountBody>,
    /// True accepts the terms of the marketplace; may come later.
    #[oai(default)]
    #[serde(default)]
    pub accepts_terms: bool,
}

/// Somebody to work for the seller.
#[derive(Debug, Object, Deserialize)]
pub struct SellerInvitationBody {
    /// Mail address.
    #[oai(validator(max_length = 254))]
    pub mail: String,
    /// Display name.
    #[oai(default, validator(max_length = 200))]
    #[serde(default)]
    pub name: String,
    /// Language of mails, ISO 639-1; the marketplace's if not given.
    #[oai(nullable)]
    pub language: Option<String>,
    /// `seller_staff`, `seller_manager` or `seller_owner`.
    #[oai(validator(max_length = 40))]
    pub role: String,
}

impl TraderBody {
    pub(super) fn check(self) -> Result<TraderDetails, InvalidField> {
        TraderInput {
            legal_name: self.legal_name,
            address: self.address.input(),
            mail: self.mail,
            phone: self.phone,
            register: self.register,
            vat_id: self.vat_id,
        }
        .check()
    }
}

impl PayoutAccountBody {
    pub(super) fn check(self) -> Result<PayoutAccount, InvalidField> {
        PayoutAccountInput {
            holder: self.holder,
            iban: self.iban,
        }
        .check()
    }
}

impl ApplicationBody {
    pub(super) fn into_parts(
        self,
        account: AccountId,
    ) -> Result<(NewSeller, SellerPapers), InvalidField> {
        let trader = self.trader.map(TraderBody::check).transpose();
        let payout_account = self.payout_account.map(PayoutAccountBody::check);
        let papers = SellerPapers {
            trader: trader.map_err(|invalid| within("trader", invalid))?,
            payout_account: payout_account
                .transpose()
                .map_err(|invalid| within("payout_account", invalid))?,
            accepts_terms: self.accepts_terms,
        };
        let new = NewSeller {
            account,
            name: self.name,
            slug: self.slug,
            description: self.description,
        };
        Ok((new, papers))
    }
}

fn within(part: &str, invalid: InvalidField) -> InvalidField {
    InvalidField::new(format!("{part}.{}", invalid.field), invalid.message)
}
