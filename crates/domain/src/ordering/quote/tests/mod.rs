//! Quotes by example, and held to a plain model.

mod cases;
mod model;
mod promotions;
mod properties;

use super::*;
use crate::{
    CategoryId, Currency, DeliveryMethodId, ProductId, PromotionId, SellerId, TaxRateId, VariantId,
    ordering::{
        Benefit, CommissionRate, CommissionRates, DeliveryMethod, DeliveryPrice, OfferedPromotion,
        Promotion, PromotionBearer, PromotionConditions, PromotionLimits, PromotionUses, Stacking,
        TaxPlace, TaxPricing, TaxRate, TaxRates, WeightStep,
    },
};

/// Line of one seller's goods in a category below the root 1.
fn line(key: i64, seller: i64, category: i64, unit_price: i64, quantity: i64) -> QuoteLine {
    QuoteLine {
        key,
        seller: SellerId(seller),
        product: ProductId(key),
        variant: VariantId(key),
        offer: None,
        category_path: vec![CategoryId(1), CategoryId(category)],
        unit_price,
        quantity,
        weight_g: 400,
    }
}

fn method(seller: i64, price: DeliveryPrice) -> DeliveryMethod {
    DeliveryMethod {
        id: DeliveryMethodId(seller),
        seller: SellerId(seller),
        name: "Parcel".to_owned(),
        price,
        countries: None,
        transit_days: None,
        active: true,
    }
}

fn tax(id: i64, country: &str, category: Option<i64>, rate_ppm: i64) -> TaxRate {
    TaxRate {
        id: TaxRateId(id),
        name: "VAT".to_owned(),
        country: country.parse().unwrap(),
        region: None,
        category: category.map(CategoryId),
        rate_ppm,
        from_ms: None,
        until_ms: None,
    }
}

fn promotion(id: i64, benefit: Benefit) -> OfferedPromotion {
    let promotion = Promotion {
        id: PromotionId(id),
        name: format!("Promotion {id}"),
        code: None,
        benefit,
        conditions: PromotionConditions::default(),
        limits: PromotionLimits::default(),
        from_ms: None,
        until_ms: None,
        priority: 0,
        stacking: Stacking::Combinable,
        bearer: PromotionBearer::Marketplace,
        active: true,
    };
    OfferedPromotion {
        promotion,
        uses: PromotionUses::default(),
    }
}

/// Two sellers in Germany: 19 %, books (category 2) 7 %; parcels at 4.90, those of seller 2 free from 50.00; commission
/// 10 %.
fn input(lines: Vec<QuoteLine>) -> QuoteInput {
    let flat = DeliveryPrice::Flat { price: 490 };
    let free = DeliveryPrice::FreeFrom {
        price: 490,
        free_from: 5_000,
    };
    let chosen = |seller| ChosenDelivery {
        seller: SellerId(seller),
        method: DeliveryMethodId(seller),
    };
    let commission = CommissionRate {
        seller: None,
        category: None,
        basis_points: 1_000,
        floor: 0,
        cap: None,
    };
    QuoteInput {
        currency: Currency::EUR,
        tax_pricing: TaxPricing::Inclusive,
        destination: Some(TaxPlace {
            country: "DE".parse().unwrap(),
            region: None,
        }),
        lines,
        chosen: vec![chosen(1), chosen(2)],
        methods: vec![method(1, flat), method(2, free)],
        tax_rates: TaxRates(vec![
            tax(1, "DE", None, 190_000),
            tax(2, "DE", Some(2), 70_000),
            tax(3, "US", None, 88_750),
        ]),
        promotions: Vec::new(),
        codes: Vec::new(),
        first_order: false,
        commission_rates: CommissionRates(vec![commission]),
        at_ms: 1_000,
    }
}
