-- Every change of the catalogue appends to the outbox in the writer's own transaction. An update that changes
-- nothing but `updated_at` writes nothing. A row that waits unclaimed for the same entity already tells of the
-- change, because writers come one at a time: whoever claims it later reads what this one has written. A row of the
-- background does not: it may have to wait long.

CREATE TRIGGER products_inserted AFTER INSERT ON products BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT NEW.tenant_id, 'product', NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

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

CREATE TRIGGER products_deleted AFTER DELETE ON products BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT OLD.tenant_id, 'product', OLD.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = OLD.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER categories_inserted AFTER INSERT ON categories BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT NEW.tenant_id, 'category', NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'category' AND entity_id = NEW.id
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

CREATE TRIGGER categories_deleted AFTER DELETE ON categories BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT OLD.tenant_id, 'category', OLD.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'category' AND entity_id = OLD.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER fandoms_inserted AFTER INSERT ON fandoms BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT NEW.tenant_id, 'fandom', NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'fandom' AND entity_id = NEW.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER fandoms_updated AFTER UPDATE ON fandoms
WHEN (NEW.id, NEW.tenant_id, NEW.slug, NEW.name, NEW.description, NEW.created_at)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.slug, OLD.name, OLD.description, OLD.created_at)
BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT OLD.tenant_id, 'fandom', OLD.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'fandom' AND entity_id = OLD.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT NEW.tenant_id, 'fandom', NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'fandom' AND entity_id = NEW.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER fandoms_deleted AFTER DELETE ON fandoms BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT OLD.tenant_id, 'fandom', OLD.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'fandom' AND entity_id = OLD.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER sellers_inserted AFTER INSERT ON sellers BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT NEW.tenant_id, 'seller', NEW.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'seller' AND entity_id = NEW.id
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

CREATE TRIGGER sellers_deleted AFTER DELETE ON sellers BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT OLD.tenant_id, 'seller', OLD.id
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'seller' AND entity_id = OLD.id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

-- Products follow their variants: lowest and highest price, stock, count.

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

-- Ratings change by what a review adds or takes, because ratings may have been collected elsewhere before. They
-- are kept within bounds, because such totals may have been replaced since.

CREATE TRIGGER reviews_inserted AFTER INSERT ON reviews BEGIN
    UPDATE products SET rating_count = rating_count + 1, rating_sum = rating_sum + NEW.rating
    WHERE id = NEW.product_id;
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = NEW.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER reviews_updated AFTER UPDATE ON reviews
WHEN (NEW.id, NEW.tenant_id, NEW.product_id, NEW.author, NEW.rating, NEW.title, NEW.body, NEW.created_at)
    IS NOT
     (OLD.id, OLD.tenant_id, OLD.product_id, OLD.author, OLD.rating, OLD.title, OLD.body, OLD.created_at)
BEGIN
    UPDATE products
    SET rating_count = max(rating_count - 1, 0),
        rating_sum = min(max(rating_sum - OLD.rating, max(rating_count - 1, 0)), max(rating_count - 1, 0) * 5)
    WHERE id = OLD.product_id;
    UPDATE products SET rating_count = rating_count + 1, rating_sum = rating_sum + NEW.rating
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

CREATE TRIGGER reviews_deleted AFTER DELETE ON reviews BEGIN
    UPDATE products
    SET rating_count = max(rating_count - 1, 0),
        rating_sum = min(max(rating_sum - OLD.rating, max(rating_count - 1, 0)), max(rating_count - 1, 0) * 5)
    WHERE id = OLD.product_id;
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = OLD.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = OLD.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;
