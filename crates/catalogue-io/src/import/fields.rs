//! Mapping of columns to fields: by the options, then by names that catalogues commonly use.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// More column names than any real file has; past it, none is remembered.
const MOST_REMEMBERED: usize = 100_000;

macro_rules! fields {
    ($($field:ident $name:literal [$($alias:literal),* $(,)?]),+ $(,)?) => {
        /// A field that a column can be.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(super) enum Field {
            $($field,)+
        }

        impl Field {
            pub(super) const ALL: &[Self] = &[$(Self::$field,)+];

            /// Name in `--map` and in reports of faults.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$field => $name,)+
                }
            }

            /// Names of columns that are taken for it, the likeliest first.
            fn aliases(self) -> &'static [&'static str] {
                match self {
                    $(Self::$field => &[$($alias),*],)+
                }
            }
        }
    };
}

fields! {
    ExternalId "external_id" ["external_id", "id", "product_id", "item_id", "article_id"],
    Title "title" ["title", "product_title", "product_name", "name"],
    // A `name` beside a title is often the maker's part number.
    Name "name" ["name"],
    Description "description" [
        "description", "body", "long_description", "product_description", "short_description", "summary",
    ],
    Brand "brand" ["brand", "brand_name", "manufacturer", "maker", "supplier", "vendor"],
    Status "status" ["status"],
    Slug "slug" ["slug", "url_key"],
    Category "category" ["category", "product_category", "categories"],
    CategoryPath "category_path" ["category_path"],
    Fandom "fandom" ["fandom", "franchise"],
    FandomName "fandom_name" ["fandom_name"],
    Seller "seller" ["seller", "seller_slug", "shop", "merchant"],
    SellerName "seller_name" ["seller_name"],
    Price "price" ["price_minor", "price_cents", "price"],
    Currency "currency" ["currency", "currency_code", "price_currency"],
    Sku "sku" ["sku", "variant_sku", "mpn", "part_number", "manufacturer_part_number"],
    Gtin "gtin" ["gtin", "gtin13", "gtin14", "ean", "ean13", "upc", "barcode"],
    Stock "stock" [
        "stock", "stock_quantity", "quantity_in_stock", "inventory", "inventory_quantity", "quantity", "qty",
    ],
    Options "options" ["options"],
    Variants "variants" ["variants"],
    Attributes "attributes" ["attributes"],
    Images "images" [
        "images", "image", "image_url", "image_urls", "image_link", "additional_image_link", "img", "picture", "photo",
    ],
    Ratings "ratings" ["ratings"],
    Rating "rating" ["rating", "average_rating", "rating_average", "stars"],
    RatingCount "rating_count" ["rating_count", "ratings_count", "review_count", "reviews_count"],
    RatingSum "rating_sum" ["rating_sum"],
    Popularity "popularity" ["popularity", "units_sold"],
    CreatedAt "created_at" [
        "created_at_ms", "created_at", "date_created", "date_added", "date_released", "release_date", "published_at",
    ],
}

/// Columns of several images, as in `img_500x500` or `image_2`.
const IMAGE_PREFIXES: &[&str] = &["img_", "image_", "picture_", "photo_"];
const OPTION_PREFIXES: &[&str] = &["option_", "option:", "option."];
/// Type of an attribute's values by the prefix of its column.
const ATTRIBUTE_PREFIXES: &[(&str, ValueKind)] = &[
    ("attr_t_", ValueKind::Text),
    ("attr_n_", ValueKind::Number),
    ("attr_b_", ValueKind::Truth),
    ("attr_", ValueKind::Text),
    ("attribute:", ValueKind::Text),
];

/// Type of an attribute's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueKind {
    Text,
    Number,
    Truth,
}

/// Use of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Use {
    /// Possible fields, each with its rank among the columns that could be it; the lowest is taken.
    Fields(Vec<(Field, usize)>),
    Attribute(String, ValueKind),
    Option(String),
    Ignored,
}

/// A column of `--map FIELD=COLUMN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedColumn {
    field: &'static str,
    column: String,
}

/// Reads `FIELD=COLUMN`.
///
/// # Errors
/// If there is no such field.
pub(super) fn parse_mapped(text: &str) -> Result<MappedColumn, String> {
    let (field, column) = text.split_once('=').ok_or("is written as FIELD=COLUMN")?;
    let known = Field::ALL.iter().find(|known| known.name() == field.trim());
    let Some(known) = known else {
        let names: Vec<_> = Field::ALL.iter().map(|field| field.name()).collect();
        return Err(format!(
            "no field `{field}`; there are: {}",
            names.join(", ")
        ));
    };
    match column.trim() {
        "" => Err(format!("no column for `{field}`")),
        column => Ok(MappedColumn {
            field: known.name(),
            column: column.to_owned(),
        }),
    }
}

/// Finds the use of each column, and remembers it.
pub(super) struct Mapping {
    fields: HashMap<String, Vec<(Field, usize)>>,
    ignored: HashSet<String>,
    remembered: HashMap<Arc<str>, Arc<Use>>,
}

impl Mapping {
    pub(super) fn new(mapped: &[MappedColumn], ignored: &[String]) -> Self {
        let mut fields: HashMap<String, Vec<(Field, usize)>> = HashMap::new();
        for &field in Field::ALL {
            let own: Vec<_> = mapped
                .iter()
                .filter(|own| own.field == field.name())
                .collect();
            let names: Vec<String> = match own.is_empty() {
                true => field
                    .aliases()
                    .iter()
                    .map(|&alias| alias.to_owned())
                    .collect(),
                false => own.iter().map(|own| plain(&own.column)).collect(),
            };
            for (rank, name) in names.into_iter().enumerate() {
                fields.entry(name).or_default().push((field, rank));
            }
        }
        // A column that was given to a field by name is nothing else by its name.
        for own in mapped {
            if let Some(uses) = fields.get_mut(&plain(&own.column)) {
                uses.retain(|(field, _)| {
                    mapped.iter().any(|other| {
                        other.field == field.name() && plain(&other.column) == plain(&own.column)
                    })
                });
            }
        }
        Self {
            fields,
            ignored: ignored.iter().map(|name| plain(name)).collect(),
            remembered: HashMap::new(),
        }
    }

    /// Use of a column.
    pub(super) fn use_of(&mut self, column: &Arc<str>) -> Arc<Use> {
        if let Some(known) = self.remembered.get(column) {
            return known.clone();
        }
        let found = Arc::new(self.find(column));
        if self.remembered.len() < MOST_REMEMBERED {
            self.remembered.insert(column.clone(), found.clone());
        }
        found
    }

    fn find(&self, column: &str) -> Use {
        let name = plain(column);
        if self.ignored.contains(&name) || name.is_empty() {
            return Use::Ignored;
        }
        if let Some(fields) = self.fields.get(&name) {
            return Use::Fields(fields.clone());
        }
        if let Some(rank) = image_rank(&name) {
            return Use::Fields(vec![(Field::Images, rank)]);
        }
        if let Some(option) = after_prefix(column, OPTION_PREFIXES) {
            return Use::Option(readable(option));
        }
        for (prefix, kind) in ATTRIBUTE_PREFIXES {
            if let Some(attribute) = after_prefix(column, &[prefix]) {
                return Use::Attribute(readable(attribute), *kind);
            }
        }
        Use::Attribute(readable(column), ValueKind::Text)
    }
}

/// A column's name as aliases are written: `Image URL` and `image-url` are `image_url`.
fn plain(column: &str) -> String {
    let lower = column.trim().to_lowercase();
    lower.replace([' ', '-'], "_")
}

/// Underscores as spaces, each run of them one, and no colon, which an attribute's name cannot have.
pub(super) fn readable(column: &str) -> String {
    let words: Vec<&str> = column
        .split(|c: char| c == '_' || c == ':' || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

fn after_prefix<'a>(column: &'a str, prefixes: &[&str]) -> Option<&'a str> {
    let column = column.trim();
    prefixes.iter().find_map(|prefix| {
        let start = column.get(..prefix.len())?;
        let rest = &column[prefix.len()..];
        (start.eq_ignore_ascii_case(prefix) && !rest.is_empty()).then_some(rest)
    })
}

fn image_rank(name: &str) -> Option<usize> {
    let rest = after_prefix(name, IMAGE_PREFIXES)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    // Behind the main image's names, in the order of their numbers.
    let number: usize = rest[..digits].parse().ok()?;
    Some(100 + number.min(100_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn use_in(mapping: &mut Mapping, column: &str) -> Use {
        (*mapping.use_of(&Arc::from(column))).clone()
    }

    #[test]
    fn common_names_are_known() {
        let mut mapping = Mapping::new(&[], &["notes".to_owned()]);
        assert_eq!(
            use_in(&mut mapping, "Supplier"),
            Use::Fields(vec![(Field::Brand, 4)])
        );
        assert_eq!(
            use_in(&mut mapping, "Image URL"),
            Use::Fields(vec![(Field::Images, 2)])
        );
        assert_eq!(
            use_in(&mut mapping, "img_500x500"),
            Use::Fields(vec![(Field::Images, 600)])
        );
        assert_eq!(
            use_in(&mut mapping, "Option:Size"),
            Use::Option("Size".into())
        );
        assert_eq!(use_in(&mut mapping, "Notes"), Use::Ignored);
        assert_eq!(
            use_in(&mut mapping, "attr_n_weight__with_stand_"),
            Use::Attribute("weight with stand".into(), ValueKind::Number)
        );
        assert_eq!(
            use_in(&mut mapping, "size: EU"),
            Use::Attribute("size EU".into(), ValueKind::Text)
        );
        assert_eq!(
            use_in(&mut mapping, "é"),
            Use::Attribute("é".into(), ValueKind::Text)
        );
    }

    #[test]
    fn options_come_before_common_names() {
        let mapped = [
            parse_mapped("brand=maker").unwrap(),
            parse_mapped("sku=name").unwrap(),
        ];
        let mut mapping = Mapping::new(&mapped, &[]);
        assert_eq!(
            use_in(&mut mapping, "maker"),
            Use::Fields(vec![(Field::Brand, 0)])
        );
        assert_eq!(
            use_in(&mut mapping, "name"),
            Use::Fields(vec![(Field::Sku, 0)])
        );
        assert_eq!(
            use_in(&mut mapping, "supplier"),
            Use::Attribute("supplier".into(), ValueKind::Text)
        );
        assert!(parse_mapped("colour=c").unwrap_err().contains("no field"));
        assert!(parse_mapped("brand").is_err());
    }
}
