DROP TRIGGER products_updated;
DROP TRIGGER categories_updated;
DROP TRIGGER sellers_updated;
DROP TRIGGER products_closed_inserted;
DROP TRIGGER products_closed_updated;
DROP TRIGGER sellers_closed_updated;
DROP TRIGGER categories_closed_updated;
DROP VIEW products_closed;
DROP VIEW closed_categories;
DROP INDEX categories_closed;
DROP INDEX sellers_closed;
-- Products of what was closed become drafts: nothing else would keep them hidden.
UPDATE products SET status = 'draft' WHERE is_hidden = 1 AND variant_count > 0 AND status = 'active';
ALTER TABLE products DROP COLUMN is_hidden;
ALTER TABLE categories DROP COLUMN closed_at;
ALTER TABLE sellers DROP COLUMN closed_at;

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

CREATE TRIGGER categories_updated AFTER UPDATE ON categories
WHEN (NEW.id, NEW.tenant_id, NEW.parent_id, NEW.slug, NEW.name, NEW.position, NEW.created_at)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.parent_id, OLD.slug, OLD.name, OLD.position, OLD.created_at)
BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT OLD.tenant_id, 'category', OLD.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'category' AND entity_id = OLD.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT NEW.tenant_id, 'category', NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'category' AND entity_id = NEW.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER sellers_updated AFTER UPDATE ON sellers
WHEN (NEW.id, NEW.tenant_id, NEW.slug, NEW.name, NEW.description, NEW.created_at)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.slug, OLD.name, OLD.description, OLD.created_at)
BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT OLD.tenant_id, 'seller', OLD.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'seller' AND entity_id = OLD.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT NEW.tenant_id, 'seller', NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'seller' AND entity_id = NEW.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;
