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
    )
    GROUP BY product_id, tenant_id, name, value;

    DELETE FROM search_products WHERE rowid = NEW.product_id;
    INSERT INTO search_products (rowid, title, names, attributes, description)
    SELECT p.id, p.title, coalesce(p.brand, ''),
           coalesce((SELECT group_concat(value, ' ') FROM search_attributes WHERE product_id = p.id), ''),
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
        SELECT product_id, tenant_id, value FROM search_attributes
        WHERE product_id = NEW.product_id AND of_product
          AND replace(replace(lower(name), ' ', '_'), '-', '_') IN ('mpn', 'part_number', 'model', 'model_number')
    )
    WHERE normal <> '';
END;

DROP TRIGGER variants_search_options_inserted;
CREATE TRIGGER variants_search_options_inserted AFTER INSERT ON variants
WHEN EXISTS (
    SELECT 1 FROM json_each(NEW.options) AS option
    WHERE NOT EXISTS (
        SELECT 1 FROM search_attributes
        WHERE product_id = NEW.product_id AND name = option.key AND value = CAST(option.value AS TEXT)
    )
)
BEGIN
    INSERT INTO search_words_refresh (product_id) VALUES (NEW.product_id);
END;

-- What was left out of search is in it again, since nothing tells of it any more.
INSERT INTO outbox (tenant_id, entity, entity_id)
SELECT DISTINCT p.tenant_id, 'product', p.id FROM products p
JOIN attribute_definitions d ON d.tenant_id = p.tenant_id AND d.searched = 0
WHERE EXISTS (SELECT 1 FROM json_each(p.attributes) WHERE key = d.name) OR (d.name = 'tags' AND p.tags <> '[]')
   OR EXISTS (SELECT 1 FROM variants v, json_each(v.options) AS o WHERE v.product_id = p.id AND o.key = d.name);
INSERT INTO search_refresh (product_id)
SELECT DISTINCT p.id FROM products p
JOIN attribute_definitions d ON d.tenant_id = p.tenant_id AND d.searched = 0
WHERE EXISTS (SELECT 1 FROM json_each(p.attributes) WHERE key = d.name) OR (d.name = 'tags' AND p.tags <> '[]')
   OR EXISTS (SELECT 1 FROM variants v, json_each(v.options) AS o WHERE v.product_id = p.id AND o.key = d.name);

DROP TABLE attribute_definitions;
DROP VIEW attribute_changed;
DROP VIEW attributes_revised;
DROP TABLE attribute_names;
DROP TABLE attribute_revisions;
DELETE FROM outbox WHERE entity = 'attribute';

PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, 'CHECK (entity IN (''product'', ''category'', ''fandom'', ''seller'', ''attribute''))',
                  'CHECK (entity IN (''product'', ''category'', ''fandom'', ''seller''))')
WHERE type = 'table' AND name = 'outbox';
PRAGMA writable_schema = RESET;
