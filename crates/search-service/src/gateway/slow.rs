//! Slow searches in the log: what was asked, without the words that somebody typed.

use std::{fmt, time::Duration};

use souk_domain::{Filters, Start};
use souk_search::{SearchPlan, query::TextPlan};

use super::EngineResponse;

/// Says so if an answer took as long as that, or longer.
pub(super) fn note<T>(
    threshold: Option<Duration>,
    took: Duration,
    plan: &SearchPlan,
    answered: &EngineResponse<T>,
) {
    if threshold.is_some_and(|threshold| took >= threshold) {
        tracing::warn!(
            took_ms = took.as_millis() as u64,
            engine = %answered.engine,
            degraded = answered.degraded,
            plan = %Outline(plan),
            "slow search"
        );
    }
}

/// A plan as the log shows it: all that makes it slow, and nothing that tells who looks for what.
struct Outline<'a>(&'a SearchPlan);

impl fmt::Display for Outline<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plan = self.0;
        write!(f, "tenant {}, ", plan.tenant)?;
        match &plan.text {
            Some(text) => write_text(f, text)?,
            None => f.write_str("no words")?,
        }
        write!(f, ", stage {:?}", plan.stage)?;
        write_filters(f, &plan.filters)?;
        write!(f, ", sort {:?}, ", plan.sort)?;
        match &plan.page.start {
            Start::Offset(offset) => write!(f, "from {offset}")?,
            Start::After(_) => f.write_str("from a cursor")?,
        }
        write!(
            f,
            ", limit {}, facets {}",
            plan.page.limit,
            plan.facets.len()
        )?;
        if !plan.merchandising.is_idle() {
            f.write_str(", steered")?;
        }
        Ok(())
    }
}

/// How many letters each word has: `*` for the beginning of one, `#` for what may be a code.
fn write_text(f: &mut fmt::Formatter<'_>, text: &TextPlan) -> fmt::Result {
    f.write_str("words of")?;
    for word in &text.words {
        let code = if word.code.is_some() { "#" } else { "" };
        let prefix = if word.prefix { "*" } else { "" };
        write!(f, " {code}{}{prefix}", word.surface.chars().count())?;
    }
    f.write_str(" letters")
}

/// Writes the filters with the number of values of each.
fn write_filters(f: &mut fmt::Formatter<'_>, filters: &Filters) -> fmt::Result {
    let values = |values: &std::collections::BTreeSet<String>| values.len();
    let attributes = filters.attributes.values().map(values).sum();
    for (name, count) in [
        ("category", values(&filters.category)),
        ("fandom", values(&filters.fandom)),
        ("brand", values(&filters.brand)),
        ("seller", values(&filters.seller)),
        ("price", usize::from(filters.price.is_some())),
        ("rating", usize::from(filters.rating_min.is_some())),
        ("in_stock", usize::from(filters.in_stock.is_some())),
        ("attributes", attributes),
        ("ranges", filters.ranges.len()),
    ] {
        if count > 0 {
            write!(f, ", {name} {count}")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use souk_domain::{Language, PageRequest, SearchQuery, TenantId};

    use super::*;

    #[test]
    fn a_plan_is_told_without_its_words() {
        let mut query = SearchQuery {
            text: Some("alice@example.org AB-1234 mu".to_owned()),
            page: PageRequest::numbered(3, 10).unwrap(),
            ..SearchQuery::default()
        };
        query.filters.brand.insert("Secret Brand".to_owned());
        let plan = SearchPlan::new(TenantId(7), Language::English, &query, 0);
        let outline = Outline(&plan).to_string();
        assert!(outline.starts_with("tenant 7, words of "), "{outline}");
        assert!(
            outline.contains(", brand 1, sort Relevance, from 20, limit 10"),
            "{outline}"
        );
        for word in ["alice", "example", "1234", "Secret"] {
            assert!(!outline.contains(word), "{outline}");
        }
    }
}
