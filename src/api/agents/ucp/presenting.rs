//! Products as agents read them.

use serde_json::{Map, Value, json};
use souk_catalogue_io::export::ShopLinks;
use souk_domain::{BuyBox, Currency, Image, StockPolicy, VariantDocument, VariantId};
use souk_store::{ProductRecord, VariantRecord};

use super::ids;
use super::options::options_of;
use super::wire::{
    Availability, Barcode, Category, Description, Media, Price, PriceRange, Product, Rating,
    SelectedOption, Seller, Variant,
};
use crate::{
    agents::ExtensionName,
    api::agents::{content::clean, origin::Origin},
    api::views::{ConditionName, OfferView, two_decimals},
    cdn::MediaBase,
};

/// Taxonomy of categories that are the marketplace's own.
const OWN_TAXONOMY: &str = "merchant";
/// Longest description of a product in a list, in characters.
const LISTED_CHARS: usize = 1_000;

/// Form of the products of one answer.
#[derive(Debug)]
pub(crate) struct Presenting {
    /// Origin of addresses without a host.
    pub(crate) origin: Origin,
    /// Base of images without a host.
    pub(crate) media: MediaBase,
    /// Links into the shop.
    pub(crate) links: Option<ShopLinks>,
    /// Name of the extension.
    pub(crate) extension: Option<ExtensionName>,
    /// True in lists, where long descriptions are cut.
    pub(crate) is_list: bool,
}

impl Presenting {
    /// Returns a product with all its variants in their order; none if nobody offers any.
    pub(crate) fn product(&self, record: &ProductRecord) -> Option<Product> {
        let variants: Vec<Variant> = record
            .variants
            .iter()
            .filter_map(|variant| self.variant(record, variant))
            .collect();
        let price_range = range(variants.iter().map(|variant| &variant.price))?;
        let is_reduced = variants.iter().any(|variant| variant.list_price.is_some());
        let regular = variants
            .iter()
            .map(|variant| variant.list_price.as_ref().unwrap_or(&variant.price));
        let list_price_range = range(regular).filter(|_| is_reduced);
        let categories = record.category.iter().chain(&record.further_categories);
        let of_all = |image: &&Image| image.variants.is_empty();
        let own = record.images.iter().filter(|image| !of_all(image));
        let images = record.images.iter().filter(of_all).chain(own);
        let description = clean(&record.description);
        Some(Product {
            id: ids::product(record.id),
            handle: record.slug.clone(),
            title: clean(&record.title),
            description: Description {
                plain: match self.is_list {
                    true => shortened(description),
                    false => description,
                },
            },
            url: self.url(record, None),
            categories: categories
                .map(|category| Category {
                    value: category.slug.clone(),
                    taxonomy: OWN_TAXONOMY,
                })
                .collect(),
            price_range,
            list_price_range,
            media: images.filter_map(|image| self.media(image)).collect(),
            options: options_of(&variants),
            selected: None,
            variants,
            rating: record.rating.map(|rating| Rating {
                value: two_decimals(rating),
                scale_min: 1,
                scale_max: 5,
                count: record.rating_count,
            }),
            tags: record.tags.iter().map(|tag| clean(tag)).collect(),
            metadata: metadata(record),
        })
    }

    fn variant(&self, record: &ProductRecord, variant: &VariantRecord) -> Option<Variant> {
        let offers = record.open_offers(variant);
        let offers = BuyBox::of(&offers)?;
        let leading = offers.leading();
        let price = |amount| Price {
            amount,
            currency: record.currency.code(),
        };
        let options: Vec<SelectedOption> = variant
            .options
            .iter()
            .map(|(name, label)| SelectedOption {
                name: clean(name),
                label: clean(label),
            })
            .collect();
        let labels: Vec<&str> = options.iter().map(|option| option.label.as_str()).collect();
        let told: Vec<String> = options
            .iter()
            .map(|option| format!("{}: {}", option.name, option.label))
            .collect();
        let title = match labels.is_empty() {
            true => clean(&record.title),
            false => labels.join(" / "),
        };
        let barcode = |value: &String| Barcode {
            kind: "GTIN",
            value: value.clone(),
        };
        let seller = leading.seller.as_ref().unwrap_or(&record.seller);
        let is_group = record.variants.len() > 1;
        Some(Variant {
            id: ids::variant(variant.id),
            sku: variant.sku.clone(),
            barcodes: variant.gtin.iter().map(barcode).collect(),
            description: Description {
                plain: match told.is_empty() {
                    true => title.clone(),
                    false => told.join(", "),
                },
            },
            title,
            url: self.url(record, is_group.then_some(variant.sku.as_str())),
            price: price(leading.price),
            list_price: leading.list_price.map(price),
            availability: availability(record, variant, leading),
            options,
            media: record
                .images_of(&variant.sku)
                .filter_map(|image| self.media(image))
                .collect(),
            seller: Seller {
                name: clean(&seller.name),
            },
            inputs: Vec::new(),
            extension: self.terms(&offers, record.currency),
        })
    }

    /// Terms of a variant in the extension: lowest price before its reduction, condition, and offers of several sellers.
    fn terms(&self, offers: &BuyBox<'_>, currency: Currency) -> Map<String, Value> {
        let mut extension = Map::new();
        let Some(name) = &self.extension else {
            return extension;
        };
        let leading = offers.leading();
        let mut terms = Map::new();
        terms.insert(
            "condition".to_owned(),
            json!(ConditionName::from(leading.condition)),
        );
        if let Some(lowest) = leading.lowest_price_30d {
            let lowest = json!({"amount": lowest, "currency": currency.code()});
            terms.insert("lowest_price_30d".to_owned(), lowest);
        }
        if leading.seller.is_some() {
            let mut views = OfferView::list(offers, currency);
            for view in &mut views {
                view.seller.name = clean(&view.seller.name);
            }
            terms.insert("offers".to_owned(), json!(views));
        }
        extension.insert(name.as_str().to_owned(), terms.into());
        extension
    }

    fn url(&self, record: &ProductRecord, sku: Option<&str>) -> Option<String> {
        Some(self.links.as_ref()?.product(&record.slug, sku))
    }

    /// An image with an absolute address; none if it has no valid one.
    fn media(&self, image: &Image) -> Option<Media> {
        let mut url = image.url.clone();
        self.media.place(&mut url);
        if url.starts_with("//") {
            url.insert_str(0, "https:");
        } else if url.starts_with('/') {
            url.insert_str(0, self.origin.as_str());
        }
        let url: reqwest::Url = url.parse().ok()?;
        Some(Media {
            kind: "image",
            url: url.into(),
            alt_text: image.alt.as_deref().map(clean),
        })
    }
}

/// Puts a variant first.
pub(crate) fn lead_with(product: &mut Product, id: VariantId) {
    let id = ids::variant(id);
    let place = product.variants.iter().position(|own| own.id == id);
    lead(product, place);
}

/// Puts the variant first that stands for a product.
pub(crate) fn lead_with_featured(product: &mut Product) {
    lead(product, featured(product));
}

fn lead(product: &mut Product, place: Option<usize>) {
    if let Some(place) = place {
        product.variants[..=place].rotate_right(1);
    }
}

/// Returns the variant that stands for a product: one that can be bought, of these the cheapest, of these the first.
pub(crate) fn featured(product: &Product) -> Option<usize> {
    let places = product.variants.iter().enumerate();
    let best = places.min_by_key(|(_, own)| (!own.availability.available, own.price.amount))?;
    Some(best.0)
}

fn range<'a>(prices: impl Iterator<Item = &'a Price> + Clone) -> Option<PriceRange> {
    Some(PriceRange {
        min: prices.clone().min_by_key(|price| price.amount)?.clone(),
        max: prices.max_by_key(|price| price.amount)?.clone(),
    })
}

fn availability(
    record: &ProductRecord,
    variant: &VariantRecord,
    leading: &VariantDocument,
) -> Availability {
    let seller = leading.seller.as_ref();
    let policy = match seller.filter(|seller| **seller != record.seller) {
        None => Some(variant.stock_policy),
        Some(seller) => {
            let mut offers = variant.offers.iter();
            let own = offers.find(|offer| offer.seller == *seller);
            own.map(|offer| offer.stock_policy)
        }
    };
    let status = match leading.available {
        false => "out_of_stock",
        true if policy == Some(StockPolicy::Backorder) && leading.stock <= 0 => "backorder",
        true => "in_stock",
    };
    Availability {
        available: leading.available,
        status,
    }
}

fn metadata(record: &ProductRecord) -> Map<String, Value> {
    let mut metadata = Map::new();
    if let Some(brand) = &record.brand {
        metadata.insert("brand".to_owned(), json!(clean(brand)));
    }
    if let Some(fandom) = &record.fandom {
        metadata.insert("fandom".to_owned(), json!(clean(&fandom.name)));
    }
    let attributes: Map<String, Value> = record
        .attributes
        .iter()
        .map(|(name, values)| {
            let values: Vec<String> = values.iter().map(|value| clean(value)).collect();
            (clean(name), json!(values))
        })
        .collect();
    if !attributes.is_empty() {
        metadata.insert("attributes".to_owned(), attributes.into());
    }
    metadata
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(LISTED_CHARS) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}
