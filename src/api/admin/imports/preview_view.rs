//! Preview of an import on the wire.

use std::collections::BTreeMap;

use poem_openapi::Object;
use serde::Serialize;
use souk_catalogue_io::import::{ColumnPreview, FilePreview, ProductPreview, RowFault};

use super::response::AdminImportLoss;
use crate::{api::admin::products::request::StatusBody, imports::Preview};

/// Preview of an import.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ImportPreview", skip_serializing_if_is_none)]
pub struct AdminImportPreview {
    /// Profile, such as `shopify`.
    pub profile: String,
    /// Name of the profile for people.
    pub title: String,
    /// Columns by which the profile was recognised.
    pub recognised_by: Vec<String>,
    /// Packing, from the outside in, such as `gzip`.
    pub packing: Vec<String>,
    /// Syntax, for people.
    pub syntax: String,
    /// Encoding, for people.
    pub encoding: String,
    /// Columns that are imported.
    pub columns: Vec<AdminImportColumn>,
    /// Columns that are left out.
    pub left_out: AdminLeftOut,
    /// Number of products that the file no longer has and that will be archived, with `replace_seller`; absent if not the
    /// whole file was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub archived: Option<u64>,
    /// Doubt that only a person can settle, by `price_unit` or `accept_doubts`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
    /// Number of rows read.
    pub rows: u64,
    /// True if the whole file was read.
    pub complete: bool,
    /// Number of products of these rows; absent for Souk's own exports.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products_total: Option<u64>,
    /// The first three products as they will be.
    pub products: Vec<AdminImportProduct>,
    /// Number of rows with faults, which will be skipped.
    pub skipped: u64,
    /// The first faults, at most 20.
    pub faults: Vec<AdminImportFault>,
    /// Omissions from the rows read.
    pub losses: Vec<AdminImportLoss>,
}

/// A column that is imported.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ImportColumn", skip_serializing_if_is_none)]
pub struct AdminImportColumn {
    /// Name in the file.
    pub name: String,
    /// Use, such as `title` or `attribute Colour`.
    pub meaning: String,
    /// Reading of its amounts, such as the decimal mark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<String>,
}

/// Columns that are left out.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ImportLeftOut")]
pub struct AdminLeftOut {
    /// Never public, such as costs and suppliers.
    pub private: Vec<String>,
    /// Of use to the other system only.
    pub technical: Vec<String>,
}

/// A product as it will be.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ImportProduct", skip_serializing_if_is_none)]
pub struct AdminImportProduct {
    /// Id within the file.
    pub external_id: String,
    /// Title.
    pub title: String,
    /// Status.
    pub status: StatusBody,
    /// Currency of its prices.
    pub currency: String,
    /// Lowest price in minor units; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_min: Option<i64>,
    /// Highest price in minor units; absent if it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub price_max: Option<i64>,
    /// Units of all variants.
    pub stock: i64,
    /// Number of variants.
    pub variants: u64,
    /// Options of the first variant.
    pub options: BTreeMap<String, String>,
    /// Addresses of its images.
    pub images: Vec<String>,
    /// Brand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// Names of its categories, from the root.
    pub category: Vec<String>,
}

/// A row that will be skipped.
#[derive(Debug, Object, Serialize)]
#[oai(rename = "ImportFault", skip_serializing_if_is_none)]
pub struct AdminImportFault {
    /// Line that the row begins on, from 1.
    pub line: u64,
    /// Id of its product, if it is readable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Field at fault; absent if the row as a whole is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Reason.
    pub reason: String,
}

impl From<Preview> for AdminImportPreview {
    fn from(previewed: Preview) -> Self {
        let Preview {
            preview,
            summary,
            faults,
            complete,
        } = previewed;
        // A job has one file.
        let file = preview.files.into_iter().next();
        let FilePreview {
            profile,
            title,
            told: _,
            recognised_by,
            packing,
            syntax,
            encoding,
            columns,
            private,
            technical,
            ignored: _,
        } = file.unwrap_or_default();
        let losses = summary.losses.iter();
        Self {
            profile,
            title,
            recognised_by,
            packing,
            syntax,
            encoding,
            columns: columns.into_iter().map(AdminImportColumn::from).collect(),
            archived: preview.archived,
            left_out: AdminLeftOut { private, technical },
            doubt: preview.doubt,
            rows: summary.read,
            complete,
            products_total: preview.products_total,
            products: preview
                .products
                .into_iter()
                .map(AdminImportProduct::from)
                .collect(),
            skipped: summary.skipped,
            faults: faults.into_iter().map(AdminImportFault::from).collect(),
            losses: losses
                .map(|(loss, count)| AdminImportLoss {
                    count: *count,
                    what: loss.to_string(),
                })
                .collect(),
        }
    }
}

impl From<ColumnPreview> for AdminImportColumn {
    fn from(column: ColumnPreview) -> Self {
        Self {
            name: column.name,
            meaning: column.meaning,
            mark: column.mark,
        }
    }
}

impl From<ProductPreview> for AdminImportProduct {
    fn from(product: ProductPreview) -> Self {
        Self {
            external_id: product.external_id,
            title: product.title,
            status: product.status.into(),
            currency: product.currency.code().to_owned(),
            price_min: product.price.map(|(least, _)| least),
            price_max: product.price.map(|(_, most)| most),
            stock: product.stock,
            variants: product.variants as u64,
            options: product.options.into_iter().collect(),
            images: product.images,
            brand: product.brand,
            category: product.category,
        }
    }
}

impl From<RowFault> for AdminImportFault {
    fn from(fault: RowFault) -> Self {
        Self {
            line: fault.line,
            external_id: fault.external_id,
            field: fault.field,
            reason: fault.reason,
        }
    }
}
