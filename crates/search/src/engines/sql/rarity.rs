//! What is known to be rare without asking: the planner's own statistics.
//!
//! When PostgreSQL analyses a table, it notes the most common words in it and how many rows have each. A word that is
//! not among them is rarer than the rarest of them. So most searches are known to be narrow before anything is counted.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::RwLock;
use sea_orm::{ConnectionTrait, DbBackend};

use super::{
    matching::{TextMatch, WordMatch},
    statement::Sql,
};
use crate::SearchError;

/// How long statistics are used: tables are analysed when a tenth of them has changed, and seldom more often.
const KEPT: Duration = Duration::from_secs(60);

/// The statistics as last read. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Statistics(Arc<RwLock<Option<(Instant, Rarity)>>>);

impl Statistics {
    /// What they say now; that nothing is known to be rare where there are none.
    pub(super) async fn look_up<C: ConnectionTrait>(
        &self,
        connection: &C,
    ) -> Result<Rarity, SearchError> {
        if connection.get_database_backend() != DbBackend::Postgres {
            return Ok(Rarity::default());
        }
        let kept = self.0.read().clone();
        if let Some((read, rarity)) = kept
            && read.elapsed() < KEPT
        {
            return Ok(rarity);
        }
        let rarity = read(connection).await?;
        *self.0.write() = Some((Instant::now(), rarity.clone()));
        Ok(rarity)
    }
}

/// How many of all rows have a word, at most. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Rarity(Option<Arc<Shares>>);

#[derive(Debug)]
struct Shares {
    common: HashMap<String, f64>,
    /// Of each word that is not common.
    others: f64,
}

/// The frequencies end with the least, the greatest and perhaps that of nulls.
async fn read<C: ConnectionTrait>(connection: &C) -> Result<Rarity, SearchError> {
    let mut sql = Sql::new(connection.get_database_backend());
    sql.push(
        "SELECT CAST(to_json(CAST(CAST(most_common_elems AS text) AS text[])) AS text), \
         CAST(to_json(most_common_elem_freqs) AS text) FROM pg_stats \
         WHERE schemaname = current_schema() AND tablename = 'search_products' AND attname = 'words'",
    );
    let rows = sql.rows(connection).await?;
    let Some(row) = rows.first() else {
        return Ok(Rarity::default());
    };
    let words: Option<String> = row.try_get_by_index(0)?;
    let shares: Option<String> = row.try_get_by_index(1)?;
    let (Some(words), Some(shares)) = (words, shares) else {
        return Ok(Rarity::default());
    };
    let words: Vec<String> = serde_json::from_str(&words).map_err(SearchError::engine)?;
    let shares: Vec<f64> = serde_json::from_str(&shares).map_err(SearchError::engine)?;
    let Some(&others) = shares.get(words.len()) else {
        return Ok(Rarity::default());
    };
    Ok(Rarity(Some(Arc::new(Shares {
        common: words.into_iter().zip(shares).collect(),
        others,
    }))))
}

impl Rarity {
    /// What share of all products have a word, at most; as if it were none where that is not known.
    pub(super) fn share_of_word(&self, word: &WordMatch) -> f64 {
        self.0
            .as_deref()
            .map_or(0.0, |shares| shares.of_word(word, 0.0))
    }

    /// The same of a text.
    pub(super) fn share_of_text(&self, text: &TextMatch) -> f64 {
        self.0
            .as_deref()
            .map_or(0.0, |shares| shares.of_text(text, 0.0))
    }

    /// What share of all products have one of some marks, at most; all of them where that is not known.
    pub(super) fn share_of_marks(&self, mark: char, ids: &[i64]) -> f64 {
        self.0
            .as_deref()
            .map_or(1.0, |shares| shares.of_marks(mark, ids))
    }

    /// How many of so many products matched a text at most when statistics were taken, whatever the marketplace; none if
    /// that is not known. It may stray as much as any sample does.
    pub(super) fn most(&self, text: &TextMatch, products: u64) -> Option<u64> {
        let shares = self.0.as_deref()?;
        // How many codes begin so is not known.
        let share = shares.of_text(text, f64::INFINITY).min(1.0);
        Some((share * products as f64).round() as u64)
    }
}

impl Shares {
    /// Taking what has a code for this share.
    fn of_text(&self, text: &TextMatch, code: f64) -> f64 {
        let words = text.words.iter().map(|word| self.of_word(word, code));
        let words = if text.any {
            words.sum()
        } else {
            words.reduce(f64::min).unwrap_or(0.0)
        };
        words + text.code.as_ref().map_or(0.0, |_| code)
    }

    fn of_word(&self, word: &WordMatch, code: f64) -> f64 {
        let own: f64 = word.written().map(|written| self.of(written)).sum();
        let named = word.marks().map(|(mark, ids)| self.of_marks(mark, ids));
        let synonyms = word.synonyms.iter().map(|words| {
            let words = words.iter().map(|word| self.of_word(word, code));
            words.reduce(f64::min).unwrap_or(0.0)
        });
        let code = word.code.as_ref().map_or(0.0, |_| code);
        own + named.iter().sum::<f64>() + synonyms.sum::<f64>() + code
    }

    fn of_marks(&self, mark: char, ids: &[i64]) -> f64 {
        ids.iter().map(|id| self.of(&format!("~{mark}{id}"))).sum()
    }

    fn of(&self, word: &str) -> f64 {
        self.common.get(word).copied().unwrap_or(self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::sql::vocabulary::Term;

    fn word(written: &[&str]) -> WordMatch {
        WordMatch::new(Term::of(written), None, true)
    }

    fn text(words: Vec<WordMatch>, any: bool) -> TextMatch {
        TextMatch::of(words, any)
    }

    #[test]
    fn the_rarest_word_bounds_what_has_all_words() {
        let common = [("mug", 0.2), ("red", 0.1), ("~c3", 0.05)];
        let common = common.map(|(word, share)| (word.to_owned(), share));
        let rarity = Rarity(Some(Arc::new(Shares {
            common: common.into(),
            others: 0.01,
        })));
        let most = |words, any| rarity.most(&text(words, any), 1_000);
        let (mug, red, dragon) = (word(&["mug"]), word(&["red"]), word(&["dragon", "dragons"]));
        assert_eq!(most(vec![mug.clone(), red.clone()], false), Some(100));
        assert_eq!(most(vec![mug.clone(), red], true), Some(300));
        assert_eq!(most(vec![mug.clone(), dragon.clone()], false), Some(20));
        let mut named = dragon.clone();
        named.categories = vec![3, 4];
        assert_eq!(most(vec![named], false), Some(80));
        let mut code = dragon;
        code.code = Some("ab12".to_owned());
        assert_eq!(most(vec![code.clone()], false), Some(1_000));
        assert_eq!(most(vec![code, mug], false), Some(200));
        let unknown = Rarity::default();
        assert_eq!(unknown.most(&text(Vec::new(), false), 1_000), None);
    }
}
