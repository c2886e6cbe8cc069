-- Prices charged over time, and weight and measures of variants.

-- A row a price: charged from `since` until `until`, null while it is charged. `reduced_since` tells since when it has been
-- shown as reduced, below a list price. Written by trigger.
CREATE TABLE offer_prices (
    tenant_id     INTEGER NOT NULL,
    variant_id    INTEGER NOT NULL,
    currency      TEXT NOT NULL CHECK (length(currency) = 3),
    price         INTEGER NOT NULL CHECK (price >= 0),
    since         INTEGER NOT NULL,
    until         INTEGER CHECK (until > since),
    reduced_since INTEGER CHECK (reduced_since >= since),
    PRIMARY KEY (variant_id, since)
) WITHOUT ROWID;
CREATE INDEX offer_prices_ended ON offer_prices (until) WHERE until IS NOT NULL;

-- Variants whose price is shown as reduced, and the lowest price charged in the 30 days before that began.
CREATE VIEW offer_reductions AS
SELECT o.variant_id, o.tenant_id, o.currency, o.reduced_since,
       (SELECT min(h.price) FROM offer_prices h
        WHERE h.variant_id = o.variant_id AND h.currency = o.currency AND h.since < o.reduced_since
          AND (h.until IS NULL OR h.until > o.reduced_since - 2592000000)) AS lowest_price
FROM offer_prices o
WHERE o.until IS NULL AND o.reduced_since IS NOT NULL;

-- Variants, and what is charged for them now.
CREATE VIEW offers_charged AS
SELECT v.tenant_id, v.id AS variant_id, p.currency, c.current_price AS price,
       coalesce(c.list_price > c.current_price, 0) AS reduced,
       CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now
FROM variants v JOIN variant_prices c ON c.id = v.id JOIN products p ON p.id = v.product_id;

-- Those of them for which something else is recorded last; `ends` unless it was charged for no time at all.
CREATE VIEW offer_price_changes AS
SELECT c.*, o.since, max(c.now, o.since) AS moment, o.since < c.now AND (o.price, o.currency) IS NOT (c.price, c.currency) AS ends
FROM offers_charged c JOIN offer_prices o ON o.variant_id = c.variant_id AND o.until IS NULL
WHERE (o.price, o.currency, o.reduced_since IS NOT NULL) IS NOT (c.price, c.currency, c.reduced);

-- Nobody knows what was charged before, so the history begins now.
INSERT INTO offer_prices (tenant_id, variant_id, currency, price, since, reduced_since)
SELECT tenant_id, variant_id, currency, price, now, CASE WHEN reduced THEN now END FROM offers_charged;

ALTER TABLE products ADD COLUMN lowest_price INTEGER;
ALTER TABLE variants ADD COLUMN weight_g INTEGER CHECK (weight_g BETWEEN 0 AND 1000000000);
ALTER TABLE variants ADD COLUMN length_mm INTEGER CHECK (length_mm BETWEEN 0 AND 1000000);
ALTER TABLE variants ADD COLUMN width_mm INTEGER CHECK (width_mm BETWEEN 0 AND 1000000);
ALTER TABLE variants ADD COLUMN height_mm INTEGER CHECK (height_mm BETWEEN 0 AND 1000000);

-- A procedure: what is inserted here is done, and nothing is stored. Records what a variant costs now, where that differs
-- from what is recorded last.
CREATE VIEW offer_prices_refresh (variant_id) AS SELECT 0 WHERE 0;
CREATE TRIGGER offer_prices_refreshed INSTEAD OF INSERT ON offer_prices_refresh BEGIN
    UPDATE offer_prices
    SET until = CASE WHEN c.ends THEN c.moment END,
        price = CASE WHEN c.ends THEN offer_prices.price ELSE c.price END,
        currency = CASE WHEN c.ends THEN offer_prices.currency ELSE c.currency END,
        reduced_since = CASE WHEN c.ends THEN offer_prices.reduced_since WHEN c.reduced THEN c.moment END
    FROM offer_price_changes c
    WHERE c.variant_id = NEW.variant_id AND offer_prices.variant_id = NEW.variant_id AND offer_prices.since = c.since;
    INSERT INTO offer_prices (tenant_id, variant_id, currency, price, since, reduced_since)
    SELECT tenant_id, variant_id, currency, price, now, CASE WHEN reduced THEN now END
    FROM offers_charged
    WHERE variant_id = NEW.variant_id
      AND NOT EXISTS (SELECT 1 FROM offer_prices o WHERE o.variant_id = NEW.variant_id AND o.until IS NULL);
END;

DROP TRIGGER product_totals_refreshed;
-- Brings a product up to date with its variants. Of those that were not written it records the prices when a sale has begun
-- or ended of which the totals do not know yet.
CREATE TRIGGER product_totals_refreshed INSTEAD OF INSERT ON product_totals_refresh BEGIN
    INSERT INTO offer_prices_refresh (variant_id)
    SELECT v.id FROM variants v
    WHERE v.product_id = NEW.product_id
      AND EXISTS (SELECT 1 FROM products p WHERE p.id = NEW.product_id
                  AND p.price_changes_at <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
    UPDATE products SET (price_min, price_max, stock, variant_count, available_count, list_price, lowest_price,
                         price_changes_at) =
        (SELECT coalesce(min(current_price), 0), coalesce(max(current_price), 0), coalesce(sum(stock), 0), count(*),
                count(*) FILTER (WHERE stock > 0 OR stock_policy <> 'tracked'),
                (SELECT CASE WHEN list_price > current_price THEN list_price END FROM variant_prices
                 WHERE product_id = NEW.product_id ORDER BY current_price, position, id LIMIT 1),
                (SELECT CASE WHEN v.list_price > v.current_price THEN
                            (SELECT r.lowest_price FROM offer_reductions r
                             WHERE r.variant_id = v.id
                               AND r.currency = (SELECT currency FROM products WHERE id = NEW.product_id)) END
                 FROM variant_prices v
                 WHERE v.product_id = NEW.product_id ORDER BY v.current_price, v.position, v.id LIMIT 1),
                min(price_changes_at)
         FROM variant_prices WHERE product_id = NEW.product_id)
    WHERE id = NEW.product_id;
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = NEW.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

-- The triggers below are as before but for prices, weight and measures.

DROP TRIGGER variants_inserted;
CREATE TRIGGER variants_inserted AFTER INSERT ON variants BEGIN
    -- As `offers_charged` has it, without a look at the table.
    INSERT INTO offer_prices (tenant_id, variant_id, currency, price, since, reduced_since)
    SELECT NEW.tenant_id, NEW.id, p.currency, c.price, c.now, CASE WHEN NEW.list_price > c.price THEN c.now END
    FROM products p JOIN (
        SELECT now, CASE WHEN coalesce(NEW.sale_from <= now, 1) AND coalesce(NEW.sale_until > now, 1) THEN NEW.price
                         ELSE coalesce(NEW.list_price, NEW.price) END AS price
        FROM (SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now)
    ) c
    WHERE p.id = NEW.product_id;
    INSERT INTO product_totals_refresh (product_id) VALUES (NEW.product_id);
END;

DROP TRIGGER variants_updated;
CREATE TRIGGER variants_updated AFTER UPDATE ON variants
WHEN (NEW.id, NEW.tenant_id, NEW.product_id, NEW.sku, NEW.gtin, NEW.options, NEW.price, NEW.list_price, NEW.sale_from,
      NEW.sale_until, NEW.stock, NEW.stock_policy, NEW.weight_g, NEW.length_mm, NEW.width_mm, NEW.height_mm, NEW.position)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.product_id, OLD.sku, OLD.gtin, OLD.options, OLD.price, OLD.list_price, OLD.sale_from,
      OLD.sale_until, OLD.stock, OLD.stock_policy, OLD.weight_g, OLD.length_mm, OLD.width_mm, OLD.height_mm, OLD.position)
BEGIN
    INSERT INTO offer_prices_refresh (variant_id) VALUES (NEW.id);
    INSERT INTO product_totals_refresh (product_id) SELECT OLD.product_id WHERE OLD.product_id <> NEW.product_id;
    INSERT INTO product_totals_refresh (product_id) VALUES (NEW.product_id);
END;

DROP TRIGGER variants_deleted;
CREATE TRIGGER variants_deleted AFTER DELETE ON variants BEGIN
    DELETE FROM offer_prices WHERE variant_id = OLD.id;
    INSERT INTO product_totals_refresh (product_id) VALUES (OLD.product_id);
END;

DROP TRIGGER products_updated;
CREATE TRIGGER products_updated AFTER UPDATE ON products
WHEN (NEW.id, NEW.tenant_id, NEW.external_id, NEW.slug, NEW.title, NEW.description, NEW.brand,
      NEW.status, NEW.is_hidden, NEW.category_id, NEW.fandom_id, NEW.seller_id, NEW.attributes, NEW.tags, NEW.images,
      NEW.currency, NEW.price_min, NEW.price_max, NEW.stock, NEW.variant_count,
      NEW.list_price, NEW.lowest_price, NEW.available_count, NEW.price_changes_at, NEW.rating_count, NEW.rating_sum, NEW.popularity, NEW.created_at)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.external_id, OLD.slug, OLD.title, OLD.description, OLD.brand,
      OLD.status, OLD.is_hidden, OLD.category_id, OLD.fandom_id, OLD.seller_id, OLD.attributes, OLD.tags, OLD.images,
      OLD.currency, OLD.price_min, OLD.price_max, OLD.stock, OLD.variant_count,
      OLD.list_price, OLD.lowest_price, OLD.available_count, OLD.price_changes_at, OLD.rating_count, OLD.rating_sum, OLD.popularity, OLD.created_at)
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
