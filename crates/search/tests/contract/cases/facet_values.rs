//! Searching within the values of one facet.

use souk_domain::{Facet, FacetName};

use crate::{
    fixture::{Fixture, counts, selected},
    query::{Query, everything, text},
};

cases![
    values_are_found_by_the_beginnings_of_their_words,
    a_blank_needle_lists_all,
    the_limit_leaves_out_and_says_so,
    labels_and_slugs_are_both_searched,
    accents_and_case_do_not_matter,
    attributes_are_searched_by_name,
    its_own_selection_does_not_narrow_it_but_others_do,
    it_follows_the_text_and_its_stage,
    what_has_no_values_answers_none,
];

async fn values(f: &Fixture, query: Query, facet: FacetName, needle: &str) -> Facet {
    f.facet_values(&query, facet, None, needle, 20).await
}

async fn brands(f: &Fixture, needle: &str) -> Vec<(String, u64)> {
    let facet = values(f, everything(), FacetName::Brand, needle).await;
    assert_eq!(facet.name, "brand");
    owned(&facet)
}

fn owned(facet: &Facet) -> Vec<(String, u64)> {
    let counts = counts(facet).into_iter();
    counts
        .map(|(value, count)| (value.to_owned(), count))
        .collect()
}

fn expected(counts: &[(&str, u64)]) -> Vec<(String, u64)> {
    let counts = counts.iter();
    counts
        .map(|(value, count)| ((*value).to_owned(), *count))
        .collect()
}

async fn values_are_found_by_the_beginnings_of_their_words(f: &Fixture) {
    assert_eq!(brands(f, "stat").await, expected(&[("Statuary", 9)]));
    assert_eq!(brands(f, "co").await, expected(&[("Bistro & Co", 2)]));
    assert_eq!(brands(f, "co bis").await, expected(&[("Bistro & Co", 2)]));
    assert_eq!(brands(f, "l").await, expected(&[("Loom", 4), ("Lumen", 1)]));
    assert_eq!(brands(f, "tatuary").await, []);
    assert_eq!(brands(f, "co x").await, []);
}

async fn a_blank_needle_lists_all(f: &Fixture) {
    for needle in ["", "  "] {
        assert_eq!(brands(f, needle).await.len(), 9, "{needle:?}");
    }
}

async fn the_limit_leaves_out_and_says_so(f: &Fixture) {
    let facet = f
        .facet_values(&everything(), FacetName::Brand, None, "", 2)
        .await;
    assert_eq!(counts(&facet), [("Statuary", 9), ("Minis", 8)]);
    assert_eq!((facet.left_out, facet.exact), (7, true));
}

async fn labels_and_slugs_are_both_searched(f: &Fixture) {
    let sellers = values(f, everything(), FacetName::Seller, "goods").await;
    assert_eq!(counts(&sellers), [("main-street", 10)]);
    assert_eq!(sellers.values[0].label, "Main Street Goods");
    let sellers = values(f, everything(), FacetName::Seller, "the").await;
    assert_eq!(counts(&sellers), [("attic", 26)]);
    // "T-Shirts" has the slug "shirts".
    let categories = values(f, everything(), FacetName::Category, "shirt").await;
    assert_eq!(counts(&categories), [("shirts", 3)]);
    let categories = values(f, everything(), FacetName::Category, "k").await;
    assert_eq!(counts(&categories), [("kitchen", 9), ("kettles", 2)]);
}

async fn accents_and_case_do_not_matter(f: &Fixture) {
    for needle in ["ecl", "ÉCL", "écl", "Eclair kn"] {
        let fandoms = values(f, everything(), FacetName::Fandom, needle).await;
        assert_eq!(counts(&fandoms), [("eclair-knights", 6)], "{needle}");
    }
}

async fn attributes_are_searched_by_name(f: &Fixture) {
    let search = async |name, needle| {
        let facet = f
            .facet_values(&everything(), FacetName::Attributes, Some(name), needle, 20)
            .await;
        assert_eq!(facet.name, name);
        owned(&facet)
    };
    assert_eq!(
        search("Colour", "b").await,
        expected(&[("Black", 2), ("Blue", 2)])
    );
    assert_eq!(search("Size", "350").await, expected(&[("350 ml", 1)]));
    assert_eq!(search("Weight", "").await, []);
}

async fn its_own_selection_does_not_narrow_it_but_others_do(f: &Fixture) {
    let query = everything().category("mugs").brand("Acme");
    let facet = values(f, query, FacetName::Brand, "").await;
    assert_eq!(
        counts(&facet),
        [
            ("Acme", 3),
            ("Twins", 2),
            ("Bistro & Co", 1),
            ("Wayfarer", 1)
        ]
    );
    assert_eq!(selected(&facet), ["Acme"]);

    let query = everything()
        .attribute("Colour", "Cream")
        .attribute("Material", "Wool");
    let facet = f
        .facet_values(&query, FacetName::Attributes, Some("Material"), "", 20)
        .await;
    assert_eq!(counts(&facet), [("Porcelain", 1), ("Wool", 1)]);
}

async fn it_follows_the_text_and_its_stage(f: &Fixture) {
    let facet = values(f, text("voyage "), FacetName::Brand, "").await;
    assert_eq!(
        counts(&facet),
        [("Statuary", 4), ("Acme", 1), ("Inkwell", 1), ("Loom", 1)]
    );
    let facet = values(f, text("wayfarre "), FacetName::Seller, "").await;
    assert_eq!(
        counts(&facet),
        [("gear-hub", 1), ("main-street", 1)],
        "with the typo that the search itself forgives"
    );
}

async fn what_has_no_values_answers_none(f: &Fixture) {
    for facet in [FacetName::Price, FacetName::Rating] {
        assert_eq!(values(f, everything(), facet, "").await.values, []);
    }
}
