DROP TRIGGER products_search_inserted ON products;
DROP TRIGGER products_search_updated ON products;
DROP TRIGGER variants_search_inserted ON variants;
DROP TRIGGER variants_search_updated ON variants;
DROP TRIGGER variants_search_deleted ON variants;
DROP TRIGGER categories_search_inserted ON categories;
DROP TRIGGER categories_search_updated ON categories;
DROP TRIGGER fandoms_search_inserted ON fandoms;
DROP TRIGGER fandoms_search_updated ON fandoms;
DROP TRIGGER sellers_search_inserted ON sellers;
DROP TRIGGER sellers_search_updated ON sellers;
DROP FUNCTION souk_search_inserted, souk_search_updated, souk_search_variants_inserted, souk_search_variants_updated,
    souk_search_variants_deleted, souk_search_named, souk_search_catch_up, souk_search_changed,
    souk_search_refresh;
DROP INDEX categories_words, fandoms_words, sellers_words, products_popular, products_newest, products_cheapest,
    products_rated;
DROP TABLE search_words, search_values, search_products;
DROP FUNCTION souk_attribute, souk_shown, souk_code, souk_tsvector, souk_words, souk_spaced,
    souk_fold;
