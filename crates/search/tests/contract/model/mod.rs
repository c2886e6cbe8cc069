//! The contract once more, as plainly as it can be said: an engine that looks at every document for every search.
//!
//! It is slow and has no order of relevance; what it finds and counts is what every engine has to find and count.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
};

use async_trait::async_trait;
use souk_domain::{
    BuyBoxReason, Condition, EngineKind, Facet, FacetName, FacetValue, Facets, Filters, Highlights,
    Hit, HitVariant, Label, Language, MatchStage, PriceBucket, PriceFacet, PriceRange,
    ProductDocument, ProductId, SearchPage, Sort, Suggestion, TenantId, VariantDocument,
    most_frequent, price_ladder, same_value, value_key,
};
use souk_search::{
    SearchEngine, SearchError, SearchPlan, SuggestRequest,
    merchandising::{Chosen, Merchandising},
    query::analysis::{Analyzer, Token, normal_code},
    query::{
        ATTRIBUTE_FACETS, CodeMatch, ExactPhrase, Operators, TextPlan, Word, WordForm,
        inner_codes_of,
    },
};

use crate::value_counts::{count, listed, unified};

/// All documents of one tenant.
pub(crate) struct Model {
    entries: Vec<Entry>,
}

struct Entry {
    document: ProductDocument,
    words: Vec<Token>,
    /// Surfaces of each text's words.
    texts: Vec<Vec<String>>,
    codes: Vec<String>,
    inner_codes: Vec<String>,
}

impl Model {
    pub(crate) fn new(documents: &[ProductDocument], language: Language) -> Self {
        let mut analyzer = Analyzer::new(language);
        let mut entry = |document: &ProductDocument| {
            let named = document.all_categories().into_iter();
            let named = named.chain(document.all_fandoms());
            let names = named.chain([&document.seller]).map(|label| &label.name);
            let texts = [&document.title].into_iter();
            let texts = texts.chain(&document.brand).chain(names);
            let texts = texts.chain(document.attributes.values().flatten());
            let texts: Vec<(&String, bool)> = texts
                .map(|text| (text, true))
                .chain([(&document.description, false)])
                .collect();
            let surfaces = |text: Vec<Token>| text.into_iter().map(|word| word.surface).collect();
            Entry {
                texts: texts
                    .iter()
                    .map(|(text, _)| surfaces(analyzer.words(text)))
                    .collect(),
                words: texts
                    .into_iter()
                    .flat_map(|(text, spaced)| analyzer.terms(text, spaced))
                    .collect(),
                inner_codes: inner_codes_of(&document.codes),
                codes: document
                    .codes
                    .iter()
                    .map(|code| normal_code(code))
                    .collect(),
                document: document.clone(),
            }
        };
        Self {
            entries: documents.iter().map(&mut entry).collect(),
        }
    }
}

impl Entry {
    fn matches(&self, text: &TextPlan, stage: MatchStage) -> bool {
        let words = text.words.iter();
        let by_words = match stage {
            MatchStage::AnyTerm => words.clone().any(|word| self.has(word, stage)),
            _ => !text.words.is_empty() && words.clone().all(|word| self.has(word, stage)),
        };
        let is_code = |code: &String| {
            let has_digit = code.bytes().any(|byte| byte.is_ascii_digit());
            self.has_code(
                code,
                if has_digit {
                    CodeMatch::Prefix
                } else {
                    CodeMatch::Whole
                },
            )
        };
        by_words || text.code.as_ref().is_some_and(is_code)
    }

    fn has(&self, word: &Word, stage: MatchStage) -> bool {
        let typos = match stage {
            MatchStage::AllTerms => 0,
            _ => usize::from(word.typos),
        };
        let like = |token: &Token| {
            word.has_stem(&token.stem)
                || (word.prefix && token.surface.starts_with(&word.surface))
                || (typos > 0
                    && !token.surface.is_empty()
                    && is_typo(&token.surface, &word.surface, typos))
        };
        let has_stem = |stem: &str| self.words.iter().any(|token| token.stem == stem);
        let means = |synonym: &Vec<WordForm>| synonym.iter().all(|part| has_stem(&part.stem));
        let is_code = |code: &String| self.has_code(code, word.code_match);
        self.words.iter().any(like)
            || word.synonyms.iter().chain(&word.related).any(means)
            || word.code.as_ref().is_some_and(is_code)
    }

    fn has_code(&self, part: &String, farthest: CodeMatch) -> bool {
        let begins = |code: &String| code.starts_with(part.as_str());
        self.codes.contains(part)
            || (farthest >= CodeMatch::Prefix && self.codes.iter().any(begins))
            || (farthest >= CodeMatch::Within && self.inner_codes.iter().any(begins))
    }

    /// Returns true if it has every phrase, and nothing that is excluded.
    fn is_admitted_by(&self, operators: &Operators) -> bool {
        let excludes = |phrase: &ExactPhrase| match phrase.words.as_slice() {
            [word] => {
                self.words.iter().any(|own| own.stem == word.stem) || self.has_code_of(phrase)
            }
            _ => self.has_phrase(phrase),
        };
        operators
            .phrases
            .iter()
            .all(|phrase| self.has_phrase(phrase))
            && !operators.excluded.iter().any(excludes)
    }

    fn has_phrase(&self, phrase: &ExactPhrase) -> bool {
        let words: Vec<_> = phrase.words.iter().map(|word| &word.surface).collect();
        let stands = |text: &Vec<String>| {
            text.windows(words.len())
                .any(|own| own.iter().eq(words.iter().copied()))
        };
        self.texts.iter().any(stands) || self.has_code_of(phrase)
    }

    fn has_code_of(&self, phrase: &ExactPhrase) -> bool {
        phrase
            .code
            .as_ref()
            .is_some_and(|code| self.codes.contains(code))
    }

    fn is_one_of(&self, products: &Chosen) -> bool {
        match products {
            Chosen::Products(ids) => ids.contains(&self.document.id),
            Chosen::Matching(filters) => self.passes(filters),
        }
    }

    /// Returns true if no rule hides the product.
    fn is_admitted(&self, merchandising: &Merchandising) -> bool {
        let mut hidden = merchandising.hidden.iter();
        !hidden.any(|hidden| self.is_one_of(hidden))
    }

    /// Returns the boost factor on the popularity.
    fn boost(&self, merchandising: &Merchandising) -> f64 {
        let boosts = merchandising.boosts.iter();
        let own = boosts.filter(|boost| self.is_one_of(&boost.chosen));
        own.map(|boost| f64::from(boost.factor))
            .product::<f64>()
            .min(20.0)
    }

    /// Returns true if one of its variants passes all filters.
    fn passes(&self, filters: &Filters) -> bool {
        !self.passing(&[filters], None, None).is_empty()
    }

    /// Returns the variants that pass all of several filters, the first without those of one facet or attribute; none if
    /// the product does not pass them.
    fn passing(
        &self,
        filters: &[&Filters],
        but: Option<FacetName>,
        but_attribute: Option<&str>,
    ) -> Vec<&VariantDocument> {
        let but = |place| {
            let first = place == 0;
            (but.filter(|_| first), but_attribute.filter(|_| first))
        };
        let mut placed = filters.iter().enumerate();
        if !placed.all(|(place, filters)| self.product_passes(filters, but(place).0)) {
            return Vec::new();
        }
        let variants = self.document.variants.iter();
        let passing = variants.filter(|variant| {
            let mut placed = filters.iter().enumerate();
            placed.all(|(place, filters)| self.variant_passes(variant, filters, but(place)))
        });
        passing.collect()
    }

    /// Returns the values that a variant has of an attribute.
    fn values_of<'a>(&'a self, variant: &'a VariantDocument, name: &'a str) -> Vec<&'a String> {
        let names = self.document.attributes.keys();
        let name = names.into_iter().find(|own| same_value(own, name));
        let Some(name) = name else {
            return Vec::new();
        };
        let values = self.document.attributes.get(name).into_iter().flatten();
        let own = values.filter(|value| {
            let has = |variant: &VariantDocument| variant.options.get(name) == Some(*value);
            has(variant) || !self.document.variants.iter().any(has)
        });
        own.collect()
    }

    fn seller_of<'a>(&'a self, variant: &'a VariantDocument) -> &'a Label {
        variant.seller.as_ref().unwrap_or(&self.document.seller)
    }

    fn variant_passes(
        &self,
        variant: &VariantDocument,
        filters: &Filters,
        (but, but_attribute): (Option<FacetName>, Option<&str>),
    ) -> bool {
        (but == Some(FacetName::Price)
            || filters
                .price
                .is_none_or(|price| price.contains(variant.price)))
            && (but == Some(FacetName::Availability)
                || filters
                    .in_stock
                    .is_none_or(|wanted| wanted == variant.available))
            && (but == Some(FacetName::Seller)
                || filters.seller.is_empty()
                || filters.seller.contains(&self.seller_of(variant).slug))
            && filters.attributes.iter().all(|(name, accepted)| {
                let own = self.values_of(variant, name);
                but_attribute.is_some_and(|but| same_value(but, name))
                    || own.into_iter().any(|value| has(accepted, value))
            })
    }

    fn product_passes(&self, filters: &Filters, but: Option<FacetName>) -> bool {
        let document = &self.document;
        let any = |accepted: &BTreeSet<String>, own: Vec<&String>| {
            accepted.is_empty() || own.into_iter().any(|value| accepted.contains(value))
        };
        let paths = document.category_paths().flatten();
        let categories = paths.map(|label| &label.slug).collect();
        let fandoms = document.all_fandoms().map(|label| &label.slug).collect();
        let is = |facet| but == Some(facet);
        (is(FacetName::Category) || any(&filters.category, categories))
            && (is(FacetName::Fandom) || any(&filters.fandom, fandoms))
            && (is(FacetName::Brand)
                || filters.brand.is_empty()
                || document
                    .brand
                    .iter()
                    .any(|brand| has(&filters.brand, brand)))
            && (is(FacetName::Rating)
                || filters
                    .rating_min
                    .is_none_or(|least| document.rating.is_some_and(|rating| rating >= least)))
    }
}

/// Returns true if a value is accepted, in whatever spelling.
fn has(accepted: &BTreeSet<String>, value: &str) -> bool {
    accepted.iter().any(|own| same_value(own, value))
}

/// Whether one word is a misspelling of another. Of those of three letters, the first one is only swapped.
fn is_typo(one: &str, other: &str, typos: usize) -> bool {
    let distance = strsim::osa_distance(one, other);
    if other.chars().count() != 3 || distance == 0 {
        return distance <= typos;
    }
    let mut letters: [Vec<_>; 2] = [one, other].map(|word| word.chars().collect());
    let keeps_first = letters[0].first() == letters[1].first();
    letters
        .iter_mut()
        .for_each(|letters| letters.sort_unstable());
    let is_swap = letters[0] == letters[1];
    distance <= typos && letters[0].len() == 3 && (keeps_first || is_swap)
}

/// A document, and its variants that pass.
struct Seen<'a> {
    entry: &'a Entry,
    variants: Vec<&'a VariantDocument>,
}

impl<'a> Seen<'a> {
    fn lowest_price(&self) -> i64 {
        let prices = self.variants.iter().map(|variant| variant.price);
        prices.min().expect("a variant passes")
    }

    /// Returns the values of an attribute that a passing variant has, each once.
    fn values(&self, name: &'a str) -> BTreeSet<&'a String> {
        let variants = self.variants.iter();
        variants
            .flat_map(|variant| self.entry.values_of(variant, name))
            .collect()
    }
}

/// The documents that match a plan, as each facet sees them.
struct Matching<'a> {
    plan: &'a SearchPlan,
    found: Vec<&'a Entry>,
}

impl<'a> Matching<'a> {
    fn new(model: &'a Model, plan: &'a SearchPlan) -> Self {
        let matches = |entry: &&Entry| {
            let text = plan.text.as_ref();
            entry.is_admitted(&plan.merchandising)
                && entry.is_admitted_by(&plan.operators)
                && (plan.merchandising.pinned.contains(&entry.document.id)
                    || text.is_none_or(|text| entry.matches(text, plan.stage)))
        };
        Self {
            plan,
            found: model.entries.iter().filter(matches).collect(),
        }
    }

    fn seen_by(&self, facet: Option<FacetName>, attribute: Option<&str>) -> Vec<Seen<'a>> {
        let filters = [&self.plan.filters].into_iter();
        let filters: Vec<_> = filters.chain(&self.plan.merchandising.only).collect();
        let seen = self.found.iter().map(|entry| Seen {
            entry,
            variants: entry.passing(&filters, facet, attribute),
        });
        seen.filter(|seen| !seen.variants.is_empty()).collect()
    }

    /// Returns the products found, in order; by relevance only the pinned ones are ordered.
    fn ordered(&self) -> Vec<Seen<'a>> {
        let plan = self.plan;
        let mut entries = self.seen_by(None, None);
        let pinned = &plan.merchandising.pinned;
        let is_browsed = plan.text.is_none() && plan.sort == Sort::Popular;
        entries.sort_by(|one, other| {
            let pin = |entry: &Entry| {
                let place = pinned.iter().position(|id| *id == entry.document.id);
                let orders = is_browsed || plan.sort == Sort::Relevance;
                place.filter(|_| orders).unwrap_or(usize::MAX)
            };
            let key = |seen: &Seen<'_>| {
                let entry = seen.entry;
                let document = &entry.document;
                match plan.sort {
                    Sort::PriceAsc => -seen.lowest_price() as f64,
                    Sort::PriceDesc => seen.lowest_price() as f64,
                    Sort::Newest => document.created_at_ms as f64,
                    Sort::Rating => f64::from(document.rating.unwrap_or(0.0)),
                    Sort::Popular if is_browsed => {
                        document.popularity as f64 * entry.boost(&plan.merchandising)
                    }
                    Sort::Popular | Sort::Relevance => document.popularity as f64,
                }
            };
            let (one_id, other_id) = (one.entry.document.id, other.entry.document.id);
            let by_pin = pin(one.entry).cmp(&pin(other.entry));
            by_pin
                .then(key(other).total_cmp(&key(one)))
                .then(one_id.cmp(&other_id))
        });
        entries
    }

    /// A facet of what each document has of it, as label and parent.
    fn terms(
        &self,
        facet: FacetName,
        selected: &BTreeSet<String>,
        own: impl Fn(&ProductDocument) -> Vec<(Label, Option<String>)>,
    ) -> Facet {
        let seen = self.seen_by(Some(facet), None);
        let counted = count(seen.iter().flat_map(|seen| own(&seen.entry.document)));
        let counted = match facet {
            FacetName::Brand => unified(counted),
            _ => counted,
        };
        listed(facet.as_str(), counted, selected)
    }

    fn facet(&self, facet: FacetName) -> Facet {
        let filters = &self.plan.filters;
        let plain = |label: &Label| (label.clone(), None);
        match facet {
            FacetName::Category => self.terms(facet, &filters.category, |document| {
                let steps = |path: &[Label]| {
                    let parents: Vec<_> =
                        path.iter().map(|label| Some(label.slug.clone())).collect();
                    let parents = [None].into_iter().chain(parents);
                    path.iter().cloned().zip(parents).collect::<Vec<_>>()
                };
                // A product is once in a category, however many of its own lead there.
                let all: BTreeSet<_> = document.category_paths().flat_map(steps).collect();
                all.into_iter().collect()
            }),
            FacetName::Fandom => self.terms(facet, &filters.fandom, |document| {
                document.all_fandoms().map(plain).collect()
            }),
            FacetName::Brand => self.terms(facet, &filters.brand, |document| {
                let brands = document.brand.iter();
                brands
                    .map(|brand| plain(&Label::new(brand, brand)))
                    .collect()
            }),
            _ => {
                let seen = self.seen_by(Some(facet), None);
                let sellers = seen.iter().flat_map(|seen| {
                    let own = seen.variants.iter();
                    let own = own.map(|variant| seen.entry.seller_of(variant));
                    own.collect::<BTreeSet<_>>()
                });
                listed(facet.as_str(), count(sellers.map(plain)), &filters.seller)
            }
        }
    }

    fn choices(&self, facet: FacetName, choices: Vec<Choice>) -> Facet {
        let seen = self.seen_by(Some(facet), None);
        let values = choices.into_iter().map(|choice| FacetValue {
            value: choice.value,
            label: choice.label,
            count: seen.iter().filter(|seen| (choice.of)(seen)).count() as u64,
            selected: choice.selected,
            parent: None,
        });
        Facet {
            name: facet.as_str().to_owned(),
            values: values
                .filter(|value| value.count > 0 || value.selected)
                .collect(),
            exact: true,
            left_out: 0,
        }
    }

    fn rating(&self) -> Facet {
        let choice = |stars: u8| Choice {
            value: stars.to_string(),
            label: format!("{stars} and up"),
            selected: self.plan.filters.rating_min == Some(f32::from(stars)),
            of: Box::new(move |seen| {
                let rating = seen.entry.document.rating;
                rating.is_some_and(|own| own >= f32::from(stars))
            }),
        };
        self.choices(FacetName::Rating, [4, 3, 2, 1].map(choice).into())
    }

    fn availability(&self) -> Facet {
        let choice = |(value, label, wanted): (&str, &str, bool)| Choice {
            value: value.to_owned(),
            label: label.to_owned(),
            selected: self.plan.filters.in_stock == Some(wanted),
            of: Box::new(move |seen| seen.variants.iter().any(|own| own.available == wanted)),
        };
        let sides = [
            ("in_stock", "In stock", true),
            ("out_of_stock", "Out of stock", false),
        ];
        self.choices(FacetName::Availability, sides.map(choice).into())
    }

    fn price(&self) -> PriceFacet {
        let seen = self.seen_by(Some(FacetName::Price), None);
        let variants = seen.iter().flat_map(|seen| &seen.variants);
        let prices: Vec<_> = variants.map(|variant| variant.price).collect();
        let ladder = price_ladder(2);
        let buckets = ladder.iter().enumerate().map(|(place, &from)| {
            let to = ladder.get(place + 1).copied();
            let within = |variant: &&VariantDocument| {
                variant.price >= from && to.is_none_or(|to| variant.price < to)
            };
            let has_one = |seen: &&Seen<'_>| seen.variants.iter().any(within);
            let count = seen.iter().filter(has_one).count() as u64;
            PriceBucket { from, to, count }
        });
        PriceFacet {
            bounds: prices
                .iter()
                .min()
                .copied()
                .zip(prices.iter().max().copied()),
            buckets: buckets.filter(|bucket| bucket.count > 0).collect(),
            exact: true,
        }
    }

    fn attributes(&self) -> Vec<Facet> {
        let selected = &self.plan.filters.attributes;
        let nothing = BTreeSet::new();
        let everywhere = self
            .found
            .iter()
            .flat_map(|entry| entry.document.attributes.keys());
        let mut names: BTreeMap<_, BTreeSet<&String>> = BTreeMap::new();
        for name in everywhere.chain(selected.keys()) {
            names.entry(value_key(name)).or_default().insert(name);
        }
        let mut facets = Vec::new();
        for spellings in names.values() {
            let spelling = |own: &&&String| selected.contains_key(**own);
            let typed = spellings.iter().find(spelling).or(spellings.first());
            let typed = typed.expect("a name has a spelling");
            let seen = self.seen_by(None, Some(typed));
            let by_spelling = spellings.iter().map(|name| {
                let having = seen.iter().filter(|seen| {
                    seen.entry.document.attributes.contains_key(*name)
                        && !seen.values(name).is_empty()
                });
                (*name, having.count())
            });
            let counted = by_spelling.filter(|(_, products)| *products > 0);
            let name = most_frequent(counted).unwrap_or(typed);
            let having = seen.iter().filter(|seen| !seen.values(name).is_empty());
            let products = having.count();
            let values = seen.iter().flat_map(|seen| seen.values(name));
            let counted = unified(count(values.map(|value| (Label::new(value, value), None))));
            let identifies = counted.len() > 50 && counted.len() * 2 > products;
            let chosen = self.plan.filters.values_of(name);
            if chosen.is_some() || (!counted.is_empty() && !identifies) {
                let chosen = chosen.unwrap_or(&nothing);
                let order = (counted.len() <= 1, Reverse(products));
                facets.push((order, listed(name, counted, chosen)));
            }
        }
        facets.sort_by(|(one, facet), (other, other_facet)| {
            (one, &facet.name).cmp(&(other, &other_facet.name))
        });
        let places = facets.into_iter().map(|(_, facet)| facet).enumerate();
        let shown = places.filter(|(place, facet)| {
            *place < ATTRIBUTE_FACETS || self.plan.filters.values_of(&facet.name).is_some()
        });
        shown.map(|(_, facet)| facet).collect()
    }

    fn facets(&self) -> Facets {
        let asked = |facet| self.plan.facets.contains(&facet);
        let terms = |facet| asked(facet).then(|| self.facet(facet));
        Facets {
            category: terms(FacetName::Category),
            fandom: terms(FacetName::Fandom),
            brand: terms(FacetName::Brand),
            seller: terms(FacetName::Seller),
            price: asked(FacetName::Price).then(|| self.price()),
            rating: asked(FacetName::Rating).then(|| self.rating()),
            availability: asked(FacetName::Availability).then(|| self.availability()),
            attributes: if asked(FacetName::Attributes) {
                self.attributes()
            } else {
                Vec::new()
            },
            ranges: Vec::new(),
        }
    }
}

/// One choice of a facet that always has the same ones.
struct Choice {
    value: String,
    label: String,
    selected: bool,
    of: Box<dyn Fn(&Seen<'_>) -> bool>,
}

fn hit(seen: &Seen<'_>) -> Hit {
    let document = &seen.entry.document;
    let variants = &seen.variants;
    // The first of those that can be bought for the lowest price, or else of all for that price.
    let cheapest = |available: bool| {
        let mut variants = variants.iter();
        let is = |own: &&&VariantDocument| {
            own.price == seen.lowest_price() && (own.available || !available)
        };
        variants.find(is).copied()
    };
    let leading = cheapest(true).or(cheapest(false));
    let variant = leading.expect("a variant passes").id;
    let mut offers: Vec<_> = variants
        .iter()
        .copied()
        .filter(|own| own.id == variant)
        .collect();
    let is_new = |own: &VariantDocument| own.condition == Condition::New;
    // The best of all that remain, one property after the other.
    let better = |one: &VariantDocument, other: &VariantDocument| {
        if one.available != other.available {
            (one.available, BuyBoxReason::InStock)
        } else if one.price != other.price {
            (one.price < other.price, BuyBoxReason::LowestPrice)
        } else {
            (is_new(one) && !is_new(other), BuyBoxReason::Condition)
        }
    };
    let mut take_best = || {
        let mut best = 0;
        for place in 1..offers.len() {
            if better(offers[place], offers[best]).0 {
                best = place;
            }
        }
        (!offers.is_empty()).then(|| offers.remove(best))
    };
    let leading = take_best().expect("an offer passes");
    let reason = take_best().map(|second| match better(leading, second) {
        (true, reason) => reason,
        _ => BuyBoxReason::Older,
    });
    let ids: BTreeSet<_> = document.variants.iter().map(|own| own.id).collect();
    Hit {
        id: document.id,
        slug: document.slug.clone(),
        title: document.title.clone(),
        brand: document.brand.clone(),
        image: document.image.clone(),
        image_alt: document.image_alt.clone(),
        price: PriceRange {
            min: seen.lowest_price(),
            max: variants.iter().map(|own| own.price).max().unwrap_or(0),
            currency: document.price.currency,
        },
        list_price: leading.list_price,
        lowest_price_30d: leading.list_price.and(leading.lowest_price_30d),
        stock: variants.iter().map(|own| own.stock).sum(),
        available: variants.iter().any(|own| own.available),
        variant: Some(HitVariant {
            reason,
            ..HitVariant::from(leading)
        }),
        rating: document.rating,
        rating_count: document.rating_count,
        category: document.categories.last().cloned(),
        fandom: document.fandom.clone(),
        seller: seen.entry.seller_of(leading).clone(),
        created_at_ms: document.created_at_ms,
        variants: ids.len() as u32,
        highlights: Highlights::default(),
        score: None,
    }
}

#[async_trait]
impl SearchEngine for Model {
    fn kind(&self) -> EngineKind {
        EngineKind::Database
    }

    async fn search(&self, plan: &SearchPlan) -> Result<SearchPage, SearchError> {
        let matching = Matching::new(self, plan);
        let ordered = matching.ordered();
        Ok(SearchPage {
            hits: ordered.iter().map(hit).collect(),
            total: ordered.len() as u64,
            total_exact: true,
            facets: matching.facets(),
            next: None,
            stage: plan.stage,
        })
    }

    async fn facet_values(
        &self,
        _: &SearchPlan,
        _: FacetName,
        _: Option<&str>,
        _: &str,
        _: usize,
    ) -> Result<Facet, SearchError> {
        Err(SearchError::NotReady("not modelled".to_owned()))
    }

    async fn suggest(&self, _: &SuggestRequest) -> Result<Vec<Suggestion>, SearchError> {
        Err(SearchError::NotReady("not modelled".to_owned()))
    }

    async fn similar(&self, _: TenantId, _: ProductId, _: usize) -> Result<Vec<Hit>, SearchError> {
        Err(SearchError::NotReady("not modelled".to_owned()))
    }

    async fn ready(&self, _: TenantId) -> Result<(), SearchError> {
        Ok(())
    }
}
