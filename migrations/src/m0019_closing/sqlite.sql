-- A closed seller or category hides its products, whatever their status is. A category's closing counts for those below it.
-- A product without variants has no price, so that it is hidden as well: nothing is sold for nothing.

ALTER TABLE sellers ADD COLUMN closed_at INTEGER;
ALTER TABLE categories ADD COLUMN closed_at INTEGER;
-- 1 if it has no variant, or its seller, its main category or a category above that is closed. By trigger.
ALTER TABLE products ADD COLUMN is_hidden INTEGER NOT NULL DEFAULT 0 CHECK (is_hidden IN (0, 1));
CREATE INDEX sellers_closed ON sellers (id) WHERE closed_at IS NOT NULL;
CREATE INDEX categories_closed ON categories (id) WHERE closed_at IS NOT NULL;

CREATE VIEW closed_categories AS
WITH RECURSIVE closed (tenant_id, id) AS (
    SELECT tenant_id, id FROM categories WHERE closed_at IS NOT NULL
    UNION
    SELECT c.tenant_id, c.id FROM categories c
    JOIN closed ON c.tenant_id = closed.tenant_id AND c.parent_id = closed.id
)
SELECT tenant_id, id FROM closed;

-- Products, and which of them are to be hidden.
CREATE VIEW products_closed AS
SELECT p.id, p.tenant_id, p.seller_id, p.category_id, p.is_hidden,
       CASE WHEN p.variant_count = 0
              OR EXISTS (SELECT 1 FROM sellers s WHERE s.id = p.seller_id AND s.closed_at IS NOT NULL)
              OR EXISTS (SELECT 1 FROM closed_categories c WHERE c.id = p.category_id) THEN 1 ELSE 0 END AS wanted
FROM products p;

DROP TRIGGER products_updated;
DROP TRIGGER categories_updated;
DROP TRIGGER sellers_updated;

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

UPDATE products SET is_hidden = 1 WHERE variant_count = 0;

-- The triggers below are as before but for the new columns.

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

CREATE TRIGGER categories_updated AFTER UPDATE ON categories
WHEN (NEW.id, NEW.tenant_id, NEW.parent_id, NEW.slug, NEW.name, NEW.position, NEW.closed_at, NEW.created_at)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.parent_id, OLD.slug, OLD.name, OLD.position, OLD.closed_at, OLD.created_at)
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
WHEN (NEW.id, NEW.tenant_id, NEW.slug, NEW.name, NEW.description, NEW.closed_at, NEW.created_at)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.slug, OLD.name, OLD.description, OLD.closed_at, OLD.created_at)
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
