DROP TRIGGER tenants_search_updated ON tenants;
DROP FUNCTION souk_search_tenant_updated;
DROP FUNCTION souk_search_tenant_noted;
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['categories', 'fandoms', 'sellers'] LOOP
        EXECUTE format('DROP TRIGGER %1$s_search_inserted ON %1$s', name);
        EXECUTE format('DROP TRIGGER %1$s_search_updated ON %1$s', name);
        EXECUTE format('DROP TRIGGER %1$s_search_deleted ON %1$s', name);
    END LOOP;
END $$;
DROP FUNCTION souk_search_unnamed;
DROP FUNCTION souk_search_renamed;
DROP FUNCTION souk_search_noted;
DROP TABLE search_analyzers;
DROP TABLE search_names;
DROP TABLE search_words;
DROP TABLE search_pending;

CREATE TABLE search_pending (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id bigint NOT NULL
);
CREATE TABLE search_words (
    tenant_id bigint NOT NULL,
    word      text COLLATE "C" NOT NULL
);
CREATE INDEX search_words_word ON search_words (tenant_id, word);

CREATE OR REPLACE FUNCTION souk_fold(source text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (octet_length(source) = length(source)) THEN lower(source) ELSE lower(NORMALIZE(regexp_replace(NORMALIZE(source, NFD), '([A-Za-z])[\u0300-\u036f]+'::text, '\1'::text, 'g'::text), NFC)) END;

CREATE OR REPLACE FUNCTION souk_spaced(source text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN regexp_replace(souk_fold(source), '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b1\u00b4\u00b6-\u00b8\u00bb\u00bf\u00d7\u00f7\u02c2-\u02c5\u02d2-\u02df\u2000-\u206f\u207a-\u207e\u208a-\u208e\u20a0-\u20cf\u2190-\u245f\u2500-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\ufe10-\ufe6f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufff9-\uffff\U0001f000-\U0001faff]+'::text, ' '::text, 'g'::text);

CREATE OR REPLACE FUNCTION souk_words(source text)
 RETURNS text[]
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN string_to_array(btrim(souk_spaced(source)), ' '::text);

CREATE OR REPLACE FUNCTION souk_tsvector(source text, weight text)
 RETURNS tsvector
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
RETURN (SELECT (COALESCE(string_agg(((((''''::text || split.word) || ''':'::text) || LEAST(split.place, (16383)::bigint)) || souk_tsvector.weight), ' '::text), ''::text))::tsvector AS "coalesce" FROM unnest(souk_words(souk_tsvector.source)) WITH ORDINALITY split(word, place) WHERE ((octet_length(split.word) >= 1) AND (octet_length(split.word) <= 64)));

CREATE OR REPLACE FUNCTION souk_code(source text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN replace(souk_spaced(source), ' '::text, ''::text);

CREATE OR REPLACE FUNCTION souk_shown(entry jsonb)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN (jsonb_typeof(entry) = ANY (ARRAY['string'::text, 'number'::text, 'boolean'::text])) THEN (entry #>> '{}'::text[]) ELSE NULL::text END;

CREATE OR REPLACE FUNCTION souk_search_refresh(touched bigint[])
 RETURNS void
 LANGUAGE plpgsql
 SET jit TO 'off'
AS $function$
BEGIN
    -- Locked first, so that later statements see what a concurrent writer of the same product committed.
    PERFORM 1 FROM products WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;

    WITH attributes AS MATERIALIZED (
        SELECT product_id, tenant_id, name, value, souk_attribute(name, value) AS code,
               (row_number() OVER (PARTITION BY product_id, name ORDER BY value COLLATE "C") = 1)::int AS first,
               bool_or(of_product) AS of_product, NOT EXISTS (
                   SELECT FROM attribute_definitions d
                   WHERE d.tenant_id = both_sources.tenant_id AND d.name = both_sources.name AND d.searched = 0
               ) AS is_searched
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
        WHERE value IS NOT NULL AND NOT EXISTS (
            SELECT FROM attribute_definitions d
            WHERE d.tenant_id = both_sources.tenant_id AND d.name = both_sources.name AND d.visibility = 'internal')
        GROUP BY product_id, tenant_id, name, value
    ), new_values AS (
        INSERT INTO search_values (tenant_id, code, name, value)
        SELECT DISTINCT a.tenant_id, a.code, a.name, a.value
        FROM attributes a
        WHERE NOT EXISTS (SELECT 1 FROM search_values k WHERE k.tenant_id = a.tenant_id AND k.code = a.code)
    ), gathered AS (
        SELECT product_id, array_agg(code + first) AS codes, string_agg(value, ' ' ORDER BY name, value COLLATE "C") FILTER (WHERE is_searched) AS text
        FROM attributes GROUP BY product_id
    ), part_numbers AS (
        SELECT product_id, array_agg(DISTINCT '~k' || left(souk_code(code), 400)) AS marks
        FROM (
            SELECT v.product_id, own.code
            FROM variants v, LATERAL (VALUES (v.sku), (v.gtin)) AS own (code)
            WHERE v.product_id = ANY (touched)
            UNION ALL
            SELECT product_id, value FROM attributes
            WHERE of_product AND is_searched AND translate(lower(name), ' -', '__') IN ('mpn', 'part_number', 'model', 'model_number')
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
    INSERT INTO search_products AS s (id, category_id, fandom_id, seller_id, price_min, price_max, variant_count, available_count, popularity, created_at,
                                      rating, brand, attributes, further, words)
    SELECT p.id, p.category_id, p.fandom_id, p.seller_id, p.price_min, p.price_max, p.variant_count, p.available_count, p.popularity, p.created_at,
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
    SET (category_id, fandom_id, seller_id, price_min, price_max, variant_count, available_count, popularity, created_at, rating, brand, attributes, further,
         words)
        = (EXCLUDED.category_id, EXCLUDED.fandom_id, EXCLUDED.seller_id, EXCLUDED.price_min, EXCLUDED.price_max, EXCLUDED.variant_count, EXCLUDED.available_count,
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
END $function$;

CREATE OR REPLACE FUNCTION souk_search_due(touched bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
BEGIN
    IF current_setting('souk.bulk', true) = 'on' THEN
        INSERT INTO search_pending (product_id) SELECT DISTINCT id FROM unnest(touched) AS id;
    ELSE
        PERFORM souk_search_refresh(touched);
    END IF;
END $function$;

CREATE OR REPLACE FUNCTION souk_search_changed(touched bigint[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
    waiting text := current_setting('souk.search_waiting', true);
BEGIN
    IF cardinality(touched) = 0 THEN
        RETURN;
    END IF;
    IF coalesce(waiting, '') = '' THEN
        PERFORM souk_search_due(touched);
    ELSE
        PERFORM set_config('souk.search_waiting', (waiting::bigint[] || touched)::text, true);
    END IF;
END $function$;

CREATE OR REPLACE FUNCTION souk_search_catch_up()
 RETURNS void
 LANGUAGE plpgsql
AS $function$
DECLARE
    waiting bigint[] := nullif(current_setting('souk.search_waiting', true), '')::bigint[];
BEGIN
    PERFORM set_config('souk.search_waiting', '', true);
    IF cardinality(waiting) > 0 THEN
        PERFORM souk_search_due(ARRAY(SELECT DISTINCT id FROM unnest(waiting) AS id));
    END IF;
END $function$;

CREATE OR REPLACE FUNCTION souk_search_named()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
    INSERT INTO search_words (tenant_id, word)
    SELECT DISTINCT n.tenant_id, found.word COLLATE "C"
    FROM new_rows n, unnest(tsvector_to_array(souk_tsvector(n.name, 'B'))) AS found (word)
    WHERE NOT EXISTS (SELECT 1 FROM search_words k WHERE k.tenant_id = n.tenant_id AND k.word = found.word);
    RETURN NULL;
END $function$;

CREATE INDEX categories_words ON categories USING gin (souk_tsvector(name, 'B'));
CREATE INDEX fandoms_words ON fandoms USING gin (souk_tsvector(name, 'B'));
CREATE INDEX sellers_words ON sellers USING gin (souk_tsvector(name, 'B'));
DO $$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['categories', 'fandoms', 'sellers'] LOOP
        EXECUTE format('CREATE TRIGGER %1$s_search_inserted AFTER INSERT ON %1$s REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION souk_search_named()', name);
        EXECUTE format('CREATE TRIGGER %1$s_search_updated AFTER UPDATE ON %1$s REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION souk_search_named()', name);
        EXECUTE format('INSERT INTO search_words (tenant_id, word)
            SELECT DISTINCT n.tenant_id, found.word COLLATE "C"
            FROM %1$s n, unnest(tsvector_to_array(souk_tsvector(n.name, ''B''))) AS found (word)', name);
    END LOOP;
END $$;
SELECT souk_search_refresh(ARRAY(SELECT id FROM products));
