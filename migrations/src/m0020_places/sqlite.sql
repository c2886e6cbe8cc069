-- Further categories and fandoms of products, beside the main ones in `products`. What repeats the main one counts for
-- nothing. Keys carry the tenant, as those of products do.

CREATE TABLE product_categories (
    tenant_id   INTEGER NOT NULL,
    product_id  INTEGER NOT NULL,
    category_id INTEGER NOT NULL,
    position    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (product_id, category_id),
    CONSTRAINT product_categories_product_fkey FOREIGN KEY (tenant_id, product_id)
        REFERENCES products (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT product_categories_category_fkey FOREIGN KEY (tenant_id, category_id)
        REFERENCES categories (tenant_id, id) ON DELETE RESTRICT
) WITHOUT ROWID;
CREATE INDEX product_categories_category ON product_categories (tenant_id, category_id, product_id);

CREATE TABLE product_fandoms (
    tenant_id  INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    fandom_id  INTEGER NOT NULL,
    position   INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (product_id, fandom_id),
    CONSTRAINT product_fandoms_product_fkey FOREIGN KEY (tenant_id, product_id)
        REFERENCES products (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT product_fandoms_fandom_fkey FOREIGN KEY (tenant_id, fandom_id)
        REFERENCES fandoms (tenant_id, id) ON DELETE RESTRICT
) WITHOUT ROWID;
CREATE INDEX product_fandoms_fandom ON product_fandoms (tenant_id, fandom_id, product_id);

-- A procedure: what is inserted here is done, and nothing is stored. Writes a product to the outbox.
CREATE VIEW product_changed (product_id) AS SELECT 0 WHERE 0;
CREATE TRIGGER product_change_written INSTEAD OF INSERT ON product_changed BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, 'product', id FROM products
    WHERE id = NEW.product_id
      AND NOT EXISTS (SELECT 1 FROM outbox WHERE entity = 'product' AND entity_id = NEW.product_id
                      AND claimed_by IS NULL AND attempts = 0 AND priority = 0);
END;

CREATE TRIGGER product_categories_inserted AFTER INSERT ON product_categories BEGIN
    INSERT INTO product_changed (product_id) VALUES (NEW.product_id);
END;
CREATE TRIGGER product_categories_updated AFTER UPDATE ON product_categories
WHEN (NEW.tenant_id, NEW.product_id, NEW.category_id, NEW.position)
    IS NOT (OLD.tenant_id, OLD.product_id, OLD.category_id, OLD.position)
BEGIN
    INSERT INTO product_changed (product_id) VALUES (OLD.product_id);
    INSERT INTO product_changed (product_id) VALUES (NEW.product_id);
END;
CREATE TRIGGER product_categories_deleted AFTER DELETE ON product_categories BEGIN
    INSERT INTO product_changed (product_id) VALUES (OLD.product_id);
END;

CREATE TRIGGER product_fandoms_inserted AFTER INSERT ON product_fandoms BEGIN
    INSERT INTO product_changed (product_id) VALUES (NEW.product_id);
END;
CREATE TRIGGER product_fandoms_updated AFTER UPDATE ON product_fandoms
WHEN (NEW.tenant_id, NEW.product_id, NEW.fandom_id, NEW.position)
    IS NOT (OLD.tenant_id, OLD.product_id, OLD.fandom_id, OLD.position)
BEGIN
    INSERT INTO product_changed (product_id) VALUES (OLD.product_id);
    INSERT INTO product_changed (product_id) VALUES (NEW.product_id);
END;
CREATE TRIGGER product_fandoms_deleted AFTER DELETE ON product_fandoms BEGIN
    INSERT INTO product_changed (product_id) VALUES (OLD.product_id);
END;
