//! Products and documents with sensible defaults: a test names only what it is about.

use std::collections::{BTreeMap, BTreeSet};

use souk_domain::{
    Attributes, Condition, Currency, Image, Label, PriceRange, ProductDocument, ProductId,
    ProductInput, ProductStatus, RatingTotals, StockPolicy, TenantId, VariantDocument, VariantId,
    VariantInput, slugify,
};

/// An active product with one variant at 10.00 EUR, three in stock. Its title is the external id.
pub fn product(external_id: &str) -> ProductBuilder {
    ProductBuilder {
        input: ProductInput {
            external_id: external_id.to_owned(),
            slug: None,
            title: external_id.to_owned(),
            description: String::new(),
            brand: None,
            status: ProductStatus::Active,
            category: None,
            further_categories: Vec::new(),
            fandom: None,
            further_fandoms: Vec::new(),
            seller: None,
            attributes: Attributes::new(),
            tags: Vec::new(),
            images: Vec::new(),
            currency: Currency::EUR,
            variants: vec![variant(external_id, 1_000, 3)],
            ratings: None,
            popularity: None,
            created_at_ms: None,
        },
    }
}

fn variant(sku: &str, price: i64, stock: i64) -> VariantInput {
    VariantInput {
        sku: sku.to_owned(),
        price,
        stock,
        ..VariantInput::default()
    }
}

/// Builds a [`ProductInput`].
#[derive(Debug, Clone)]
#[must_use]
pub struct ProductBuilder {
    input: ProductInput,
}

macro_rules! optional_texts {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        pub fn $name(mut self, $name: &str) -> Self {
            self.input.$name = Some($name.to_owned());
            self
        }
    )+};
}

impl ProductBuilder {
    optional_texts! {
        /// Sets its slug.
        slug,
        /// Sets its brand.
        brand,
        /// Sets its category, by slug.
        category,
        /// Sets its fandom, by slug.
        fandom,
        /// Sets its seller, by slug.
        seller,
    }

    /// Sets its title.
    pub fn title(mut self, title: &str) -> Self {
        self.input.title = title.to_owned();
        self
    }

    /// Sets its description.
    pub fn description(mut self, description: &str) -> Self {
        self.input.description = description.to_owned();
        self
    }

    /// Sets its status.
    pub fn status(mut self, status: ProductStatus) -> Self {
        self.input.status = status;
        self
    }

    /// Adds a value of an attribute.
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        let values = self.input.attributes.entry(name.to_owned()).or_default();
        values.push(value.to_owned());
        self
    }

    /// Adds an image.
    pub fn image(mut self, address: &str) -> Self {
        self.input.images.push(address.into());
        self
    }

    /// Adds an image with a text that stands for it, of some variants or of all.
    pub fn image_of(mut self, address: &str, alt: &str, skus: &[&str]) -> Self {
        self.input.images.push(Image {
            alt: Some(alt.to_owned()),
            variants: skus.iter().map(|sku| (*sku).to_owned()).collect(),
            ..address.into()
        });
        self
    }

    /// Sets the price of every variant it has so far.
    pub fn price(mut self, minor: i64) -> Self {
        for variant in &mut self.input.variants {
            variant.price = minor;
        }
        self
    }

    /// Sets the stock of every variant it has so far.
    pub fn stock(mut self, stock: i64) -> Self {
        for variant in &mut self.input.variants {
            variant.stock = stock;
        }
        self
    }

    /// Sets the list price of every variant it has so far, and the dates of the sale.
    pub fn sale(mut self, list_price: i64, from_ms: Option<i64>, until_ms: Option<i64>) -> Self {
        for variant in &mut self.input.variants {
            variant.list_price = Some(list_price);
            variant.sale_from_ms = from_ms;
            variant.sale_until_ms = until_ms;
        }
        self
    }

    /// Sets the stock policy of every variant it has so far.
    pub fn stock_policy(mut self, policy: StockPolicy) -> Self {
        for variant in &mut self.input.variants {
            variant.stock_policy = policy;
        }
        self
    }

    /// Adds a further category, by slug.
    pub fn further_category(mut self, slug: &str) -> Self {
        self.input.further_categories.push(slug.to_owned());
        self
    }

    /// Adds a further fandom, by slug.
    pub fn further_fandom(mut self, slug: &str) -> Self {
        self.input.further_fandoms.push(slug.to_owned());
        self
    }

    /// Adds a tag.
    pub fn tag(mut self, tag: &str) -> Self {
        self.input.tags.push(tag.to_owned());
        self
    }

    /// Takes away the variant it began with.
    pub fn without_variants(mut self) -> Self {
        self.input.variants.clear();
        self
    }

    /// Adds a variant.
    pub fn variant(mut self, sku: &str, price: i64, stock: i64, options: &[(&str, &str)]) -> Self {
        let options = options
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        self.input.variants.push(VariantInput {
            options,
            ..variant(sku, price, stock)
        });
        self
    }

    /// Sets ratings collected elsewhere.
    pub fn ratings(mut self, count: u32, sum: u64) -> Self {
        self.input.ratings = Some(RatingTotals { count, sum });
        self
    }

    /// Sets its popularity.
    pub fn popularity(mut self, popularity: i64) -> Self {
        self.input.popularity = Some(popularity);
        self
    }

    /// Sets when it was created.
    pub fn created_at(mut self, milliseconds: i64) -> Self {
        self.input.created_at_ms = Some(milliseconds);
        self
    }

    /// The product.
    pub fn build(self) -> ProductInput {
        self.input
    }
}

impl From<ProductBuilder> for ProductInput {
    fn from(builder: ProductBuilder) -> Self {
        builder.input
    }
}

/// A document of tenant 1 with one variant at 10.00 EUR, three in stock, made at the millisecond of its id.
pub fn document(id: i64, title: &str) -> DocumentBuilder {
    let external_id = format!("p-{id}");
    DocumentBuilder {
        document: ProductDocument {
            tenant_id: TenantId(1),
            id: ProductId(id),
            slug: format!("{}-{id}", slugify(title)),
            title: title.to_owned(),
            description: String::new(),
            brand: None,
            categories: Vec::new(),
            further_categories: Vec::new(),
            fandom: None,
            further_fandoms: Vec::new(),
            seller: Label::new("souk", "Souk"),
            attributes: Attributes::new(),
            unsearched: BTreeSet::new(),
            numbers: BTreeMap::new(),
            codes: vec![external_id.clone()],
            image: None,
            image_alt: None,
            price: PriceRange {
                min: 1_000,
                max: 1_000,
                currency: Currency::EUR,
            },
            list_price: None,
            lowest_price_30d: None,
            stock: 3,
            available: true,
            rating: None,
            rating_count: 0,
            popularity: 0,
            created_at_ms: id,
            variants: vec![VariantDocument {
                id: VariantId(id),
                sku: external_id.clone(),
                options: BTreeMap::new(),
                numbers: BTreeMap::new(),
                price: 1_000,
                list_price: None,
                lowest_price_30d: None,
                stock: 3,
                available: true,
                image: None,
                image_alt: None,
                seller: None,
                condition: Condition::New,
            }],
            external_id,
        },
    }
}

/// Builds a [`ProductDocument`].
#[derive(Debug, Clone)]
#[must_use]
pub struct DocumentBuilder {
    document: ProductDocument,
}

impl DocumentBuilder {
    /// Sets its tenant.
    pub fn tenant(mut self, tenant: TenantId) -> Self {
        self.document.tenant_id = tenant;
        self
    }

    /// Sets its description.
    pub fn description(mut self, description: &str) -> Self {
        self.document.description = description.to_owned();
        self
    }

    /// Sets its brand.
    pub fn brand(mut self, brand: &str) -> Self {
        self.document.brand = Some(brand.to_owned());
        self
    }

    /// Sets its category and that category's ancestors as slug and name, root first.
    pub fn categories(mut self, path: &[(&str, &str)]) -> Self {
        self.document.categories = path
            .iter()
            .map(|(slug, name)| Label::new(*slug, *name))
            .collect();
        self
    }

    /// Adds a further category with its ancestors as slug and name, root first.
    pub fn further_category(mut self, path: &[(&str, &str)]) -> Self {
        let path = path
            .iter()
            .map(|(slug, name)| Label::new(*slug, *name))
            .collect();
        self.document.further_categories.push(path);
        self
    }

    /// Adds a further fandom.
    pub fn further_fandom(mut self, slug: &str, name: &str) -> Self {
        self.document.further_fandoms.push(Label::new(slug, name));
        self
    }

    /// Sets its fandom.
    pub fn fandom(mut self, slug: &str, name: &str) -> Self {
        self.document.fandom = Some(Label::new(slug, name));
        self
    }

    /// Sets its seller.
    pub fn seller(mut self, slug: &str, name: &str) -> Self {
        self.document.seller = Label::new(slug, name);
        self
    }

    /// Adds a value of an attribute.
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        let values = self.document.attributes.entry(name.to_owned()).or_default();
        values.push(value.to_owned());
        values.sort();
        values.dedup();
        self
    }

    /// Adds a code: a part number, SKU or GTIN.
    pub fn code(mut self, code: &str) -> Self {
        self.document.codes.push(code.to_owned());
        self
    }

    /// Sets the price of the product and of every variant it has.
    pub fn price(mut self, minor: i64) -> Self {
        self.document.price.min = minor;
        self.document.price.max = minor;
        for variant in &mut self.document.variants {
            variant.price = minor;
        }
        self
    }

    /// Sets the stock, all of it in the first variant.
    pub fn stock(mut self, stock: i64) -> Self {
        self.document.stock = stock;
        self.document.available = stock > 0;
        for (index, variant) in self.document.variants.iter_mut().enumerate() {
            variant.stock = if index == 0 { stock } else { 0 };
            variant.available = variant.stock > 0;
        }
        self
    }

    /// Sets the mean rating and how many ratings it comes from.
    pub fn rating(mut self, rating: f32, count: u32) -> Self {
        self.document.rating = Some(rating);
        self.document.rating_count = count;
        self
    }

    /// Sets its popularity.
    pub fn popularity(mut self, popularity: i64) -> Self {
        self.document.popularity = popularity;
        self
    }

    /// Sets when it was created.
    pub fn created_at(mut self, milliseconds: i64) -> Self {
        self.document.created_at_ms = milliseconds;
        self
    }

    /// The document.
    pub fn build(self) -> ProductDocument {
        self.document
    }
}

impl From<DocumentBuilder> for ProductDocument {
    fn from(builder: DocumentBuilder) -> Self {
        builder.document
    }
}
