//! Published reviews of a product as shoppers read them: pages in four orders, and the number for each rating.

use sea_orm::{FromQueryResult, Statement, Value};
use souk_domain::{ProductId, ReviewId};

use super::{
    Reviews,
    record::{self, COLUMNS, ReviewRecord},
};
use crate::{Scope, StoreError, backend::all};

/// Order of reviews.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReviewOrder {
    /// Newest first.
    #[default]
    Newest,
    /// Those that most accounts found helpful first, newest first among equal ones.
    Helpful,
    /// Highest ratings first, newest first among equal ones.
    Highest,
    /// Lowest ratings first, newest first among equal ones.
    Lowest,
}

/// Place at which a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReviewPageStart {
    /// After so many reviews.
    Offset(u32),
    /// After a review, whose key in the order is this one.
    After {
        /// Key, as [`ReviewOrder::key`] returns it.
        key: i64,
        /// The review.
        id: ReviewId,
    },
}

/// Page of the published reviews of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReviewListing {
    /// Product.
    pub product: ProductId,
    /// Order.
    pub order: ReviewOrder,
    /// Only those with this rating.
    pub rating: Option<u8>,
    /// Only those by who bought the product, or only the others.
    pub verified: Option<bool>,
    /// Begin of the page.
    pub start: ReviewPageStart,
    /// Most of them.
    pub limit: u32,
}

/// Number of reviews with a rating.
#[derive(Debug, FromQueryResult)]
struct StarsRow {
    rating: i64,
    count: i64,
}

pub(crate) const STARS: &str =
    "SELECT CAST(rating AS bigint) AS rating, count(*) AS count FROM reviews
     WHERE tenant_id = $1 AND product_id = $2 AND status = 'published' GROUP BY rating";

impl ReviewOrder {
    /// Returns the key by which the order sorts, before the id.
    #[must_use]
    pub fn key(self, review: &ReviewRecord) -> i64 {
        match self {
            Self::Newest => 0,
            Self::Helpful => review.helpful,
            Self::Highest | Self::Lowest => review.rating,
        }
    }

    fn columns(self) -> &'static str {
        match self {
            Self::Newest => "id DESC",
            Self::Helpful => "helpful DESC, id DESC",
            Self::Highest => "rating DESC, id DESC",
            Self::Lowest => "rating, id DESC",
        }
    }
}

impl ReviewListing {
    /// First page of a product, newest first.
    #[must_use]
    pub fn newest(product: ProductId, limit: u32) -> Self {
        Self {
            product,
            order: ReviewOrder::Newest,
            rating: None,
            verified: None,
            start: ReviewPageStart::Offset(0),
            limit,
        }
    }

    /// Returns the statement of the page.
    pub(crate) fn statement(&self, scope: &Scope) -> Statement {
        let mut values: Vec<Value> = vec![scope.tenant.0.into(), self.product.0.into()];
        let mut conditions = String::new();
        let mut bound = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        if let Some(rating) = self.rating {
            let rating = bound(i64::from(rating).into());
            conditions += &format!(" AND rating = {rating}");
        }
        if let Some(verified) = self.verified {
            let verified = bound(i64::from(verified).into());
            conditions += &format!(" AND is_verified = {verified}");
        }
        let mut offset = 0;
        match self.start {
            ReviewPageStart::Offset(skipped) => offset = skipped,
            ReviewPageStart::After { key, id } => {
                let id = bound(id.0.into());
                conditions += &match self.order {
                    ReviewOrder::Newest => format!(" AND id < {id}"),
                    ReviewOrder::Helpful => {
                        format!(" AND (helpful, id) < ({}, {id})", bound(key.into()))
                    }
                    ReviewOrder::Highest => {
                        format!(" AND (rating, id) < ({}, {id})", bound(key.into()))
                    }
                    ReviewOrder::Lowest => {
                        let key = bound(key.into());
                        format!(" AND rating >= {key} AND (rating > {key} OR id < {id})")
                    }
                };
            }
        }
        let limit = bound(i64::from(self.limit).into());
        let offset = bound(i64::from(offset).into());
        let sql = format!(
            "SELECT {COLUMNS} FROM reviews
             WHERE tenant_id = $1 AND product_id = $2 AND status = 'published'{conditions}
             ORDER BY {} LIMIT {limit} OFFSET {offset}",
            self.order.columns()
        );
        scope.store.backend().statement(sql, values)
    }
}

impl Reviews {
    /// Returns a page of the published reviews of a product.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn page(&self, listing: &ReviewListing) -> Result<Vec<ReviewRecord>, StoreError> {
        let statement = listing.statement(&self.scope);
        record::list(self.scope.store.connection(), statement).await
    }

    /// Returns the number of a product's published reviews for each rating, from 1 to 5.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn stars(&self, product: ProductId) -> Result<[u64; 5], StoreError> {
        let values = [self.scope.tenant.0.into(), product.0.into()];
        let statement = self.scope.store.backend().statement(STARS, values);
        let rows: Vec<StarsRow> = all(self.scope.store.connection(), statement).await?;
        let mut stars = [0; 5];
        for row in rows {
            let place = usize::try_from(row.rating - 1).ok();
            if let Some(count) = place.and_then(|place| stars.get_mut(place)) {
                *count = row.count.unsigned_abs();
            }
        }
        Ok(stars)
    }
}
