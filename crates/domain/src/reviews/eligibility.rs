//! Right to review a product: of whoever bought and kept it, once, and not without end.

use crate::{
    OrderId, OrderLineId, SellerId,
    ordering::{OrderFacts, OrderStatus},
};

/// Most reviews that an account writes in a day.
pub const REVIEWS_PER_DAY: usize = 20;

const DAY_MS: i64 = 24 * 3_600_000;

/// Line of an order that an account placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReviewedPurchase {
    /// Order.
    pub order: OrderId,
    /// Seller of the order.
    pub seller: SellerId,
    /// Line of the product.
    pub line: OrderLineId,
    /// Facts of the order.
    pub facts: OrderFacts,
}

/// Facts about an account that wants to review a product.
#[derive(Debug, Clone, Copy)]
pub struct Reviewer<'a> {
    /// Lines of the product in orders of the account, the newest first.
    pub purchases: &'a [ReviewedPurchase],
    /// Sellers whose people the account is of.
    pub sellers: &'a [SellerId],
    /// Seller of the product.
    pub product_seller: SellerId,
    /// True if there is a review of the product by the account.
    pub has_reviewed: bool,
    /// Times of the newest reviews by the account, in milliseconds since 1970 UTC.
    pub written_at_ms: &'a [i64],
}

/// Reason for which a review or a vote is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReviewRefusal {
    /// The account has not bought the product, or did not keep it.
    #[error(
        "only who bought the product reviews it, once it was sent and unless all of it was refunded"
    )]
    NotBought,
    /// The product is sold by a seller whose people the account is of.
    #[error("nobody reviews what they sell")]
    OwnGoods,
    /// The account has a review of the product.
    #[error("there is a review of yours already; change it at /api/account/reviews")]
    AlreadyReviewed,
    /// The account has written as many reviews as it may in a day.
    #[error("an account writes at most 20 reviews a day; write again in {0} s")]
    TooMany(u32),
    /// The review is the account's own.
    #[error("nobody votes for their own review")]
    OwnReview,
}

impl ReviewedPurchase {
    /// Reports whether something of the line was sent, and neither the line nor the order was refunded whole.
    #[must_use]
    pub fn counts(&self) -> bool {
        let mut lines = self.facts.lines.iter();
        let Some(line) = lines.find(|line| line.line == self.line) else {
            return false;
        };
        let gave_back = line.refunded + line.waived;
        let is_given_back = line.gross > 0 && gave_back >= line.gross;
        let is_returned = line.returned >= line.fulfilled;
        let is_over = matches!(
            self.facts.status(),
            OrderStatus::Refunded | OrderStatus::Cancelled
        );
        line.fulfilled > 0 && !is_returned && !is_given_back && !is_over
    }
}

impl Reviewer<'_> {
    /// Returns the order that proves the purchase.
    ///
    /// # Errors
    /// If the account may not write a review of the product now.
    pub fn may_write(&self, now_ms: i64) -> Result<OrderId, ReviewRefusal> {
        let sells = |seller: SellerId| self.sellers.contains(&seller);
        if sells(self.product_seller) {
            return Err(ReviewRefusal::OwnGoods);
        }
        let mut purchases = self.purchases.iter();
        let bought = purchases.find(|purchase| purchase.counts() && !sells(purchase.seller));
        let bought = bought.ok_or(ReviewRefusal::NotBought)?;
        if self.has_reviewed {
            return Err(ReviewRefusal::AlreadyReviewed);
        }
        match self.waits_ms(now_ms) {
            0 => Ok(bought.order),
            wait => Err(ReviewRefusal::TooMany(seconds(wait))),
        }
    }

    /// Returns the milliseconds until the account may write again; 0 if it may now.
    fn waits_ms(&self, now_ms: i64) -> i64 {
        let begin = now_ms - DAY_MS;
        let lately = self.written_at_ms.iter().copied();
        let mut lately: Vec<i64> = lately.filter(|at| *at > begin).collect();
        if lately.len() < REVIEWS_PER_DAY {
            return 0;
        }
        lately.sort_unstable_by(|one, other| other.cmp(one));
        // Once this one is older than a day, there are fewer than the most.
        lately[REVIEWS_PER_DAY - 1] - begin
    }
}

fn seconds(ms: i64) -> u32 {
    u32::try_from((ms + 999) / 1_000).unwrap_or(u32::MAX)
}
