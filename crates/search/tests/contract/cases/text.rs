//! Text matching, query relaxation and highlights.

use std::collections::BTreeSet;

use souk_domain::MatchStage;

use crate::{
    fixture::Fixture,
    query::{everything, text},
};

cases![
    words_match_every_field_they_should,
    all_words_have_to_match,
    words_may_match_in_different_fields,
    stems_match,
    two_words_may_be_one,
    a_quantity_may_be_written_otherwise,
    accents_and_case_are_folded,
    the_last_word_may_be_a_beginning_while_it_is_typed,
    one_or_two_letters_are_no_beginning_by_themselves,
    stop_words_are_words,
    numbers_are_words,
    typos_are_forgiven_when_nothing_matches,
    a_typo_in_the_first_letter_is_one_too,
    short_words_and_numbers_allow_no_typo,
    unknown_word_of_three_letters_allows_a_swap_or_another_letter,
    known_word_of_three_letters_allows_no_typo,
    any_word_will_do_in_the_end,
    a_stage_answers_for_itself,
    text_without_words_matches_nothing,
    nothing_typed_is_syntax,
    very_long_texts_are_answered,
    highlights_mark_matches_and_escape_the_rest,
    without_text_nothing_is_marked,
    hits_carry_what_a_list_shows,
];

async fn words_match_every_field_they_should(f: &Fixture) {
    f.finds(&text("poster "), &["poster-star", "poster-moon"])
        .await;
    f.finds(&text("dishwasher "), &["mug-eclair"]).await;
    f.finds(&text("wayfarer "), &["mug-travel", "kettle-steel"])
        .await;
    f.finds(&text("porcelain "), &["mug-eclair"]).await;
    f.finds(&text("xl "), &["shirt-plain"]).await;
    assert_eq!(f.total(&text("living ")).await, 15, "a category's ancestor");
    assert_eq!(f.total(&text("hub ")).await, 7, "the seller's name");
    assert_eq!(f.total(&text("collectibles ")).await, 17, "a category");
    assert_eq!(f.total(&text("dragonhold ")).await, 7, "a fandom");
}

async fn all_words_have_to_match(f: &Fixture) {
    f.finds(&text("moon mug "), &["mug-moon"]).await;
    f.finds(&text("mug moon "), &["mug-moon"]).await;
    f.finds(&text("poster star voyage "), &["poster-star"])
        .await;
}

async fn words_may_match_in_different_fields(f: &Fixture) {
    f.finds(&text("acme white "), &["mug-moon"]).await;
    f.finds(&text("hats cream "), &["hat-knight"]).await;
    f.finds(&text("attic dragonhold lamp "), &["lamp-dragon"])
        .await;
}

async fn stems_match(f: &Fixture) {
    f.finds(&text("run "), &["common"]).await;
    f.finds(&text("posters "), &["poster-star", "poster-moon"])
        .await;
    let mugs = f.found(&text("mugs ")).await;
    assert_eq!(mugs, f.found(&text("mug ")).await);
    assert!(mugs.contains("kettle-steel"));
}

async fn two_words_may_be_one(f: &Fixture) {
    f.finds(&text("umb rella "), &["homeless"]).await;
    f.finds(&text("umb rellas without "), &["homeless"]).await;
    let page = f.search(&text("dish washer ")).await;
    assert_eq!(f.names(&page.hits), ["mug-eclair"]);
    let marked = page.hits[0].highlights.description.as_deref();
    assert!(marked.is_some_and(|text| text.contains("ishwasher</mark>")));
}

async fn a_quantity_may_be_written_otherwise(f: &Fixture) {
    for typed in ["350 ml ", "350ml ", "350 millilitre ", "35cl ", "0.35 l "] {
        f.finds(&text(typed), &["mug-travel"]).await;
    }
}

async fn accents_and_case_are_folded(f: &Fixture) {
    let knights = [
        "mug-eclair",
        "hat-knight",
        "figure-02",
        "figure-06",
        "figure-10",
        "figure-14",
    ];
    for spelling in ["éclair ", "eclair ", "ECLAIR ", "Éclair "] {
        f.finds(&text(spelling), &knights).await;
    }
    f.finds(&text("creme brulee "), &["mug-eclair"]).await;
    f.finds(&text("CRÈME BRÛLÉE "), &["mug-eclair"]).await;
}

async fn the_last_word_may_be_a_beginning_while_it_is_typed(f: &Fixture) {
    f.finds(&text("umb"), &["homeless"]).await;
    f.finds(&text("steel kett"), &["kettle-steel", "mug-travel"])
        .await;
    f.finds(&text("umb "), &[]).await;
    let whole_first = text("kett steel ").plan(f.shop, f.language);
    let page = f.engine.search(&whole_first).await.expect("an answer");
    assert_eq!(page.total, 0, "only the last word may go on");
    assert!(f.total(&text("mug")).await >= 7);
}

async fn one_or_two_letters_are_no_beginning_by_themselves(f: &Fixture) {
    f.finds(&text("xq"), &[]).await;
    for typed in ["m", "mu", "s"] {
        let whole = f.found(&text(&format!("{typed} "))).await;
        assert_eq!(f.found(&text(typed)).await, whole, "{typed}");
    }
    f.finds(&text("steel ke"), &["kettle-steel", "mug-travel"])
        .await;
    let few = text("umbrella s").plan_backfilled_to(40, f.shop, f.language);
    let page = souk_search::search(f.engine.as_ref(), &few).await;
    let whole = f.found(&text("s ")).await.len() as u64;
    assert!(page.expect("an answer").total <= 1 + whole);
}

async fn stop_words_are_words(f: &Fixture) {
    f.finds(&text("without "), &["homeless"]).await;
    f.finds(&text("without a category "), &["homeless"]).await;
}

async fn numbers_are_words(f: &Fixture) {
    f.finds(&text("3000 "), &["filter"]).await;
    f.finds(&text("figure 16 "), &["figure-15"]).await;
}

async fn typos_are_forgiven_when_nothing_matches(f: &Fixture) {
    for (typed, meant) in [
        ("umbrela ", "homeless"),
        ("umbrlela ", "homeless"),
        ("unbrelaa ", "homeless"),
        ("porcelian ", "mug-eclair"),
        ("gaskets", "gasket"),
        ("stickr ", "free"),
    ] {
        let page = f.search(&text(typed)).await;
        assert_eq!(f.names(&page.hits), [meant], "{typed}");
    }
    let page = f.search(&text("umbrela ")).await;
    assert_eq!(page.stage, MatchStage::Fuzzy);
    let title = page.hits[0].highlights.title.as_deref();
    assert_eq!(title, Some("<mark>Umbrella</mark> without a Category"));
}

async fn a_typo_in_the_first_letter_is_one_too(f: &Fixture) {
    for typed in ["imbrella ", "mubrella ", "mbrella "] {
        f.finds(&text(typed), &["homeless"]).await;
    }
}

async fn short_words_and_numbers_allow_no_typo(f: &Fixture) {
    f.finds(&text("mu "), &[]).await;
    f.finds(&text("3001 "), &[]).await;
    f.finds(&text("nug "), &[]).await;
    f.finds(&text("mgs "), &[]).await;
}

async fn unknown_word_of_three_letters_allows_a_swap_or_another_letter(f: &Fixture) {
    let mugs = f.found(&text("mug ")).await;
    for typed in ["mgu ", "umg ", "mig ", "mub "] {
        let page = f.search(&text(typed)).await;
        assert_eq!(page.stage, MatchStage::Fuzzy, "{typed}");
        let names: BTreeSet<_> = f.names(&page.hits).into_iter().collect();
        assert!(
            names.contains("mug-star") && names.is_subset(&mugs),
            "{typed}: {names:?}"
        );
    }
    let page = f.search(&text("moon mgu ")).await;
    assert_eq!(f.names(&page.hits), ["mug-moon"]);
    let title = page.hits[0].highlights.title.as_deref();
    assert_eq!(title, Some("<mark>Moon</mark> Garden <mark>Mug</mark>"));
}

async fn known_word_of_three_letters_allows_no_typo(f: &Fixture) {
    // "hat" would also be the misspelt "hut" if no product had it: it stays what it is beside an unknown word.
    let hats = f.found(&text("hat ")).await;
    assert_eq!(f.found(&text("hta ")).await, hats);
    let page = f.search(&text("hat mgu ")).await;
    assert_eq!(page.stage, MatchStage::AnyTerm);
    let found: BTreeSet<_> = f.names(&page.hits).into_iter().collect();
    let mugs = f.found(&text("mgu ")).await;
    assert_eq!(found, hats.union(&mugs).cloned().collect::<BTreeSet<_>>());
}

async fn any_word_will_do_in_the_end(f: &Fixture) {
    let page = f.search(&text("umbrella gasket ")).await;
    assert_eq!(page.stage, MatchStage::AnyTerm);
    let mut names = f.names(&page.hits);
    names.sort();
    assert_eq!(names, ["gasket", "homeless"]);
    assert_eq!(page.total, 2);

    let page = f.search(&text("umbrela zzzzzz ")).await;
    assert_eq!(page.stage, MatchStage::AnyTerm);
    assert_eq!(f.names(&page.hits), ["homeless"], "typos included");
}

async fn a_stage_answers_for_itself(f: &Fixture) {
    let plan = text("umbrela gasket ").plan(f.shop, f.language);
    for (stage, total) in [
        (MatchStage::AllTerms, 0),
        (MatchStage::Fuzzy, 0),
        (MatchStage::AnyTerm, 2),
    ] {
        let page = f.engine.search(&plan.at(stage)).await.expect("an answer");
        assert_eq!((page.total, page.stage), (total, stage));
    }
    let plan = text("umbrella ").plan(f.shop, f.language);
    let page = f
        .engine
        .search(&plan.at(MatchStage::Fuzzy))
        .await
        .expect("an answer");
    assert_eq!(page.total, 1, "no typo is fine as well");
}

async fn text_without_words_matches_nothing(f: &Fixture) {
    for typed in ["?!", "***", "\"", "🦀"] {
        let page = f.search(&text(typed).all_facets()).await;
        assert_eq!((page.total, page.hits.len()), (0, 0), "{typed}");
        let brands = page.facets.brand.expect("asked for");
        assert_eq!(brands.values, []);
    }
}

async fn nothing_typed_is_syntax(f: &Fixture) {
    for typed in [
        "moon AND mug ",
        "moon OR ",
        "NOT mug",
        "NEAR(moon mug)",
        "title:mug",
        "moon & mug",
        "moon | mug",
        "!mug",
        "mug:*",
        "mug:A",
        "(mug",
        "mug)",
        "\"moon mug\"",
        "\"mug",
        "'mug",
        "mug''",
        "mug\\",
        "mug*",
        "*",
        "%",
        "_",
        "mug%",
        "moon -mug",
        "moon^2 mug",
        "moon <-> mug",
        "{title} : mug",
        "$1 ?1 :name @name",
        "mug'; DROP TABLE products; --",
        "mug~2",
        "[mug TO moon]",
        "/mug/",
        "+mug -moon",
        "\u{0}mug",
        "mug\u{0}",
    ] {
        f.search(&text(typed).all_facets()).await;
    }
    f.finds(&text("moon & mug! "), &["mug-moon"]).await;
    f.finds(&text("\"moon\" <mug> "), &["mug-moon"]).await;
    assert_eq!(f.total(&everything()).await, 43, "nothing was dropped");
}

async fn very_long_texts_are_answered(f: &Fixture) {
    let long_word = "x".repeat(400);
    f.finds(&text(&long_word), &[]).await;
    let many_words = "mug ".repeat(100);
    assert!(f.total(&text(&many_words)).await >= 7);
    let many_different: Vec<_> = (0..60).map(|number| format!("word{number}")).collect();
    f.finds(&text(&many_different.join(" ")), &[]).await;
    let mixed = format!("umbrella {}", "abcdefgh ijklmnop ".repeat(10));
    f.finds(&text(&mixed), &["homeless"]).await;
}

async fn highlights_mark_matches_and_escape_the_rest(f: &Fixture) {
    let page = f.search(&text("friends ")).await;
    assert_eq!(f.names(&page.hits), ["html"]);
    let marks = &page.hits[0].highlights;
    assert_eq!(
        marks.title.as_deref(),
        Some("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; <mark>Friends</mark> Print")
    );
    assert_eq!(
        marks.description.as_deref(),
        Some("A print of <mark>friends</mark> &amp; &lt;i&gt;foes&lt;/i&gt;.")
    );

    let page = f.search(&text("brulee ")).await;
    let marks = &page.hits[0].highlights;
    assert_eq!(marks.title, None, "nothing in the title matched");
    let description = marks.description.as_deref().unwrap_or_default();
    assert!(description.contains("<mark>brûlée</mark>"), "{description}");
    assert!(description.contains("&lt;b&gt;"), "{description}");
}

async fn without_text_nothing_is_marked(f: &Fixture) {
    let page = f.search(&everything()).await;
    assert!(
        page.hits
            .iter()
            .all(|hit| { hit.highlights.title.is_none() && hit.highlights.description.is_none() })
    );
}

async fn hits_carry_what_a_list_shows(f: &Fixture) {
    let page = f.search(&text("star voyage mug ")).await;
    let hit = &page.hits[0];
    assert_eq!(hit.id, f.id("mug-star"));
    assert_eq!(hit.title, "Star Voyage Mug");
    assert_eq!(hit.brand.as_deref(), Some("Acme"));
    assert_eq!(
        hit.image.as_deref(),
        Some("https://img.example/mug-star.jpg")
    );
    assert_eq!(hit.image_alt.as_deref(), Some("A mug"));
    assert_eq!((hit.price.min, hit.price.max), (1_299, 1_299));
    assert_eq!(hit.list_price, Some(1_599));
    assert_eq!(hit.lowest_price_30d, Some(1_599));
    assert_eq!(hit.price.currency.code(), "EUR");
    assert_eq!((hit.rating, hit.rating_count), (Some(4.5), 10));
    let label = |label: &Option<souk_domain::Label>| {
        let label = label.clone().expect("a label");
        (label.slug, label.name)
    };
    assert_eq!(label(&hit.category), ("mugs".into(), "Mugs".into()));
    assert_eq!(
        label(&hit.fandom),
        ("star-voyage".into(), "Star Voyage".into())
    );
    assert_eq!(hit.seller.name, "Main Street Goods");
    assert_eq!((hit.created_at_ms, hit.variants), (1_000, 1));

    let page = f.search(&text("travel ")).await;
    let hit = &page.hits[0];
    assert_eq!((hit.price.min, hit.price.max), (2_400, 2_900));
    assert_eq!((hit.stock, hit.variants), (2, 2));
    assert_eq!(hit.fandom, None);

    let page = f.search(&text("umbrella ")).await;
    assert_eq!(page.hits[0].category, None);
    assert_eq!(page.hits[0].brand, None);
    assert_eq!(page.hits[0].rating, None);
}
