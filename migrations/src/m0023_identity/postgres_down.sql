DROP FUNCTION souk_slugs_inserted, souk_slugs_updated, souk_slugs_deleted CASCADE;
DROP TABLE former_slugs;

-- An external id that several sellers have stays with the oldest product.
UPDATE products p SET external_id = p.external_id || '~' || p.id
WHERE EXISTS (SELECT 1 FROM products o WHERE o.tenant_id = p.tenant_id AND o.external_id = p.external_id AND o.id < p.id);
ALTER TABLE products
    DROP CONSTRAINT products_external_id_key,
    ADD CONSTRAINT products_external_id_key UNIQUE (tenant_id, external_id);
