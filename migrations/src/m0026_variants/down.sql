CREATE FUNCTION souk_amend(function regprocedure, was text, becomes text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    body text := pg_get_functiondef(function);
BEGIN
    IF position(was IN body) = 0 THEN
        RAISE EXCEPTION '% has no `%` to be replaced', function, was;
    END IF;
    EXECUTE replace(body, was, becomes);
END $$;
SELECT souk_amend('souk_search_refresh(bigint[])', 'seller_id, price_min, price_max, variant_count,', 'seller_id, price_min,');
SELECT souk_amend('souk_search_refresh(bigint[])', 'p.price_min, p.price_max, p.variant_count,', 'p.price_min,');
SELECT souk_amend('souk_search_refresh(bigint[])', 'EXCLUDED.price_min, EXCLUDED.price_max, EXCLUDED.variant_count,',
    'EXCLUDED.price_min,');
SELECT souk_amend('souk_search_updated()',
    'SET price_min = n.price_min, price_max = n.price_max, variant_count = n.variant_count,', 'SET price_min = n.price_min,');
SELECT souk_amend('souk_search_updated()', '(s.price_min, s.price_max, s.variant_count,', '(s.price_min,');
SELECT souk_amend('souk_search_updated()', '(n.price_min, n.price_max, n.variant_count,', '(n.price_min,');
DROP FUNCTION souk_amend;

ALTER TABLE search_products DROP COLUMN packed;
DROP FUNCTION souk_packed;
ALTER TABLE search_products DROP COLUMN price_max, DROP COLUMN variant_count;
CREATE FUNCTION souk_packed(
    category_id bigint, fandom_id bigint, seller_id bigint, price_min bigint, available_count bigint,
    rating double precision, brand text, attributes bigint[], further bigint[]
) RETURNS bytea LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT int8send(coalesce(category_id, 0)) || int8send(coalesce(fandom_id, 0)) || int8send(seller_id)
        || int8send(price_min) || int8send(available_count) || float8send(coalesce(rating, -1))
        || coalesce(int4send(octet_length(convert_to(brand, 'UTF8'))) || convert_to(brand, 'UTF8'), int4send(-1))
        || array_send(attributes) || array_send(further)
$$;
ALTER TABLE search_products ADD COLUMN packed bytea NOT NULL GENERATED ALWAYS AS (
    souk_packed(category_id, fandom_id, seller_id, price_min, available_count, rating, brand, attributes, further)
) STORED;
