ALTER TABLE tenants ADD COLUMN host text UNIQUE, ADD COLUMN api_key_hash text UNIQUE;
UPDATE tenants SET
    host = (SELECT min(host) FROM tenant_hosts WHERE tenant_id = tenants.id),
    api_key_hash = (SELECT hash FROM tenant_keys WHERE tenant_id = tenants.id ORDER BY id DESC LIMIT 1);
DROP INDEX tenants_is_default_key;
ALTER TABLE tenants DROP COLUMN is_default;
DROP TABLE tenant_hosts, tenant_keys;
