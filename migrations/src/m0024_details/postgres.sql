-- Prices charged over time, and weight and measures of variants.

-- A row a price: charged from `since` until `until`, null while it is charged. `reduced_since` tells since when it has been
-- shown as reduced, below a list price. Written by trigger; no key to variants, because it would be checked for each row.
CREATE TABLE offer_prices (
    tenant_id     bigint NOT NULL,
    variant_id    bigint NOT NULL,
    currency      text NOT NULL CHECK (length(currency) = 3),
    price         bigint NOT NULL CHECK (price >= 0),
    since         bigint NOT NULL,
    until         bigint CHECK (until > since),
    reduced_since bigint CHECK (reduced_since >= since),
    PRIMARY KEY (variant_id, since)
);
CREATE INDEX offer_prices_ended ON offer_prices (until) WHERE until IS NOT NULL;

-- Nobody knows what was charged before, so the history begins now. Before the columns below are added, so that their
-- lock is short.
INSERT INTO offer_prices (tenant_id, variant_id, currency, price, since, reduced_since)
SELECT v.tenant_id, v.id, p.currency, c.price, n.now, CASE WHEN v.list_price > c.price THEN n.now END
FROM variants v
JOIN products p ON p.id = v.product_id
CROSS JOIN (SELECT souk_now_ms() AS now OFFSET 0) n
CROSS JOIN LATERAL (
    SELECT souk_current_price(v.price, v.list_price, v.sale_from, v.sale_until, n.now) AS price
) c;

-- Variants whose price is shown as reduced, and the lowest price charged in the 30 days before that began.
CREATE VIEW offer_reductions AS
SELECT o.variant_id, o.tenant_id, o.currency, o.reduced_since,
       (SELECT min(h.price) FROM offer_prices h
        WHERE h.variant_id = o.variant_id AND h.currency = o.currency AND h.since < o.reduced_since
          AND (h.until IS NULL OR h.until > o.reduced_since - 2592000000)) AS lowest_price
FROM offer_prices o
WHERE o.until IS NULL AND o.reduced_since IS NOT NULL;

-- Records what the variants of products cost at a moment, where that differs from what is recorded last. Their products
-- are locked. A price that was charged for no time at all is replaced.
CREATE FUNCTION souk_record_prices(touched bigint[], now bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH charged AS MATERIALIZED (
        SELECT v.tenant_id, v.id AS variant_id, p.currency, c.price, coalesce(v.list_price > c.price, false) AS reduced,
               last.currency AS last_currency, last.price AS last_price, last.since, last.reduced_since,
               greatest(now, last.since) AS moment
        FROM products p
        JOIN variants v ON v.product_id = p.id
        CROSS JOIN LATERAL (
            SELECT souk_current_price(v.price, v.list_price, v.sale_from, v.sale_until, now) AS price
        ) c
        LEFT JOIN LATERAL (
            SELECT * FROM offer_prices o WHERE o.variant_id = v.id AND o.until IS NULL ORDER BY o.since DESC LIMIT 1
        ) last ON true
        WHERE p.id = ANY (touched)
    ), changed AS MATERIALIZED (
        SELECT *, since < moment AND (last_price, last_currency) IS DISTINCT FROM (price, currency) AS ends
        FROM charged
        WHERE since IS NULL
           OR (last_price, last_currency, reduced_since IS NOT NULL) IS DISTINCT FROM (price, currency, reduced)
    ), followed AS (
        UPDATE offer_prices o
        SET until = CASE WHEN c.ends THEN c.moment END,
            price = CASE WHEN c.ends THEN o.price ELSE c.price END,
            currency = CASE WHEN c.ends THEN o.currency ELSE c.currency END,
            reduced_since = CASE WHEN c.ends THEN o.reduced_since WHEN c.reduced THEN c.moment END
        FROM changed c
        WHERE o.variant_id = c.variant_id AND o.since = c.since
    )
    INSERT INTO offer_prices (tenant_id, variant_id, currency, price, since, reduced_since)
    SELECT tenant_id, variant_id, currency, price, moment, CASE WHEN reduced THEN moment END
    FROM changed
    WHERE ends IS NOT FALSE;
END $$;

ALTER TABLE products
    -- Follows the variants, by trigger, as the list price does: the lowest price of the 30 days before the reduction.
    ADD COLUMN lowest_price bigint;

ALTER TABLE variants
    ADD COLUMN weight_g bigint,
    ADD COLUMN length_mm bigint,
    ADD COLUMN width_mm bigint,
    ADD COLUMN height_mm bigint,
    ADD CONSTRAINT variants_measures_check CHECK (
        weight_g BETWEEN 0 AND 1000000000 AND length_mm BETWEEN 0 AND 1000000
        AND width_mm BETWEEN 0 AND 1000000 AND height_mm BETWEEN 0 AND 1000000);

-- The functions below are as before but for prices, weight and measures.

CREATE FUNCTION souk_amend(function regprocedure, was text, becomes text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    body text := pg_get_functiondef(function);
BEGIN
    IF position(was IN body) = 0 THEN
        RAISE EXCEPTION '% has no `%` to be replaced', function, was;
    END IF;
    EXECUTE replace(body, was, becomes);
END $$;
SELECT souk_amend('souk_outbox_products_updated()', 'n.list_price,', 'n.list_price, n.lowest_price,');
SELECT souk_amend('souk_outbox_products_updated()', 'o.list_price,', 'o.list_price, o.lowest_price,');
SELECT souk_amend('souk_variants_updated()', 'n.stock_policy,',
    'n.stock_policy, n.weight_g, n.length_mm, n.width_mm, n.height_mm,');
SELECT souk_amend('souk_variants_updated()', 'o.stock_policy,',
    'o.stock_policy, o.weight_g, o.length_mm, o.width_mm, o.height_mm,');
DROP FUNCTION souk_amend;

CREATE OR REPLACE FUNCTION souk_roll_up_variants(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    now bigint := souk_now_ms();
BEGIN
    -- Locked first, and summed by a later statement, whose snapshot then has what a concurrent writer committed.
    PERFORM 1 FROM products WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
    PERFORM souk_record_prices(touched, now);

    WITH totals AS (
        SELECT p.id, coalesce(min(v.current_price), 0) AS price_min, coalesce(max(v.current_price), 0) AS price_max,
               coalesce(sum(v.stock), 0)::bigint AS stock, count(v.id) AS variant_count,
               count(v.id) FILTER (WHERE v.stock > 0 OR v.stock_policy <> 'tracked') AS available_count,
               (array_agg(v.reduced_from ORDER BY v.current_price, v.position, v.id))[1] AS list_price,
               (array_agg(CASE WHEN v.reduced_from IS NOT NULL THEN
                              (SELECT r.lowest_price FROM offer_reductions r
                               WHERE r.variant_id = v.id AND r.currency = p.currency) END
                          ORDER BY v.current_price, v.position, v.id))[1] AS lowest_price,
               min(v.price_changes_at) AS price_changes_at
        FROM products p LEFT JOIN (
            SELECT *, nullif(greatest(list_price, current_price), current_price) AS reduced_from FROM (
                SELECT *, souk_current_price(price, list_price, sale_from, sale_until, now) AS current_price,
                       CASE WHEN sale_from > now THEN sale_from WHEN sale_until > now THEN sale_until END AS price_changes_at
                FROM variants WHERE product_id = ANY (touched)
            ) current
        ) v ON v.product_id = p.id
        WHERE p.id = ANY (touched)
        GROUP BY p.id
    ), rolled AS (
        UPDATE products p
        SET price_min = t.price_min, price_max = t.price_max, stock = t.stock, variant_count = t.variant_count,
            available_count = t.available_count, list_price = t.list_price, lowest_price = t.lowest_price,
            price_changes_at = t.price_changes_at
        FROM totals t
        WHERE p.id = t.id
          AND (p.price_min, p.price_max, p.stock, p.variant_count, p.available_count, p.list_price, p.lowest_price,
               p.price_changes_at)
              IS DISTINCT FROM
              (t.price_min, t.price_max, t.stock, t.variant_count, t.available_count, t.list_price, t.lowest_price,
               t.price_changes_at)
        RETURNING p.id
    ), others AS MATERIALIZED (
        SELECT p.tenant_id, p.id FROM products p
        WHERE p.id = ANY (touched) AND p.id NOT IN (SELECT id FROM rolled)
    )
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, 'product', id, (SELECT souk_outbox_priority(count(*)) FROM others) FROM others ORDER BY id;
END $$;

CREATE OR REPLACE FUNCTION souk_variants_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM offer_prices WHERE variant_id = ANY (ARRAY(SELECT id FROM old_rows));
    PERFORM souk_roll_up_variants(ARRAY(SELECT DISTINCT product_id FROM old_rows));
    RETURN NULL;
END $$;
