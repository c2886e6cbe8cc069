-- The functions that indexes use are written with RETURN, which binds the names in them when they are made: a
-- restored dump, whose search path is empty, can build the indexes again.

-- Lower-cased, and without the accents of Latin letters.
CREATE FUNCTION souk_fold(source text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE
    WHEN octet_length(source) = length(source) THEN lower(source)
    ELSE lower(normalize(regexp_replace(normalize(source, NFD), '([A-Za-z])[\u0300-\u036f]+', '\1', 'g'), NFC))
END;

-- The words of a text in order. Separators are listed, so that words do not depend on the database's locale.
CREATE FUNCTION souk_words(source text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN string_to_array(btrim(regexp_replace(
    souk_fold(source),
    '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7'
    '\u02c2-\u02c5\u02d2-\u02df\u2000-\u206f\u207a-\u207e\u208a-\u208e\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff'
    '\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65'
    '\ufff9-\uffff\U0001f000-\U0001faff]+',
    ' ', 'g')), ' ');

-- The words of a text as the index holds them. Not `to_tsvector`, whose parser takes part numbers such as 8e6b
-- apart. Words longer than what the engine searches for are noise.
CREATE FUNCTION souk_tsvector(source text, weight text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN (
    SELECT coalesce(string_agg('''' || split.word || ''':' || least(split.place, 16383) || weight, ' '), '')::tsvector
    FROM unnest(souk_words(source)) WITH ORDINALITY AS split (word, place)
    WHERE octet_length(split.word) BETWEEN 1 AND 64
);

-- The normal form of a part number: letters and digits.
CREATE FUNCTION souk_code(source text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN array_to_string(souk_words(source), '');

-- What a document shows of a value that plain SQL may have written.
CREATE FUNCTION souk_shown(entry jsonb) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN jsonb_typeof(entry) IN ('string', 'number', 'boolean') THEN entry #>> '{}' END;

CREATE TABLE search_products (
    product_id bigint PRIMARY KEY REFERENCES products (id) ON DELETE CASCADE,
    tenant_id  bigint NOT NULL,
    words      tsvector NOT NULL
);
-- Entered at once: a list of entries that wait makes every search read it, and the planner shy of the index.
CREATE INDEX search_products_words ON search_products USING gin (words) WITH (fastupdate = off);

-- Attributes of products and options of their variants, each value once. `place` numbers a product's values of one
-- attribute from 0, so that products having the attribute are counted by counting zeros. `of_product` tells whether
-- it is (also) the product's own and not only a variant's.
CREATE TABLE search_attributes (
    product_id bigint NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    tenant_id  bigint NOT NULL,
    name       text COLLATE "C" NOT NULL,
    value      text COLLATE "C" NOT NULL,
    place      bigint NOT NULL,
    of_product boolean NOT NULL
);
CREATE INDEX search_attributes_product ON search_attributes (product_id);
-- By hash, because names and values may be longer than what an index holds.
CREATE INDEX search_attributes_value ON search_attributes (tenant_id, md5(name), md5(value));

CREATE TABLE search_codes (
    product_id bigint NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    tenant_id  bigint NOT NULL,
    code       text COLLATE "C" NOT NULL
);
CREATE INDEX search_codes_product ON search_codes (product_id);
CREATE INDEX search_codes_code ON search_codes (tenant_id, code) INCLUDE (product_id);

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

CREATE FUNCTION souk_search_refresh(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Locked first, so that later statements see what a concurrent writer of the same product committed.
    PERFORM 1 FROM products WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;

    DELETE FROM search_attributes WHERE product_id = ANY (touched);
    INSERT INTO search_attributes (product_id, tenant_id, name, value, place, of_product)
    SELECT product_id, tenant_id, name, value,
           row_number() OVER (PARTITION BY product_id, name ORDER BY value COLLATE "C") - 1, bool_or(of_product)
    FROM (
        SELECT p.id AS product_id, p.tenant_id, attribute.key AS name, souk_shown(entry.value) AS value,
               true AS of_product
        FROM products p, jsonb_each(p.attributes) AS attribute,
             jsonb_array_elements(CASE jsonb_typeof(attribute.value)
                 WHEN 'array' THEN attribute.value ELSE jsonb_build_array(attribute.value) END) AS entry (value)
        WHERE p.id = ANY (touched)
        UNION
        SELECT v.product_id, v.tenant_id, option.key, souk_shown(option.value), false
        FROM variants v, jsonb_each(v.options) AS option
        WHERE v.product_id = ANY (touched)
    ) AS both_sources
    WHERE value IS NOT NULL
    GROUP BY product_id, tenant_id, name, value;

    DELETE FROM search_codes WHERE product_id = ANY (touched);
    INSERT INTO search_codes (product_id, tenant_id, code)
    SELECT DISTINCT product_id, tenant_id, souk_code(code)
    FROM (
        SELECT id AS product_id, tenant_id, external_id AS code FROM products WHERE id = ANY (touched)
        UNION ALL
        SELECT v.product_id, v.tenant_id, own.code
        FROM variants v, LATERAL (VALUES (v.sku), (v.gtin)) AS own (code)
        WHERE v.product_id = ANY (touched)
        UNION ALL
        SELECT product_id, tenant_id, value FROM search_attributes
        WHERE product_id = ANY (touched) AND of_product
          AND translate(lower(name), ' -', '__') IN ('mpn', 'part_number', 'model', 'model_number')
    ) AS codes
    WHERE souk_code(code) <> '';

    -- What attributes say is cut, because a tsvector holds at most a megabyte.
    INSERT INTO search_products (product_id, tenant_id, words)
    SELECT p.id, p.tenant_id,
           souk_tsvector(p.title, 'A') || souk_tsvector(coalesce(p.brand, ''), 'B')
               || souk_tsvector(left(coalesce(attributes.text, ''), 100000), 'C')
               || souk_tsvector(left(p.description, 100000), 'D')
    FROM products p
    LEFT JOIN (
        SELECT product_id, string_agg(value, ' ' ORDER BY name, place) AS text
        FROM search_attributes WHERE product_id = ANY (touched) GROUP BY product_id
    ) AS attributes ON attributes.product_id = p.id
    WHERE p.id = ANY (touched)
    ON CONFLICT (product_id) DO UPDATE SET words = EXCLUDED.words
    WHERE search_products.words IS DISTINCT FROM EXCLUDED.words;

    INSERT INTO search_words (tenant_id, word)
    SELECT DISTINCT s.tenant_id, found.word COLLATE "C"
    FROM search_products s, unnest(tsvector_to_array(s.words)) AS found (word)
    WHERE s.product_id = ANY (touched)
      AND NOT EXISTS (SELECT 1 FROM search_words k WHERE k.tenant_id = s.tenant_id AND k.word = found.word);
END $$;

CREATE FUNCTION souk_search_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_search_refresh(ARRAY(SELECT id FROM new_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_search_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY(
        SELECT n.id FROM new_rows n LEFT JOIN old_rows o ON n.id = o.id
        WHERE (n.external_id, n.title, n.description, n.brand, n.attributes)
            IS DISTINCT FROM (o.external_id, o.title, o.description, o.brand, o.attributes));
BEGIN
    IF cardinality(touched) > 0 THEN
        PERFORM souk_search_refresh(touched);
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION souk_search_variants_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_search_refresh(ARRAY(SELECT DISTINCT product_id FROM new_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_search_variants_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_search_refresh(ARRAY(SELECT DISTINCT product_id FROM old_rows));
    RETURN NULL;
END $$;

CREATE FUNCTION souk_search_variants_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched bigint[] := ARRAY(
        SELECT DISTINCT product_id FROM (
            SELECT n.product_id AS new_product, o.product_id AS old_product
            FROM new_rows n FULL JOIN old_rows o ON n.id = o.id
            WHERE (n.product_id, n.sku, n.gtin, n.options) IS DISTINCT FROM (o.product_id, o.sku, o.gtin, o.options)
        ) changed, LATERAL (VALUES (new_product), (old_product)) AS both_sides (product_id)
        WHERE product_id IS NOT NULL);
BEGIN
    IF cardinality(touched) > 0 THEN
        PERFORM souk_search_refresh(touched);
    END IF;
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

-- What was there before.
SELECT souk_search_refresh(ARRAY(SELECT id FROM products));
INSERT INTO search_words (tenant_id, word)
SELECT DISTINCT named.tenant_id, found.word COLLATE "C"
FROM (
    SELECT tenant_id, name FROM categories
    UNION ALL SELECT tenant_id, name FROM fandoms
    UNION ALL SELECT tenant_id, name FROM sellers
) AS named, unnest(tsvector_to_array(souk_tsvector(named.name, 'B'))) AS found (word);
