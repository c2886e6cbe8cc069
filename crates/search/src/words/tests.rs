//! Tests of words: forms, places, what is written together and apart, and stems.

use proptest::prelude::*;

use souk_domain::Language;

use super::snowball;
use super::*;

fn surfaces(text: &str) -> Vec<String> {
    let words = Analyzer::new(Language::Simple).words(text);
    words.into_iter().map(|word| word.surface).collect()
}

/// Returns all stems under which a text is found.
fn terms(language: Language, text: &str) -> Vec<String> {
    let terms = Analyzer::new(language).terms(text, true);
    terms.into_iter().map(|term| term.stem).collect()
}

#[track_caller]
fn assert_found(text: &str, typed: &[&str]) {
    let terms = terms(Language::Simple, text);
    for typed in typed {
        assert!(
            terms.iter().any(|term| term == typed),
            "{text}: {typed} in {terms:?}"
        );
    }
}

proptest! {
    /// Where words are handed on with spaces between, they come apart again as they were.
    #[test]
    fn words_have_no_spaces(text in "(\\PC|[A-ZÄÖÜßİ0-9 -]){0,80}") {
        for word in Analyzer::new(Language::German).words(&text) {
            for form in [&word.surface, &word.stem] {
                prop_assert!(!form.is_empty() && !form.contains(char::is_whitespace), "{word:?}");
            }
        }
    }

    #[test]
    fn places_are_in_order_and_at_letters(
        text in "([\u{E01}-\u{E5B}\u{3041}-\u{30FF}一-龥가-힣ﾜ-ﾟ\u{B80}-\u{BFF}\u{900}-\u{97F}\u{600}-\u{6FF}a-zÀ-ʯ0-9½×\u{300}-\u{36F}\u{AD}\u{200B} .,'&/+#*x-]|\\PC){0,40}",
        place in 0..Language::ALL.len(),
    ) {
        let mut analyzer = Analyzer::new(Language::ALL[place]);
        let mut last = 0;
        for word in analyzer.words(&text) {
            prop_assert!(word.start >= last || word.start < word.end, "{word:?}");
            prop_assert!(text.get(word.start..word.end).is_some_and(|it| !it.is_empty()));
            prop_assert!(word.start >= last, "{word:?} in {text:?}");
            last = word.start;
        }
        analyzer.each_term(&text, true, |term| {
            assert!(text.get(term.place.0..term.place.1).is_some_and(|it| !it.is_empty()));
        });
    }

    #[test]
    fn text_is_found_by_itself(
        text in "([\u{E01}-\u{E5B}\u{3041}-\u{30FF}一-龥가-힣ﾜ-ﾟ\u{B80}-\u{BFF}a-zÀ-ʯ0-9½×\u{AD} .,'&/+#x-]|\\PC){1,40}",
        place in 0..Language::ALL.len(),
    ) {
        let mut analyzer = Analyzer::new(Language::ALL[place]);
        let terms: std::collections::HashSet<_> =
            analyzer.terms(&text, true).into_iter().map(|term| term.stem).collect();
        for word in analyzer.words(&text) {
            prop_assert!(terms.contains(&word.stem), "{word:?}");
        }
    }
}

#[test]
fn a_capital_i_with_a_dot_is_an_i() {
    assert_eq!(surfaces("İstanbul İĞNE"), ["istanbul", "igne"]);
}

#[test]
fn folds_and_stems_and_keeps_places() {
    let words = Analyzer::new(Language::English).words("Crème Mugs!");
    assert_eq!(words[0].surface, "creme");
    assert_eq!(
        (words[1].surface.as_str(), words[1].stem.as_str()),
        ("mugs", "mug")
    );
    assert_eq!((words[1].start, words[1].end), (7, 11));
}

#[test]
fn codes_lose_dashes_and_case() {
    assert_eq!(normal_code(" AB-12/34 "), "ab1234");
    assert_eq!(normal_code("A.B 1"), "ab1");
}

#[test]
fn words_are_compared_in_one_form() {
    for (text, form) in [
        ("Cha\u{302}teau", "chateau"),
        ("ｆｕｌｌ", "full"),
        ("Co\u{AD}tton", "cotton"),
        ("zero\u{200B}width", "zerowidth"),
        ("①", "1"),
        ("ﬁnish", "finish"),
        ("Τσάντα", "τσαντα"),
        ("ΣΟΦΟΣ", "σοφοσ"),
        ("Ёлка", "елка"),
        ("كِتَاب", "كتاب"),
        ("أحذية", "احذيه"),
        ("ﾜﾝﾋﾟｰｽ", "ワンピース"),
        ("٤٢", "42"),
        ("m²", "m2"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
    ] {
        assert_eq!(surfaces(text), [form], "{text}");
    }
}

#[test]
fn marks_belong_to_their_letter() {
    for text in ["புத்தகம்", "हिन्दी", "किताब"] {
        let words = Analyzer::new(Language::Simple).words(text);
        assert_eq!(words.len(), 1, "{words:?}");
        assert_eq!((words[0].start, words[0].end), (0, text.len()));
    }
}

#[test]
fn signs_tell_names_apart() {
    assert_eq!(surfaces("C++, C#, C"), ["c++", "c#", "c"]);
    assert_eq!(surfaces("an A+ grade"), ["an", "a+", "grade"]);
    assert_eq!(surfaces("Learn .NET now"), ["learn", "dotnet", "now"]);
    assert_eq!(surfaces("a+b #1 18+ x"), ["a", "b", "1", "18", "x"]);
    assert_found("Disney+ Box", &["disney+", "disney", "disneyplus"]);
}

#[test]
fn a_possessive_is_no_word() {
    assert_eq!(surfaces("Kid's John’s"), ["kids", "johns"]);
    assert_found("Kid's", &["kid", "kids"]);
    assert_eq!(surfaces("rock'n'roll"), ["rock", "n", "roll"]);
}

#[test]
fn written_apart_is_found_together() {
    assert_found("Wi-Fi 6E", &["wi", "fi", "wifi"]);
    assert_found("AC/DC Shirt", &["acdc"]);
    assert_found("H&M", &["hm"]);
    assert_found("Black & Decker", &["blackdecker"]);
    assert_found("U.S.A. Flag", &["usa", "u", "s", "a"]);
    assert_found("O'Neill", &["oneill", "o", "neill"]);
    assert_found("iPhone 15 Pro", &["iphone15", "15pro", "iphone15pro"]);
    assert_found("4-Pack", &["4pack", "4", "pack"]);
    assert_found("3-in-1", &["3in1"]);
    assert_found("Puzzle 1,000 Pieces", &["1000"]);
    assert_found("Puzzle 1.000.000 Teile", &["1000000"]);
    assert_found("100 m²", &["100m2"]);
    assert_found("135 x 200", &["135x200"]);
    assert_found("135 × 200 × 5", &["135x200", "135x200x5", "x"]);
    assert_found("10½ Boots", &["10", "1", "2", "5"]);
    assert_found("Rocky Ⅷ", &["viii", "8"]);
}

#[test]
fn written_together_is_found_apart() {
    assert_found("RTX4090", &["rtx", "4090"]);
    assert_found("5×7 Print", &["5x7", "5", "x", "7"]);
    assert_found("135x200cm", &["135x200", "200cm", "135", "200", "cm"]);
    assert_found("RTX4090Ti", &["rtx4090", "4090ti", "ti"]);
    assert!(!terms(Language::Simple, "PS4").contains(&"4".to_owned()));
}

#[test]
fn scripts_without_spaces_are_taken_apart() {
    assert_found("ワイヤレスイヤホン", &["イヤ", "ヤホ", "ホン"]);
    assert_found("子供用自転車", &["自転車"]);
    assert_found("无线蓝牙耳机", &["耳机"]);
    assert_found("กระเป๋าเป้", &["เป้"]);
    assert_found("블루투스이어폰", &["이어", "어폰"]);
    let words = Analyzer::new(Language::Korean).words("가방을");
    assert_eq!(words[0].stem, "가방");
}

#[test]
fn marks_end_at_letters_of_scripts_without_spaces() {
    let text = "หูฟังไร้สาย ﾜﾝﾋﾟｰｽ マグカップ";
    for word in Analyzer::new(Language::Thai).words(text) {
        let rest = &text[word.end..];
        assert!(!rest.starts_with(['\u{E31}', '\u{E38}', '\u{E49}', 'ﾟ', '\u{309A}', '\u{3099}']));
    }
}

#[test]
fn each_language_has_a_stemmer_or_says_none() {
    let without: Vec<_> = Language::ALL
        .iter()
        .filter(|&&language| snowball::algorithm(language).is_none())
        .map(|language| language.code())
        .collect();
    assert_eq!(
        without,
        ["my", "zh", "ja", "km", "ko", "lo", "th", "vi", "simple"]
    );
}

#[test]
fn turkish_is_stemmed_before_it_is_folded() {
    let mut analyzer = Analyzer::new(Language::Turkish);
    let mut stem = |text: &str| analyzer.words(text)[0].stem.clone();
    assert_eq!(stem("IŞIK"), stem("ışıklar"));
    assert_eq!(stem("Bardağı"), stem("bardak"));
    assert_eq!(stem("iPhone'lar"), stem("iphone"));
}

#[test]
fn articles_without_their_vowel_are_no_words() {
    let words = Analyzer::new(Language::French).words("Huile d'olive, L’eau");
    let surfaces: Vec<_> = words.iter().map(|word| word.surface.as_str()).collect();
    assert_eq!(surfaces, ["huile", "olive", "eau"]);
}

/// Returns true if a document with one word is found by the other.
fn meet(language: Language, title: &str, typed: &str) -> bool {
    let terms = terms(language, title);
    let words = Analyzer::new(language).words(typed);
    words.iter().all(|word| {
        let others = word.others.iter().map(|other| &other.stem);
        std::iter::once(&word.stem)
            .chain(others)
            .any(|stem| terms.contains(stem))
    })
}

#[test]
fn words_of_the_lists_meet_also_in_compounds_and_with_articles() {
    for (language, one, other) in [
        (Language::English, "knife", "knives"),
        (Language::English, "penknife", "penknives"),
        (Language::English, "lives", "live"),
        (Language::Swedish, "barnsko", "barnskor"),
        (Language::Swedish, "flaska", "flaskor"),
        (Language::Dutch, "zwembad", "zwembaden"),
        (Language::Arabic, "حذاء", "الأحذية"),
    ] {
        assert!(meet(language, one, other), "{one} by {other}");
        assert!(meet(language, other, one), "{other} by {one}");
    }
}

#[test]
fn rules_bring_forms_together() {
    for (language, one, other) in [
        (Language::Spanish, "luz", "luces"),
        (Language::Portuguese, "avião", "avioes"),
        (Language::Dutch, "fiets", "fietsen"),
        (Language::Dutch, "grijs", "grijze"),
        (Language::Finnish, "kenkä", "kengät"),
        (Language::Italian, "sega", "seghe"),
        (Language::Polish, "zegarek", "zegarki"),
        (Language::Serbian, "књига", "knjige"),
        (Language::Indonesian, "pengering", "kering"),
        (Language::Japanese, "サーバー", "サーバ"),
    ] {
        assert!(meet(language, one, other), "{one} by {other}");
        assert!(meet(language, other, one), "{other} by {one}");
    }
    assert!(!meet(Language::Spanish, "taza", "taco"));
}
