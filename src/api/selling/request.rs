//! Bodies of carts, addresses and checkouts.

use std::collections::BTreeMap;

use poem_openapi::Object;
use serde::Deserialize;
use souk_domain::{
    InvalidField, OfferId, VariantId,
    ordering::{AddressInput, Country, PostalAddress, TaxPlace},
};
use souk_store::OfferKey;

/// Goods that go into the cart.
#[derive(Debug, Object, Deserialize)]
pub struct CartLineBody {
    /// Id of the variant, as hits and products have it.
    #[oai(validator(minimum(value = "1")))]
    pub variant: i64,
    /// Id of a further seller's offer; the product's own seller's if absent.
    #[oai(nullable, validator(minimum(value = "1")))]
    pub offer: Option<i64>,
    /// Units.
    #[oai(
        default = "one",
        validator(minimum(value = "1"), maximum(value = "10000"))
    )]
    #[serde(default = "one")]
    pub quantity: i64,
    /// Note to the seller.
    #[oai(nullable, validator(max_length = 1000))]
    pub note: Option<String>,
}

fn one() -> i64 {
    1
}

impl CartLineBody {
    pub(super) fn offer(&self) -> OfferKey {
        OfferKey {
            variant: VariantId(self.variant),
            offer: self.offer.map(OfferId),
        }
    }
}

/// Change of a line; what is absent stays.
#[derive(Debug, Object, Deserialize)]
pub struct CartLineChangeBody {
    /// Units.
    #[oai(nullable, validator(minimum(value = "1"), maximum(value = "10000")))]
    pub quantity: Option<i64>,
    /// True to save the line for later: it is not bought then.
    #[oai(nullable)]
    pub saved: Option<bool>,
    /// Note to the seller; an empty one removes it.
    #[oai(nullable, validator(max_length = 1000))]
    pub note: Option<String>,
}

/// Place of delivery, as far as figures depend on it.
#[derive(Debug, Object, Deserialize)]
pub struct DestinationBody {
    /// Country, ISO 3166-1 alpha-2.
    pub country: String,
    /// State, province or the like.
    #[oai(nullable, validator(max_length = 100))]
    pub region: Option<String>,
}

impl DestinationBody {
    pub(super) fn place(self) -> Result<TaxPlace, InvalidField> {
        Ok(TaxPlace {
            country: country(&self.country).map_err(|it| it.within("destination"))?,
            region: self.region,
        })
    }
}

fn country(code: &str) -> Result<Country, InvalidField> {
    let country = code.parse::<Country>();
    country.map_err(|error| InvalidField::new("country", error.to_string()))
}

/// Choices besides the goods; what is absent stays.
#[derive(Debug, Object, Deserialize)]
pub struct CartBody {
    /// Codes of promotions, in the order in which they were entered.
    #[oai(nullable, validator(max_items = 20))]
    pub codes: Option<Vec<String>>,
    /// Note to the sellers; an empty one removes it.
    #[oai(nullable, validator(max_length = 1000))]
    pub note: Option<String>,
    /// Place of delivery, by which delivery and tax are estimated.
    #[oai(nullable)]
    pub destination: Option<DestinationBody>,
    /// Delivery methods: id of the method by id of the seller.
    #[oai(nullable)]
    pub delivery: Option<BTreeMap<String, i64>>,
}

/// Reads delivery methods by sellers.
pub(super) fn delivery_of(methods: BTreeMap<String, i64>) -> Result<Vec<(i64, i64)>, InvalidField> {
    let methods = methods.into_iter().map(|(seller, method)| {
        let id = seller.parse::<souk_domain::SellerId>();
        let id =
            id.map_err(|error| InvalidField::new(format!("delivery.{seller}"), error.to_string()))?;
        Ok((id.0, method))
    });
    methods.collect()
}

/// Postal address.
#[derive(Debug, Object, Deserialize)]
pub struct PostalAddressBody {
    /// Name of the person.
    #[oai(validator(max_length = 200))]
    pub name: String,
    /// Company.
    #[oai(nullable, validator(max_length = 200))]
    pub company: Option<String>,
    /// Street and number.
    #[oai(validator(max_length = 200))]
    pub line1: String,
    /// Further line.
    #[oai(nullable, validator(max_length = 200))]
    pub line2: Option<String>,
    /// Postcode.
    #[oai(nullable, validator(max_length = 40))]
    pub postcode: Option<String>,
    /// City.
    #[oai(nullable, validator(max_length = 200))]
    pub city: Option<String>,
    /// State, province or the like.
    #[oai(nullable, validator(max_length = 100))]
    pub region: Option<String>,
    /// Country, ISO 3166-1 alpha-2.
    #[oai(validator(max_length = 10))]
    pub country: String,
    /// Phone number, for the carrier.
    #[oai(nullable, validator(max_length = 40))]
    pub phone: Option<String>,
}

impl PostalAddressBody {
    pub(super) fn address(self) -> Result<PostalAddress, InvalidField> {
        self.input().check()
    }

    /// Returns it as the domain takes it.
    pub(crate) fn input(self) -> AddressInput {
        AddressInput {
            name: self.name,
            company: self.company,
            line1: self.line1,
            line2: self.line2,
            postcode: self.postcode,
            city: self.city,
            region: self.region,
            country: self.country,
            phone: self.phone,
        }
    }
}

/// Address that an account keeps.
#[derive(Debug, Object, Deserialize)]
pub struct SavedAddressBody {
    /// The address.
    pub address: PostalAddressBody,
    /// True if deliveries go there unless told otherwise. The first address is the default for both.
    #[oai(default)]
    #[serde(default)]
    pub delivery_default: bool,
    /// True if bills go there unless told otherwise.
    #[oai(default)]
    #[serde(default)]
    pub billing_default: bool,
}

/// Purchase of what is in the cart.
#[derive(Debug, Object, Deserialize)]
pub struct CheckoutBody {
    /// Mail address of a guest; the account's if somebody is signed in.
    #[oai(nullable, validator(max_length = 254))]
    pub mail: Option<String>,
    /// Language of mails, ISO 639-1; the account's or the marketplace's if absent.
    #[oai(nullable)]
    pub language: Option<String>,
    /// Place of delivery; the account's default address if absent.
    #[oai(nullable)]
    pub delivery_address: Option<PostalAddressBody>,
    /// Address of the bill; the place of delivery if absent.
    #[oai(nullable)]
    pub billing_address: Option<PostalAddressBody>,
    /// Delivery methods in the place of the cart's: id of the method by id of the seller.
    #[oai(nullable)]
    pub delivery: Option<BTreeMap<String, i64>>,
    /// Note to the sellers, in the place of the cart's.
    #[oai(nullable, validator(max_length = 1000))]
    pub note: Option<String>,
    /// Payment.
    pub payment: PaymentBody,
    /// Sum that the shopper was shown, in minor units: another one is refused.
    #[oai(nullable)]
    pub expected_total: Option<i64>,
}

/// Payment of a purchase.
#[derive(Debug, Object, Deserialize)]
pub struct PaymentBody {
    /// Name of the provider, such as `manual`; the first of the marketplace if absent.
    #[oai(nullable, validator(max_length = 40))]
    pub provider: Option<String>,
    /// What the shopper's browser got from the provider. Never the number of a card.
    #[oai(nullable, validator(max_length = 200))]
    pub method: Option<String>,
}

/// Code that confirms a payment.
#[derive(Debug, Object, Deserialize)]
pub struct ConfirmationBody {
    /// The code.
    #[oai(validator(max_length = 40))]
    pub code: String,
}

/// Reason of a customer.
#[derive(Debug, Object, Deserialize)]
pub struct ReasonBody {
    /// The reason, in the customer's words.
    #[oai(nullable, validator(max_length = 1000))]
    pub reason: Option<String>,
}

/// Returns `Some(None)` for what is to be removed.
pub(super) fn emptied(text: Option<String>) -> Option<Option<String>> {
    text.map(|text| Some(text).filter(|text| !text.trim().is_empty()))
}
