CREATE FUNCTION souk_amend(function regprocedure, was text, becomes text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE replace(pg_get_functiondef(function), was, becomes);
END $$;
SELECT souk_amend('souk_outbox_products_updated()', ' n.lowest_price,', '');
SELECT souk_amend('souk_outbox_products_updated()', ' o.lowest_price,', '');
SELECT souk_amend('souk_variants_updated()', ' n.weight_g, n.length_mm, n.width_mm, n.height_mm,', '');
SELECT souk_amend('souk_variants_updated()', ' o.weight_g, o.length_mm, o.width_mm, o.height_mm,', '');
DROP FUNCTION souk_amend;

CREATE OR REPLACE FUNCTION souk_variants_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_roll_up_variants(ARRAY(SELECT DISTINCT product_id FROM old_rows));
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION souk_roll_up_variants(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    now bigint := souk_now_ms();
BEGIN
    -- Locked first, and summed by a later statement, whose snapshot then has what a concurrent writer committed.
    PERFORM 1 FROM products WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;

    WITH totals AS (
        SELECT p.id, coalesce(min(v.current_price), 0) AS price_min, coalesce(max(v.current_price), 0) AS price_max,
               coalesce(sum(v.stock), 0)::bigint AS stock, count(v.id) AS variant_count,
               count(v.id) FILTER (WHERE v.stock > 0 OR v.stock_policy <> 'tracked') AS available_count,
               (array_agg(nullif(greatest(v.list_price, v.current_price), v.current_price)
                          ORDER BY v.current_price, v.position, v.id))[1] AS list_price,
               min(v.price_changes_at) AS price_changes_at
        FROM products p LEFT JOIN (
            SELECT *, souk_current_price(price, list_price, sale_from, sale_until, now) AS current_price,
                   CASE WHEN sale_from > now THEN sale_from WHEN sale_until > now THEN sale_until END AS price_changes_at
            FROM variants WHERE product_id = ANY (touched)
        ) v ON v.product_id = p.id
        WHERE p.id = ANY (touched)
        GROUP BY p.id
    ), rolled AS (
        UPDATE products p
        SET price_min = t.price_min, price_max = t.price_max, stock = t.stock, variant_count = t.variant_count,
            available_count = t.available_count, list_price = t.list_price, price_changes_at = t.price_changes_at
        FROM totals t
        WHERE p.id = t.id
          AND (p.price_min, p.price_max, p.stock, p.variant_count, p.available_count, p.list_price, p.price_changes_at)
              IS DISTINCT FROM
              (t.price_min, t.price_max, t.stock, t.variant_count, t.available_count, t.list_price, t.price_changes_at)
        RETURNING p.id
    ), others AS MATERIALIZED (
        SELECT p.tenant_id, p.id FROM products p
        WHERE p.id = ANY (touched) AND p.id NOT IN (SELECT id FROM rolled)
    )
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, 'product', id, (SELECT souk_outbox_priority(count(*)) FROM others) FROM others ORDER BY id;
END $$;

DROP FUNCTION souk_record_prices;
DROP VIEW offer_reductions;
DROP TABLE offer_prices;
ALTER TABLE variants DROP COLUMN weight_g, DROP COLUMN length_mm, DROP COLUMN width_mm, DROP COLUMN height_mm;
ALTER TABLE products DROP COLUMN lowest_price;
