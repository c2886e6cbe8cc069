-- What the SQL engine searches is a projection of product documents, made after each commit: triggers note what has changed,
-- and `SqlProjection` writes the tables. So words are split, folded and stemmed as the index has them.
DROP TRIGGER products_search_inserted;
DROP TRIGGER products_search_updated;
DROP TRIGGER products_search_deleted;
DROP TRIGGER variants_search_inserted;
DROP TRIGGER variants_search_options_inserted;
DROP TRIGGER variants_search_noted;
DROP TRIGGER variants_search_updated;
DROP TRIGGER variants_search_deleted;
DROP TRIGGER categories_search_inserted;
DROP TRIGGER categories_search_updated;
DROP TRIGGER categories_search_deleted;
DROP TRIGGER fandoms_search_inserted;
DROP TRIGGER fandoms_search_updated;
DROP TRIGGER fandoms_search_deleted;
DROP TRIGGER sellers_search_inserted;
DROP TRIGGER sellers_search_updated;
DROP TRIGGER sellers_search_deleted;
DROP VIEW search_projected;
DROP VIEW search_refresh;
DROP VIEW search_words_refresh;
DROP VIEW search_code_added;
DROP TABLE search_places;
DROP TABLE search_product_words;
DROP TABLE search_category_words;
DROP TABLE search_fandom_words;
DROP TABLE search_seller_words;
DROP TABLE search_products;
DROP TABLE search_categories;
DROP TABLE search_fandoms;
DROP TABLE search_sellers;
DROP TABLE search_attributes;
DROP TABLE search_codes;
DROP TABLE search_pending;

-- A note that something has to be projected. Those of bulk loads come last.
CREATE TABLE search_pending (
    kind      TEXT NOT NULL CHECK (kind IN ('product', 'category', 'fandom', 'seller')),
    entity_id INTEGER NOT NULL,
    priority  INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (kind, entity_id)
) WITHOUT ROWID;
CREATE INDEX search_pending_priority ON search_pending (priority, kind, entity_id);

-- Texts come as words with spaces between, folded: the tokenizer only splits at spaces.
CREATE VIRTUAL TABLE search_products USING fts5(
    title, names, attributes, description,
    content = '', contentless_delete = 1, prefix = '1 2 3',
    tokenize = "ascii tokenchars '!#$%&()*+,-./:;<=>?@[\]^_`{|}~'"
);
CREATE VIRTUAL TABLE search_categories USING fts5(
    name, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '!#$%&()*+,-./:;<=>?@[\]^_`{|}~'"
);
CREATE VIRTUAL TABLE search_fandoms USING fts5(
    name, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '!#$%&()*+,-./:;<=>?@[\]^_`{|}~'"
);
CREATE VIRTUAL TABLE search_sellers USING fts5(
    name, content = '', contentless_delete = 1, tokenize = "ascii tokenchars '!#$%&()*+,-./:;<=>?@[\]^_`{|}~'"
);

-- Every word of a tenant's catalogue with its stem. Words stay when their last product goes, which costs a search nothing.
CREATE TABLE search_words (
    tenant_id INTEGER NOT NULL,
    word      TEXT NOT NULL,
    stem      TEXT NOT NULL,
    PRIMARY KEY (tenant_id, word, stem)
) WITHOUT ROWID;
CREATE INDEX search_words_stem ON search_words (tenant_id, stem);

-- Attributes of products and options of their variants.
CREATE TABLE search_attributes (
    product_id INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    place      INTEGER NOT NULL,
    PRIMARY KEY (product_id, name, value)
) WITHOUT ROWID;
CREATE INDEX search_attributes_value ON search_attributes (tenant_id, name, value);

-- Part numbers in normal form.
CREATE TABLE search_codes (
    product_id INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    code       TEXT NOT NULL,
    PRIMARY KEY (product_id, code)
) WITHOUT ROWID;
CREATE INDEX search_codes_code ON search_codes (tenant_id, code);

-- Hash of what the analyzer makes of a list of texts, by which a tenant's words were made. A tenant without a row has
-- everything noted.
CREATE TABLE search_analyzers (
    tenant_id INTEGER PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    hash      TEXT NOT NULL
);

-- A procedure: what is inserted here is noted once, as urgently as the most urgent note of it.
CREATE VIEW search_noted (kind, entity_id) AS SELECT '', 0 WHERE 0;
CREATE TRIGGER search_note_written INSTEAD OF INSERT ON search_noted BEGIN
    INSERT INTO search_pending (kind, entity_id, priority)
    SELECT NEW.kind, NEW.entity_id, EXISTS (SELECT 1 FROM bulk_load) WHERE true
    ON CONFLICT (kind, entity_id) DO UPDATE SET priority = min(priority, excluded.priority)
    WHERE priority > excluded.priority;
END;

CREATE TRIGGER products_search_inserted AFTER INSERT ON products BEGIN
    INSERT INTO search_noted VALUES ('product', NEW.id);
END;
CREATE TRIGGER products_search_updated
AFTER UPDATE OF external_id, title, description, brand, attributes, tags, status, is_hidden ON products
WHEN (NEW.external_id, NEW.title, NEW.description, NEW.brand, NEW.attributes, NEW.tags, NEW.status, NEW.is_hidden)
    IS NOT (OLD.external_id, OLD.title, OLD.description, OLD.brand, OLD.attributes, OLD.tags, OLD.status, OLD.is_hidden)
BEGIN
    INSERT INTO search_noted VALUES ('product', NEW.id);
END;
CREATE TRIGGER products_search_deleted AFTER DELETE ON products BEGIN
    INSERT INTO search_noted VALUES ('product', OLD.id);
END;
CREATE TRIGGER variants_search_inserted AFTER INSERT ON variants BEGIN
    INSERT INTO search_noted VALUES ('product', NEW.product_id);
END;
CREATE TRIGGER variants_search_updated AFTER UPDATE OF product_id, sku, gtin, options ON variants
WHEN (NEW.product_id, NEW.sku, NEW.gtin, NEW.options) IS NOT (OLD.product_id, OLD.sku, OLD.gtin, OLD.options)
BEGIN
    INSERT INTO search_noted VALUES ('product', OLD.product_id);
    INSERT INTO search_noted VALUES ('product', NEW.product_id);
END;
CREATE TRIGGER variants_search_deleted AFTER DELETE ON variants BEGIN
    INSERT INTO search_noted VALUES ('product', OLD.product_id);
END;
CREATE TRIGGER categories_search_inserted AFTER INSERT ON categories BEGIN
    INSERT INTO search_noted VALUES ('category', NEW.id);
END;
CREATE TRIGGER categories_search_updated AFTER UPDATE OF name ON categories WHEN NEW.name IS NOT OLD.name BEGIN
    INSERT INTO search_noted VALUES ('category', NEW.id);
END;
CREATE TRIGGER categories_search_deleted AFTER DELETE ON categories BEGIN
    INSERT INTO search_noted VALUES ('category', OLD.id);
END;
CREATE TRIGGER fandoms_search_inserted AFTER INSERT ON fandoms BEGIN
    INSERT INTO search_noted VALUES ('fandom', NEW.id);
END;
CREATE TRIGGER fandoms_search_updated AFTER UPDATE OF name ON fandoms WHEN NEW.name IS NOT OLD.name BEGIN
    INSERT INTO search_noted VALUES ('fandom', NEW.id);
END;
CREATE TRIGGER fandoms_search_deleted AFTER DELETE ON fandoms BEGIN
    INSERT INTO search_noted VALUES ('fandom', OLD.id);
END;
CREATE TRIGGER sellers_search_inserted AFTER INSERT ON sellers BEGIN
    INSERT INTO search_noted VALUES ('seller', NEW.id);
END;
CREATE TRIGGER sellers_search_updated AFTER UPDATE OF name ON sellers WHEN NEW.name IS NOT OLD.name BEGIN
    INSERT INTO search_noted VALUES ('seller', NEW.id);
END;
CREATE TRIGGER sellers_search_deleted AFTER DELETE ON sellers BEGIN
    INSERT INTO search_noted VALUES ('seller', OLD.id);
END;

-- A procedure: notes everything of a tenant, whose words are of another language or analyzer now.
CREATE VIEW search_tenant_noted (tenant_id) AS SELECT 0 WHERE 0;
CREATE TRIGGER search_tenant_note_written INSTEAD OF INSERT ON search_tenant_noted BEGIN
    DELETE FROM search_words WHERE tenant_id = NEW.tenant_id;
    DELETE FROM search_analyzers WHERE tenant_id = NEW.tenant_id;
    INSERT INTO search_pending (kind, entity_id, priority)
    SELECT 'category', id, 1 FROM categories WHERE tenant_id = NEW.tenant_id UNION ALL
    SELECT 'fandom', id, 1 FROM fandoms WHERE tenant_id = NEW.tenant_id UNION ALL
    SELECT 'seller', id, 1 FROM sellers WHERE tenant_id = NEW.tenant_id UNION ALL
    SELECT 'product', id, 1 FROM products WHERE tenant_id = NEW.tenant_id
    ON CONFLICT (kind, entity_id) DO NOTHING;
END;
CREATE TRIGGER tenants_search_updated AFTER UPDATE OF language ON tenants WHEN NEW.language IS NOT OLD.language BEGIN
    INSERT INTO search_tenant_noted VALUES (NEW.id);
END;

INSERT INTO search_tenant_noted SELECT id FROM tenants;
