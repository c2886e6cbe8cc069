-- A closed seller or category hides its products, whatever their status is. A category's closing counts for those below it.
-- A product without variants has no price, so that it is hidden as well: nothing is sold for nothing.

ALTER TABLE sellers ADD COLUMN closed_at bigint;
ALTER TABLE categories ADD COLUMN closed_at bigint;
-- 1 if it has no variant, or its seller, its main category or a category above that is closed. By trigger.
ALTER TABLE products ADD COLUMN is_hidden bigint NOT NULL DEFAULT 0 CHECK (is_hidden IN (0, 1));
CREATE INDEX sellers_closed ON sellers (id) WHERE closed_at IS NOT NULL;
CREATE INDEX categories_closed ON categories (id) WHERE closed_at IS NOT NULL;

CREATE VIEW closed_categories AS
WITH RECURSIVE closed (tenant_id, id) AS (
    SELECT tenant_id, id FROM categories WHERE closed_at IS NOT NULL
    UNION
    SELECT c.tenant_id, c.id FROM categories c
    JOIN closed ON c.tenant_id = closed.tenant_id AND c.parent_id = closed.id
)
SELECT tenant_id, id FROM closed;

-- Brings products up to date with their sellers and categories.
CREATE FUNCTION souk_refresh_closed(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH closed AS MATERIALIZED (SELECT id FROM closed_categories), wanted AS (
        SELECT p.id, (p.variant_count = 0 OR s.closed_at IS NOT NULL
                      OR EXISTS (SELECT FROM closed WHERE id = p.category_id))::int AS is_hidden
        FROM products p JOIN sellers s ON s.id = p.seller_id
        WHERE p.id = ANY (touched)
    )
    UPDATE products p SET is_hidden = w.is_hidden FROM wanted w WHERE p.id = w.id AND p.is_hidden <> w.is_hidden;
END $$;

CREATE FUNCTION souk_closed_products_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM new_rows WHERE variant_count = 0) OR EXISTS (SELECT FROM sellers WHERE closed_at IS NOT NULL)
       OR EXISTS (SELECT FROM categories WHERE closed_at IS NOT NULL) THEN
        PERFORM souk_refresh_closed(ARRAY(SELECT id FROM new_rows));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION souk_closed_products_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY(
        SELECT n.id FROM new_rows n LEFT JOIN old_rows o ON n.id = o.id
        WHERE (n.seller_id, n.category_id, n.variant_count = 0)
            IS DISTINCT FROM (o.seller_id, o.category_id, o.variant_count = 0));
BEGIN
    IF cardinality(touched) > 0 THEN
        PERFORM souk_refresh_closed(touched);
    END IF;
    RETURN NULL;
END $$;

-- Rows are locked as for deletion: that waits for whoever adds a product to them right now, and whoever adds one later
-- finds them closed.
CREATE FUNCTION souk_closed_sellers_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint[] := ARRAY(
        SELECT n.id FROM new_rows n JOIN old_rows o ON n.id = o.id
        WHERE (n.closed_at IS NULL) <> (o.closed_at IS NULL) ORDER BY n.id);
BEGIN
    IF cardinality(changed) > 0 THEN
        PERFORM 1 FROM sellers WHERE id = ANY (changed) ORDER BY id FOR UPDATE;
        PERFORM souk_refresh_closed(ARRAY(
            SELECT p.id FROM products p JOIN sellers s ON s.tenant_id = p.tenant_id AND s.id = p.seller_id
            WHERE s.id = ANY (changed)));
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION souk_closed_categories_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed bigint[] := ARRAY(
        SELECT n.id FROM new_rows n JOIN old_rows o ON n.id = o.id
        WHERE (n.closed_at IS NULL) <> (o.closed_at IS NULL) OR n.parent_id IS DISTINCT FROM o.parent_id ORDER BY n.id);
    below bigint[];
BEGIN
    IF cardinality(changed) = 0 THEN
        RETURN NULL;
    END IF;
    WITH RECURSIVE tree (tenant_id, id) AS (
        SELECT tenant_id, id FROM categories WHERE id = ANY (changed)
        UNION
        SELECT c.tenant_id, c.id FROM categories c
        JOIN tree ON c.tenant_id = tree.tenant_id AND c.parent_id = tree.id
    )
    SELECT array_agg(id ORDER BY id) INTO below FROM tree;
    PERFORM 1 FROM categories WHERE id = ANY (below) ORDER BY id FOR UPDATE;
    PERFORM souk_refresh_closed(ARRAY(
        SELECT p.id FROM products p JOIN categories c ON c.tenant_id = p.tenant_id AND c.id = p.category_id
        WHERE c.id = ANY (below)));
    RETURN NULL;
END $$;

CREATE TRIGGER products_closed_inserted AFTER INSERT ON products REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_closed_products_inserted();
CREATE TRIGGER products_closed_updated AFTER UPDATE ON products REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_closed_products_updated();
CREATE TRIGGER sellers_closed_updated AFTER UPDATE ON sellers REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_closed_sellers_updated();
CREATE TRIGGER categories_closed_updated AFTER UPDATE ON categories REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_closed_categories_updated();

-- One condition or column of each of these functions; the rest stays as it is.
CREATE FUNCTION souk_amend(function regprocedure, was text, becomes text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    body text := pg_get_functiondef(function);
BEGIN
    IF position(was IN body) = 0 THEN
        RAISE EXCEPTION '% has no `%` to be replaced', function, was;
    END IF;
    EXECUTE replace(body, was, becomes);
END $$;
SELECT souk_amend('souk_search_refresh(bigint[])', 'WHEN p.status = ''active'' THEN',
    'WHEN p.status = ''active'' AND p.is_hidden = 0 THEN');
SELECT souk_amend('souk_search_updated()', 'n.brand, n.status,', 'n.brand, n.status, n.is_hidden,');
SELECT souk_amend('souk_search_updated()', 'o.brand, o.status,', 'o.brand, o.status, o.is_hidden,');
SELECT souk_amend('souk_outbox_products_updated()', 'n.brand, n.status,', 'n.brand, n.status, n.is_hidden,');
SELECT souk_amend('souk_outbox_products_updated()', 'o.brand, o.status,', 'o.brand, o.status, o.is_hidden,');
SELECT souk_amend('souk_outbox_categories_updated()', 'n.position,', 'n.position, n.closed_at,');
SELECT souk_amend('souk_outbox_categories_updated()', 'o.position,', 'o.position, o.closed_at,');
DROP FUNCTION souk_amend;

-- Fandoms do not close: sellers have a function of their own now.
CREATE FUNCTION souk_outbox_sellers_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    WITH changed AS MATERIALIZED (
        SELECT coalesce(n.tenant_id, o.tenant_id) AS tenant_id, coalesce(n.id, o.id) AS id
        FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
        WHERE (n.tenant_id, n.slug, n.name, n.description, n.closed_at, n.created_at)
            IS DISTINCT FROM (o.tenant_id, o.slug, o.name, o.description, o.closed_at, o.created_at)
    )
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, 'seller', id, (SELECT souk_outbox_priority(count(*)) FROM changed) FROM changed ORDER BY id;
    RETURN NULL;
END $$;
DROP TRIGGER sellers_updated ON sellers;
CREATE TRIGGER sellers_updated AFTER UPDATE ON sellers REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_outbox_sellers_updated();

UPDATE products SET is_hidden = 1 WHERE variant_count = 0;
