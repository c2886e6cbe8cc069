UPDATE tenants SET
    host = (SELECT min(host) FROM tenant_hosts WHERE tenant_id = tenants.id),
    api_key_hash = (SELECT hash FROM tenant_keys WHERE tenant_id = tenants.id ORDER BY id DESC LIMIT 1);
DROP TABLE tenant_hosts;
DROP TABLE tenant_keys;
DROP INDEX tenants_is_default_key;
ALTER TABLE tenants DROP COLUMN is_default;
