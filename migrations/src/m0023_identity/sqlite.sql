-- Former slugs lead on to what had them, and an external id is unique among the products of its seller.

-- A slug that something has is never among these: triggers take it away. An entity keeps its last twenty.
CREATE TABLE former_slugs (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    tenant_id INTEGER NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    entity    TEXT NOT NULL CHECK (entity IN ('product', 'category', 'fandom', 'seller')),
    slug      TEXT NOT NULL CHECK (slug <> ''),
    entity_id INTEGER NOT NULL,
    CONSTRAINT former_slugs_slug_key UNIQUE (tenant_id, entity, slug)
);
CREATE INDEX former_slugs_entity ON former_slugs (entity, entity_id, id);

-- A procedure: what is inserted here is done, and nothing is stored. What had a slug that something else takes now is told
-- to outbox and caches; a slug that was given up is kept.
CREATE VIEW slug_changes (tenant_id, entity, entity_id, slug, former) AS SELECT 0, '', 0, '', '' WHERE 0;
CREATE TRIGGER slug_changed INSTEAD OF INSERT ON slug_changes BEGIN
    INSERT INTO outbox (tenant_id, entity, entity_id)
    SELECT tenant_id, entity, entity_id FROM former_slugs
    WHERE tenant_id = NEW.tenant_id AND entity = NEW.entity AND slug = NEW.slug AND entity_id <> NEW.entity_id
      AND NOT EXISTS (SELECT 1 FROM outbox o
                      WHERE o.entity = NEW.entity AND o.entity_id = former_slugs.entity_id
                        AND o.claimed_by IS NULL AND o.attempts = 0 AND o.priority = 0);
    DELETE FROM former_slugs
    WHERE tenant_id = NEW.tenant_id AND entity = NEW.entity AND slug IN (NEW.slug, NEW.former);
    INSERT INTO former_slugs (tenant_id, entity, slug, entity_id)
    SELECT NEW.tenant_id, NEW.entity, NEW.former, NEW.entity_id WHERE NEW.former IS NOT NULL;
    DELETE FROM former_slugs
    WHERE entity = NEW.entity AND entity_id = NEW.entity_id AND id NOT IN (
        SELECT id FROM former_slugs WHERE entity = NEW.entity AND entity_id = NEW.entity_id
        ORDER BY id DESC LIMIT 20);
END;

CREATE TRIGGER products_slugs_inserted AFTER INSERT ON products
WHEN EXISTS (SELECT 1 FROM former_slugs WHERE tenant_id = NEW.tenant_id AND entity = 'product' AND slug = NEW.slug)
BEGIN
    INSERT INTO slug_changes VALUES (NEW.tenant_id, 'product', NEW.id, NEW.slug, NULL);
END;
CREATE TRIGGER products_slugs_updated AFTER UPDATE OF slug ON products WHEN NEW.slug <> OLD.slug BEGIN
    INSERT INTO slug_changes VALUES (NEW.tenant_id, 'product', NEW.id, NEW.slug, OLD.slug);
END;
CREATE TRIGGER products_slugs_deleted AFTER DELETE ON products BEGIN
    DELETE FROM former_slugs WHERE entity = 'product' AND entity_id = OLD.id;
END;

CREATE TRIGGER categories_slugs_inserted AFTER INSERT ON categories
WHEN EXISTS (SELECT 1 FROM former_slugs WHERE tenant_id = NEW.tenant_id AND entity = 'category' AND slug = NEW.slug)
BEGIN
    INSERT INTO slug_changes VALUES (NEW.tenant_id, 'category', NEW.id, NEW.slug, NULL);
END;
CREATE TRIGGER categories_slugs_updated AFTER UPDATE OF slug ON categories WHEN NEW.slug <> OLD.slug BEGIN
    INSERT INTO slug_changes VALUES (NEW.tenant_id, 'category', NEW.id, NEW.slug, OLD.slug);
END;
CREATE TRIGGER categories_slugs_deleted AFTER DELETE ON categories BEGIN
    DELETE FROM former_slugs WHERE entity = 'category' AND entity_id = OLD.id;
END;

CREATE TRIGGER fandoms_slugs_inserted AFTER INSERT ON fandoms
WHEN EXISTS (SELECT 1 FROM former_slugs WHERE tenant_id = NEW.tenant_id AND entity = 'fandom' AND slug = NEW.slug)
BEGIN
    INSERT INTO slug_changes VALUES (NEW.tenant_id, 'fandom', NEW.id, NEW.slug, NULL);
END;
CREATE TRIGGER fandoms_slugs_updated AFTER UPDATE OF slug ON fandoms WHEN NEW.slug <> OLD.slug BEGIN
    INSERT INTO slug_changes VALUES (NEW.tenant_id, 'fandom', NEW.id, NEW.slug, OLD.slug);
END;
CREATE TRIGGER fandoms_slugs_deleted AFTER DELETE ON fandoms BEGIN
    DELETE FROM former_slugs WHERE entity = 'fandom' AND entity_id = OLD.id;
END;

CREATE TRIGGER sellers_slugs_inserted AFTER INSERT ON sellers
WHEN EXISTS (SELECT 1 FROM former_slugs WHERE tenant_id = NEW.tenant_id AND entity = 'seller' AND slug = NEW.slug)
BEGIN
    INSERT INTO slug_changes VALUES (NEW.tenant_id, 'seller', NEW.id, NEW.slug, NULL);
END;
CREATE TRIGGER sellers_slugs_updated AFTER UPDATE OF slug ON sellers WHEN NEW.slug <> OLD.slug BEGIN
    INSERT INTO slug_changes VALUES (NEW.tenant_id, 'seller', NEW.id, NEW.slug, OLD.slug);
END;
CREATE TRIGGER sellers_slugs_deleted AFTER DELETE ON sellers BEGIN
    DELETE FROM former_slugs WHERE entity = 'seller' AND entity_id = OLD.id;
END;

-- A constraint can only be changed in the text of its table, as SQLite's documentation of ALTER TABLE describes. Its index
-- is built anew then.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, 'UNIQUE (tenant_id, external_id)', 'UNIQUE (tenant_id, external_id, seller_id)')
WHERE type = 'table' AND name = 'products';
PRAGMA writable_schema = RESET;
REINDEX products;
