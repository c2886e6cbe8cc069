//! Fields that columns can be, by the names that `--map` and profiles give them.

macro_rules! fields {
    ($($field:ident $name:literal),+ $(,)?) => {
        /// A field that a column can be.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub(in crate::import) enum Field {
            $($field,)+
        }

        impl Field {
            pub(in crate::import) const ALL: &[Self] = &[$(Self::$field,)+];

            /// Name in `--map`, in profiles, and in reports of faults.
            pub(in crate::import) fn name(self) -> &'static str {
                match self {
                    $(Self::$field => $name,)+
                }
            }
        }
    };
}

fields! {
    ExternalId "external_id",
    // Rows of one group are one product; its value is the product's id.
    Group "group",
    // SKU of the parent row, or `id:N`.
    Parent "parent",
    // Variants that a parent row lists, with their options.
    Children "children",
    RowType "row_type",
    SkippedIf "skipped_if",
    Title "title",
    // A `name` beside a title is often the maker's part number.
    Name "name",
    Description "description",
    MoreDescription "more_description",
    Brand "brand",
    Status "status",
    Published "published",
    Visible "visible",
    Archived "archived",
    Slug "slug",
    Category "category",
    CategoryPath "category_path",
    FurtherCategories "further_categories",
    Tags "tags",
    Fandom "fandom",
    FandomName "fandom_name",
    FurtherFandoms "further_fandoms",
    Seller "seller",
    SellerName "seller_name",
    Price "price",
    ListPrice "list_price",
    SalePrice "sale_price",
    SaleFrom "sale_from",
    SaleTo "sale_to",
    SaleDates "sale_dates",
    OnSale "on_sale",
    DiscountAmount "discount_amount",
    DiscountPercent "discount_percent",
    // Says if a discount's amount is a percentage.
    DiscountMode "discount_mode",
    Surcharge "surcharge",
    Currency "currency",
    Sku "sku",
    VariantId "variant_id",
    Gtin "gtin",
    Stock "stock",
    Availability "availability",
    Backorders "backorders",
    Tracker "tracker",
    // Meaning of the stock, as Souk writes it.
    StockPolicy "stock_policy",
    // Of the goods, as Souk or others write it.
    Condition "condition",
    // Offers of further sellers, as Souk writes them.
    Offers "offers",
    FurtherSellers "further_sellers",
    Options "options",
    OptionNames "option_names",
    OptionValues "option_values",
    Variants "variants",
    Attributes "attributes",
    Images "images",
    VariantImage "variant_image",
    ImageAlt "image_alt",
    ImagePosition "image_position",
    Weight "weight",
    WeightUnit "weight_unit",
    Length "length",
    Width "width",
    Height "height",
    LengthUnit "length_unit",
    Ratings "ratings",
    Rating "rating",
    RatingCount "rating_count",
    RatingSum "rating_sum",
    Popularity "popularity",
    CreatedAt "created_at",
}

impl Field {
    /// The field of this name.
    pub(in crate::import) fn of_name(name: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|field| field.name() == name.trim())
    }

    /// Reports whether its values are amounts of money.
    pub(in crate::import) fn is_money(self) -> bool {
        matches!(
            self,
            Self::Price
                | Self::ListPrice
                | Self::SalePrice
                | Self::Surcharge
                | Self::DiscountAmount
        )
    }

    /// Reports whether several columns add up to it.
    pub(in crate::import) fn takes_all_columns(self) -> bool {
        matches!(
            self,
            Self::Images
                | Self::MoreDescription
                | Self::Stock
                | Self::ImageAlt
                | Self::Price
                | Self::Tags
        )
    }
}

/// Type of an attribute's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) enum ValueKind {
    Text,
    Number,
    Truth,
}

/// Use of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) enum Use {
    /// Possible fields, each with its rank among the columns that could be it; the lowest is taken.
    Fields(Vec<(Field, usize)>),
    Attribute(String, ValueKind),
    /// Sets variants apart where its values differ within a product; `true` if it does so in any case.
    Option(String, bool),
    /// Name and value of an option or attribute, by their number.
    OptionName(u32),
    OptionValue(u32),
    AttributeName(u32),
    AttributeValue(u32),
    /// Left out on demand.
    Ignored,
    /// Never public.
    Private,
    /// Means something to the other system only.
    Technical,
}

/// A column of `--map FIELD=COLUMN`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedColumn {
    pub(in crate::import) field: &'static str,
    pub(in crate::import) column: String,
}

impl std::str::FromStr for MappedColumn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse_mapped(text)
    }
}

/// Reads `FIELD=COLUMN`.
///
/// # Errors
/// If there is no such field.
pub(in crate::import) fn parse_mapped(text: &str) -> Result<MappedColumn, String> {
    let (field, column) = text.split_once('=').ok_or("is written as FIELD=COLUMN")?;
    let Some(known) = Field::of_name(field) else {
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
