-- Every change of the catalogue appends to the outbox in the writer's own transaction. Statement-level triggers
-- with transition tables, so that a bulk statement costs one insert. An update that changes nothing but
-- `updated_at` writes nothing. The full joins catch a changed id as well: one row for the old, one for the new.

-- Arguments: the entity written. For tables whose id is the entity's.
CREATE FUNCTION souk_outbox_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, TG_ARGV[0], id FROM new_rows ORDER BY id;
    RETURN NULL;
END $$;

CREATE FUNCTION souk_outbox_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, TG_ARGV[0], id FROM old_rows ORDER BY id;
    RETURN NULL;
END $$;

CREATE FUNCTION souk_outbox_products_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT coalesce(n.tenant_id, o.tenant_id), 'product', coalesce(n.id, o.id)
    FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
    WHERE (n.tenant_id, n.external_id, n.slug, n.title, n.description, n.brand, n.status, n.category_id, n.fandom_id,
           n.seller_id, n.attributes, n.images, n.currency, n.price_min, n.price_max, n.stock, n.variant_count,
           n.rating_count, n.rating_sum, n.popularity, n.created_at)
        IS DISTINCT FROM
          (o.tenant_id, o.external_id, o.slug, o.title, o.description, o.brand, o.status, o.category_id, o.fandom_id,
           o.seller_id, o.attributes, o.images, o.currency, o.price_min, o.price_max, o.stock, o.variant_count,
           o.rating_count, o.rating_sum, o.popularity, o.created_at)
    ORDER BY 3;
    RETURN NULL;
END $$;

CREATE FUNCTION souk_outbox_categories_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT coalesce(n.tenant_id, o.tenant_id), 'category', coalesce(n.id, o.id)
    FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
    WHERE (n.tenant_id, n.parent_id, n.slug, n.name, n.position, n.created_at)
        IS DISTINCT FROM (o.tenant_id, o.parent_id, o.slug, o.name, o.position, o.created_at)
    ORDER BY 3;
    RETURN NULL;
END $$;

-- Fandoms and sellers have the same columns.
CREATE FUNCTION souk_outbox_named_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT coalesce(n.tenant_id, o.tenant_id), TG_ARGV[0], coalesce(n.id, o.id)
    FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
    WHERE (n.tenant_id, n.slug, n.name, n.description, n.created_at)
        IS DISTINCT FROM (o.tenant_id, o.slug, o.name, o.description, o.created_at)
    ORDER BY 3;
    RETURN NULL;
END $$;

-- Brings products up to date with their variants and makes sure that each is in the outbox: those whose rollup
-- changed by their own update trigger, the others here.
CREATE FUNCTION souk_roll_up_variants(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
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
    )
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT p.tenant_id, 'product', p.id FROM products p
    WHERE p.id = ANY (touched) AND p.id NOT IN (SELECT id FROM rolled)
    ORDER BY p.id;
END $$;

CREATE FUNCTION souk_variants_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_roll_up_variants(ARRAY(SELECT DISTINCT product_id FROM new_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_variants_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_roll_up_variants(ARRAY(SELECT DISTINCT product_id FROM old_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_variants_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY(
        SELECT DISTINCT product_id FROM (
            SELECT n.product_id AS new_product, o.product_id AS old_product
            FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
            WHERE (n.product_id, n.sku, n.gtin, n.options, n.price, n.stock, n.position)
                IS DISTINCT FROM (o.product_id, o.sku, o.gtin, o.options, o.price, o.stock, o.position)
        ) changed, LATERAL (VALUES (new_product), (old_product)) AS both_sides (product_id)
        WHERE product_id IS NOT NULL);
BEGIN
    IF cardinality(touched) > 0 THEN
        PERFORM souk_roll_up_variants(touched);
    END IF;
    RETURN NULL;
END $$;

-- Adds what reviews changed to the ratings of their products. By difference and not by sum, because ratings may
-- have been collected elsewhere before. Kept within bounds, because such totals may have been replaced since.
CREATE FUNCTION souk_add_ratings(touched bigint[], counts bigint[], sums bigint[]) RETURNS void LANGUAGE plpgsql AS $$
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
    )
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT p.tenant_id, 'product', p.id FROM products p
    WHERE p.id = ANY (touched) AND p.id NOT IN (SELECT id FROM rated)
    ORDER BY p.id;
END $$;

CREATE FUNCTION souk_reviews_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[]; counts bigint[]; sums bigint[];
BEGIN
    SELECT array_agg(product_id), array_agg(n), array_agg(total) INTO touched, counts, sums
    FROM (SELECT product_id, count(*) AS n, sum(rating)::bigint AS total FROM new_rows GROUP BY 1) changes;
    PERFORM souk_add_ratings(touched, counts, sums);
    RETURN NULL;
END $$;

CREATE FUNCTION souk_reviews_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[]; counts bigint[]; sums bigint[];
BEGIN
    SELECT array_agg(product_id), array_agg(n), array_agg(total) INTO touched, counts, sums
    FROM (SELECT product_id, -count(*) AS n, -sum(rating)::bigint AS total FROM old_rows GROUP BY 1) changes;
    PERFORM souk_add_ratings(touched, counts, sums);
    RETURN NULL;
END $$;

CREATE FUNCTION souk_reviews_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[]; counts bigint[]; sums bigint[];
BEGIN
    SELECT array_agg(product_id), array_agg(n), array_agg(total) INTO touched, counts, sums
    FROM (
        SELECT product_id, sum(count)::bigint AS n, sum(rating)::bigint AS total
        FROM (
            SELECT n.product_id AS new_product, n.rating AS new_rating, o.product_id AS old_product, o.rating AS old_rating
            FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
            WHERE (n.product_id, n.author, n.rating, n.title, n.body, n.created_at)
                IS DISTINCT FROM (o.product_id, o.author, o.rating, o.title, o.body, o.created_at)
        ) changed, LATERAL (VALUES (new_product, 1, new_rating), (old_product, -1, -old_rating))
            AS both_sides (product_id, count, rating)
        WHERE product_id IS NOT NULL
        GROUP BY product_id
    ) changes;
    IF touched IS NOT NULL THEN
        PERFORM souk_add_ratings(touched, counts, sums);
    END IF;
    RETURN NULL;
END $$;

-- TRUNCATE has no rows to tell of: refused, so that nothing leaves the tables unseen by the index.
CREATE FUNCTION souk_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'TRUNCATE of % would not reach the search index', TG_TABLE_NAME USING HINT = 'Use DELETE.';
END $$;

CREATE TRIGGER products_inserted AFTER INSERT ON products REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_inserted('product');
CREATE TRIGGER products_updated AFTER UPDATE ON products REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_products_updated();
CREATE TRIGGER products_deleted AFTER DELETE ON products REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_deleted('product');

CREATE TRIGGER categories_inserted AFTER INSERT ON categories REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_inserted('category');
CREATE TRIGGER categories_updated AFTER UPDATE ON categories REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_categories_updated();
CREATE TRIGGER categories_deleted AFTER DELETE ON categories REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_deleted('category');

CREATE TRIGGER fandoms_inserted AFTER INSERT ON fandoms REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_inserted('fandom');
CREATE TRIGGER fandoms_updated AFTER UPDATE ON fandoms REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_named_updated('fandom');
CREATE TRIGGER fandoms_deleted AFTER DELETE ON fandoms REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_deleted('fandom');

CREATE TRIGGER sellers_inserted AFTER INSERT ON sellers REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_inserted('seller');
CREATE TRIGGER sellers_updated AFTER UPDATE ON sellers REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_named_updated('seller');
CREATE TRIGGER sellers_deleted AFTER DELETE ON sellers REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_deleted('seller');

CREATE TRIGGER variants_inserted AFTER INSERT ON variants REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_variants_inserted();
CREATE TRIGGER variants_updated AFTER UPDATE ON variants REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_variants_updated();
CREATE TRIGGER variants_deleted AFTER DELETE ON variants REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_variants_deleted();

CREATE TRIGGER reviews_inserted AFTER INSERT ON reviews REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_reviews_inserted();
CREATE TRIGGER reviews_updated AFTER UPDATE ON reviews REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_reviews_updated();
CREATE TRIGGER reviews_deleted AFTER DELETE ON reviews REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_reviews_deleted();

CREATE TRIGGER products_truncated BEFORE TRUNCATE ON products
    FOR EACH STATEMENT EXECUTE FUNCTION souk_refuse_truncate();
CREATE TRIGGER variants_truncated BEFORE TRUNCATE ON variants
    FOR EACH STATEMENT EXECUTE FUNCTION souk_refuse_truncate();
CREATE TRIGGER reviews_truncated BEFORE TRUNCATE ON reviews
    FOR EACH STATEMENT EXECUTE FUNCTION souk_refuse_truncate();
CREATE TRIGGER categories_truncated BEFORE TRUNCATE ON categories
    FOR EACH STATEMENT EXECUTE FUNCTION souk_refuse_truncate();
CREATE TRIGGER fandoms_truncated BEFORE TRUNCATE ON fandoms
    FOR EACH STATEMENT EXECUTE FUNCTION souk_refuse_truncate();
CREATE TRIGGER sellers_truncated BEFORE TRUNCATE ON sellers
    FOR EACH STATEMENT EXECUTE FUNCTION souk_refuse_truncate();
