-- Terms of sale: list prices, sales with dates, stock that is not counted or may be sold beyond, unlisted products, tags.

ALTER TABLE variants
    ADD COLUMN list_price bigint,
    ADD COLUMN sale_from bigint,
    ADD COLUMN sale_until bigint,
    ADD COLUMN stock_policy text NOT NULL DEFAULT 'tracked'
        CONSTRAINT variants_stock_policy_check CHECK (stock_policy IN ('tracked', 'untracked', 'backorder')),
    ADD CONSTRAINT variants_list_price_check CHECK (list_price >= price),
    -- Outside of a sale the list price is charged.
    ADD CONSTRAINT variants_sale_check
        CHECK ((sale_from IS NULL AND sale_until IS NULL) OR list_price IS NOT NULL AND coalesce(sale_from < sale_until, true));

ALTER TABLE products
    DROP CONSTRAINT products_status_check,
    ADD CONSTRAINT products_status_check CHECK (status IN ('draft', 'active', 'unlisted', 'archived')),
    ADD COLUMN tags jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tags) = 'array'),
    -- These follow the variants, by trigger: the list price of the cheapest variant if it is above its price, the number
    -- of variants that can be bought, and the next moment at which a sale begins or ends.
    ADD COLUMN list_price bigint,
    ADD COLUMN available_count bigint NOT NULL DEFAULT 0 CHECK (available_count >= 0),
    ADD COLUMN price_changes_at bigint;
CREATE INDEX products_price_changes ON products (price_changes_at) WHERE price_changes_at IS NOT NULL;

-- A search asks only whether a product can be bought.
ALTER TABLE search_products RENAME COLUMN stock TO available_count;

-- The index is made again after this migration, so that nothing has to wait in the outbox for it.
ALTER TABLE products DISABLE TRIGGER USER;
UPDATE products p SET available_count = v.available_count
FROM (SELECT product_id, count(*) AS available_count FROM variants WHERE stock > 0 GROUP BY product_id) v
WHERE v.product_id = p.id;
ALTER TABLE products ENABLE TRIGGER USER;
UPDATE search_products s SET available_count = p.available_count FROM products p WHERE p.id = s.id;

-- The price that is charged at a moment. Like `Prices::current` in the domain.
CREATE FUNCTION souk_current_price(price bigint, list_price bigint, sale_from bigint, sale_until bigint, now bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN coalesce(sale_from <= now, true) AND coalesce(sale_until > now, true) THEN price
            ELSE coalesce(list_price, price) END;

-- The functions below are as before but for the new columns.

CREATE OR REPLACE FUNCTION souk_outbox_products_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH changed AS MATERIALIZED (
        SELECT coalesce(n.tenant_id, o.tenant_id) AS tenant_id, coalesce(n.id, o.id) AS id
        FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
        WHERE (n.tenant_id, n.external_id, n.slug, n.title, n.description, n.brand, n.status, n.category_id, n.fandom_id,
               n.seller_id, n.attributes, n.tags, n.images, n.currency, n.price_min, n.price_max, n.stock, n.variant_count,
               n.list_price, n.available_count, n.price_changes_at,
               n.rating_count, n.rating_sum, n.popularity, n.created_at)
            IS DISTINCT FROM
              (o.tenant_id, o.external_id, o.slug, o.title, o.description, o.brand, o.status, o.category_id, o.fandom_id,
               o.seller_id, o.attributes, o.tags, o.images, o.currency, o.price_min, o.price_max, o.stock, o.variant_count,
               o.list_price, o.available_count, o.price_changes_at,
               o.rating_count, o.rating_sum, o.popularity, o.created_at)
    )
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, 'product', id, (SELECT souk_outbox_priority(count(*)) FROM changed) FROM changed ORDER BY id;
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

CREATE OR REPLACE FUNCTION souk_variants_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY(
        SELECT DISTINCT product_id FROM (
            SELECT n.product_id AS new_product, o.product_id AS old_product
            FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
            WHERE (n.product_id, n.sku, n.gtin, n.options, n.price, n.list_price, n.sale_from, n.sale_until, n.stock,
                   n.stock_policy, n.position)
                IS DISTINCT FROM
                  (o.product_id, o.sku, o.gtin, o.options, o.price, o.list_price, o.sale_from, o.sale_until, o.stock,
                   o.stock_policy, o.position)
        ) changed, LATERAL (VALUES (new_product), (old_product)) AS both_sides (product_id)
        WHERE product_id IS NOT NULL);
BEGIN
    IF cardinality(touched) > 0 THEN
        PERFORM souk_roll_up_variants(touched);
    END IF;
    RETURN NULL;
END $$;

-- Brings what is searched up to date with products and their variants.
-- Compiling its statements would take longer than running them.
CREATE OR REPLACE FUNCTION souk_search_refresh(touched bigint[]) RETURNS void LANGUAGE plpgsql SET jit = off AS $$
BEGIN
    -- Locked first, so that later statements see what a concurrent writer of the same product committed.
    PERFORM 1 FROM products WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;

    WITH attributes AS MATERIALIZED (
        SELECT product_id, tenant_id, name, value, souk_attribute(name, value) AS code,
               (row_number() OVER (PARTITION BY product_id, name ORDER BY value COLLATE "C") = 1)::int AS first,
               bool_or(of_product) AS of_product
        FROM (
            SELECT p.id AS product_id, p.tenant_id, attribute.key AS name, souk_shown(entry.value) AS value,
                   true AS of_product
            FROM products p, jsonb_each(p.attributes) AS attribute,
                 jsonb_array_elements(CASE jsonb_typeof(attribute.value)
                     WHEN 'array' THEN attribute.value ELSE jsonb_build_array(attribute.value) END) AS entry (value)
            WHERE p.id = ANY (touched)
            UNION ALL
            SELECT p.id, p.tenant_id, 'tags', souk_shown(entry.value), true
            FROM products p, jsonb_array_elements(p.tags) AS entry (value)
            WHERE p.id = ANY (touched)
            UNION ALL
            SELECT v.product_id, v.tenant_id, option.key, souk_shown(option.value), false
            FROM variants v, jsonb_each(v.options) AS option
            WHERE v.product_id = ANY (touched)
        ) AS both_sources
        WHERE value IS NOT NULL
        GROUP BY product_id, tenant_id, name, value
    ), new_values AS (
        INSERT INTO search_values (tenant_id, code, name, value)
        SELECT DISTINCT a.tenant_id, a.code, a.name, a.value
        FROM attributes a
        WHERE NOT EXISTS (SELECT 1 FROM search_values k WHERE k.tenant_id = a.tenant_id AND k.code = a.code)
    ), gathered AS (
        SELECT product_id, array_agg(code + first) AS codes, string_agg(value, ' ' ORDER BY name, value COLLATE "C") AS text
        FROM attributes GROUP BY product_id
    ), part_numbers AS (
        SELECT product_id, array_agg(DISTINCT '~k' || left(souk_code(code), 400)) AS marks
        FROM (
            SELECT v.product_id, own.code
            FROM variants v, LATERAL (VALUES (v.sku), (v.gtin)) AS own (code)
            WHERE v.product_id = ANY (touched)
            UNION ALL
            SELECT product_id, value FROM attributes
            WHERE of_product AND translate(lower(name), ' -', '__') IN ('mpn', 'part_number', 'model', 'model_number')
            UNION ALL
            SELECT id, external_id FROM products WHERE id = ANY (touched)
        ) AS codes
        GROUP BY product_id
    )
    INSERT INTO search_products AS s (id, category_id, fandom_id, seller_id, price_min, available_count, popularity, created_at,
                                      rating, brand, attributes, words)
    SELECT p.id, p.category_id, p.fandom_id, p.seller_id, p.price_min, p.available_count, p.popularity, p.created_at,
           p.rating, p.brand, coalesce(g.codes, '{}'),
           (
               -- Longer texts are cut, because a tsvector holds at most a megabyte; longer words are noise.
               SELECT coalesce(string_agg('''' || word || ''':' || least(start + place, 16383) || weight, ' '), '')::tsvector
               FROM (VALUES ('A', 0, p.title), ('B', 2000, p.brand), ('C', 4000, left(g.text, 100000)),
                            ('D', 8000, left(p.description, 100000))) AS part (weight, start, text),
                    unnest(souk_words(text)) WITH ORDINALITY AS split (word, place)
               WHERE octet_length(word) BETWEEN 1 AND 64
           ) || array_to_tsvector(array_remove(array_remove(
               CASE WHEN p.status = 'active' THEN ARRAY['~' || p.tenant_id] || souk_share_marks(p.tenant_id, p.id) END
               || ARRAY['~c' || p.category_id, '~f' || p.fandom_id, '~s' || p.seller_id] || n.marks
               || ARRAY(SELECT '^' || word FROM unnest(souk_words(p.title)) AS word
                        WHERE octet_length(word) BETWEEN 1 AND 64), NULL), '~k'))
    FROM products p
    JOIN part_numbers n ON n.product_id = p.id
    LEFT JOIN gathered g ON g.product_id = p.id
    WHERE p.id = ANY (touched)
    ON CONFLICT (id) DO UPDATE
    SET (category_id, fandom_id, seller_id, price_min, available_count, popularity, created_at, rating, brand, attributes, words)
        = (EXCLUDED.category_id, EXCLUDED.fandom_id, EXCLUDED.seller_id, EXCLUDED.price_min, EXCLUDED.available_count,
           EXCLUDED.popularity, EXCLUDED.created_at, EXCLUDED.rating, EXCLUDED.brand, EXCLUDED.attributes,
           EXCLUDED.words)
    WHERE (s.words, s.attributes, s.brand) IS DISTINCT FROM (EXCLUDED.words, EXCLUDED.attributes, EXCLUDED.brand);

    -- Words have weights, marks have none.
    INSERT INTO search_words (tenant_id, word)
    SELECT found.tenant_id, found.word
    FROM (
        SELECT DISTINCT p.tenant_id, own.word COLLATE "C" AS word
        FROM products p JOIN search_products s ON s.id = p.id,
             unnest(tsvector_to_array(ts_filter(s.words, '{a,b,c,d}'))) AS own (word)
        WHERE p.id = ANY (touched)
    ) AS found
    WHERE NOT EXISTS (SELECT 1 FROM search_words k WHERE k.tenant_id = found.tenant_id AND k.word = found.word);
END $$;

CREATE OR REPLACE FUNCTION souk_search_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE search_products s
    SET price_min = n.price_min, available_count = n.available_count, popularity = n.popularity, created_at = n.created_at,
        rating = n.rating
    FROM new_rows n
    WHERE s.id = n.id AND (s.price_min, s.available_count, s.popularity, s.created_at, s.rating)
        IS DISTINCT FROM (n.price_min, n.available_count, n.popularity, n.created_at, n.rating);
    PERFORM souk_search_changed(ARRAY(
        SELECT n.id FROM new_rows n LEFT JOIN old_rows o ON n.id = o.id
        WHERE (n.external_id, n.title, n.description, n.brand, n.status, n.category_id, n.fandom_id, n.seller_id,
               n.attributes, n.tags)
            IS DISTINCT FROM (o.external_id, o.title, o.description, o.brand, o.status, o.category_id, o.fandom_id,
               o.seller_id, o.attributes, o.tags)));
    RETURN NULL;
END $$;
