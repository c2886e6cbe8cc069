//! Words written together and apart, names with signs, forms of letters, scripts without spaces.

use crate::{
    fixture::Fixture,
    query::{everything, text},
};

cases![
    words_across_signs_are_found_together_and_apart,
    letters_and_digits_are_found_together_and_apart,
    signs_tell_names_apart,
    possessive_is_no_word_and_no_beginning,
    words_are_compared_in_one_form,
    inner_words_of_scripts_without_spaces_are_found,
    each_title_is_found_by_itself,
    marks_are_where_the_words_are,
];

async fn titles(f: &Fixture, typed: &str) -> Vec<String> {
    let page = Fixture::search_in(f, f.words, &text(typed)).await;
    let mut titles: Vec<_> = page.hits.into_iter().map(|hit| hit.title).collect();
    titles.sort();
    titles
}

async fn find(f: &Fixture, typed: &[&str], expected: &[&str]) {
    for typed in typed {
        assert_eq!(titles(f, typed).await, expected, "{typed}");
    }
}

async fn words_across_signs_are_found_together_and_apart(f: &Fixture) {
    let wifi = ["wifi ", "Wi-Fi ", "wi fi ", "WIFI"];
    find(f, &wifi, &["Wi-Fi Router", "WiFi Camera"]).await;
    find(f, &["acdc ", "ac/dc ", "ac dc "], &["AC/DC Shirt"]).await;
    find(f, &["usa ", "u.s.a. ", "U.S.A. flag "], &["U.S.A. Flag"]).await;
}

async fn letters_and_digits_are_found_together_and_apart(f: &Fixture) {
    find(
        f,
        &["iphone15 ", "iphone 15 ", "iPhone-15 "],
        &["iPhone 15 Case"],
    )
    .await;
    let card = ["rtx4090 ", "rtx 4090 ", "4090 ", "rtx-4090 "];
    find(f, &card, &["RTX4090 Card"]).await;
    find(f, &["4pack ", "4-pack ", "4 pack "], &["Batteries 4-Pack"]).await;
    find(f, &["5x7 ", "5 x 7 ", "5×7 ", "5 × 7 "], &["Print 5×7"]).await;
    find(f, &["1000 ", "1,000 "], &["Puzzle 1,000 Pieces"]).await;
    find(f, &["135x200 ", "135 x 200 "], &["Sheet 135x200"]).await;
}

async fn signs_tell_names_apart(f: &Fixture) {
    find(f, &["c++ ", "C++ primer "], &["C++ Primer"]).await;
    find(f, &["c# "], &["C# Basics"]).await;
    find(f, &["c "], &["C Language"]).await;
    find(f, &[".net ", "dotnet "], &[".NET Cookbook"]).await;
}

async fn possessive_is_no_word_and_no_beginning(f: &Fixture) {
    find(f, &["kid's", "kids ", "kid "], &["Kid's Lunchbox"]).await;
}

async fn words_are_compared_in_one_form(f: &Fixture) {
    find(f, &["cotton ", "co\u{AD}tton "], &["Co\u{AD}tton Throw"]).await;
    let chateau = ["château ", "chateau ", "cha\u{302}teau ", "ｃｈａｔｅａｕ "];
    for typed in chateau {
        assert_eq!(titles(f, typed).await.len(), 1, "{typed}");
    }
    find(f, &["½ ", "1/2 gallon "], &["½ Gallon Jug"]).await;
}

async fn inner_words_of_scripts_without_spaces_are_found(f: &Fixture) {
    find(
        f,
        &["イヤホン ", "ｲﾔﾎﾝ ", "ワイヤレス "],
        &["ワイヤレスイヤホン"],
    )
    .await;
    find(f, &["耳机 ", "蓝牙 ", "蓝牙耳机 "], &["无线蓝牙耳机"]).await;
    find(f, &["이어폰 ", "블루투스 "], &["블루투스이어폰"]).await;
}

async fn each_title_is_found_by_itself(f: &Fixture) {
    let all = f.search_in(f.words, &everything()).await;
    for hit in all.hits {
        let found = titles(f, &hit.title).await;
        assert!(found.contains(&hit.title), "{}: {found:?}", hit.title);
    }
}

async fn marks_are_where_the_words_are(f: &Fixture) {
    for (typed, marked) in [
        ("wifi router ", "<mark>Wi-Fi</mark> <mark>Router</mark>"),
        ("4090 card ", "<mark>RTX4090</mark> <mark>Card</mark>"),
        ("usa ", "<mark>U.S.A</mark>. Flag"),
        ("イヤホン ", "ワイヤレス<mark>イヤホン</mark>"),
        (
            "1000 pieces ",
            "Puzzle <mark>1,000</mark> <mark>Pieces</mark>",
        ),
    ] {
        let page = f.search_in(f.words, &text(typed)).await;
        let title = page.hits[0].highlights.title.as_deref();
        assert_eq!(title, Some(marked), "{typed}");
    }
}
