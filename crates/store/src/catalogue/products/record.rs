//! A product as admins and exports see it.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, FromQueryResult, Value};
use serde::Serialize;
use souk_domain::{
    Attributes, BuyBox, CategoryId, Condition, Currency, FandomId, Image, Label, Measures,
    PriceRange, Prices, ProductId, ProductInput, ProductStatus, SellerId, StockPolicy, TAGS,
    VariantDocument, VariantId, VariantInput,
};

use super::{
    json_columns::{attributes_from, images_from, options_from, texts_from},
    places::{FurtherPlaces, Place, places_of},
    variants::{VariantRow, moment, variants_of},
};
use crate::{
    Backend, Scope, StoreError,
    backend::all,
    catalogue::offers::rows::{OfferRecord, offers_of, open_offers},
    etag,
};

/// A product with its variants.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProductRecord {
    /// Primary key.
    pub id: ProductId,
    /// The writer's own id, unique within the tenant.
    pub external_id: String,
    /// Slug for the product's URL, unique within the tenant.
    pub slug: String,
    /// Display title.
    pub title: String,
    /// Plain text; may be empty.
    pub description: String,
    /// Brand name.
    pub brand: Option<String>,
    /// Publication status.
    pub status: ProductStatus,
    /// True if it is hidden whatever its status: it has no variant, or its seller or category is closed.
    pub hidden: bool,
    /// Main category.
    pub category: Option<Label>,
    /// Further categories, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further_categories: Vec<Label>,
    /// Leading fandom.
    pub fandom: Option<Label>,
    /// Further fandoms, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub further_fandoms: Vec<Label>,
    /// Seller id.
    pub seller: Label,
    /// True if its own seller is closed, so that others alone may offer it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub is_seller_closed: bool,
    /// The same by their ids, which no writer sees.
    #[serde(skip)]
    pub references: RecordReferences,
    /// Attributes, without the variants' options.
    pub attributes: Attributes,
    /// Free keywords.
    pub tags: Vec<String>,
    /// Images, the first being the main one, with those variants of which there still are some.
    pub images: Vec<Image>,
    /// Currency of all its prices.
    pub currency: Currency,
    /// Variants, in order.
    pub variants: Vec<VariantRecord>,
    /// Price range over the variants.
    pub price: PriceRange,
    /// List price of the cheapest variant in minor units, if it is above that variant's price.
    pub list_price: Option<i64>,
    /// Lowest price that was charged for the cheapest variant in the 30 days before it was reduced, in minor units.
    pub lowest_price_30d: Option<i64>,
    /// Units in stock over its variants.
    pub stock: i64,
    /// True if any variant can be bought.
    pub available: bool,
    /// Mean of its ratings, 1 to 5, or none while nobody has rated it.
    pub rating: Option<f32>,
    /// Number of ratings.
    pub rating_count: u32,
    /// Sum of the ratings, from which the mean is derived.
    #[serde(skip)]
    pub rating_sum: u64,
    /// Popularity, a ranking signal.
    pub popularity: i64,
    /// Creation time, in milliseconds since 1970 UTC.
    pub created_at_ms: i64,
    /// Time of the last change, in milliseconds since 1970 UTC.
    pub updated_at_ms: i64,
}

/// Ids of the entities a product refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordReferences {
    /// Main and further categories.
    pub categories: Vec<CategoryId>,
    /// Leading and further fandoms.
    pub fandoms: Vec<FandomId>,
    /// Seller id.
    pub seller: SellerId,
}

/// A variant inside its product's record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VariantRecord {
    /// Primary key.
    pub id: VariantId,
    /// Stock keeping unit, unique within the product.
    pub sku: String,
    /// Global trade item number.
    pub gtin: Option<String>,
    /// Options that distinguish the variant, such as `size: M`.
    pub options: BTreeMap<String, String>,
    /// Prices and dates of the sale.
    #[serde(flatten)]
    pub prices: Prices,
    /// Price charged now, in minor units of the product's currency.
    pub current_price: i64,
    /// List price in minor units, if it is above the current price.
    pub reduced_from: Option<i64>,
    /// Lowest price that was charged in the 30 days before it was reduced, in minor units. None if it is not reduced, or
    /// was never charged before.
    pub lowest_price_30d: Option<i64>,
    /// Units in stock.
    pub stock: i64,
    /// Meaning of the stock.
    pub stock_policy: StockPolicy,
    /// Condition of the goods that the product's own seller offers.
    #[serde(skip_serializing_if = "Condition::is_new")]
    pub condition: Condition,
    /// Weight and size.
    #[serde(flatten)]
    pub measures: Measures,
    /// Offers of other sellers, from the oldest on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub offers: Vec<OfferRecord>,
}

impl VariantRecord {
    /// Reports whether it can be bought.
    pub fn is_available(&self) -> bool {
        self.stock_policy.is_available(self.stock)
    }
}

impl ProductRecord {
    /// Reports whether shoppers may see its page.
    pub fn is_public(&self) -> bool {
        self.status.is_public() && !self.hidden
    }

    /// Returns the offers of a variant whose sellers are not closed: its own seller's first, then the others from the oldest
    /// on. A product of one seller has one, whether the seller is closed or not.
    pub fn open_offers(&self, variant: &VariantRecord) -> Vec<VariantDocument> {
        let is_shared = self.variants.iter().any(|own| !own.offers.is_empty());
        let own = VariantDocument {
            id: variant.id,
            sku: variant.sku.clone(),
            options: BTreeMap::new(),
            numbers: BTreeMap::new(),
            price: variant.current_price,
            list_price: variant.reduced_from,
            lowest_price_30d: variant.lowest_price_30d,
            stock: variant.stock,
            available: variant.is_available(),
            image: None,
            image_alt: None,
            seller: is_shared.then(|| self.seller.clone()),
            condition: variant.condition,
        };
        let is_own_open = !is_shared || !self.is_seller_closed;
        open_offers(own, is_own_open, variant.offers.iter())
    }

    /// Gives each variant the terms of its leading offer, and leaves out variants that nobody offers. Of a product of one
    /// seller, all stays.
    #[must_use]
    pub fn with_leading_offers(mut self) -> Self {
        if self.variants.iter().all(|own| own.offers.is_empty()) {
            return self;
        }
        let variants = self.variants.iter().filter_map(|variant| {
            let offers = self.open_offers(variant);
            let leading = BuyBox::of(&offers)?.leading();
            let further = variant.offers.iter();
            let mut further = further.filter(|own| Some(&own.seller) == leading.seller.as_ref());
            let mut variant = variant.clone();
            if let Some(offer) = further.next().cloned() {
                variant.prices = offer.prices;
                variant.current_price = leading.price;
                variant.reduced_from = leading.list_price;
                variant.lowest_price_30d = leading.lowest_price_30d;
                variant.stock = offer.stock;
                variant.stock_policy = offer.stock_policy;
                variant.condition = offer.condition;
            }
            Some(variant)
        });
        self.variants = variants.collect();
        self
    }

    /// Leaves out attributes, options and tags by the attribute's name, and reports whether there were any.
    pub fn retain_attributes(&mut self, keeps: impl Fn(&str) -> bool) -> bool {
        let names = |record: &Self| {
            let options = record.variants.iter().map(|variant| variant.options.len());
            record.attributes.len() + options.sum::<usize>() + record.tags.len()
        };
        let before = names(self);
        self.attributes.retain(|name, _| keeps(name));
        for variant in &mut self.variants {
            variant.options.retain(|name, _| keeps(name));
        }
        if !keeps(TAGS) {
            self.tags.clear();
        }
        names(self) < before
    }

    /// Images that show one of its variants and not others.
    pub fn images_of<'a>(&'a self, sku: &'a str) -> impl Iterator<Item = &'a Image> {
        let shows = move |image: &&Image| image.names_variant(sku);
        self.images.iter().filter(shows)
    }

    /// Returns the strong entity tag of the content, in quotes.
    pub fn etag(&self) -> String {
        etag::of(self)
    }
}

#[derive(FromQueryResult)]
struct RecordRow {
    id: i64,
    external_id: String,
    slug: String,
    title: String,
    description: String,
    brand: Option<String>,
    status: String,
    is_hidden: i64,
    category_slug: Option<String>,
    category_name: Option<String>,
    fandom_slug: Option<String>,
    fandom_name: Option<String>,
    seller_slug: String,
    seller_name: String,
    category_id: Option<i64>,
    fandom_id: Option<i64>,
    seller_id: i64,
    attributes: String,
    tags: String,
    images: String,
    currency: String,
    price_min: i64,
    price_max: i64,
    list_price: Option<i64>,
    lowest_price: Option<i64>,
    price_changes_at: Option<i64>,
    offer_count: Option<i64>,
    seller_closed_at: Option<i64>,
    now: i64,
    stock: i64,
    available_count: i64,
    rating: Option<f64>,
    rating_count: i64,
    rating_sum: i64,
    popularity: i64,
    created_at: i64,
    updated_at: i64,
}

/// Records of a tenant, `$1`, that a further condition on `p` narrows.
pub(crate) fn select(backend: Backend) -> String {
    format!(
        "SELECT p.id, p.external_id, p.slug, p.title, p.description, p.brand, p.status, p.is_hidden,
            c.slug AS category_slug, c.name AS category_name, f.slug AS fandom_slug, f.name AS fandom_name,
            s.slug AS seller_slug, s.name AS seller_name, p.category_id, p.fandom_id, p.seller_id,
            CAST(p.attributes AS text) AS attributes, CAST(p.tags AS text) AS tags, CAST(p.images AS text) AS images,
            p.currency, p.price_min, p.price_max, p.list_price, p.lowest_price, p.price_changes_at,
            p.offer_count, s.closed_at AS seller_closed_at,
            p.stock, p.available_count, p.rating, p.rating_count, p.rating_sum, p.popularity, p.created_at, p.updated_at,
            {} AS now
     FROM products p
     JOIN sellers s ON s.tenant_id = p.tenant_id AND s.id = p.seller_id
     LEFT JOIN categories c ON c.tenant_id = p.tenant_id AND c.id = p.category_id
     LEFT JOIN fandoms f ON f.tenant_id = p.tenant_id AND f.id = p.fandom_id
     WHERE p.tenant_id = $1",
        backend.now()
    )
}

/// The records that a statement beginning with [`select`] finds, in its order.
pub(crate) async fn records(
    scope: &Scope,
    connection: &impl ConnectionTrait,
    sql: String,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<ProductRecord>, StoreError> {
    let statement = scope.store.backend().statement(sql, values);
    let rows: Vec<RecordRow> = all(connection, statement).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut variants = variants_of(scope, connection, rows.iter().map(|row| row.id)).await?;
    let shared = rows.iter().filter(|row| row.offer_count.is_some());
    let shared = shared.map(|row| row.id).collect();
    let mut offers = offers_of(scope, connection, shared).await?;
    let mut places = places_of(scope, connection, rows.iter().map(|row| row.id)).await?;
    let records = rows.into_iter().map(|row| {
        let variants = variants.remove(&row.id).unwrap_or_default();
        let places = places.remove(&row.id).unwrap_or_default();
        let offers = offers.remove(&row.id).unwrap_or_default();
        record(row, (variants, offers), places)
    });
    Ok(records.collect())
}

fn record(
    row: RecordRow,
    (variants, offers): (Vec<VariantRow>, Vec<OfferRecord>),
    places: FurtherPlaces,
) -> ProductRecord {
    let further = places.without(row.category_id, row.fandom_id);
    let categories = further.categories.iter().map(|place| place.id);
    let fandoms = further.fandoms.iter().map(|place| place.id);
    let references = RecordReferences {
        categories: row
            .category_id
            .into_iter()
            .chain(categories)
            .map(CategoryId)
            .collect(),
        fandoms: row
            .fandom_id
            .into_iter()
            .chain(fandoms)
            .map(FandomId)
            .collect(),
        seller: SellerId(row.seller_id),
    };
    let labels = |places: Vec<Place>| places.into_iter().map(|place| place.label).collect();
    let label = |slug: Option<String>, name: Option<String>| {
        slug.zip(name).map(|(slug, name)| Label { slug, name })
    };
    let moment = moment(row.now, row.price_changes_at);
    let mut images = images_from(&row.images);
    for image in &mut images {
        image.keep_variants(|sku| variants.iter().any(|variant| variant.sku == sku));
    }
    let currency = Currency::from_code(&row.currency).unwrap_or(Currency::XXX);
    ProductRecord {
        id: ProductId(row.id),
        external_id: row.external_id,
        slug: row.slug,
        title: row.title,
        description: row.description,
        brand: row.brand,
        status: row.status.parse().unwrap_or_default(),
        hidden: row.is_hidden != 0,
        category: label(row.category_slug, row.category_name),
        further_categories: labels(further.categories),
        fandom: label(row.fandom_slug, row.fandom_name),
        further_fandoms: labels(further.fandoms),
        seller: Label::new(row.seller_slug, row.seller_name),
        is_seller_closed: row.seller_closed_at.is_some(),
        references,
        attributes: attributes_from(&row.attributes),
        tags: texts_from(&row.tags),
        images,
        currency,
        variants: variants
            .into_iter()
            .map(|variant| {
                let own = offers.iter().filter(|offer| offer.variant.0 == variant.id);
                let own = own.map(|offer| offer.clone().at(moment)).collect();
                variant_record(variant, own, moment)
            })
            .collect(),
        price: PriceRange {
            min: row.price_min,
            max: row.price_max,
            currency,
        },
        list_price: row.list_price,
        lowest_price_30d: row.list_price.and(row.lowest_price),
        stock: row.stock,
        available: row.available_count > 0,
        rating: row.rating.map(|rating| rating as f32),
        rating_count: u32::try_from(row.rating_count).unwrap_or(u32::MAX),
        rating_sum: u64::try_from(row.rating_sum).unwrap_or_default(),
        popularity: row.popularity,
        created_at_ms: row.created_at,
        updated_at_ms: row.updated_at,
    }
}

fn variant_record(row: VariantRow, offers: Vec<OfferRecord>, moment: i64) -> VariantRecord {
    let prices = row.prices();
    VariantRecord {
        id: VariantId(row.id),
        prices,
        current_price: prices.current(moment),
        reduced_from: prices.reduced_from(moment),
        lowest_price_30d: row.lowest_price_at(moment),
        stock: row.stock,
        stock_policy: row.stock_policy(),
        condition: row.condition(),
        offers,
        measures: row.measures(),
        options: options_from(&row.options),
        sku: row.sku,
        gtin: row.gtin,
    }
}

/// The input that a change starts from. Writing it changes nothing: seller, ratings, popularity and time of creation are
/// left to what is stored.
impl From<ProductRecord> for ProductInput {
    fn from(record: ProductRecord) -> Self {
        let slugs = |labels: Vec<Label>| labels.into_iter().map(|label| label.slug).collect();
        Self {
            external_id: record.external_id,
            slug: Some(record.slug),
            title: record.title,
            description: record.description,
            brand: record.brand,
            status: record.status,
            category: record.category.map(|category| category.slug),
            further_categories: slugs(record.further_categories),
            fandom: record.fandom.map(|fandom| fandom.slug),
            further_fandoms: slugs(record.further_fandoms),
            seller: None,
            attributes: record.attributes,
            tags: record.tags,
            images: record.images,
            currency: record.currency,
            variants: record
                .variants
                .into_iter()
                .map(VariantInput::from)
                .collect(),
            ratings: None,
            popularity: None,
            created_at_ms: None,
        }
    }
}

impl From<VariantRecord> for VariantInput {
    fn from(record: VariantRecord) -> Self {
        let mut input = Self {
            sku: record.sku,
            gtin: record.gtin,
            options: record.options,
            stock: record.stock,
            stock_policy: record.stock_policy,
            condition: record.condition,
            measures: record.measures,
            ..Self::default()
        };
        input.set_prices(record.prices);
        input
    }
}
