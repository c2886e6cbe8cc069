//! The usual products, and what they refer to.

use souk_domain::{ProductInput, ProductStatus};
use souk_store::NamedEntityInput;
use souk_testkit::product;

pub(super) fn reference(slug: &str, name: &str) -> NamedEntityInput {
    NamedEntityInput {
        closed: None,
        slug: Some(slug.to_owned()),
        name: name.to_owned(),
        description: format!("All about {name}."),
    }
}

pub(super) fn usual_products() -> Vec<ProductInput> {
    vec![
        product("mug-1")
            .title("Dragon Mug")
            .description("A mug for dragons & riders.")
            .brand("Oddfellow")
            .category("mugs")
            .fandom("dragon-tales")
            .attribute("color", "red")
            .attribute("material", "stoneware")
            .image("/media/mug.svg")
            .price(1_595)
            .ratings(4, 18)
            .popularity(50)
            .created_at(1_700_000_000_000)
            .into(),
        product("mug-2")
            .title("Starship Mug")
            .brand("Northlight")
            .category("mugs")
            .fandom("star-sagas")
            .attribute("color", "blue")
            .price(2_000)
            .stock(0)
            .popularity(40)
            .created_at(1_700_000_100_000)
            .into(),
        product("shirt-1")
            .title("Dragon T-Shirt")
            .brand("Oddfellow")
            .category("clothing")
            .fandom("dragon-tales")
            .without_variants()
            .variant("TS-2001-M", 1_999, 5, &[("color", "red"), ("size", "M")])
            .variant("TS-2002-L", 2_499, 2, &[("color", "blue"), ("size", "L")])
            .popularity(90)
            .created_at(1_700_000_200_000)
            .into(),
        product("secret-1")
            .title("Dragon Draft")
            .status(ProductStatus::Draft)
            .into(),
    ]
}
