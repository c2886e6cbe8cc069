//! Codes with or without digits: the catalogue says what is one.

use crate::{fixture::Fixture, query::text};

cases![
    a_code_without_a_digit_is_one,
    whole_codes_come_before_begun_ones_and_those_before_parts,
    part_of_a_code_finds_it,
    a_code_stands_among_words,
    letters_are_part_of_a_code_where_no_product_has_the_word,
    a_word_is_found_before_codes_that_begin_with_it,
];

async fn ordered(f: &Fixture, typed: &str) -> Vec<String> {
    let page = f.search_in(f.exact, &text(typed)).await;
    page.hits.into_iter().map(|hit| hit.title).collect()
}

async fn a_code_without_a_digit_is_one(f: &Fixture) {
    for typed in ["ABC-DEF", "abcdef", "abc def", "ABC/DEF "] {
        assert_eq!(ordered(f, typed).await, ["Valve Kit"], "{typed}");
    }
    assert_eq!(ordered(f, "ABC-DE").await, ["Valve Kit"]);
}

async fn whole_codes_come_before_begun_ones_and_those_before_parts(f: &Fixture) {
    assert_eq!(
        ordered(f, "KT-INS").await[..2],
        ["Steel Valve", "Brass Valve"]
    );
    assert_eq!(ordered(f, "kt-ins114").await, ["Brass Valve"]);
}

async fn part_of_a_code_finds_it(f: &Fixture) {
    for typed in ["INS114", "ins-114", "114-DRE", "INS114-DRE", "ins114dre"] {
        assert_eq!(ordered(f, typed).await, ["Brass Valve"], "{typed}");
    }
    assert_eq!(f.ordered(&text("90321")).await, ["gasket"]);
}

async fn a_code_stands_among_words(f: &Fixture) {
    for typed in [
        "valve KT-INS114-DRE",
        "KT-INS114-DRE valve ",
        "valve INS114",
        "brass KT-INS114",
    ] {
        assert_eq!(ordered(f, typed).await, ["Brass Valve"], "{typed}");
    }
    assert_eq!(ordered(f, "valve ABC-DEF").await, ["Valve Kit"]);
    assert_eq!(ordered(f, "valve abcdef").await, ["Valve Kit"]);
}

async fn letters_are_part_of_a_code_where_no_product_has_the_word(f: &Fixture) {
    assert_eq!(ordered(f, "dre ").await, ["Brass Valve"]);
    assert_eq!(ordered(f, "valve dre ").await, ["Brass Valve"]);
    assert_eq!(ordered(f, "ktin").await.len(), 3);
}

async fn a_word_is_found_before_codes_that_begin_with_it(f: &Fixture) {
    let seal = ordered(f, "seal").await;
    assert_eq!(seal, ["Seal"]);
    let kit = ordered(f, "kit ").await;
    assert_eq!(kit, ["Valve Kit"]);
}
