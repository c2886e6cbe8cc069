-- Nothing here needs more than SQLite 3.38, so that the shell of an older system can write to the file as well.
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

-- Every word of the tables above.
CREATE VIRTUAL TABLE search_product_words USING fts5vocab(search_products, row);
CREATE VIRTUAL TABLE search_category_words USING fts5vocab(search_categories, row);
CREATE VIRTUAL TABLE search_fandom_words USING fts5vocab(search_fandoms, row);
CREATE VIRTUAL TABLE search_seller_words USING fts5vocab(search_sellers, row);

-- Attributes of products and options of their variants, each value once. `place` numbers a product's values of one
-- attribute from 0, so that products having the attribute are counted by counting zeros. `of_product` tells whether
-- it is (also) the product's own and not only a variant's.
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

-- The places in a code, to walk through its letters: SQLite has no regular expressions.
CREATE TABLE search_places (place INTEGER PRIMARY KEY);
INSERT INTO search_places SELECT key + 1 FROM json_each('[' || replace(hex(zeroblob(499)), '00', '0,') || '0]');

-- Procedures: what is inserted here is done, and nothing is stored.
CREATE VIEW search_code_added (product_id, tenant_id, code) AS SELECT 0, 0, '' WHERE 0;
CREATE VIEW search_words_refresh (product_id) AS SELECT 0 WHERE 0;
CREATE VIEW search_refresh (product_id) AS SELECT 0 WHERE 0;

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

CREATE TRIGGER products_search_inserted AFTER INSERT ON products BEGIN
    INSERT INTO search_refresh (product_id) VALUES (NEW.id);
END;
CREATE TRIGGER products_search_updated
AFTER UPDATE OF external_id, title, description, brand, attributes ON products
WHEN (NEW.external_id, NEW.title, NEW.description, NEW.brand, NEW.attributes)
    IS NOT (OLD.external_id, OLD.title, OLD.description, OLD.brand, OLD.attributes)
BEGIN
    INSERT INTO search_refresh (product_id) VALUES (NEW.id);
END;
CREATE TRIGGER products_search_deleted AFTER DELETE ON products BEGIN
    DELETE FROM search_attributes WHERE product_id = OLD.id;
    DELETE FROM search_codes WHERE product_id = OLD.id;
    DELETE FROM search_products WHERE rowid = OLD.id;
END;

-- A new variant only adds to what is known, so that a product of many variants is not indexed anew for each of them.
CREATE TRIGGER variants_search_inserted AFTER INSERT ON variants BEGIN
    INSERT INTO search_code_added (product_id, tenant_id, code) VALUES (NEW.product_id, NEW.tenant_id, NEW.sku);
    INSERT INTO search_code_added (product_id, tenant_id, code)
    SELECT NEW.product_id, NEW.tenant_id, NEW.gtin WHERE NEW.gtin IS NOT NULL;
END;
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

-- The first pages of a listing in the orders that are asked for most.
CREATE INDEX products_popular ON products (tenant_id, popularity DESC, id) WHERE status = 'active';
CREATE INDEX products_newest ON products (tenant_id, created_at DESC, id) WHERE status = 'active';
CREATE INDEX products_cheapest ON products (tenant_id, price_min, id) WHERE status = 'active';

-- What was there before.
INSERT INTO search_refresh (product_id) SELECT id FROM products;
INSERT INTO search_categories (rowid, name) SELECT id, name FROM categories;
INSERT INTO search_fandoms (rowid, name) SELECT id, name FROM fandoms;
INSERT INTO search_sellers (rowid, name) SELECT id, name FROM sellers;
