//! Look-up of the exact phrases and exclusions of a search.

use sea_orm::ConnectionTrait;

use super::{
    dialect::{Dialect, text},
    query::{categories::CategoryTree, name_lookup, term::Term, text_match::WordMatch, vocabulary},
    statement::Sql,
};
use crate::{
    SearchError, SearchPlan,
    query::{CodeMatch, ExactPhrase},
};

/// Operators with their matches.
#[derive(Debug, Default)]
pub(crate) struct OperatorMatches {
    phrases: Vec<WordMatch>,
    excluded: Vec<WordMatch>,
}

/// Looks the operators of a plan up.
pub(crate) async fn look_up<C: ConnectionTrait>(
    connection: &C,
    plan: &SearchPlan,
    tree: &CategoryTree,
) -> Result<OperatorMatches, SearchError> {
    let operators = &plan.operators;
    if operators.is_empty() {
        return Ok(OperatorMatches::default());
    }
    let dialect = Dialect::of(connection.get_database_backend());
    // Only a single excluded word stands for its inflections.
    let inflected: Vec<_> = operators
        .excluded
        .iter()
        .filter_map(|phrase| Some(phrase.single()?.as_word()))
        .collect();
    let mut terms = vocabulary::terms(connection, plan, &inflected)
        .await?
        .into_iter();
    let phrases = operators.phrases.iter();
    let mut found: Vec<_> = phrases
        .map(|phrase| matches(phrase, exact(phrase), dialect))
        .collect();
    for phrase in &operators.excluded {
        let own = phrase.single().and_then(|_| terms.next());
        let term = own.unwrap_or_else(|| exact(phrase));
        found.push(matches(phrase, term, dialect));
    }
    name_lookup::find(connection, plan, &mut found, tree).await?;
    let excluded = found.split_off(operators.phrases.len());
    Ok(OperatorMatches {
        phrases: found,
        excluded,
    })
}

fn exact(phrase: &ExactPhrase) -> Term {
    let words = phrase.words.iter().map(|word| word.surface.clone());
    Term {
        phrase: words.collect(),
        ..Term::default()
    }
}

fn matches(phrase: &ExactPhrase, term: Term, dialect: Dialect) -> WordMatch {
    let code = phrase.code.clone().map(|code| (code, CodeMatch::Whole));
    WordMatch::new(term, code, dialect)
}

impl OperatorMatches {
    /// Returns true if there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.phrases.is_empty() && self.excluded.is_empty()
    }

    /// Appends the further conditions that product `p` has all phrases and nothing that is excluded.
    pub(crate) fn write(&self, sql: &mut Sql, plan: &SearchPlan) {
        for phrase in &self.phrases {
            sql.push(" AND ");
            text::write_has(sql, plan, phrase);
        }
        for excluded in self.excluded.iter().filter(|word| !word.is_empty()) {
            sql.push(" AND NOT ");
            text::write_has(sql, plan, excluded);
        }
    }
}
