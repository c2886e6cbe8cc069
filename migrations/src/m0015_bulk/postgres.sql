-- Changes of bulk loads are background, which the index takes after single edits. A transaction is one if it says so, by
-- `SET LOCAL souk.bulk = 'on'`, or from the statement on by which it has touched more than a hundred entities.

-- Priority of rows about to be written. Called once a statement.
CREATE FUNCTION souk_outbox_priority(rows bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    so_far bigint := coalesce(nullif(current_setting('souk.outbox_rows', true), '')::bigint, 0) + rows;
BEGIN
    PERFORM set_config('souk.outbox_rows', so_far::text, true);
    RETURN CASE WHEN so_far > 100 OR current_setting('souk.bulk', true) = 'on' THEN 1 ELSE 0 END;
END $$;

-- For rows that no trigger writes.
ALTER TABLE outbox ALTER COLUMN priority SET DEFAULT CASE WHEN current_setting('souk.bulk', true) = 'on' THEN 1 ELSE 0 END;

-- The functions below are as before but for the priority.

CREATE OR REPLACE FUNCTION souk_outbox_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, TG_ARGV[0], id, (SELECT souk_outbox_priority(count(*)) FROM new_rows) FROM new_rows ORDER BY id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION souk_outbox_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, TG_ARGV[0], id, (SELECT souk_outbox_priority(count(*)) FROM old_rows) FROM old_rows ORDER BY id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION souk_outbox_products_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH changed AS MATERIALIZED (
        SELECT coalesce(n.tenant_id, o.tenant_id) AS tenant_id, coalesce(n.id, o.id) AS id
        FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
        WHERE (n.tenant_id, n.external_id, n.slug, n.title, n.description, n.brand, n.status, n.category_id, n.fandom_id,
               n.seller_id, n.attributes, n.images, n.currency, n.price_min, n.price_max, n.stock, n.variant_count,
               n.rating_count, n.rating_sum, n.popularity, n.created_at)
            IS DISTINCT FROM
              (o.tenant_id, o.external_id, o.slug, o.title, o.description, o.brand, o.status, o.category_id, o.fandom_id,
               o.seller_id, o.attributes, o.images, o.currency, o.price_min, o.price_max, o.stock, o.variant_count,
               o.rating_count, o.rating_sum, o.popularity, o.created_at)
    )
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, 'product', id, (SELECT souk_outbox_priority(count(*)) FROM changed) FROM changed ORDER BY id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION souk_outbox_categories_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH changed AS MATERIALIZED (
        SELECT coalesce(n.tenant_id, o.tenant_id) AS tenant_id, coalesce(n.id, o.id) AS id
        FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
        WHERE (n.tenant_id, n.parent_id, n.slug, n.name, n.position, n.created_at)
            IS DISTINCT FROM (o.tenant_id, o.parent_id, o.slug, o.name, o.position, o.created_at)
    )
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, 'category', id, (SELECT souk_outbox_priority(count(*)) FROM changed) FROM changed ORDER BY id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION souk_outbox_named_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH changed AS MATERIALIZED (
        SELECT coalesce(n.tenant_id, o.tenant_id) AS tenant_id, coalesce(n.id, o.id) AS id
        FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
        WHERE (n.tenant_id, n.slug, n.name, n.description, n.created_at)
            IS DISTINCT FROM (o.tenant_id, o.slug, o.name, o.description, o.created_at)
    )
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, TG_ARGV[0], id, (SELECT souk_outbox_priority(count(*)) FROM changed) FROM changed ORDER BY id;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION souk_roll_up_variants(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Locked first, and summed by a later statement, whose snapshot then has what a concurrent writer committed.
    PERFORM 1 FROM products WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;

    WITH totals AS (
        SELECT p.id, coalesce(min(v.price), 0) AS price_min, coalesce(max(v.price), 0) AS price_max,
               coalesce(sum(v.stock), 0)::bigint AS stock, count(v.id) AS variant_count
        FROM products p LEFT JOIN variants v ON v.product_id = p.id
        WHERE p.id = ANY (touched)
        GROUP BY p.id
    ), rolled AS (
        UPDATE products p
        SET price_min = t.price_min, price_max = t.price_max, stock = t.stock, variant_count = t.variant_count
        FROM totals t
        WHERE p.id = t.id
          AND (p.price_min, p.price_max, p.stock, p.variant_count)
              IS DISTINCT FROM (t.price_min, t.price_max, t.stock, t.variant_count)
        RETURNING p.id
    ), others AS MATERIALIZED (
        SELECT p.tenant_id, p.id FROM products p
        WHERE p.id = ANY (touched) AND p.id NOT IN (SELECT id FROM rolled)
    )
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, 'product', id, (SELECT souk_outbox_priority(count(*)) FROM others) FROM others ORDER BY id;
END $$;

CREATE OR REPLACE FUNCTION souk_add_ratings(touched bigint[], counts bigint[], sums bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM products WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;

    WITH changes AS (
        SELECT * FROM unnest(touched, counts, sums) AS change (id, count, sum)
    ), rated AS (
        UPDATE products p
        SET rating_count = greatest(p.rating_count + c.count, 0),
            rating_sum = least(greatest(p.rating_sum + c.sum, greatest(p.rating_count + c.count, 0)),
                               greatest(p.rating_count + c.count, 0) * 5)
        FROM changes c
        WHERE p.id = c.id AND (c.count <> 0 OR c.sum <> 0)
        RETURNING p.id
    ), others AS MATERIALIZED (
        SELECT p.tenant_id, p.id FROM products p
        WHERE p.id = ANY (touched) AND p.id NOT IN (SELECT id FROM rated)
    )
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, 'product', id, (SELECT souk_outbox_priority(count(*)) FROM others) FROM others ORDER BY id;
END $$;

-- Tells whoever listens that there is work, once a transaction.
CREATE FUNCTION souk_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows) THEN
        PERFORM pg_notify('souk_work', TG_ARGV[0]);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER outbox_tells AFTER INSERT ON outbox REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_tell('change');
CREATE TRIGGER index_jobs_tell AFTER INSERT ON index_jobs REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_tell('job');
