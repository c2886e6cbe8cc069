-- What the facets count of a product, as a search without the index reads it: one aggregate takes the place of nine. The
-- category, fandom and seller (0 for none), the lowest price and the stock as numbers of 8 bytes; the rating as a double
-- (-1 for none); the length of the brand (-1 for none) as a number of 4 bytes, and the brand in UTF-8; the attributes as
-- PostgreSQL sends an array. Numbers are in network order.
CREATE FUNCTION souk_packed(
    category_id bigint, fandom_id bigint, seller_id bigint, price_min bigint, stock bigint, rating double precision,
    brand text, attributes bigint[]
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT int8send(coalesce(category_id, 0)) || int8send(coalesce(fandom_id, 0)) || int8send(seller_id)
        || int8send(price_min) || int8send(stock) || float8send(coalesce(rating, -1))
        || coalesce(int4send(octet_length(convert_to(brand, 'UTF8'))) || convert_to(brand, 'UTF8'), int4send(-1))
        || array_send(attributes)
$$;

ALTER TABLE search_products ADD COLUMN packed bytea NOT NULL GENERATED ALWAYS AS (
    souk_packed(category_id, fandom_id, seller_id, price_min, stock, rating, brand, attributes)
) STORED;
