-- The functions that indexes use are written with RETURN, which binds the names in them when they are made: a
-- restored dump, whose search path is empty, can build the indexes again. Those that are not STRICT are put in place
-- where they are called, which is far cheaper than a call; what they are made of answers NULL for NULL.

-- Lower-cased, and without the accents of Latin letters.
CREATE FUNCTION souk_fold(source text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE
    WHEN octet_length(source) = length(source) THEN lower(source)
    ELSE lower(normalize(regexp_replace(normalize(source, NFD), '([A-Za-z])[\u0300-\u036f]+', '\1', 'g'), NFC))
END;

-- A text folded, and with a space for each run of separators. They are listed, so that words do not depend on the
-- database's locale.
CREATE FUNCTION souk_spaced(source text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(
    souk_fold(source),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7'
    '\u02c2-\u02c5\u02d2-\u02df\u2000-\u206f\u207a-\u207e\u208a-\u208e\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff'
    '\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65'
    '\ufff9-\uffff\U0001f000-\U0001faff]+',
    ' ', 'g');

-- The words of a text in order.
CREATE FUNCTION souk_words(source text) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN string_to_array(btrim(souk_spaced(source)), ' ');

-- The words of a text as the index holds them. Not `to_tsvector`, whose parser takes part numbers such as 8e6b
-- apart. Words longer than what the engine searches for are noise.
CREATE FUNCTION souk_tsvector(source text, weight text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(string_agg('''' || split.word || ''':' || least(split.place, 16383) || weight, ' '), '')::tsvector
    FROM unnest(souk_words(source)) WITH ORDINALITY AS split (word, place)
    WHERE octet_length(split.word) BETWEEN 1 AND 64
);

-- The normal form of a part number: letters and digits.
CREATE FUNCTION souk_code(source text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN replace(souk_spaced(source), ' ', '');

-- What a document shows of a value that plain SQL may have written.
CREATE FUNCTION souk_shown(entry jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN jsonb_typeof(entry) IN ('string', 'number', 'boolean') THEN entry #>> '{}' END;

-- The code of an attribute's value: a hash, even. A product's array holds it odd for its first value of an attribute,
-- so that products having the attribute are counted by counting odd ones.
CREATE FUNCTION souk_attribute(name text, value text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN ('x' || left(md5(md5(name) || value), 16))::bit(64)::bigint & -2;

-- All that a search reads of a product to find, count and order it, in one narrow row. What changes most, such as
-- stock and price, is in no index, and finds room on the row's page, so that such a change touches no index. Half of a
-- page is left for that: a feed that changes every price at once needs as much, and searches read a page for each row
-- anyway.
--
-- In `words` there are marks as well, kept apart from words by the separator that each begins with: ~TENANT for an
-- active product, ~TENANT.BITS with twelve bits by chance, which the migration `shares` replaces, ~cID,
-- ~fID and ~sID for its category, fandom and seller, ~kCODE for its part numbers, and ^WORD for a word of its title. So
-- one query of one index finds it all.
CREATE TABLE search_products (
    id          bigint PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE,
    category_id bigint,
    fandom_id   bigint,
    seller_id   bigint NOT NULL,
    price_min   bigint NOT NULL,
    stock       bigint NOT NULL,
    popularity  bigint NOT NULL,
    created_at  bigint NOT NULL,
    rating      double precision,
    brand       text,
    attributes  bigint[] NOT NULL,
    words       tsvector NOT NULL
) WITH (fillfactor = 50);
-- Entered at once: a list of entries that wait makes every search read it, and the planner shy of the index.
CREATE INDEX search_products_words ON search_products USING gin (words, attributes) WITH (fastupdate = off);
CREATE INDEX search_products_brand ON search_products (md5(brand));

-- Attributes of products and options of their variants by code. Like the words below not unique, and values stay
-- when their last product goes.
CREATE TABLE search_values (
    tenant_id bigint NOT NULL,
    code      bigint NOT NULL,
    name      text COLLATE "C" NOT NULL,
    value     text COLLATE "C" NOT NULL
);
CREATE INDEX search_values_code ON search_values (tenant_id, code);

CREATE INDEX categories_words ON categories USING gin (souk_tsvector(name, 'B'));
CREATE INDEX fandoms_words ON fandoms USING gin (souk_tsvector(name, 'B'));
CREATE INDEX sellers_words ON sellers USING gin (souk_tsvector(name, 'B'));

-- Every word of the tables above. Not unique, since writers of the same new word would wait for each other, or
-- deadlock; and words stay when their last product goes, which costs a search nothing.
CREATE TABLE search_words (
    tenant_id bigint NOT NULL,
    word      text COLLATE "C" NOT NULL
);
CREATE INDEX search_words_word ON search_words (tenant_id, word);

-- Brings what is searched up to date with products and their variants.
-- Compiling its statements would take longer than running them.
CREATE FUNCTION souk_search_refresh(touched bigint[]) RETURNS void LANGUAGE plpgsql SET jit = off AS $$
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
    INSERT INTO search_products AS s (id, category_id, fandom_id, seller_id, price_min, stock, popularity, created_at,
                                      rating, brand, attributes, words)
    SELECT p.id, p.category_id, p.fandom_id, p.seller_id, p.price_min, p.stock, p.popularity, p.created_at,
           p.rating, p.brand, coalesce(g.codes, '{}'),
           (
               -- Longer texts are cut, because a tsvector holds at most a megabyte; longer words are noise.
               SELECT coalesce(string_agg('''' || word || ''':' || least(start + place, 16383) || weight, ' '), '')::tsvector
               FROM (VALUES ('A', 0, p.title), ('B', 2000, p.brand), ('C', 4000, left(g.text, 100000)),
                            ('D', 8000, left(p.description, 100000))) AS part (weight, start, text),
                    unnest(souk_words(text)) WITH ORDINALITY AS split (word, place)
               WHERE octet_length(word) BETWEEN 1 AND 64
           ) || array_to_tsvector(array_remove(array_remove(
               CASE WHEN p.status = 'active' THEN ARRAY[
                   '~' || p.tenant_id,
                   '~' || p.tenant_id || '.' || ('x' || left(md5(p.id::text), 3))::bit(12)] END
               || ARRAY['~c' || p.category_id, '~f' || p.fandom_id, '~s' || p.seller_id] || n.marks
               || ARRAY(SELECT '^' || word FROM unnest(souk_words(p.title)) AS word
                        WHERE octet_length(word) BETWEEN 1 AND 64), NULL), '~k'))
    FROM products p
    JOIN part_numbers n ON n.product_id = p.id
    LEFT JOIN gathered g ON g.product_id = p.id
    WHERE p.id = ANY (touched)
    ON CONFLICT (id) DO UPDATE
    SET (category_id, fandom_id, seller_id, price_min, stock, popularity, created_at, rating, brand, attributes, words)
        = (EXCLUDED.category_id, EXCLUDED.fandom_id, EXCLUDED.seller_id, EXCLUDED.price_min, EXCLUDED.stock,
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

-- Who writes products and then their variants may put the refresh off until both are there: by setting
-- `souk.search_waiting` to `{}` for the transaction, and calling souk_search_catch_up() when all is written.
CREATE FUNCTION souk_search_changed(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    waiting text := current_setting('souk.search_waiting', true);
BEGIN
    IF cardinality(touched) = 0 THEN
        RETURN;
    END IF;
    IF coalesce(waiting, '') = '' THEN
        PERFORM souk_search_refresh(touched);
    ELSE
        PERFORM set_config('souk.search_waiting', (waiting::bigint[] || touched)::text, true);
    END IF;
END $$;

CREATE FUNCTION souk_search_catch_up() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    waiting bigint[] := nullif(current_setting('souk.search_waiting', true), '')::bigint[];
BEGIN
    PERFORM set_config('souk.search_waiting', '', true);
    IF cardinality(waiting) > 0 THEN
        PERFORM souk_search_refresh(ARRAY(SELECT DISTINCT id FROM unnest(waiting) AS id));
    END IF;
END $$;

CREATE FUNCTION souk_search_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_search_changed(ARRAY(SELECT id FROM new_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_search_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE search_products s
    SET price_min = n.price_min, stock = n.stock, popularity = n.popularity, created_at = n.created_at,
        rating = n.rating
    FROM new_rows n
    WHERE s.id = n.id AND (s.price_min, s.stock, s.popularity, s.created_at, s.rating)
        IS DISTINCT FROM (n.price_min, n.stock, n.popularity, n.created_at, n.rating);
    PERFORM souk_search_changed(ARRAY(
        SELECT n.id FROM new_rows n LEFT JOIN old_rows o ON n.id = o.id
        WHERE (n.external_id, n.title, n.description, n.brand, n.status, n.category_id, n.fandom_id, n.seller_id,
               n.attributes)
            IS DISTINCT FROM (o.external_id, o.title, o.description, o.brand, o.status, o.category_id, o.fandom_id,
               o.seller_id, o.attributes)));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_search_variants_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_search_changed(ARRAY(SELECT DISTINCT product_id FROM new_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_search_variants_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_search_changed(ARRAY(SELECT DISTINCT product_id FROM old_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_search_variants_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_search_changed(ARRAY(
        SELECT DISTINCT product_id FROM (
            SELECT n.product_id AS new_product, o.product_id AS old_product
            FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
            WHERE (n.product_id, n.sku, n.gtin, n.options) IS DISTINCT FROM (o.product_id, o.sku, o.gtin, o.options)
        ) changed, LATERAL (VALUES (new_product), (old_product)) AS both_sides (product_id)
        WHERE product_id IS NOT NULL));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_search_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO search_words (tenant_id, word)
    SELECT DISTINCT n.tenant_id, found.word COLLATE "C"
    FROM new_rows n, unnest(tsvector_to_array(souk_tsvector(n.name, 'B'))) AS found (word)
    WHERE NOT EXISTS (SELECT 1 FROM search_words k WHERE k.tenant_id = n.tenant_id AND k.word = found.word);
    RETURN NULL;
END $$;

CREATE TRIGGER products_search_inserted AFTER INSERT ON products REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_search_inserted();
CREATE TRIGGER products_search_updated AFTER UPDATE ON products REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_search_updated();
CREATE TRIGGER variants_search_inserted AFTER INSERT ON variants REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_search_variants_inserted();
CREATE TRIGGER variants_search_updated AFTER UPDATE ON variants REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_search_variants_updated();
CREATE TRIGGER variants_search_deleted AFTER DELETE ON variants REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_search_variants_deleted();

CREATE TRIGGER categories_search_inserted AFTER INSERT ON categories REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_search_named();
CREATE TRIGGER categories_search_updated AFTER UPDATE ON categories REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_search_named();
CREATE TRIGGER fandoms_search_inserted AFTER INSERT ON fandoms REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_search_named();
CREATE TRIGGER fandoms_search_updated AFTER UPDATE ON fandoms REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_search_named();
CREATE TRIGGER sellers_search_inserted AFTER INSERT ON sellers REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_search_named();
CREATE TRIGGER sellers_search_updated AFTER UPDATE ON sellers REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION souk_search_named();

-- The first pages of a listing in the orders that are asked for most.
CREATE INDEX products_popular ON products (tenant_id, popularity DESC, id) WHERE status = 'active';
CREATE INDEX products_newest ON products (tenant_id, created_at DESC, id) WHERE status = 'active';
CREATE INDEX products_cheapest ON products (tenant_id, price_min, id) WHERE status = 'active';
CREATE INDEX products_rated ON products (tenant_id, (coalesce(rating, 0)) DESC, id) WHERE status = 'active';

-- What was there before.
SELECT souk_search_refresh(ARRAY(SELECT id FROM products));
INSERT INTO search_words (tenant_id, word)
SELECT DISTINCT named.tenant_id, found.word COLLATE "C"
FROM (
    SELECT tenant_id, name FROM categories
    UNION ALL SELECT tenant_id, name FROM fandoms
    UNION ALL SELECT tenant_id, name FROM sellers
) AS named, unnest(tsvector_to_array(souk_tsvector(named.name, 'B'))) AS found (word);
