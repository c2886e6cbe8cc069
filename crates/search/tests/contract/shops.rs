//! The small marketplace that the cases speak of: made by hand, so that every expected count can be counted.

use souk_domain::{AttributeDefinition, OfferInput, ProductInput, ProductStatus};
use souk_testkit::{ProductBuilder, product};

/// A category, fandom or seller: slug, name, and for a category its parent's slug.
pub(crate) type Named = (&'static str, &'static str, Option<&'static str>);

/// A tenant with all that it sells.
pub(crate) struct Shop {
    /// Slug of the tenant.
    pub(crate) slug: &'static str,
    /// Language code of the tenant.
    pub(crate) language: &'static str,
    /// Parents before children.
    pub(crate) categories: &'static [Named],
    pub(crate) fandoms: &'static [Named],
    pub(crate) sellers: &'static [Named],
    pub(crate) attributes: Vec<AttributeDefinition>,
    /// Further sellers' offers, each of a product by its external id.
    pub(crate) offers: Vec<(String, OfferInput)>,
    pub(crate) products: Vec<ProductInput>,
}

/// The shop that nearly all cases search.
pub(crate) fn fan_shop() -> Shop {
    let groups = [
        mugs(),
        kettles_and_decor(),
        shirts_and_hats(),
        ranking_signal_products(),
        parts(),
        oddities(),
    ];
    Shop {
        slug: "fan-shop",
        language: "en",
        categories: &[
            ("home", "Home & Living", None),
            ("kitchen", "Kitchen", Some("home")),
            ("mugs", "Mugs", Some("kitchen")),
            ("kettles", "Kettles", Some("kitchen")),
            ("decor", "Décor", Some("home")),
            ("clothing", "Clothing", None),
            ("shirts", "T-Shirts", Some("clothing")),
            ("hats", "Hats", Some("clothing")),
            ("collectibles", "Collectibles", None),
            ("figures", "Figures", Some("collectibles")),
            ("parts", "Spare Parts", None),
            ("bare", "Nothing Here", None),
        ],
        fandoms: &[
            ("star-voyage", "Star Voyage", None),
            ("moon-garden", "Moon Garden", None),
            ("eclair-knights", "Éclair Knights", None),
            ("dragonhold", "Dragonhold", None),
            ("quiet-fandom", "Quiet Fandom", None),
        ],
        sellers: &[
            ("main-street", "Main Street Goods", None),
            ("attic", "The Attic", None),
            ("gear-hub", "Gear Hub", None),
        ],
        attributes: vec![],
        offers: vec![],
        products: groups.into_iter().flatten().map(Into::into).collect(),
    }
}

/// Its neighbour, who sells some of the same words, slugs and codes.
pub(crate) fn other_shop() -> Shop {
    Shop {
        slug: "other-shop",
        language: "de",
        categories: &[("mugs", "Becher", None)],
        fandoms: &[("star-voyage", "Sternreise", None)],
        sellers: &[("main-street", "Hauptstraße", None)],
        attributes: vec![],
        offers: vec![],
        products: vec![
            at("mug-star", "mugs", "main-street")
                .title("Star Voyage Mug from next door")
                .fandom("star-voyage")
                .brand("Nextdoor")
                .attribute("Colour", "Mauve")
                .price(1_500)
                .build(),
            at("haeuser", "mugs", "main-street")
                .title("Becher mit vielen Häusern")
                .price(900)
                .build(),
            at("KN-100-A", "mugs", "main-street")
                .title("Knopf")
                .price(100)
                .build(),
        ],
    }
}

fn at(external_id: &str, category: &str, seller: &str) -> ProductBuilder {
    product(external_id).category(category).seller(seller)
}

/// Four prices, three brands, two of them tied in everything one can sort by.
fn mugs() -> Vec<ProductBuilder> {
    let mug = |id: &str, title: &str| at(id, "mugs", "main-street").title(title);
    vec![
        mug("mug-star", "Star Voyage Mug")
            .fandom("star-voyage")
            .brand("Acme")
            .description("A sturdy mug for long voyages through the night.")
            .attribute("Colour", "Blue")
            .attribute("Material", "Ceramic")
            .price(1_299)
            .ratings(10, 45)
            .popularity(90)
            .created_at(1_000)
            .sale(1_599, None, None)
            .image_of("https://img.example/mug-star.jpg", "A mug", &[]),
        mug("mug-moon", "Moon Garden Mug")
            .fandom("moon-garden")
            .brand("Acme")
            .description("Garden flowers under a pale moon.")
            .attribute("Colour", "White")
            .attribute("Material", "Ceramic")
            .price(999)
            .ratings(4, 16)
            .popularity(70)
            .created_at(2_000),
        mug("mug-eclair", "Éclair Knights Mug")
            .fandom("eclair-knights")
            .brand("Bistro & Co")
            .description("Crème brûlée colours, <b>dishwasher</b> safe & sound.")
            .attribute("Colour", "Cream")
            .attribute("Material", "Porcelain")
            .price(1_999)
            .ratings(1, 5)
            .popularity(40)
            .created_at(3_000),
        mug("mug-travel", "Steel Travel Mug")
            .brand("Wayfarer")
            .description("Keeps coffee hot. Pairs with every kettle.")
            .attribute("Colour", "Silver")
            .attribute("Material", "Steel")
            .without_variants()
            .variant("TRV-350", 2_400, 2, &[("Size", "350 ml")])
            .variant("TRV-500", 2_900, 0, &[("Size", "500 ml")])
            .ratings(3, 9)
            .popularity(55)
            .created_at(4_000),
        mug("mug-sold-out", "Dragonhold Mug")
            .fandom("dragonhold")
            .brand("Acme")
            .attribute("Colour", "Red")
            .attribute("Material", "Ceramic")
            .price(1_299)
            .stock(0)
            .ratings(2, 4)
            .popularity(20)
            .created_at(5_000),
        mug("mug-twin-a", "Twin Mug")
            .brand("Twins")
            .price(500)
            .popularity(10)
            .created_at(6_000),
        mug("mug-twin-b", "Twin Mug")
            .brand("Twins")
            .price(500)
            .popularity(10)
            .created_at(6_000),
    ]
}

fn kettles_and_decor() -> Vec<ProductBuilder> {
    let kettle = |id: &str, title: &str| at(id, "kettles", "gear-hub").title(title);
    let decor = |id: &str, title: &str| at(id, "decor", "attic").title(title);
    vec![
        kettle("kettle-steel", "Steel Kettle")
            .brand("Wayfarer")
            .description("Boils water for a dozen mugs.")
            .attribute("Colour", "Silver")
            .attribute("Material", "Steel")
            .price(4_999)
            .ratings(20, 80)
            .popularity(60)
            .created_at(7_000),
        kettle("kettle-glass", "Glass Kettle")
            .brand("Bistro & Co")
            .attribute("Colour", "Clear")
            .attribute("Material", "Glass")
            .price(5_000)
            .stock(0)
            .ratings(8, 28)
            .popularity(30)
            .created_at(8_000),
        decor("poster-star", "Star Voyage Poster")
            .fandom("star-voyage")
            .brand("Inkwell")
            .attribute("Size", "A2")
            .price(1_500)
            .ratings(6, 18)
            .popularity(80)
            .created_at(9_000),
        decor("poster-moon", "Moon Garden Poster")
            .fandom("moon-garden")
            .brand("Inkwell")
            .attribute("Size", "A3")
            .price(1_500)
            .popularity(35)
            .created_at(10_000),
        at("lamp-dragon", "home", "attic")
            .title("Dragonhold Lamp")
            .fandom("dragonhold")
            .brand("Lumen")
            .description("Filed under home itself, in no room of it.")
            .price(7_500)
            .ratings(1, 2)
            .popularity(15)
            .created_at(11_000),
    ]
}

fn shirts_and_hats() -> Vec<ProductBuilder> {
    let shirt = |id: &str, title: &str| {
        at(id, "shirts", "main-street")
            .title(title)
            .without_variants()
            .attribute("Material", "Cotton")
    };
    let sized = |shirt: ProductBuilder, code: &str, price: i64, stock: [i64; 3]| {
        ["S", "M", "L"]
            .iter()
            .zip(stock)
            .fold(shirt, |shirt, (size, stock)| {
                let options = [("Size", *size), ("Colour", "Black")];
                shirt.variant(&format!("{code}-{size}"), price, stock, &options)
            })
    };
    vec![
        sized(
            shirt("shirt-star", "Star Voyage Shirt")
                .fandom("star-voyage")
                .brand("Loom"),
            "SHS",
            2_499,
            [1, 0, 4],
        )
        .ratings(12, 54)
        .popularity(85)
        .created_at(12_000),
        sized(
            shirt("shirt-dragon", "Dragonhold Shirt")
                .fandom("dragonhold")
                .brand("Loom"),
            "SHD",
            2_499,
            [0, 0, 0],
        )
        .ratings(5, 15)
        .popularity(65)
        .created_at(13_000),
        shirt("shirt-plain", "Plain Shirt")
            .brand("Loom")
            .variant("SHP-S", 1_000, 9, &[("Size", "S"), ("Colour", "White")])
            .variant("SHP-XL", 1_400, 9, &[("Size", "XL"), ("Colour", "Blue")])
            .popularity(5)
            .created_at(14_000),
        at("hat-knight", "hats", "attic")
            .title("Éclair Knights Hat")
            .fandom("eclair-knights")
            .brand("Loom")
            .attribute("Colour", "Cream")
            .attribute("Material", "Wool")
            .price(1_800)
            .ratings(2, 7)
            .popularity(25)
            .created_at(15_000),
        at("hat-straw", "hats", "attic")
            .title("Straw Hat")
            .attribute("Colour", "Yellow")
            .attribute("Material", "Straw")
            .price(1_200)
            .popularity(12)
            .created_at(16_000),
    ]
}

/// Sixteen figures, each of its own series: many values for few products.
fn ranking_signal_products() -> Vec<ProductBuilder> {
    let fandoms = ["star-voyage", "moon-garden", "eclair-knights", "dragonhold"];
    (0..16_i64)
        .map(|number| {
            let fandom = fandoms[number as usize % fandoms.len()];
            let figure = at(&format!("figure-{number:02}"), "figures", "attic")
                .title(&format!("Collector Figure {}", number + 1))
                .fandom(fandom)
                .brand(["Statuary", "Minis"][number as usize % 2])
                .description("Hand painted, limited edition.")
                .attribute("Series", &format!("Series {}", number + 1))
                .attribute("Scale", ["1:6", "1:12"][number as usize / 8])
                .price(3_000 + 500 * number)
                .stock(number % 4)
                .popularity(100 + number)
                .created_at(20_000 + number);
            match number % 5 {
                0 => figure,
                stars => figure.ratings(1, stars as u64),
            }
        })
        .collect()
}

/// What is searched for by number.
fn parts() -> Vec<ProductBuilder> {
    let part = |id: &str, title: &str| at(id, "parts", "gear-hub").title(title);
    vec![
        part("KN-100-A", "Knob, small")
            .price(150)
            .popularity(3)
            .created_at(40_000),
        part("KN-100-AB", "Knob, large")
            .price(250)
            .popularity(4)
            .created_at(41_000),
        part("KN-200/7", "Knob for kettle KN-100-A")
            .price(350)
            .popularity(2)
            .created_at(42_000),
        part("gasket", "Gasket")
            .without_variants()
            .variant("006R90321", 450, 7, &[])
            .popularity(1)
            .created_at(43_000),
        part("filter", "Water Filter 3000")
            .description("Fits model 006R90321 as well.")
            .price(900)
            .popularity(6)
            .created_at(44_000),
    ]
}

/// Products of known edge cases.
fn oddities() -> Vec<ProductBuilder> {
    vec![
        at("html", "decor", "attic")
            .title("<script>alert(\"1\")</script> & Friends Print")
            .description("A print of friends & <i>foes</i>.")
            .price(700)
            .popularity(8)
            .created_at(50_000),
        product("homeless")
            .seller("attic")
            .title("Umbrella without a Category")
            .price(1_100)
            .popularity(7)
            .created_at(51_000),
        at("free", "decor", "attic")
            .title("Free Sticker")
            .price(0)
            .popularity(9)
            .created_at(52_000),
        at("dear", "collectibles", "attic")
            .title("Life-size Dragon Statue")
            .brand("Statuary")
            .price(1_500_000)
            .popularity(11)
            .created_at(53_000),
        at("common", "decor", "attic")
            .title("Running Runner Runs")
            .description("For those who run.")
            .price(800)
            .popularity(13)
            .created_at(54_000),
        at("draft", "mugs", "attic")
            .title("Draft Mug")
            .status(ProductStatus::Draft)
            .popularity(99),
        at("archived", "mugs", "attic")
            .title("Archived Mug")
            .status(ProductStatus::Archived)
            .popularity(99),
    ]
}

/// A day in milliseconds.
pub(crate) const DAY_MS: i64 = 86_400_000;

/// A shop with more brands, attributes and values than a facet lists, whose products came a day after the other.
pub(crate) fn wide_shop() -> Shop {
    let products = (0..60_i64).map(|number| {
        let product = at(&format!("wide-{number:02}"), "all", "one")
            .title(&format!("Widget {number}"))
            .brand(&format!("Brand {number:02}"))
            .attribute("Serial", &format!("S{number:04}"))
            .attribute("Everywhere", "same")
            .popularity(number)
            .created_at(number * DAY_MS)
            .price(1_000 + number);
        // The higher an attribute's number, the fewer products have it.
        (0..14)
            .filter(|attribute| number >= *attribute)
            .fold(product, |product, attribute| {
                let value = if number % 2 == 0 { "even" } else { "odd" };
                product.attribute(&format!("Attribute {attribute:02}"), value)
            })
            .build()
    });
    Shop {
        slug: "wide-shop",
        language: "en",
        categories: &[("all", "All", None)],
        fandoms: &[],
        sellers: &[("one", "The One", None)],
        attributes: vec![],
        offers: vec![],
        products: products.collect(),
    }
}

/// A shop whose best answer to a misspelt text has never the lowest id.
pub(crate) fn spelling_shop() -> Shop {
    let product = |id: &str, title: &str, description: &str| {
        at(id, "gifts", "maker")
            .title(title)
            .description(description)
            .build()
    };
    Shop {
        slug: "spelling-shop",
        language: "en",
        categories: &[("gifts", "Gifts", None)],
        fandoms: &[],
        sellers: &[("maker", "The Maker", None)],
        attributes: vec![],
        offers: vec![],
        products: vec![
            product(
                "scroll",
                "Wall Scroll",
                "Shows a castle, and far away a dragon.",
            ),
            product(
                "keychain",
                "Plush Keychain",
                "A plush friend of every dragon.",
            ),
            product("dragon-plush", "Dragon Plush", "Soft."),
            product("dragon-tee", "Dragon Tee", "Of cotton."),
            product("gardenias", "Gardenias Print", "Of paper."),
            product("gardenia", "Gardenia Print", "Of paper."),
            product("gin", "Red Gin", "For the bar."),
            product("mug", "Red Mug", "For the kitchen."),
            product("bed", "Bed Linen", "For the bedroom, beside a mug."),
        ],
    }
}
