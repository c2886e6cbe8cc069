PRAGMA defer_foreign_keys = ON;
CREATE TABLE tenants_before AS
SELECT tenants.*,
    (SELECT min(host) FROM tenant_hosts WHERE tenant_id = tenants.id) AS host,
    (SELECT hash FROM tenant_keys WHERE tenant_id = tenants.id ORDER BY id DESC LIMIT 1) AS api_key_hash
FROM tenants;
CREATE TABLE tenants_sequence AS SELECT seq FROM sqlite_sequence WHERE name = 'tenants';
DROP TABLE tenant_hosts;
DROP TABLE tenant_keys;
DROP TABLE tenants;
CREATE TABLE tenants (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    slug         TEXT NOT NULL UNIQUE CHECK (slug <> ''),
    name         TEXT NOT NULL,
    host         TEXT UNIQUE,
    api_key_hash TEXT UNIQUE,
    language     TEXT NOT NULL DEFAULT 'en',
    currency     TEXT NOT NULL DEFAULT 'EUR' CHECK (length(currency) = 3),
    created_at   INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))
);
INSERT INTO tenants (id, slug, name, host, api_key_hash, language, currency, created_at)
SELECT id, slug, name, host, api_key_hash, language, currency, created_at FROM tenants_before;
UPDATE sqlite_sequence SET seq = max(seq, (SELECT seq FROM tenants_sequence))
WHERE name = 'tenants' AND EXISTS (SELECT 1 FROM tenants_sequence);
DROP TABLE tenants_before;
DROP TABLE tenants_sequence;
