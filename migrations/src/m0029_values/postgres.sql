-- Each brand of a tenant is found by a look-up, to compare it with a filter in any spelling.
CREATE INDEX products_brand ON products (tenant_id, brand);
