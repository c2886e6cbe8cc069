-- What the SQL engine searches is a projection of product documents, made after each commit: triggers note what has changed,
-- and `SqlProjection` writes `search_products`, `search_values`, `search_words` and `search_names`. So words are split, folded
-- and stemmed as the index has them, and no writer waits for it. Prices, stock, rating and popularity are still
-- written with every change.

-- A note that something has to be projected. There may be several of the same. Those of bulk loads come last.
DROP TABLE search_pending;
CREATE TABLE search_pending (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind      text NOT NULL DEFAULT 'product' CHECK (kind IN ('product', 'category', 'fandom', 'seller')),
    entity_id bigint NOT NULL,
    priority  smallint NOT NULL DEFAULT 0
);
CREATE INDEX search_pending_priority ON search_pending (priority, id);

-- Every word of a tenant's catalogue with its stem, which is of the language of the tenant. Not unique, since writers of the same new
-- word would wait for each other; and words stay when their last product goes, which costs a search nothing.
DROP TABLE search_words;
CREATE TABLE search_words (
    tenant_id bigint NOT NULL,
    word      text COLLATE "C" NOT NULL,
    stem      text COLLATE "C" NOT NULL
);
CREATE INDEX search_words_word ON search_words (tenant_id, word);
CREATE INDEX search_words_stem ON search_words (tenant_id, stem);

-- Words of the names of categories, fandoms and sellers.
CREATE TABLE search_names (
    kind      text NOT NULL,
    entity_id bigint NOT NULL,
    tenant_id bigint NOT NULL,
    words     tsvector NOT NULL,
    PRIMARY KEY (kind, entity_id)
);
CREATE INDEX search_names_words ON search_names USING gin (words);

-- Hash of what the analyzer makes of a list of texts, by which a tenant's words were made. A tenant without a row has
-- everything noted.
CREATE TABLE search_analyzers (
    tenant_id bigint PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    hash      text NOT NULL
);

DROP INDEX categories_words;
DROP INDEX fandoms_words;
DROP INDEX sellers_words;
DROP FUNCTION souk_search_catch_up;
DROP FUNCTION souk_search_due;
DROP FUNCTION souk_search_refresh;
DROP FUNCTION souk_code;
DROP FUNCTION souk_tsvector;
DROP FUNCTION souk_words;
DROP FUNCTION souk_spaced;
DROP FUNCTION souk_fold;
DROP FUNCTION souk_shown;

CREATE FUNCTION souk_search_noted(noted_kind text, touched bigint[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO search_pending (kind, entity_id, priority)
    SELECT DISTINCT noted_kind, id, CASE WHEN current_setting('souk.bulk', true) = 'on' THEN 1 ELSE 0 END
    FROM unnest(touched) AS id
$$;

CREATE OR REPLACE FUNCTION souk_search_changed(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(touched) > 0 THEN
        PERFORM souk_search_noted('product', touched);
    END IF;
END $$;

-- `TG_ARGV[0]` is the kind.
CREATE OR REPLACE FUNCTION souk_search_named() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_search_noted(TG_ARGV[0], ARRAY(SELECT id FROM new_rows));
    RETURN NULL;
END $$;
CREATE FUNCTION souk_search_renamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_search_noted(TG_ARGV[0], ARRAY(
        SELECT n.id FROM new_rows n LEFT JOIN old_rows o ON n.id = o.id WHERE n.name IS DISTINCT FROM o.name));
    RETURN NULL;
END $$;
CREATE FUNCTION souk_search_unnamed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_search_noted(TG_ARGV[0], ARRAY(SELECT id FROM old_rows));
    RETURN NULL;
END $$;

DO $$
DECLARE
    name text;
    kind text;
BEGIN
    FOR name, kind IN VALUES ('categories', 'category'), ('fandoms', 'fandom'), ('sellers', 'seller') LOOP
        EXECUTE format('DROP TRIGGER %1$s_search_inserted ON %1$s', name);
        EXECUTE format('DROP TRIGGER %1$s_search_updated ON %1$s', name);
        EXECUTE format('CREATE TRIGGER %1$s_search_inserted AFTER INSERT ON %1$s REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION souk_search_named(%2$L)', name, kind);
        EXECUTE format('CREATE TRIGGER %1$s_search_updated AFTER UPDATE ON %1$s
            REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION souk_search_renamed(%2$L)', name, kind);
        EXECUTE format('CREATE TRIGGER %1$s_search_deleted AFTER DELETE ON %1$s REFERENCING OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION souk_search_unnamed(%2$L)', name, kind);
    END LOOP;
END $$;

-- A tenant's other language makes other stems.
CREATE FUNCTION souk_search_tenant_noted(tenant bigint) RETURNS void LANGUAGE sql AS $$
    DELETE FROM search_words WHERE tenant_id = tenant;
    DELETE FROM search_analyzers WHERE tenant_id = tenant;
    INSERT INTO search_pending (kind, entity_id, priority)
    SELECT 'category', id, 1 FROM categories WHERE tenant_id = tenant UNION ALL
    SELECT 'fandom', id, 1 FROM fandoms WHERE tenant_id = tenant UNION ALL
    SELECT 'seller', id, 1 FROM sellers WHERE tenant_id = tenant UNION ALL
    SELECT 'product', id, 1 FROM products WHERE tenant_id = tenant
$$;
CREATE FUNCTION souk_search_tenant_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM souk_search_tenant_noted(NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER tenants_search_updated AFTER UPDATE OF language ON tenants
    FOR EACH ROW WHEN (OLD.language IS DISTINCT FROM NEW.language) EXECUTE FUNCTION souk_search_tenant_updated();

SELECT souk_search_tenant_noted(id) FROM tenants;
