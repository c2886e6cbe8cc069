//! What each network added to the sums of a day.

use std::collections::BTreeMap;

use super::{
    SearchKey,
    sums::{DAY_SUMS, DaySums, ProductSums},
    transaction::BatchTransaction,
};
use crate::StoreError;

/// Product of sums that belong to none.
const NO_PRODUCT: i64 = 0;
/// Columns of [`ProductSums`] in `search_network_sums`.
pub(super) const PRODUCT_COLUMNS: [&str; 4] = [
    "product_clicks",
    "product_carts",
    "product_purchases",
    "product_networks",
];

/// Sums by search, network and product.
#[derive(Debug, Default)]
pub(super) struct OriginSums {
    days: BTreeMap<(SearchKey, i64), DaySums>,
    products: BTreeMap<(SearchKey, i64, i64), ProductSums>,
}

impl OriginSums {
    /// Returns the sums of a search by a network, if that is known.
    pub(super) fn days(&mut self, key: SearchKey, network: Option<i64>) -> Option<&mut DaySums> {
        network.map(|network| self.days.entry((key, network)).or_default())
    }

    /// Returns the sums of a product found by a search of a network, if that is known.
    pub(super) fn products(
        &mut self,
        (key, product): (SearchKey, i64),
        network: Option<i64>,
    ) -> Option<&mut ProductSums> {
        let place = |network| (key, network, product);
        network.map(|network| self.products.entry(place(network)).or_default())
    }
}

impl BatchTransaction<'_> {
    /// Notes down what each network added.
    pub(super) async fn origins(&self, sums: &OriginSums) -> Result<(), StoreError> {
        let keys = [
            "tenant_id",
            "day",
            "network",
            "query",
            "settings",
            "product_id",
        ];
        let key = |key: &SearchKey, network, product| {
            let settings = i64::from(key.settings);
            [key.tenant.0, key.day, network, key.query, settings, product]
        };
        let days = sums
            .days
            .iter()
            .map(|((search, network), sums)| (key(search, *network, NO_PRODUCT), sums.columns()));
        self.sum_up("search_network_sums", keys, DAY_SUMS, days)
            .await?;
        let products = sums
            .products
            .iter()
            .map(|((search, network, product), sums)| {
                let [clicks, carts, purchases] = sums.deeds;
                let columns = [clicks, carts, purchases, sums.networks];
                (key(search, *network, *product), columns)
            });
        self.sum_up("search_network_sums", keys, PRODUCT_COLUMNS, products)
            .await
    }
}
