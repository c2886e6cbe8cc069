//! Figures of goods that somebody means to buy: terms are read here, and the domain computes.

use std::collections::HashMap;

use souk_domain::{
    Currency, DeliveryMethodId, PromotionId, SellerId, TenantId,
    ordering::{
        ChosenDelivery, CommissionRate, CommissionRates, DeliveryMethod, OfferedPromotion,
        Promotion, PromotionCode, PromotionUses, Quote, QuoteInput, QuoteLine, TaxPlace, TaxRate,
        TaxRates, quote,
    },
};
use souk_store::{SellableOffer, Stored};

use crate::{error::CommerceError, service::CommerceService};

/// Goods of one row.
pub(crate) struct Wanted<'a> {
    /// Key of the row.
    pub(crate) key: i64,
    pub(crate) offer: &'a SellableOffer,
    pub(crate) quantity: i64,
}

/// Conditions of figures besides the goods.
pub(crate) struct Circumstances<'a> {
    pub(crate) currency: Currency,
    pub(crate) destination: Option<TaxPlace>,
    /// Chosen delivery methods, by sellers.
    pub(crate) delivery: Vec<(SellerId, DeliveryMethodId)>,
    pub(crate) codes: &'a [String],
    /// Name that uses of promotions are counted under; none while it is not known who buys.
    pub(crate) customer: Option<String>,
    /// True if the customer has bought before.
    pub(crate) has_bought: bool,
    pub(crate) at_ms: i64,
}

/// Figures, and the promotions that they may have.
pub(crate) struct Priced {
    pub(crate) quote: Quote,
    pub(crate) promotions: Vec<Promotion>,
}

impl CommerceService {
    /// Computes what goods cost.
    pub(crate) async fn price(
        &self,
        tenant: TenantId,
        wanted: &[Wanted<'_>],
        given: Circumstances<'_>,
    ) -> Result<Priced, CommerceError> {
        let scope = self.store.scope(tenant);
        let methods = scope.terms::<DeliveryMethod>().list().await?;
        let tax_rates = scope.terms::<TaxRate>().list().await?;
        let commission_rates = scope.terms::<CommissionRate>().list().await?;
        let promotions = scope.terms::<Promotion>().list().await?;
        let uses = match &given.customer {
            Some(customer) => scope.promotion_uses_of(customer).await?,
            None => HashMap::new(),
        };
        let promotions = offered(promotions, given.codes, &uses);
        let lines = wanted.iter().map(|wanted| QuoteLine {
            key: wanted.key,
            seller: wanted.offer.seller,
            product: wanted.offer.product,
            variant: wanted.offer.key.variant,
            offer: wanted.offer.key.offer,
            // The domain takes paths from the root down.
            category_path: wanted.offer.categories.iter().rev().copied().collect(),
            unit_price: wanted.offer.price,
            quantity: wanted.quantity,
            weight_g: wanted.offer.weight_g,
        });
        let lines: Vec<QuoteLine> = lines.collect();
        let sells = |seller| lines.iter().any(|line| line.seller == seller);
        let chosen = given
            .delivery
            .into_iter()
            .filter(|(seller, _)| sells(*seller));
        let chosen = chosen.map(|(seller, method)| ChosenDelivery { seller, method });
        let input = QuoteInput {
            currency: given.currency,
            tax_pricing: scope.tax_pricing().await?,
            destination: given.destination,
            chosen: chosen.collect(),
            methods: terms_of(methods),
            tax_rates: TaxRates(terms_of(tax_rates)),
            promotions: promotions.clone(),
            codes: given.codes.to_vec(),
            first_order: !given.has_bought,
            commission_rates: CommissionRates(terms_of(commission_rates)),
            at_ms: given.at_ms,
            lines,
        };
        Ok(Priced {
            quote: quote(&input)?,
            promotions: promotions.into_iter().map(|it| it.promotion).collect(),
        })
    }
}

fn terms_of<T>(stored: Vec<Stored<T>>) -> Vec<T> {
    stored.into_iter().map(|stored| stored.terms).collect()
}

/// Returns the promotions that apply by themselves, and those whose codes were given.
fn offered(
    promotions: Vec<Stored<Promotion>>,
    codes: &[String],
    uses: &HashMap<PromotionId, i64>,
) -> Vec<OfferedPromotion> {
    let codes: Vec<PromotionCode> = codes.iter().filter_map(|code| code.parse().ok()).collect();
    let promotions = promotions.into_iter().filter(|stored| {
        let code = stored.terms.code.as_ref();
        code.is_none_or(|code| codes.contains(code))
    });
    let promotions = promotions.map(|stored| OfferedPromotion {
        uses: PromotionUses {
            total: stored.uses,
            by_customer: uses.get(&stored.terms.id).copied().unwrap_or(0),
        },
        promotion: stored.terms,
    });
    promotions.collect()
}
