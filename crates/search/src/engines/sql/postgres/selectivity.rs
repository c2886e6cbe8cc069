//! Selectivity of words and tags, from the planner's statistics.
//!
//! `ANALYZE` notes the most common words of a table and the fraction of rows that have each. Any other word is rarer
//! than the rarest of them. Most small results are known to be small without counting.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use parking_lot::RwLock;
use sea_orm::ConnectionTrait;

use crate::{
    SearchError,
    engines::sql::{
        query::text_match::{TextMatch, WordMatch},
        statement::Sql,
    },
    query::{CodeMatch, has_digit},
};

/// Age at which statistics are read again. Tables are analysed when a tenth of them has changed.
const KEPT: Duration = Duration::from_secs(60);

/// Statistics as last read. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statistics(Arc<RwLock<Option<(Instant, Selectivity)>>>);

impl Statistics {
    /// Returns current selectivity; unknown if the table was never analysed.
    pub(crate) async fn look_up<C: ConnectionTrait>(
        &self,
        connection: &C,
    ) -> Result<Selectivity, SearchError> {
        let kept = self.0.read().clone();
        if let Some((read, selectivity)) = kept
            && read.elapsed() < KEPT
        {
            return Ok(selectivity);
        }
        let selectivity = read(connection).await?;
        *self.0.write() = Some((Instant::now(), selectivity.clone()));
        Ok(selectivity)
    }
}

/// Upper bounds of the fraction of rows that have a word. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selectivity(Option<Arc<Frequencies>>);

#[derive(Debug)]
struct Frequencies {
    common: HashMap<String, f64>,
    /// Upper bound for each word that is not common.
    others: f64,
}

/// Reads the statistics. The array of frequencies ends with the least, the greatest and perhaps that of nulls.
async fn read<C: ConnectionTrait>(connection: &C) -> Result<Selectivity, SearchError> {
    let mut sql = Sql::for_database(connection);
    sql.push(
        "SELECT CAST(to_json(CAST(CAST(most_common_elems AS text) AS text[])) AS text), \
         CAST(to_json(most_common_elem_freqs) AS text) FROM pg_stats \
         WHERE schemaname = current_schema() AND tablename = 'search_products' AND attname = 'words'",
    );
    let rows = sql.rows(connection).await?;
    let Some(row) = rows.first() else {
        return Ok(Selectivity::default());
    };
    let words: Option<String> = row.try_get_by_index(0)?;
    let frequencies: Option<String> = row.try_get_by_index(1)?;
    let (Some(words), Some(frequencies)) = (words, frequencies) else {
        return Ok(Selectivity::default());
    };
    let words: Vec<String> = serde_json::from_str(&words).map_err(SearchError::engine)?;
    let frequencies: Vec<f64> = serde_json::from_str(&frequencies).map_err(SearchError::engine)?;
    let Some(&others) = frequencies.get(words.len()) else {
        return Ok(Selectivity::default());
    };
    Ok(Selectivity(Some(Arc::new(Frequencies {
        common: words.into_iter().zip(frequencies).collect(),
        others,
    }))))
}

impl Selectivity {
    /// Returns the fraction of all products that have a word at most; 0 if unknown.
    pub(crate) fn of_word(&self, word: &WordMatch) -> f64 {
        self.0
            .as_deref()
            .map_or(0.0, |frequencies| frequencies.of_word(word, 0.0))
    }

    /// Returns the fraction of all products that match a text at most; 0 if unknown.
    pub(crate) fn of_text(&self, text: &TextMatch) -> f64 {
        self.0
            .as_deref()
            .map_or(0.0, |frequencies| frequencies.of_text(text, 0.0))
    }

    /// Returns the fraction of all products that have one of some tags at most; 1 if unknown.
    pub(crate) fn of_tags(&self, tag: char, ids: &[i64]) -> f64 {
        self.0
            .as_deref()
            .map_or(1.0, |frequencies| frequencies.of_tags(tag, ids))
    }

    /// Returns how many of `products` match a text at most, over all tenants; `None` if unknown. A sample's error
    /// applies.
    pub(crate) fn most(&self, text: &TextMatch, products: u64) -> Option<u64> {
        let frequencies = self.0.as_deref()?;
        // Statistics do not tell how many codes have a prefix.
        let fraction = frequencies.of_text(text, f64::INFINITY).min(1.0);
        Some((fraction * products as f64).round() as u64)
    }
}

impl Frequencies {
    /// Returns the fraction for a text, with `code` as that of any code.
    fn of_text(&self, text: &TextMatch, code: f64) -> f64 {
        let words = text.words.iter().map(|word| self.of_word(word, code));
        let words = if text.any {
            words.sum()
        } else {
            words.reduce(f64::min).unwrap_or(0.0)
        };
        let code = match &text.code {
            Some(whole) if !has_digit(whole) => self.of(&format!("~k{whole}")),
            Some(_) => code,
            None => 0.0,
        };
        words + code
    }

    fn of_word(&self, word: &WordMatch, code: f64) -> f64 {
        let own: f64 = word.written().map(|written| self.of(written)).sum();
        let named = word.tags().map(|(tag, ids)| self.of_tags(tag, ids));
        let synonyms = word.alternatives().map(|words| {
            let words = words.iter().map(|word| self.of_word(word, code));
            words.reduce(f64::min).unwrap_or(0.0)
        });
        let is_whole = word.code_match == CodeMatch::Whole;
        let code = match &word.code {
            Some(whole) if is_whole => self.of(&format!("~k{whole}")),
            Some(_) => code,
            None => 0.0,
        };
        own + named.iter().sum::<f64>() + synonyms.sum::<f64>() + code
    }

    fn of_tags(&self, tag: char, ids: &[i64]) -> f64 {
        ids.iter().map(|id| self.of(&format!("~{tag}{id}"))).sum()
    }

    fn of(&self, word: &str) -> f64 {
        self.common.get(word).copied().unwrap_or(self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engines::sql::{dialect::Dialect, query::term::Term};

    fn word(written: &[&str]) -> WordMatch {
        WordMatch::new(Term::of(written), None, Dialect::Postgres)
    }

    fn text(words: Vec<WordMatch>, any: bool) -> TextMatch {
        TextMatch::of(words, any)
    }

    #[test]
    fn rarest_word_bounds_products_with_all_words() {
        let common = [("mug", 0.2), ("red", 0.1), ("~c3", 0.05)]
            .map(|(word, share)| (word.to_owned(), share));
        let selectivity = Selectivity(Some(Arc::new(Frequencies {
            common: common.into(),
            others: 0.01,
        })));
        let most = |words, any| selectivity.most(&text(words, any), 1_000);
        let (mug, red, dragon) = (word(&["mug"]), word(&["red"]), word(&["dragon", "dragons"]));
        assert_eq!(most(vec![mug.clone(), red.clone()], false), Some(100));
        assert_eq!(most(vec![mug.clone(), red], true), Some(300));
        assert_eq!(most(vec![mug.clone(), dragon.clone()], false), Some(20));
        let mut named = dragon.clone();
        named.categories = vec![3, 4];
        assert_eq!(most(vec![named], false), Some(80));
        let mut code = dragon;
        code.code = Some("ab12".to_owned());
        code.code_match = CodeMatch::Prefix;
        assert_eq!(most(vec![code.clone()], false), Some(1_000));
        assert_eq!(most(vec![code, mug], false), Some(200));
        let unknown = Selectivity::default();
        assert_eq!(unknown.most(&text(Vec::new(), false), 1_000), None);
    }
}
