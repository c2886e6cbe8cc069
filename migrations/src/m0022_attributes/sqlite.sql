-- What a tenant says of its attributes: products' attributes and variants' options by name. One without a definition is
-- shown, searched and filtered by its values.

CREATE TABLE attribute_definitions (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id   INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name        TEXT NOT NULL CHECK (name <> ''),
    type        TEXT NOT NULL DEFAULT 'text' CHECK (type IN ('text', 'number', 'boolean', 'date', 'colour')),
    unit        TEXT,
    -- JSON: display names by language.
    labels      TEXT NOT NULL DEFAULT '{}',
    position    INTEGER NOT NULL DEFAULT 0,
    visibility  TEXT NOT NULL DEFAULT 'shown' CHECK (visibility IN ('shown', 'hidden', 'internal')),
    searched    INTEGER NOT NULL DEFAULT 1 CHECK (searched IN (0, 1)),
    filter      TEXT NOT NULL DEFAULT 'values' CHECK (filter IN ('none', 'values', 'range')),
    value_order TEXT NOT NULL DEFAULT 'count' CHECK (value_order IN ('count', 'natural', 'manual')),
    -- JSON: the first values of the order `manual`.
    value_list  TEXT NOT NULL DEFAULT '[]',
    created_at  INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    updated_at  INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    CONSTRAINT attribute_definitions_name_key UNIQUE (tenant_id, name),
    CONSTRAINT attribute_definitions_internal_check CHECK (visibility <> 'internal' OR searched = 0 AND filter = 'none'),
    CONSTRAINT attribute_definitions_range_check CHECK (filter <> 'range' OR type IN ('number', 'date'))
);
CREATE INDEX attribute_definitions_tenant ON attribute_definitions (tenant_id, id);

-- Names that were ever defined: a row of the outbox names an attribute by its id here, also when the definition is gone.
CREATE TABLE attribute_names (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name      TEXT NOT NULL,
    UNIQUE (tenant_id, name)
);

-- Grows with every change of a tenant's definitions, for processes that hold them in memory.
CREATE TABLE attribute_revisions (
    tenant_id INTEGER PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    revision  INTEGER NOT NULL
);

-- Procedures: what is inserted here is done, and nothing is stored.
-- Writes to the outbox that an attribute means something else now. A label or an order is in no document.
CREATE VIEW attribute_changed (tenant_id, name) AS SELECT 0, '' WHERE 0;
CREATE TRIGGER attribute_change_written INSTEAD OF INSERT ON attribute_changed BEGIN
    INSERT INTO attribute_names (tenant_id, name)
    SELECT id, NEW.name FROM tenants
    WHERE id = NEW.tenant_id
      AND NOT EXISTS (SELECT 1 FROM attribute_names WHERE tenant_id = NEW.tenant_id AND name = NEW.name);
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'attribute', id FROM attribute_names n
    WHERE n.tenant_id = NEW.tenant_id AND n.name = NEW.name
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'attribute' AND entity_id = n.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;
CREATE VIEW attributes_revised (tenant_id) AS SELECT 0 WHERE 0;
CREATE TRIGGER attributes_revision_written INSTEAD OF INSERT ON attributes_revised BEGIN
    INSERT INTO attribute_revisions (tenant_id, revision)
    SELECT id, 1 FROM tenants WHERE id = NEW.tenant_id
    ON CONFLICT (tenant_id) DO UPDATE SET revision = revision + 1;
END;

CREATE TRIGGER attribute_definitions_inserted AFTER INSERT ON attribute_definitions BEGIN
    INSERT INTO attribute_changed (tenant_id, name) VALUES (NEW.tenant_id, NEW.name);
    INSERT INTO attributes_revised (tenant_id) VALUES (NEW.tenant_id);
END;
CREATE TRIGGER attribute_definitions_updated AFTER UPDATE ON attribute_definitions
WHEN (NEW.tenant_id, NEW.name, NEW.type, NEW.unit, NEW.visibility, NEW.searched, NEW.filter)
    IS NOT (OLD.tenant_id, OLD.name, OLD.type, OLD.unit, OLD.visibility, OLD.searched, OLD.filter)
BEGIN
    INSERT INTO attribute_changed (tenant_id, name) VALUES (OLD.tenant_id, OLD.name);
    INSERT INTO attribute_changed (tenant_id, name) VALUES (NEW.tenant_id, NEW.name);
END;
CREATE TRIGGER attribute_definitions_revised AFTER UPDATE ON attribute_definitions BEGIN
    INSERT INTO attributes_revised (tenant_id) VALUES (OLD.tenant_id);
    INSERT INTO attributes_revised (tenant_id) SELECT NEW.tenant_id WHERE NEW.tenant_id <> OLD.tenant_id;
END;
CREATE TRIGGER attribute_definitions_deleted AFTER DELETE ON attribute_definitions BEGIN
    INSERT INTO attribute_changed (tenant_id, name) VALUES (OLD.tenant_id, OLD.name);
    INSERT INTO attributes_revised (tenant_id) VALUES (OLD.tenant_id);
END;

-- Internal attributes are in nothing that is searched. Those that are not searched keep their values, by which they are
-- filtered and counted, and neither words nor part numbers. The triggers are as before but for that.
DROP TRIGGER search_words_refreshed;
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

DROP TRIGGER search_refreshed;
CREATE TRIGGER search_refreshed INSTEAD OF INSERT ON search_refresh BEGIN
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

-- An option that is internal is in no index, and a product of many variants is not indexed anew for each of them.
DROP TRIGGER variants_search_options_inserted;
CREATE TRIGGER variants_search_options_inserted AFTER INSERT ON variants
WHEN EXISTS (
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

-- A constraint can only be changed in the text of its table, as SQLite's documentation of ALTER TABLE describes.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, 'CHECK (entity IN (''product'', ''category'', ''fandom'', ''seller''))',
                  'CHECK (entity IN (''product'', ''category'', ''fandom'', ''seller'', ''attribute''))')
WHERE type = 'table' AND name = 'outbox';
PRAGMA writable_schema = RESET;
