-- Filters speak of one variant of a product. The highest price and the number of variants tell of which products the variants
-- have to be looked at: of those with one variant, or with one price, the row of the product says it all.
ALTER TABLE search_products DROP COLUMN packed;
DROP FUNCTION souk_packed;
ALTER TABLE search_products
    ADD COLUMN price_max bigint NOT NULL DEFAULT 0,
    ADD COLUMN variant_count bigint NOT NULL DEFAULT 0;
UPDATE search_products s SET price_max = p.price_max, variant_count = p.variant_count FROM products p WHERE p.id = s.id;

-- As before, with the two new columns after the number of variants that can be bought.
CREATE FUNCTION souk_packed(
    category_id bigint, fandom_id bigint, seller_id bigint, price_min bigint, available_count bigint,
    price_max bigint, variant_count bigint, rating double precision, brand text, attributes bigint[], further bigint[]
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT int8send(coalesce(category_id, 0)) || int8send(coalesce(fandom_id, 0)) || int8send(seller_id)
        || int8send(price_min) || int8send(available_count) || int8send(price_max) || int8send(variant_count)
        || float8send(coalesce(rating, -1))
        || coalesce(int4send(octet_length(convert_to(brand, 'UTF8'))) || convert_to(brand, 'UTF8'), int4send(-1))
        || array_send(attributes) || array_send(further)
$$;
ALTER TABLE search_products ADD COLUMN packed bytea NOT NULL GENERATED ALWAYS AS (
    souk_packed(category_id, fandom_id, seller_id, price_min, available_count, price_max, variant_count, rating, brand,
                attributes, further)
) STORED;

-- The functions below are as before but for the two columns.
CREATE FUNCTION souk_amend(function regprocedure, was text, becomes text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    body text := pg_get_functiondef(function);
BEGIN
    IF position(was IN body) = 0 THEN
        RAISE EXCEPTION '% has no `%` to be replaced', function, was;
    END IF;
    EXECUTE replace(body, was, becomes);
END $$;
SELECT souk_amend('souk_search_refresh(bigint[])', 'seller_id, price_min,', 'seller_id, price_min, price_max, variant_count,');
SELECT souk_amend('souk_search_refresh(bigint[])', 'p.price_min,', 'p.price_min, p.price_max, p.variant_count,');
SELECT souk_amend('souk_search_refresh(bigint[])', 'EXCLUDED.price_min,',
    'EXCLUDED.price_min, EXCLUDED.price_max, EXCLUDED.variant_count,');
SELECT souk_amend('souk_search_updated()', 'SET price_min = n.price_min,',
    'SET price_min = n.price_min, price_max = n.price_max, variant_count = n.variant_count,');
SELECT souk_amend('souk_search_updated()', '(s.price_min,', '(s.price_min, s.price_max, s.variant_count,');
SELECT souk_amend('souk_search_updated()', '(n.price_min,', '(n.price_min, n.price_max, n.variant_count,');
DROP FUNCTION souk_amend;
