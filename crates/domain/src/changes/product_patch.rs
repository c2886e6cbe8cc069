//! Changes of a product that name only what differs, as a JSON merge patch (RFC 7396) does.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::{
    Attributes, Condition, Currency, Image, InvalidField, Prices, ProductInput, ProductStatus,
    RatingTotals, SellerOffer, StockPolicy, VariantInput,
    checks::{MAX_KEY_CHARS, required},
    product::{MAX_VARIANTS, gtin::check_gtin},
    same_value,
    text::{tidied, tidy},
};

/// Change of a property that may be absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Change<T> {
    /// Leaves it as it is.
    #[default]
    Keep,
    /// Takes it away.
    Remove,
    /// Replaces it.
    Set(T),
}

/// Change of a product. `None` leaves a property as it is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ProductPatch {
    /// Id that the writer gives it.
    pub external_id: Option<String>,
    /// URL slug.
    pub slug: Option<String>,
    /// Title.
    pub title: Option<String>,
    /// Plain text; empty for none.
    pub description: Option<String>,
    /// Brand.
    pub brand: Change<String>,
    /// Visibility to shoppers.
    pub status: Option<ProductStatus>,
    /// Slug of its category.
    pub category: Change<String>,
    /// Slug of its fandom.
    pub fandom: Change<String>,
    /// Slugs of all its further categories; empty for none.
    pub further_categories: Option<Vec<String>>,
    /// Slugs of all its further fandoms; empty for none.
    pub further_fandoms: Option<Vec<String>>,
    /// Slug of its seller.
    pub seller: Option<String>,
    /// Values of the attributes that change; `None` takes an attribute away. Others stay.
    pub attributes: Change<BTreeMap<String, Option<Vec<String>>>>,
    /// All of its tags; empty for none.
    pub tags: Option<Vec<String>>,
    /// All of its images; empty for none.
    pub images: Option<Vec<Image>>,
    /// Currency of all its prices.
    pub currency: Option<Currency>,
    /// Variants to be changed or added. Others stay.
    pub variants: Vec<VariantPatch>,
    /// SKUs of variants to be deleted. Those that it does not have are passed over.
    pub remove_variants: Vec<String>,
    /// Ratings collected elsewhere.
    pub ratings: Option<RatingTotals>,
    /// Popularity.
    pub popularity: Option<i64>,
    /// Creation time in milliseconds since 1970 UTC.
    pub created_at_ms: Option<i64>,
}

/// Change of the variant with a SKU, or a new variant. `None` leaves a property as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct VariantPatch {
    /// Stock keeping unit, by which the variant is found.
    pub sku: String,
    /// Global trade item number (EAN, UPC).
    pub gtin: Change<String>,
    /// Values of the options that change; `None` takes an option away. Others stay.
    pub options: Change<BTreeMap<String, Option<String>>>,
    /// Minor units of the product's currency; required for a new variant.
    pub price: Option<i64>,
    /// Regular price in minor units. If it stays and is not above the new price, it goes, and the dates of the sale with it.
    pub list_price: Change<i64>,
    /// First moment of the sale, in milliseconds since 1970 UTC.
    pub sale_from_ms: Change<i64>,
    /// Moment after the sale, in milliseconds since 1970 UTC.
    pub sale_until_ms: Change<i64>,
    /// Units in stock; none for a new variant.
    pub stock: Option<i64>,
    /// Meaning of the stock.
    pub stock_policy: Option<StockPolicy>,
    /// Condition of the goods.
    pub condition: Option<Condition>,
    /// All offers of other sellers; empty for none.
    pub offers: Option<Vec<SellerOffer>>,
    /// Weight in grams.
    pub weight_g: Change<i64>,
    /// Length in millimetres.
    pub length_mm: Change<i64>,
    /// Width in millimetres.
    pub width_mm: Change<i64>,
    /// Height in millimetres.
    pub height_mm: Change<i64>,
}

/// Product that a patch results in.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchedProduct {
    /// The whole product.
    pub input: ProductInput,
    /// Parts that the patch does not name.
    pub kept: KeptParts,
}

/// Parts of a product that an update leaves untouched, whatever is stored there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeptParts {
    /// Attributes.
    pub attributes: bool,
    /// Images.
    pub images: bool,
    /// Variants.
    pub variants: bool,
}

impl ProductPatch {
    /// Returns the external id that the patch names, tidied.
    ///
    /// # Errors
    /// If it is missing or cannot be one.
    pub fn key(&self) -> Result<String, InvalidField> {
        let key = tidied(self.external_id.as_deref().unwrap_or_default());
        required("external_id", &key, MAX_KEY_CHARS)?;
        Ok(key)
    }

    /// Applies the patch to a product. Parts that it does not name are not checked.
    ///
    /// # Errors
    /// Naming the field of the patch that is at fault, such as `variants[2].price`.
    pub fn applied_to(self, current: ProductInput) -> Result<PatchedProduct, InvalidField> {
        let mut patched = self.merged_with(current)?;
        let PatchedProduct { input, kept } = &mut patched;
        input.check_texts()?;
        if !kept.attributes {
            input.check_attributes()?;
        }
        if !kept.images {
            input.check_images()?;
        }
        input.check_tags()?;
        input.check_totals()?;
        Ok(patched)
    }

    /// Returns a new product, with prices in `currency` unless the patch names another.
    ///
    /// # Errors
    /// If the patch lacks what a new product needs, or is invalid.
    pub fn into_input(self, currency: Currency) -> Result<ProductInput, InvalidField> {
        self.merged_with(blank(currency))?.input.validated()
    }

    fn merged_with(self, current: ProductInput) -> Result<PatchedProduct, InvalidField> {
        let kept = KeptParts {
            attributes: self.attributes == Change::Keep,
            images: self.images.is_none(),
            variants: self.variants.is_empty() && self.remove_variants.is_empty(),
        };
        let mut input = current;
        set(&mut input.external_id, self.external_id);
        set(&mut input.title, self.title);
        set(&mut input.description, self.description);
        set(&mut input.status, self.status);
        set(&mut input.further_categories, self.further_categories);
        set(&mut input.further_fandoms, self.further_fandoms);
        set(&mut input.tags, self.tags);
        set(&mut input.images, self.images);
        set(&mut input.currency, self.currency);
        for (value, given) in [
            (&mut input.slug, self.slug),
            (&mut input.seller, self.seller),
        ] {
            *value = given.or_else(|| value.take());
        }
        self.brand.apply_to(&mut input.brand);
        self.category.apply_to(&mut input.category);
        self.fandom.apply_to(&mut input.fandom);
        merge(&mut input.attributes, self.attributes);
        if !kept.variants {
            let stored = std::mem::take(&mut input.variants);
            merge_variants(&mut input, stored, self.variants, self.remove_variants)?;
        }
        input.ratings = self.ratings.or(input.ratings);
        input.popularity = self.popularity.or(input.popularity);
        input.created_at_ms = self.created_at_ms.or(input.created_at_ms);
        Ok(PatchedProduct { input, kept })
    }
}

impl VariantPatch {
    fn applied_to(self, stored: Option<&VariantInput>) -> Result<VariantInput, InvalidField> {
        let mut variant = match (stored, self.price) {
            (Some(stored), _) => stored.clone(),
            (None, Some(price)) => new_variant(self.sku, price),
            (None, None) => {
                return Err(InvalidField::new("price", "is required for a new variant"));
            }
        };
        if let Change::Set(mut gtin) = self.gtin {
            // One that is stored and stays may be older than the check.
            tidy(&mut gtin);
            variant.gtin = Some(gtin).filter(|gtin| !gtin.is_empty());
            if let Some(gtin) = &mut variant.gtin {
                check_gtin("gtin", gtin)?;
            }
        } else {
            self.gtin.apply_to(&mut variant.gtin);
        }
        merge(&mut variant.options, self.options);
        set(&mut variant.price, self.price);
        set(&mut variant.stock, self.stock);
        set(&mut variant.stock_policy, self.stock_policy);
        set(&mut variant.condition, self.condition);
        variant.offers = self.offers;
        if self.list_price == Change::Keep && variant.list_price <= Some(variant.price) {
            variant.set_prices(Prices::of(variant.price));
        }
        self.list_price.apply_to(&mut variant.list_price);
        self.sale_from_ms.apply_to(&mut variant.sale_from_ms);
        self.sale_until_ms.apply_to(&mut variant.sale_until_ms);
        let measures = &mut variant.measures;
        self.weight_g.apply_to(&mut measures.weight_g);
        self.length_mm.apply_to(&mut measures.length_mm);
        self.width_mm.apply_to(&mut measures.width_mm);
        self.height_mm.apply_to(&mut measures.height_mm);
        Ok(variant)
    }
}

impl<T> Change<T> {
    fn apply_to(self, value: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Remove => *value = None,
            Self::Set(new) => *value = Some(new),
        }
    }
}

impl From<ProductInput> for PatchedProduct {
    fn from(input: ProductInput) -> Self {
        Self {
            input,
            kept: KeptParts::default(),
        }
    }
}

fn set<T>(value: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *value = given;
    }
}

/// Merges named values into a map.
fn merge<T: PartialEq>(
    map: &mut BTreeMap<String, T>,
    changes: Change<BTreeMap<String, Option<T>>>,
) {
    match changes {
        Change::Keep => {}
        Change::Remove => map.clear(),
        Change::Set(changes) => {
            for (name, value) in changes {
                // Who names an attribute means it in whatever spelling it has.
                let known = match map.contains_key(&name) {
                    true => None,
                    false => map.keys().find(|own| same_value(own, &name)).cloned(),
                };
                let name = known.unwrap_or(name);
                match value {
                    Some(value) => drop(map.insert(name, value)),
                    None => drop(map.remove(&name)),
                }
            }
        }
    }
}

/// Gives a product its stored variants with changes: changed ones keep their places, new ones follow.
fn merge_variants(
    input: &mut ProductInput,
    stored: Vec<VariantInput>,
    patches: Vec<VariantPatch>,
    mut removed: Vec<String>,
) -> Result<(), InvalidField> {
    let by_sku: HashMap<&str, &VariantInput> = stored
        .iter()
        .map(|variant| (variant.sku.as_str(), variant))
        .collect();
    for (index, mut patch) in patches.into_iter().enumerate() {
        tidy(&mut patch.sku);
        let stored = by_sku.get(patch.sku.as_str()).copied();
        let variant = patch.applied_to(stored);
        let variant = variant.map_err(|invalid| invalid.within(&format!("variants[{index}]")))?;
        input.variants.push(variant);
    }
    // Checked while their places are those in the patch.
    if !input.variants.is_empty() {
        input.check_variants()?;
    }

    removed.iter_mut().for_each(tidy);
    let mut named: BTreeMap<String, VariantInput> = BTreeMap::new();
    let mut order = Vec::new();
    for variant in input.variants.drain(..) {
        order.push(variant.sku.clone());
        named.insert(variant.sku.clone(), variant);
    }
    for (index, sku) in removed.iter().enumerate() {
        if named.contains_key(sku) {
            let field = format!("remove_variants[{index}]");
            return Err(InvalidField::new(field, "must not be in `variants` too"));
        }
    }
    let removed: BTreeSet<String> = removed.into_iter().collect();
    let kept = stored
        .into_iter()
        .filter(|variant| !removed.contains(&variant.sku));
    let mut variants: Vec<VariantInput> = kept
        .map(|variant| named.remove(&variant.sku).unwrap_or(variant))
        .collect();
    variants.extend(order.iter().filter_map(|sku| named.remove(sku)));
    if variants.is_empty() {
        let message = "must leave the product at least one variant";
        return Err(InvalidField::new("remove_variants", message));
    }
    if variants.len() > MAX_VARIANTS {
        let message = format!("must leave the product at most {MAX_VARIANTS} variants");
        return Err(InvalidField::new("variants", message));
    }
    input.variants = variants;
    Ok(())
}

fn new_variant(sku: String, price: i64) -> VariantInput {
    VariantInput {
        sku,
        price,
        ..VariantInput::default()
    }
}

/// Product of which nothing is known yet.
pub(super) fn blank(currency: Currency) -> ProductInput {
    ProductInput {
        external_id: String::new(),
        slug: None,
        title: String::new(),
        description: String::new(),
        brand: None,
        status: ProductStatus::default(),
        category: None,
        further_categories: Vec::new(),
        fandom: None,
        further_fandoms: Vec::new(),
        seller: None,
        attributes: Attributes::new(),
        tags: Vec::new(),
        images: Vec::new(),
        currency,
        variants: Vec::new(),
        ratings: None,
        popularity: None,
        created_at_ms: None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::changes) fn shirt() -> ProductInput {
        let variant = |sku: &str, price| VariantInput {
            options: BTreeMap::from([("size".to_owned(), sku.to_owned())]),
            ..new_variant(sku.to_owned(), price)
        };
        ProductInput {
            external_id: "shirt".into(),
            title: "Shirt".into(),
            description: "Of cotton.".into(),
            brand: Some("Acme".into()),
            category: Some("clothing".into()),
            attributes: BTreeMap::from([("colour".into(), vec!["red".into()])]),
            images: vec!["/a.png".into()],
            variants: vec![variant("S", 1), variant("M", 2), variant("L", 3)],
            popularity: Some(7),
            ..blank(Currency::EUR)
        }
    }

    fn blamed(patch: ProductPatch) -> Option<String> {
        let invalid = patch.applied_to(shirt()).err()?;
        Some(invalid.field.into_owned())
    }

    fn variant(sku: &str) -> VariantPatch {
        VariantPatch {
            sku: sku.into(),
            ..VariantPatch::default()
        }
    }

    #[test]
    fn patch_of_nothing_changes_nothing() {
        let patched = ProductPatch::default().applied_to(shirt()).unwrap();
        assert_eq!(patched.input, shirt());
        let kept = patched.kept;
        assert!(kept.attributes && kept.images && kept.variants);
    }

    #[test]
    fn invalid_patch_names_the_field_by_its_place_in_the_patch() {
        let of = |variants: Vec<VariantPatch>, removed: &[&str]| ProductPatch {
            variants,
            remove_variants: removed.iter().map(|&sku| sku.into()).collect(),
            ..ProductPatch::default()
        };
        let negative = VariantPatch {
            price: Some(-1),
            ..variant("L")
        };
        for (patch, field) in [
            (of(vec![variant("S"), negative], &[]), "variants[1].price"),
            (of(vec![variant("XL")], &[]), "variants[0].price"),
            (
                of(vec![variant("S"), variant(" S")], &[]),
                "variants[1].sku",
            ),
            (of(vec![variant("S")], &["M", "S "]), "remove_variants[1]"),
            (of(vec![], &["S", "M", "L"]), "remove_variants"),
        ] {
            assert_eq!(blamed(patch).as_deref(), Some(field));
        }
        let nameless = ProductPatch {
            title: Some(" ".into()),
            ..ProductPatch::default()
        };
        assert_eq!(blamed(nameless).as_deref(), Some("title"));
    }

    #[test]
    fn list_price_stays_only_above_the_price() {
        let sale = Prices {
            price: 800,
            list_price: Some(1_000),
            sale_from_ms: Some(1),
            sale_until_ms: None,
        };
        let mut stored = shirt();
        stored.variants[0].set_prices(sale);
        let sku = stored.variants[0].sku.clone();
        let patched = |patch: VariantPatch| {
            let patch = ProductPatch {
                variants: vec![VariantPatch {
                    sku: sku.clone(),
                    ..patch
                }],
                ..ProductPatch::default()
            };
            let patched = patch.applied_to(stored.clone());
            patched.map(|patched| patched.input.variants[0].prices())
        };
        let price = |price| VariantPatch {
            price: Some(price),
            ..VariantPatch::default()
        };
        assert_eq!(patched(price(900)), Ok(Prices { price: 900, ..sale }));
        assert_eq!(patched(price(1_000)), Ok(Prices::of(1_000)));
        let open = VariantPatch {
            sale_from_ms: Change::Remove,
            ..VariantPatch::default()
        };
        let expected = Prices {
            sale_from_ms: None,
            ..sale
        };
        assert_eq!(patched(open), Ok(expected));
        let without = VariantPatch {
            list_price: Change::Remove,
            ..VariantPatch::default()
        };
        // The dates need it.
        let invalid = patched(without).unwrap_err();
        assert_eq!(invalid.field, "variants[0].list_price");
    }

    #[test]
    fn invalid_part_that_is_not_named_is_kept() {
        let stored = ProductInput {
            images: vec!["nowhere".into()],
            variants: vec![],
            ..shirt()
        };
        let patch = ProductPatch {
            popularity: Some(1),
            ..ProductPatch::default()
        };
        assert_eq!(patch.applied_to(stored).unwrap().input.popularity, Some(1));
    }

    #[test]
    fn patch_without_what_a_new_product_needs_names_it() {
        let missing = |patch: ProductPatch| {
            let invalid = patch.into_input(Currency::EUR).err()?;
            Some(invalid.field.into_owned())
        };
        let mut patch = ProductPatch::default();
        assert_eq!(missing(patch.clone()).as_deref(), Some("external_id"));
        patch.external_id = Some("mug".into());
        assert_eq!(missing(patch.clone()).as_deref(), Some("title"));
        patch.title = Some("Mug".into());
        assert_eq!(missing(patch.clone()).as_deref(), Some("variants"));
        patch.variants = vec![variant("M1")];
        assert_eq!(missing(patch.clone()).as_deref(), Some("variants[0].price"));
        patch.variants[0].price = Some(5);
        assert_eq!(missing(patch), None);
    }
}
