DROP TRIGGER products_updated;
DROP TRIGGER variants_inserted;
DROP TRIGGER variants_updated;
DROP TRIGGER variants_deleted;
DROP TRIGGER product_totals_refreshed;
DROP VIEW offer_prices_refresh;
DROP VIEW offer_price_changes;
DROP VIEW offers_charged;
DROP VIEW offer_reductions;
DROP TABLE offer_prices;
ALTER TABLE variants DROP COLUMN height_mm;
ALTER TABLE variants DROP COLUMN width_mm;
ALTER TABLE variants DROP COLUMN length_mm;
ALTER TABLE variants DROP COLUMN weight_g;
ALTER TABLE products DROP COLUMN lowest_price;

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

CREATE TRIGGER products_updated AFTER UPDATE ON products
WHEN (NEW.id, NEW.tenant_id, NEW.external_id, NEW.slug, NEW.title, NEW.description, NEW.brand,
      NEW.status, NEW.is_hidden, NEW.category_id, NEW.fandom_id, NEW.seller_id, NEW.attributes, NEW.tags, NEW.images,
      NEW.currency, NEW.price_min, NEW.price_max, NEW.stock, NEW.variant_count,
      NEW.list_price, NEW.available_count, NEW.price_changes_at, NEW.rating_count, NEW.rating_sum, NEW.popularity, NEW.created_at)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.external_id, OLD.slug, OLD.title, OLD.description, OLD.brand,
      OLD.status, OLD.is_hidden, OLD.category_id, OLD.fandom_id, OLD.seller_id, OLD.attributes, OLD.tags, OLD.images,
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
