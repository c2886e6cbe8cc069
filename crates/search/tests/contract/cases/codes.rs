//! Part numbers, SKUs and the like: found whole or by their beginning, with or without dashes, and first.

use souk_domain::Sort;

use crate::{fixture::Fixture, query::text};

cases![
    a_whole_code_comes_first_then_beginnings_then_mentions,
    dashes_spaces_and_case_do_not_matter,
    a_beginning_of_a_code_finds_it,
    the_middle_of_a_code_finds_it_from_a_sign_on,
    skus_of_variants_are_codes,
    a_word_among_others_may_be_a_code,
    codes_obey_filters_and_orders,
];

async fn a_whole_code_comes_first_then_beginnings_then_mentions(f: &Fixture) {
    for typed in ["KN-100-A", "kn-100-a"] {
        assert_eq!(
            f.ordered(&text(typed)).await,
            ["KN-100-A", "KN-100-AB", "KN-200/7"],
            "{typed}"
        );
    }
    assert_eq!(f.ordered(&text("006R90321")).await, ["gasket", "filter"]);
}

async fn dashes_spaces_and_case_do_not_matter(f: &Fixture) {
    for typed in ["kn100a", "KN 100 A", "KN.100.A", "kn 100a", "Kn-100A"] {
        assert_eq!(f.ordered(&text(typed)).await[0], "KN-100-A", "{typed}");
    }
    for typed in ["006r-90321", "006 R 90321", "006r90321 "] {
        assert_eq!(f.ordered(&text(typed)).await[0], "gasket", "{typed}");
    }
    for typed in ["kn2007", "KN-200-7", "kn 200/7"] {
        assert_eq!(f.ordered(&text(typed)).await[0], "KN-200/7", "{typed}");
    }
}

async fn a_beginning_of_a_code_finds_it(f: &Fixture) {
    assert_eq!(f.ordered(&text("006R9")).await[0], "gasket");
    assert_eq!(
        f.ordered(&text("kn-10")).await[..2],
        ["KN-100-A", "KN-100-AB"]
    );
    assert_eq!(f.ordered(&text("KN2")).await, ["KN-200/7"]);
}

async fn the_middle_of_a_code_finds_it_from_a_sign_on(f: &Fixture) {
    f.finds(&text("90321"), &["gasket"]).await;
    f.finds(&text("100ab"), &["KN-100-AB"]).await;
    f.finds(&text("0321"), &[]).await;
}

async fn skus_of_variants_are_codes(f: &Fixture) {
    assert_eq!(f.ordered(&text("TRV-350")).await, ["mug-travel"]);
    assert_eq!(f.ordered(&text("trv500")).await, ["mug-travel"]);
}

async fn a_word_among_others_may_be_a_code(f: &Fixture) {
    assert_eq!(f.ordered(&text("knob kn2007 ")).await, ["KN-200/7"]);
    assert_eq!(f.ordered(&text("knob KN200")).await, ["KN-200/7"]);
    let named = ["KN-100-A", "KN-100-AB", "KN-200/7"].map(str::to_owned);
    assert_eq!(
        f.found(&text("kn100a knob")).await,
        std::collections::BTreeSet::from(named),
        "the title of the last one has it, with its hyphens"
    );
}

async fn codes_obey_filters_and_orders(f: &Fixture) {
    f.finds(&text("006R90321").seller("attic"), &[]).await;
    assert_eq!(
        f.ordered(&text("KN-100-A").sort(Sort::PriceDesc)).await,
        ["KN-200/7", "KN-100-AB", "KN-100-A"]
    );
}
