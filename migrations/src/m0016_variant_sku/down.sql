DROP INDEX variants_tenant_sku;
