-- Only the product's own sellers' offers stay.
DELETE FROM offers;
DROP TRIGGER products_closed_inserted;
DROP TRIGGER products_closed_updated;
DROP TRIGGER sellers_closed_updated;
DROP TRIGGER categories_closed_updated;
DROP TRIGGER variants_updated;
DROP TRIGGER product_totals_refreshed;
DROP TRIGGER product_offers_refreshed;
DROP TRIGGER products_seller_checked;
DROP TRIGGER products_seller_updated;
DROP VIEW products_closed;
DROP VIEW further_prices_refresh;
DROP VIEW further_offer_changes;
DROP VIEW further_offers_charged;
DROP VIEW open_offer_prices;
DROP VIEW shared_products;
DROP VIEW open_offers;
DROP TABLE offers;
ALTER TABLE products DROP COLUMN offer_count;
ALTER TABLE tenants DROP COLUMN shares_products;
ALTER TABLE variants DROP COLUMN condition;

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

CREATE VIEW products_closed AS
SELECT p.id, p.tenant_id, p.seller_id, p.category_id, p.is_hidden,
       CASE WHEN p.variant_count = 0
              OR EXISTS (SELECT 1 FROM sellers s WHERE s.id = p.seller_id AND s.closed_at IS NOT NULL)
              OR EXISTS (SELECT 1 FROM closed_categories c WHERE c.id = p.category_id) THEN 1 ELSE 0 END AS wanted
FROM products p;

CREATE TRIGGER products_closed_inserted AFTER INSERT ON products
WHEN NEW.variant_count = 0 OR EXISTS (SELECT 1 FROM sellers WHERE closed_at IS NOT NULL)
     OR EXISTS (SELECT 1 FROM categories WHERE closed_at IS NOT NULL)
BEGIN
    UPDATE products SET is_hidden = 1
    WHERE id = NEW.id AND (SELECT wanted FROM products_closed WHERE id = NEW.id) = 1;
END;

CREATE TRIGGER products_closed_updated AFTER UPDATE OF seller_id, category_id, variant_count ON products
WHEN (NEW.seller_id, NEW.category_id, NEW.variant_count = 0)
    IS NOT (OLD.seller_id, OLD.category_id, OLD.variant_count = 0)
BEGIN
    UPDATE products SET is_hidden = (SELECT wanted FROM products_closed WHERE id = NEW.id)
    WHERE id = NEW.id AND is_hidden <> (SELECT wanted FROM products_closed WHERE id = NEW.id);
END;

CREATE TRIGGER sellers_closed_updated AFTER UPDATE OF closed_at ON sellers
WHEN (NEW.closed_at IS NULL) <> (OLD.closed_at IS NULL)
BEGIN
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
