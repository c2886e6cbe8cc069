//! Suggestions: completes a text with facet names, words of products, and titles.

use std::collections::{BTreeMap, HashMap};

use souk_domain::{Sort, Suggestion, SuggestionKind};
use tantivy::postings::Postings as _;
use tantivy::query::FuzzyTermQuery;
use tantivy::schema::IndexRecordOption;
use tantivy::{BitSet, DocAddress, DocSet as _, TERMINATED, Term};

use super::index::columns::alive;
use super::index::tenant::{Snapshot, TenantIndex};
use super::query::matching::{Match, Matcher};
use super::query::ranking::{self, Best};
use super::query::scores::MatchValues;
use super::query::search;
use super::query::terms::Lookup;
use crate::SuggestRequest;
use crate::query::analysis::{Folder, word_places};
use crate::ranking::weights::NAMING_WEIGHT;
use crate::suggestions::{Completer, Completion, MIN_TYPO_CHARS, best};

/// Number of the most frequent words that are considered as completions.
const WORDS: usize = 40;
/// Number of the most popular products that are considered as completions.
const PRODUCTS: usize = 30;
/// Number of products whose spelling of a word is looked at.
const EXAMPLES: usize = 3;
/// Factor by which matches must exceed a segment's popular products for those to be scanned first.
const WIDE: u64 = 8;

/// Returns suggestions for the text typed so far, best first.
pub(super) fn suggest(
    tenant: &TenantIndex,
    request: &SuggestRequest,
) -> tantivy::Result<Vec<Suggestion>> {
    let mut completer = Completer::new(&request.text);
    if completer.typed().is_empty() {
        return Ok(Vec::new());
    }
    let snapshot = tenant.snapshot();
    let mut completions = names(tenant, &snapshot, &completer);
    completions.extend(queries(
        tenant,
        &snapshot,
        &mut completer,
        &request.text,
        request.limit,
    )?);
    completions.extend(products(tenant, &snapshot, &mut completer)?);
    Ok(best(completions, request.limit))
}

/// Completes with the names of categories, fandoms and brands that have products.
fn names(tenant: &TenantIndex, snapshot: &Snapshot, completer: &Completer) -> Vec<Completion> {
    let names = snapshot.names(&tenant.dictionary).iter();
    let completions = names.filter_map(|name| {
        let (fit, highlighted) = completer.judge_words(&name.label, &name.words)?;
        Some(Completion {
            fit,
            weight: name.count,
            suggestion: Suggestion {
                kind: name.kind,
                text: name.label.clone(),
                highlighted,
                value: Some(name.value.clone()),
                count: Some(name.count),
            },
        })
    });
    completions.collect()
}

/// Completes the last word with words of titles and names that co-occur with the other words.
fn queries(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    completer: &mut Completer,
    text: &str,
    limit: usize,
) -> tantivy::Result<Vec<Completion>> {
    let Some((last, others)) = completer.typed().split_last() else {
        return Ok(Vec::new());
    };
    let (last, others) = (last.clone(), others.to_vec());
    let mut words = frequent_words(tenant, snapshot, &last, false)?;
    if words.is_empty() && last.chars().count() >= MIN_TYPO_CHARS {
        words = frequent_words(tenant, snapshot, &last, true)?;
    }
    let companions = companions(tenant, snapshot, &others)?;
    let before = word_places(text)
        .last()
        .map_or("", |(start, _)| &text[..start]);
    let mut named = Vec::new();
    for word in words {
        let (products, examples) = products_named(tenant, snapshot, &word, &companions)?;
        if products > 0 {
            named.push((products, word, examples));
        }
    }
    // Each is read from some products: no more than may be shown.
    named.sort_by(|one, other| (other.0, &one.1).cmp(&(one.0, &other.1)));
    named.truncate(limit);
    let mut completions = Vec::new();
    for (products, word, examples) in named {
        let shown = shown(snapshot, &word, &examples)?;
        let text = format!("{}{}", before.trim_start(), shown.unwrap_or(word));
        if let Some((fit, highlighted)) = completer.judge(&text) {
            completions.push(Completion {
                fit,
                weight: products,
                suggestion: Suggestion {
                    kind: SuggestionKind::Query,
                    text,
                    highlighted,
                    value: None,
                    count: None,
                },
            });
        }
    }
    Ok(completions)
}

/// Returns the most frequent words with this prefix, with at most one typo.
fn frequent_words(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    prefix: &str,
    with_typo: bool,
) -> tantivy::Result<Vec<String>> {
    let field = tenant.fields.surface;
    let mut frequencies: HashMap<Vec<u8>, u32> = HashMap::new();
    let mut add = |word: &[u8], count: u32| match frequencies.get_mut(word) {
        Some(frequency) => *frequency += count,
        None => drop(frequencies.insert(word.to_owned(), count)),
    };
    for (reader, _) in snapshot.segments() {
        let index = reader.inverted_index(field)?;
        if with_typo {
            let term = Term::from_field_text(field, prefix);
            let automaton = FuzzyTermQuery::new_prefix(term, 1, true).automaton()?;
            let mut found = index.terms().search(automaton).into_stream()?;
            while found.advance() {
                add(found.key(), found.value().doc_freq);
            }
        } else {
            let mut found = index.terms().range().ge(prefix).into_stream()?;
            while found.advance() && found.key().starts_with(prefix.as_bytes()) {
                add(found.key(), found.value().doc_freq);
            }
        }
    }
    let mut words: Vec<(u32, Vec<u8>)> = frequencies
        .into_iter()
        .filter(|(word, _)| word.len() > 1)
        .map(|(word, frequency)| (frequency, word))
        .collect();
    words.sort_unstable_by(|(one, word), (two, other)| (two, word).cmp(&(one, other)));
    let words = words.into_iter().take(WORDS);
    Ok(words
        .filter_map(|(_, word)| String::from_utf8(word).ok())
        .collect())
}

/// Returns the products that have all the other words, by segment; `None` if there are no other words.
fn companions(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    others: &[String],
) -> tantivy::Result<Option<Vec<BitSet>>> {
    if others.is_empty() {
        return Ok(None);
    }
    let matcher = completing(tenant, snapshot, others, false)?;
    let mut segments = Vec::new();
    for (segment, (reader, _)) in snapshot.segments().enumerate() {
        let mut docs = BitSet::with_max_value(reader.max_doc());
        matcher.for_each(segment, reader, |doc, _| {
            docs.insert(doc);
        })?;
        segments.push(docs);
    }
    Ok(Some(segments))
}

/// Counts the products with the word in their title or names, restricted to the given ones, with some of them. The count of a
/// frequent word may include deleted products until a merge removes them.
fn products_named(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    word: &str,
    among: &Option<Vec<BitSet>>,
) -> tantivy::Result<(u64, Vec<DocAddress>)> {
    let term = Term::from_field_text(tenant.fields.surface, word);
    let mut products = 0;
    let mut examples = Vec::new();
    for (segment, (reader, table)) in snapshot.segments().enumerate() {
        let index = reader.inverted_index(tenant.fields.surface)?;
        let Some(info) = index.get_term_info(&term)? else {
            continue;
        };
        let known = table.name_frequencies.of(&info).filter(|_| among.is_none());
        let known = known.filter(|&it| it == 0 || it > reader.num_deleted_docs());
        products += known.map_or(0, u64::from);
        if known == Some(0) || known.is_some() && examples.len() == EXAMPLES {
            continue;
        }
        let mut postings =
            index.read_postings_from_terminfo(&info, IndexRecordOption::WithFreqs)?;
        let among = among.as_ref().map(|segments| &segments[segment]);
        let is_alive = alive(reader);
        while postings.doc() != TERMINATED {
            let doc = postings.doc();
            let counts = postings.term_freq() >= u32::from(NAMING_WEIGHT)
                && among.is_none_or(|among| among.contains(doc))
                && is_alive(doc);
            if counts && examples.len() < EXAMPLES {
                examples.push(DocAddress::new(segment as u32, doc));
            }
            if known.is_some() && examples.len() == EXAMPLES {
                break;
            }
            products += u64::from(counts && known.is_none());
            postings.advance();
        }
    }
    Ok((products, examples))
}

/// Returns a word as the titles and brands of some products write it most often, if they have it.
fn shown(
    snapshot: &Snapshot,
    word: &str,
    examples: &[DocAddress],
) -> tantivy::Result<Option<String>> {
    let mut folder = Folder::new();
    let mut spellings: BTreeMap<String, usize> = BTreeMap::new();
    for &example in examples {
        let hit = search::with_card(snapshot, example, |card| card.hit)?;
        let texts = [Some(hit.title.as_str()), hit.brand.as_deref()];
        for text in texts.into_iter().flatten() {
            for (start, end) in word_places(text) {
                let written = &text[start..end];
                if folder.fold(written) == word {
                    *spellings.entry(written.to_lowercase()).or_default() += 1;
                }
            }
        }
    }
    let usual = spellings.into_iter().max_by_key(|(_, times)| *times);
    Ok(usual.map(|(spelling, _)| spelling))
}

/// Completes with the titles of popular products; with typos only if none matches without.
fn products(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    completer: &mut Completer,
) -> tantivy::Result<Vec<Completion>> {
    let found = titled(tenant, snapshot, completer, false)?;
    if !found.is_empty() {
        return Ok(found);
    }
    titled(tenant, snapshot, completer, true)
}

fn titled(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    completer: &mut Completer,
    with_typo: bool,
) -> tantivy::Result<Vec<Completion>> {
    let values = MatchValues::of_completions();
    let matcher = completing(tenant, snapshot, completer.typed(), with_typo)?;
    let in_title = matcher.score_of(values.prefix.of(u32::from(NAMING_WEIGHT)));
    let mut popular = Best::new(PRODUCTS, None, Sort::Popular);
    for (segment, (reader, table)) in snapshot.segments().enumerate() {
        let is_alive = alive(reader);
        let completes = |doc, matched: Match| matched.score() >= in_title && is_alive(doc);
        let mut offer = |doc| {
            let rank = ranking::rank(Sort::Popular, table, doc, 0.0);
            popular.offer(rank, table, DocAddress::new(segment as u32, doc));
        };
        if matcher.most_matching(segment) > WIDE * table.popular.len() as u64 {
            let mut found = Vec::new();
            matcher.for_each_of(&table.popular, segment, reader, |doc, matched| {
                if completes(doc, matched) {
                    found.push(doc);
                }
            })?;
            if found.len() >= PRODUCTS {
                // All other matches are less popular.
                found.into_iter().for_each(offer);
                continue;
            }
        }
        matcher.for_each(segment, reader, |doc, matched| {
            if completes(doc, matched) {
                offer(doc);
            }
        })?;
    }
    let (ranked, _) = popular.finish();
    let mut completions = Vec::new();
    for (place, ranked) in ranked.iter().enumerate() {
        let hit = search::with_card(snapshot, ranked.address, |card| card.hit)?;
        if let Some((fit, highlighted)) = completer.judge(&hit.title) {
            completions.push(Completion {
                fit,
                // Each leads to one product only; the popular ones come first.
                weight: PRODUCTS.saturating_sub(place) as u64,
                suggestion: Suggestion {
                    kind: SuggestionKind::Product,
                    text: hit.title,
                    highlighted,
                    value: Some(hit.slug),
                    count: None,
                },
            });
        }
    }
    Ok(completions)
}

fn completing(
    tenant: &TenantIndex,
    snapshot: &Snapshot,
    words: &[String],
    with_typo: bool,
) -> tantivy::Result<Matcher> {
    let values = MatchValues::of_completions();
    let lookup = Lookup::new(&snapshot.searcher, tenant.fields, values);
    let find = |word: &String| {
        let with_typo = with_typo && word.chars().count() >= MIN_TYPO_CHARS;
        lookup.completions(word, with_typo)
    };
    Ok(Matcher::of_words(
        words.iter().map(find).collect::<tantivy::Result<_>>()?,
    ))
}

pub(crate) mod names;
