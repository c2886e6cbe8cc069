-- Variants by SKU. With the id, the lowest and the highest of a SKU are found without reading those between.
CREATE INDEX variants_tenant_sku ON variants (tenant_id, sku, id);
