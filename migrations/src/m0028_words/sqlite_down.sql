DROP TRIGGER tenants_search_updated;
DROP VIEW search_tenant_noted;
DROP TRIGGER categories_search_inserted;
DROP TRIGGER categories_search_updated;
DROP TRIGGER categories_search_deleted;
DROP TRIGGER fandoms_search_inserted;
DROP TRIGGER fandoms_search_updated;
DROP TRIGGER fandoms_search_deleted;
DROP TRIGGER sellers_search_inserted;
DROP TRIGGER sellers_search_updated;
DROP TRIGGER sellers_search_deleted;
DROP TRIGGER products_search_inserted;
DROP TRIGGER products_search_updated;
DROP TRIGGER products_search_deleted;
DROP TRIGGER variants_search_inserted;
DROP TRIGGER variants_search_updated;
DROP TRIGGER variants_search_deleted;
DROP VIEW search_noted;
DROP TABLE search_analyzers;
DROP TABLE search_codes;
DROP TABLE search_attributes;
DROP TABLE search_words;
DROP TABLE search_products;
DROP TABLE search_categories;
DROP TABLE search_fandoms;
DROP TABLE search_sellers;
DROP TABLE search_pending;

CREATE TABLE search_pending (product_id INTEGER PRIMARY KEY);
CREATE VIRTUAL TABLE search_products USING fts5(
    title, names, attributes, description,
    prefix = '1 2 3',
    tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mc Mn'"
);
CREATE VIRTUAL TABLE search_categories USING fts5(
    name, tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mc Mn'"
);
CREATE VIRTUAL TABLE search_fandoms USING fts5(
    name, tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mc Mn'"
);
CREATE VIRTUAL TABLE search_sellers USING fts5(
    name, tokenize = "unicode61 remove_diacritics 2 categories 'L* N* Co Mc Mn'"
);
CREATE VIRTUAL TABLE search_product_words USING fts5vocab(search_products, row);
CREATE VIRTUAL TABLE search_category_words USING fts5vocab(search_categories, row);
CREATE VIRTUAL TABLE search_fandom_words USING fts5vocab(search_fandoms, row);
CREATE VIRTUAL TABLE search_seller_words USING fts5vocab(search_sellers, row);
CREATE TABLE search_attributes (
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    tenant_id  INTEGER NOT NULL,
    name       TEXT NOT NULL,
    value      TEXT NOT NULL,
    place      INTEGER NOT NULL,
    of_product INTEGER NOT NULL,
    PRIMARY KEY (product_id, name, value)
) WITHOUT ROWID;
CREATE INDEX search_attributes_value ON search_attributes (tenant_id, name, value);
CREATE TABLE search_codes (
    product_id INTEGER NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    tenant_id  INTEGER NOT NULL,
    code       TEXT NOT NULL,
    PRIMARY KEY (product_id, code)
) WITHOUT ROWID;
CREATE INDEX search_codes_code ON search_codes (tenant_id, code);
CREATE TABLE search_places (place INTEGER PRIMARY KEY);
INSERT INTO search_places (place)
SELECT key + 1 FROM json_each('[' || replace(hex(zeroblob(499)), '00', '0,') || '0]');
CREATE VIEW search_code_added (product_id, tenant_id, code) AS SELECT 0, 0, '' WHERE 0;
CREATE VIEW search_words_refresh (product_id) AS SELECT 0 WHERE 0;
CREATE VIEW search_refresh (product_id) AS SELECT 0 WHERE 0;
CREATE VIEW search_projected (product_id) AS SELECT 0 WHERE 0;
CREATE TRIGGER search_code_adding INSTEAD OF INSERT ON search_code_added BEGIN
    INSERT INTO search_codes (product_id, tenant_id, code)
    SELECT NEW.product_id, NEW.tenant_id, normal
    FROM (
        SELECT group_concat(letter, '') AS normal
        FROM (SELECT substr(lower(NEW.code), place, 1) AS letter
              FROM search_places WHERE place <= length(NEW.code) ORDER BY place)
        WHERE letter GLOB '[a-z0-9]' OR letter > '~'
    )
    WHERE normal <> '' AND NOT EXISTS (SELECT 1 FROM search_codes WHERE product_id = NEW.product_id AND code = normal);
END;
CREATE TRIGGER search_words_refreshed INSTEAD OF INSERT ON search_words_refresh BEGIN
    DELETE FROM search_attributes WHERE product_id = NEW.product_id;
    INSERT INTO search_attributes (product_id, tenant_id, name, value, place, of_product)
    SELECT product_id, tenant_id, name, value, row_number() OVER (PARTITION BY name ORDER BY value) - 1, max(of_product)
    FROM (
        SELECT p.id AS product_id, p.tenant_id, attribute.key AS name, 1 AS of_product,
               CASE WHEN entry.type IN ('true', 'false') THEN entry.type ELSE CAST(entry.value AS TEXT) END AS value
        FROM products p, json_each(p.attributes) AS attribute,
             json_each(CASE attribute.type WHEN 'array' THEN attribute.value
                       ELSE json_array(attribute.value) END) AS entry
        WHERE p.id = NEW.product_id AND entry.type NOT IN ('object', 'array', 'null')
          AND attribute.type NOT IN ('object', 'null', 'true', 'false')
        UNION ALL
        SELECT p.id, p.tenant_id, attribute.key, 1, attribute.type
        FROM products p, json_each(p.attributes) AS attribute
        WHERE p.id = NEW.product_id AND attribute.type IN ('true', 'false')
        UNION ALL
        SELECT p.id, p.tenant_id, 'tags', 1, CAST(entry.value AS TEXT)
        FROM products p, json_each(p.tags) AS entry
        WHERE p.id = NEW.product_id AND entry.type NOT IN ('object', 'array', 'null')
        UNION ALL
        SELECT v.product_id, v.tenant_id, option.key, 0,
               CASE WHEN option.type IN ('true', 'false') THEN option.type ELSE CAST(option.value AS TEXT) END
        FROM variants v JOIN products p ON p.id = v.product_id, json_each(v.options) AS option
        WHERE v.product_id = NEW.product_id AND option.type NOT IN ('object', 'array', 'null')
    ) AS both_sources
    WHERE NOT EXISTS (SELECT 1 FROM attribute_definitions d
                      WHERE d.tenant_id = both_sources.tenant_id AND d.name = both_sources.name
                        AND d.visibility = 'internal')
    GROUP BY product_id, tenant_id, name, value;

    DELETE FROM search_products WHERE rowid = NEW.product_id;
    INSERT INTO search_products (rowid, title, names, attributes, description)
    SELECT p.id, p.title, coalesce(p.brand, ''),
           coalesce((SELECT group_concat(a.value, ' ') FROM search_attributes a
                     WHERE a.product_id = p.id
                       AND NOT EXISTS (SELECT 1 FROM attribute_definitions d
                                       WHERE d.tenant_id = a.tenant_id AND d.name = a.name AND d.searched = 0)), ''),
           p.description
    FROM products p WHERE p.id = NEW.product_id;
END;
CREATE TRIGGER search_refreshed INSTEAD OF INSERT ON search_refresh
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
    INSERT INTO search_projected (product_id) VALUES (NEW.product_id);
END;
CREATE TRIGGER search_refresh_noted INSTEAD OF INSERT ON search_refresh
WHEN EXISTS (SELECT 1 FROM bulk_load)
BEGIN
    INSERT INTO search_pending (product_id) SELECT NEW.product_id
    WHERE NOT EXISTS (SELECT 1 FROM search_pending WHERE product_id = NEW.product_id);
END;
CREATE TRIGGER search_projecting INSTEAD OF INSERT ON search_projected BEGIN
    INSERT INTO search_words_refresh (product_id) VALUES (NEW.product_id);

    DELETE FROM search_codes WHERE product_id = NEW.product_id;
    INSERT INTO search_codes (product_id, tenant_id, code)
    SELECT DISTINCT product_id, tenant_id, (
        SELECT group_concat(letter, '')
        FROM (SELECT substr(lower(code), place, 1) AS letter
              FROM search_places WHERE place <= length(code) ORDER BY place)
        WHERE letter GLOB '[a-z0-9]' OR letter > '~'
    ) AS normal
    FROM (
        SELECT id AS product_id, tenant_id, external_id AS code FROM products WHERE id = NEW.product_id
        UNION
        SELECT v.product_id, v.tenant_id, v.sku
        FROM variants v JOIN products p ON p.id = v.product_id WHERE v.product_id = NEW.product_id
        UNION
        SELECT v.product_id, v.tenant_id, v.gtin
        FROM variants v JOIN products p ON p.id = v.product_id WHERE v.product_id = NEW.product_id
        UNION
        SELECT a.product_id, a.tenant_id, a.value FROM search_attributes a
        WHERE a.product_id = NEW.product_id AND a.of_product
          AND replace(replace(lower(a.name), ' ', '_'), '-', '_') IN ('mpn', 'part_number', 'model', 'model_number')
          AND NOT EXISTS (SELECT 1 FROM attribute_definitions d
                          WHERE d.tenant_id = a.tenant_id AND d.name = a.name AND d.searched = 0)
    )
    WHERE normal <> '';
END;
CREATE TRIGGER products_search_inserted AFTER INSERT ON products BEGIN
    INSERT INTO search_refresh (product_id) VALUES (NEW.id);
END;
CREATE TRIGGER products_search_updated
AFTER UPDATE OF external_id, title, description, brand, attributes, tags ON products
WHEN (NEW.external_id, NEW.title, NEW.description, NEW.brand, NEW.attributes, NEW.tags)
    IS NOT (OLD.external_id, OLD.title, OLD.description, OLD.brand, OLD.attributes, OLD.tags)
BEGIN
    INSERT INTO search_refresh (product_id) VALUES (NEW.id);
END;
CREATE TRIGGER products_search_deleted AFTER DELETE ON products BEGIN
    DELETE FROM search_attributes WHERE product_id = OLD.id;
    DELETE FROM search_codes WHERE product_id = OLD.id;
    DELETE FROM search_products WHERE rowid = OLD.id;
END;
CREATE TRIGGER variants_search_inserted AFTER INSERT ON variants
WHEN NOT EXISTS (SELECT 1 FROM bulk_load)
BEGIN
    INSERT INTO search_code_added (product_id, tenant_id, code) VALUES (NEW.product_id, NEW.tenant_id, NEW.sku);
    INSERT INTO search_code_added (product_id, tenant_id, code)
    SELECT NEW.product_id, NEW.tenant_id, NEW.gtin WHERE NEW.gtin IS NOT NULL;
END;
CREATE TRIGGER variants_search_options_inserted AFTER INSERT ON variants
WHEN NOT EXISTS (SELECT 1 FROM bulk_load) AND EXISTS (
    SELECT 1 FROM json_each(NEW.options) AS option
    WHERE NOT EXISTS (
        SELECT 1 FROM search_attributes
        WHERE product_id = NEW.product_id AND name = option.key AND value = CAST(option.value AS TEXT)
    ) AND NOT EXISTS (
        SELECT 1 FROM attribute_definitions d
        WHERE d.tenant_id = NEW.tenant_id AND d.name = option.key AND d.visibility = 'internal'
    )
)
BEGIN
    INSERT INTO search_words_refresh (product_id) VALUES (NEW.product_id);
END;
CREATE TRIGGER variants_search_noted AFTER INSERT ON variants
WHEN EXISTS (SELECT 1 FROM bulk_load)
BEGIN
    INSERT INTO search_refresh (product_id) VALUES (NEW.product_id);
END;
CREATE TRIGGER variants_search_updated AFTER UPDATE OF product_id, sku, gtin, options ON variants
WHEN (NEW.product_id, NEW.sku, NEW.gtin, NEW.options) IS NOT (OLD.product_id, OLD.sku, OLD.gtin, OLD.options)
BEGIN
    INSERT INTO search_refresh (product_id) VALUES (OLD.product_id);
    INSERT INTO search_refresh (product_id) VALUES (NEW.product_id);
END;
CREATE TRIGGER variants_search_deleted AFTER DELETE ON variants BEGIN
    INSERT INTO search_refresh (product_id) VALUES (OLD.product_id);
END;
CREATE TRIGGER categories_search_inserted AFTER INSERT ON categories BEGIN
    INSERT INTO search_categories (rowid, name) VALUES (NEW.id, NEW.name);
END;
CREATE TRIGGER categories_search_updated AFTER UPDATE OF name ON categories BEGIN
    DELETE FROM search_categories WHERE rowid = OLD.id;
    INSERT INTO search_categories (rowid, name) VALUES (NEW.id, NEW.name);
END;
CREATE TRIGGER categories_search_deleted AFTER DELETE ON categories BEGIN
    DELETE FROM search_categories WHERE rowid = OLD.id;
END;
CREATE TRIGGER fandoms_search_inserted AFTER INSERT ON fandoms BEGIN
    INSERT INTO search_fandoms (rowid, name) VALUES (NEW.id, NEW.name);
END;
CREATE TRIGGER fandoms_search_updated AFTER UPDATE OF name ON fandoms BEGIN
    DELETE FROM search_fandoms WHERE rowid = OLD.id;
    INSERT INTO search_fandoms (rowid, name) VALUES (NEW.id, NEW.name);
END;
CREATE TRIGGER fandoms_search_deleted AFTER DELETE ON fandoms BEGIN
    DELETE FROM search_fandoms WHERE rowid = OLD.id;
END;
CREATE TRIGGER sellers_search_inserted AFTER INSERT ON sellers BEGIN
    INSERT INTO search_sellers (rowid, name) VALUES (NEW.id, NEW.name);
END;
CREATE TRIGGER sellers_search_updated AFTER UPDATE OF name ON sellers BEGIN
    DELETE FROM search_sellers WHERE rowid = OLD.id;
    INSERT INTO search_sellers (rowid, name) VALUES (NEW.id, NEW.name);
END;
CREATE TRIGGER sellers_search_deleted AFTER DELETE ON sellers BEGIN
    DELETE FROM search_sellers WHERE rowid = OLD.id;
END;

INSERT INTO search_refresh (product_id) SELECT id FROM products;
INSERT INTO search_categories (rowid, name) SELECT id, name FROM categories;
INSERT INTO search_fandoms (rowid, name) SELECT id, name FROM fandoms;
INSERT INTO search_sellers (rowid, name) SELECT id, name FROM sellers;
