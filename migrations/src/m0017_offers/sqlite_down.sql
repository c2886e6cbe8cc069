DROP TRIGGER products_updated;
DROP TRIGGER products_search_updated;
DROP TRIGGER variants_inserted;
DROP TRIGGER variants_updated;
DROP TRIGGER variants_deleted;
DROP TRIGGER search_words_refreshed;
DROP VIEW product_totals_refresh;
DROP VIEW variant_prices;
UPDATE products SET status = 'draft' WHERE status = 'unlisted';
DROP INDEX products_price_changes;
ALTER TABLE products DROP COLUMN price_changes_at;
ALTER TABLE products DROP COLUMN available_count;
ALTER TABLE products DROP COLUMN list_price;
ALTER TABLE products DROP COLUMN tags;
ALTER TABLE variants DROP COLUMN stock_policy;
ALTER TABLE variants DROP COLUMN sale_until;
ALTER TABLE variants DROP COLUMN sale_from;
ALTER TABLE variants DROP COLUMN list_price;

CREATE TRIGGER products_updated AFTER UPDATE ON products
WHEN (NEW.id, NEW.tenant_id, NEW.external_id, NEW.slug, NEW.title, NEW.description, NEW.brand,
      NEW.status, NEW.category_id, NEW.fandom_id, NEW.seller_id, NEW.attributes, NEW.images,
      NEW.currency, NEW.price_min, NEW.price_max, NEW.stock, NEW.variant_count, NEW.rating_count,
      NEW.rating_sum, NEW.popularity, NEW.created_at)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.external_id, OLD.slug, OLD.title, OLD.description, OLD.brand,
      OLD.status, OLD.category_id, OLD.fandom_id, OLD.seller_id, OLD.attributes, OLD.images,
      OLD.currency, OLD.price_min, OLD.price_max, OLD.stock, OLD.variant_count, OLD.rating_count,
      OLD.rating_sum, OLD.popularity, OLD.created_at)
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

CREATE TRIGGER variants_inserted AFTER INSERT ON variants BEGIN
    UPDATE products SET (price_min, price_max, stock, variant_count) =
        (SELECT coalesce(min(price), 0), coalesce(max(price), 0), coalesce(sum(stock), 0), count(*)
         FROM variants WHERE product_id = NEW.product_id)
    WHERE id = NEW.product_id;
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = NEW.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER variants_updated AFTER UPDATE ON variants
WHEN (NEW.id, NEW.tenant_id, NEW.product_id, NEW.sku, NEW.gtin, NEW.options, NEW.price, NEW.stock,
      NEW.position)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.product_id, OLD.sku, OLD.gtin, OLD.options, OLD.price, OLD.stock,
      OLD.position)
BEGIN
    UPDATE products SET (price_min, price_max, stock, variant_count) =
        (SELECT coalesce(min(price), 0), coalesce(max(price), 0), coalesce(sum(stock), 0), count(*)
         FROM variants WHERE product_id = OLD.product_id)
    WHERE id = OLD.product_id;
    UPDATE products SET (price_min, price_max, stock, variant_count) =
        (SELECT coalesce(min(price), 0), coalesce(max(price), 0), coalesce(sum(stock), 0), count(*)
         FROM variants WHERE product_id = NEW.product_id)
    WHERE id = NEW.product_id;
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = OLD.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = OLD.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = NEW.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER variants_deleted AFTER DELETE ON variants BEGIN
    UPDATE products SET (price_min, price_max, stock, variant_count) =
        (SELECT coalesce(min(price), 0), coalesce(max(price), 0), coalesce(sum(stock), 0), count(*)
         FROM variants WHERE product_id = OLD.product_id)
    WHERE id = OLD.product_id;
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = OLD.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = OLD.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER products_search_updated
AFTER UPDATE OF external_id, title, description, brand, attributes ON products
WHEN (NEW.external_id, NEW.title, NEW.description, NEW.brand, NEW.attributes)
    IS NOT (OLD.external_id, OLD.title, OLD.description, OLD.brand, OLD.attributes)
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

PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, 'CHECK (status IN (''draft'', ''active'', ''unlisted'', ''archived''))',
                  'CHECK (status IN (''draft'', ''active'', ''archived''))')
WHERE type = 'table' AND name = 'products';
PRAGMA writable_schema = RESET;
