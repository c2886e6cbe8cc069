-- Further sellers' offers of variants. The offer of the product's own seller stays in the variant's row, so that a shop
-- of one seller stores, reads and writes what it did before.

ALTER TABLE variants ADD COLUMN condition TEXT NOT NULL DEFAULT 'new'
    CHECK (condition IN ('new', 'refurbished', 'used', 'damaged'));

CREATE TABLE offers (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id    INTEGER NOT NULL,
    product_id   INTEGER NOT NULL,
    variant_id   INTEGER NOT NULL REFERENCES variants (id) ON DELETE CASCADE,
    seller_id    INTEGER NOT NULL,
    external_id  TEXT CHECK (external_id <> ''),
    price        INTEGER NOT NULL CHECK (price >= 0),
    list_price   INTEGER,
    sale_from    INTEGER,
    sale_until   INTEGER,
    stock        INTEGER NOT NULL DEFAULT 0 CHECK (stock >= 0),
    stock_policy TEXT NOT NULL DEFAULT 'tracked' CHECK (stock_policy IN ('tracked', 'untracked', 'backorder')),
    condition    TEXT NOT NULL DEFAULT 'new' CHECK (condition IN ('new', 'refurbished', 'used', 'damaged')),
    created_at   INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    updated_at   INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
    CONSTRAINT offers_seller_key UNIQUE (variant_id, seller_id),
    CONSTRAINT offers_list_price_check CHECK (list_price >= price),
    CONSTRAINT offers_sale_check
        CHECK ((sale_from IS NULL AND sale_until IS NULL) OR list_price IS NOT NULL AND coalesce(sale_from < sale_until, 1)),
    CONSTRAINT offers_seller_fkey FOREIGN KEY (tenant_id, seller_id)
        REFERENCES sellers (tenant_id, id) ON DELETE RESTRICT
);
CREATE INDEX offers_product ON offers (product_id, variant_id);
CREATE INDEX offers_seller ON offers (tenant_id, seller_id, product_id);
CREATE UNIQUE INDEX offers_external_id ON offers (tenant_id, seller_id, external_id) WHERE external_id IS NOT NULL;

-- 1 as soon as some product of the tenant has had a further seller's offer: others search without a look at offers.
ALTER TABLE tenants ADD COLUMN shares_products INTEGER NOT NULL DEFAULT 0 CHECK (shares_products IN (0, 1));

-- Number of offers whose sellers are not closed; null while there are no further offers, and each variant is one.
ALTER TABLE products ADD COLUMN offer_count INTEGER CHECK (offer_count >= 0);

-- All offers of sellers that are not closed, each with its variant; `offer_id` is 0 for the product's own seller.
CREATE VIEW open_offers AS
SELECT v.tenant_id, v.product_id, v.id, 0 AS offer_id, p.seller_id, v.sku, v.options, v.price, v.list_price,
       v.sale_from, v.sale_until, v.stock, v.stock_policy, v.condition, v.position
FROM variants v
JOIN products p ON p.id = v.product_id
JOIN sellers s ON s.id = p.seller_id AND s.closed_at IS NULL
UNION ALL
SELECT o.tenant_id, o.product_id, o.variant_id, o.id, o.seller_id, v.sku, v.options, o.price, o.list_price,
       o.sale_from, o.sale_until, o.stock, o.stock_policy, o.condition, v.position
FROM offers o
JOIN variants v ON v.id = o.variant_id
JOIN sellers s ON s.id = o.seller_id AND s.closed_at IS NULL;

-- Products with further offers, once for each seller that has a part in them.
CREATE VIEW shared_products AS
SELECT product_id, seller_id FROM offers
UNION
SELECT id, seller_id FROM products WHERE offer_count IS NOT NULL;

-- What open offers cost now. Like `variant_prices`; the history of a further offer is kept under its id, negated.
CREATE VIEW open_offer_prices AS
SELECT product_id, position, id, stock, stock_policy, list_price,
       CASE offer_id WHEN 0 THEN id ELSE -offer_id END AS priced_id,
       CASE WHEN sale_from IS NULL AND sale_until IS NULL THEN price
            WHEN coalesce(sale_from <= now, 1) AND coalesce(sale_until > now, 1) THEN price
            ELSE coalesce(list_price, price) END AS current_price,
       CASE WHEN sale_from > now THEN sale_from WHEN sale_until > now THEN sale_until END AS price_changes_at
FROM (SELECT *, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now FROM open_offers);

-- Further offers, and what is charged for them now.
CREATE VIEW further_offers_charged AS
SELECT id, tenant_id, product_id, currency, price, coalesce(list_price > price, 0) AS reduced, now FROM (
    SELECT o.id, o.tenant_id, o.product_id, p.currency, o.list_price, n.now,
           CASE WHEN coalesce(o.sale_from <= n.now, 1) AND coalesce(o.sale_until > n.now, 1) THEN o.price
                ELSE coalesce(o.list_price, o.price) END AS price
    FROM offers o JOIN products p ON p.id = o.product_id JOIN (SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) AS now) n
);

-- Those of them for which something else is recorded last; `ends` unless it was charged for no time at all.
CREATE VIEW further_offer_changes AS
SELECT c.*, o.since, max(c.now, o.since) AS moment, o.since < c.now AND (o.price, o.currency) IS NOT (c.price, c.currency) AS ends
FROM further_offers_charged c JOIN offer_prices o ON o.variant_id = -c.id AND o.until IS NULL
WHERE (o.price, o.currency, o.reduced_since IS NOT NULL) IS NOT (c.price, c.currency, c.reduced);

-- A procedure: records what a further offer costs now, where that differs from what is recorded last.
CREATE VIEW further_prices_refresh (offer_id) AS SELECT 0 WHERE 0;
CREATE TRIGGER further_prices_refreshed INSTEAD OF INSERT ON further_prices_refresh BEGIN
    UPDATE offer_prices
    SET until = CASE WHEN c.ends THEN c.moment END,
        price = CASE WHEN c.ends THEN offer_prices.price ELSE c.price END,
        currency = CASE WHEN c.ends THEN offer_prices.currency ELSE c.currency END,
        reduced_since = CASE WHEN c.ends THEN offer_prices.reduced_since WHEN c.reduced THEN c.moment END
    FROM further_offer_changes c
    WHERE c.id = NEW.offer_id AND offer_prices.variant_id = -NEW.offer_id AND offer_prices.since = c.since;
    INSERT INTO offer_prices (tenant_id, variant_id, currency, price, since, reduced_since)
    SELECT tenant_id, -id, currency, price, now, CASE WHEN reduced THEN now END
    FROM further_offers_charged
    WHERE id = NEW.offer_id
      AND NOT EXISTS (SELECT 1 FROM offer_prices o WHERE o.variant_id = -NEW.offer_id AND o.until IS NULL);
END;

-- The variant decides the product and the tenant of an offer, and the product's own seller has no further one.
CREATE TRIGGER offers_insert_checked BEFORE INSERT ON offers BEGIN
    SELECT RAISE(ABORT, 'offers_product_check: the variant of an offer is of another product')
    WHERE NOT EXISTS (SELECT 1 FROM variants v WHERE v.id = NEW.variant_id AND v.product_id = NEW.product_id
                      AND v.tenant_id = NEW.tenant_id);
    SELECT RAISE(ABORT, 'offers_own_seller_check: the product is this seller''s own')
    WHERE EXISTS (SELECT 1 FROM products WHERE id = NEW.product_id AND seller_id = NEW.seller_id);
END;
CREATE TRIGGER offers_update_checked BEFORE UPDATE OF tenant_id, product_id, variant_id, seller_id ON offers BEGIN
    SELECT RAISE(ABORT, 'offers_product_check: the variant of an offer is of another product')
    WHERE NOT EXISTS (SELECT 1 FROM variants v WHERE v.id = NEW.variant_id AND v.product_id = NEW.product_id
                      AND v.tenant_id = NEW.tenant_id);
    SELECT RAISE(ABORT, 'offers_own_seller_check: the product is this seller''s own')
    WHERE EXISTS (SELECT 1 FROM products WHERE id = NEW.product_id AND seller_id = NEW.seller_id);
END;
CREATE TRIGGER products_seller_checked BEFORE UPDATE OF seller_id ON products WHEN NEW.seller_id <> OLD.seller_id BEGIN
    SELECT RAISE(ABORT, 'offers_own_seller_check: the seller has a further offer of this product')
    WHERE EXISTS (SELECT 1 FROM offers WHERE product_id = NEW.id AND seller_id = NEW.seller_id);
END;
CREATE TRIGGER products_seller_updated AFTER UPDATE OF seller_id ON products
WHEN NEW.seller_id <> OLD.seller_id AND NEW.offer_count IS NOT NULL
BEGIN
    INSERT INTO product_totals_refresh (product_id) VALUES (NEW.id);
END;

CREATE TRIGGER offers_inserted AFTER INSERT ON offers BEGIN
    UPDATE tenants SET shares_products = 1 WHERE id = NEW.tenant_id AND shares_products = 0;
    INSERT INTO further_prices_refresh (offer_id) VALUES (NEW.id);
    INSERT INTO product_totals_refresh (product_id) VALUES (NEW.product_id);
    INSERT INTO search_noted VALUES ('product', NEW.product_id);
END;
CREATE TRIGGER offers_updated AFTER UPDATE ON offers
WHEN (NEW.tenant_id, NEW.product_id, NEW.variant_id, NEW.seller_id, NEW.external_id, NEW.price, NEW.list_price, NEW.sale_from, NEW.sale_until, NEW.stock, NEW.stock_policy, NEW.condition)
    IS NOT
     (OLD.tenant_id, OLD.product_id, OLD.variant_id, OLD.seller_id, OLD.external_id, OLD.price, OLD.list_price, OLD.sale_from, OLD.sale_until, OLD.stock, OLD.stock_policy, OLD.condition)
BEGIN
    INSERT INTO further_prices_refresh (offer_id) VALUES (NEW.id);
    INSERT INTO product_totals_refresh (product_id) SELECT OLD.product_id WHERE OLD.product_id <> NEW.product_id;
    INSERT INTO product_totals_refresh (product_id) VALUES (NEW.product_id);
    INSERT INTO search_noted SELECT 'product', NEW.product_id
    WHERE (NEW.product_id, NEW.seller_id) IS NOT (OLD.product_id, OLD.seller_id);
    INSERT INTO search_noted SELECT 'product', OLD.product_id WHERE NEW.product_id <> OLD.product_id;
END;
CREATE TRIGGER offers_deleted AFTER DELETE ON offers BEGIN
    DELETE FROM offer_prices WHERE variant_id = -OLD.id;
    INSERT INTO product_totals_refresh (product_id) VALUES (OLD.product_id);
    INSERT INTO search_noted VALUES ('product', OLD.product_id);
END;

-- The triggers below are as before but for offers.

DROP TRIGGER product_totals_refreshed;
CREATE TRIGGER product_totals_refreshed INSTEAD OF INSERT ON product_totals_refresh
WHEN NOT EXISTS (SELECT 1 FROM offers WHERE product_id = NEW.product_id)
BEGIN
    INSERT INTO offer_prices_refresh (variant_id)
    SELECT v.id FROM variants v
    WHERE v.product_id = NEW.product_id
      AND EXISTS (SELECT 1 FROM products p WHERE p.id = NEW.product_id
                  AND p.price_changes_at <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
    UPDATE products SET (price_min, price_max, stock, variant_count, available_count, list_price, lowest_price,
                         price_changes_at, offer_count) =
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
                min(price_changes_at), NULL
         FROM variant_prices WHERE product_id = NEW.product_id)
    WHERE id = NEW.product_id;
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = NEW.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

-- Brings a product with further offers up to date with all that are open.
CREATE TRIGGER product_offers_refreshed INSTEAD OF INSERT ON product_totals_refresh
WHEN EXISTS (SELECT 1 FROM offers WHERE product_id = NEW.product_id)
BEGIN
    INSERT INTO offer_prices_refresh (variant_id)
    SELECT v.id FROM variants v
    WHERE v.product_id = NEW.product_id
      AND EXISTS (SELECT 1 FROM products p WHERE p.id = NEW.product_id AND p.price_changes_at <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
    INSERT INTO further_prices_refresh (offer_id)
    SELECT o.id FROM offers o
    WHERE o.product_id = NEW.product_id
      AND EXISTS (SELECT 1 FROM products p WHERE p.id = NEW.product_id AND p.price_changes_at <= CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
    UPDATE products SET (price_min, price_max, stock, variant_count, available_count, list_price, lowest_price,
                         price_changes_at, offer_count) =
        (SELECT coalesce(min(current_price), 0), coalesce(max(current_price), 0), coalesce(sum(stock), 0),
                (SELECT count(*) FROM variants WHERE product_id = NEW.product_id),
                count(*) FILTER (WHERE stock > 0 OR stock_policy <> 'tracked'),
                (SELECT CASE WHEN list_price > current_price THEN list_price END FROM open_offer_prices
                 WHERE product_id = NEW.product_id ORDER BY current_price, position, id LIMIT 1),
                (SELECT CASE WHEN v.list_price > v.current_price THEN
                            (SELECT r.lowest_price FROM offer_reductions r
                             WHERE r.variant_id = v.priced_id
                               AND r.currency = (SELECT currency FROM products WHERE id = NEW.product_id)) END
                 FROM open_offer_prices v
                 WHERE v.product_id = NEW.product_id ORDER BY v.current_price, v.position, v.id LIMIT 1),
                min(price_changes_at), count(*)
         FROM open_offer_prices WHERE product_id = NEW.product_id)
    WHERE id = NEW.product_id;
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = NEW.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

DROP TRIGGER variants_updated;
CREATE TRIGGER variants_updated AFTER UPDATE ON variants
WHEN (NEW.id, NEW.tenant_id, NEW.product_id, NEW.sku, NEW.gtin, NEW.options, NEW.price, NEW.list_price, NEW.sale_from,
      NEW.sale_until, NEW.stock, NEW.stock_policy, NEW.condition, NEW.weight_g, NEW.length_mm, NEW.width_mm, NEW.height_mm, NEW.position)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.product_id, OLD.sku, OLD.gtin, OLD.options, OLD.price, OLD.list_price, OLD.sale_from,
      OLD.sale_until, OLD.stock, OLD.stock_policy, OLD.condition, OLD.weight_g, OLD.length_mm, OLD.width_mm, OLD.height_mm, OLD.position)
BEGIN
    INSERT INTO offer_prices_refresh (variant_id) VALUES (NEW.id);
    INSERT INTO product_totals_refresh (product_id) SELECT OLD.product_id WHERE OLD.product_id <> NEW.product_id;
    INSERT INTO product_totals_refresh (product_id) VALUES (NEW.product_id);
END;

DROP TRIGGER products_closed_inserted;
DROP TRIGGER products_closed_updated;
DROP TRIGGER sellers_closed_updated;
DROP TRIGGER categories_closed_updated;
DROP VIEW products_closed;
CREATE VIEW products_closed AS
SELECT p.id, p.tenant_id, p.seller_id, p.category_id, p.is_hidden,
       CASE WHEN coalesce(p.offer_count, p.variant_count) = 0
              OR p.offer_count IS NULL AND EXISTS (SELECT 1 FROM sellers s WHERE s.id = p.seller_id AND s.closed_at IS NOT NULL)
              OR EXISTS (SELECT 1 FROM closed_categories c WHERE c.id = p.category_id) THEN 1 ELSE 0 END AS wanted
FROM products p;

CREATE TRIGGER products_closed_inserted AFTER INSERT ON products
WHEN NEW.variant_count = 0 OR EXISTS (SELECT 1 FROM sellers WHERE closed_at IS NOT NULL)
     OR EXISTS (SELECT 1 FROM categories WHERE closed_at IS NOT NULL)
BEGIN
    UPDATE products SET is_hidden = 1
    WHERE id = NEW.id AND (SELECT wanted FROM products_closed WHERE id = NEW.id) = 1;
END;

CREATE TRIGGER products_closed_updated AFTER UPDATE OF seller_id, category_id, variant_count, offer_count ON products
WHEN (NEW.seller_id, NEW.category_id, coalesce(NEW.offer_count, NEW.variant_count) = 0, NEW.offer_count IS NULL)
    IS NOT (OLD.seller_id, OLD.category_id, coalesce(OLD.offer_count, OLD.variant_count) = 0, OLD.offer_count IS NULL)
BEGIN
    UPDATE products SET is_hidden = (SELECT wanted FROM products_closed WHERE id = NEW.id)
    WHERE id = NEW.id AND is_hidden <> (SELECT wanted FROM products_closed WHERE id = NEW.id);
END;

CREATE TRIGGER sellers_closed_updated AFTER UPDATE OF closed_at ON sellers
WHEN (NEW.closed_at IS NULL) <> (OLD.closed_at IS NULL)
BEGIN
    INSERT INTO search_noted SELECT 'product', product_id FROM shared_products WHERE seller_id = NEW.id;
    INSERT INTO product_totals_refresh (product_id) SELECT product_id FROM shared_products WHERE seller_id = NEW.id;
    UPDATE products SET is_hidden = 1 - is_hidden
    WHERE id IN (SELECT id FROM products_closed WHERE tenant_id = NEW.tenant_id AND seller_id = NEW.id AND is_hidden <> wanted);
END;

CREATE TRIGGER categories_closed_updated AFTER UPDATE OF closed_at, parent_id ON categories
WHEN (NEW.closed_at IS NULL) <> (OLD.closed_at IS NULL) OR NEW.parent_id IS NOT OLD.parent_id
BEGIN
    UPDATE products SET is_hidden = 1 - is_hidden
    WHERE id IN (
        SELECT id FROM products_closed
        WHERE tenant_id = NEW.tenant_id AND is_hidden <> wanted AND category_id IN (
            WITH RECURSIVE tree (id) AS (
                SELECT NEW.id UNION SELECT c.id FROM categories c JOIN tree ON c.parent_id = tree.id
                WHERE c.tenant_id = NEW.tenant_id
            )
            SELECT id FROM tree));
END;
