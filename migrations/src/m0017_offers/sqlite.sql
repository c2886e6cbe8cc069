-- Terms of sale: list prices, sales with dates, stock that is not counted or may be sold beyond, unlisted products, tags.

ALTER TABLE variants ADD COLUMN list_price INTEGER CHECK (list_price >= price);
ALTER TABLE variants ADD COLUMN sale_from INTEGER;
-- Outside of a sale the list price is charged.
ALTER TABLE variants ADD COLUMN sale_until INTEGER CHECK (
    (sale_from IS NULL AND sale_until IS NULL) OR list_price IS NOT NULL AND coalesce(sale_from < sale_until, 1));
ALTER TABLE variants ADD COLUMN stock_policy TEXT NOT NULL DEFAULT 'tracked'
    CHECK (stock_policy IN ('tracked', 'untracked', 'backorder'));

ALTER TABLE products ADD COLUMN tags TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(tags) AND json_type(tags) = 'array');
-- These follow the variants, by trigger: the list price of the cheapest variant if it is above its price, the number of
-- variants that can be bought, and the next moment at which a sale begins or ends.
ALTER TABLE products ADD COLUMN list_price INTEGER;
ALTER TABLE products ADD COLUMN available_count INTEGER NOT NULL DEFAULT 0 CHECK (available_count >= 0);
ALTER TABLE products ADD COLUMN price_changes_at INTEGER;
CREATE INDEX products_price_changes ON products (price_changes_at) WHERE price_changes_at IS NOT NULL;

DROP TRIGGER products_updated;
DROP TRIGGER products_search_updated;
DROP TRIGGER variants_inserted;
DROP TRIGGER variants_updated;
DROP TRIGGER variants_deleted;
DROP TRIGGER search_words_refreshed;

-- Written while no trigger sees it: the index is made again after this migration.
UPDATE products SET available_count = (SELECT count(*) FROM variants v WHERE v.product_id = products.id AND v.stock > 0);

-- The prices that are charged now. Like `Prices::current` in the domain.
CREATE VIEW variant_prices AS
SELECT id, product_id, position, stock, stock_policy, list_price,
       CASE WHEN sale_from IS NULL AND sale_until IS NULL THEN price
            WHEN coalesce(sale_from <= now, 1) AND coalesce(sale_until > now, 1) THEN price
            ELSE coalesce(list_price, price) END AS current_price,
       CASE WHEN sale_from > now THEN sale_from WHEN sale_until > now THEN sale_until END AS price_changes_at
FROM (SELECT *, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now FROM variants);

-- A procedure: what is inserted here is done, and nothing is stored. Brings a product up to date with its variants.
CREATE VIEW product_totals_refresh (product_id) AS SELECT 0 WHERE 0;
CREATE TRIGGER product_totals_refreshed INSTEAD OF INSERT ON product_totals_refresh BEGIN
    UPDATE products SET (price_min, price_max, stock, variant_count, available_count, list_price, price_changes_at) =
        (SELECT coalesce(min(current_price), 0), coalesce(max(current_price), 0), coalesce(sum(stock), 0), count(*),
                count(*) FILTER (WHERE stock > 0 OR stock_policy <> 'tracked'),
                (SELECT CASE WHEN list_price > current_price THEN list_price END FROM variant_prices
                 WHERE product_id = NEW.product_id ORDER BY current_price, position, id LIMIT 1),
                min(price_changes_at)
         FROM variant_prices WHERE product_id = NEW.product_id)
    WHERE id = NEW.product_id;
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = NEW.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER variants_inserted AFTER INSERT ON variants BEGIN
    INSERT INTO product_totals_refresh (product_id) VALUES (NEW.product_id);
END;

CREATE TRIGGER variants_updated AFTER UPDATE ON variants
WHEN (NEW.id, NEW.tenant_id, NEW.product_id, NEW.sku, NEW.gtin, NEW.options, NEW.price, NEW.list_price, NEW.sale_from,
      NEW.sale_until, NEW.stock, NEW.stock_policy, NEW.position)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.product_id, OLD.sku, OLD.gtin, OLD.options, OLD.price, OLD.list_price, OLD.sale_from,
      OLD.sale_until, OLD.stock, OLD.stock_policy, OLD.position)
BEGIN
    INSERT INTO product_totals_refresh (product_id) SELECT OLD.product_id WHERE OLD.product_id <> NEW.product_id;
    INSERT INTO product_totals_refresh (product_id) VALUES (NEW.product_id);
END;

CREATE TRIGGER variants_deleted AFTER DELETE ON variants BEGIN
    INSERT INTO product_totals_refresh (product_id) VALUES (OLD.product_id);
END;

-- The triggers below are as before but for the new columns.

CREATE TRIGGER products_updated AFTER UPDATE ON products
WHEN (NEW.id, NEW.tenant_id, NEW.external_id, NEW.slug, NEW.title, NEW.description, NEW.brand,
      NEW.status, NEW.category_id, NEW.fandom_id, NEW.seller_id, NEW.attributes, NEW.tags, NEW.images,
      NEW.currency, NEW.price_min, NEW.price_max, NEW.stock, NEW.variant_count,
      NEW.list_price, NEW.available_count, NEW.price_changes_at, NEW.rating_count, NEW.rating_sum, NEW.popularity, NEW.created_at)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.external_id, OLD.slug, OLD.title, OLD.description, OLD.brand,
      OLD.status, OLD.category_id, OLD.fandom_id, OLD.seller_id, OLD.attributes, OLD.tags, OLD.images,
      OLD.currency, OLD.price_min, OLD.price_max, OLD.stock, OLD.variant_count,
      OLD.list_price, OLD.available_count, OLD.price_changes_at, OLD.rating_count, OLD.rating_sum, OLD.popularity, OLD.created_at)
BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT OLD.tenant_id, 'product', OLD.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = OLD.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT NEW.tenant_id, 'product', NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER products_search_updated
AFTER UPDATE OF external_id, title, description, brand, attributes, tags ON products
WHEN (NEW.external_id, NEW.title, NEW.description, NEW.brand, NEW.attributes, NEW.tags)
    IS NOT (OLD.external_id, OLD.title, OLD.description, OLD.brand, OLD.attributes, OLD.tags)
BEGIN
    INSERT INTO search_refresh (product_id) VALUES (NEW.id);
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
    )
    GROUP BY product_id, tenant_id, name, value;

    DELETE FROM search_products WHERE rowid = NEW.product_id;
    INSERT INTO search_products (rowid, title, names, attributes, description)
    SELECT p.id, p.title, coalesce(p.brand, ''),
           coalesce((SELECT group_concat(value, ' ') FROM search_attributes WHERE product_id = p.id), ''),
           p.description
    FROM products p WHERE p.id = NEW.product_id;
END;

-- A constraint can only be changed in the text of its table, as SQLite's documentation of ALTER TABLE describes.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, 'CHECK (status IN (''draft'', ''active'', ''archived''))',
                  'CHECK (status IN (''draft'', ''active'', ''unlisted'', ''archived''))')
WHERE type = 'table' AND name = 'products';
PRAGMA writable_schema = RESET;
