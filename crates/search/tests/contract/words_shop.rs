//! A shop whose titles are written together, apart, with signs, and in scripts without spaces.

use souk_testkit::product;

use crate::shops::Shop;

const TITLES: [&str; 22] = [
    "Wi-Fi Router",
    "WiFi Camera",
    "AC/DC Shirt",
    "U.S.A. Flag",
    "iPhone 15 Case",
    "RTX4090 Card",
    "Batteries 4-Pack",
    "Print 5×7",
    "Puzzle 1,000 Pieces",
    "Sheet 135x200",
    "C++ Primer",
    "C# Basics",
    "C Language",
    ".NET Cookbook",
    "Kid's Lunchbox",
    "Kidney Beans",
    "Co\u{AD}tton Throw",
    "½ Gallon Jug",
    "ワイヤレスイヤホン",
    "无线蓝牙耳机",
    "블루투스이어폰",
    "Crème Cha\u{302}teau",
];

pub(crate) fn words_shop() -> Shop {
    let product = |(place, title): (usize, &str)| {
        let product = product(&format!("word-{place}")).category("things");
        product.seller("things").title(title).build()
    };
    Shop {
        slug: "words-shop",
        language: "en",
        categories: &[("things", "Things", None)],
        fandoms: &[],
        sellers: &[("things", "Things", None)],
        attributes: vec![],
        offers: vec![],
        products: TITLES.into_iter().enumerate().map(product).collect(),
    }
}
