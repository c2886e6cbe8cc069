//! Products assembled from their rows.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use souk_domain::{Currency, InvalidField, Label, is_gtin, parse_slug, slugify};

use super::categories::{categories, further_categories, name_of_code};
use super::columns::Columns;
use super::dates;
use super::details::images::images;
use super::details::measures::measures;
use super::group::Group;
use super::kinds::{Kind, Part, kind};
use super::money::PriceUnit;
use super::names::name_of_slug;
use super::offers::{Terms, offer};
use super::options::Options;
use super::own::{further_sellers, given_offers, given_variants};
use super::properties::properties;
use super::ratings::ratings;
use super::references::{further_fandoms, reference};
use super::visibility::Visibility;
use super::{email, text, value};
use crate::import::gather::facts::Facts;
use crate::import::imported::{Product, Reference, Variant};
use crate::import::losses::{Loss, Losses, lose};
use crate::import::profile::fields::Field;
use crate::import::profile::known::{Others, Profile};
use crate::import::profile::mapping::Mapping;
use crate::import::report::RowFault;
use crate::import::syntax::row::Row;

/// A file whose rows are assembled.
pub(in crate::import) struct FileReading {
    pub mapping: Mapping,
    pub facts: Facts,
    /// Currency that the header names.
    pub currency: Option<Currency>,
}

/// Assembles products.
pub(in crate::import) struct Assembler {
    pub files: Vec<FileReading>,
    pub currency: Currency,
    pub unit: Option<PriceUnit>,
    /// Slug of the seller of rows that name none.
    pub seller: Option<String>,
    pub losses: Losses,
    /// Ids that were made of titles.
    pub made_ids: HashSet<String>,
}

/// Outcome of the rows of one product.
#[derive(Default)]
pub(in crate::import) struct Assembled {
    pub product: Option<Product>,
    pub faults: Vec<RowFault>,
    /// Rows that are a further variant.
    pub further_variants: u64,
}

impl Assembler {
    /// Sorts a row out.
    pub(in crate::import) fn part(&mut self, file: usize, row: Row) -> Part {
        let (line, bytes) = (row.line, row.bytes);
        let mapping = &mut self.files[file].mapping;
        let profile = mapping.profile().clone();
        let keep_rest = profile.others == Others::Attributes && !profile.exact;
        let columns = Columns::of(row, mapping, keep_rest);
        Part {
            line,
            bytes,
            file,
            kind: kind(&profile, &columns),
            columns,
        }
    }

    /// Makes a product of its rows.
    pub(in crate::import) fn assemble(&mut self, rows: Vec<(u8, Row)>) -> Assembled {
        let parts: Vec<Part> = rows
            .into_iter()
            .map(|(file, row)| self.part(usize::from(file), row))
            .filter(|part| part.kind != Kind::Skip)
            .collect();
        let mut assembled = Assembled::default();
        if parts.is_empty() {
            return assembled;
        }
        let line = parts[0].line;
        let mut id = None;
        match self.product(&parts, &mut assembled, &mut id) {
            Ok(product) => assembled.product = product,
            Err(invalid) => assembled
                .faults
                .push(RowFault::of_field(line, id.as_deref(), invalid)),
        }
        assembled
    }

    fn product(
        &mut self,
        parts: &[Part],
        assembled: &mut Assembled,
        shown_id: &mut Option<String>,
    ) -> Result<Option<Product>, InvalidField> {
        let profiles: Vec<Arc<Profile>> = self
            .files
            .iter()
            .map(|file| file.mapping.profile().clone())
            .collect();
        let group = Group::of(parts, &profiles);
        let head = group.head_profile(&profiles);
        let title_given = group.title(&head);
        let (id, made) = self.id(&group, &title_given);
        let Some(id) = id else {
            return Err(InvalidField::new("external_id", "is required"));
        };
        *shown_id = Some(id.clone());
        let part_number = if head.name == "generic" {
            group.part_number(&title_given)
        } else {
            None
        };
        let title = match title_given {
            Some(title) => title,
            None if matches!(head.name.as_str(), "generic" | "souk") || made => {
                return Err(InvalidField::new("title", "is required"));
            }
            None => {
                lose(&mut self.losses, Loss::NoTitle, 1);
                name_of_code(&id)
            }
        };
        let mut variants: Vec<Variant> = Vec::new();
        let mut of_parts: Vec<usize> = Vec::new();
        let listed = group.listed_options();
        let soft = group.differing_options(&head);
        let visibility = Visibility::of(&group, &head, &soft);
        let single = group.variants.len() == 1;
        for &index in &group.variants {
            let part = &parts[index];
            if let Some(given) = part.columns.get(Field::Variants) {
                let currency = self.row_currency(&part.columns)?;
                for variant in given_variants(given, currency, part.line)? {
                    variants.push(variant);
                    of_parts.push(index);
                }
                continue;
            }
            // What a row that is not taken loses is no loss.
            let before = visibility.hides(index).then(|| self.losses.clone());
            let (mut variant, fault) = self.variant(&group, part, &profiles, &listed, &soft);
            if variant.sku.is_none() && single {
                variant.sku.clone_from(&part_number);
            }
            // A row of a variant that is there already says it anew.
            let again = variants.iter().position(|known| {
                known.options == variant.options
                    && (known.sku == variant.sku || known.sku.is_none() || variant.sku.is_none())
                    && head.name == "generic"
            });
            if let Some(before) = before {
                self.losses = before;
                lose(&mut self.losses, Loss::HiddenVariant, 1);
                if let Some(at) = again {
                    variants.remove(at);
                    of_parts.remove(at);
                }
                continue;
            }
            if let Some(invalid) = fault {
                let fault = RowFault::of_field(part.line, Some(&id), invalid);
                assembled.faults.push(fault);
                // One of several goes on without a price, so that it keeps the one that is stored.
                if single || head.exact {
                    continue;
                }
            }
            match again {
                Some(at) => {
                    if variant.offer.price.is_none() {
                        let known = &variants[at].offer;
                        variant.offer.price = known.price;
                        variant.offer.list_price = known.list_price;
                        variant.offer.sale = known.sale;
                    }
                    variants[at] = variant;
                }
                None => {
                    if !variants.is_empty() {
                        assembled.further_variants += 1;
                    }
                    variants.push(variant);
                    of_parts.push(index);
                }
            }
        }
        let has_price = variants.iter().any(|variant| variant.offer.price.is_some());
        if !assembled.faults.is_empty() && (head.exact || !has_price) {
            return Ok(None);
        }
        group.apply_rules(&mut variants);
        let profile_refs: Vec<&Profile> = profiles.iter().map(|profile| &**profile).collect();
        let images = images(parts, &profile_refs, &of_parts, &mut self.losses)?;
        let first = group
            .first(Field::Seller)
            .or_else(|| group.first(Field::SellerName));
        let seller = match first {
            Some(columns) => reference(columns, Field::Seller, Field::SellerName)?,
            None => None,
        };
        let seller = seller.or_else(|| {
            let slug = self.seller.as_deref()?;
            Some(Reference {
                label: Label::new(slug, name_of_slug(slug)),
                by_slug: true,
            })
        });
        let fandom = match group.first(Field::Fandom) {
            Some(columns) => reference(columns, Field::Fandom, Field::FandomName)?,
            None => None,
        };
        let mut found_categories = Vec::new();
        for part in group.in_order() {
            let own = categories(&profiles[part.file], &part.columns, &mut self.losses);
            for path in own {
                if !found_categories.contains(&path) {
                    found_categories.push(path);
                }
            }
            if !found_categories.is_empty() && part.kind != Kind::Product {
                break;
            }
        }
        if head.exact && visibility.unknown > 0 {
            return Err(InvalidField::new(
                "status",
                "there are: draft, active, archived",
            ));
        }
        lose(&mut self.losses, Loss::UnknownStatus, visibility.unknown);
        if let Some(columns) = group.first(Field::FurtherCategories) {
            let further = further_categories(columns)?;
            if found_categories.is_empty() && !further.is_empty() {
                found_categories.push(Vec::new());
            }
            found_categories.extend(further);
        }
        let further_fandoms = match group.first(Field::FurtherFandoms) {
            Some(columns) => further_fandoms(columns)?,
            None => Vec::new(),
        };
        let further_sellers = match group.first(Field::FurtherSellers) {
            Some(columns) => further_sellers(columns)?,
            None => Vec::new(),
        };
        let bytes = parts.iter().map(|part| part.bytes).sum();
        let product = Product {
            line: parts[0].line,
            bytes,
            slug: self.slug(&group, &head),
            description: group.description(&head),
            brand: group
                .text(Field::Brand)
                .map(|brand| {
                    if head.exact {
                        brand
                    } else {
                        text::line(&brand.replace("\\,", ","))
                    }
                })
                .filter(|brand| !brand.trim().is_empty()),
            status: visibility.status,
            categories: found_categories,
            tags: group.tags(&head, &mut self.losses),
            fandom,
            further_fandoms,
            seller,
            further_sellers,
            images,
            attributes: properties(&group, &head, &variants, &soft, &mut self.losses)?,
            ratings: group
                .in_order()
                .find_map(|part| ratings(&part.columns, &mut self.losses)),
            popularity: group
                .text(Field::Popularity)
                .and_then(|text| text.trim().trim_end_matches(".0").parse().ok())
                .filter(|popularity| *popularity >= 0),
            created_at_ms: self.created_at(&group),
            complete: head.exact,
            variants,
            id,
            title,
        };
        Ok(Some(product))
    }

    /// The product's id, and whether it was made of its title.
    fn id(&mut self, group: &Group<'_>, title: &Option<String>) -> (Option<String>, bool) {
        let clean = |text: Option<String>| {
            text.map(|text| text.trim().to_owned())
                .filter(|text| !text.is_empty())
        };
        let given = clean(group.text(Field::Group)).or_else(|| {
            // Variants without their parent's row still know its id.
            let orphans = group
                .parts
                .iter()
                .all(|part| part.columns.get(Field::Parent).is_some());
            let parent = clean(group.text(Field::Parent)).filter(|_| orphans);
            parent
                .map(|parent| {
                    parent
                        .strip_prefix("id:")
                        .map(str::to_owned)
                        .unwrap_or(parent)
                })
                .or_else(|| clean(group.text(Field::ExternalId)))
                .or_else(|| clean(group.text(Field::Sku)))
                .or_else(|| clean(group.text(Field::Gtin)).filter(|gtin| is_gtin(gtin)))
        });
        if given.is_some() {
            return (given, false);
        }
        let part_number = title.as_ref().and_then(|_| group.part_number(title));
        if part_number.is_some() {
            return (part_number, false);
        }
        let slug = title
            .as_deref()
            .map(slugify)
            .filter(|slug| !slug.is_empty());
        let is_generic = group.parts.first().is_some_and(|_| group.generic);
        let Some(slug) = slug.filter(|_| !is_generic) else {
            return (None, false);
        };
        let mut made = slug.clone();
        let mut number = 2;
        while !self.made_ids.insert(made.clone()) {
            made = format!("{slug}-{number}");
            number += 1;
        }
        (Some(made), true)
    }

    fn slug(&mut self, group: &Group<'_>, head: &Profile) -> Option<String> {
        let given = group.text(Field::Slug)?;
        let given = given.trim();
        // An address ends in it.
        let last = given
            .trim_matches('/')
            .rsplit('/')
            .next()
            .unwrap_or_default();
        let slug = if head.exact { given } else { last };
        if parse_slug(slug).is_ok() {
            return Some(slug.to_owned());
        }
        lose(&mut self.losses, Loss::Slug, 1);
        None
    }

    fn created_at(&mut self, group: &Group<'_>) -> Option<i64> {
        let columns = group.first(Field::CreatedAt)?;
        let in_ms = columns
            .column(Field::CreatedAt)
            .is_some_and(|name| name.ends_with("_ms"));
        let found = dates::time_ms(columns.get(Field::CreatedAt)?, in_ms);
        lose(&mut self.losses, Loss::Date, usize::from(found.is_none()));
        found
    }

    fn row_currency(&self, columns: &Columns) -> Result<Currency, InvalidField> {
        let Some(code) = columns.text(Field::Currency) else {
            return Ok(self.currency);
        };
        Currency::from_code(&code.trim().to_uppercase()).ok_or_else(|| {
            InvalidField::new(
                "currency",
                format!("`{code}` is not a code of ISO 4217 such as EUR"),
            )
        })
    }

    /// Reads a variant, and the fault of its price if that cannot be read.
    fn variant(
        &mut self,
        group: &Group<'_>,
        part: &Part,
        profiles: &[Arc<Profile>],
        listed: &BTreeMap<String, Options>,
        soft: &HashSet<String>,
    ) -> (Variant, Option<InvalidField>) {
        let file = &self.files[part.file];
        let profile = &profiles[part.file];
        let parent = group.parent_of(part);
        let terms = Terms {
            profile,
            facts: &file.facts,
            unit: self.unit,
            currency: file.currency.unwrap_or(self.currency),
            has_tracker: file.mapping.has(Field::Tracker) && profile.name == "shopify",
            has_stock: file.mapping.has(Field::Stock) || file.mapping.has(Field::Availability),
        };
        let (mut offer, mut fault) = offer(&terms, &part.columns, parent, &mut self.losses);
        // A second file is about the first one's prices.
        if fault.is_none()
            && offer.price.is_none()
            && let Some(other) = group.parts.iter().find(|other| other.file != part.file)
        {
            let terms = Terms {
                facts: &self.files[other.file].facts,
                profile: &profiles[other.file],
                ..terms
            };
            let (base, of_base) =
                super::offers::offer(&terms, &other.columns, None, &mut self.losses);
            offer.price = base.price;
            fault = of_base;
        }
        offer.inherits &= !group.is_below_head(part);
        let further_offers = match given_offers(&part.columns) {
            Ok(offers) => offers,
            Err(invalid) => {
                fault = fault.or(Some(invalid));
                None
            }
        };
        let sku = part
            .columns
            .text(Field::Sku)
            .map(|sku| sku.trim().to_owned())
            .filter(|sku| !sku.is_empty());
        let mut options = group.options(part, listed, soft);
        if !profile.exact {
            email::remove_addresses(&mut options, &mut self.losses);
        }
        let variant_id = part
            .columns
            .text(Field::VariantId)
            .map(|id| id.trim().to_owned());
        let mut measures = measures(&part.columns, &mut self.losses);
        if let Some(parent) = parent {
            measures = measures.or(super::details::measures::measures(
                parent,
                &mut Losses::new(),
            ));
        }
        let variant = Variant {
            line: part.line,
            gtin: self.gtin(part, profile.exact),
            sku: sku.or(variant_id.filter(|id| !id.is_empty())),
            options,
            offer,
            further_offers,
            measures,
        };
        (variant, fault)
    }

    /// The first number whose check digit is right.
    fn gtin(&mut self, part: &Part, exact: bool) -> Option<String> {
        let given = part.columns.get(Field::Gtin)?;
        if exact {
            return value::text(given);
        }
        let texts = value::texts(given);
        let mut wrong = false;
        for text in &texts {
            for number in text.split([',', ';', ' ']) {
                if let Some(gtin) = gtin_of(number) {
                    return Some(gtin);
                }
                wrong |= number.bytes().any(|byte| byte.is_ascii_digit());
            }
        }
        lose(&mut self.losses, Loss::Gtin, usize::from(wrong));
        None
    }
}

/// A trade item number by its digits; numbers that lost leading zeros get them back.
fn gtin_of(text: &str) -> Option<String> {
    let digits: String = text.trim().trim_start_matches('\'').replace('-', "");
    if is_gtin(&digits) {
        return Some(digits);
    }
    let padded = format!("{digits:0>12}");
    let lost_zeros = (9..12).contains(&digits.len());
    (lost_zeros && is_gtin(&padded)).then_some(padded)
}
