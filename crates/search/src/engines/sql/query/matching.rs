//! Look-up of a text: its words in the vocabulary, and in the names of categories, fandoms and sellers.

use sea_orm::ConnectionTrait;
use souk_domain::MatchStage;

use super::{
    categories::CategoryTree,
    name_lookup,
    text_match::{TextMatch, WordMatch},
    vocabulary,
};
use crate::{
    SearchError, SearchPlan,
    engines::sql::dialect::{Dialect, text as dialect_text},
    query::{TextPlan, Word, WordForm},
};

/// Looks a text up at the plan's stage.
pub(crate) async fn look_up<C: ConnectionTrait>(
    connection: &C,
    plan: &SearchPlan,
    text: &TextPlan,
    tree: &CategoryTree,
) -> Result<TextMatch, SearchError> {
    let dialect = Dialect::of(connection.get_database_backend());
    // First the words, then each word of a synonym once.
    let mut sought = text.words.clone();
    let others = |word: &'_ Word| -> Vec<Word> {
        let others = word.synonyms.iter().chain(&word.related).flatten();
        others.map(WordForm::as_word).collect()
    };
    for word in text.words.iter().flat_map(others) {
        if !sought[text.words.len()..].contains(&word) {
            sought.push(word);
        }
    }
    let terms = vocabulary::terms(connection, plan, &sought).await?;
    let mut found: Vec<_> = terms
        .into_iter()
        .zip(&sought)
        .map(|(term, word)| {
            let code = word.code.clone().map(|code| (code, word.code_match));
            WordMatch::new(term, code, dialect)
        })
        .collect();
    dialect_text::forget_unknown_codes(connection, plan.tenant, &mut found).await?;
    name_lookup::find(connection, plan, &mut found, tree).await?;
    let of_synonyms = found.split_off(text.words.len());
    let of_synonyms: Vec<_> = sought[text.words.len()..].iter().zip(of_synonyms).collect();
    for (word, found) in text.words.iter().zip(&mut found) {
        found.synonyms = alternatives(&word.synonyms, &of_synonyms);
        found.related = alternatives(&word.related, &of_synonyms);
    }
    let scores = &plan.settings.words;
    Ok(TextMatch {
        words: found,
        any: plan.stage == MatchStage::AnyTerm,
        code: text.code.clone(),
        qualities: [1.0, scores.one_typo, scores.two_typos],
    })
}

/// Returns the matches of a word's synonyms or further forms. One with a word that matches nothing is left out.
fn alternatives(
    alternatives: &[Vec<WordForm>],
    found: &[(&Word, WordMatch)],
) -> Vec<Vec<WordMatch>> {
    let part = |part: &WordForm| {
        let part = part.as_word();
        let (_, found) = found.iter().find(|(word, _)| **word == part)?;
        (!found.is_empty()).then(|| found.clone())
    };
    let alternatives = alternatives.iter();
    alternatives
        .filter_map(|words| words.iter().map(part).collect())
        .collect()
}
