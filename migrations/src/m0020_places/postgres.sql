-- Further categories and fandoms of products, beside the main ones in `products`. What repeats the main one counts for
-- nothing. Keys carry the tenant, as those of products do.

CREATE TABLE product_categories (
    tenant_id   bigint NOT NULL,
    product_id  bigint NOT NULL,
    category_id bigint NOT NULL,
    position    bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (product_id, category_id),
    CONSTRAINT product_categories_product_fkey FOREIGN KEY (tenant_id, product_id)
        REFERENCES products (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT product_categories_category_fkey FOREIGN KEY (tenant_id, category_id)
        REFERENCES categories (tenant_id, id) ON DELETE RESTRICT
);
CREATE INDEX product_categories_category ON product_categories (tenant_id, category_id, product_id);

CREATE TABLE product_fandoms (
    tenant_id  bigint NOT NULL,
    product_id bigint NOT NULL,
    fandom_id  bigint NOT NULL,
    position   bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (product_id, fandom_id),
    CONSTRAINT product_fandoms_product_fkey FOREIGN KEY (tenant_id, product_id)
        REFERENCES products (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT product_fandoms_fandom_fkey FOREIGN KEY (tenant_id, fandom_id)
        REFERENCES fandoms (tenant_id, id) ON DELETE RESTRICT
);
CREATE INDEX product_fandoms_fandom ON product_fandoms (tenant_id, fandom_id, product_id);

-- Brings outbox and search up to date with products whose further places have changed.
CREATE FUNCTION souk_places_changed(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(touched) = 0 THEN
        RETURN;
    END IF;
    WITH changed AS MATERIALIZED (
        SELECT tenant_id, id FROM products WHERE id = ANY (touched)
    )
    INSERT INTO outbox (tenant_id, entity, entity_id, priority)
    SELECT tenant_id, 'product', id, (SELECT souk_outbox_priority(count(*)) FROM changed) FROM changed ORDER BY id;
    PERFORM souk_search_changed(touched);
END $$;

CREATE FUNCTION souk_places_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_places_changed(ARRAY(SELECT DISTINCT product_id FROM new_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_places_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_places_changed(ARRAY(
        SELECT DISTINCT product_id FROM (
            (TABLE new_rows EXCEPT TABLE old_rows) UNION ALL (TABLE old_rows EXCEPT TABLE new_rows)
        ) AS changed));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_places_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_places_changed(ARRAY(SELECT DISTINCT product_id FROM old_rows));
    RETURN NULL;
END $$;

CREATE TRIGGER product_categories_inserted AFTER INSERT ON product_categories REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_places_inserted();
CREATE TRIGGER product_categories_updated AFTER UPDATE ON product_categories
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_places_updated();
CREATE TRIGGER product_categories_deleted AFTER DELETE ON product_categories REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_places_deleted();
CREATE TRIGGER product_categories_truncated BEFORE TRUNCATE ON product_categories
    FOR EACH STATEMENT EXECUTE FUNCTION souk_refuse_truncate();

CREATE TRIGGER product_fandoms_inserted AFTER INSERT ON product_fandoms REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_places_inserted();
CREATE TRIGGER product_fandoms_updated AFTER UPDATE ON product_fandoms
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_places_updated();
CREATE TRIGGER product_fandoms_deleted AFTER DELETE ON product_fandoms REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_places_deleted();
CREATE TRIGGER product_fandoms_truncated BEFORE TRUNCATE ON product_fandoms
    FOR EACH STATEMENT EXECUTE FUNCTION souk_refuse_truncate();

-- Ids of further categories, and those of further fandoms negated: one array instead of two in each packed product,
-- which ends with it.
ALTER TABLE search_products ADD COLUMN further bigint[] NOT NULL DEFAULT '{}';
ALTER TABLE search_products DROP COLUMN packed;
DROP FUNCTION souk_packed;
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

-- As before but for the further places: marks as those of the main ones, and their ids.
-- Brings what is searched up to date with products, their variants and further places.
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
    ), further AS (
        SELECT product_id, array_agg(id ORDER BY id) AS ids, array_agg(mark) AS marks
        FROM (
            SELECT p.id AS product_id, c.category_id AS id, '~c' || c.category_id AS mark
            FROM products p JOIN product_categories c ON c.product_id = p.id
            WHERE p.id = ANY (touched) AND c.category_id IS DISTINCT FROM p.category_id
            UNION ALL
            SELECT p.id, -f.fandom_id, '~f' || f.fandom_id
            FROM products p JOIN product_fandoms f ON f.product_id = p.id
            WHERE p.id = ANY (touched) AND f.fandom_id IS DISTINCT FROM p.fandom_id
        ) AS places
        GROUP BY product_id
    )
    INSERT INTO search_products AS s (id, category_id, fandom_id, seller_id, price_min, available_count, popularity, created_at,
                                      rating, brand, attributes, further, words)
    SELECT p.id, p.category_id, p.fandom_id, p.seller_id, p.price_min, p.available_count, p.popularity, p.created_at,
           p.rating, p.brand, coalesce(g.codes, '{}'), coalesce(o.ids, '{}'),
           (
               -- Longer texts are cut, because a tsvector holds at most a megabyte; longer words are noise.
               SELECT coalesce(string_agg('''' || word || ''':' || least(start + place, 16383) || weight, ' '), '')::tsvector
               FROM (VALUES ('A', 0, p.title), ('B', 2000, p.brand), ('C', 4000, left(g.text, 100000)),
                            ('D', 8000, left(p.description, 100000))) AS part (weight, start, text),
                    unnest(souk_words(text)) WITH ORDINALITY AS split (word, place)
               WHERE octet_length(word) BETWEEN 1 AND 64
           ) || array_to_tsvector(array_remove(array_remove(
               CASE WHEN p.status = 'active' AND p.is_hidden = 0 THEN
                   ARRAY['~' || p.tenant_id] || souk_share_marks(p.tenant_id, p.id) END
               || ARRAY['~c' || p.category_id, '~f' || p.fandom_id, '~s' || p.seller_id] || n.marks || o.marks
               || ARRAY(SELECT '^' || word FROM unnest(souk_words(p.title)) AS word
                        WHERE octet_length(word) BETWEEN 1 AND 64), NULL), '~k'))
    FROM products p
    JOIN part_numbers n ON n.product_id = p.id
    LEFT JOIN gathered g ON g.product_id = p.id
    LEFT JOIN further o ON o.product_id = p.id
    WHERE p.id = ANY (touched)
    ON CONFLICT (id) DO UPDATE
    SET (category_id, fandom_id, seller_id, price_min, available_count, popularity, created_at, rating, brand, attributes, further,
         words)
        = (EXCLUDED.category_id, EXCLUDED.fandom_id, EXCLUDED.seller_id, EXCLUDED.price_min, EXCLUDED.available_count,
           EXCLUDED.popularity, EXCLUDED.created_at, EXCLUDED.rating, EXCLUDED.brand, EXCLUDED.attributes,
           EXCLUDED.further, EXCLUDED.words)
    WHERE (s.words, s.attributes, s.brand, s.category_id, s.fandom_id)
        IS DISTINCT FROM (EXCLUDED.words, EXCLUDED.attributes, EXCLUDED.brand, EXCLUDED.category_id, EXCLUDED.fandom_id);

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
