DROP TRIGGER products_slugs_inserted;
DROP TRIGGER products_slugs_updated;
DROP TRIGGER products_slugs_deleted;
DROP TRIGGER categories_slugs_inserted;
DROP TRIGGER categories_slugs_updated;
DROP TRIGGER categories_slugs_deleted;
DROP TRIGGER fandoms_slugs_inserted;
DROP TRIGGER fandoms_slugs_updated;
DROP TRIGGER fandoms_slugs_deleted;
DROP TRIGGER sellers_slugs_inserted;
DROP TRIGGER sellers_slugs_updated;
DROP TRIGGER sellers_slugs_deleted;
DROP VIEW slug_changes;
DROP TABLE former_slugs;

-- An external id that several sellers have stays with the oldest product.
UPDATE products SET external_id = external_id || '~' || id
WHERE EXISTS (SELECT 1 FROM products o
              WHERE o.tenant_id = products.tenant_id AND o.external_id = products.external_id AND o.id < products.id);
PRAGMA writable_schema = ON;
UPDATE sqlite_schema
SET sql = replace(sql, 'UNIQUE (tenant_id, external_id, seller_id)', 'UNIQUE (tenant_id, external_id)')
WHERE type = 'table' AND name = 'products';
PRAGMA writable_schema = RESET;
REINDEX products;
