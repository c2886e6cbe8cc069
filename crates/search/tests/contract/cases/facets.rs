//! Facets: what is counted, in which order, and how much of it is listed.

use souk_domain::{Facet, FacetName};
use souk_search::query::{ATTRIBUTE_FACETS, FACET_VALUES};

use crate::{
    fixture::{Fixture, counts, selected},
    query::{Query, everything, text},
};

cases![
    only_facets_asked_for_are_counted,
    categories_count_for_their_ancestors,
    parents_come_before_children,
    fandoms_and_sellers_carry_labels,
    values_fall_by_count_then_rise_by_value,
    price_has_bounds_and_buckets,
    ratings_are_cumulative,
    availability_counts_both_sides,
    attributes_are_ordered_by_spread,
    attribute_with_one_value_is_a_facet_selected_or_not,
    no_facet_is_narrowed_by_its_own_selection,
    category_selection_narrows_other_facets_only,
    attribute_facets_are_disjunctive_one_by_one,
    price_rating_and_availability_are_disjunctive,
    selected_values_are_listed_at_count_zero,
    facets_follow_the_text,
    a_facet_lists_so_many_values_and_says_what_it_left_out,
    attribute_facets_are_limited_and_identifiers_are_none,
    attributes_with_a_single_value_are_counted_and_come_last,
    facets_do_not_depend_on_the_page,
];

async fn brand(f: &Fixture, query: Query) -> Facet {
    let page = f.search(&query.facet(FacetName::Brand)).await;
    page.facets.brand.expect("the facet was asked for")
}

async fn attributes(f: &Fixture, query: Query) -> Vec<Facet> {
    f.search(&query.facet(FacetName::Attributes))
        .await
        .facets
        .attributes
}

fn named<'a>(facets: &'a [Facet], name: &str) -> &'a Facet {
    facets
        .iter()
        .find(|facet| facet.name == name)
        .unwrap_or_else(|| panic!("no facet {name} in {facets:#?}"))
}

async fn only_facets_asked_for_are_counted(f: &Fixture) {
    let facets = f.search(&everything()).await.facets;
    assert_eq!(facets, souk_domain::Facets::default());

    let facets = f
        .search(&everything().facet(FacetName::Seller))
        .await
        .facets;
    assert!(facets.seller.is_some());
    assert!(facets.category.is_none() && facets.price.is_none() && facets.attributes.is_empty());
}

async fn categories_count_for_their_ancestors(f: &Fixture) {
    let page = f.search(&everything().facet(FacetName::Category)).await;
    let facet = page.facets.category.expect("the facet was asked for");
    let mut found = counts(&facet);
    found.sort();
    assert_eq!(
        found,
        [
            ("clothing", 5),
            ("collectibles", 17),
            ("decor", 5),
            ("figures", 16),
            ("hats", 2),
            ("home", 15),
            ("kettles", 2),
            ("kitchen", 9),
            ("mugs", 7),
            ("parts", 5),
            ("shirts", 3),
        ],
        "what has no product is not listed"
    );
    let decor = facet.values.iter().find(|value| value.value == "decor");
    assert_eq!(decor.map(|value| value.label.as_str()), Some("Décor"));
    assert_eq!((facet.left_out, facet.exact), (0, true));
    assert_eq!(facet.name, "category");
}

async fn parents_come_before_children(f: &Fixture) {
    for query in [everything(), text("mug "), text("wayfarer ")] {
        let page = f.search(&query.facet(FacetName::Category)).await;
        let values = page.facets.category.expect("asked for").values;
        for (place, value) in values.iter().enumerate() {
            let Some(parent) = &value.parent else {
                continue;
            };
            let before = values[..place].iter().any(|other| &other.value == parent);
            assert!(before, "{parent} before {}", value.value);
        }
        let parent_of = |slug: &str| {
            let value = values.iter().find(|value| value.value == slug);
            value.and_then(|value| value.parent.clone())
        };
        assert_eq!(parent_of("kitchen").as_deref(), Some("home"));
        assert_eq!(parent_of("home"), None);
    }
}

async fn fandoms_and_sellers_carry_labels(f: &Fixture) {
    let query = everything()
        .facet(FacetName::Fandom)
        .facet(FacetName::Seller);
    let facets = f.search(&query).await.facets;
    let fandoms = facets.fandom.expect("asked for");
    assert_eq!(
        counts(&fandoms),
        [
            ("dragonhold", 7),
            ("star-voyage", 7),
            ("eclair-knights", 6),
            ("moon-garden", 6)
        ]
    );
    assert_eq!(fandoms.values[2].label, "Éclair Knights");
    let sellers = facets.seller.expect("asked for");
    assert_eq!(
        counts(&sellers),
        [("attic", 26), ("main-street", 10), ("gear-hub", 7)]
    );
    assert_eq!(sellers.values[1].label, "Main Street Goods");
}

async fn values_fall_by_count_then_rise_by_value(f: &Fixture) {
    assert_eq!(
        counts(&brand(f, everything()).await),
        [
            ("Statuary", 9),
            ("Minis", 8),
            ("Loom", 4),
            ("Acme", 3),
            ("Bistro & Co", 2),
            ("Inkwell", 2),
            ("Twins", 2),
            ("Wayfarer", 2),
            ("Lumen", 1),
        ]
    );
}

async fn price_has_bounds_and_buckets(f: &Fixture) {
    let page = f.search(&everything().facet(FacetName::Price)).await;
    let facet = page.facets.price.expect("asked for");
    assert_eq!(facet.bounds, Some((0, 1_500_000)));
    let buckets: Vec<_> = facet
        .buckets
        .iter()
        .map(|bucket| (bucket.from, bucket.to, bucket.count))
        .collect();
    assert_eq!(
        buckets,
        [
            (0, Some(500), 5),
            (500, Some(1_000), 6),
            (1_000, Some(2_000), 9),
            (2_000, Some(5_000), 8),
            (5_000, Some(10_000), 12),
            (10_000, Some(20_000), 2),
            (1_000_000, None, 1),
        ]
    );
    assert!(facet.exact);
}

async fn ratings_are_cumulative(f: &Fixture) {
    let page = f.search(&everything().facet(FacetName::Rating)).await;
    let facet = page.facets.rating.expect("asked for");
    assert_eq!(counts(&facet), [("4", 8), ("3", 16), ("2", 21), ("1", 24)]);

    let page = f
        .search(&everything().brand("Twins").facet(FacetName::Rating))
        .await;
    let facet = page.facets.rating.expect("asked for");
    assert_eq!(counts(&facet), [], "what would find nothing is not offered");
}

async fn availability_counts_both_sides(f: &Fixture) {
    let query = |query: Query| query.facet(FacetName::Availability);
    let page = f.search(&query(everything())).await;
    assert_eq!(
        counts(&page.facets.availability.expect("asked for")),
        [("in_stock", 36), ("out_of_stock", 9)]
    );
    let page = f.search(&query(everything().brand("Twins"))).await;
    assert_eq!(
        counts(&page.facets.availability.expect("asked for")),
        [("in_stock", 2)],
        "what would find nothing is not offered"
    );
}

async fn attributes_are_ordered_by_spread(f: &Fixture) {
    let facets = attributes(f, everything()).await;
    let names: Vec<_> = facets.iter().map(|facet| facet.name.as_str()).collect();
    assert_eq!(names, ["Scale", "Series", "Colour", "Material", "Size"]);
    assert_eq!(
        counts(named(&facets, "Colour")),
        [
            ("Black", 2),
            ("Blue", 2),
            ("Cream", 2),
            ("Silver", 2),
            ("White", 2),
            ("Clear", 1),
            ("Red", 1),
            ("Yellow", 1),
        ]
    );
    assert_eq!(
        named(&facets, "Series").values.len(),
        16,
        "many values, but not too many to choose from"
    );
    let size = named(&facets, "Size");
    assert_eq!(counts(size)[0], ("S", 3), "{:?}", counts(size));
}

async fn attribute_with_one_value_is_a_facet_selected_or_not(f: &Fixture) {
    let facets = attributes(f, text("straw ")).await;
    let names: Vec<_> = facets.iter().map(|facet| facet.name.as_str()).collect();
    assert_eq!(names, ["Colour", "Material"]);
    assert_eq!(counts(&facets[1]), [("Straw", 1)]);

    let facets = attributes(f, text("straw ").attribute("Material", "Straw")).await;
    assert_eq!(counts(&facets[1]), [("Straw", 1)]);
    assert_eq!(selected(&facets[1]), ["Straw"]);
}

async fn no_facet_is_narrowed_by_its_own_selection(f: &Fixture) {
    let all = brand(f, everything().category("mugs")).await;
    assert_eq!(
        counts(&all),
        [
            ("Acme", 3),
            ("Twins", 2),
            ("Bistro & Co", 1),
            ("Wayfarer", 1)
        ]
    );
    let chosen = brand(f, everything().category("mugs").brand("Twins")).await;
    assert_eq!(counts(&chosen), counts(&all));
    assert_eq!(selected(&chosen), ["Twins"]);
    assert_eq!(selected(&all), [""; 0]);

    let query = everything()
        .fandom("dragonhold")
        .seller("attic")
        .facet(FacetName::Fandom)
        .facet(FacetName::Seller);
    let facets = f.search(&query).await.facets;
    assert_eq!(
        counts(&facets.fandom.expect("asked for")),
        [
            ("dragonhold", 5),
            ("eclair-knights", 5),
            ("moon-garden", 5),
            ("star-voyage", 5)
        ]
    );
    assert_eq!(
        counts(&facets.seller.expect("asked for")),
        [("attic", 5), ("main-street", 2)]
    );
}

async fn category_selection_narrows_other_facets_only(f: &Fixture) {
    let query = everything()
        .category("kitchen")
        .brand("Acme")
        .facet(FacetName::Category)
        .facet(FacetName::Brand);
    let page = f.search(&query).await;
    assert_eq!(page.total, 3);
    let categories = page.facets.category.expect("asked for");
    assert_eq!(
        counts(&categories),
        [("home", 3), ("kitchen", 3), ("mugs", 3)]
    );
    assert_eq!(selected(&categories), ["kitchen"]);
    assert_eq!(
        counts(&page.facets.brand.expect("asked for")),
        [
            ("Acme", 3),
            ("Bistro & Co", 2),
            ("Twins", 2),
            ("Wayfarer", 2)
        ]
    );
}

async fn attribute_facets_are_disjunctive_one_by_one(f: &Fixture) {
    let free = attributes(f, everything()).await;
    let facets = attributes(f, everything().attribute("Colour", "Blue")).await;
    assert_eq!(
        counts(named(&facets, "Colour")),
        counts(named(&free, "Colour"))
    );
    assert_eq!(selected(named(&facets, "Colour")), ["Blue"]);
    assert_eq!(
        counts(named(&facets, "Material")),
        [("Ceramic", 1), ("Cotton", 1)]
    );
    assert_eq!(counts(named(&facets, "Size")), [("XL", 1)]);

    let both = everything()
        .attribute("Colour", "Cream")
        .attribute("Material", "Wool");
    let facets = attributes(f, both).await;
    assert_eq!(counts(named(&facets, "Colour")), [("Cream", 1)]);
    assert_eq!(
        counts(named(&facets, "Material")),
        [("Porcelain", 1), ("Wool", 1)]
    );
}

async fn price_rating_and_availability_are_disjunctive(f: &Fixture) {
    let query = everything()
        .category("mugs")
        .price(None, 1_000)
        .in_stock(true)
        .rating_min(4.0)
        .facet(FacetName::Price)
        .facet(FacetName::Rating)
        .facet(FacetName::Availability);
    let page = f.search(&query).await;
    assert_eq!(page.total, 1, "the moon mug");
    let facets = page.facets;
    assert_eq!(
        facets.price.expect("asked for").bounds,
        Some((999, 1_999)),
        "rated mugs in stock at any price"
    );
    let rating = facets.rating.expect("asked for");
    assert_eq!(counts(&rating), [("4", 1), ("3", 1), ("2", 1), ("1", 1)]);
    assert_eq!(selected(&rating), ["4"]);
    let availability = facets.availability.expect("asked for");
    assert_eq!(counts(&availability), [("in_stock", 1)]);
    assert_eq!(selected(&availability), ["in_stock"]);
}

async fn selected_values_are_listed_at_count_zero(f: &Fixture) {
    let query = text("kettle ")
        .category("hats")
        .fandom("quiet-fandom")
        .brand("Nobody")
        .seller("main-street")
        .attribute("Colour", "Ultraviolet")
        .all_facets();
    let page = f.search(&query).await;
    assert_eq!(page.total, 0);
    let facets = page.facets;
    let last = |facet: Option<Facet>| {
        let facet = facet.expect("asked for");
        let value = facet.values.last().cloned().expect("the selected value");
        assert_eq!(selected(&facet), [value.value.as_str()]);
        (value.value, value.count)
    };
    assert_eq!(last(facets.category), ("hats".to_owned(), 0));
    assert_eq!(last(facets.fandom), ("quiet-fandom".to_owned(), 0));
    assert_eq!(last(facets.brand), ("Nobody".to_owned(), 0));
    assert_eq!(last(facets.seller), ("main-street".to_owned(), 0));
    let colour = named(&facets.attributes, "Colour").clone();
    assert_eq!(last(Some(colour)), ("Ultraviolet".to_owned(), 0));
}

async fn facets_follow_the_text(f: &Fixture) {
    let facet = brand(f, text("voyage ")).await;
    assert_eq!(
        counts(&facet),
        [("Statuary", 4), ("Acme", 1), ("Inkwell", 1), ("Loom", 1)],
        "the fandom's name counts as the product's text"
    );
    assert_eq!(counts(&brand(f, text("unheardof ")).await), []);
}

async fn a_facet_lists_so_many_values_and_says_what_it_left_out(f: &Fixture) {
    let query = everything().facet(FacetName::Brand).limit(1);
    let facet = f.search_in(f.wide, &query).await.facets.brand;
    let facet = facet.expect("asked for");
    assert_eq!(facet.values.len(), FACET_VALUES);
    assert_eq!(facet.left_out, 10);
    assert_eq!(facet.values[0].value, "Brand 00");
    assert_eq!(facet.values[49].value, "Brand 49");

    let query = query.brand("Brand 55").brand("Brand 00");
    let facet = f.search_in(f.wide, &query).await.facets.brand;
    let facet = facet.expect("asked for");
    assert_eq!(facet.values.len(), FACET_VALUES + 1);
    assert_eq!(facet.left_out, 9);
    assert_eq!(selected(&facet), ["Brand 00", "Brand 55"]);
}

async fn attribute_facets_are_limited_and_identifiers_are_none(f: &Fixture) {
    let names = async |query: Query| {
        let page = f
            .search_in(f.wide, &query.facet(FacetName::Attributes))
            .await;
        let facets = page.facets.attributes.into_iter();
        facets.map(|facet| facet.name).collect::<Vec<_>>()
    };
    let free = names(everything()).await;
    let expected: Vec<_> = (0..ATTRIBUTE_FACETS)
        .map(|number| format!("Attribute {number:02}"))
        .collect();
    assert_eq!(
        free, expected,
        "those of a single value come after the others, and a value for each product is none"
    );

    let chosen = names(
        everything()
            .attribute("Attribute 13", "even")
            .attribute("Serial", "S0014"),
    )
    .await;
    assert!(chosen.contains(&"Attribute 13".to_owned()), "{chosen:?}");
    assert!(chosen.contains(&"Serial".to_owned()), "{chosen:?}");
}

async fn attributes_with_a_single_value_are_counted_and_come_last(f: &Fixture) {
    let query = text("widget ").category("all").facet(FacetName::Attributes);
    let query = query.attribute("Attribute 00", "odd");
    let free = f.search_in(f.wide, &query).await.facets.attributes;
    let names: Vec<_> = free[..2].iter().map(|facet| facet.name.as_str()).collect();
    assert_eq!(
        names,
        ["Attribute 00", "Serial"],
        "several values, their own filter aside"
    );
    let single = free[2..].iter().filter(|facet| facet.values.len() == 1);
    assert_eq!(single.count(), ATTRIBUTE_FACETS - 2);

    let query = everything().brand("Wayfarer").facet(FacetName::Attributes);
    let found = f.search(&query).await.facets.attributes;
    let found: Vec<_> = found
        .iter()
        .map(|facet| (facet.name.as_str(), counts(facet)))
        .collect();
    assert_eq!(
        found,
        [
            ("Size", vec![("350 ml", 1), ("500 ml", 1)]),
            ("Colour", vec![("Silver", 2)]),
            ("Material", vec![("Steel", 2)]),
        ]
    );
    let values = f
        .facet_values(
            &everything().brand("Wayfarer"),
            FacetName::Attributes,
            Some("Material"),
            "st",
            9,
        )
        .await;
    assert_eq!(counts(&values), [("Steel", 2)]);
}

async fn facets_do_not_depend_on_the_page(f: &Fixture) {
    let whole = f.search(&everything().all_facets()).await;
    for query in [
        everything().limit(0),
        everything().limit(3),
        everything().limit(3).offset(40),
        everything().limit(3).offset(400),
    ] {
        let page = f.search(&query.all_facets()).await;
        assert_eq!(page.facets, whole.facets);
        assert_eq!(page.total, 43);
    }
    let first = f.search(&everything().limit(3)).await;
    let next = first.next.expect("more follow");
    let second = f
        .search(&everything().limit(3).after(next).all_facets())
        .await;
    assert_eq!(second.facets, whole.facets);
    assert_eq!(second.total, 43);
}
