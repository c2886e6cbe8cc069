//! Trained model of a catalogue.

use std::collections::HashMap;

use souk_domain::{Language, Sort};

use super::compounds::Compounds;
use super::pairs::Pairs;
use super::{
    FacetChoice, MAX_PHRASE_WORDS, Meaning, SynonymCandidate, Understood, Vocabulary, spelling,
};
use crate::SearchPlan;
use crate::merchandising::{Boost, Chosen};
use crate::query::analysis::Analyzer;
use crate::query::{Word, WordForm};
use crate::settings::QueryUnderstanding;

/// Immutable query understanding model of one catalogue; a newer one replaces it.
#[derive(Debug)]
pub struct CatalogueModel {
    pub(super) language: Language,
    /// By the stems of a phrase's words, with spaces between; those that speak most for themselves first.
    pub(super) meanings: HashMap<String, Vec<Meaning>>,
    pub(super) vocabulary: Vocabulary,
    /// Compounds, if the language makes any.
    pub(super) compounds: Option<Compounds>,
    pub(super) pairs: Pairs,
    pub(super) synonyms: Vec<SynonymCandidate>,
    pub(super) products: u32,
}

impl CatalogueModel {
    /// From how many products it was learnt.
    pub fn products(&self) -> u32 {
        self.products
    }

    /// Returns the number of phrases with a meaning.
    pub fn phrases(&self) -> usize {
        self.meanings.len()
    }

    /// Returns candidates for synonyms, those with most evidence first.
    pub fn synonym_candidates(&self) -> &[SynonymCandidate] {
        &self.synonyms
    }

    /// The plan with what its text means: as boosts, and as filters where settings say so, and with further forms of its
    /// words.
    pub fn steer(&self, mut plan: SearchPlan) -> (SearchPlan, Vec<Understood>) {
        if let Some(text) = &mut plan.text {
            self.add_further_forms(text);
        }
        let settings = plan.settings.understanding;
        let idle = !settings.boosts && !settings.filters;
        let Some(text) = plan.text.as_ref().filter(|_| !idle) else {
            return (plan, Vec::new());
        };
        let understood = self.understand(&text.words, &settings);
        for of_one_phrase in understood.chunk_by(|one, next| one.phrase == next.phrase) {
            let (sure, others) = sorted_out(of_one_phrase, &settings);
            // What one phrase means are alternatives: who asks for accessories means those of any category called so.
            let only = FacetChoice::any(sure.iter().copied());
            let boosted = match only {
                Some(filters) => {
                    plan.merchandising.only.push(filters);
                    others
                }
                None => [sure, others].concat(),
            };
            if settings.boosts && plan.sort == Sort::Relevance {
                let boosts = boosted.into_iter().map(|value| Boost {
                    chosen: Chosen::Matching(value.filters()),
                    factor: settings.factor,
                });
                plan.merchandising.boosts.extend(boosts);
            }
        }
        (plan, understood)
    }

    /// Returns the meanings of a text's phrases, longer phrases before their parts, without duplicates.
    pub fn understand(&self, words: &[Word], settings: &QueryUnderstanding) -> Vec<Understood> {
        let mut understood: Vec<Understood> = Vec::new();
        let mut from = 0;
        while from < words.len() {
            let most = MAX_PHRASE_WORDS.min(words.len() - from);
            let found = (1..=most).rev().find_map(|length| {
                let phrase = phrase(&words[from..from + length]);
                let meanings = self.meaning_of(&phrase, settings);
                (!meanings.is_empty()).then_some((length, phrase, meanings))
            });
            let Some((length, phrase, meanings)) = found else {
                from += 1;
                continue;
            };
            for meaning in meanings {
                if understood
                    .iter()
                    .all(|known| known.meaning.value != meaning.value)
                {
                    understood.push(Understood {
                        phrase: phrase.clone(),
                        meaning: meaning.clone(),
                    });
                }
            }
            from += length;
        }
        understood
    }

    /// All values that are called so; else the one that speaks most for itself.
    fn meaning_of(&self, phrase: &str, settings: &QueryUnderstanding) -> Vec<&Meaning> {
        let Some(meanings) = self.meanings.get(phrase) else {
            return Vec::new();
        };
        let counting = || meanings.iter().filter(|meaning| meaning.counts(settings));
        let named: Vec<_> = counting().filter(|meaning| meaning.named).collect();
        if named.is_empty() {
            return counting().take(1).collect();
        }
        named
    }

    /// A text as it may have been meant, if it has a word that the catalogue does not know, or hardly, and another that
    /// is spelt much alike and known well.
    pub fn did_you_mean(&self, text: &str) -> Option<String> {
        let mut analyzer = Analyzer::new(self.language);
        let mut of_parts = Analyzer::new(self.language);
        let is_explained = |word: WordForm| !self.further_forms(&word, &mut of_parts).is_empty();
        spelling::corrected(text, &self.vocabulary, &mut analyzer, is_explained)
    }
}

/// The values of which one is surely meant, if those are to be filtered by, and the others.
fn sorted_out<'a>(
    understood: &'a [Understood],
    settings: &QueryUnderstanding,
) -> (Vec<&'a FacetChoice>, Vec<&'a FacetChoice>) {
    let is_sure = |meaning: &Meaning| settings.filters && meaning.share >= settings.share_to_filter;
    let meanings = understood.iter().map(|it| &it.meaning);
    let (sure, others): (Vec<&Meaning>, Vec<_>) = meanings.partition(|meaning| is_sure(meaning));
    let values = |meanings: Vec<&'a Meaning>| meanings.into_iter().map(|it| &it.value).collect();
    (values(sure), values(others))
}

fn phrase(words: &[Word]) -> String {
    let stems: Vec<_> = words.iter().map(|word| word.stem.as_str()).collect();
    stems.join(" ")
}

#[cfg(test)]
mod tests {
    use souk_domain::{PageRequest, SearchQuery, TenantId};
    use souk_testkit::{DocumentBuilder, document};

    use super::*;
    use crate::query_understanding::Trainer;

    fn many(
        title: &str,
        count: i64,
        like: impl Fn(DocumentBuilder) -> DocumentBuilder,
    ) -> Vec<DocumentBuilder> {
        (0..count)
            .map(|number| like(document(number, title)))
            .collect()
    }

    /// Laptops, called so or notebooks, and twice as many bags for them.
    fn model() -> CatalogueModel {
        let laptops = |it: DocumentBuilder| it.categories(&[("it", "IT"), ("laptops", "Laptops")]);
        let bags = |it: DocumentBuilder| it.categories(&[("it", "IT"), ("bags", "Laptop bags")]);
        let mut trainer = Trainer::new(Language::English);
        for product in [
            many("Aurora laptop 14", 6, |it| {
                laptops(it).brand("Aurora Systems")
            }),
            many("Borealis notebook 15", 6, laptops),
            many("Laptop bag", 20, |it| {
                bags(it).brand("Carrier").attribute("Colour", "Black")
            }),
            many("Case", 20, |it| it.brand("Laptop")),
            many("Foldable stand", 6, |it| {
                it.attribute("Type", "Stands").attribute("Colour", "Black")
            }),
        ]
        .concat()
        {
            trainer.read(&product.build());
        }
        trainer.finish()
    }

    fn plan(text: &str) -> SearchPlan {
        let query = SearchQuery {
            text: Some(text.to_owned()),
            page: PageRequest::numbered(1, 10).unwrap(),
            ..SearchQuery::default()
        };
        SearchPlan::new(TenantId(1), Language::English, &query, 0)
    }

    fn meant(text: &str) -> Vec<FacetChoice> {
        let (_, understood) = model().steer(plan(text));
        understood.into_iter().map(|it| it.meaning.value).collect()
    }

    fn category(slug: &str) -> FacetChoice {
        FacetChoice::Category(slug.to_owned())
    }

    #[test]
    fn a_phrase_means_what_is_called_so_though_most_titles_say_it_of_others() {
        assert_eq!(meant("laptops"), [category("laptops")]);
        assert_eq!(meant("black laptop bag"), [category("bags")]);
        let laptop = FacetChoice::Brand("Laptop".to_owned());
        assert!(
            !meant("laptop").contains(&laptop),
            "no title of that brand says it"
        );
    }

    #[test]
    fn a_phrase_means_what_the_products_have_whose_titles_say_it() {
        assert_eq!(meant("notebook"), [category("laptops")]);
        let stands = FacetChoice::Attribute("Type".to_owned(), "Stands".to_owned());
        assert_eq!(meant("stand"), [stands]);
        assert_eq!(meant("foldable stand notebook").len(), 2);
        assert_eq!(
            meant("aurora"),
            [FacetChoice::Brand("Aurora Systems".to_owned())]
        );
    }

    #[test]
    fn unknown_or_too_common_phrase_means_nothing() {
        assert_eq!(meant("zeppelin"), []);
        assert_eq!(meant("14"), [], "though all with that number are laptops");
        assert_eq!(meant("?!"), []);
    }

    #[test]
    fn meanings_become_boosts_or_filters_as_settings_say() {
        let model = model();
        let (steered, _) = model.steer(plan("notebook"));
        let [boost] = &steered.merchandising.boosts[..] else {
            panic!("{:?}", steered.merchandising);
        };
        let filters = category("laptops").filters();
        assert_eq!(boost.chosen, Chosen::Matching(filters.clone()));
        assert_eq!(boost.factor, QueryUnderstanding::default().factor);

        let mut filtering = plan("notebook");
        filtering.settings.understanding.filters = true;
        let (steered, _) = model.steer(filtering);
        assert!(steered.merchandising.boosts.is_empty());
        assert_eq!(steered.merchandising.only, [filters]);

        let mut off = plan("notebook");
        off.settings.understanding.boosts = false;
        assert!(model.steer(off).0.merchandising.is_idle());

        let mut by_price = plan("notebook");
        by_price.sort = Sort::PriceAsc;
        assert!(model.steer(by_price).0.merchandising.is_idle());
    }

    #[test]
    fn values_called_alike_are_alternatives_or_no_filters() {
        let cables = |slug| move |it: DocumentBuilder| it.categories(&[(slug, "Cables")]);
        let mut trainer = Trainer::new(Language::English);
        for product in [
            many("HDMI 2 m", 6, cables("video-cables")),
            many("XLR 3 m", 6, cables("audio-cables")),
            many("Plush", 6, |it| it.brand("Owlet").fandom("owlet", "Owlet")),
            many("Lamp", 6, |it| it.brand("Owlet")),
        ]
        .concat()
        {
            trainer.read(&product.build());
        }
        let model = trainer.finish();
        let steered = |text| {
            let mut plan = plan(text);
            plan.settings.understanding.filters = true;
            model.steer(plan).0.merchandising
        };
        let [either] = &steered("cable").only[..] else {
            panic!("{:?}", steered("cable"));
        };
        assert_eq!(either.category.len(), 2, "no product is in both");
        let owlet = steered("owlet");
        assert_eq!(owlet.only, [], "not all of the brand are of the fandom");
        assert_eq!(owlet.boosts.len(), 2);
    }

    #[test]
    fn two_catalogues_alike_make_models_alike() {
        let understood = || {
            let text = "aurora laptop bag foldable stand";
            model().steer(plan(text)).1
        };
        assert_eq!(understood(), understood());
    }

    #[test]
    fn an_empty_catalogue_knows_nothing() {
        let model = Trainer::new(Language::English).finish();
        let (steered, understood) = model.steer(plan("laptop"));
        assert!(understood.is_empty() && steered.merchandising.is_idle());
        assert_eq!(model.did_you_mean("laptop"), None);
        assert!(model.synonym_candidates().is_empty());
    }
}
