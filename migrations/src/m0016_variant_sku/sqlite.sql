-- Variants by SKU. The SKU comes first: SQLite would walk all of a tenant by an index that begins with it.
CREATE INDEX variants_tenant_sku ON variants (sku, tenant_id, id);
