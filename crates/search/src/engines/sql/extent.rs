//! How wide a search is, known from its words or reckoned from a small share of the catalogue, and so how much of it is
//! counted.
//!
//! Whatever finds up to some thousand products is counted whole. Of anything wider a share is counted, chosen by
//! chance, so that no search costs the database more than some thousand rows. SQLite, which carries no crowd, and small
//! catalogues are always counted whole.

use sea_orm::ConnectionTrait;

use super::{Search, marks::Share, soft::Soft, statement::Sql};
use crate::SearchError;

/// What holds more products by estimate is counted from a share. Above 5,000 by more than estimates stray.
const WHOLE: u64 = 6_500;
/// Most hits that are counted of more.
const HITS: u64 = 4_000;
/// Most products that are counted for one facet that looks past its own filter.
const PAST: u64 = 2_500;
/// Most products that are looked at for an estimate.
const ESTIMATE: u64 = 3_000;
/// Of a search by relevance that finds more, so many products are ranked, matching titles before others.
const RANKED: u64 = 3_000;

/// How wide a search is.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Extent {
    /// Narrow before any filter: read once, whole.
    Narrow,
    /// Each set of products is read by itself.
    Wide(Sets),
}

/// About how many products there are in each set that a search consists of.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sets {
    /// In the whole catalogue.
    pub(super) catalogue: u64,
    /// Hits.
    pub(super) hits: u64,
    /// Hits whose titles match.
    titles: u64,
    /// What would be hits without one filter, in the order of the soft filters.
    past: Vec<u64>,
    /// How much more than usual is counted.
    thoroughness: u64,
}

impl Sets {
    /// How much of the hits is counted.
    pub(super) fn hits_share(&self) -> Share {
        self.share(self.hits, HITS)
    }

    /// How much is counted of what would be hits without one filter.
    pub(super) fn past_share(&self, place: usize) -> Share {
        self.share(self.past.get(place).copied().unwrap_or(0), PAST)
    }

    fn share(&self, size: u64, most: u64) -> Share {
        if size <= WHOLE * self.thoroughness {
            Share::ALL
        } else {
            Share::of(most * self.thoroughness, size)
        }
    }

    /// Whether all hits can be ranked.
    pub(super) fn is_ranked_whole(&self) -> bool {
        self.hits <= WHOLE
    }

    /// How much is ranked of the hits whose titles match, and how much of the others if there are few of those.
    pub(super) fn ranked_shares(&self) -> (Share, Option<Share>) {
        let others = RANKED.saturating_sub(self.titles);
        let share = (others > 0).then(|| Share::of(others, self.hits));
        (Share::of(RANKED, self.titles), share)
    }
}

impl Extent {
    /// Reckons how wide a search is. What is asked for seldom may be counted `thoroughness` times as thoroughly.
    pub(super) async fn measure<C: ConnectionTrait>(
        connection: &C,
        search: &Search<'_>,
        soft: &Soft<'_>,
        thoroughness: u64,
    ) -> Result<Self, SearchError> {
        let catalogue = search.settings.products;
        let text = search.text.as_ref();
        let most = text.and_then(|text| search.rarity.most(text, catalogue));
        // What is pinned comes besides, and what was written since may have any word.
        let besides = search.merchandising.pins.len() as u64 + search.settings.written_since;
        let most = most.map(|most| most + besides);
        if most.unwrap_or(catalogue).min(catalogue) <= WHOLE * thoroughness {
            return Ok(Self::Narrow);
        }
        let share = Share::of(ESTIMATE, catalogue);
        let sql = statement(search, soft, share, connection.get_database_backend());
        let mut sets = Sets {
            catalogue,
            hits: 0,
            titles: 0,
            past: vec![0; soft.clauses.len()],
            thoroughness,
        };
        let mut all = 0;
        for row in sql.rows(connection).await? {
            let failed: i64 = row.try_get_by_index(0)?;
            let scaled = |count: i64| u64::try_from(count).unwrap_or(0) * share.scale();
            let count = scaled(row.try_get_by_index(1)?);
            all += count;
            if failed == 0 {
                sets.hits += count;
                sets.titles += scaled(row.try_get_by_index(2)?);
            }
            for (place, past) in sets.past.iter_mut().enumerate() {
                if failed & !(1 << place) == 0 {
                    *past += count;
                }
            }
        }
        Ok(if all <= WHOLE * thoroughness {
            Self::Narrow
        } else {
            Self::Wide(sets)
        })
    }
}

/// How many products fail which soft filters, in a share of what the text and the other filters find.
pub(super) fn statement(
    search: &Search<'_>,
    soft: &Soft<'_>,
    share: Share,
    backend: sea_orm::DbBackend,
) -> Sql {
    let mut sql = Sql::new(backend);
    sql.push("SELECT failed, count(*), count(*) FILTER (WHERE in_title) FROM (SELECT ");
    soft.write_mask(&mut sql);
    sql.push(" AS failed, ");
    match &search.text {
        Some(text) => sql.push("p.words @@ ").tsquery(&text.title_tsquery()),
        None => sql.push("false"),
    };
    sql.push(" AS in_title FROM search_products p WHERE ");
    search.write_set(&mut sql, share, &soft.hard);
    sql.push(") AS masked GROUP BY failed");
    sql
}
